"""The source of a loop nest's kernel: one line an operation.

A kernel gets one row of integers: its pointers, then for every loop its size, for every pointer its strides, then its
constants. Sizes and strides are arguments, so nests of one form share a kernel whatever their sizes; only whether the
innermost stride is 0, 1 or anything else is part of the form.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.program.plan.instructions import Call, Mode, Nest, Operand, Reference

__all__ = ["EXPRESSIONS", "combined", "kernel_arguments", "kernel_source", "loop_name", "supported_dtype", "value_name"]

Writer = str | Callable[..., str]


def _float(template: str) -> Writer:
    """A function of floats that has a version for every width in vector_math."""
    return lambda result_type, *operands, **_: template.format(*operands, dtype=result_type)


def _cast(result_type: str, x: str, **_: Any) -> str:
    return f"({x} != 0)" if result_type == "bool_" else f"{result_type}({x})"


def _reciprocal(result_type: str, x: str, **_: Any) -> str:
    if result_type.startswith("float"):
        return f"1 / {x}"
    return f"((1 // abs({x})) * (1 if {x} > 0 else -1) if {x} != 0 else 0)"


def _power(result_type: str, x: str, y: str, **_: Any) -> str:
    return f"{x} ** {y}" if result_type.startswith("float") else f"integer_power({x}, {y})"


def _fmod(result_type: str, x: str, y: str, **_: Any) -> str:
    """The remainder with the sign of x; Numba's own is wrong for integers."""
    if result_type.startswith("float"):
        return f"np.fmod({x}, {y})"
    return f"((abs({x}) % abs({y})) * (1 if {x} >= 0 else -1) if {y} != 0 else 0)"


EXPRESSIONS: dict[str, Writer] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}", "negative": "-{0}",
    "positive": "{0}", "reciprocal": _reciprocal, "square": "{0} * {0}", "power": _power,
    "floor_divide": "{0} // {1}", "remainder": "{0} % {1}", "fmod": _fmod,
    "sqrt": "math.sqrt({0})", "absolute": "abs({0})", "fabs": "abs({0})",
    "sign": "({0} > 0) * 1 - ({0} < 0) * 1 if {0} == {0} else {0}",
    "maximum": "choose(({0} >= {1}) | ({0} != {0}), {0}, {1})", "minimum": "choose(({0} <= {1}) | ({0} != {0}), {0}, {1})",
    "fmax": "choose(({0} >= {1}) | ({1} != {1}), {0}, {1})", "fmin": "choose(({0} <= {1}) | ({1} != {1}), {0}, {1})",
    "hypot": "hypotenuse({0}, {1})", "copysign": "math.copysign({0}, {1})",
    "heaviside": "({1} if {0} == 0 else ({0} if {0} != {0} else ({0} > 0) * 1))",
    "floor": "np.floor({0})", "ceil": "np.ceil({0})", "trunc": "np.trunc({0})", "rint": "np.rint({0})",
    "exp": _float("exp_{dtype}({0})"), "tanh": _float("tanh_{dtype}({0})"), "logistic": _float("logistic_{dtype}({0})"),
    "exp2": "2.0 ** {0}",
    "expm1": _float("expm1_{dtype}({0})"), "log": "np.log({0})", "log2": "np.log2({0})", "log10": "np.log10({0})",
    "log1p": "np.log1p({0})", "logaddexp": "logaddexp({0}, {1})", "logaddexp2": "logaddexp2({0}, {1})",
    "sin": "math.sin({0})", "cos": "math.cos({0})", "tan": "math.tan({0})", "arcsin": "np.arcsin({0})",
    "arccos": "np.arccos({0})", "arctan": "math.atan({0})", "arctan2": "math.atan2({0}, {1})", "sinh": "math.sinh({0})",
    "cosh": "math.cosh({0})", "arcsinh": "math.asinh({0})", "arccosh": "np.arccosh({0})", "arctanh": "np.arctanh({0})",
    "deg2rad": "np.deg2rad({0})", "rad2deg": "np.rad2deg({0})", "cbrt": "cube_root({0})",
    "equal": "{0} == {1}", "not_equal": "{0} != {1}", "less": "{0} < {1}", "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}", "greater_equal": "{0} >= {1}", "logical_and": "({0} != 0) & ({1} != 0)",
    "logical_or": "({0} != 0) | ({1} != 0)", "logical_xor": "({0} != 0) ^ ({1} != 0)", "logical_not": "{0} == 0",
    "isnan": "{0} != {0}", "isfinite": "abs({0}) < np.inf", "isinf": "abs({0}) == np.inf", "signbit": "np.signbit({0})",
    "bitwise_and": "{0} & {1}", "bitwise_or": "{0} | {1}", "bitwise_xor": "{0} ^ {1}",
    "invert": lambda result_type, x, **_: f"not {x}" if result_type == "bool_" else f"~{x}",
    "left_shift": "{0} << {1}", "right_shift": "{0} >> {1}", "conjugate": "{0}", "stop_gradient": "{0}",
    "nextafter": _float("nextafter_{dtype}({0}, {1})"), "ldexp": "times_power_of_two(float64({0}), {1})",
    "frexp_exponent": "binary_exponent(float64({0}))", "gcd": "common_divisor({0}, {1})", "lcm": "common_multiple({0}, {1})",
    "where": "choose({0}, {1}, {2})", "cast": _cast, "spike": _cast,
}
"""How every element-wise operation is written. Operands have the dtypes NumPy would compute in."""

