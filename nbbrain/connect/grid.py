"""Connections of neurons that lie on a grid with their neighbours."""
from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from nbbrain.connect.base import OneEndConnector
from nbbrain.connect.chance import check_count
from nbbrain.connect.structures import INDEX, Pair, counts2pointers

__all__ = ["GridEight", "GridFour", "GridN", "neighbours", "offsets_up_to", "place_of"]


def place_of(ids: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Where neurons lie on a grid, shape (neurons, axes); neurons count in C order."""
    return np.stack(np.unravel_index(ids, size), axis=-1)


def offsets_up_to(distance: int, axes: int) -> np.ndarray:
    """All places of a grid around the origin at most so far away along every axis, shape (places, axes)."""
    steps = range(-distance, distance + 1)
    return np.array(list(itertools.product(steps, repeat=axes)), dtype=np.int64).reshape(-1, axes)[:, ::-1]


def neighbours(places: np.ndarray, offsets: np.ndarray, size: tuple[int, ...],
               periodic: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Who lies at every one of some offsets from every one of some places of a grid.

    Returns
    -------
    ids : ndarray of int, shape (places, offsets)
        The neurons.
    inside : ndarray of bool, shape (places, offsets)
        Whether there is one at all; if not, the number in ``ids`` has no meaning.
    """
    ids = np.zeros((len(places), len(offsets)), dtype=np.int64)
    inside = np.ones(ids.shape, dtype=bool)
    for axis, length in enumerate(size):
        along = places[:, axis, None] + offsets[None, :, axis]
        if periodic:
            along %= length
        else:
            inside &= (along >= 0) & (along < length)
        ids = ids * length + along
    return ids, inside


class _Grid(OneEndConnector):
    """A connection with the neurons at some offsets."""

    def __init__(self, include_self: bool = False, periodic_boundary: bool = False, **kwargs: Any) -> None:
        self.include_self, self.periodic_boundary = include_self, periodic_boundary
        super().__init__(**kwargs)

    def offsets(self, axes: int) -> np.ndarray:
        """The offsets of the neighbours, and of the neuron itself, shape (places, axes)."""
        raise NotImplementedError

    def build_csr(self) -> Pair:
        """The neighbours of every neuron."""
        assert self.pre_size is not None
        number, _ = self._numbers()
        offsets = self.offsets(len(self.pre_size))
        if not self.include_self:
            offsets = offsets[offsets.any(axis=1)]
        me = np.arange(number)
        ids, inside = neighbours(place_of(me, self.pre_size), offsets, self.pre_size, self.periodic_boundary)
        reach = 1 + 2 * int(np.abs(offsets).max(initial=0))
        if self.periodic_boundary and any(length < reach for length in self.pre_size):  # two ways to one neuron
            ids = np.sort(ids, axis=1)
            inside[:, 1:] = ids[:, 1:] != ids[:, :-1]
            inside &= self.include_self | (ids != me[:, None])
        return ids[inside].astype(INDEX), counts2pointers(inside.sum(axis=1))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(include_self={self.include_self}, periodic_boundary={self.periodic_boundary})"


class GridFour(_Grid):
    """Every neuron of a grid with its nearest neighbours: two along every axis, so four in a plane.

    Parameters
    ----------
    include_self : bool
        Whether a neuron is connected to itself, too.
    periodic_boundary : bool
        Whether the two ends of every axis meet.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.GridFour()((2, 2)).require('conn_mat').astype(int).tolist()
    [[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]]
    """

    def offsets(self, axes: int) -> np.ndarray:
        """One step along one axis, or none."""
        around = offsets_up_to(1, axes)
        return around[np.abs(around).sum(axis=1) <= 1]


class GridN(_Grid):
    """Every neuron of a grid with all neighbours that are at most N steps away along every axis.

    In a plane these are the ``(2 N + 1)**2 - 1`` other neurons of a square.

    Parameters
    ----------
    N : int
        The number of steps.
    include_self : bool
        Whether a neuron is connected to itself, too.
    periodic_boundary : bool
        Whether the two ends of every axis meet.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Raises
    ------
    ConnectorError
        When N is no integer of at least 1.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.GridN(N=2)(5).require('conn_mat').sum(axis=1).tolist()
    [2, 3, 4, 3, 2]
    """

    def __init__(self, N: int = 1, include_self: bool = False, periodic_boundary: bool = False, **kwargs: Any) -> None:
        self.N = check_count("N", N, 1)
        super().__init__(include_self, periodic_boundary, **kwargs)

    def offsets(self, axes: int) -> np.ndarray:
        """All offsets of at most N steps along every axis."""
        return offsets_up_to(self.N, axes)

    def __repr__(self) -> str:
        return (f"GridN(N={self.N}, include_self={self.include_self}, "
                f"periodic_boundary={self.periodic_boundary})")


class GridEight(_Grid):
    """Every neuron of a grid with all neighbours at most one step away along every axis: eight in a plane.

    Parameters
    ----------
    include_self : bool
        Whether a neuron is connected to itself, too.
    periodic_boundary : bool
        Whether the two ends of every axis meet.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.GridEight(periodic_boundary=True)((4, 4)).require('conn_mat').sum(axis=1).tolist() == [8] * 16
    True
    """

    def offsets(self, axes: int) -> np.ndarray:
        """All offsets of at most one step along every axis."""
        return offsets_up_to(1, axes)
