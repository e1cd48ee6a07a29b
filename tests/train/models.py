"""Small models whose outputs and gradients are known in closed form."""
from __future__ import annotations

import numpy as np

import nbbrain as bp
import nbbrain.math as bm


class Sum(bp.DynamicalSystemNS):
    """Adds up what it gets, times a weight per feature: after step t it returns w (x_0 + ... + x_t)."""

    def __init__(self, size=2, w=1., **options):
        super().__init__(**options)
        self.size = size
        self.w = bm.TrainVar(bm.full((size,), w, dtype=bm.float_))
        self.total = bm.Variable(bm.zeros((1, size), dtype=bm.float_), batch_axis=0)

    def reset_state(self, batch_size=None):
        self.total.value = bm.zeros((batch_size or self.total.shape[0], self.size), dtype=bm.float_)

    def update(self, x):
        self.total.value = self.total + self.w * x
        return self.total.value


class Clock(bp.DynamicalSystemNS):
    """Returns t, i and dt as it is told them, one row a sample."""

    def reset_state(self, batch_size=None):
        """There is no state."""

    def update(self, x):
        told = [bp.share.load(key) * bm.ones_like(x[:, 0]) for key in ("t", "i", "dt")]
        return bm.stack(told, axis=-1)


class Shared(bp.DynamicalSystemNS):
    """Returns its input times the shared argument ``gain``."""

    def reset_state(self, batch_size=None):
        """There is no state."""

    def update(self, x):
        return x * bp.share.load("gain")


def sum_losses(x, y, w, rate, updates):
    """The mean squared errors of `Sum` in gradient descent on one batch, by its formulas, and the last weights."""
    sums, losses = np.cumsum(x, axis=1), []
    for _ in range(updates):
        error = w * sums - y
        losses.append(np.mean(error ** 2))
        w = w - rate * 2 / error.size * np.sum(error * sums, axis=(0, 1))
    return np.array(losses), w
