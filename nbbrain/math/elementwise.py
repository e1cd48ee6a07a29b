"""Functions that work element by element."""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.math.lifting import answers, host, lift, raw, wrap
from nbbrain.operations import complex_numbers, elementary, selection
from nbbrain.operations import elementwise as op
from nbbrain.operations.operation import cast as to_dtype

__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "allclose",
    "angle",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "around",
    "array_equal",
    "array_equiv",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "cast",
    "cbrt",
    "ceil",
    "clip",
    "clip_by_value",
    "conj",
    "conjugate",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "divide",
    "divmod",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "fix",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gcd",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "i0",
    "imag",
    "invert",
    "isclose",
    "iscomplex",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "lcm",
    "ldexp",
    "left_shift",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "modf",
    "multiply",
    "nan_to_num",
    "negative",
    "nextafter",
    "not_equal",
    "piecewise",
    "positive",
    "power",
    "rad2deg",
    "radians",
    "real",
    "reciprocal",
    "remainder",
    "right_shift",
    "rint",
    "round",
    "round_",
    "select",
    "sign",
    "signbit",
    "sin",
    "sinc",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
    "where",
]

# Arithmetic


@partial(lift, arrays=2)
def add(input: Any, other: Any, alpha: Any = 1) -> Any:
    """input + alpha * other."""
    return op.add(input, other if isinstance(alpha, int) and alpha == 1 else op.multiply(other, alpha))


@partial(lift, arrays=2)
def subtract(input: Any, other: Any, alpha: Any = 1) -> Any:
    """input - alpha * other."""
    return op.subtract(input, other if isinstance(alpha, int) and alpha == 1 else op.multiply(other, alpha))


@partial(lift, arrays=4)
def addcdiv(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    """input + value * tensor1 / tensor2."""
    return op.add(input, op.multiply(value, op.divide(tensor1, tensor2)))


@partial(lift, arrays=4)
def addcmul(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    """input + value * tensor1 * tensor2."""
    return op.add(input, op.multiply(value, op.multiply(tensor1, tensor2)))


multiply = lift(op.multiply)
divide = true_divide = lift(op.divide)
floor_divide = lift(op.floor_divide)
remainder = mod = lift(op.remainder)
fmod = lift(op.fmod)
divmod = lift(elementary.divmod)
power = lift(op.power)
float_power = lift(op.float_power)
negative = lift(op.negative)
positive = lift(op.positive)
reciprocal = lift(op.reciprocal)
square = lift(op.square)
sqrt = lift(op.sqrt)
cbrt = lift(op.cbrt)
absolute = abs = lift(op.absolute)
fabs = lift(op.fabs)
sign = lift(op.sign)
heaviside = lift(op.heaviside)
copysign = lift(op.copysign)
nextafter = lift(op.nextafter)
ldexp = lift(op.ldexp)
frexp = lift(elementary.frexp)
modf = lift(elementary.modf)
hypot = lift(op.hypot)
gcd = lift(op.gcd)
lcm = lift(op.lcm)

# Rounding and limits

floor = lift(op.floor)
ceil = lift(op.ceil)
trunc = lift(op.trunc)
fix = lift(elementary.fix)
rint = lift(op.rint)
round = around = round_ = lift(elementary.round)
maximum = lift(op.maximum)
minimum = lift(op.minimum)
fmax = lift(op.fmax)
fmin = lift(op.fmin)
clip = clip_by_value = lift(op.clip)
nan_to_num = lift(elementary.nan_to_num)

# Exponentials and logarithms

exp = lift(op.exp)
exp2 = lift(op.exp2)
expm1 = lift(op.expm1)
log = lift(op.log)
log2 = lift(op.log2)
log10 = lift(op.log10)
log1p = lift(op.log1p)
logaddexp = lift(op.logaddexp)
logaddexp2 = lift(op.logaddexp2)
i0 = host(np.i0)

# Trigonometry

sin = lift(op.sin)
cos = lift(op.cos)
tan = lift(op.tan)
arcsin = asin = lift(op.arcsin)
arccos = acos = lift(op.arccos)
arctan = atan = lift(op.arctan)
arctan2 = atan2 = lift(op.arctan2)
sinh = lift(op.sinh)
cosh = lift(op.cosh)
tanh = lift(op.tanh)
arcsinh = asinh = lift(op.arcsinh)
arccosh = acosh = lift(op.arccosh)
arctanh = atanh = lift(op.arctanh)
deg2rad = radians = lift(op.deg2rad)
rad2deg = degrees = lift(op.rad2deg)
sinc = lift(elementary.sinc)

# Comparison and logic

equal = lift(op.equal)
not_equal = lift(op.not_equal)
less = lift(op.less)
less_equal = lift(op.less_equal)
greater = lift(op.greater)
greater_equal = lift(op.greater_equal)
isclose = lift(elementary.isclose)
allclose = lift(elementary.allclose)
array_equal = lift(elementary.array_equal)
array_equiv = lift(elementary.array_equiv)
isfinite = lift(op.isfinite)
isinf = lift(op.isinf)
isnan = lift(op.isnan)
isposinf = lift(elementary.isposinf)
isneginf = lift(elementary.isneginf)
signbit = lift(op.signbit)
logical_and = lift(op.logical_and)
logical_or = lift(op.logical_or)
logical_xor = lift(op.logical_xor)
logical_not = lift(op.logical_not)

# Bits

bitwise_and = lift(op.bitwise_and)
bitwise_or = lift(op.bitwise_or)
bitwise_xor = lift(op.bitwise_xor)
invert = bitwise_not = lift(op.invert)
left_shift = lift(op.left_shift)
right_shift = lift(op.right_shift)

# Complex numbers

conj = conjugate = lift(op.conjugate)
real = lift(complex_numbers.real)
imag = lift(complex_numbers.imag)
angle = lift(complex_numbers.angle)
iscomplex = lift(complex_numbers.iscomplex)
isreal = lift(complex_numbers.isreal)

# Choice

@lift
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Element by element, the function or number of the last condition that holds, in the dtype of x.

    Functions are given x as a whole, as an array, so they must work element by element; what they give elsewhere is
    dropped. One function more than conditions is for where none holds; without it, zero.
    """
    def on_values(function: Any) -> Any:
        return lambda x, *args, **kw: raw(function(wrap(x), *args, **kw))

    functions = [on_values(function) if callable(function) else function for function in funclist]
    return selection.piecewise(x, condlist, functions, *args, **kw)


@partial(lift, keep_dtype=True)
def cast(x: Any, dtype: DTypeLike) -> Any:
    """x in another dtype."""
    return to_dtype(x, dtype=np.dtype(dtype))


where = lift(op.where)
select = lift(selection.select)
answers[np.piecewise] = piecewise
