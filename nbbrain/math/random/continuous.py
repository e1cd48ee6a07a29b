"""Continuous distributions that are functions of uniform numbers: differentiable by their parameters, and capturable."""
from __future__ import annotations

import math
from typing import Any

from numpy.typing import DTypeLike

from nbbrain.math.array import Array
from nbbrain.math.lifting import raw, wrap
from nbbrain.math.random import bits
from nbbrain.math.random.stream import Size, Stream, check_parameter, nonnegative, number, positive, shape_of_draw
from nbbrain.operations.elementwise import (
    absolute,
    exp,
    log,
    log1p,
    maximum,
    minimum,
    negative,
    power,
    sign,
    sqrt,
    tan,
    where,
)
from nbbrain.operations.operation import cast, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.special import normal_cdf, normal_quantile

__all__ = ["ContinuousDraws"]



def _as_dtype(x: Any, dtype: DTypeLike | None) -> Array:
    return wrap(x if dtype is None else cast(x, dtype=dtype))


class ContinuousDraws(Stream):
    """Continuous distributions."""

    __slots__ = ()

    # Uniform

    def random(self, size: Size = None, key: Any = None) -> Array:
        """Uniform numbers from [0, 1).

        Parameters
        ----------
        size : int or tuple of int, optional
            The shape; without it, one number.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array
            Multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.RandomState(1).random(2).shape
        (2,)
        """
        return wrap(self._uniform(shape_of_draw(size), key))

    random_sample = ranf = sample = random

    def rand(self, *dn: int, key: Any = None) -> Array:
        """Uniform numbers from [0, 1), with the shape given by the arguments.

        Parameters
        ----------
        *dn : int
            The size along every axis.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.rand(2, 3).shape
        (2, 3)
        """
        return self.random(dn, key)

    def rand_like(self, input: Any, dtype: DTypeLike | None = None, key: Any = None) -> Array:
        """Uniform numbers from [0, 1), with the shape of an array.

        Parameters
        ----------
        input : array-like
            What has the shape.
        dtype : dtype-like, optional
            The dtype of the result; ``bm.float_`` by default.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.rand_like(bm.Array([1., 2.])).shape
        (2,)
        """
        return _as_dtype(self._uniform(shape_of(raw(input)), key), dtype)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Size = None, key: Any = None) -> Array:
        """Uniform numbers from [low, high).

        Parameters
        ----------
        low, high : array-like
            The bounds. Rounding can give ``high`` itself.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> x = bm.random.uniform(-1., 1., size=100)
        >>> bool((x >= -1).all() and (x <= 1).all())
        True
        """
        low, high = number(low), number(high)
        return wrap(low + (high - low) * self._uniform(shape_of_draw(size, low, high), key))

    # Normal, and functions of normal numbers

    def normal(self, loc: Any = None, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Normal numbers (Box & Muller, 1958).

        Parameters
        ----------
        loc : array-like, optional
            The mean; 0 by default.
        scale : array-like, optional
            The standard deviation, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.normal(0., [1., 10.]).shape
        (2,)
        """
        loc, scale = number(loc, 0.0), number(scale, 1.0)
        check_parameter("scale", scale, nonnegative)
        return wrap(loc + scale * self._normal(shape_of_draw(size, loc, scale), key))

    def standard_normal(self, size: Size = None, key: Any = None) -> Array:
        """Normal numbers with mean 0 and standard deviation 1; parameters as in `normal`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.standard_normal((2, 3)).shape
        (2, 3)
        """
        return wrap(self._normal(shape_of_draw(size), key))

    def randn(self, *dn: int, key: Any = None) -> Array:
        """Standard normal numbers, with the shape given by the arguments, as in `rand`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.randn(2, 3).shape
        (2, 3)
        """
        return self.standard_normal(dn, key)

    def randn_like(self, input: Any, dtype: DTypeLike | None = None, key: Any = None) -> Array:
        """Standard normal numbers, with the shape of an array; parameters as in `rand_like`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.randn_like(bm.Array([1., 2.])).shape
        (2,)
        """
        return _as_dtype(self._normal(shape_of(raw(input)), key), dtype)

    def lognormal(self, mean: Any = None, sigma: Any = None, size: Size = None, key: Any = None) -> Array:
        """Numbers whose logarithm is normal.

        Parameters
        ----------
        mean : array-like, optional
            The mean of the logarithm; 0 by default.
        sigma : array-like, optional
            The standard deviation of the logarithm, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.lognormal(size=10) > 0).all())
        True
        """
        return wrap(exp(raw(self.normal(mean, sigma, size, key))))

    def truncated_normal(self, lower: Any, upper: Any, size: Size = None, scale: Any = None, key: Any = None) -> Array:
        """Standard normal numbers that are between bounds, times a scale.

        They are quantiles of uniform numbers between the cumulative probabilities of the bounds. Bounds above 0 are
        mirrored first, because the lower tail is computed accurately.

        Parameters
        ----------
        lower, upper : array-like
            The bounds, in units of the scale.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        scale : array-like, optional
            What the numbers are multiplied by, at least 0; 1 by default.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> x = bm.random.truncated_normal(-2., 2., size=100, scale=3.)
        >>> bool((abs(x) <= 6).all())
        True
        """
        lower, upper, scale = as_inexact(raw(lower)), as_inexact(raw(upper)), number(scale, 1.0)
        check_parameter("upper - lower", upper - lower, positive)
        check_parameter("scale", scale, nonnegative)
        shape = shape_of_draw(size, lower, upper, scale)
        mirrored = lower > negative(upper)
        low, high = where(mirrored, negative(upper), lower), where(mirrored, negative(lower), upper)
        bottom = normal_cdf(low)
        p = bottom + (normal_cdf(high) - bottom) * self._open_uniform(shape, key)
        x = minimum(maximum(normal_quantile(p), low), high)
        return wrap(where(mirrored, negative(x), x) * scale)

    def maxwell(self, size: Size = None, key: Any = None) -> Array:
        """Lengths of three-dimensional standard normal vectors; parameters as in `random`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.maxwell(10) > 0).all())
        True
        """
        first, second, third = self._words(shape_of_draw(size), key, 3)
        z = bits.normal(first, second)  # the squares of the other two add up to twice an exponential number
        return wrap(sqrt(z * z + 2 * bits.exponential(third)))

    def wald(self, mean: Any, scale: Any, size: Size = None, key: Any = None) -> Array:
        """Inverse Gaussian numbers (Michael, Schucany & Haas, 1976).

        Parameters
        ----------
        mean : array-like
            The mean, above 0.
        scale : array-like
            The shape parameter λ, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.wald(1., 2., size=10) > 0).all())
        True
        """
        mean, scale = number(mean), number(scale)
        check_parameter("mean", mean, positive)
        check_parameter("scale", scale, positive)
        first, second, third = self._words(shape_of_draw(size, mean, scale), key, 3)
        z = bits.normal(first, second)
        a = z * z * mean / (2 * scale)
        root = 1 + a + sqrt(a * (a + 2))  # the larger root of the transformation; the smaller one is its inverse
        return wrap(mean * where(bits.uniform(third) * (1 + root) <= root, 1 / root, root))

    # Exponential, and functions of exponential numbers

    def exponential(self, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Exponential numbers.

        Parameters
        ----------
        scale : array-like, optional
            The mean, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.exponential(2., size=10) >= 0).all())
        True
        """
        scale = number(scale, 1.0)
        check_parameter("scale", scale, nonnegative)
        return wrap(scale * self._exponential(shape_of_draw(size, scale), key))

    def standard_exponential(self, size: Size = None, key: Any = None) -> Array:
        """Exponential numbers with mean 1; parameters as in `random`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.standard_exponential(3).shape
        (3,)
        """
        return wrap(self._exponential(shape_of_draw(size), key))

    def rayleigh(self, scale: Any = 1.0, size: Size = None, key: Any = None) -> Array:
        """Lengths of two-dimensional normal vectors.

        Parameters
        ----------
        scale : array-like
            The standard deviation of the components, at least 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.rayleigh(2., size=10) >= 0).all())
        True
        """
        scale = number(scale)
        check_parameter("scale", scale, nonnegative)
        return wrap(scale * sqrt(2 * self._exponential(shape_of_draw(size, scale), key)))

    def weibull(self, a: Any, size: Size = None, key: Any = None) -> Array:
        """Weibull numbers with scale 1: exponential numbers to the power of 1 / a.

        Parameters
        ----------
        a : array-like
            The shape parameter, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.weibull(2., size=10) >= 0).all())
        True
        """
        return self.weibull_min(a, None, size, key)

    def weibull_min(self, a: Any, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Weibull numbers.

        Parameters
        ----------
        a : array-like
            The shape parameter, above 0.
        scale : array-like, optional
            What they are multiplied by, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.weibull_min(2., 3., size=10) >= 0).all())
        True
        """
        a, scale = number(a), number(scale, 1.0)
        check_parameter("a", a, positive)
        check_parameter("scale", scale, nonnegative)
        return wrap(scale * power(self._exponential(shape_of_draw(size, a, scale), key), 1 / a))

    def pareto(self, a: Any, size: Size = None, key: Any = None) -> Array:
        """Pareto numbers with minimum 1 (those of ``numpy.random.pareto`` plus 1).

        Parameters
        ----------
        a : array-like
            The exponent of the tail, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.pareto(3., size=10) >= 1).all())
        True
        """
        a = number(a)
        check_parameter("a", a, positive)
        return wrap(exp(self._exponential(shape_of_draw(size, a), key) / a))

    def power(self, a: Any, size: Size = None, key: Any = None) -> Array:
        """Numbers between 0 and 1 with density ``a x**(a - 1)``.

        Parameters
        ----------
        a : array-like
            The exponent, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.power(3., size=10) <= 1).all())
        True
        """
        a = number(a)
        check_parameter("a", a, positive)
        return wrap(exp(negative(self._exponential(shape_of_draw(size, a), key)) / a))

    # Distributions with a location, and others

    def gumbel(self, loc: Any = None, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Gumbel numbers: the limit distribution of maxima.

        Parameters
        ----------
        loc : array-like, optional
            The mode; 0 by default.
        scale : array-like, optional
            The scale, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.gumbel(size=3).shape
        (3,)
        """
        return self._located(loc, scale, size, key, lambda u: negative(log(negative(log(u)))))

    def laplace(self, loc: Any = None, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Laplace numbers: exponential on both sides; parameters as in `gumbel`, with the mean ``loc``.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.laplace(size=3).shape
        (3,)
        """
        return self._located(loc, scale, size, key,
                             lambda u: negative(sign(u - 0.5)) * log1p(-2 * absolute(u - 0.5)))

    def logistic(self, loc: Any = None, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Logistic numbers; parameters as in `gumbel`, with the mean ``loc``.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.logistic(size=3).shape
        (3,)
        """
        return self._located(loc, scale, size, key, lambda u: log(u) - log1p(negative(u)))

    def _located(self, loc: Any, scale: Any, size: Size, key: Any, quantile: Any) -> Array:
        loc, scale = number(loc, 0.0), number(scale, 1.0)
        check_parameter("scale", scale, nonnegative)
        return wrap(loc + scale * quantile(self._open_uniform(shape_of_draw(size, loc, scale), key)))

    def standard_cauchy(self, size: Size = None, key: Any = None) -> Array:
        """Cauchy numbers with median 0 and half width 1; parameters as in `random`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.standard_cauchy(3).shape
        (3,)
        """
        return wrap(tan(math.pi * (self._open_uniform(shape_of_draw(size), key) - 0.5)))

    def triangular(self, size: Size = None, key: Any = None, *, left: Any = -1.0, mode: Any = 0.0,
                   right: Any = 1.0) -> Array:
        """Numbers whose density rises linearly from one end to the mode, and falls to the other end.

        Parameters
        ----------
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.
        left, mode, right : array-like
            The ends and the mode: ``left <= mode <= right`` and ``left < right``.

        Notes
        -----
        BrainPy 2.4 gives random signs, -1 or 1, by this name.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((abs(bm.random.triangular(10)) <= 1).all())
        True
        """
        left, mode, right = number(left), number(mode), number(right)
        check_parameter("mode - left", mode - left, nonnegative)
        check_parameter("right - mode", right - mode, nonnegative)
        check_parameter("right - left", right - left, positive)
        u = self._uniform(shape_of_draw(size, left, mode, right), key)
        rising = u * (right - left) < mode - left
        below = left + sqrt(u * (right - left) * (mode - left))
        above = right - sqrt((1 - u) * (right - left) * (right - mode))
        return wrap(where(rising, below, above))
