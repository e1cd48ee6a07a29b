"""Simplifying keeps every value, shape and dtype, and leaves the operations that are named here."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbbrain.operations import named
from nbbrain.operations.elementwise import where
from nbbrain.operations.reductions import sum as total
from nbbrain.operations.shapes import broadcast_to, flip, reshape, transpose
from nbbrain.program.symbol import Program
from tests.program.programs import capture, operations, run

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3)).astype(np.float32)
ROW = RNG.normal(size=3).astype(np.float32)
N = np.array([[3, -1, 0]], np.int32)
B = np.array([True, False, True])
ZEROS, ONES, TWOS = [np.full((2, 3), number, np.float32) for number in (0, 1, 2)]

RULES: dict[str, tuple[Callable[[Any], Any], np.ndarray, list[str]]] = {
    "x + 0": (lambda x: x + 0.0, X, []),
    "0 + x": (lambda x: 0 + x, X, []),
    "x + zeros, broadcast": (lambda x: x + ZEROS, ROW, ["broadcast_to"]),
    "zeros + x, broadcast": (lambda x: ZEROS + x, ROW, ["broadcast_to"]),
    "integer + 0": (lambda x: x + 0, N, []),
    "integer + 0.0": (lambda x: named["add"](x, 0.0), N, ["cast"]),
    "truth value + False": (lambda x: x + False, B, []),
    "x + 1": (lambda x: x + 1, X, ["add"]),
    "x - 0": (lambda x: x - 0, X, []),
    "x - zeros, broadcast": (lambda x: x - ZEROS, ROW, ["broadcast_to"]),
    "0 - x": (lambda x: 0 - x, X, ["negative"]),
    "zeros - x, broadcast": (lambda x: ZEROS - x, ROW, ["broadcast_to", "negative"]),
    "x * 1": (lambda x: x * 1, X, []),
    "1 * x": (lambda x: 1.0 * x, X, []),
    "x * ones, broadcast": (lambda x: x * ONES, ROW, ["broadcast_to"]),
    "x * 0 stays, for infinities": (lambda x: x * 0, np.float32([np.inf, np.nan, 1]), ["multiply"]),
    "truth value * True": (lambda x: x * True, B, ["multiply"]),
    "x / 1": (lambda x: x / 1, X, []),
    "x / ones, broadcast": (lambda x: x / ONES, ROW, ["broadcast_to"]),
    "integer / 1": (lambda x: named["divide"](x, 1), N, ["cast"]),
    "1 / x": (lambda x: 1 / x, X, ["divide"]),
    "x ** 1": (lambda x: x ** 1, X, []),
    "x ** 2": (lambda x: x ** 2, X, ["multiply"]),
    "x ** twos, broadcast": (lambda x: x ** TWOS, ROW, ["multiply", "broadcast_to"]),
    "integer ** 2": (lambda x: x ** 2, N, ["multiply"]),
    "x ** 3": (lambda x: x ** 3, X, ["power"]),
    "-(-x)": (lambda x: np.negative(np.negative(x)), X, []),
    "-(-(-x))": (lambda x: np.negative(np.negative(np.negative(x))), X, ["negative"]),
    "+x": (lambda x: named["positive"](x), X, []),
    "conjugate of a real": (lambda x: np.conjugate(x), X, []),
    "cast to its dtype": (lambda x: x.astype(np.float32), X, []),
    "cast to another": (lambda x: x.astype(np.float64), X, ["cast"]),
    "where true": (lambda x: where(np.True_, x, 2 * x), X, []),
    "where false": (lambda x: where(np.zeros((2, 3), bool), 2 * x, x), ROW, ["broadcast_to"]),
    "where of one value": (lambda x: where(x > 0, x, x), X, []),
    "where of one value, broadcast": (lambda x: where(broadcast_to(x, (2, 3)) > 0, x, x), ROW, ["broadcast_to"]),
    "where": (lambda x: where(x > 0, x, 0.0), X, ["greater", "where"]),
    "reshape to its shape": (lambda x: reshape(x, (2, 3)), X, []),
    "reshape of reshape": (lambda x: reshape(reshape(x, (6,)), (3, 2)), X, ["reshape"]),
    "reshape and back": (lambda x: reshape(reshape(x, (6,)), (2, 3)), X, []),
    "broadcast to its shape": (lambda x: broadcast_to(x, (3,)), ROW, []),
    "broadcast of broadcast": (lambda x: broadcast_to(broadcast_to(x, (2, 3)), (4, 2, 3)), ROW, ["broadcast_to"]),
    "transpose, same order": (lambda x: transpose(x, (0, 1)), X, []),
    "transpose twice": (lambda x: transpose(transpose(x)), X, []),
    "transpose of transpose": (lambda x: transpose(transpose(x, (1, 2, 0)), (0, 2, 1)), X[None], ["transpose"]),
    "flip twice stays": (lambda x: flip(flip(x, 0), 0), X, ["flip", "flip"]),
    "sum over one": (lambda x: total(x, axis=0), X[None], ["reshape"]),
    "sum over ones, kept": (lambda x: total(x, axis=(0, 2), keepdims=True), ROW[None, :, None], []),
    "sum over no axis": (lambda x: total(x, axis=()), X, []),
    "sum over one integer": (lambda x: total(x, axis=0), N.astype(np.int8), ["cast", "reshape"]),
    "sum over one truth value": (lambda x: total(x, axis=1), B[:, None], ["cast", "reshape"]),
    "sum": (lambda x: total(x, axis=1), X, ["sum"]),
    "x[...]": (lambda x: x[...], X, []),
    "x[:, :]": (lambda x: x[:, :], X, []),
    "x[:, 1:]": (lambda x: x[:, 1:], X, ["get_item"]),
}


@pytest.mark.parametrize("rule", RULES)
def test_rules_keep_values_and_leave_what_is_named(rule: str) -> None:
    function, x, left = RULES[rule]
    step = capture(function, x).step
    with np.errstate(invalid="ignore"):
        want = function(x)
        result, = run(step, [x])
    assert operations(step) == left
    assert (result.shape, result.dtype) == (want.shape, want.dtype)
    np.testing.assert_array_equal(result, want)


@pytest.mark.parametrize(("name", "numbers"), [
    ("tanh", (0.5,)), ("add", (1.5, 2.5)), ("divide", (1.0, 0.0)), ("log", (-1.0,)), ("greater", (1.0, 2.0)),
    ("sign", (-0.0,)), ("maximum", (np.nan, 1.0)),
])
def test_operations_on_constants_are_carried_out(name: str, numbers: tuple[float, ...]) -> None:
    program, operation = Program(), named[name]
    shapes = ((2, 1), (3,))
    constants = [program.constant(number, shape, np.float32) for number, shape in zip(numbers, shapes, strict=False)]
    symbol = program.apply(operation, tuple(constants), {})
    with np.errstate(all="ignore"):
        arrays = [np.full(shape, number, np.float32) for number, shape in zip(numbers, shapes, strict=False)]
        want = operation.function(*arrays)
    assert symbol.is_constant
    assert (symbol.shape, symbol.dtype) == (want.shape, want.dtype)
    np.testing.assert_array_equal(np.full(symbol.shape, symbol.value, symbol.dtype), want)
    assert all(s.operation is None for s in program.symbols)


@pytest.mark.parametrize("view", [lambda x: reshape(x, (3, 2)), lambda x: broadcast_to(x, (4, 2, 3)), transpose,
                                  lambda x: x.astype(np.int32)])
def test_views_of_constants_are_constants(view: Callable) -> None:
    program = Program()
    symbol = view(program.constant(2.0, (2, 3), np.float32))
    want = view(TWOS)
    assert symbol.is_constant
    assert (symbol.shape, symbol.dtype, symbol.value) == (want.shape, want.dtype, 2)


LEAVES = st.sampled_from(["x", "row", "zeros", "ones", "zero", "one", "two"])
UNARY: list[Callable[[Any], Any]] = [
    lambda a: -a, lambda a: named["positive"](a), lambda a: broadcast_to(a, (2, 3)), lambda a: a.astype(np.float64),
    lambda a: transpose(transpose(a)), lambda a: reshape(reshape(a, (-1,)), np.shape(a)), np.conjugate,
    lambda a: total(reshape(a, (1, *np.shape(a))), axis=0), lambda a: a[...], lambda a: a ** 2, lambda a: a ** 1,
]
BINARY: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: where(a > b, a, b),
    lambda a, b: where(b > a, b, b),
]
TREES = st.recursive(
    LEAVES, lambda inner: st.tuples(st.sampled_from(UNARY), inner) | st.tuples(st.sampled_from(BINARY), inner, inner),
    max_leaves=12)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(TREES)
def test_arbitrary_expressions_keep_their_values(tree: Any) -> None:
    """What adjoints are full of: sums with zeros, products with ones, views of views."""
    def build(x: Any, row: Any) -> Any:
        leaves = {"x": x, "row": row, "zeros": ZEROS, "ones": ONES, "zero": np.float32([0]), "one": np.float32([1]),
                  "two": np.float32([2])}

        def value(node: Any) -> Any:
            return leaves[node] if isinstance(node, str) else node[0](*[value(child) for child in node[1:]])

        return value(tree)

    step = capture(build, X, ROW).step
    want = build(X, ROW)
    result, = run(step, [X, ROW])
    assert (result.shape, result.dtype) == (want.shape, want.dtype)
    np.testing.assert_allclose(result, want, rtol=1e-6)
