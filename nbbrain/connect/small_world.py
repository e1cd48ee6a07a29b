"""Small worlds: rings of which some connections lead elsewhere."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.connect.base import OneEndConnector
from nbbrain.connect.chance import RandomConnector, check_count, check_ratio, is_among
from nbbrain.connect.structures import INDEX, Pair
from nbbrain.errors import ConnectorError
from nbbrain.sizes import size2num

__all__ = ["SmallWorld", "both_ways"]

_DRAWS = 100


def both_ways(pre_ids: np.ndarray, post_ids: np.ndarray, number: int, directed: bool) -> Pair:
    """The pairs of a graph's edges, in both directions unless it is directed, in the order of the rows of a matrix."""
    keys = pre_ids.astype(np.int64) * number + post_ids
    if not directed:
        keys = np.concatenate([keys, (post_ids.astype(np.int64) * number + pre_ids)[pre_ids != post_ids]])
    sources, targets = np.divmod(np.sort(keys), max(number, 1))
    return sources.astype(INDEX), targets.astype(INDEX)


class SmallWorld(RandomConnector, OneEndConnector):
    """A ring of neurons connected to their nearest neighbours, of which some connections are moved by chance.

    Every neuron is connected to ``num_neighbor // 2`` neurons on each side. Then every connection gets, with a
    probability, another target, drawn among all neurons that its source is not connected to yet (Watts & Strogatz,
    1998, "Collective dynamics of 'small-world' networks"). A few moved connections make paths short, while neighbours
    of a neuron still tend to be neighbours of each other.

    Parameters
    ----------
    num_neighbor : int
        How many neighbours a neuron has in the ring; one less where that is odd.
    prob : float
        The probability that a connection is moved, in [0, 1].
    directed : bool
        Whether the two directions between a pair are connections, and moved, of their own. Otherwise the matrix of the
        connection is symmetric.
    include_self : bool
        Whether a moved connection may lead back to its source.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When an argument is out of range, or there are not more neurons than neighbours.

    Notes
    -----
    A population of several axes makes one ring, in C order. A connection stays where it is if 100 draws find no target
    for it, which happens only where nearly all neurons are connected.

    Examples
    --------
    >>> import nbbrain as bp
    >>> ring = bp.conn.SmallWorld(num_neighbor=4, prob=0.)(6)
    >>> ring.require('conn_mat').astype(int).tolist()[0]
    [0, 1, 1, 0, 1, 1]
    """

    def __init__(self, num_neighbor: int, prob: float, directed: bool = False, include_self: bool = False,
                 seed: int | None = None, **kwargs: Any) -> None:
        self.num_neighbor, self.prob = check_count("num_neighbor", num_neighbor), check_ratio("prob", prob)
        self.directed, self.include_self = directed, include_self
        super().__init__(seed, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for a population that is too small."""
        super().check_sizes(pre_size, post_size)
        if size2num(pre_size) <= self.num_neighbor:
            raise ConnectorError(f"SmallWorld needs more neurons than neighbours, but num_neighbor is "
                                 f"{self.num_neighbor} and the population has the size {pre_size}.")

    def build_coo(self) -> Pair:
        """Make the ring, move connections, and return the pairs in the order of the rows of a matrix."""
        number, _ = self._numbers()
        generator = self.generator()
        steps = np.arange(1, self.num_neighbor // 2 + 1)
        if self.directed:
            steps = np.concatenate([steps, -steps])
        sources = np.repeat(np.arange(number), steps.size)
        targets = (sources + np.tile(steps, number)) % number
        to_move = np.flatnonzero(generator.random(sources.size) < self.prob)
        for _ in range(_DRAWS):
            if not to_move.size:
                break
            drawn = generator.integers(number, size=to_move.size)
            wanted = self._keys(sources[to_move], drawn, number)
            taken = is_among(wanted, np.sort(self._keys(sources, targets, number)))
            first = np.zeros(wanted.size, dtype=bool)
            first[np.unique(wanted, return_index=True)[1]] = True
            free = first & ~taken & (self.include_self | (drawn != sources[to_move]))
            targets[to_move[free]] = drawn[free]
            to_move = to_move[~free]
        return both_ways(sources, targets, number, self.directed)

    def _keys(self, sources: np.ndarray, targets: np.ndarray, number: int) -> np.ndarray:
        """One number for every connection; without directions, the same for both of a pair."""
        if self.directed:
            return sources * number + targets
        return np.minimum(sources, targets) * number + np.maximum(sources, targets)

    def __repr__(self) -> str:
        return (f"SmallWorld(num_neighbor={self.num_neighbor}, prob={self.prob}, directed={self.directed}, "
                f"include_self={self.include_self}, seed={self.seed})")
