"""Element-wise functions made of the basic operations: rounding, parts of a number, comparison within tolerances."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.complex_numbers import imag, real
from nbbrain.operations.elementwise import (
    absolute,
    add,
    bitwise_and,
    bitwise_or,
    copysign,
    divide,
    equal,
    floor_divide,
    is_complex,
    isfinite,
    isinf,
    isnan,
    ldexp,
    less,
    less_equal,
    multiply,
    negative,
    remainder,
    rint,
    sin,
    subtract,
    trunc,
    where,
)
from nbbrain.operations.operation import Operation, answer_for, dtype_of, promote, shape_of
from nbbrain.operations.reductions import all as all_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.symbolic import Abstract

__all__ = ["allclose", "array_equal", "array_equiv", "divmod", "fix", "frexp", "isclose", "isneginf", "isposinf", "modf",
           "nan_to_num", "round", "sinc"]

# ----------------------------------------------------------------------------------------------------------------
# Rounding and parts
# ----------------------------------------------------------------------------------------------------------------


def _is_integer(x: Any) -> bool:
    dtype = dtype_of(x)
    return dtype.kind in "iub" if isinstance(dtype, np.dtype) else dtype in (int, bool)


def round(a: Any, decimals: int = 0, out: None = None) -> Any:
    """The nearest number with so many decimals, the even one of two; its derivative is zero."""
    if _is_integer(a):
        if decimals >= 0:
            return a
        unit = 10 ** -decimals
        return multiply(_halves_to_even(a, unit), unit)
    if is_complex(a):
        return add(round(real(a), decimals), multiply(round(imag(a), decimals), np.asarray(1j, dtype_of(a))))
    unit = float(10 ** abs(decimals))
    if decimals == 0:
        return rint(a)
    return divide(rint(multiply(a, unit)), unit) if decimals > 0 else multiply(rint(divide(a, unit)), unit)


def _halves_to_even(a: Any, unit: int) -> Any:
    """a / unit for integers, rounded, halves to the even side."""
    down = floor_divide(a, unit)
    rest = multiply(subtract(a, multiply(down, unit)), 2)
    odd = equal(remainder(down, 2), 1)
    up = bitwise_or(less(unit, rest), bitwise_and(equal(rest, unit), odd))
    return where(up, add(down, 1), down)


def fix(x: Any, out: None = None) -> Any:
    """The integer part, towards zero."""
    return trunc(x)


def modf(x: Any) -> tuple[Any, Any]:
    """The fractional and the integer part, both with the sign of x."""
    x = as_inexact(x)
    whole = trunc(x)
    finite = where(isinf(x), 0, subtract(x, where(isinf(x), 0, whole)))
    return copysign(finite, x), whole


def divmod(x1: Any, x2: Any) -> tuple[Any, Any]:
    """The quotient rounded down, and the remainder."""
    return floor_divide(x1, x2), remainder(x1, x2)


_exponent = Operation("frexp_exponent", lambda x: np.frexp(x)[1], kind="elementwise",
                      infer=lambda x: Abstract(x.shape, np.dtype(np.int32)))


def frexp(x: Any) -> tuple[Any, Any]:
    """The mantissa in [0.5, 1) and the exponent to the base 2."""
    x = as_inexact(x)
    exponent = _exponent(x)
    return ldexp(x, negative(exponent)), exponent


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with numbers in the place of NaN and infinities; by default 0 and the largest finite numbers."""
    if _is_integer(x):
        return x
    if is_complex(x):
        parts = [nan_to_num(part, copy, nan, posinf, neginf) for part in (real(x), imag(x))]
        return add(parts[0], multiply(parts[1], np.asarray(1j, dtype_of(x))))
    x = as_inexact(x)
    limits = np.finfo(dtype_of(x))
    x = where(isnan(x), nan, x)
    x = where(isposinf(x), float(limits.max) if posinf is None else posinf, x)
    return where(isneginf(x), float(limits.min) if neginf is None else neginf, x)


def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x), by its series near 0, so that derivatives of every order are right there."""
    y = multiply(as_inexact(x), float(np.pi))
    near = less(absolute(y), 0.1)
    square = multiply(y, y)
    series: Any = 1.0
    for n in (72, 42, 20, 6):
        series = subtract(1.0, multiply(divide(square, n), series))
    return where(near, series, divide(sin(y), where(near, 1.0, y)))


# ----------------------------------------------------------------------------------------------------------------
# Comparison
# ----------------------------------------------------------------------------------------------------------------


def isposinf(x: Any, out: None = None) -> Any:
    """Whether elements are positive infinity."""
    return equal(x, float("inf"))


def isneginf(x: Any, out: None = None) -> Any:
    """Whether elements are negative infinity."""
    return equal(x, float("-inf"))


def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Whether ``|a - b| <= atol + rtol |b|``; infinities are close to themselves, NaN if ``equal_nan``."""
    a, b = promote((a, b), "inexact")
    with np.errstate(invalid="ignore"):
        near = less_equal(absolute(subtract(a, b)), add(atol, multiply(rtol, absolute(b))))
    close = bitwise_or(bitwise_and(near, isfinite(b)), equal(a, b))
    return bitwise_or(close, bitwise_and(isnan(a), isnan(b))) if equal_nan else close


def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Whether all elements are close; see `isclose`."""
    return all_of(isclose(a, b, rtol, atol, equal_nan))


def _same(a: Any, b: Any, equal_nan: bool = False) -> Any:
    same = equal(a, b)
    return bitwise_or(same, bitwise_and(isnan(a), isnan(b))) if equal_nan else same


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    """Whether two arrays have one shape and the same elements."""
    return all_of(_same(a1, a2, equal_nan)) if shape_of(a1) == shape_of(a2) else np.asarray(False)


def array_equiv(a1: Any, a2: Any) -> Any:
    """Whether two arrays have the same elements once they are broadcast."""
    try:
        np.broadcast_shapes(shape_of(a1), shape_of(a2))
    except ValueError:
        return np.asarray(False)
    return all_of(equal(a1, a2))


answer_for({np.round: round, np.around: round, np.fix: fix, np.modf: modf, np.frexp: frexp, np.nan_to_num: nan_to_num,
            np.sinc: sinc, np.isposinf: isposinf, np.isneginf: isneginf})
answer_for({np.divmod: divmod, np.isclose: isclose, np.allclose: allclose, np.array_equal: array_equal,
            np.array_equiv: array_equiv}, arrays=2)