_KEEP_FLOATS = {"add", "subtract", "multiply", "divide", "negative", "positive", "square", "sqrt", "absolute", "fabs",
                "maximum", "minimum", "fmax", "fmin", "where", "cast", "spike", "conjugate", "stop_gradient"}
"""What gives floats of a width for floats of that width as it is written above; converting them would only take time."""

_MODES = {"sum": "{0} + {1}", "prod": "{0} * {1}", "max": "choose(({0} >= {1}) | ({0} != {0}), {0}, {1})",
          "min": "choose(({0} <= {1}) | ({0} != {0}), {0}, {1})", "any": "{0} | {1}", "all": "{0} & {1}"}

_IN_ANY_ORDER = {"sum": "plus({0}, {1})", "prod": "times({0}, {1})", "max": "largest({0}, {1})", "min": "smallest({0}, {1})"}
"""How floats are reduced along the innermost loop, which is then vector code; in their order it would not be."""


def supported_dtype(dtype: np.dtype) -> bool:
    """Whether kernels compute in a dtype."""
    return dtype.kind in "biu" or dtype in (np.float32, np.float64)


def type_name(dtype: np.dtype) -> str:
    """The name of a dtype in a kernel."""
    return "bool_" if dtype.kind == "b" else dtype.name


def _expression(call: Call, operands: list[str]) -> str:
    writer, dtype = EXPRESSIONS[call.operation], type_name(call.dtype)
    text = writer.format(*operands) if isinstance(writer, str) else writer(dtype, *operands, **dict(call.parameters))
    as_it_is = call.dtype.kind == "b" or (call.dtype.kind == "f" and call.operation in _KEEP_FLOATS)
    return text if as_it_is else f"{dtype}({text})"


def loop_name(axis: int, depth: int) -> str:
    """The name of a loop's variable in a kernel; that of the innermost one has no number."""
    return "i" if axis == depth - 1 else f"i{axis}"


def value_name(reference: Reference) -> str:
    """The name of a value in a kernel."""
    return {"input": "x", "constant": "c", "value": "v"}[reference[0]] + str(reference[1])


