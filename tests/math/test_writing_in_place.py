"""Functions that write into an array: like NumPy's, and differentiable where the array is an `Array`."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm

BASE = np.arange(12, dtype=np.float32).reshape(3, 4)
MASK = BASE % 3 == 0

CALLS = [
    ("put", ([0, 5, -1], [7.0, 8.0])), ("put", ([1], 3)), ("put", ([13, -14], [1, 2], "wrap")),
    ("put", ([13, -14], [1, 2], "clip")),
    ("place", (MASK, [1, 2, 3])), ("place", (MASK, [5.5])), ("putmask", (MASK, [1, 2, 3, 4, 5])),
    ("putmask", (MASK, -BASE)),
    ("putmask", (MASK, 9)), ("copyto", (BASE * 2,)), ("copyto", (1.5,)), ("copyto", (np.arange(4, dtype=np.float32),)),
    ("fill_diagonal", (5,)), ("fill_diagonal", ([1, 2],)),
]


@pytest.mark.parametrize(("name", "arguments"), CALLS)
@pytest.mark.parametrize("module", [bm, np])
def test_like_numpy(name, arguments, module):
    expected = BASE.copy()
    getattr(np, name)(expected, *arguments)
    for make in (bm.array, bm.Variable):
        x = make(BASE)
        before = x.value
        getattr(module, name)(x, *arguments)
        np.testing.assert_array_equal(np.asarray(x), expected)
        assert x.dtype == np.float32
        np.testing.assert_array_equal(before, BASE)  # other holders of the old value keep it


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_numpy_arrays_are_written_into_too(name, arguments):
    expected, x = BASE.copy(), BASE.copy()
    getattr(np, name)(expected, *arguments)
    getattr(bm, name)(x, *arguments)
    np.testing.assert_array_equal(x, expected)


def test_copyto_with_a_mask_and_a_rule():
    x, expected = bm.array(BASE), BASE.copy()
    bm.copyto(x, -1.0, where=MASK)
    np.copyto(expected, -1.0, where=MASK)
    np.testing.assert_array_equal(np.asarray(x), expected)
    with pytest.raises(TypeError, match="copyto: float32 cannot be cast to int32 under the rule 'same_kind'"):
        bm.copyto(bm.zeros(2, bm.int32), bm.ones(2))


@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (2, 5), (2, 2, 2)])
@pytest.mark.parametrize("wrap", [False, True])
def test_diagonals_of_many_shapes(shape, wrap):
    expected = np.zeros(shape, np.float32)
    np.fill_diagonal(expected, [1, 2, 3], wrap=wrap)
    result = bm.fill_diagonal(bm.zeros(shape), [1, 2, 3], inplace=False, wrap=wrap)
    np.testing.assert_array_equal(np.asarray(result), expected)
    x = bm.zeros(shape)
    np.fill_diagonal(x, [1, 2, 3], wrap=wrap)
    np.testing.assert_array_equal(np.asarray(x), expected)


def test_fill_diagonal_returns_the_array():
    x = bm.zeros((2, 2))
    assert bm.fill_diagonal(x, 1.0) is x
    y = bm.fill_diagonal(x, 2.0, inplace=False)
    assert x.tolist() == [[1, 0], [0, 1]]
    assert y.tolist() == [[2, 0], [0, 2]]


def test_gradients_through_what_was_written():
    def loss(x, v):
        y = x * 1
        bm.put(y, [0, 4], v)
        bm.putmask(y, MASK, 2 * y)
        bm.fill_diagonal(y, v)
        return bm.sum(y * BASE)

    g_x, g_v = bm.grad(loss, argnums=(0, 1))(bm.array(BASE), bm.array([1.0, 2.0]))
    expected = BASE * np.where(MASK, 2, 1)
    expected[0, 0] = expected[1, 0] = expected[1, 1] = expected[2, 2] = 0
    np.testing.assert_array_equal(np.asarray(g_x), expected)
    assert g_v.tolist() == [0 + 10, 4 + 5]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: bm.put(bm.zeros(3), [3], 1), IndexError, r"positions must be in \[-3, 3\), but got 3 to 3"),
    (lambda: bm.put(bm.zeros(3), [0], 1, mode="up"), ValueError, "mode must be 'raise', 'wrap' or 'clip'"),
    (lambda: bm.place(bm.zeros(2), [True, True], []), ValueError, "got an empty array"),
    (lambda: bm.fill_diagonal(bm.zeros(3), 1), ValueError, r"but got shape \(3,\)"),
    (lambda: bm.put([1, 2], [0], 1), TypeError, "put writes into an array, but got list"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
