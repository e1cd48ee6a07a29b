"""Elementary functions that compile to code of their own: the fast ones are polynomials without branches, for vector code.

Cephes' minimax coefficients (Moshier, 1989, "Methods and programs for mathematical functions"); at most 2 ULP from the
exact value. Special values are put right by selection: exp(inf) = inf, exp(-inf) = 0, NaN stays NaN.
"""
from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from nbbrain.backends.numba.memory import choose

__all__ = [
    "binary_exponent", "common_divisor", "common_multiple", "cube_root", "exp_float32", "exp_float64", "expm1_float32",
    "expm1_float64", "hypotenuse", "integer_power", "logaddexp", "logaddexp2", "logistic_float32", "logistic_float64",
    "nextafter_float32", "nextafter_float64", "place_in", "tanh_float32", "tanh_float64", "times_power_of_two",
]

F, I = np.float32, np.int32


@intrinsic
def float32_of_bits(typing_context, bits):  # type: ignore[no-untyped-def]
    """The float32 with given bits."""
    return types.float32(types.int32), lambda context, builder, signature, args: builder.bitcast(args[0], ir.FloatType())


@intrinsic
def float64_of_bits(typing_context, bits):  # type: ignore[no-untyped-def]
    """The float64 with given bits."""
    return types.float64(types.int64), lambda context, builder, signature, args: builder.bitcast(args[0], ir.DoubleType())


@intrinsic
def bits_of_float32(typing_context, number):  # type: ignore[no-untyped-def]
    """The bits of a float32."""
    return types.int32(types.float32), lambda context, builder, signature, args: builder.bitcast(args[0], ir.IntType(32))


@intrinsic
def bits_of_float64(typing_context, number):  # type: ignore[no-untyped-def]
    """The bits of a float64."""
    return types.int64(types.float64), lambda context, builder, signature, args: builder.bitcast(args[0], ir.IntType(64))


@njit(forceinline=True, error_model="numpy")
def exp_float32(x):  # type: ignore[no-untyped-def]
    """2**n times a polynomial of the rest, in two factors so that results below the normal range are right."""
    y = choose(x > F(-104.0), x, F(-104.0))
    y = choose(y < F(88.8), y, F(88.8))
    n = np.floor(y * F(1.44269504) + F(0.5))
    r = y - n * F(0.693359375)
    r = r - n * F(-2.12194440e-4)
    p = F(1.9875691500e-4)
    p = p * r + F(1.3981999507e-3)
    p = p * r + F(8.3334519073e-3)
    p = p * r + F(4.1665795894e-2)
    p = p * r + F(1.6666665459e-1)
    p = p * r + F(5.0000001201e-1)
    p = p * r * r + r + F(1.0)
    half = I(n) >> I(1)
    p = p * float32_of_bits((half + I(127)) << I(23)) * float32_of_bits((I(n) - half + I(127)) << I(23))
    p = choose(x > F(88.72284), F(np.inf), p)
    return choose(x == x, p, x)


