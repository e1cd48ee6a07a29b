"""Features and penalties of regressions."""
from __future__ import annotations

from functools import reduce
from itertools import chain, combinations_with_replacement
from operator import mul
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = [
    "L1L2Regularization", "L1Regularization", "L2Regularization", "Regularization", "Sigmoid", "index_combinations",
    "normalize", "polynomial_features",
]


class Sigmoid:
    r"""The logistic function, :math:`σ(x) = 1 / (1 + e^{-x})`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> sigmoid = bp.algorithms.utils.Sigmoid()
    >>> float(sigmoid(0.)), float(sigmoid.grad(0.))
    (0.5, 0.25)
    """

    def __call__(self, x: Any) -> Any:
        """Its value."""
        return bm.sigmoid(x)

    def grad(self, x: Any) -> Any:
        """Its derivative, σ(x) (1 - σ(x))."""
        value = bm.sigmoid(x)
        return value * (1 - value)


class Regularization:
    """A penalty on weights; this one is none. A subclass defines `__call__`, `grad` and `proximal`.

    Parameters
    ----------
    alpha : float
        The weight α of the penalty, at least 0.

    Examples
    --------
    >>> import nbbrain as bp
    >>> float(bp.algorithms.utils.Regularization(1.)([3., -4.]))
    0.0
    """

    l1 = l2 = 0.0
    """The weights of the sum of absolute values, and of half the sum of squares."""

    def __init__(self, alpha: float) -> None:
        if not alpha >= 0:
            raise ValueError(f"alpha must be at least 0, but got {alpha!r}.")
        self.alpha = alpha

    def __call__(self, x: Any) -> Any:
        """The penalty of weights."""
        w = bm.Array(x)
        return self.l1 * bm.sum(bm.abs(w)) + self.l2 / 2 * bm.sum(w * w)

    def grad(self, x: Any) -> Any:
        """Its gradient; where a weight is 0, the part of its absolute value is 0."""
        w = bm.Array(x)
        return self.l1 * bm.sign(w) + self.l2 * w

    def proximal(self, x: Any, step: float) -> Any:
        r"""The weights w with the smallest :math:`|w - x|^2 / 2 + \mathrm{step} \cdot \mathrm{penalty}(w)`.

        It is a step along the penalty that does not jump across 0 (Parikh & Boyd, 2014, "Proximal algorithms", 6.5).
        """
        w = bm.Array(x)
        return bm.sign(w) * bm.maximum(bm.abs(w) - step * self.l1, 0.) / (1 + step * self.l2)


class L1Regularization(Regularization):
    r"""The penalty :math:`α \sum |w|` of the lasso (Tibshirani, 1996), which makes weights 0.

    Parameters
    ----------
    alpha : float
        Its weight α, at least 0.

    Examples
    --------
    >>> import nbbrain as bp
    >>> l1 = bp.algorithms.utils.L1Regularization(2.)
    >>> float(l1([3., -4.])), l1.grad([3., -4.]).tolist(), l1.proximal([3., -0.5], step=0.5).tolist()
    (14.0, [2.0, -2.0], [2.0, -0.0])
    """

    def __init__(self, alpha: float) -> None:
        super().__init__(alpha)
        self.l1 = alpha


class L2Regularization(Regularization):
    r"""The penalty :math:`\frac{α}{2} \sum w^2` of ridge regression.

    Parameters
    ----------
    alpha : float
        Its weight α, at least 0.

    Examples
    --------
    >>> import nbbrain as bp
    >>> l2 = bp.algorithms.utils.L2Regularization(2.)
    >>> float(l2([3., -4.])), l2.grad([3., -4.]).tolist()
    (25.0, [6.0, -8.0])
    """

    def __init__(self, alpha: float) -> None:
        super().__init__(alpha)
        self.l2 = alpha


