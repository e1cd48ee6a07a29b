"""Arrays: operators like NumPy's, writing in place that can be differentiated, NumPy's protocols, text, errors."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.array import as_value

X = np.float32([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]])
Y = np.float32([2.0, 0.5, -3.0])
N, M = np.int32([[6, 3, 12], [9, 1, 4]]), np.int32([2, 3, 4])
BITS = np.array([True, False, True])


# Making

@pytest.mark.parametrize(("value", "dtype", "shape"), [
    (np.ones(2), "float32", (2,)), (np.arange(2), "int32", (2,)), ([1, 2.5], "float32", (2,)), ([True], "bool", (1,)),
    (3, "int32", ()), (2.5, "float32", ()), (1j, "complex64", ()), (np.uint8([1]), "uint8", (1,)), ([], "float32", (0,)),
    (np.float16([1]), "float16", (1,)), ([[1, 2], [3, 4]], "int32", (2, 2)), (range(3), "int32", (3,)),
])
def test_values_from_outside_get_32_bits(value: Any, dtype: str, shape: tuple[int, ...]) -> None:
    x = bm.Array(value)
    assert (x.dtype, x.shape, x.ndim, x.size) == (dtype, shape, len(shape), int(np.prod(shape)))
    assert x.nbytes == x.size * x.itemsize


def test_a_dtype_that_is_given_is_kept() -> None:
    assert bm.Array(np.ones(2), dtype=np.float64).dtype == np.float64
    assert bm.Array([1, 2], dtype="int8").dtype == np.int8
    assert bm.Array(bm.ones(2), dtype=bm.int32).dtype == np.int32
    assert (bm.Array(np.ones(2), dtype=np.float64) * 2).dtype == np.float64
    with bm.environment(x64=True):
        assert bm.Array(np.ones(2)).dtype == np.float64


@pytest.mark.parametrize("value", [None, "text", object(), ["a", "b"], [None], {}, [[1], [1, 2]]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        bm.Array(value)


def test_of_arrays_and_of_lists_of_arrays() -> None:
    x = bm.Array(X)
    assert bm.Array(x).value is x.value
    np.testing.assert_array_equal(bm.Array([x[0], Y, [1, 2, 3]]), np.stack([X[0], Y, [1, 2, 3]]))
    assert as_value(x) is x.value
    assert as_value(2).dtype == np.int32


# Operators

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
          operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
BITWISE = [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift]


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
@pytest.mark.parametrize("other", [Y, 2.0, 3, np.float32(2), True], ids=["array", "float", "int", "numpy", "bool"])
def test_operators_are_numpy_s(function: Callable, other: Any) -> None:
    x = np.abs(X) if function is operator.pow else X
    array = bm.Array(x)
    for result, want in ((function(array, other), function(x, other)), (function(other, array), function(other, x))):
        assert type(result) is bm.Array
        assert result.dtype == want.dtype
        np.testing.assert_allclose(result, want, rtol=1e-6)
    if isinstance(other, np.ndarray):
        np.testing.assert_allclose(function(bm.Array(x), bm.Array(other)), function(x, other), rtol=1e-6)
        np.testing.assert_allclose(function(bm.Array(x), other.tolist()), function(x, other), rtol=1e-6)


@pytest.mark.parametrize("function", [*BINARY, *BITWISE], ids=lambda f: f.__name__)
def test_operators_of_whole_numbers(function: Callable) -> None:
    want = function(N, M)
    result = function(bm.Array(N), bm.Array(M))
    assert result.dtype == (np.float32 if want.dtype == np.float64 else want.dtype)
    np.testing.assert_allclose(result, want, rtol=1e-6)
    np.testing.assert_array_equal(function(7, bm.Array(M)).dtype, result.dtype)


@pytest.mark.parametrize("function", [operator.and_, operator.or_, operator.xor])
def test_operators_of_truth_values(function: Callable) -> None:
    np.testing.assert_array_equal(function(bm.Array(BITS), ~BITS), function(BITS, ~BITS))
    np.testing.assert_array_equal(function(True, bm.Array(BITS)), function(True, BITS))
    np.testing.assert_array_equal(~bm.Array(BITS), ~BITS)


@pytest.mark.parametrize("function", [operator.neg, operator.pos, operator.abs, round, lambda x: round(x, 1)])
def test_operators_of_one_array(function: Callable) -> None:
    want = X.round(1) if function(1.26) == 1.3 else X.round() if function is round else function(X)
    np.testing.assert_array_equal(function(bm.Array(X)), want)


def test_products_of_matrices() -> None:
    x, y = bm.Array(X), bm.Array(Y)
    np.testing.assert_allclose(x @ y, X @ Y)
    np.testing.assert_allclose(x @ X.T, X @ X.T)
    np.testing.assert_allclose(X @ y, X @ Y)
    np.testing.assert_allclose(divmod(x, 2)[0], X // 2)
    np.testing.assert_allclose(divmod(7, bm.Array(M))[1], 7 % M)


def test_an_operand_that_is_no_array_is_left_to_python() -> None:
    for function in (operator.add, operator.mul, operator.lt, operator.matmul):
        with pytest.raises(TypeError):
            function(bm.ones(2), "text")
        with pytest.raises(TypeError):
            function(object(), bm.ones(2))
    assert (bm.ones(2) == "text") is False
    assert (bm.ones(2) != None) is True  # noqa: E711


@pytest.mark.parametrize("mine", [np.float32, np.float64, np.int32])
def test_numpy_arrays_and_numbers_on_the_left_give_arrays(mine: type) -> None:
    for left in (mine(2), np.full(3, 2, mine)):
        result = left * bm.Array(Y)
        assert (type(result), result.dtype) == (bm.Array, np.float32)
        np.testing.assert_array_equal(result, 2 * Y)


# In place

IN_PLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.imod, operator.ipow]


@pytest.mark.parametrize("function", IN_PLACE, ids=lambda f: f.__name__)
def test_in_place_operators_keep_the_array_and_replace_its_value(function: Callable) -> None:
    x = bm.Array(np.abs(X))
    before, alias = x.value, bm.Array(x)
    result = function(x, bm.Array(Y))
    assert result is x
    want = function(np.abs(X).copy(), Y)
    np.testing.assert_allclose(x, want, rtol=1e-6)
    np.testing.assert_array_equal(before, np.abs(X))
    np.testing.assert_array_equal(alias, np.abs(X))


def test_in_place_operators_of_bits_and_matrices() -> None:
    n = bm.Array(N)
    n &= 6
    n |= 1
    n ^= M
    n <<= 2
    n >>= 1
    np.testing.assert_array_equal(n, ((((N & 6) | 1) ^ M) << 2) >> 1)
    x = bm.Array(X)
    x @= np.eye(3, dtype=np.float32) * 2
    np.testing.assert_array_equal(x, X * 2)


@pytest.mark.parametrize(("x", "y", "error", "message"), [
    (X[0], X, ValueError, r"array of shape \(3,\) with an operand of shape \(2, 3\) would change its shape to \(2, 3\)"),
    (N, 0.5, TypeError, "array of dtype int32 would give float32, which it cannot hold"),
    (BITS, 1, TypeError, "array of dtype bool would give int"),
    (X, 1j, TypeError, "array of dtype float32 would give complex64"),
])
def test_in_place_operators_change_neither_shape_nor_kind(x: np.ndarray, y: Any, error: type, message: str) -> None:
    array = bm.Array(x)
    with pytest.raises(error, match=message):
        array += y
    np.testing.assert_array_equal(array, x)


def test_in_place_operators_keep_the_width() -> None:
    x = bm.Array(X)
    x += np.ones(3) * 0.5
    x *= bm.Array(Y, dtype=np.float64)
    assert x.dtype == np.float32


# Elements

INDICES: list[Any] = [
    0, -1, (0, 1), slice(1, None), (slice(None), slice(None, None, -1)), Ellipsis, None, (None, 0), [1, 0, 1],
    np.array([0, 1]), ([0, 1], [2, 0]), (slice(None), [2, 0]), X > 0, (X > 0).tolist(), (0, Y > 0), np.int64(1), (..., 1),
    ()]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_reading_elements(index: Any) -> None:
    got = bm.Array(X)[index]
    want = X[np.asarray(index)] if isinstance(index, list) else X[index]
    assert type(got) is bm.Array
    assert got.shape == np.shape(want)
    np.testing.assert_array_equal(got, want)


def test_indices_that_are_arrays() -> None:
    x, i = bm.Array(X), bm.asarray(1)
    np.testing.assert_array_equal(x[i], X[1])
    np.testing.assert_array_equal(x[:, bm.asarray([2, 0])], X[:, [2, 0]])
    np.testing.assert_array_equal(x[x > 0], X[X > 0])
    np.testing.assert_array_equal(x[bm.asarray(0):i], X[0:1])
    np.testing.assert_array_equal(x[[i, 0]], X[[1, 0]])
    assert x[i, i].shape == ()


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_writing_elements(index: Any) -> None:
    x, want = bm.Array(X), X.copy()
    before, alias = x.value, bm.Array(x)
    x[index] = 7.5
    want[np.asarray(index) if isinstance(index, list) else index] = 7.5
    np.testing.assert_array_equal(x, want)
    np.testing.assert_array_equal(before, X)
    np.testing.assert_array_equal(alias, X)


def test_writing_rows_columns_and_parts() -> None:
    x, want = bm.Array(X), X.copy()
    x[0], want[0] = bm.Array(Y), Y
    x[:, 1], want[:, 1] = [1, 2], [1, 2]
    x[1, :2] += 10
    want[1, :2] += 10
    x[[0, 0], 2], want[0, 2] = [5.0, 6.0], 6.0  # the last one stays
    np.testing.assert_array_equal(x, want)
    x.fill(3)
    np.testing.assert_array_equal(x, np.full((2, 3), 3))


@pytest.mark.parametrize(("index", "value", "error"), [
    (5, 1.0, IndexError), ((0, 0, 0), 1.0, IndexError), (0, [1.0, 2.0], ValueError), (0, "text", TypeError),
    (1.5, 1.0, IndexError), ("a", 1.0, IndexError)])
def test_writing_that_fails_changes_nothing(index: Any, value: Any, error: type) -> None:
    x = bm.Array(X)
    with pytest.raises(error):
        x[index] = value
    np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize("write", [
    lambda x, y: x.__setitem__((slice(None), 1), y[:2]), lambda x, y: x.__setitem__(0, y * x[0]),
    lambda x, y: x.__setitem__([1, 1, 0], y), lambda x, y: x.__iadd__(y * x), lambda x, y: x.__imul__(y),
    lambda x, y: x.__setitem__(X > 1, y[0]), lambda x, y: x.fill(y[1]), lambda x, y: x.update(x * y), lambda x, y: x.sort(),
    lambda x, y: x.__setitem__(np.int64(1), y ** 2), lambda x, y: x.__itruediv__(y), lambda x, y: x.__isub__(x[::-1] * y),
], ids=range(12))
def test_writing_can_be_differentiated(write: Callable) -> None:
    """By central differences; what is overwritten has the gradient zero."""
    bm.enable_x64()
    weights = np.arange(1.0, 7.0).reshape(2, 3)

    def loss(x: Any, y: Any) -> Any:
        x = x * 1.0
        write(x, y)
        return (x**2 * weights).sum()

    values = [X.astype(float), Y.astype(float)]
    gradients = bm.grad(loss, argnums=(0, 1))(*[bm.asarray(v) for v in values])
    for k, gradient in enumerate(gradients):
        for at in np.ndindex(*values[k].shape):
            pair = []
            for sign in (1, -1):
                moved = [v.copy() for v in values]
                moved[k][at] += sign * 1e-6
                pair.append(float(loss(*[bm.asarray(v) for v in moved])))
            np.testing.assert_allclose(gradient[at], (pair[0] - pair[1]) / 2e-6, rtol=1e-6, atol=1e-6)


# As a sequence and as a number

def test_as_a_sequence() -> None:
    x = bm.Array(X)
    assert len(x) == 2
    assert [row.tolist() for row in x] == X.tolist()
    first, second = x
    assert (first.tolist(), second.tolist()) == (X[0].tolist(), X[1].tolist())
    assert 4.0 in x
    assert 5.0 not in x
    for use in (len, iter):
        with pytest.raises(TypeError):
            use(bm.asarray(1.0))


@pytest.mark.parametrize(("value", "number"), [(2.5, 2.5), ([[3]], 3), (True, True)])
def test_as_a_number(value: Any, number: Any) -> None:
    x = bm.Array(value)
    assert (float(x), int(x), bool(x), complex(x), x.item()) == (number, int(number), bool(number), number, number)
    assert type(x.item()) in (bool, int, float)


def test_several_elements_are_no_number() -> None:
    x = bm.Array(X)
    for use in (float, int, complex):
        with pytest.raises(ValueError):
            use(x)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(x)
    with pytest.raises(TypeError):
        operator.index(bm.asarray(1.0))
    assert [10, 20][bm.asarray(1)] == 20
    assert list(range(bm.asarray(2))) == [0, 1]


def test_to_python_and_numpy() -> None:
    x = bm.Array(X)
    assert x.tolist() == X.tolist()
    assert x.tobytes() == X.tobytes()
    assert x.item(1, 2) == X.item(1, 2)
    for array in (np.asarray(x), x.numpy(), x.to_numpy(), x.as_numpy()):
        assert type(array) is np.ndarray
        np.testing.assert_array_equal(array, X)
    assert np.asarray(x, dtype=np.float64).dtype == np.float64
    assert np.array(x, copy=True) is not x.value


# NumPy's protocols

@pytest.mark.parametrize("function", [
    np.tanh, np.exp, np.negative, np.sum, np.mean, np.transpose, np.argmax, np.unique, np.linalg.norm, np.add.reduce,
    np.add.accumulate, lambda x: np.add(x, Y), lambda x: np.maximum(Y, x), lambda x: np.where(x > 0, x, 0),
    lambda x: np.concatenate([x, X]), lambda x: np.stack([x, x]), lambda x: np.dot(x, Y), lambda x: np.clip(x, -1, 1),
    lambda x: np.sum(x, axis=1, keepdims=True), lambda x: np.maximum.reduce(x, axis=1), lambda x: np.sort(x, axis=0),
    lambda x: np.fft.fft(x).real, lambda x: np.multiply.outer(x, Y),
], ids=range(23))
def test_numpy_functions_take_arrays(function: Callable) -> None:
    got, want = function(bm.Array(X)), function(X)
    assert isinstance(got, bm.Array)
    assert got.dtype == (np.int32 if np.asarray(want).dtype == np.int64 else np.float32)
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_numpy_functions_with_out_and_dtype() -> None:
    x, out, plain = bm.Array(X), bm.zeros((2, 3)), np.zeros((2, 3))
    assert np.exp(x, out=out) is out
    np.testing.assert_allclose(out, np.exp(X))
    np.exp(x, out=plain)
    np.testing.assert_allclose(plain, np.exp(X), rtol=1e-6)
    np.add(plain, x, out=(plain,))
    np.testing.assert_allclose(plain, np.exp(X) + X, rtol=1e-6)
    assert np.add(x, 1, dtype=np.float64).dtype == np.float64
    assert np.divmod(x, 2.0)[1].shape == (2, 3)


def test_shapes_are_known_to_numpy() -> None:
    x = bm.Array(X)
    assert (np.shape(x), np.ndim(x), np.size(x), np.iscomplexobj(x)) == ((2, 3), 2, 6, False)
    assert np.result_type(x, np.float64) == np.float64


# Methods

@pytest.mark.parametrize("method", [
    lambda x: x.sum(), lambda x: x.mean(axis=0), lambda x: x.max(axis=1), lambda x: x.prod(), lambda x: x.std(),
    lambda x: x.var(0), lambda x: x.cumsum(axis=1), lambda x: x.argmin(axis=0), lambda x: x.reshape(3, 2),
    lambda x: x.reshape((-1,)), lambda x: x.ravel(), lambda x: x.flatten(), lambda x: x.T, lambda x: x.transpose(1, 0),
    lambda x: x.transpose((1, 0)), lambda x: x.transpose(), lambda x: x.swapaxes(0, 1), lambda x: x.repeat(2, axis=0),
    lambda x: x.squeeze(), lambda x: x.take([2, 0], axis=1), lambda x: x.clip(-1, 1), lambda x: x.dot(Y),
    lambda x: x.round(), lambda x: x.real, lambda x: x.imag, lambda x: x.conj(), lambda x: x.diagonal(), lambda x: x.trace(),
    lambda x: x.any(axis=0), lambda x: x.all(), lambda x: x.argsort(), lambda x: x.astype(np.int32), lambda x: x.copy(),
    lambda x: x.nonzero()[0],
], ids=range(34))
def test_methods_are_numpy_s(method: Callable) -> None:
    got, want = method(bm.Array(X)), np.asarray(method(X))
    assert isinstance(got, bm.Array)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-6)


def test_methods_of_the_original_and_of_torch() -> None:
    x = bm.Array(X)
    assert x.unsqueeze(0).shape == x.expand_dims(0).shape == (1, 2, 3)
    assert x.view(3, 2).shape == (3, 2)
    assert x.sum(dim=1, keepdim=True).shape == (2, 1)
    assert [part.shape for part in x.split(3, axis=1)] == [(2, 1)] * 3


def test_sorting_in_place_and_copies() -> None:
    x = bm.Array(X)
    y = x.copy()
    x.sort(axis=0)
    np.testing.assert_array_equal(x, np.sort(X, axis=0))
    np.testing.assert_array_equal(y, X)


# Text

REPR = [
    (np.arange(4.0), "Array(value=Array([0., 1., 2., 3.]), dtype=float32)"),
    (np.arange(3), "Array(value=Array([0, 1, 2]), dtype=int32)"),
    ([True, False], "Array(value=Array([ True, False]), dtype=bool)"),
    (2.0, "Array(value=Array(2.), dtype=float32)"),
    ([], "Array(value=Array([]), dtype=float32)"),
    ([[1.0, 2.0], [3.0, 4.0]], """\
