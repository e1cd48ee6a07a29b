"""Activation functions: free of overflow in value and gradient, differentiable, and usable inside of compiled loops."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.math.lifting import lift
from nbbrain.operations import elementwise, reductions, special
from nbbrain.operations.elementwise import exp, expm1, log, sqrt, stop_gradient, where
from nbbrain.operations.operation import cast, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import expand_dims, split

__all__ = [
    "celu", "elu", "gelu", "glu", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "identity", "leaky_relu",
    "log_sigmoid", "log_softmax", "normalize", "one_hot", "relu", "relu6", "selu", "sigmoid", "silu", "soft_sign",
    "softmax", "softplus", "swish", "tanh",
]

Axis = int | tuple[int, ...] | None


def _rectify(x: Any) -> Any:
    """x limited to [0, 6]; its derivative at both ends is 1/2."""
    return elementwise.clip(x, 0.0, 6.0)


def _exponential_unit(x: Any, alpha: Any, scale: Any = 1.0) -> Any:
    """x where positive, else ``alpha (exp(x / scale) - 1)``."""
    return where(x > 0, x, alpha * expm1(where(x > 0, 0.0, x) / scale))


@lift
def identity(x: Any) -> Any:
    """x itself.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.identity(bm.Array([1., -1.]))
    Array(value=Array([ 1., -1.]), dtype=float32)
    """
    return as_inexact(x) if isinstance(x, (int, float)) else x


@lift
def tanh(x: Any) -> Any:
    """The hyperbolic tangent.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.activations.tanh(bm.Array([0., 20.]))
    Array(value=Array([0., 1.]), dtype=float32)
    """
    return elementwise.tanh(x)


@lift
def relu(x: Any) -> Any:
    """``max(x, 0)``; its derivative at 0 is 0.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.relu(bm.Array([-1., 2.]))
    Array(value=Array([0., 2.]), dtype=float32)
    """
    x = as_inexact(x)
    return where(x <= 0, 0.0, x)  # not "x > 0", so that NaN stays NaN


@lift
def relu6(x: Any) -> Any:
    """``min(max(x, 0), 6)`` (Krizhevsky, 2010, "Convolutional deep belief networks on CIFAR-10").

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.relu6(bm.Array([-1., 2., 8.]))
    Array(value=Array([0., 2., 6.]), dtype=float32)
    """
    return _rectify(as_inexact(x))


@lift
def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """x where x ≥ 0, else ``negative_slope * x`` (Maas, Hannun & Ng, 2013).

    Parameters
    ----------
    x : array-like
        Any shape.
    negative_slope : float or array
        The slope for negative x.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.leaky_relu(bm.Array([-2., 2.]), 0.5)
    Array(value=Array([-1.,  2.]), dtype=float32)
    """
    x = as_inexact(x)
    return where(x >= 0, x, negative_slope * x)


@lift
def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x where x > 0, else ``alpha (exp(x) - 1)`` (Clevert, Unterthiner & Hochreiter, 2016, eq. 15).

    Parameters
    ----------
    x : array-like
        Any shape.
    alpha : float or array
        Minus the value at minus infinity.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.elu(bm.Array([-1000., 2.]))
    Array(value=Array([-1.,  2.]), dtype=float32)
    """
    return _exponential_unit(as_inexact(x), alpha)


@lift
def celu(x: Any, alpha: Any = 1.0) -> Any:
    """x where x > 0, else ``alpha (exp(x / alpha) - 1)``, which has a continuous derivative (Barron, 2017).

    Parameters
    ----------
    x : array-like
        Any shape.
    alpha : float or array
        Minus the value at minus infinity.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.celu(bm.Array([-1000., 2.]), 0.5)
    Array(value=Array([-0.5,  2. ]), dtype=float32)
    """
    return _exponential_unit(as_inexact(x), alpha, alpha)


