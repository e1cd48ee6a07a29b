"""Surrogates that are the derivative of a function without upper bound, as rectifiers are."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbbrain.math.surrogate.base import SmoothSurrogate
from nbbrain.math.surrogate.steps import odd
from nbbrain.operations.elementwise import absolute, cast_like, exp, greater, log, log1p, minimum, where
from nbbrain.operations.special import logistic, magnitude

__all__ = ["S2NN", "LeakyRelu", "LogTailedRelu", "NonzeroSignLog", "PiecewiseLeakyRelu"]


@dataclass(frozen=True)
class NonzeroSignLog(SmoothSurrogate):
    r"""Spike with the derivative of a logarithm on both sides.

    .. math:: g(x) = \mathrm{sign}(x) \log(|\alpha x| + 1), \quad g'(x) = \frac{1}{1 / \alpha + |x|}

    Parameters
    ----------
    alpha : float
        The derivative at 0; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.NonzeroSignLog())(1.))
    0.5
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return 1 / (1 / self.alpha + absolute(x))

    def primitive(self, x: Any) -> Any:
        """The function of raw values x whose derivative is `gradient`."""
        return odd(x, log1p(self.alpha * magnitude(x)))


@dataclass(frozen=True)
class PiecewiseLeakyRelu(SmoothSurrogate):
    r"""Spike with a derivative of two levels (Yin et al., 2017; Wu et al., 2018).

    .. math::

        g(x) = \frac{1}{2} + \mathrm{sign}(x)
        \begin{cases} |x| / w & |x| \le w \\ 1 + c (|x| - w) & |x| > w \end{cases}, \quad
        g'(x) = \begin{cases} 1 / w & |x| \le w \\ c & |x| > w \end{cases}

    Parameters
    ----------
    c : float
        The derivative far from the threshold.
    w : float
        The half width of the range around the threshold; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.vector_grad(bm.surrogate.PiecewiseLeakyRelu(w=2.))(bm.Array([0., 3.]))
    Array(value=Array([0.5 , 0.01]), dtype=float32)
    """

    c: float = 0.01
    w: float = 1.0
    origin: bool = False
    positive = ("w",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        inside = cast_like(absolute(x) <= self.w, x)
        return self.c + (1 / self.w - self.c) * inside

    def primitive(self, x: Any) -> Any:
        """The function of raw values x whose derivative is `gradient`."""
        a = magnitude(x)
        return 0.5 + odd(x, where(a <= self.w, a / self.w, 1 + self.c * (a - self.w)))


@dataclass(frozen=True)
class S2NN(SmoothSurrogate):
    r"""Spike with the derivative of a logistic function below the threshold, of a logarithm above (Suetake et al., 2022).

    .. math::

        g(x) = \begin{cases} \sigma(\alpha x) & x < 0 \\ \beta \log(|x + 1|) + \frac{1}{2} & x \ge 0 \end{cases}, \quad
        g'(x) = \begin{cases} \alpha \sigma(\alpha x) (1 - \sigma(\alpha x)) & x < 0 \\ \beta / (x + 1) & x \ge 0 \end{cases}

    Parameters
    ----------
    alpha : float
        The steepness below the threshold; positive.
    beta : float
        The derivative at the threshold, from above; positive.
    epsilon : float
        Added to the argument of the logarithm in g(x).
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.S2NN())(1.))
    0.5
    """

    alpha: float = 4.0
    beta: float = 1.0
    epsilon: float = 1e-8
    origin: bool = False
    positive = ("alpha", "beta")

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        a = absolute(x)
        e = exp(-self.alpha * a)
        return where(x >= 0, self.beta / (1 + a), self.alpha * e / ((1 + e) * (1 + e)))

    def primitive(self, x: Any) -> Any:
        """The function of raw values x whose derivative is `gradient`."""
        above = self.beta * log(magnitude(x) + (1 + self.epsilon)) + 0.5
        return where(x >= 0, above, logistic(self.alpha * minimum(x, 0.0)))


@dataclass(frozen=True)
class LeakyRelu(SmoothSurrogate):
    r"""Spike with the derivative of a leaky rectifier.

    .. math::

        g(x) = \begin{cases} \beta x & x \ge 0 \\ \alpha x & x < 0 \end{cases}, \quad
        g'(x) = \begin{cases} \beta & x \ge 0 \\ \alpha & x < 0 \end{cases}

    Parameters
    ----------
    alpha : float
        The derivative below the threshold.
    beta : float
        The derivative above it.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.vector_grad(bm.surrogate.LeakyRelu())(bm.Array([-1., 1.]))
    Array(value=Array([0.1, 1. ]), dtype=float32)
    """

    alpha: float = 0.1
    beta: float = 1.0
    origin: bool = False

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return self.alpha + (self.beta - self.alpha) * cast_like(x >= 0, x)

    def primitive(self, x: Any) -> Any:
        """The leaky rectifier of raw values x."""
        return where(x >= 0, self.beta * x, self.alpha * x)


@dataclass(frozen=True)
class LogTailedRelu(SmoothSurrogate):
    r"""Spike with the derivative of a rectifier that grows as a logarithm from 1 on (Cai et al., 2017, eq. 9).

    .. math::

        g(x) = \begin{cases} \alpha x & x \le 0 \\ x & 0 < x \le 1 \\ \log(x) + 1 & x > 1 \end{cases}, \quad
        g'(x) = \begin{cases} \alpha & x \le 0 \\ 1 & 0 < x \le 1 \\ 1 / x & x > 1 \end{cases}

    Parameters
    ----------
    alpha : float
        The derivative below the threshold.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.vector_grad(bm.surrogate.LogTailedRelu())(bm.Array([-1., 1., 4.]))
    Array(value=Array([0.  , 1.  , 0.25]), dtype=float32)
    """

    alpha: float = 0.0
    origin: bool = False

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        tail = 1 / where(x > 1, x, 1.0)
        return self.alpha + (tail - self.alpha) * cast_like(greater(x, 0), x)

    def primitive(self, x: Any) -> Any:
        """The rectifier of raw values x."""
        tail = log(where(x > 1, x, 1.0)) + 1
        return where(x > 1, tail, where(x > 0, x, self.alpha * x))
