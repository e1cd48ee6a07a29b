"""Surrogates that are the derivative of a smooth step: a function that rises from one level to another."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nbbrain.math.surrogate.base import SmoothSurrogate
from nbbrain.operations.elementwise import absolute, arctan, cos, exp, maximum, negative, power, sin, where
from nbbrain.operations.special import logistic, magnitude, normal_cdf

__all__ = ["ERF", "Arctan", "PiecewiseExp", "PiecewiseQuadratic", "QPseudoSpike", "Sigmoid", "SoftSign",
           "SquarewaveFourierSeries"]


def odd(x: Any, half: Any) -> Any:
    """A function with f(-x) = -f(x), from its values at ``|x|``."""
    return where(x >= 0, half, negative(half))


@dataclass(frozen=True)
class Sigmoid(SmoothSurrogate):
    r"""Spike with the derivative of the logistic function (Neftci, Mostafa & Zenke, 2019).

    .. math:: g(x) = \sigma(\alpha x), \quad g'(x) = \alpha \sigma(\alpha x) (1 - \sigma(\alpha x))

    Parameters
    ----------
    alpha : float
        The steepness; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.surrogate.Sigmoid(alpha=2.)(bm.Array([-1., 0., 1.]))
    Array(value=Array([0., 1., 1.]), dtype=float32)
    >>> float(bm.grad(bm.surrogate.Sigmoid(alpha=2.))(0.))
    0.5
    """

    alpha: float = 4.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        e = exp(-self.alpha * absolute(x))
        return self.alpha * e / ((1 + e) * (1 + e))

    def primitive(self, x: Any) -> Any:
        """The logistic function of raw values x."""
        return logistic(self.alpha * x)


@dataclass(frozen=True)
class PiecewiseQuadratic(SmoothSurrogate):
    r"""Spike with a triangular derivative (Esser et al., 2016; Bellec et al., 2018).

    .. math::

        g(x) = \begin{cases} 0 & x < -1/\alpha \\ -\frac{1}{2} \alpha^2 |x| x + \alpha x + \frac{1}{2} & |x| \le 1/\alpha \\
        1 & x > 1/\alpha \end{cases}, \quad g'(x) = \max(\alpha - \alpha^2 |x|, 0)

    Parameters
    ----------
    alpha : float
        The height of the triangle, and one over its half width; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.PiecewiseQuadratic())(0.25))
    0.75
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return maximum(self.alpha - self.alpha**2 * absolute(x), 0.0)

    def primitive(self, x: Any) -> Any:
        """The piecewise quadratic step of raw values x."""
        y = self.alpha * magnitude(x)
        inside = y < 1
        y = where(inside, y, 1.0)
        return 0.5 + odd(x, y - 0.5 * y * y)


@dataclass(frozen=True)
class PiecewiseExp(SmoothSurrogate):
    r"""Spike with the derivative of the cumulative Laplace distribution (Shrestha & Orchard, 2018).

    .. math::

        g(x) = \begin{cases} \frac{1}{2} e^{\alpha x} & x < 0 \\ 1 - \frac{1}{2} e^{-\alpha x} & x \ge 0 \end{cases}, \quad
        g'(x) = \frac{\alpha}{2} e^{-\alpha |x|}

    Parameters
    ----------
    alpha : float
        The steepness; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.PiecewiseExp(alpha=3.))(0.))
    1.5
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return 0.5 * self.alpha * exp(-self.alpha * absolute(x))

    def primitive(self, x: Any) -> Any:
        """The cumulative Laplace distribution of raw values x."""
        tail = 0.5 * exp(-self.alpha * magnitude(x))
        return where(x >= 0, 1 - tail, tail)


@dataclass(frozen=True)
class SoftSign(SmoothSurrogate):
    r"""Spike with the derivative of the soft sign (Zenke & Ganguli, 2018, "SuperSpike").

    .. math::

        g(x) = \frac{1}{2} \left(\frac{\alpha x}{1 + |\alpha x|} + 1\right), \quad
        g'(x) = \frac{\alpha}{2 (1 + |\alpha x|)^2}

    Parameters
    ----------
    alpha : float
        The steepness; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.SoftSign())(1.))
    0.125
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        y = 1 + self.alpha * absolute(x)
        return 0.5 * self.alpha / (y * y)

    def primitive(self, x: Any) -> Any:
        """The soft sign of raw values x, moved to (0, 1)."""
        y = self.alpha * x
        return 0.5 * (y / (1 + absolute(y)) + 1)


