"""Gradients between their computation and the optimizer: norms, clipping, sums over batches."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.train.callbacks import Callback, Fit

__all__ = ["ClipGradients", "MeanGradients", "global_norm", "norms"]


def norms(gradients: Mapping[str, Any]) -> dict[str, float]:
    """The Euclidean norm of every gradient. It is finite where, and only where, all elements are."""
    return {key: _norm(np.asarray(gradient)) for key, gradient in gradients.items()}


def _norm(gradient: np.ndarray) -> float:
    flat = gradient.reshape(-1)
    square = float(np.einsum("i,i->", flat, flat))  # one pass in one order, whatever the number of threads
    if not 1e-30 < square < math.inf and flat.size:  # a sum of squares leaves the range of float32 long before a gradient
        largest = float(np.max(np.abs(flat)))
        if not 0 < largest < math.inf:
            return largest
        return largest * float(np.sqrt(np.sum(np.square(flat / largest), dtype=np.float64)))
    return math.sqrt(square)


def global_norm(of_each: Mapping[str, float]) -> float:
    """The norm of all gradients together, of the norm of each."""
    return math.hypot(*of_each.values())


class MeanGradients:
    """The mean of the gradients of several batches.

    Parameters
    ----------
    count : int
        Of how many.
    """

    def __init__(self, count: int) -> None:
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
            raise ValueError(f"accumulate must be a number of batches of at least 1, but got {count!r}.")
        self.count, self.held = int(count), 0
        self._sums: dict[str, Any] = {}

    def add(self, gradients: Mapping[str, Any]) -> None:
        """Add those of one batch."""
        self._sums = dict(gradients) if not self.held else {key: self._sums[key] + gradients[key] for key in self._sums}
        self.held += 1

    @property
    def is_complete(self) -> bool:
        """Whether they are as many as there are to be."""
        return self.held >= self.count

    def take(self) -> dict[str, Any]:
        """The mean of those that were added; then it begins anew."""
        held, self.held = self.held, 0
        sums, self._sums = self._sums, {}
        return sums if held == 1 else {key: total / held for key, total in sums.items()}


class ClipGradients(Callback):
    r"""Keeps gradients from being too large, before every update.

    With ``norm`` all gradients are scaled by one factor (Pascanu, Mikolov & Bengio, 2013, "On the difficulty of training
    recurrent neural networks"),

    .. math:: g \leftarrow g \min\left(1, \frac{c}{\|g\|}\right), \qquad \|g\|^2 = \sum_i g_i^2,

    where the sum is over the elements of all of them. With ``value`` every element is moved into [-value, value].

    Parameters
    ----------
    norm : float, optional
        The largest norm.
    value : float, optional
        The largest absolute value of an element.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.train.ClipGradients(norm=1.)
    ClipGradients(norm=1.0, value=None)
    """

    def __init__(self, norm: float | None = None, value: float | None = None) -> None:
        if norm is not None and value is not None:
            raise ValueError("give clip_norm or clip_value, not both.")
        for name, limit in (("clip_norm", norm), ("clip_value", value)):
            if limit is not None and not (isinstance(limit, (int, float, np.number)) and 0 < limit < math.inf):
                raise ValueError(f"{name} must be a positive number, but got {limit!r}.")
        self.norm, self.value = norm, value

    def on_update(self, fit: Fit) -> None:
        """Clip the gradients that the optimizer is about to take."""
        if self.norm is not None:
            total = global_norm(norms(fit.gradients))  # other callbacks may have changed them
            if total > self.norm:
                fit.gradients = {key: gradient * (self.norm / total) for key, gradient in fit.gradients.items()}
        elif self.value is not None:
            fit.gradients = {key: bm.clip(gradient, -self.value, self.value) for key, gradient in fit.gradients.items()}

    def __repr__(self) -> str:
        return f"ClipGradients(norm={self.norm}, value={self.value})"
