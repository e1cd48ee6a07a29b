"""Networks that grow neuron by neuron, each connected to those that have many connections already."""
from __future__ import annotations

import random
from abc import abstractmethod
from typing import Any

import numpy as np

from nbbrain.connect.base import OneEndConnector
from nbbrain.connect.chance import RandomConnector, check_count, check_ratio
from nbbrain.connect.small_world import both_ways
from nbbrain.connect.structures import Pair
from nbbrain.errors import ConnectorError
from nbbrain.sizes import size2num

__all__ = ["PowerLaw", "ScaleFreeBA", "ScaleFreeBADual"]


class _Growing(RandomConnector, OneEndConnector):
    """A network that begins with one neuron connected to ``first`` others, and grows by one neuron at a time.

    Whom a neuron is connected to depends on all choices before, so this is a loop over neurons; it takes a few
    microseconds for each.

    ``ends`` holds every neuron once for every connection it has, so that one drawn from it is drawn in proportion to
    its number of connections.
    """

    def __init__(self, first: int, directed: bool, seed: int | None, **kwargs: Any) -> None:
        self.first, self.directed = first, directed
        super().__init__(seed, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for a population that is too small."""
        super().check_sizes(pre_size, post_size)
        if size2num(pre_size) <= self.first:
            raise ConnectorError(f"{self!r} needs at least {self.first + 1} neurons, but the population has the size "
                                 f"{pre_size}.")

    @abstractmethod
    def partners(self, ends: list[int], draw: random.Random) -> set[int]:
        """Whom the next neuron is connected to."""

    def begin(self) -> None:
        """Forget what was grown before."""

    def added(self, neuron: int, partners: set[int]) -> None:
        """Take note of a neuron and its partners."""

    def build_coo(self) -> Pair:
        """Let the network grow, and return the pairs in the order of the rows of a matrix."""
        number, _ = self._numbers()
        draw = random.Random(int(self.generator().integers(2**63)))
        ends: list[int] = []
        targets: list[int] = []
        counts = np.zeros(number, dtype=np.int64)
        self.begin()
        for neuron in range(self.first, number):
            partners = self.partners(ends, draw) if ends else set(range(self.first))
            targets.extend(partners)
            ends.extend(partners)
            ends.extend([neuron] * len(partners))
            counts[neuron] = len(partners)
            self.added(neuron, partners)
        return both_ways(np.repeat(np.arange(number), counts), np.array(targets, dtype=np.int64), number, self.directed)


def _preferred(ends: list[int], count: int, draw: random.Random) -> set[int]:
    """Different neurons, each drawn in proportion to its number of connections."""
    chosen: set[int] = set()
    while len(chosen) < count:
        chosen.add(ends[int(draw.random() * len(ends))])
    return chosen


class ScaleFreeBA(_Growing):
    r"""A scale-free network: every new neuron is connected to m others, in proportion to their connections.

    The number of connections of a neuron is distributed as :math:`p(k) = 2 m (m + 1) / (k (k + 1) (k + 2))`, about
    :math:`k^{-3}`, so that there are a few neurons with very many (Barabasi & Albert, 1999, "Emergence of scaling in
    random networks"; Dorogovtsev, Mendes & Samukhin, 2000, "Structure of growing networks with preferential linking").

    Parameters
    ----------
    m : int
        How many connections a new neuron makes.
    directed : bool
        Whether connections lead from the newer neuron to the older one only. Otherwise they lead both ways.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When m is no integer of at least 1, or there are not more than m neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> matrix = bp.conn.ScaleFreeBA(m=2, directed=True, seed=1)(100).require('conn_mat')
    >>> matrix.sum(axis=1).tolist() == [0, 0] + [2] * 98
    True
    """

    def __init__(self, m: int, directed: bool = False, seed: int | None = None, **kwargs: Any) -> None:
        self.m = check_count("m", m, 1)
        super().__init__(self.m, directed, seed, **kwargs)

    def partners(self, ends: list[int], draw: random.Random) -> set[int]:
        """Whom the next neuron is connected to."""
        return _preferred(ends, self.m, draw)

    def __repr__(self) -> str:
        return f"ScaleFreeBA(m={self.m}, directed={self.directed}, seed={self.seed})"


class ScaleFreeBADual(_Growing):
    """A scale-free network whose new neurons make one of two numbers of connections.

    A new neuron is connected to ``m1`` others with probability p, and otherwise to ``m2``, in proportion to their
    connections (Moshiri, 2018, "The dual-Barabasi-Albert model").

    Parameters
    ----------
    m1, m2 : int
        How many connections a new neuron makes.
    p : float
        The probability of ``m1``, in [0, 1].
    directed : bool
        Whether connections lead from the newer neuron to the older one only. Otherwise they lead both ways.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When an argument is out of range, or there are too few neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> matrix = bp.conn.ScaleFreeBADual(m1=1, m2=3, p=.5, directed=True, seed=1)(100).require('conn_mat')
    >>> sorted(set(matrix[4:].sum(axis=1).tolist()))
    [1, 3]
    """

    def __init__(self, m1: int, m2: int, p: float, directed: bool = False, seed: int | None = None,
                 **kwargs: Any) -> None:
        self.m1, self.m2, self.p = check_count("m1", m1, 1), check_count("m2", m2, 1), check_ratio("p", p)
        super().__init__(max(self.m1, self.m2), directed, seed, **kwargs)

    def partners(self, ends: list[int], draw: random.Random) -> set[int]:
        """Whom the next neuron is connected to."""
        return _preferred(ends, self.m1 if draw.random() < self.p else self.m2, draw)

    def __repr__(self) -> str:
        return f"ScaleFreeBADual(m1={self.m1}, m2={self.m2}, p={self.p}, directed={self.directed}, seed={self.seed})"


class PowerLaw(_Growing):
    """A scale-free network in which neighbours of a neuron tend to be neighbours of each other.

    A new neuron makes m connections, the first in proportion to the connections of others. Every further one leads,
    with probability p, to a neighbour of the neuron that was chosen like this last, which closes a triangle, and
    otherwise is drawn as the first (Holme & Kim, 2002, "Growing scale-free networks with tunable clustering").

    Parameters
    ----------
    m : int
        How many connections a new neuron makes.
    p : float
        The probability that a triangle is closed, in [0, 1].
    directed : bool
        Whether connections lead from the newer neuron to the older one only. Otherwise they lead both ways.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When an argument is out of range, or there are not more than m neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> int(bp.conn.PowerLaw(m=3, p=.5, seed=1)(100).require('conn_mat').sum())
    582
    """

    def __init__(self, m: int, p: float, directed: bool = False, seed: int | None = None, **kwargs: Any) -> None:
        self.m, self.p = check_count("m", m, 1), check_ratio("p", p)
        super().__init__(self.m, directed, seed, **kwargs)

    def begin(self) -> None:
        """Forget what was grown before."""
        self._neighbours: list[list[int]] = [[] for _ in range(self.first)]

    def added(self, neuron: int, partners: set[int]) -> None:
        """Keep the neighbours of every neuron."""
        self._neighbours.append(list(partners))
        for partner in partners:
            self._neighbours[partner].append(neuron)

    def partners(self, ends: list[int], draw: random.Random) -> set[int]:
        """Whom the next neuron is connected to."""
        chosen: set[int] = set()
        hub = -1
        while len(chosen) < self.m:
            if chosen and draw.random() < self.p:
                others = [neuron for neuron in self._neighbours[hub] if neuron not in chosen]
                if others:
                    chosen.add(others[int(draw.random() * len(others))])
                    continue
            hub = ends[int(draw.random() * len(ends))]
            while hub in chosen:
                hub = ends[int(draw.random() * len(ends))]
            chosen.add(hub)
        return chosen

    def __repr__(self) -> str:
        return f"PowerLaw(m={self.m}, p={self.p}, directed={self.directed}, seed={self.seed})"