@lift
def selu(x: Any) -> Any:
    """The `elu` that is scaled so that layers keep mean 0 and variance 1 (Klambauer et al., 2017, eq. 2).

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.selu(bm.Array([0., 1.]))
    Array(value=Array([0.      , 1.050701]), dtype=float32)
    """
    return 1.0507009873554804934193349852946 * _exponential_unit(as_inexact(x), 1.6732632423543772848170429916717)


@lift
def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(-x))``, accurate also where it is close to 0.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.sigmoid(bm.Array([-1000., 0., 1000.]))
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """
    return special.logistic(as_inexact(x))


@lift
def log_sigmoid(x: Any) -> Any:
    """``log(sigmoid(x))``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.log_sigmoid(bm.Array([-1000., 1000.]))
    Array(value=Array([-1000.,    -0.]), dtype=float32)
    """
    return -elementwise.logaddexp(-as_inexact(x), 0.0)


@lift
def softplus(x: Any) -> Any:
    """``log(1 + exp(x))``, whose derivative is `sigmoid`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.softplus(bm.Array([-1000., 1000.]))
    Array(value=Array([   0., 1000.]), dtype=float32)
    """
    return elementwise.logaddexp(as_inexact(x), 0.0)


@lift
def soft_sign(x: Any) -> Any:
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.soft_sign(bm.Array([-1., 3.]))
    Array(value=Array([-0.5 ,  0.75]), dtype=float32)
    """
    x = as_inexact(x)
    return x / (1 + elementwise.absolute(x))


@lift
def silu(x: Any) -> Any:
    """``x sigmoid(x)`` (Elfwing, Uchibe & Doya, 2018, eq. 5).

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.silu(bm.Array([-1000., 0., 1000.]))
    Array(value=Array([  -0.,    0., 1000.]), dtype=float32)
    """
    x = as_inexact(x)
    return x * special.logistic(x)


swish = silu


@lift
def gelu(x: Any, approximate: bool = True) -> Any:
    """``x Φ(x)``, with the cumulative distribution Φ of the standard normal (Hendrycks & Gimpel, 2016).

    Parameters
    ----------
    x : array-like
        Any shape.
    approximate : bool
        Whether Φ is replaced by ``(1 + tanh(sqrt(2/π) (x + 0.044715 x³))) / 2``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.gelu(bm.Array([-1000., 1., 50.]), approximate=False)
    Array(value=Array([-0.       ,  0.8413447, 50.       ]), dtype=float32)
    """
    x = as_inexact(x)
    if not approximate:
        return x * special.normal_cdf(x)
    # (1 + tanh(y)) / 2 is the logistic function of 2y, which is accurate also where tanh(y) rounds to -1
    return x * special.logistic(math.sqrt(8 / math.pi) * x * (1 + 0.044715 * x * x))


@lift
def glu(x: Any, axis: int = -1) -> Any:
    """The first half of x times the `sigmoid` of the second (Dauphin et al., 2017, section 2).

    Parameters
    ----------
    x : array-like
        Its size along the axis is even.
    axis : int
        The axis that is halved.

    Raises
    ------
    ValueError
        When the size along the axis is odd.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.glu(bm.Array([1., 2., 0., 1000.]))
    Array(value=Array([0.5, 2. ]), dtype=float32)
    """
    x = as_inexact(x)
    if shape_of(x)[axis] % 2:
        raise ValueError(f"glu: the size along axis {axis} must be even, but got shape {shape_of(x)}.")
    first, second = split(x, 2, axis)
    return first * special.logistic(second)


@lift
def hard_tanh(x: Any) -> Any:
    """x limited to [-1, 1]; its derivative at both ends is 1.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.hard_tanh(bm.Array([-3., 0.5, 3.]))
    Array(value=Array([-1. ,  0.5,  1. ]), dtype=float32)
    """
    x = as_inexact(x)
    return where(x > 1, 1.0, where(x < -1, -1.0, x))


@lift
def hard_sigmoid(x: Any) -> Any:
    """``relu6(x + 3) / 6``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.hard_sigmoid(bm.Array([-4., 0., 4.]))
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """
    return _rectify(as_inexact(x) + 3) / 6


