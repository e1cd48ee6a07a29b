"""Offline algorithms: weights of a linear readout from all its inputs and targets at once."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.errors import NoImplementationError

__all__ = [
    "LinearRegression", "OfflineAlgorithm", "RidgeRegression", "examples", "get", "get_supported_offline_methods",
    "linear_regression", "register_offline_method", "ridge_regression",
]


class OfflineAlgorithm(bm.BrainPyObject):
    """Fits the weights of a linear readout; a subclass defines ``__call__``.

    Parameters
    ----------
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> import numpy as np
    >>> class LeastSquares(bp.algorithms.OfflineAlgorithm):
    ...     def __call__(self, targets, inputs, outputs=None):
    ...         return np.linalg.lstsq(np.asarray(inputs)[0], np.asarray(targets)[0])[0]
    >>> LeastSquares()(bm.asarray([[[2.], [4.]]]), bm.asarray([[[1.], [2.]]])).round(3)
    array([[2.]], dtype=float32)
    """

    def __call__(self, targets: Any, inputs: Any, outputs: Any = None) -> Any:
        """The weights that make targets of inputs.

        Parameters
        ----------
        targets : array, shape (..., outputs)
            What the readout should give; leading axes are the batch and time.
        inputs : array, shape (..., features)
            What it is given.
        outputs : array, optional
            What it gave before the fit.

        Returns
        -------
        Array, shape (features, outputs)
        """
        raise NoImplementationError(f"{type(self).__name__} must define __call__(self, targets, inputs, outputs=None).")

    def __repr__(self) -> str:
        return type(self).__name__


def examples(targets: Any, inputs: Any) -> tuple[np.ndarray, np.ndarray]:
    """Targets and inputs as matrices of float64, one row an example."""
    y, x = [np.asarray(array, np.float64) for array in (targets, inputs)]
    if min(x.ndim, y.ndim) < 2 or x.shape[:-1] != y.shape[:-1]:
        raise ValueError(f"targets and inputs must have the shapes (..., outputs) and (..., features) with the same leading "
                         f"axes, but got {y.shape} and {x.shape}.")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("targets and inputs must be finite, but they hold NaN or infinity.")
    return y.reshape(-1, y.shape[-1]), x.reshape(-1, x.shape[-1])


class RidgeRegression(OfflineAlgorithm):
    r"""Linear regression whose weights are kept small (Hoerl & Kennard, 1970).

    The weights W make :math:`|X W - Y|^2 + α |W|^2` smallest: :math:`W = (X^T X + α I)^{-1} X^T Y`. They are found in
    float64 from the factor R of the matrix with X above :math:`\sqrt{α} I`, which does not square the condition
    number as :math:`X^T X` does (Björck, 1996, "Numerical methods for least squares problems", 2.7.2).

    Parameters
    ----------
    alpha : float
        The weight α of the penalty, at least 0. All features are penalised, a constant one (the bias) too.
    beta : float, optional
        An older name of ``alpha``.
    name : str, optional
        The name.
    max_iter : int
        The number of steps of gradient descent.
    learning_rate : float
        The size of these steps.
    gradient_descent : bool
        Whether the weights are found by gradient descent from zero instead: W after ``max_iter`` steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x = bm.asarray([[[1., 0.], [0., 1.], [1., 1.]]])
    >>> bp.algorithms.RidgeRegression(alpha=1e-6)(x @ bm.asarray([[2.], [3.]]), x).round(3).tolist()
    [[2.0], [3.0]]
    """

    def __init__(self, alpha: float = 1e-7, beta: float | None = None, name: str | None = None, max_iter: int = 1000,
                 learning_rate: float = 1e-3, gradient_descent: bool = False) -> None:
        super().__init__(name)
        self.alpha = alpha if beta is None else beta
        if not self.alpha >= 0:
            raise ValueError(f"alpha must be at least 0, but got {self.alpha!r}.")
        self.max_iter, self.learning_rate, self.gradient_descent = max_iter, learning_rate, gradient_descent

    def __call__(self, targets: Any, inputs: Any, outputs: Any = None) -> bm.Array:
        """The weights that make targets of inputs; see `OfflineAlgorithm`."""
        y, x = examples(targets, inputs)
        return bm.Array((self._descend if self.gradient_descent else self._solve)(x, y))

    def _solve(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        if self.alpha <= (np.finfo(np.float64).eps * np.linalg.norm(x)) ** 2:  # no penalty, or one that is lost in x
            return np.linalg.lstsq(x, y)[0]
        features, outputs = x.shape[1], y.shape[1]
        penalty = np.hstack([np.sqrt(self.alpha) * np.eye(features), np.zeros((features, outputs))])
        r = np.asarray(np.linalg.qr(np.vstack([np.hstack([x, y]), penalty]), mode="r"))
        return np.linalg.solve(r[:features, :features], r[:features, features:])

    def _descend(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        weights = np.zeros((x.shape[1], y.shape[1]))
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(self.max_iter):
                weights -= self.learning_rate * (x.T @ (x @ weights - y) + self.alpha * weights)
        if not np.isfinite(weights).all():
            raise ValueError(f"gradient descent with learning_rate={self.learning_rate} diverges for these inputs: use a "
                             f"smaller one, or gradient_descent=False.")
        return weights

    def __repr__(self) -> str:
        return f"RidgeRegression(beta={self.alpha})"


class LinearRegression(RidgeRegression):
    """Linear regression without a penalty; of many solutions, the smallest.

    Parameters
    ----------
    name : str, optional
        The name.
    max_iter, learning_rate, gradient_descent
        See `RidgeRegression`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.algorithms.LinearRegression()(bm.asarray([[2.], [4.]]), bm.asarray([[1.], [2.]])).round(3).tolist()
    [[2.0]]
    """

    def __init__(self, name: str | None = None, max_iter: int = 1000, learning_rate: float = 1e-3,
                 gradient_descent: bool = False) -> None:
        super().__init__(0.0, name=name, max_iter=max_iter, learning_rate=learning_rate,
                         gradient_descent=gradient_descent)

    def __repr__(self) -> str:
        return "LinearRegression"


linear_regression = LinearRegression(name="linear_regression")
"""Linear regression: ``linear_regression(targets, inputs)``."""

ridge_regression = RidgeRegression(name="ridge_regression")
"""Ridge regression with ``alpha=1e-7``: ``ridge_regression(targets, inputs)``."""

_methods: dict[str, OfflineAlgorithm] = {"linear": linear_regression, "ridge": ridge_regression}


def get_supported_offline_methods() -> tuple[str, ...]:
    """The names of the registered algorithms.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.get_supported_offline_methods()
    ('linear', 'ridge', 'logistic', 'lasso', 'elastic_net', 'polynomial', 'polynomial_ridge')
    """
    return tuple(_methods)


def register_offline_method(name: str, method: OfflineAlgorithm) -> None:
    """Let trainers find an algorithm by name.

    Parameters
    ----------
    name : str
        A name that is not registered yet.
    method : OfflineAlgorithm
        The algorithm.

    Raises
    ------
    ValueError
        When the name is registered, or the method is no offline algorithm.
    """
    if name in _methods:
        raise ValueError(f"the offline method {name!r} is registered already: {_methods[name]!r}.")
    if not isinstance(method, OfflineAlgorithm):
        raise ValueError(f"an offline method must be an OfflineAlgorithm, but got {method!r}.")
    _methods[name] = method


def get(name: str) -> OfflineAlgorithm:
    """The algorithm of a name.

    Raises
    ------
    ValueError
        For a name that is not registered.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.algorithms.offline.get('ridge')
    RidgeRegression(beta=1e-07)
    """
    if name not in _methods:
        raise ValueError(f"an offline method must be one of {', '.join(_methods)}, but got {name!r}.")
    return _methods[name]
