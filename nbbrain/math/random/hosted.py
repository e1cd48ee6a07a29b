"""Distributions that NumPy draws: they need rejection, so they run at once, neither captured nor differentiated.

Draws are functions of the seed and the number of the draw alone. NumPy may change its algorithms between versions (NEP 19).
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.math.array import Array
from nbbrain.math.lifting import wrap
from nbbrain.math.random.stream import (
    Size,
    Stream,
    check_parameter,
    integers,
    nonnegative,
    number,
    positive,
    probability,
    shape_of_draw,
)
from nbbrain.operations.operation import shape_of

__all__ = ["HostedDraws"]


class HostedDraws(Stream):
    """Distributions drawn by NumPy."""

    __slots__ = ()

    def gamma(self, shape: Any, scale: Any = None, size: Size = None, key: Any = None) -> Array:
        """Gamma numbers.

        Parameters
        ----------
        shape : array-like
            The shape parameter, above 0.
        scale : array-like, optional
            What they are multiplied by, at least 0; 1 by default.
        size : int or tuple of int, optional
            The shape of the result; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.gamma(2., 3., size=10) > 0).all())
        True
        """
        shape, scale = number(shape), number(scale, 1.0)
        check_parameter("shape", shape, positive)
        check_parameter("scale", scale, nonnegative)
        return self._hosted("gamma", (shape, scale), size, key)

    def standard_gamma(self, shape: Any, size: Size = None, key: Any = None) -> Array:
        """Gamma numbers with scale 1; parameters as in `gamma`.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.standard_gamma(2., size=3).shape
        (3,)
        """
        return self.gamma(shape, None, size, key)

    def loggamma(self, a: Any, size: Size = None, key: Any = None) -> Array:
        """Logarithms of gamma numbers with scale 1, which stay finite where the gamma numbers underflow.

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
        >>> bool((bm.random.loggamma(1e-3, size=10) > -float("inf")).all())
        True
        """
        a = number(a)
        check_parameter("a", a, positive)
        shape = shape_of_draw(size, a)

        def draw(generator: np.random.Generator, a: Any) -> Any:
            # a gamma number of shape a is one of shape a + 1, times u**(1/a)
            return np.log(generator.standard_gamma(a + 1.0, shape)) - generator.standard_exponential(shape) / a

        return wrap(self._by_numpy("loggamma", draw, (a,), key))

    def beta(self, a: Any, b: Any, size: Size = None, key: Any = None) -> Array:
        """Beta numbers, between 0 and 1.

        Parameters
        ----------
        a, b : array-like
            The shape parameters, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.beta(2., 3., size=3).shape
        (3,)
        """
        a, b = number(a), number(b)
        check_parameter("a", a, positive)
        check_parameter("b", b, positive)
        return self._hosted("beta", (a, b), size, key)

    def chisquare(self, df: Any, size: Size = None, key: Any = None) -> Array:
        """Sums of squares of standard normal numbers.

        Parameters
        ----------
        df : array-like
            How many: the degrees of freedom, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.chisquare(2., size=3).shape
        (3,)
        """
        df = number(df)
        check_parameter("df", df, positive)
        return self._hosted("chisquare", (df,), size, key)

    def noncentral_chisquare(self, df: Any, nonc: Any, size: Size = None, key: Any = None) -> Array:
        """Sums of squares of normal numbers with variance 1.

        Parameters
        ----------
        df : array-like
            How many: the degrees of freedom, above 0.
        nonc : array-like
            The sum of the squares of the means, at least 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.noncentral_chisquare(2., 1., size=3).shape
        (3,)
        """
        df, nonc = number(df), number(nonc)
        check_parameter("df", df, positive)
        check_parameter("nonc", nonc, nonnegative)
        return self._hosted("noncentral_chisquare", (df, nonc), size, key)

    def f(self, dfnum: Any, dfden: Any, size: Size = None, key: Any = None) -> Array:
        """Ratios of two `chisquare` numbers, each divided by its degrees of freedom.

        Parameters
        ----------
        dfnum, dfden : array-like
            The degrees of freedom of the numerator and the denominator, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.f(2., 3., size=3).shape
        (3,)
        """
        dfnum, dfden = number(dfnum), number(dfden)
        check_parameter("dfnum", dfnum, positive)
        check_parameter("dfden", dfden, positive)
        return self._hosted("f", (dfnum, dfden), size, key)

    def noncentral_f(self, dfnum: Any, dfden: Any, nonc: Any, size: Size = None, key: Any = None) -> Array:
        """As `f`, with a `noncentral_chisquare` numerator.

        Parameters
        ----------
        dfnum, dfden : array-like
            The degrees of freedom of the numerator and the denominator, above 0.
        nonc : array-like
            The sum of the squares of the means of the numerator, at least 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.noncentral_f(2., 3., 1., size=3).shape
        (3,)
        """
        dfnum, dfden, nonc = number(dfnum), number(dfden), number(nonc)
        check_parameter("dfnum", dfnum, positive)
        check_parameter("dfden", dfden, positive)
        check_parameter("nonc", nonc, nonnegative)
        return self._hosted("noncentral_f", (dfnum, dfden, nonc), size, key)

    def standard_t(self, df: Any, size: Size = None, key: Any = None) -> Array:
        """Student's t: standard normal numbers divided by the root of a `chisquare` number over its degrees of freedom.

        Parameters
        ----------
        df : array-like
            The degrees of freedom, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.standard_t(3., size=3).shape
        (3,)
        """
        df = number(df)
        check_parameter("df", df, positive)
        return self._hosted("standard_t", (df,), size, key)

    t = standard_t

    def vonmises(self, mu: Any, kappa: Any, size: Size = None, key: Any = None) -> Array:
        """Angles from -π to π.

        Parameters
        ----------
        mu : array-like
            The mode.
        kappa : array-like
            The concentration, at least 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.vonmises(0., 4., size=3).shape
        (3,)
        """
        mu, kappa = number(mu), number(kappa)
        check_parameter("kappa", kappa, nonnegative)
        return self._hosted("vonmises", (mu, kappa), size, key)

    def dirichlet(self, alpha: Any, size: Size = None, key: Any = None) -> Array:
        """Vectors of positive numbers that add up to 1.

        Parameters
        ----------
        alpha : array-like, shape (..., k)
            The concentrations, above 0.
        size : int or tuple of int, optional
            The shape without the axis of the k numbers; without it, that of alpha.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array, shape (..., k)

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.dirichlet([1., 2., 3.], size=4).shape
        (4, 3)
        """
        alpha = number(alpha)
        check_parameter("alpha", alpha, positive)
        if not shape_of(alpha):
            raise ValueError(f"alpha must have an axis, but got {alpha!r}.")
        *lines, k = shape_of(alpha)
        shape = (*shape_of_draw(size, np.empty(lines, bool)), k)

        def draw(generator: np.random.Generator, alpha: Any) -> Any:
            # normalised gamma numbers, by their logarithms, which do not underflow for small alpha
            logs = np.log(generator.standard_gamma(alpha + 1.0, shape)) - generator.standard_exponential(shape) / alpha
            weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
            return weights / weights.sum(axis=-1, keepdims=True)

        return wrap(self._by_numpy("dirichlet", draw, (alpha,), key))

    # Integers

    def negative_binomial(self, n: Any, p: Any, size: Size = None, key: Any = None) -> Array:
        """The number of failures before the n-th success.

        Parameters
        ----------
        n : array-like
            The number of successes, above 0.
        p : array-like
            The probability of a success, above 0.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.negative_binomial(3, 0.5, size=3).shape
        (3,)
        """
        n, p = number(n), number(p)
        check_parameter("n", n, positive)
        check_parameter("p", p, positive)
        check_parameter("p", p, probability)
        return self._hosted("negative_binomial", (n, p), size, key, "i")

    def hypergeometric(self, ngood: Any, nbad: Any, nsample: Any, size: Size = None, key: Any = None) -> Array:
        """The number of good ones in a sample without replacement.

        Parameters
        ----------
        ngood, nbad : array-like of int
            How many good and bad ones there are, at least 0.
        nsample : array-like of int
            The size of the sample, at most ``ngood + nbad``.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.hypergeometric(3, 0, 2)
        Array(value=Array(2), dtype=int32)
        """
        ngood, nbad, nsample = integers("ngood", ngood), integers("nbad", nbad), integers("nsample", nsample)
        for name, value in (("ngood", ngood), ("nbad", nbad), ("nsample", nsample),
                            ("ngood + nbad - nsample", ngood + nbad - nsample)):
            check_parameter(name, value, nonnegative)
        shape = shape_of_draw(size, ngood, nbad, nsample)

        def draw(generator: np.random.Generator, good: Any, bad: Any, sample: Any) -> Any:
            return generator.hypergeometric(good, bad, sample, shape)

        return wrap(self._by_numpy("hypergeometric", draw, (ngood, nbad, nsample), key, "i"))

    def logseries(self, p: Any, size: Size = None, key: Any = None) -> Array:
        """Integers k from 1 on with probabilities proportional to ``p**k / k``.

        Parameters
        ----------
        p : array-like
            The parameter, at least 0 and below 1.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.logseries(0.5, size=10) >= 1).all())
        True
        """
        p = number(p)
        check_parameter("p", p, nonnegative)
        check_parameter("1 - p", 1 - p, positive)
        return self._hosted("logseries", (p,), size, key, "i")

    def zipf(self, a: Any, size: Size = None, key: Any = None) -> Array:
        """Integers k from 1 on with probabilities proportional to ``k**-a``.

        Parameters
        ----------
        a : array-like
            The exponent, above 1.
        size : int or tuple of int, optional
            The shape; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Notes
        -----
        What is beyond the greatest integer of the dtype becomes that integer.

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bool((bm.random.zipf(2., size=10) >= 1).all())
        True
        """
        a = number(a)
        check_parameter("a - 1", a - 1, positive)
        return self._hosted("zipf", (a,), size, key, "i")

    def multinomial(self, n: Any, pvals: Any, size: Size = None, key: Any = None) -> Array:
        """How often every class occurs in n trials.

        Parameters
        ----------
        n : array-like of int
            The number of trials, at least 0.
        pvals : array-like, shape (..., k)
            The probabilities of the classes, which add up to 1.
        size : int or tuple of int, optional
            The shape without the axis of the classes; without it, that of the parameters.
        key : int or array, optional
            A seed or key to draw from instead of this stream.

        Returns
        -------
        Array of int, shape (..., k)

        Examples
        --------
        >>> import nbbrain.math as bm
        >>> bm.random.multinomial(5, [0., 1.])
        Array(value=Array([0, 5]), dtype=int32)
        """
        n, pvals = integers("n", n), number(pvals)
        check_parameter("n", n, nonnegative)
        check_parameter("pvals", pvals, probability)
        if not shape_of(pvals):
            raise ValueError(f"pvals must have an axis of classes, but got {pvals!r}.")
        shape = shape_of_draw(size, n, np.empty(shape_of(pvals)[:-1], bool))

        def draw(generator: np.random.Generator, n: Any, pvals: Any) -> Any:
            chances = np.asarray(pvals, np.float64)
            total = chances.sum(axis=-1, keepdims=True)
            if not np.allclose(total, 1, rtol=0, atol=1e-5):
                raise ValueError(f"pvals must add up to 1, but they add up to {total}.")
            return generator.multinomial(n, chances / total, shape)

        return wrap(self._by_numpy("multinomial", draw, (n, pvals), key, "i"))

    def _hosted(self, name: str, parameters: tuple[Any, ...], size: Size, key: Any, kind: str = "f") -> Array:
        shape = shape_of_draw(size, *parameters)
        return wrap(self._by_numpy(name, lambda generator, *given: getattr(generator, name)(*given, size=shape),
                                   parameters, key, kind))
