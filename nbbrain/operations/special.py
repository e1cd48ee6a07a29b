"""Special functions; but for `logistic`, composed of operations, so that gradients and compilation come for free.

They neither overflow nor lose relative accuracy in their tails. Where they need ``|x|``, it is chosen by `where`, whose
derivative at 0 is that of one branch; that of ``abs`` is 0, which is wrong for the whole.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbbrain.operations.elementwise import exp, log, negative, sqrt, where
from nbbrain.operations.operation import Operation

__all__ = ["erf", "logistic", "magnitude", "normal_cdf", "normal_quantile", "polynomial"]


def polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    """The value of a polynomial, coefficients from the constant upwards, by Horner's rule."""
    result: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        result = result * x + coefficient
    return result


def magnitude(x: Any) -> Any:
    """``|x|`` with derivative 1 at 0, for functions of ``|x|`` whose two branches meet smoothly."""
    return where(x >= 0, x, negative(x))


def _logistic(x: np.ndarray) -> np.ndarray:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, np.ones((), e.dtype), e) / (1 + e)


logistic = Operation("logistic", _logistic, infer=lambda x: x, kind="elementwise", promotion="inexact",
                     derivatives=(lambda g, z, x: g * (z * (1 - z)),))
"""``1 / (1 + exp(-x))``, from the exponential of ``-|x|`` alone."""


# erfc(a) = exp(-a²) P(t) / (a + 3.75), where t = (a - 3.75) / (a + 3.75) maps [0, ∞) to [-1, 1) and leaves a smooth P
# (Schonfelder, 1978, "Chebyshev expansions for the error and related functions"). P interpolates at Chebyshev points,
# computed with 60 digits: its error is below 1e-17 of erfc.
_CENTRE = 3.75
_COMPLEMENT = (
    1.0919229095627891, -0.9587415766529095, 0.7363189252217519, -0.49047029120768826, 0.27906204903376985,
    -0.13195540117824336, 0.04911877861562649, -0.012535880044978472, 0.000986338075377297, 0.0007948231282476774,
    -0.0003486468273683575, 1.0593866720431546e-05, 3.7471623130825924e-05, -8.903626741464975e-06,
    -3.2893126401950527e-06, 1.6555849395166649e-06, 2.798315510217298e-07, -2.633749968411953e-07,
    -2.7150900021014564e-08, 4.020787513306164e-08, 3.5892399836582983e-09, -5.368814293951196e-09,
    -5.401573045214062e-10, 4.4046755782598165e-10, 5.170764981177207e-11,
)
# erf(x) = 2/√π Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)), used for |x| < 1, where 18 terms leave less than 1e-16.
_SERIES = tuple([2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(18)])


def _complement(a: Any) -> Any:
    """``erfc(a)`` for a ≥ 0."""
    t = 1 - (2 * _CENTRE) / (a + _CENTRE)  # also where a is infinite
    return exp(negative(a * a)) * polynomial(t, _COMPLEMENT) / (a + _CENTRE)


def erf(x: Any) -> Any:
    """The error function ``2/√π ∫₀ˣ exp(-s²) ds``, to a few units in the last place of float32 and float64."""
    a = magnitude(x)
    near = a < 1
    small = where(near, x, 0.0)
    far = 1 - _complement(a)
    return where(near, small * polynomial(small * small, _SERIES), where(x >= 0, far, negative(far)))


def normal_cdf(x: Any) -> Any:
    """The cumulative distribution of the standard normal, with full relative accuracy in the lower tail."""
    tail = 0.5 * _complement(magnitude(x) * math.sqrt(0.5))
    return where(x >= 0, 1 - tail, tail)


# Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", PPND16: relative error 1e-16.
_CENTRAL = ((3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
             4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
            (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
             3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3))
_MIDDLE = ((1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
            1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
           (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9))
_TAIL = ((6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
          2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
         (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
          7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15))


def _ratio(x: Any, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Any:
    return polynomial(x, coefficients[0]) / polynomial(x, coefficients[1])


def normal_quantile(p: Any) -> Any:
    """The x at which `normal_cdf` is p, for 0 < p < 1, with full relative accuracy for small p."""
    q = p - 0.5
    central = (q <= 0.425) & (q >= -0.425)
    inner = where(central, q, 0.0)
    distance = sqrt(negative(log(where(central, 0.25, where(q < 0, p, 1 - p)))))
    middle = distance <= 5
    outer = where(middle, _ratio(where(middle, distance, 5.0) - 1.6, _MIDDLE), _ratio(distance - 5.0, _TAIL))
    return where(central, inner * _ratio(0.180625 - inner * inner, _CENTRAL), where(q < 0, negative(outer), outer))
