"""Regressions on products of features, with penalties of every kind."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.algorithms.offline import OfflineAlgorithm, RidgeRegression, examples, register_offline_method
from nbbrain.algorithms.solvers import coordinate_descent, proximal_descent
from nbbrain.algorithms.utils import (
    L1L2Regularization,
    L1Regularization,
    L2Regularization,
    Regularization,
    index_combinations,
    polynomial_columns,
)

__all__ = ["ElasticNetRegression", "LassoRegression", "PolynomialRegression", "PolynomialRidgeRegression"]


class PenalisedRegression(OfflineAlgorithm):
    r"""The base of regressions on polynomial features Φ(x) with a penalty R.

    .. math:: \frac{1}{2} |Φ(X) W - Y|^2 + R(W) → \min

    Trainers find them by name. A layer such as ``Dense`` multiplies its input itself with its weights: it can be fitted
    with those of degree 1 and without ``add_bias``, for which its own bias stands. A layer that is fitted with others has
    an ``offline_fit`` of its own, and calls `predict`.
    """

    penalty: Regularization

    def __init__(self, penalty: Regularization, degree: int, add_bias: bool, name: str | None, max_iter: int,
                 learning_rate: float, gradient_descent: bool) -> None:
        super().__init__(name)
        index_combinations(1, degree)  # refuses what is no degree
        if not max_iter > 0:
            raise ValueError(f"max_iter must be positive, but got {max_iter!r}.")
        self.penalty, self.degree, self.add_bias = penalty, degree, add_bias
        self.max_iter, self.learning_rate, self.gradient_descent = max_iter, learning_rate, gradient_descent

    @property
    def alpha(self) -> float:
        """The weight of the penalty."""
        return self.penalty.alpha

    def _features(self, inputs: Any) -> np.ndarray:
        return polynomial_columns(np.asarray(inputs, np.float64), self.degree, self.add_bias)

    def __call__(self, targets: Any, inputs: Any, outputs: Any = None) -> bm.Array:
        """The weights of the features, shape (features, outputs); see `OfflineAlgorithm`."""
        y, x = examples(targets, self._features(inputs))
        return bm.Array(self._descend(x, y) if self.gradient_descent else self._solve(x, y))

    def predict(self, W: Any, X: Any) -> bm.Array:
        """What weights make of inputs: the features of X times W.

        Parameters
        ----------
        W : array, shape (features, outputs)
            What a call has returned.
        X : array, shape (..., inputs)
            Inputs.

        Returns
        -------
        Array, shape (..., outputs)
        """
        return bm.Array(self._features(X) @ np.asarray(W, np.float64))

    def _descend(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(x, axis=0)
        scales = np.where(norms > 0, norms, 1.0)[:, None]
        scaled = x / scales.T
        gram, target = scaled.T @ scaled, scaled.T @ y
        return proximal_descent(lambda v: gram @ v - target, scales, float(np.linalg.norm(gram, 2)), self.penalty.l1,
                                self.penalty.l2, y.shape[1], self.max_iter)

    def _solve(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        if self.penalty.l1 == 0:
            return np.asarray(RidgeRegression(self.penalty.l2)._solve(x, y))
        return coordinate_descent(x, y, self.penalty.l1, self.penalty.l2, self.max_iter)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(alpha={self.alpha}, degree={self.degree})"


class LassoRegression(PenalisedRegression):
    r"""Regression whose penalty makes weights zero (Tibshirani, 1996, "Regression shrinkage and selection via the lasso").

    .. math:: \frac{1}{2} |Φ(X) W - Y|^2 + α \sum |W| → \min

    Parameters
    ----------
    alpha : float
        The weight α of the penalty, at least 0.
    degree : int
        The degree of the features Φ: 1 for the inputs themselves, 2 for their products too, and so on.
    add_bias : bool
        Whether the constant 1 is a feature; its weight is penalised too.
    name : str, optional
        The name.
    max_iter : int
        The largest number of steps; they end earlier when the weights have settled.
    learning_rate : float
        Accepted for compatibility: steps have the size of which it is sure that they converge.
    gradient_descent : bool
        Whether the weights are found by accelerated proximal gradient steps (Beck & Teboulle, 2009), else one by one.

    Warns
    -----
    UserWarning
        When the weights have not settled after ``max_iter`` steps.

    Notes
    -----
    Features are not normalised, so that the weights can be used as they are. The registered method ``'lasso'`` has the
    degree 1.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.asarray([[1., 0.], [0., 1.], [1., 1.]])
    >>> bp.algorithms.LassoRegression(alpha=0.6, degree=1)(x @ bm.asarray([[2.], [0.1]]), x).round(3).tolist()
    [[1.75], [0.0]]
    """

    def __init__(self, alpha: float = 1.0, degree: int = 2, add_bias: bool = False, name: str | None = None,
                 max_iter: int = 1000, learning_rate: float = 1e-3, gradient_descent: bool = True) -> None:
        super().__init__(L1Regularization(alpha), degree, add_bias, name, max_iter, learning_rate, gradient_descent)


class ElasticNetRegression(PenalisedRegression):
    r"""Regression with the penalties of the lasso and of ridge regression (Zou & Hastie, 2005).

    .. math:: \frac{1}{2} |Φ(X) W - Y|^2 + α \left(ρ \sum |W| + \frac{1 - ρ}{2} |W|^2\right) → \min

    Parameters
    ----------
    alpha : float
        The weight α of the penalties, at least 0.
    degree : int
        The degree of the features Φ.
    l1_ratio : float
        The share ρ of the absolute values, in [0, 1].
    name, add_bias, max_iter, learning_rate, gradient_descent
        See `LassoRegression`.

    Warns
    -----
    UserWarning
        When the weights have not settled after ``max_iter`` steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.asarray([[1., 0.], [0., 1.]])
    >>> bp.algorithms.ElasticNetRegression(alpha=1., degree=1)(bm.asarray([[2.], [0.1]]), x).round(3).tolist()
    [[1.0], [0.0]]
    """

    def __init__(self, alpha: float = 1.0, degree: int = 2, l1_ratio: float = 0.5, name: str | None = None,
                 add_bias: bool = False, max_iter: int = 1000, learning_rate: float = 1e-3,
                 gradient_descent: bool = True) -> None:
        super().__init__(L1L2Regularization(alpha, l1_ratio), degree, add_bias, name, max_iter, learning_rate,
                         gradient_descent)
        self.l1_ratio = l1_ratio


class PolynomialRegression(PenalisedRegression):
    r"""Linear regression on products of features.

    .. math:: |Φ(X) W - Y|^2 → \min

    Parameters
    ----------
    degree : int
        The degree of the features Φ.
    name, add_bias, max_iter, learning_rate
        See `LassoRegression`.
    gradient_descent : bool
        Whether the weights are found by accelerated gradient steps, else by a factorisation, which is exact.

    Warns
    -----
    UserWarning
        When the weights have not settled after ``max_iter`` steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.asarray([[1.], [2.], [3.]])
    >>> parabola = bp.algorithms.PolynomialRegression(degree=2, add_bias=True, gradient_descent=False)
    >>> parabola(1 + 2 * x + 3 * x**2, x).round(2).tolist()
    [[1.0], [2.0], [3.0]]
    """

    def __init__(self, degree: int = 2, name: str | None = None, add_bias: bool = False, max_iter: int = 1000,
                 learning_rate: float = 1e-3, gradient_descent: bool = True) -> None:
        super().__init__(Regularization(0.0), degree, add_bias, name, max_iter, learning_rate, gradient_descent)

    def __repr__(self) -> str:
        return f"PolynomialRegression(degree={self.degree})"


class PolynomialRidgeRegression(PenalisedRegression):
    r"""Ridge regression on products of features.

    .. math:: \frac{1}{2} |Φ(X) W - Y|^2 + \frac{α}{2} |W|^2 → \min

    Parameters
    ----------
    alpha : float
        The weight α of the penalty, at least 0.
    degree : int
        The degree of the features Φ.
    name, add_bias, max_iter, learning_rate, gradient_descent
        See `PolynomialRegression`.

    Warns
    -----
    UserWarning
        When the weights have not settled after ``max_iter`` steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.asarray([[1.], [2.]])
    >>> bp.algorithms.PolynomialRidgeRegression(alpha=1., degree=1)(3 * x, x).round(2).tolist()
    [[2.5]]
    """

    def __init__(self, alpha: float = 1.0, degree: int = 2, name: str | None = None, add_bias: bool = False,
                 max_iter: int = 1000, learning_rate: float = 1e-3, gradient_descent: bool = True) -> None:
        super().__init__(L2Regularization(alpha), degree, add_bias, name, max_iter, learning_rate, gradient_descent)


register_offline_method("lasso", LassoRegression(degree=1, name="lasso"))
register_offline_method("elastic_net", ElasticNetRegression(degree=1, name="elastic_net"))
register_offline_method("polynomial", PolynomialRegression(name="polynomial"))
register_offline_method("polynomial_ridge", PolynomialRidgeRegression(name="polynomial_ridge"))