@dataclass(frozen=True)
class Arctan(SmoothSurrogate):
    r"""Spike with the derivative of the arctangent (Fang et al., 2021).

    .. math::

        g(x) = \frac{1}{\pi} \arctan\left(\frac{\pi}{2} \alpha x\right) + \frac{1}{2}, \quad
        g'(x) = \frac{\alpha}{2 (1 + (\frac{\pi}{2} \alpha x)^2)}

    Parameters
    ----------
    alpha : float
        The steepness; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.Arctan())(0.))
    0.5
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        y = (0.5 * math.pi * self.alpha) * x
        return 0.5 * self.alpha / (1 + y * y)

    def primitive(self, x: Any) -> Any:
        """The arctangent of raw values x, moved to (0, 1)."""
        return arctan((0.5 * math.pi * self.alpha) * x) / math.pi + 0.5


@dataclass(frozen=True)
class ERF(SmoothSurrogate):
    r"""Spike with the derivative of the error function: a Gaussian (Esser et al., 2015; Wu et al., 2018).

    .. math::

        g(x) = \frac{1}{2} (1 + \mathrm{erf}(\alpha x)), \quad
        g'(x) = \frac{\alpha}{\sqrt{\pi}} e^{-\alpha^2 x^2}

    Parameters
    ----------
    alpha : float
        The steepness; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.ERF())(0.)).__round__(6)
    0.56419
    """

    alpha: float = 1.0
    origin: bool = False
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        y = self.alpha * x
        return (self.alpha / math.sqrt(math.pi)) * exp(negative(y * y))

    def primitive(self, x: Any) -> Any:
        """The error function of raw values x, moved to (0, 1)."""
        return normal_cdf((math.sqrt(2) * self.alpha) * x)


@dataclass(frozen=True)
class QPseudoSpike(SmoothSurrogate):
    r"""Spike with a derivative whose tail is a power (after Herranz-Celotti & Rouat, 2022).

    .. math::

        g(x) = \frac{1}{2} + \mathrm{sign}(x) \frac{\alpha + 1}{2 (\alpha - 1)}
        \left(1 - \left(1 + \frac{2 |x|}{\alpha + 1}\right)^{1 - \alpha}\right), \quad
        g'(x) = \left(1 + \frac{2 |x|}{\alpha + 1}\right)^{-\alpha}

    Parameters
    ----------
    alpha : float
        The exponent of the tail; above 1.
    origin : bool
        Whether to return g(x) instead of spikes.

    Notes
    -----
    The paper has :math:`\alpha - 1` in the place of :math:`\alpha + 1`; the latter is BrainPy's.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.QPseudoSpike())(1.5))
    0.25
    """

    alpha: float = 2.0
    origin: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.alpha > 1:
            raise ValueError(f"QPseudoSpike: alpha must be above 1, but got {self.alpha!r}.")

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return power(1 + (2 / (self.alpha + 1)) * absolute(x), -self.alpha)

    def primitive(self, x: Any) -> Any:
        """The function of raw values x whose derivative is `gradient`."""
        tail = power(1 + (2 / (self.alpha + 1)) * magnitude(x), 1 - self.alpha)
        return 0.5 + odd(x, ((self.alpha + 1) / (2 * (self.alpha - 1))) * (1 - tail))


@dataclass(frozen=True)
class SquarewaveFourierSeries(SmoothSurrogate):
    r"""Spike with the derivative of the first terms of the Fourier series of a square wave.

    .. math::

        g(x) = \frac{1}{2} + \frac{2}{\pi} \sum_{i=1}^{m} \frac{\sin((2i - 1) \omega x)}{2i - 1}, \quad
        g'(x) = \frac{4}{T} \sum_{i=1}^{m} \cos((2i - 1) \omega x), \quad \omega = \frac{2 \pi}{T}, \quad m = \max(n - 1, 1)

    Parameters
    ----------
    n : int
        One more than the number of terms m, as in BrainPy; positive.
    t_period : float
        The period T of the square wave; positive.
    origin : bool
        Whether to return g(x) instead of spikes.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.SquarewaveFourierSeries(n=3))(0.))
    1.0
    """

    n: int = 2
    t_period: float = 8.0
    origin: bool = False
    positive = ("n", "t_period")

    def __post_init__(self) -> None:
        if isinstance(self.n, bool) or not isinstance(self.n, int):
            raise ValueError(f"SquarewaveFourierSeries: n must be an integer, but got {self.n!r}.")
        super().__post_init__()

    @property
    def frequencies(self) -> list[float]:
        """The angular frequencies of the terms: odd multiples of the first."""
        return [(2 * i + 1) * 2 * math.pi / self.t_period for i in range(max(self.n - 1, 1))]

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return (4 / self.t_period) * sum([cos(w * x) for w in self.frequencies[1:]], cos(self.frequencies[0] * x))

    def primitive(self, x: Any) -> Any:
        """The partial sum of the series at raw values x."""
        terms = [(4 / (self.t_period * w)) * sin(w * x) for w in self.frequencies]
        return sum(terms, 0.5)