class _Pointer:
    """A pointer of the kernel in its loops; ``scope`` is the number of the first one that reaches the same elements.

    Both then have the same index, word for word: were it only equal when the kernel runs, a loop that overwrites what it has
    read would not become vector code.
    """

    def __init__(self, number: int, operands: tuple[Operand, ...]) -> None:
        operand = operands[number]
        self.number, self.name, self.scope = number, f"p{number}", operands.index(operand)
        self.dtype = type_name(operand.view.buffer.dtype)
        inner = operand.strides[-1]
        self.inner = inner if inner in (0, 1) else "any"
        self.outer = [stride != 0 for stride in operand.strides[:-1]]

    def index(self, inner: str) -> str:
        """The index in the innermost loop."""
        step = {0: "", 1: inner, "any": f"{inner} * s{self.scope}_{len(self.outer)}"}[self.inner]
        return " + ".join(part for part in (f"b{self.scope}" if any(self.outer) else "", step) if part) or "0"


def kernel_source(nest: Nest) -> str:
    """The source of the kernel of a nest, a function with the name KERNEL."""
    depth = len(nest.dimensions)
    operands = (*nest.inputs, *[store.operand for store in nest.stores])
    pointers = [_Pointer(i, operands) for i in range(len(operands))]
    lines = [f"{p.name} = pointer(a, {p.number}, {p.dtype})" if p.scope == p.number else f"{p.name} = p{p.scope}"
             for p in pointers]
    at = len(pointers)
    lines += [f"n{d} = a[{at + d}]" for d in range(depth)]
    at += depth
    for p in pointers:
        lines += [f"s{p.number}_{d} = a[{at + d}]" for d in range(depth) if p.scope == p.number
                  and ((d < depth - 1 and p.outer[d]) or (d == depth - 1 and p.inner == "any"))]
        at += depth
    lines += [f"c{i} = constant(a, {at + i}, {type_name(value.dtype)})" for i, value in enumerate(nest.constants)]
    indent = ""
    for d in range(depth - 1):
        lines.append(f"{indent}for i{d} in range(n{d}):")
        indent += "    "
    for p in pointers:
        if any(p.outer) and p.scope == p.number:
            terms = " + ".join(f"i{d} * s{p.number}_{d}" for d in range(depth - 1) if p.outer[d])
            lines.append(f"{indent}b{p.number} = {terms}")
    loads = [(p, f"x{p.number} = load({p.name}, {p.index('i')}, {p.scope})") for p in pointers[:len(nest.inputs)]]
    lines += [f"{indent}{text}" for p, text in loads if p.inner == 0]
    lines.append(f"{indent}for i in range(n{depth - 1}):")
    indent += "    "
    lines += [f"{indent}{text}" for p, text in loads if p.inner != 0]
    for i, call in enumerate(nest.calls):
        lines.append(f"{indent}v{i} = {_expression(call, [value_name(r) for r in call.operands])}")
    for p, item in zip(pointers[len(nest.inputs):], nest.stores, strict=True):
        index, value = p.index("i"), value_name(item.reference)
        if item.mode != "set":
            value = combined(item.mode, p.dtype, f"load({p.name}, {index}, {p.scope})", value, in_any_order=p.inner == 0)
        lines.append(f"{indent}store({p.name}, {index}, {value}, {p.scope})")
    body = "\n".join("    " + line for line in lines)
    return f"def KERNEL(a):\n{body}\n"


def combined(mode: Mode, dtype: str, before: str, value: str, in_any_order: bool) -> str:
    """What is there combined with a value."""
    if in_any_order and dtype.startswith("float"):
        return _IN_ANY_ORDER[mode].format(before, value)
    text = _MODES[mode].format(before, value)
    return f"{dtype}({text})" if mode in ("sum", "prod") else text


def kernel_arguments(nest: Nest) -> list[tuple[int, bool]]:
    """The numbers after the pointers: sizes (times the rows of a tile where true), strides, constants."""
    numbers = [(d.size, d.rows) for d in nest.dimensions]
    for operand in (*nest.inputs, *[s.operand for s in nest.stores]):
        numbers += [(stride, False) for stride in operand.strides]
    numbers += [(bits_of(value), False) for value in nest.constants]
    return numbers


def bits_of(value: np.generic) -> int:
    """A number as the integer that a kernel reads it from."""
    if value.dtype.kind == "f":
        return int(np.float64(value).view(np.int64))
    return int(value) - (1 << 64 if int(value) >= 1 << 63 else 0)
