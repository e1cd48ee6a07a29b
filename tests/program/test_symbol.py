"""Symbols record what is computed with them, once, in NumPy's dtypes, and refuse at the user's line what needs numbers."""
from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import CaptureError, UnsupportedOperationError
from nbbrain.math.lifting import wrap
from nbbrain.operations import named
from nbbrain.operations.operation import Operation
from nbbrain.program.interpret import interpret
from nbbrain.program.symbol import Program, Symbol
from tests.program.programs import capture, operations, run

X = np.arange(6, dtype=np.float32).reshape(2, 3) - 2.5
Y = np.float32([0.5, -1.5, 2.0])


# Recording

@pytest.mark.parametrize(("function", "recorded"), [
    (lambda x, y: x * y + x, ["multiply", "add"]),
    (lambda x, y: np.tanh(x) / y, ["tanh", "divide"]),
    (lambda x, y: 2.0 * x - y, ["multiply", "subtract"]),
    (lambda x, y: -x > y, ["negative", "greater"]),
    (lambda x, y: np.sum(x, axis=1), ["sum"]),
    (lambda x, y: np.concatenate([x, x])[1:], ["concatenate", "get_item"]),
    (lambda x, y: np.where(x > 0, x, y), ["greater", "where"]),
    (lambda x, y: x.T @ x, ["transpose", "matmul"]),
    (lambda x, y: x.astype(np.int32), ["cast"]),
    (lambda x, y: abs(x) ** 3, ["absolute", "power"]),
])
def test_operators_and_numpy_functions_are_recorded(function: Callable, recorded: list[str]) -> None:
    step = capture(function, X, Y).step
    assert operations(step) == recorded
    result, = run(step, [X, Y])
    want = function(X, Y)
    assert (result.shape, result.dtype) == (want.shape, want.dtype)
    np.testing.assert_allclose(result, want, rtol=1e-6)


def test_a_symbol_knows_shape_and_dtype_and_its_line() -> None:
    program = Program()
    x = program.input((2, 3), np.float32, "x")
    total = np.sum(x, axis=0)
    line = f"{__file__}:"
    assert (x.ndim, x.size, len(x), total.shape, total.dtype) == (2, 6, 2, (3,), np.float32)
    assert (np.shape(x), np.ndim(x), np.size(x), np.iscomplexobj(x)) == ((2, 3), 2, 6, False)
    assert np.result_type(x, np.float64) == np.float64
    assert total.location.startswith(line)
    number = total.location.removeprefix(line)
    assert str(program) == (f"test_symbol.py:{number}  total = np.sum(x, axis=0)\n"
                            "    %1 = sum(x, axis=(0,), keepdims=False)  float32 (3,)")
    assert repr(program.constant(2.0, (3,))) == "2.0"


# One value, one symbol

def test_equal_computations_are_one_symbol() -> None:
    program = Program()
    x, y = [program.input((3,), np.float32, name) for name in "xy"]
    assert x + y is x + y
    assert np.exp(x + y) is np.exp(x + y)
    assert x * 2.0 is x * 2.0
    assert x[1:] is x[1:]
    assert x + y is not x - y
    assert x[1:] is not x[:1]
    assert np.sum(x) is not np.sum(x, keepdims=True)
    assert len({symbol for symbol in program.symbols if symbol.operation is not None}) == 8


def test_equal_constants_are_one_symbol_if_their_dtypes_and_shapes_are_equal() -> None:
    program = Program()
    assert program.constant(1.0, (2,), np.float32) is program.constant(1, (2,), np.float32)
    assert program.constant(1.0, (), np.float32) is not program.constant(1.0, (), np.float64)
    assert program.constant(1.0, (2,)) is not program.constant(1.0)
    assert program.constant(0.0) is not program.constant(-0.0)
    assert program.constant(np.nan) is program.constant(np.nan)


