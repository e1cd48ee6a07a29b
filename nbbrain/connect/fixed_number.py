"""Connections by chance whose number of synapses is given: for every neuron, or in total."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.connect.chance import RandomConnector, check_count, check_ratio, draw_partners, draw_subset
from nbbrain.connect.regular import check_self
from nbbrain.connect.structures import INDEX, Pair, counts2pointers, csr2csc
from nbbrain.errors import ConnectorError
from nbbrain.sizes import size2num

__all__ = ["FixedPostNum", "FixedPreNum", "FixedTotalNum"]


class _FixedNumber(RandomConnector):
    """A number of synapses, or, as a float, the part of those that there could be."""

    def __init__(self, num: float, seed: int | None, allow_multi_conn: bool, **kwargs: Any) -> None:
        self.num = check_ratio("num", num) if isinstance(num, (float, np.floating)) else check_count("num", num)
        self.allow_multi_conn = allow_multi_conn
        super().__init__(seed, **kwargs)

    def _count(self, most: int, of: str) -> int:
        """The number of synapses, where there could be so many."""
        count = int(self.num * most) if isinstance(self.num, float) else self.num
        if count > most and (most == 0 or not self.allow_multi_conn):
            raise ConnectorError(f"{type(self).__name__} cannot draw {count} of {most} {of}.")
        return count


class _FixedPartners(_FixedNumber):
    """Every neuron of one population has as many partners in the other."""

    def __init__(self, num: float, include_self: bool = True, allow_multi_conn: bool = False, seed: int | None = None,
                 **kwargs: Any) -> None:
        self.include_self = include_self
        super().__init__(num, seed, allow_multi_conn, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for populations that are too small, or where ``include_self=False`` has no meaning."""
        check_self(self.include_self, pre_size, post_size)
        self._count(self._others(size2num(self._source(pre_size, post_size))), "neurons")

    def _source(self, pre: Any, post: Any) -> Any:
        """What belongs to the population of which partners are drawn."""
        raise NotImplementedError

    def _others(self, number: int) -> int:
        return number if self.include_self else max(number - 1, 0)

    def _draw(self, neurons: int, number: int) -> Pair:
        """The partners, among a number of neurons, of every one of some neurons."""
        among = self._others(number)
        count = self._count(among, "neurons")
        partners, counts = draw_partners(self.generator(), np.full(neurons, count), among, self.allow_multi_conn)
        if not self.include_self:  # the number of whoever comes after oneself is one higher
            table = partners.reshape(neurons, count)
            table += table >= np.arange(neurons, dtype=INDEX)[:, None]
        return partners, counts2pointers(counts)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(num={self.num}, include_self={self.include_self}, "
                f"allow_multi_conn={self.allow_multi_conn}, seed={self.seed})")


class FixedPreNum(_FixedPartners):
    """Every post-synaptic neuron has as many pre-synaptic partners, drawn by chance.

    Parameters
    ----------
    num : int or float
        How many; a float in [0, 1] is the part of those there are (rounded down).
    include_self : bool
        Whether neuron i may be connected to neuron i. Without, the partners are drawn among all others.
    allow_multi_conn : bool
        Whether partners are drawn with replacement, so that one pair may have several synapses.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When the number is none or more than there are, or ``include_self=False`` is asked for between populations of
        different sizes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> connection = bp.conn.FixedPreNum(3, seed=1)(pre_size=10, post_size=4)
    >>> connection.require('conn_mat').sum(axis=0).tolist()
    [3, 3, 3, 3]
    """

    def _source(self, pre: Any, post: Any) -> Any:
        return pre

    def build_csr(self) -> Pair:
        """Draw the partners of every post-synaptic neuron, and sort them by pre-synaptic neuron."""
        pre_num, post_num = self._numbers()
        partners: Pair = csr2csc(self._draw(post_num, pre_num), pre_num)
        return partners


class FixedPostNum(_FixedPartners):
    """Every pre-synaptic neuron has as many post-synaptic partners, drawn by chance.

    Parameters
    ----------
    num : int or float
        How many; a float in [0, 1] is the part of those there are (rounded down).
    include_self : bool
        Whether neuron i may be connected to neuron i. Without, the partners are drawn among all others.
    allow_multi_conn : bool
        Whether partners are drawn with replacement, so that one pair may have several synapses.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When the number is none or more than there are, or ``include_self=False`` is asked for between populations of
        different sizes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> connection = bp.conn.FixedPostNum(0.5, seed=1)(pre_size=4, post_size=10)
    >>> connection.require('conn_mat').sum(axis=1).tolist()
    [5, 5, 5, 5]
    """

    def _source(self, pre: Any, post: Any) -> Any:
        return post

    def build_csr(self) -> Pair:
        """Draw the partners of every pre-synaptic neuron, in ascending order."""
        return self._draw(*self._numbers())


class FixedTotalNum(_FixedNumber):
    """A number of synapses between any neurons, drawn by chance.

    Parameters
    ----------
    num : int or float
        How many; a float in [0, 1] is the part of all pairs (rounded down).
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    allow_multi_conn : bool
        Whether pairs are drawn with replacement, so that one pair may have several synapses.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When the number is none, or more than there are pairs.

    Examples
    --------
    >>> import nbbrain as bp
    >>> int(bp.conn.FixedTotalNum(7, seed=1)(pre_size=4, post_size=10).require('conn_mat').sum())
    7
    """

    def __init__(self, num: float, seed: int | None = None, allow_multi_conn: bool = False, **kwargs: Any) -> None:
        super().__init__(num, seed, allow_multi_conn, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for populations that are too small."""
        self._count(size2num(pre_size) * size2num(post_size), "pairs")

    def build_coo(self) -> Pair:
        """Draw the pairs, in the order of the rows of a matrix."""
        pre_num, post_num = self._numbers()
        pairs, generator = pre_num * post_num, self.generator()
        count = self._count(pairs, "pairs")
        drawn = (np.sort(generator.integers(pairs, size=count)) if self.allow_multi_conn and count
                 else draw_subset(generator, count, pairs))
        pre_ids = (drawn // max(post_num, 1)).astype(INDEX)
        return pre_ids, (drawn - pre_ids * drawn.dtype.type(post_num)).astype(INDEX)

    def __repr__(self) -> str:
        return f"FixedTotalNum(num={self.num}, seed={self.seed}, allow_multi_conn={self.allow_multi_conn})"