Array(value=Array([[1., 2.],
                   [3., 4.]]),
      dtype=float32)"""),
    (np.arange(8.0).reshape(2, 4) / 7, """\
Array(value=Array([[0.        , 0.14285715, 0.2857143 , 0.42857143],
                   [0.5714286 , 0.71428573, 0.85714287, 1.        ]],
                  dtype=float32),
      dtype=float32)"""),
]


@pytest.mark.parametrize(("value", "text"), REPR, ids=range(len(REPR)))
def test_text(value: Any, text: str) -> None:
    """The inner dtype stays where the line of the elements is long, as in the original."""
    assert repr(bm.Array(value)) == str(bm.Array(value)) == text


def test_text_of_variables_lines_up() -> None:
    assert repr(bm.TrainVar(bm.zeros((2, 2)))) == """\
TrainVar(value=Array([[0., 0.],
                      [0., 0.]]),
         dtype=float32)"""


def test_text_of_values_under_transformation() -> None:
    seen: list[str] = []
    bm.grad(lambda x: (seen.append(repr(x)), x.sum())[1])(bm.ones(2))
    bm.for_loop(lambda x: (seen.append(repr(x)), x * 2)[1], bm.ones((3, 2)))
    assert "ArrayBox" in seen[0]
    assert all(text.startswith("Array(value=") for text in seen)


def test_formats() -> None:
    assert f"{bm.asarray(2.5):.3f}" == "2.500"
    assert f"{bm.ones(1)}" == repr(bm.ones(1))
    assert bm.grad(lambda x: (f"{x:.2f}", x)[1])(2.0).tolist() == 1.0
    with pytest.raises(ValueError):
        format(bm.ones(2), ".2f")


# Copies

@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies(duplicate: Callable) -> None:
    x = bm.Array(X, dtype=np.float64)
    y = duplicate(x)
    assert (type(y), y.dtype, y.tolist()) == (bm.Array, np.float64, X.tolist())
    y[0] = 0
    np.testing.assert_array_equal(x, X)


def test_arrays_have_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(bm.ones(2))
