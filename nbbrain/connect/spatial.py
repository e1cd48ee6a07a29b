"""Connections by chance whose probability depends on where neurons lie."""
from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nbbrain.connect.base import OneEndConnector
from nbbrain.connect.chance import RandomConnector, check_ratio
from nbbrain.connect.grid import neighbours, offsets_up_to, place_of
from nbbrain.connect.structures import INDEX, Pair
from nbbrain.errors import ConnectorError
from nbbrain.initialize.decay import distances
from nbbrain.sizes import size2num

__all__ = ["GaussianProb", "ProbDist"]

_AT_ONCE = 1 << 20  # pairs


def _parts(number: int, pairs_of_one: int) -> Iterator[slice]:
    """Neurons, so many at once that their pairs do not need much memory."""
    step = max(1, _AT_ONCE // max(pairs_of_one, 1))
    return (slice(start, min(start + step, number)) for start in range(0, number, step))


def _joined(parts: list[Pair]) -> Pair:
    empty = np.zeros(0, dtype=INDEX)
    return np.concatenate([empty, *[pre for pre, _ in parts]]), np.concatenate([empty, *[post for _, post in parts]])


class GaussianProb(RandomConnector, OneEndConnector):
    r"""Neurons of one population, with a probability that falls off with the distance as a Gaussian.

    .. math:: p = \exp(-d^2 / 2 \sigma^2)

    Parameters
    ----------
    sigma : float
        The width, in the unit of ``encoding_values``.
    encoding_values : (float, float) or sequence of (float, float), optional
        What the neurons encode along every axis of the population, at equal distances from the first value up to, and
        without, the second; by default their index.
    normalize : bool
        Accepted for compatibility: the probability is 1 at distance 0, normalized or not.
    include_self : bool
        Whether neuron i may be connected to neuron i.
    periodic_boundary : bool
        Whether the two ends of every axis meet.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When sigma is not positive.

    Examples
    --------
    >>> import nbbrain as bp
    >>> matrix = bp.conn.GaussianProb(sigma=2., seed=1)(100).require('conn_mat')
    >>> bool(matrix[0, 0]), bool(matrix[0, 20:].any())
    (True, False)
    """

    def __init__(self, sigma: float, encoding_values: Any = None, normalize: bool = True, include_self: bool = True,
                 periodic_boundary: bool = False, seed: int | None = None, **kwargs: Any) -> None:
        if not sigma > 0:
            raise ConnectorError(f"sigma must be positive, but got {sigma!r}.")
        self.sigma, self.encoding_values, self.normalize = float(sigma), encoding_values, normalize
        self.include_self, self.periodic_boundary = include_self, periodic_boundary
        super().__init__(seed, **kwargs)

    def build_coo(self) -> Pair:
        """Draw the pairs, in the order of the rows of a matrix."""
        assert self.pre_size is not None
        number, generator, pairs = size2num(self.pre_size), self.generator(), []
        for rows in _parts(number, number):
            apart = distances(self.pre_size, self.encoding_values, self.periodic_boundary, rows)
            connected = generator.random(apart.shape) < np.exp(-0.5 * (apart / self.sigma) ** 2)
            if not self.include_self:
                connected[np.arange(len(connected)), np.arange(number)[rows]] = False
            pre_ids, post_ids = np.nonzero(connected)
            pairs.append(((pre_ids + rows.start).astype(INDEX), post_ids.astype(INDEX)))
        return _joined(pairs)

    def __repr__(self) -> str:
        return (f"GaussianProb(sigma={self.sigma}, include_self={self.include_self}, "
                f"periodic_boundary={self.periodic_boundary}, seed={self.seed})")


class ProbDist(RandomConnector):
    """Neurons on two grids that are not further apart than a distance, with one probability.

    The grids cover the same space: along an axis with n pre- and m post-synaptic neurons, pre-synaptic neuron i lies
    at ``i * m / n``, where post-synaptic neuron j lies at j. Distances are Euclidean.

    Parameters
    ----------
    dist : float
        The largest distance, itself included, in steps of the post-synaptic grid.
    prob : float
        The probability that a pair within the distance is connected, in [0, 1].
    pre_ratio : float
        The part of the pre-synaptic neurons, drawn by chance, that have partners at all, in [0, 1].
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    include_self : bool
        Whether neurons at the same place may be connected.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When an argument is out of range, or the two populations have different numbers of axes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.ProbDist(dist=1, include_self=False)(4, 4).require('conn_mat').astype(int).tolist()
    [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    """

    def __init__(self, dist: float = 1, prob: float = 1.0, pre_ratio: float = 1.0, seed: int | None = None,
                 include_self: bool = True, **kwargs: Any) -> None:
        if not 0 <= dist < math.inf:
            raise ConnectorError(f"dist must be a number of at least 0, but got {dist!r}.")
        self.dist, self.prob, self.pre_ratio = dist, check_ratio("prob", prob), check_ratio("pre_ratio", pre_ratio)
        self.include_self = include_self
        super().__init__(seed, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for grids with different numbers of axes."""
        if len(pre_size) != len(post_size):
            raise ConnectorError(f"ProbDist needs two grids with as many axes, but got the sizes {pre_size} and "
                                 f"{post_size}.")

    def build_coo(self) -> Pair:
        """Draw the pairs, sorted by pre-synaptic neuron."""
        assert self.pre_size is not None and self.post_size is not None
        number, generator = size2num(self.pre_size), self.generator()
        pre = np.sort(generator.choice(number, round(number * self.pre_ratio), replace=False))
        centres = place_of(pre, self.pre_size) * np.divide(self.post_size, np.maximum(self.pre_size, 1))
        nearest = np.rint(centres).astype(np.int64)
        offsets = offsets_up_to(math.floor(self.dist + 0.5), len(self.post_size))
        pairs = []
        for part in _parts(pre.size, len(offsets)):
            ids, inside = neighbours(nearest[part], offsets, self.post_size)
            square = sum((nearest[part, axis, None] + offsets[:, axis] - centres[part, axis, None]) ** 2
                         for axis in range(len(self.post_size)))
            inside &= (square <= self.dist**2 + 1e-9) & (self.include_self | (square > 1e-18))
            inside[inside] = generator.random(int(inside.sum())) < self.prob
            rows, _ = np.nonzero(inside)
            pairs.append((pre[part][rows].astype(INDEX), ids[inside].astype(INDEX)))
        return _joined(pairs)

    def __repr__(self) -> str:
        return (f"ProbDist(dist={self.dist}, prob={self.prob}, pre_ratio={self.pre_ratio}, seed={self.seed}, "
                f"include_self={self.include_self})")
