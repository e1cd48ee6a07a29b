"""Surrogates given by the shape of their derivative around the threshold."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nbbrain.math.surrogate.base import Surrogate
from nbbrain.operations.elementwise import absolute, exp, maximum, negative

__all__ = ["GaussianGrad", "InvSquareGrad", "MultiGaussianGrad", "ReluGrad", "SlayerGrad"]


def normal_density(x: Any, mean: float, deviation: float) -> Any:
    """The density of the normal distribution."""
    y = (x - mean) * (math.sqrt(0.5) / deviation)
    return (1 / (math.sqrt(2 * math.pi) * deviation)) * exp(negative(y * y))


@dataclass(frozen=True)
class ReluGrad(Surrogate):
    r"""Spike with a triangular derivative of given height and width (Bellec et al., 2018; Neftci et al., 2019).

    .. math:: g'(x) = \max(\alpha w - \alpha |x|, 0)

    Parameters
    ----------
    alpha : float
        The slope of both sides; positive.
    width : float
        The half width w; positive.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.vector_grad(bm.surrogate.ReluGrad(alpha=0.5))(bm.Array([0., 2.]))
    Array(value=Array([0.5, 0. ]), dtype=float32)
    """

    alpha: float = 0.3
    width: float = 1.0
    positive = ("alpha", "width")

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return maximum(self.alpha * self.width - self.alpha * absolute(x), 0.0)


@dataclass(frozen=True)
class GaussianGrad(Surrogate):
    r"""Spike with a Gaussian derivative (Yin, Corradi & Bohté, 2021).

    .. math:: g'(x) = \alpha \mathcal{N}(x; 0, \sigma) = \frac{\alpha}{\sqrt{2 \pi} \sigma} e^{-x^2 / (2 \sigma^2)}

    Parameters
    ----------
    sigma : float
        The standard deviation; positive.
    alpha : float
        The area; positive.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.GaussianGrad())(0.)).__round__(6)
    0.398942
    """

    sigma: float = 0.5
    alpha: float = 0.5
    positive = ("sigma", "alpha")

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return self.alpha * normal_density(x, 0.0, self.sigma)


@dataclass(frozen=True)
class MultiGaussianGrad(Surrogate):
    r"""Spike with a Gaussian derivative that is negative on both sides (Yin, Corradi & Bohté, 2021, eq. 6).

    .. math::

        g'(x) = \gamma \left((1 + h) \mathcal{N}(x; 0, \sigma) - h \mathcal{N}(x; \sigma, s \sigma)
        - h \mathcal{N}(x; -\sigma, s \sigma)\right)

    Parameters
    ----------
    h : float
        The weight of the negative parts.
    s : float
        How much wider they are; positive.
    sigma : float
        The standard deviation of the middle; positive.
    scale : float
        The factor :math:`\gamma`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.MultiGaussianGrad())(3.)) < 0
    True
    """

    h: float = 0.15
    s: float = 6.0
    sigma: float = 0.5
    scale: float = 0.5
    positive = ("s", "sigma")

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        middle = (1 + self.h) * normal_density(x, 0.0, self.sigma)
        right = normal_density(x, self.sigma, self.s * self.sigma)
        left = normal_density(x, -self.sigma, self.s * self.sigma)
        return self.scale * (middle - self.h * (right + left))


@dataclass(frozen=True)
class InvSquareGrad(Surrogate):
    r"""Spike with a derivative whose tail is the inverse square (Zenke & Ganguli, 2018).

    .. math:: g'(x) = \frac{1}{(\alpha |x| + 1)^2}

    Parameters
    ----------
    alpha : float
        The steepness; positive.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.InvSquareGrad(alpha=1.))(1.))
    0.25
    """

    alpha: float = 100.0
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        y = self.alpha * absolute(x) + 1
        return 1 / (y * y)


@dataclass(frozen=True)
class SlayerGrad(Surrogate):
    r"""Spike with an exponential derivative (Shrestha & Orchard, 2018, "SLAYER").

    .. math:: g'(x) = e^{-\alpha |x|}

    Parameters
    ----------
    alpha : float
        The steepness; positive.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.grad(bm.surrogate.SlayerGrad())(0.))
    1.0
    """

    alpha: float = 1.0
    positive = ("alpha",)

    def gradient(self, x: Any) -> Any:
        """The derivative at raw values x."""
        return exp(-self.alpha * absolute(x))