@pytest.mark.parametrize(("array", "constant"), [
    (np.ones((2, 3)), True), (np.zeros(4, np.int32), True), (np.array([7.0]), True), (np.array([True, True]), True),
    (np.arange(3), False), (np.full(2, np.nan), False), (np.array([0.0, -0.0]), False), (np.array([-0.0, 0.0]), False),
    (np.zeros((0, 3)), False), (np.full(3, np.inf), True), (np.full(2, -0.0), True),
])
def test_arrays_from_outside_are_inputs_unless_one_number_fills_them(array: np.ndarray, constant: bool) -> None:
    program = Program()
    symbol = program.symbol(array)
    assert symbol.is_constant == constant
    assert (symbol.shape, symbol.dtype) == (array.shape, array.dtype)
    assert (len(program.captured) == 1) != constant
    assert program.symbol(array) is symbol


def test_values_of_two_captures_do_not_mix() -> None:
    first, second = Program(), Program()
    x, y = first.input((2,), np.float32, "x"), second.input((2,), np.float32, "y")
    with pytest.raises(CaptureError, match="a value of one captured loop was used in another"):
        x + y


# dtypes

def test_a_choice_of_two_numbers_has_the_default_dtype() -> None:
    for numbers, dtype in (((1.0, 0.0), "float32"), ((1, 0), "int32"), ((True, False), "bool"), ((1, 0.5), "float32")):
        step = capture(lambda x, numbers=numbers: named["where"](x > 0, *numbers), np.zeros(3)).step
        assert step.outputs[0].dtype == dtype


DTYPES = ["bool", "int8", "uint8", "int32", "uint32", "int64", "float32", "float64"]
UFUNCS = sorted(name for name, operation in named.items() if isinstance(operation.function, np.ufunc)
                and operation.kind == "elementwise")


def _sample(dtype: str, shift: int) -> np.ndarray:
    return ((np.arange(4) + shift) % 3).astype(dtype)


@pytest.mark.parametrize("name", UFUNCS)
def test_programs_compute_in_the_dtypes_numpy_computes_in(name: str) -> None:
    """Interpreted, each operation gets operands that are cast already, and gives NumPy's dtype and numbers."""
    operation = named[name]
    tried = 0
    for dtypes in itertools.product(DTYPES, repeat=operation.function.nin):
        arrays = [_sample(dtype, i) for i, dtype in enumerate(dtypes)]
        with np.errstate(all="ignore"):
            try:
                want = operation.function(*arrays)
            except (TypeError, ValueError):  # not defined for these, in NumPy either
                continue
            program = Program()
            inputs = [program.input(array.shape, array.dtype, f"x{i}") for i, array in enumerate(arrays)]
            symbol = program.apply(operation, tuple(inputs), {})
            values = interpret(program.symbols[len(inputs):], dict(zip(inputs, arrays, strict=True)))
        assert symbol.dtype == want.dtype, dtypes
        np.testing.assert_array_equal(values[symbol], want, err_msg=str(dtypes))
        tried += 1
    assert tried


@pytest.mark.parametrize("number", [True, 2, 2.5])
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32", "float64"])
@pytest.mark.parametrize("name", ["add", "multiply", "divide", "maximum", "power", "less"])
def test_numbers_of_python_take_the_dtype_of_the_array(name: str, dtype: str, number: Any) -> None:
    x = np.arange(1, 4).astype(dtype)
    operation = named[name]
    for function in (lambda x: operation(x, number), lambda x: operation(number, x)):
        step = capture(function, x).step
        want = function(x)
        result, = run(step, [x])
        assert step.outputs[0].dtype == result.dtype == want.dtype
        np.testing.assert_allclose(result, want, rtol=1e-6)


@pytest.mark.parametrize("dtypes", [*itertools.product(["bool", "int32", "float32", "float64"], repeat=2)])
def test_choices_promote_like_numpy(dtypes: tuple[str, str]) -> None:
    x, y = _sample(dtypes[0], 0), _sample(dtypes[1], 1)
    mask = np.array([True, False, False, True])
    step = capture(lambda mask, x, y: np.where(mask, x, y), mask, x, y).step
    want = named["where"].function(mask, x, y)
    if {x.dtype.kind, y.dtype.kind} == {"i", "f"}:
        want = want.astype(np.result_type(*[a.dtype for a in (x, y) if a.dtype.kind == "f"]))  # integers widen no float
    assert step.outputs[0].dtype == want.dtype
    np.testing.assert_array_equal(run(step, [mask, x, y])[0], want)


