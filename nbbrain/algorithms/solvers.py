"""Weights with a penalty on their absolute values, found step by step; NumPy in double precision."""
from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

__all__ = ["coordinate_descent", "proximal_descent"]

TOLERANCE = 1e-12
"""Iterations end when the largest change of a weight is this small next to the largest weight."""


def proximal_descent(gradient: Callable[[np.ndarray], np.ndarray], scales: np.ndarray, lipschitz: float, l1: float,
                     l2: float, outputs: int, max_iter: int) -> np.ndarray:
    r"""The smallest f(W) + l1 |W|_1 + l2 / 2 |W|^2 by accelerated proximal gradient steps.

    A step is that of Beck & Teboulle (2009, "A fast iterative shrinkage-thresholding algorithm"); the momentum begins
    again where it points uphill (O'Donoghue & Candès, 2015, "Adaptive restart for accelerated gradient schemes").
    Steps have the size 1 / L, which is sure not to diverge, whatever the features are.

    Parameters
    ----------
    gradient : callable
        The gradient of f with respect to scaled weights, V = scales * W.
    scales : array, shape (features, 1)
        The norms of the features; with them the problem is as well conditioned as a diagonal can make it.
    lipschitz : float
        How much the gradient changes at most for a change of V by 1.
    l1, l2 : float
        The weights of the penalties.
    outputs, max_iter : int
        The number of columns of W, and of steps.
    """
    size = 1 / lipschitz if lipschitz > 0 else 1.0
    threshold, shrink = size * l1 / scales, 1 + size * l2 / scales**2
    v = ahead = np.zeros((len(scales), outputs))
    momentum = 1.0
    for _ in range(max_iter):
        moved = ahead - size * gradient(ahead)
        new = np.sign(moved) * np.maximum(np.abs(moved) - threshold, 0) / shrink
        change = new - v
        if np.vdot(ahead - new, change) > 0:
            momentum = 1.0
        further = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / further * change
        settled = max(abs(change).max(), abs(ahead - new).max()) <= TOLERANCE * abs(new).max()
        v, momentum = new, further
        if settled:
            return v / scales
    _warn(max_iter)
    return v / scales


def coordinate_descent(x: np.ndarray, y: np.ndarray, l1: float, l2: float, max_iter: int) -> np.ndarray:
    """The smallest |x W - y|^2 / 2 + l1 |W|_1 + l2 / 2 |W|^2, one feature after the other (Friedman et al., 2007)."""
    gram, target = x.T @ x, x.T @ y
    weights = np.zeros(target.shape)
    for _ in range(max_iter):
        before = weights.copy()
        for j, curvature in enumerate(np.diag(gram)):
            if curvature > 0:
                rest = target[j] - gram[j] @ weights + curvature * weights[j]
                weights[j] = np.sign(rest) * np.maximum(np.abs(rest) - l1, 0) / (curvature + l2)
        if abs(weights - before).max() <= TOLERANCE * abs(weights).max():
            return weights
    _warn(max_iter)
    return weights


def _warn(max_iter: int) -> None:
    warnings.warn(f"the weights have not settled after max_iter={max_iter} iterations: allow more, scale the features, or "
                  f"choose gradient_descent the other way.", stacklevel=5)
