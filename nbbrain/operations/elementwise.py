"""Element-wise operations: one line each, with the NumPy ufunc that defines it and its derivative rules.

A rule is ``rule(g, z, x, y)``: the cotangent ``g`` of the result ``z`` gives that of one operand. Broadcasting and
promotion are undone by the caller. Rules are written with operators, so that they run on arrays, boxes and symbols.

Gradients at kinks: ``abs`` 0 at 0; ``maximum`` and ``minimum`` share a tie half and half; ``sqrt`` infinite at 0.
"""
from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nbbrain.operations.operation import Operation, Promotion, Rule, answer_for, cast, dtype_of, known_value, promote
from nbbrain.operations.symbolic import Abstract

__all__ = ["ufunc_dtypes", "where"]


@lru_cache(maxsize=4096)
def ufunc_dtypes(ufunc: np.ufunc, *dtypes: Any) -> tuple[np.dtype, ...]:
    """The dtypes NumPy computes a ufunc in (operands, then results); Python number types are weak."""
    known = [np.dtype(np.bool_) if dtype is bool else dtype for dtype in dtypes]
    return ufunc.resolve_dtypes((*known, *[None] * ufunc.nout))


def _define(ufunc: np.ufunc, *derivatives: Rule | None, promotion: Promotion = "numeric",
            name: str | None = None) -> Operation:
    def infer(*operands: Abstract) -> Abstract:
        shape = np.broadcast_shapes(*[operand.shape for operand in operands])
        return Abstract(shape, ufunc_dtypes(ufunc, *[operand.dtype for operand in operands])[-1])

    operation = Operation(name or ufunc.__name__, ufunc, infer=infer, kind="elementwise", promotion=promotion,
                          derivatives=derivatives)
    answer_for({ufunc: operation}, arrays="all")
    return operation


def _inexact(ufunc: np.ufunc, *derivatives: Rule | None) -> Operation:
    return _define(ufunc, *derivatives, promotion="inexact")


def _share(g: Any, x: Any, y: Any, z: Any) -> Any:
    """The part of a cotangent that goes to x where z = max(x, y) or min(x, y): all, nothing, or half at a tie."""
    wins = cast_like(equal(x, z), g)
    return g * wins / (wins + cast_like(equal(y, z), g))


def cast_like(x: Any, like: Any) -> Any:
    """x in the dtype of another value."""
    return cast(x, dtype=dtype_of(like))


def is_complex(x: Any) -> bool:
    """Whether a raw value is of a complex type."""
    dtype = dtype_of(x)
    return dtype.kind == "c" if isinstance(dtype, np.dtype) else dtype is complex


# ----------------------------------------------------------------------------------------------------------------
# Arithmetic
# ----------------------------------------------------------------------------------------------------------------
add: Operation = _define(np.add, lambda g, z, x, y: g, lambda g, z, x, y: g)
subtract: Operation = _define(np.subtract, lambda g, z, x, y: g, lambda g, z, x, y: -g)
multiply: Operation = _define(np.multiply, lambda g, z, x, y: g * y, lambda g, z, x, y: g * x)
divide: Operation = _inexact(np.divide, lambda g, z, x, y: g / y, lambda g, z, x, y: -g * z / y)
negative: Operation = _define(np.negative, lambda g, z, x: -g)
positive: Operation = _define(np.positive, lambda g, z, x: g)
reciprocal: Operation = _define(np.reciprocal, lambda g, z, x: -g * z * z)
power: Operation = _define(np.power, lambda g, z, x, y: g * y * power(x, where(equal(y, 0), 1, y - 1)),
                lambda g, z, x, y: g * z * log(where(equal(x, 0), 1, x)))