class L1L2Regularization(Regularization):
    r"""The penalty :math:`α \left(ρ \sum |w| + \frac{1 - ρ}{2} \sum w^2\right)` of the elastic net (Zou & Hastie, 2005).

    Parameters
    ----------
    alpha : float
        Its weight α, at least 0.
    l1_ratio : float
        The share ρ of the absolute values, in [0, 1].

    Examples
    --------
    >>> import nbbrain as bp
    >>> float(bp.algorithms.utils.L1L2Regularization(2., l1_ratio=0.5)([3., -4.]))
    19.5
    """

    def __init__(self, alpha: float, l1_ratio: float = 0.5) -> None:
        super().__init__(alpha)
        if not 0 <= l1_ratio <= 1:
            raise ValueError(f"l1_ratio must be in [0, 1], but got {l1_ratio!r}.")
        self.l1_ratio = l1_ratio
        self.l1, self.l2 = alpha * l1_ratio, alpha * (1 - l1_ratio)


def index_combinations(n_features: int, degree: int) -> list[tuple[int, ...]]:
    """The features that are multiplied in each product of 2 up to ``degree`` features, with repetition.

    Parameters
    ----------
    n_features : int
        The number of features.
    degree : int
        The largest number of factors.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.utils.index_combinations(2, 2)
    [(0, 0), (0, 1), (1, 1)]
    """
    if degree < 1:
        raise ValueError(f"degree must be at least 1, but got {degree!r}.")
    return list(chain.from_iterable(combinations_with_replacement(range(n_features), number)
                                    for number in range(2, degree + 1)))


def polynomial_features(X: Any, degree: int, add_bias: bool = True) -> Any:
    """A constant feature, the features, and their products of up to ``degree`` factors.

    Parameters
    ----------
    X : array, shape (..., features)
        The features.
    degree : int
        The largest number of factors; 1 adds no product.
    add_bias : bool
        Whether the constant 1 comes first.

    Returns
    -------
    Array, shape (..., all features)
        The products come in the order of `index_combinations`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.utils.polynomial_features([[2., 3.]], degree=2).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    x = bm.Array(X)
    if not x.ndim:
        raise ValueError("X must have features along its last axis, but it is one number.")
    columns = [bm.expand_dims(column, -1) for column in _products(x, degree)]
    bias = [bm.ones((*x.shape[:-1], 1), dtype=x.dtype)] if add_bias else []
    return bm.concatenate([*bias, x, *columns], axis=-1)


def polynomial_columns(x: np.ndarray, degree: int, add_bias: bool) -> np.ndarray:
    """`polynomial_features` in double precision, whatever the default is."""
    columns = [column[..., None] for column in _products(x, degree)]
    bias = [np.ones((*x.shape[:-1], 1))] if add_bias else []
    return np.concatenate([*bias, x, *columns], axis=-1)


def _products(x: Any, degree: int) -> list[Any]:
    return [reduce(mul, [x[..., feature] for feature in features])
            for features in index_combinations(x.shape[-1], degree)]


def normalize(X: Any, axis: int = -1, order: float = 2) -> Any:
    """Vectors along an axis divided by their norms; those of norm 0 stay as they are.

    Parameters
    ----------
    X : array
        The vectors.
    axis : int
        Their axis.
    order : float
        The order p of the norm, positive: the p-th root of the sum of the p-th powers; infinity for the largest value.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.utils.normalize([[3., 4.], [0., 0.]]).round(2).tolist()
    [[0.6..., 0.8...], [0.0, 0.0]]
    """
    if not order > 0:
        raise ValueError(f"order must be positive, but got {order!r}.")
    size = bm.abs(bm.Array(X))
    largest = bm.max(size, axis=axis, keepdims=True)
    largest = bm.where(largest == 0, 1., largest)
    scaled = size / largest  # powers of what is at most 1 do not overflow
    norm = largest if np.isinf(order) else largest * bm.sum(scaled**order, axis=axis, keepdims=True)**(1 / order)
    return bm.Array(X) / bm.where(norm == 0, 1., norm)
