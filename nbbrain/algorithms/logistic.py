"""Logistic regression: the chance of two classes from features."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.algorithms.offline import OfflineAlgorithm, examples, register_offline_method
from nbbrain.algorithms.solvers import proximal_descent

__all__ = ["LogisticRegression"]


class LogisticRegression(OfflineAlgorithm):
    r"""Weights under which classes are most likely (Bishop, 2006, "Pattern recognition and machine learning", 4.3).

    The chance of class 1 is :math:`σ(X W)`, with :math:`σ(x) = 1 / (1 + e^{-x})`; several outputs are independent
    decisions.

    .. math:: -\sum \left(Y \log σ(X W) + (1 - Y) \log(1 - σ(X W))\right) → \min

    Parameters
    ----------
    learning_rate : float
        Accepted for compatibility: steps have the size of which it is sure that they converge.
    gradient_descent : bool
        Whether the weights are found by accelerated gradient steps, else by Newton's method (Bishop, 4.3.3).
    max_iter : int
        The largest number of steps; they end earlier when the weights have settled.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When targets are not in [0, 1], or Newton's method finds no weights: where classes can be told apart without
        error, larger weights are always better.

    Warns
    -----
    UserWarning
        When the weights have not settled after ``max_iter`` steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> x, y = bm.asarray([[1.], [1.], [1.], [1.]]), bm.asarray([[1.], [1.], [1.], [0.]])
    >>> regression = bp.algorithms.LogisticRegression()
    >>> w = regression(y, x)
    >>> regression.predict(w, x)[0].round(4).tolist()
    [0.75]
    """

    def __init__(self, learning_rate: float = 0.1, gradient_descent: bool = True, max_iter: int = 4000,
                 name: str | None = None) -> None:
        super().__init__(name)
        if not max_iter > 0:
            raise ValueError(f"max_iter must be positive, but got {max_iter!r}.")
        self.learning_rate, self.gradient_descent, self.max_iter = learning_rate, gradient_descent, max_iter

    def __call__(self, targets: Any, inputs: Any, outputs: Any = None) -> bm.Array:
        """The weights of the features, shape (features, outputs); see `OfflineAlgorithm`."""
        y, x = examples(targets, inputs)
        if y.size and not (y.min() >= 0 and y.max() <= 1):
            raise ValueError(f"targets must be in [0, 1], but got {y.min()} to {y.max()}.")
        return bm.Array(self._descend(x, y) if self.gradient_descent else self._newton(x, y))

    def predict(self, W: Any, X: Any) -> bm.Array:
        """The chance of class 1.

        Parameters
        ----------
        W : array, shape (features, outputs)
            What a call has returned.
        X : array, shape (..., features)
            Inputs.

        Returns
        -------
        Array, shape (..., outputs)
        """
        return bm.Array(_sigmoid(np.asarray(X, np.float64) @ np.asarray(W, np.float64)))

    def _descend(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(x, axis=0)
        scales = np.where(norms > 0, norms, 1.0)[:, None]
        scaled = x / scales.T
        steepest = float(np.linalg.norm(scaled, 2)) ** 2 / 4  # the slope of σ is at most 1/4
        return proximal_descent(lambda v: scaled.T @ (_sigmoid(scaled @ v) - y), scales, steepest, 0.0, 0.0, y.shape[1],
                                self.max_iter)

    def _newton(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.stack([self._newton_of_one(x, column) for column in y.T], axis=1)

    def _newton_of_one(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        weights, loss = np.zeros(x.shape[1]), np.inf
        for _ in range(min(self.max_iter, 100)):
            chance = _sigmoid(x @ weights)
            gradient, curvature = x.T @ (chance - y), (x.T * (chance * (1 - chance))) @ x
            if abs(gradient).max() <= 1e-12 * abs(x).sum():
                return weights
            step = np.linalg.lstsq(curvature, gradient)[0]
            size = 1.0
            while (new := _loss(x, y, weights - size * step)) > loss and size > 1e-10:
                size /= 2  # a step too long overshoots where σ is flat
            weights, loss = weights - size * step, new
            if loss < 1e-9 * len(y):
                raise ValueError("the classes can be told apart without error, so that no weights are the best: use "
                                 "gradient_descent=True, which ends after max_iter steps.")
        return weights

    def __repr__(self) -> str:
        return "LogisticRegression"


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -x)))


def _loss(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    scores = x @ weights
    return float(np.sum(np.logaddexp(0.0, scores) - y * scores))


register_offline_method("logistic", LogisticRegression(name="logistic"))
