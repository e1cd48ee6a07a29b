"""Rules that replace an operation by a simpler one while it is recorded: one small function an operation.

They matter for adjoints, which autograd fills with additions of zero, double negations and sums over axes of size one.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nbbrain.operations.operation import Operation, cast, named
from nbbrain.operations.shapes import broadcast_to, reshape, transpose
from nbbrain.program.flat_index import flat_get, flat_write, needs_flattening
from nbbrain.program.parts import joined_parts, slices_of

if TYPE_CHECKING:
    from nbbrain.program.symbol import Program, Symbol

__all__ = ["simplify"]

Rule = Callable[..., Any]
_rules: dict[str, Rule] = {}


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def define(rule: Rule) -> Rule:
        _rules.update(dict.fromkeys(names, rule))
        return rule

    return define


def simplify(program: Program, operation: Operation, operands: tuple[Symbol, ...],
             parameters: dict[str, Any]) -> Symbol | None:
    """A symbol equal to the operation's result that needs no new node, or a simpler one; None where there is none."""
    constant = operands and all(x.is_constant for x in operands)
    if constant and operation.kind == "elementwise" and operation.name != "spike":
        return _fold(program, operation, operands, parameters)
    rule = _rules.get(operation.name)
    return rule(program, *operands, **parameters) if rule is not None else None


def _fold(program: Program, operation: Operation, operands: tuple[Symbol, ...], parameters: dict[str, Any]) -> Symbol:
    shape = np.broadcast_shapes(*[x.shape for x in operands])
    with np.errstate(all="ignore"):
        value = operation.function(*[x.value for x in operands], **parameters)
    return program.constant(value, shape, np.asarray(value).dtype)


def _is(x: Symbol, value: float) -> bool:
    return x.is_constant and bool(x.value == value)


def _spread(x: Symbol, *others: Symbol) -> Any:
    """x in the shape that it has together with other operands."""
    return broadcast_to(x, np.broadcast_shapes(x.shape, *[other.shape for other in others]))


@_rule("add")
def _add(program: Program, x: Symbol, y: Symbol) -> Any:
    return _spread(x, y) if _is(y, 0) else _spread(y, x) if _is(x, 0) else joined_parts(x, y)


@_rule("subtract")
def _subtract(program: Program, x: Symbol, y: Symbol) -> Any:
    return _spread(x, y) if _is(y, 0) else named["negative"](_spread(y, x)) if _is(x, 0) else None


@_rule("multiply")
def _multiply(program: Program, x: Symbol, y: Symbol) -> Any:
    if x.dtype.kind == "b":
        return None
    return _spread(x, y) if _is(y, 1) else _spread(y, x) if _is(x, 1) else None


@_rule("divide")
def _divide(program: Program, x: Symbol, y: Symbol) -> Any:
    return _spread(x, y) if _is(y, 1) and x.dtype.kind in "fc" else None


@_rule("power")
def _power(program: Program, x: Symbol, y: Symbol) -> Any:
    return _spread(x, y) if _is(y, 1) else _spread(x * x, y) if _is(y, 2) else None


@_rule("negative")
def _negative(program: Program, x: Symbol) -> Any:
    return x.operands[0] if x.operation is not None and x.operation.name == "negative" else None


@_rule("positive")
def _positive(program: Program, x: Symbol) -> Any:
    return x


@_rule("conjugate")
def _conjugate(program: Program, x: Symbol) -> Any:
    return x if x.dtype.kind != "c" else None


@_rule("cast")
def _cast(program: Program, x: Symbol, dtype: np.dtype) -> Any:
    return x if x.dtype == dtype else None


@_rule("where")
def _where(program: Program, condition: Symbol, x: Symbol, y: Symbol) -> Any:
    if condition.is_constant:
        return _spread(x, condition, y) if condition.value else _spread(y, condition, x)
    return _spread(x, condition) if x is y else None


@_rule("reshape")
def _reshape(program: Program, x: Symbol, shape: tuple[int, ...]) -> Any:
    if x.shape == shape:
        return x
    if x.is_constant:
        return program.constant(x.value, shape, x.dtype)
    return reshape(x.operands[0], shape) if x.operation is not None and x.operation.name == "reshape" else None


@_rule("broadcast_to")
def _broadcast_to(program: Program, x: Symbol, shape: tuple[int, ...]) -> Any:
    if x.shape == shape:
        return x
    if x.is_constant:
        return program.constant(x.value, shape, x.dtype)
    return broadcast_to(x.operands[0], shape) if x.operation is not None and x.operation.name == "broadcast_to" else None


@_rule("transpose")
def _transpose(program: Program, x: Symbol, axes: tuple[int, ...]) -> Any:
    if axes == tuple(range(len(axes))):
        return x
    if x.is_constant:
        return program.constant(x.value, tuple([x.shape[i] for i in axes]), x.dtype)
    if x.operation is not None and x.operation.name == "transpose":
        return transpose(x.operands[0], [x.parameters["axes"][i] for i in axes])
    return None


@_rule("sum")
def _sum(program: Program, x: Symbol, axis: tuple[int, ...], keepdims: bool) -> Any:
    dtype = named["sum"].infer(x, axis=axis, keepdims=keepdims).dtype  # type: ignore[misc]
    if all(x.shape[i] == 1 for i in axis):
        shape = x.shape if keepdims else tuple([n for i, n in enumerate(x.shape) if i not in axis])
        return reshape(cast(x, dtype=dtype), shape)
    return None


_SLICED_BEFORE = {"add", "subtract", "multiply", "negative"}
"""Operations whose operands are sliced rather than their result, so that they run where the slice is used."""


def _sliced(x: Symbol, items: list) -> Any:
    """The part of an operand that a slice of the result is made of."""
    whole = ("slice", None, None, None)
    mine = tuple([item if size > 1 else whole for size, item in zip(x.shape[::-1], items[::-1], strict=False)][::-1])
    return named["get_item"](x, static=mine) if mine else x


@_rule("get_item")
def _get_item(program: Program, x: Symbol, *arrays: Symbol, static: tuple) -> Any:
    if not arrays and all(item is Ellipsis or item == ("slice", None, None, None) for item in static):
        return x
    if not arrays and x.operation is not None and x.operation.name in _SLICED_BEFORE and not x.is_sum_of_products:
        items = slices_of(static, x.ndim)
        return None if items is None else x.operation(*[_sliced(operand, items) for operand in x.operands])
    return flat_get(x, arrays, static) if needs_flattening(static, arrays) else None


@_rule("set_item")
def _set_item(program: Program, x: Symbol, y: Symbol, *arrays: Symbol, static: tuple) -> Any:
    return flat_write("set_item", x, y, arrays, static) if needs_flattening(static, arrays) else None


@_rule("add_item")
def _add_item(program: Program, x: Symbol, y: Symbol, *arrays: Symbol, static: tuple) -> Any:
    return flat_write("add_item", x, y, arrays, static) if needs_flattening(static, arrays) else None