@njit(forceinline=True, error_model="numpy")
def exp_float64(x):  # type: ignore[no-untyped-def]
    """2**n times a rational function of the rest."""
    y = choose(x > -746.0, x, -746.0)
    y = choose(y < 710.0, y, 710.0)
    n = np.floor(y * 1.4426950408889634 + 0.5)
    r = y - n * 6.93145751953125e-1
    r = r - n * 1.42860682030941723212e-6
    s = r * r
    p = r * ((1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 9.99999999999999999910e-1)
    q = ((3.00198505138664455042e-6 * s + 2.52448340349684104192e-3) * s + 2.27265548208155028766e-1) * s + 2.0
    v = 1.0 + 2.0 * (p / (q - p))
    half = np.int64(n) >> np.int64(1)
    v = v * float64_of_bits((half + np.int64(1023)) << np.int64(52))
    v = v * float64_of_bits((np.int64(n) - half + np.int64(1023)) << np.int64(52))
    v = choose(x > 709.782712893384, np.inf, v)
    return choose(x == x, v, x)


@njit(forceinline=True, error_model="numpy")
def expm1_float32(x):  # type: ignore[no-untyped-def]
    """2**n times the same polynomial without its 1, plus 2**n - 1; the last factor of two is taken apart."""
    y = choose(x > F(-104.0), x, F(-104.0))
    y = choose(y < F(88.8), y, F(88.8))
    n = choose(abs(y) > F(0.43), np.floor(y * F(1.44269504) + F(0.5)), F(0.0))  # 2**n - 1 would cancel most of a small one
    r = y - n * F(0.693359375)
    r = r - n * F(-2.12194440e-4)
    p = F(1.9875691500e-4)
    p = p * r + F(1.3981999507e-3)
    p = p * r + F(8.3334519073e-3)
    p = p * r + F(4.1665795894e-2)
    p = p * r + F(1.6666665459e-1)
    p = p * r + F(5.0000001201e-1)
    p = p * r * r + r
    m = choose(I(n) < I(127), I(n), I(127))
    m = choose(m > I(-126), m, I(-126))
    s = float32_of_bits((m + I(127)) << I(23))
    v = (s * p + (s - F(1.0))) * choose(I(n) > I(127), F(2.0), F(1.0))
    v = choose(x > F(88.72284), F(np.inf), v)
    return choose((x != F(0.0)) & (x == x), v, x)


@njit(forceinline=True, error_model="numpy")
def expm1_float64(x):  # type: ignore[no-untyped-def]
    """See `expm1_float32`; the rational function is that of `exp_float64`."""
    y = choose(x > -746.0, x, -746.0)
    y = choose(y < 710.0, y, 710.0)
    n = choose(abs(y) > 0.5, np.floor(y * 1.4426950408889634 + 0.5), 0.0)
    r = y - n * 6.93145751953125e-1
    r = r - n * 1.42860682030941723212e-6
    t = r * r
    p = (1.26177193074810590878e-4 * t + 3.02994407707441961300e-2) * t
    q = ((3.00198505138664455042e-6 * t + 2.52448340349684104192e-3) * t + 2.27265548208155028766e-1) * t
    d = r * (p + 1.0)
    p = r + r * ((2.0 * p - q + d) / (q + 2.0 - d))  # 2 d / (q + 2 - d), with what is close to r taken out
    m = choose(np.int64(n) < np.int64(1023), np.int64(n), np.int64(1023))
    m = choose(m > np.int64(-1022), m, np.int64(-1022))
    s = float64_of_bits((m + np.int64(1023)) << np.int64(52))
    v = (s * p + (s - 1.0)) * choose(np.int64(n) > np.int64(1023), 2.0, 1.0)
    v = choose(x > 709.782712893384, np.inf, v)
    return choose((x != 0.0) & (x == x), v, x)


@njit(forceinline=True, error_model="numpy")
def tanh_float32(x):  # type: ignore[no-untyped-def]
    """An odd polynomial near zero, 1 - 2 / (exp(2 |x|) + 1) elsewhere."""
    z = abs(x)
    s = x * x
    q = F(-5.70498872745e-3)
    q = q * s + F(2.06390887954e-2)
    q = q * s + F(-5.37397155531e-2)
    q = q * s + F(1.33314422036e-1)
    q = q * s + F(-3.33332819422e-1)
    small = x * (q * s + F(1.0))  # which keeps the sign of a zero
    large = F(1.0) - F(2.0) / (exp_float32(F(2.0) * z) + F(1.0))
    large = choose(x >= F(0.0), large, -large)
    return choose(z < F(0.625), small, choose(x == x, large, x))


@njit(forceinline=True, error_model="numpy")
def tanh_float64(x):  # type: ignore[no-untyped-def]
    """A rational function near zero, 1 - 2 / (exp(2 |x|) + 1) elsewhere."""
    z = abs(x)
    s = x * x
    p = (-9.64399179425052238628e-1 * s - 9.92877231001918586564e1) * s - 1.61468768441708447952e3
    q = ((s + 1.12811678491632931402e2) * s + 2.23548839060100448583e3) * s + 4.84406305325125486048e3
    small = x * (s * (p / q) + 1.0)
    large = 1.0 - 2.0 / (exp_float64(2.0 * z) + 1.0)
    large = choose(x >= 0.0, large, -large)
    return choose(z < 0.625, small, choose(x == x, large, x))


@njit(forceinline=True, error_model="numpy")
def logistic_float32(x):  # type: ignore[no-untyped-def]
    """From the exponential of -|x|, as its definition in operations/special.py."""
    e = exp_float32(-abs(x))
    return choose(x >= F(0.0), F(1.0), e) / (F(1.0) + e)


@njit(forceinline=True, error_model="numpy")
def logistic_float64(x):  # type: ignore[no-untyped-def]
    """From the exponential of -|x|, as its definition in operations/special.py."""
    e = exp_float64(-abs(x))
    return choose(x >= 0.0, 1.0, e) / (1.0 + e)


@njit(forceinline=True, error_model="numpy")
def logaddexp(x, y):  # type: ignore[no-untyped-def]
    """The larger one plus log(1 + exp(-difference))."""
    larger = x if x >= y else y
    sum_of_equals = x + type(x)(0.6931471805599453)
    return sum_of_equals if x == y else larger + math.log1p(math.exp(-abs(x - y)))


@njit(forceinline=True, error_model="numpy")
def logaddexp2(x, y):  # type: ignore[no-untyped-def]
    """`logaddexp` with base 2."""
    one = type(x)(1.0)
    larger = x if x >= y else y
    return x + one if x == y else larger + math.log1p(type(x)(2.0) ** -abs(x - y)) * type(x)(1.4426950408889634)


@njit(forceinline=True, error_model="numpy")
def hypotenuse(x, y):  # type: ignore[no-untyped-def]
    """The larger one times sqrt(1 + ratio**2), which does not overflow before its time."""
    a, b = abs(x), abs(y)
    larger = a if a >= b else b
    ratio = (b if a >= b else a) / larger
    whole = larger * math.sqrt(type(x)(1.0) + ratio * ratio)
    whole = larger if larger == type(x)(0.0) else whole
    infinite = a == type(x)(np.inf) or b == type(x)(np.inf)
    return type(x)(np.inf) if infinite else (whole if x == x and y == y else x + y)


@njit(forceinline=True, error_model="numpy")
def cube_root(x):  # type: ignore[no-untyped-def]
    """A power, and one step of Newton's method."""
    a = abs(x)
    y = a ** type(x)(1.0 / 3.0)
    y = y - (y - a / (y * y)) / type(x)(3.0)
    y = a if a == type(x)(0.0) or a == type(x)(np.inf) or x != x else y
    return y if x >= type(x)(0.0) else -y


@njit(forceinline=True, error_model="numpy")
def integer_power(x, n):  # type: ignore[no-untyped-def]
    """By repeated squaring; zero for negative exponents, which NumPy refuses."""
    result, base, left = x * 0 + 1, x, n
    while left > 0:
        result = result * base if left & 1 else result
        base = base * base
        left = left >> 1
    return result if n >= 0 else x * 0


@njit(forceinline=True, error_model="numpy")
def common_divisor(x, y):  # type: ignore[no-untyped-def]
    """Euclid's algorithm."""
    a, b = abs(x), abs(y)
    while b > 0:
        a, b = b, a % b
    return a


@njit(forceinline=True, error_model="numpy")
def common_multiple(x, y):  # type: ignore[no-untyped-def]
    """The product divided by what is in both."""
    a, b = abs(x), abs(y)
    rest = b
    while rest > 0:
        a, rest = rest, a % rest
    return abs(x) // a * b if a > 0 else a


@njit(forceinline=True, error_model="numpy")
def nextafter_float32(x, y):  # type: ignore[no-untyped-def]
    """The bits of neighbours are neighbouring integers, counted away from zero."""
    bits = bits_of_float32(x) + (I(1) if (x < y) == (x > F(0.0)) else I(-1))
    smallest = float32_of_bits(I(1))
    near = (smallest if y > F(0.0) else -smallest) if x == F(0.0) else float32_of_bits(I(bits))
    return (near if x != y else y) if x == x and y == y else x + y


@njit(forceinline=True, error_model="numpy")
def nextafter_float64(x, y):  # type: ignore[no-untyped-def]
    """See `nextafter_float32`."""
    bits = bits_of_float64(x) + (np.int64(1) if (x < y) == (x > 0.0) else np.int64(-1))
    smallest = float64_of_bits(np.int64(1))
    near = (smallest if y > 0.0 else -smallest) if x == 0.0 else float64_of_bits(bits)
    return (near if x != y else y) if x == x and y == y else x + y


@njit(forceinline=True, error_model="numpy")
def times_power_of_two(x, n):  # type: ignore[no-untyped-def]
    """x 2**n for a float64, in factors within the normal range; a small one keeps all bits until the last step rounds."""
    y, left = x, np.int64(n)
    for _ in range(2):
        if left > 1023:
            y, left = y * 8.98846567431158e307, left - 1023
        if left < -1022:
            y, left = y * 2.2250738585072014e-308 * 9007199254740992.0, left + 969
    left = 1023 if left > 1023 else (-1022 if left < -1022 else left)
    return y * float64_of_bits((left + np.int64(1023)) << np.int64(52))


@njit(forceinline=True, error_model="numpy")
def binary_exponent(x):  # type: ignore[no-untyped-def]
    """The n for which 2**(n - 1) <= |x| < 2**n, for a float64; zero where there is none."""
    small = abs(x) < 2.2250738585072014e-308
    y = x * 18014398509481984.0 if small else x
    n = ((bits_of_float64(y) >> np.int64(52)) & np.int64(2047)) - np.int64(1022)
    n = n - np.int64(54) if small else n
    return n if x != 0.0 and abs(x) < np.inf else np.int64(0)


@njit(forceinline=True, error_model="numpy")
def place_in(at, size):  # type: ignore[no-untyped-def]
    """Where an index points, which may be negative; out of range the nearest end, as compiled code cannot raise an error."""
    at = at + size if at < 0 else at
    at = 0 if at < 0 else at
    return size - 1 if at >= size else at