@lift
def hard_silu(x: Any) -> Any:
    """``x hard_sigmoid(x)`` (Howard et al., 2019, "Searching for MobileNetV3", section 5.2).

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.hard_silu(bm.Array([-4., 3., 6.]))
    Array(value=Array([-0.,  3.,  6.]), dtype=float32)
    """
    x = as_inexact(x)
    return x * (_rectify(x + 3) / 6)


hard_swish = hard_silu


def _shifted(x: Any, axis: Axis) -> Any:
    """x minus its maximum along axes, so that its exponential does not overflow."""
    x = as_inexact(x)
    return x - stop_gradient(reductions.max(x, axis=axis, keepdims=True))


@lift
def softmax(x: Any, axis: Axis = -1) -> Any:
    """``exp(x)`` divided by its sum along axes.

    Parameters
    ----------
    x : array-like
        Any shape.
    axis : int, tuple of int or None
        The axes along which the result sums to 1; None means all.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.softmax(bm.Array([1000., 1000.]))
    Array(value=Array([0.5, 0.5]), dtype=float32)
    """
    weights = exp(_shifted(x, axis))
    return weights / reductions.sum(weights, axis=axis, keepdims=True)


@lift
def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """``log(softmax(x))``.

    Parameters
    ----------
    x : array-like
        Any shape.
    axis : int, tuple of int or None
        The axes along which the exponential of the result sums to 1; None means all.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.log_softmax(bm.Array([1000., 0.]))
    Array(value=Array([    0., -1000.]), dtype=float32)
    """
    shifted = _shifted(x, axis)
    return shifted - log(reductions.sum(exp(shifted), axis=axis, keepdims=True))


@lift
def normalize(x: Any, axis: Axis = -1, mean: Any = None, variance: Any = None, epsilon: float = 1e-5) -> Any:
    """``(x - mean) / sqrt(variance + epsilon)``.

    Parameters
    ----------
    x : array-like
        Any shape.
    axis : int, tuple of int or None
        The axes over which the mean and the variance are taken.
    mean, variance : array-like, optional
        Values to use instead of those of x.
    epsilon : float
        Keeps the denominator away from 0.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.normalize(bm.Array([-2., 2.]), epsilon=0.)
    Array(value=Array([-1.,  1.]), dtype=float32)
    """
    x = as_inexact(x)
    mean = reductions.mean(x, axis=axis, keepdims=True) if mean is None else mean
    variance = reductions.var(x, axis=axis, keepdims=True) if variance is None else variance
    return (x - mean) / sqrt(variance + epsilon)


@lift
def one_hot(x: Any, num_classes: int, dtype: DTypeLike | None = None, axis: int = -1) -> Any:
    """Class labels as indicators: 1 at the place of the label along a new axis, else 0.

    Parameters
    ----------
    x : array-like of int
        Labels. Those outside of ``0 ... num_classes - 1`` give zeros only.
    num_classes : int
        The size of the new axis.
    dtype : dtype-like, optional
        The dtype of the result; ``bm.float_`` by default.
    axis : int
        Where the new axis is in the result.

    Raises
    ------
    ValueError
        When ``num_classes`` is no positive integer.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.one_hot(bm.Array([0, 2]), 3)
    Array(value=Array([[1., 0., 0.],
                       [0., 0., 1.]]),
          dtype=float32)
    """
    if not isinstance(num_classes, (int, np.integer)) or num_classes < 1:
        raise ValueError(f"one_hot: num_classes must be a positive integer, but got {num_classes!r}.")
    labels = expand_dims(x, axis)
    shape = [1] * len(shape_of(labels))
    shape[axis] = int(num_classes)
    hit = elementwise.equal(labels, np.arange(num_classes).reshape(shape))
    return cast(hit, dtype=default_dtype("f") if dtype is None else np.dtype(dtype))
