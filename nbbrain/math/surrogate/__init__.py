"""Surrogate gradients: functions that spike forward and have a useful derivative backward.

Every surrogate is a class, and a function that makes an object of it and applies it:
``surrogate.sigmoid(x, alpha=2.)`` is ``surrogate.Sigmoid(alpha=2.)(x)``.
"""
from __future__ import annotations

from typing import Any

from nbbrain.math.surrogate.base import SmoothSurrogate, Surrogate, as_function
from nbbrain.math.surrogate.bumps import GaussianGrad, InvSquareGrad, MultiGaussianGrad, ReluGrad, SlayerGrad
from nbbrain.math.surrogate.rectifiers import S2NN, LeakyRelu, LogTailedRelu, NonzeroSignLog, PiecewiseLeakyRelu
from nbbrain.math.surrogate.steps import (
    ERF,
    Arctan,
    PiecewiseExp,
    PiecewiseQuadratic,
    QPseudoSpike,
    Sigmoid,
    SoftSign,
    SquarewaveFourierSeries,
)

__all__ = [
    "ERF", "S2NN", "Arctan", "GaussianGrad", "InvSquareGrad", "LeakyRelu", "LogTailedRelu", "MultiGaussianGrad",
    "NonzeroSignLog", "PiecewiseExp", "PiecewiseLeakyRelu", "PiecewiseQuadratic", "QPseudoSpike", "ReluGrad", "Sigmoid",
    "SlayerGrad", "SmoothSurrogate", "SoftSign", "SquarewaveFourierSeries", "Surrogate", "arctan", "erf",
    "gaussian_grad", "inv_square_grad", "inv_square_grad2", "leaky_relu", "log_tailed_relu", "multi_gaussian_grad",
    "nonzero_sign_log", "piecewise_exp", "piecewise_leaky_relu", "piecewise_quadratic", "q_pseudo_spike", "relu_grad",
    "relu_grad2", "s2nn", "sigmoid", "slayer_grad", "soft_sign", "squarewave_fourier_series",
]

arctan = as_function(Arctan, "arctan")
erf = as_function(ERF, "erf")
gaussian_grad = as_function(GaussianGrad, "gaussian_grad")
inv_square_grad = as_function(InvSquareGrad, "inv_square_grad")
leaky_relu = as_function(LeakyRelu, "leaky_relu")
log_tailed_relu = as_function(LogTailedRelu, "log_tailed_relu")
multi_gaussian_grad = as_function(MultiGaussianGrad, "multi_gaussian_grad")
nonzero_sign_log = as_function(NonzeroSignLog, "nonzero_sign_log")
piecewise_exp = as_function(PiecewiseExp, "piecewise_exp")
piecewise_leaky_relu = as_function(PiecewiseLeakyRelu, "piecewise_leaky_relu")
piecewise_quadratic = as_function(PiecewiseQuadratic, "piecewise_quadratic")
q_pseudo_spike = as_function(QPseudoSpike, "q_pseudo_spike")
relu_grad = as_function(ReluGrad, "relu_grad")
s2nn = as_function(S2NN, "s2nn")
sigmoid = as_function(Sigmoid, "sigmoid")
slayer_grad = as_function(SlayerGrad, "slayer_grad")
soft_sign = as_function(SoftSign, "soft_sign")
squarewave_fourier_series = as_function(SquarewaveFourierSeries, "squarewave_fourier_series")


def _crossing(x_new: Any, x_old: Any, surrogate: Surrogate) -> Any:
    """Spikes where x passes 0 from below: the product of "above now" and "not above before", each with a derivative."""
    return surrogate(x_new) * (1 - surrogate(x_old))


def inv_square_grad2(x_new: Any, x_old: Any, alpha: float = 100.0) -> Any:
    """Spike where x passes the threshold from below, with the gradient of `InvSquareGrad`.

    Parameters
    ----------
    x_new, x_old : array-like
        The distance from the threshold, now and a step before.
    alpha : float
        The steepness; positive.

    Returns
    -------
    Array
        1 where ``x_new`` ≥ 0 and ``x_old`` < 0, else 0, in the dtype of ``x_new``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.surrogate.inv_square_grad2(bm.Array([1., 1., -1.]), bm.Array([-1., 1., -1.]))
    Array(value=Array([1., 0., 0.]), dtype=float32)
    """
    return _crossing(x_new, x_old, InvSquareGrad(alpha))


def relu_grad2(x_new: Any, x_old: Any, alpha: float = 0.3, width: float = 1.0) -> Any:
    """Spike where x passes the threshold from below, with the gradient of `ReluGrad`.

    Parameters
    ----------
    x_new, x_old : array-like
        The distance from the threshold, now and a step before.
    alpha : float
        The slope of both sides of the triangle; positive.
    width : float
        Its half width; positive.

    Returns
    -------
    Array
        1 where ``x_new`` ≥ 0 and ``x_old`` < 0, else 0, in the dtype of ``x_new``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.surrogate.relu_grad2(bm.Array([1., 1., -1.]), bm.Array([-1., 1., -1.]))
    Array(value=Array([1., 0., 0.]), dtype=float32)
    """
    return _crossing(x_new, x_old, ReluGrad(alpha, width))


def spike_with_sigmoid_grad(x: Any, scale: float | None = None) -> Any:
    """`inv_square_grad` by its older name; ``scale`` is its ``alpha``, 100 where not given."""
    return inv_square_grad(x, 100.0 if scale is None else scale)


def spike_with_linear_grad(x: Any, scale: float | None = None) -> Any:
    """`relu_grad` by its older name; ``scale`` is its ``alpha``, 0.3 where not given."""
    return relu_grad(x, 0.3 if scale is None else scale)


def spike_with_gaussian_grad(x: Any, sigma: float | None = None, scale: float | None = None) -> Any:
    """`gaussian_grad` by its older name; ``scale`` is its ``alpha``; both are 0.5 where not given."""
    return gaussian_grad(x, 0.5 if sigma is None else sigma, 0.5 if scale is None else scale)


def spike_with_mg_grad(x: Any, h: float | None = None, s: float | None = None, sigma: float | None = None,
                       scale: float | None = None) -> Any:
    """`multi_gaussian_grad` by its older name; what is not given has its default there."""
    given = {"h": h, "s": s, "sigma": sigma, "scale": scale}
    return multi_gaussian_grad(x, **{name: value for name, value in given.items() if value is not None})