floor_divide: Operation = _define(np.floor_divide, None, None)
remainder: Operation = _define(np.remainder, lambda g, z, x, y: g, lambda g, z, x, y: -g * floor_divide(x, y))
fmod: Operation = _define(np.fmod, lambda g, z, x, y: g, lambda g, z, x, y: -g * trunc(x / y))
square: Operation = _define(np.square, lambda g, z, x: g * (2 * x))
sqrt: Operation = _inexact(np.sqrt, lambda g, z, x: g * 0.5 / z)
cbrt: Operation = _inexact(np.cbrt, lambda g, z, x: g / (3 * z * z))
absolute: Operation = _define(np.absolute, lambda g, z, x: g * conjugate(sign(x)) if is_complex(x) else g * sign(x))
fabs: Operation = _inexact(np.fabs, lambda g, z, x: g * sign(x))
sign: Operation = _define(np.sign, None)
heaviside: Operation = _inexact(np.heaviside, None, lambda g, z, x, y: g * cast_like(equal(x, 0), g))
copysign: Operation = _inexact(np.copysign, lambda g, z, x, y: g * sign(x) * copysign(cast_like(absolute(sign(y)) + 1, x), y)
                    / (absolute(sign(y)) + 1), None)
maximum: Operation = _define(np.maximum, lambda g, z, x, y: _share(g, x, y, z), lambda g, z, x, y: _share(g, y, x, z))
minimum: Operation = _define(np.minimum, lambda g, z, x, y: _share(g, x, y, z), lambda g, z, x, y: _share(g, y, x, z))
fmax: Operation = _define(np.fmax, lambda g, z, x, y: _share(g, x, y, z), lambda g, z, x, y: _share(g, y, x, z))
fmin: Operation = _define(np.fmin, lambda g, z, x, y: _share(g, x, y, z), lambda g, z, x, y: _share(g, y, x, z))
hypot: Operation = _inexact(np.hypot, lambda g, z, x, y: g * x / z, lambda g, z, x, y: g * y / z)
floor: Operation = _define(np.floor, None)
ceil: Operation = _define(np.ceil, None)
trunc: Operation = _define(np.trunc, None)
rint: Operation = _define(np.rint, None)
nextafter: Operation = _inexact(np.nextafter, lambda g, z, x, y: g, None)
ldexp: Operation = _define(np.ldexp, lambda g, z, x, y: ldexp(g, y), None, promotion=None)
gcd: Operation = _define(np.gcd)
lcm: Operation = _define(np.lcm)

# ----------------------------------------------------------------------------------------------------------------
# Exponentials and logarithms
# ----------------------------------------------------------------------------------------------------------------
_LOG_2 = float(np.log(2.0))
_LOG_10 = float(np.log(10.0))
exp: Operation = _inexact(np.exp, lambda g, z, x: g * z)
exp2: Operation = _inexact(np.exp2, lambda g, z, x: g * z * _LOG_2)
expm1: Operation = _inexact(np.expm1, lambda g, z, x: g * (z + 1))
log: Operation = _inexact(np.log, lambda g, z, x: g / x)
log2: Operation = _inexact(np.log2, lambda g, z, x: g / (x * _LOG_2))
log10: Operation = _inexact(np.log10, lambda g, z, x: g / (x * _LOG_10))
log1p: Operation = _inexact(np.log1p, lambda g, z, x: g / (x + 1))
logaddexp: Operation = _inexact(np.logaddexp, lambda g, z, x, y: g * exp(x - z), lambda g, z, x, y: g * exp(y - z))
logaddexp2: Operation = _inexact(np.logaddexp2, lambda g, z, x, y: g * exp2(x - z), lambda g, z, x, y: g * exp2(y - z))

# ----------------------------------------------------------------------------------------------------------------
# Trigonometry
# ----------------------------------------------------------------------------------------------------------------
sin: Operation = _inexact(np.sin, lambda g, z, x: g * cos(x))
cos: Operation = _inexact(np.cos, lambda g, z, x: -g * sin(x))
tan: Operation = _inexact(np.tan, lambda g, z, x: g * (1 + z * z))
arcsin: Operation = _inexact(np.arcsin, lambda g, z, x: g / sqrt(1 - x * x))
arccos: Operation = _inexact(np.arccos, lambda g, z, x: -g / sqrt(1 - x * x))
arctan: Operation = _inexact(np.arctan, lambda g, z, x: g / (1 + x * x))
arctan2: Operation = _inexact(np.arctan2, lambda g, z, x, y: g * y / (x * x + y * y),
                              lambda g, z, x, y: -g * x / (x * x + y * y))