# What needs the numbers

def line_of(function: Callable) -> str:
    return f"{Path(__file__)}:{function.__code__.co_firstlineno}"


REFUSED: list[tuple[Callable[[Symbol], Any], str, str]] = [
    (lambda x: 1 if x[0] > 0 else 2, "if", "bm.where"),
    (lambda x: x[0] > 0 and x[1] > 0, "if", "bm.where"),
    (lambda x: int(x[0]), "int", "integer arrays as indices"),
    (lambda x: float(x[0]), "float", "functions of nbbrain.math"),
    (lambda x: np.asarray(x), "numpy.asarray", "functions of nbbrain.math"),
    (lambda x: np.array([1.0, x[0]]), "numpy.asarray", "functions of nbbrain.math"),
    (lambda x: [10, 20][x[0].astype(np.int32)], "index", "bm.take"),
    (lambda x: range(x[0].astype(np.int32)), "index", "bm.take"),
]


@pytest.mark.parametrize(("function", "use", "hint"), REFUSED, ids=[use for _, use, _ in REFUSED])
def test_what_needs_a_number_is_refused_at_the_user_s_line(function: Callable, use: str, hint: str) -> None:
    with pytest.raises(CaptureError, match="known only when the compiled loop runs") as caught:
        capture(function, Y)
    assert (caught.value.operation, caught.value.location) == (use, line_of(function))
    assert hint in str(caught.value.hint)
    assert caught.value.location in str(caught.value)


WRAPPED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: x if x.sum() > 0 else -x, "if"),
    (lambda x: float(x.sum()), "float"),
    (lambda x: int(x.sum()), "int"),
    (lambda x: np.asarray(x), "numpy.asarray"),
    (lambda x: [1, 2][x[0].astype(bm.int32)], "index"),
    (lambda x: f"{x.sum():.2f}", "format"),
    (lambda x: x.tolist(), "numpy.asarray"),
    (lambda x: np.nonzero(x), "nonzero"),
]


@pytest.mark.parametrize(("function", "use"), WRAPPED, ids=[use for _, use in WRAPPED])
def test_arrays_refuse_the_same_in_a_capture(function: Callable, use: str) -> None:
    with pytest.raises(CaptureError) as caught:
        capture(lambda x: function(wrap(x)), Y)
    assert (caught.value.operation, caught.value.location) == (use, line_of(function))


UNSUPPORTED: list[tuple[Callable[[Symbol], Any], str]] = [
    (lambda x: np.add.accumulate(x), "add.accumulate"),
    (lambda x: np.add(x, 1.0, where=[True, False, True]), "add"),
    (lambda x: np.spacing(x), "spacing"),
    (lambda x: np.apply_along_axis(sum, 0, x), "apply_along_axis"),
    (lambda x: x[x > 0], "get_item"),
    (lambda x: named["odd"](x), "odd"),
]


@pytest.fixture
def unknown_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation without a rule for its shape."""
    monkeypatch.setitem(named, "odd", None)
    del named["odd"]
    Operation("odd", lambda x: x)


@pytest.mark.usefixtures("unknown_shape")
@pytest.mark.parametrize(("function", "name"), UNSUPPORTED, ids=[name for _, name in UNSUPPORTED])
def test_operations_that_cannot_be_captured_are_named(function: Callable, name: str) -> None:
    with pytest.raises(UnsupportedOperationError, match="cannot be captured") as caught:
        capture(function, Y)
    assert (caught.value.operation, caught.value.location) == (name, line_of(function))


def test_a_constant_can_be_decided_on() -> None:
    program = Program()
    assert bool(program.constant(1.0))
    assert not program.constant(np.zeros(1)[0], (1,))
    with pytest.raises(CaptureError):
        bool(program.constant(1.0, (2,)))


@pytest.mark.parametrize("function", [operator.add, np.matmul, lambda x, y: np.concatenate([x, y], axis=1)])
def test_shapes_that_do_not_fit_are_an_error_at_once(function: Callable) -> None:
    with pytest.raises(ValueError):
        capture(function, np.ones((2, 3)), np.ones((4, 5)))
