"""Making arrays: shapes, dtypes, values, and what is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import CaptureError
from nbbrain.program.capture import capture_step


@pytest.mark.parametrize("make", [bm.zeros, bm.ones, bm.empty])
@pytest.mark.parametrize(("arguments", "shape", "dtype"), [
    ((3,), (3,), np.float32), (((2, 3),), (2, 3), np.float32), ((1, 4), (1, 4), np.float32),
    (([2, 3],), (2, 3), np.float32),
    ((np.int64(2), 3), (2, 3), np.float32), ((3, np.int32), (3,), np.int32), (((2,), "float64"), (2,), np.float64),
    (((),), (), np.float32), ((2, 0, bool), (2, 0), np.bool_), ((3, None), (3,), np.float32),
    ((np.array([2, 3]),), (2, 3), np.float32),
])
def test_shape_and_dtype(make, arguments, shape, dtype):
    x = make(*arguments)
    assert isinstance(x, bm.Array)
    assert (x.shape, x.dtype) == (shape, np.dtype(dtype))
    assert (np.asarray(x) == (make is bm.ones)).all()


def test_sizes_may_be_arrays():
    assert bm.zeros(bm.array(2), bm.array(3)).shape == (2, 3)
    assert bm.full(bm.array([1, 2]), 0.5).shape == (1, 2)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: bm.zeros(-1), ValueError, "zeros: sizes must not be negative, but got -1"),
    (lambda: bm.ones((2, -3)), ValueError, r"ones: sizes must not be negative, but got \(2, -3\)"),
    (lambda: bm.zeros(2.5), TypeError, "zeros: a shape is an integer or a sequence of integers, but got 2.5"),
    (lambda: bm.zeros(2, 3.5), TypeError, r"zeros: a shape is an integer or a sequence of integers, but got \[2, 3.5\]"),
    (lambda: bm.zeros(), TypeError, "zeros: a shape is needed"),
    (lambda: bm.zeros(2, np.int32, dtype=np.float32), TypeError, "the dtype is given twice"),
    (lambda: bm.full("ab", 1), TypeError, "full: a shape is an integer"),
    (lambda: bm.eye(-2), ValueError, "eye: sizes must not be negative"),
    (lambda: bm.array(None), TypeError, "but got None"),
    (lambda: bm.array(["a", None]), TypeError, "a sequence of numbers is needed"),
    (lambda: bm.diag(bm.zeros((2, 2, 2))), ValueError, "diag: a vector or a matrix is needed"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_default_dtypes_follow_the_environment():
    assert bm.zeros(1).dtype == bm.linspace(0, 1, 3).dtype == bm.eye(2).dtype == bm.array(1.0).dtype == np.float32
    assert bm.arange(3).dtype == bm.array([1, 2]).dtype == bm.full(2, 7).dtype == bm.indices((2, 2)).dtype == np.int32
    assert bm.arange(3.0).dtype == np.float32
    assert bm.array([1j]).dtype == np.complex64
    assert bm.array([True]).dtype == np.bool_
    bm.enable_x64()
    assert bm.zeros(1).dtype == bm.linspace(0, 1, 3).dtype == np.float64
    assert bm.arange(3).dtype == np.int64


@pytest.mark.parametrize(("name", "arguments"), [
    ("arange", (2, 7, 2)), ("arange", (5,)), ("linspace", (0, 1, 5)), ("linspace", (0, 1, 4, False)),
    ("logspace", (0, 2, 4)),
    ("geomspace", (1, 8, 4)), ("eye", (2, 3, 1)), ("tri", (3, 4, -1)), ("indices", ((2, 3),)), ("bartlett", (6,)),
    ("blackman", (6,)), ("hamming", (6,)), ("hanning", (6,)), ("kaiser", (6, 8.0)), ("linspace", ([0.0, 1.0], 2.0, 3)),
])
def test_like_numpy(name, arguments):
    result, expected = getattr(bm, name)(*arguments), getattr(np, name)(*arguments)
    assert result.dtype.itemsize == 4
    np.testing.assert_allclose(np.asarray(result), expected, rtol=1e-6, atol=1e-7)


def test_linspace_with_its_step():
    numbers, step = bm.linspace(0, 1, 5, retstep=True)
    assert numbers.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert float(step) == 0.25


def test_like_another_array():
    x = bm.array([[1, 2], [3, 4]], dtype=np.int16)
    assert bm.zeros_like(x).dtype == bm.full_like(x, 2.7).dtype == np.int16
    assert bm.ones_like(x, dtype=np.float32).dtype == np.float32
    assert bm.empty_like(x, shape=(3,)).shape == (3,)
    assert bm.full_like(bm.zeros((2, 2)), [1, 2]).tolist() == [[1, 2], [1, 2]]
    assert np.zeros_like(bm.zeros(3)).shape == (3,)
    assert bm.ones_like([1.0, 2.0]).dtype == np.float32


def test_arrays_of_data():
    data = np.array([1.0, 2.0], np.float32)
    copied, shared = bm.array(data), bm.asarray(data)
    data[0] = 5
    assert copied.tolist() == [1, 2]
    assert shared.tolist() == [5, 2]
    assert bm.array([bm.array(1.0), 2]).tolist() == [1, 2]
    assert bm.array([[1, 2], bm.array([3, 4])]).tolist() == [[1, 2], [3, 4]]
    assert bm.array(3.0, ndmin=2).shape == (1, 1)
    assert bm.asarray([1, 2], dtype=np.float64).dtype == np.float64
    assert bm.asfarray([1, 2]).dtype == np.float32
    assert bm.ascontiguousarray(np.ones((2, 3), order="F")).value.flags.c_contiguous
    assert bm.ascontiguousarray(1.0).shape == (1,)
    original = bm.array([1.0])
    duplicate = bm.copy(original)
    original[0] = 2.0
    assert duplicate.tolist() == [1]


def test_arrays_of_what_is_differentiated():
    g = bm.grad(lambda x: bm.sum(bm.array([x[0], 2 * x[1]]) * bm.full((2,), x[1])) + bm.asarray(x)[0])
    assert np.asarray(g(bm.array([3.0, 5.0]))).tolist() == [6.0, 23.0]


def test_out_of_arrays():
    x = bm.array([1, 2])
    assert isinstance(bm.as_numpy(x), np.ndarray)
    assert bm.as_ndarray(x, np.float32).dtype == np.float32
    assert bm.as_jax(x) is x.value
    assert bm.as_device_array([1, 2]).dtype == np.int32
    v = bm.as_variable(5)
    assert isinstance(v, bm.Variable)
    assert int(v) == 5
    with pytest.raises(TypeError, match="cannot become a NumPy array"):
        bm.grad(lambda y: bm.sum(bm.asarray(bm.as_numpy(y))))(bm.ones(2))


def test_bounds_must_be_known():
    with pytest.raises(CaptureError, match="'arange' needs the value"):
        capture_step(lambda n: [bm.arange(bm.asarray(n)).value], [((), np.dtype(np.int32))])


def test_fromfunction():
    result = bm.fromfunction(lambda i, j: 10 * i + j, (2, 3), dtype=np.int32)
    assert result.tolist() == [[0, 1, 2], [10, 11, 12]]


def test_from_buffers_and_files(tmp_path):
    x = np.array([1.0, 2.0, 3.0])
    assert bm.frombuffer(x.tobytes()).dtype == np.float32
    assert bm.frombuffer(x.tobytes()).tolist() == [1, 2, 3]
    x.tofile(tmp_path / "x.bin")
    assert bm.fromfile(tmp_path / "x.bin").tolist() == [1, 2, 3]
    assert bm.fromiter(iter([1, 2]), int).dtype == np.int32
    assert bm.fromstring("1 2 3", sep=" ").tolist() == [1, 2, 3]
    assert bm.loadtxt(io.StringIO("1 2\n3 4")).tolist() == [[1, 2], [3, 4]]
    assert bm.genfromtxt(io.StringIO("1,2\n3,"), delimiter=",", filling_values=7).tolist() == [[1, 2], [3, 7]]