sinh: Operation = _inexact(np.sinh, lambda g, z, x: g * cosh(x))
cosh: Operation = _inexact(np.cosh, lambda g, z, x: g * sinh(x))
tanh: Operation = _inexact(np.tanh, lambda g, z, x: g * (1 - z * z))
arcsinh: Operation = _inexact(np.arcsinh, lambda g, z, x: g / sqrt(x * x + 1))
arccosh: Operation = _inexact(np.arccosh, lambda g, z, x: g / sqrt(x * x - 1))
arctanh: Operation = _inexact(np.arctanh, lambda g, z, x: g / (1 - x * x))
deg2rad: Operation = _inexact(np.deg2rad, lambda g, z, x: g * float(np.pi / 180))
rad2deg: Operation = _inexact(np.rad2deg, lambda g, z, x: g * float(180 / np.pi))
answer_for({np.radians: deg2rad, np.degrees: rad2deg}, arrays="all")

# ----------------------------------------------------------------------------------------------------------------
# Comparison, logic, bits: no derivative
# ----------------------------------------------------------------------------------------------------------------
equal: Operation = _define(np.equal)
not_equal: Operation = _define(np.not_equal)
less: Operation = _define(np.less)
less_equal: Operation = _define(np.less_equal)
greater: Operation = _define(np.greater)
greater_equal: Operation = _define(np.greater_equal)
logical_and: Operation = _define(np.logical_and, promotion=None)
logical_or: Operation = _define(np.logical_or, promotion=None)
logical_xor: Operation = _define(np.logical_xor, promotion=None)
logical_not: Operation = _define(np.logical_not, promotion=None)
isfinite: Operation = _define(np.isfinite)
isinf: Operation = _define(np.isinf)
isnan: Operation = _define(np.isnan)
signbit: Operation = _define(np.signbit)
bitwise_and: Operation = _define(np.bitwise_and, promotion=None)
bitwise_or: Operation = _define(np.bitwise_or, promotion=None)
bitwise_xor: Operation = _define(np.bitwise_xor, promotion=None)
invert: Operation = _define(np.invert, promotion=None)
left_shift: Operation = _define(np.left_shift, promotion=None)
right_shift: Operation = _define(np.right_shift, promotion=None)

# ----------------------------------------------------------------------------------------------------------------
# Complex numbers; conj is the identity on reals
# ----------------------------------------------------------------------------------------------------------------
conjugate: Operation = _define(np.conjugate, lambda g, z, x: conjugate(g))

# ----------------------------------------------------------------------------------------------------------------
# Choice, and the stop of a gradient
# ----------------------------------------------------------------------------------------------------------------


def _infer_where(condition: Abstract, x: Abstract, y: Abstract) -> Abstract:
    shape = np.broadcast_shapes(condition.shape, x.shape, y.shape)
    return Abstract(shape, ufunc_dtypes(np.add, x.dtype, y.dtype)[-1])


_where: Operation = Operation("where", np.where, infer=_infer_where, kind="elementwise", promotion=None, derivatives=(
    None,
    lambda g, z, c, x, y: _where(c, g, np.zeros((), dtype_of(g))),
    lambda g, z, c, x, y: _where(c, np.zeros((), dtype_of(g)), g)))


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where the condition holds, y elsewhere, in one dtype; with the condition alone, the indices where it holds."""
    if x is None and y is None:
        return np.nonzero(known_value(condition, "where"))
    if x is None or y is None:
        raise ValueError("where: either both x and y are needed, or neither.")
    x, y = promote((x, y), "numeric")
    return _where(condition, x, y)


stop_gradient = Operation("stop_gradient", lambda x: x, infer=lambda x: x, kind="elementwise")


def clip(a: Any, a_min: Any = None, a_max: Any = None, out: None = None, *, min: Any = None, max: Any = None) -> Any:
    """The values limited to [a_min, a_max]; a limit that is None does not limit."""
    low, high = a_min if min is None else min, a_max if max is None else max
    if low is not None:
        a = maximum(a, low)
    return a if high is None else minimum(a, high)


def float_power(x1: Any, x2: Any) -> Any:
    """x1 to the power x2, computed in floating-point numbers whatever the operands are."""
    return power(*promote((x1, x2), "inexact"))


answer_for({np.clip: clip, np.where: where}, arrays=3)
answer_for({np.float_power: float_power}, arrays=2)
