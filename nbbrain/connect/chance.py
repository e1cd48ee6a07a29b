"""What connectors that draw have in common: their random numbers, and partners drawn for many neurons at once."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.connect.base import TwoEndConnector
from nbbrain.connect.structures import INDEX
from nbbrain.errors import ConnectorError

__all__ = ["RandomConnector", "check_count", "check_ratio", "draw_distinct", "draw_partners", "draw_subset",
           "is_among"]

_NOTHING = np.zeros((2, 0), dtype=np.int64)
_AT_ONCE = 1 << 19  # numbers: drawn, sorted and compared while they are in the processor's cache


class RandomConnector(TwoEndConnector):
    """A connection drawn by chance.

    Parameters
    ----------
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        self.seed = seed
        self.rng = bm.random.DEFAULT if seed is None else bm.random.RandomState(seed)
        super().__init__(**kwargs)

    def generator(self) -> np.random.Generator:
        """NumPy's generator for one connection, a new one in every call."""
        return np.random.default_rng(int(self.rng.randint(0, 2**31 - 1)))


def check_ratio(name: str, value: Any) -> float:
    """A number in [0, 1], or a ConnectorError."""
    if isinstance(value, (bool, str)) or np.ndim(value) != 0 or not 0 <= value <= 1:
        raise ConnectorError(f"{name} must be in [0, 1], but got {value!r}.")
    return float(value)


def check_count(name: str, value: Any, least: int = 0) -> int:
    """An integer that is not too small, or a ConnectorError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ConnectorError(f"{name} must be an integer of at least {least}, but got {value!r}.")
    return int(value)


def draw_distinct(generator: np.random.Generator, rows: int, count: int, number: int) -> np.ndarray:
    """In every row ``count`` different integers of [0, number), each choice equally likely, in ascending order.

    A row draws until all its numbers are different; what it has twice is drawn again. So the work grows with the
    numbers drawn, and not with the numbers there are.

    Returns
    -------
    ndarray of int32, or of int64 where ``number`` needs it, shape (rows, count)
    """
    dtype = INDEX if number <= np.iinfo(INDEX).max else np.dtype(np.int64)
    if 2 * count > number:  # draw who is left out
        chosen = np.ones((rows, number), dtype=bool)
        np.put_along_axis(chosen, draw_distinct(generator, rows, number - count, number).astype(np.int64), False, axis=1)
        return np.nonzero(chosen)[1].astype(dtype).reshape(rows, count)
    drawn = generator.integers(number, size=(rows, count), dtype=dtype.type)
    left = np.arange(rows)
    while left.size and count:
        part = np.sort(drawn[left], axis=1)
        drawn[left] = part
        row, column = np.divmod(np.flatnonzero(part[:, 1:] == part[:, :-1]), count - 1) if count > 1 else _NOTHING
        drawn[left[row], column + 1] = generator.integers(number, size=row.size, dtype=dtype.type)
        left = left[np.unique(row)]
    return drawn


def is_among(values: np.ndarray, ascending: np.ndarray) -> np.ndarray:
    """Which values are among others, which are in ascending order."""
    if not ascending.size:
        return np.zeros(values.shape, dtype=bool)
    found: np.ndarray = ascending[np.minimum(np.searchsorted(ascending, values), ascending.size - 1)] == values
    return found


def draw_subset(generator: np.random.Generator, count: int, number: int) -> np.ndarray:
    """``count`` different integers of [0, number), in ascending order; for as many as fill the memory.

    Returns
    -------
    ndarray of int32, or of int64 where ``number`` needs it
    """
    if 2 * count > number:  # draw who is left out
        chosen = np.ones(number, dtype=bool)
        chosen[draw_subset(generator, number - count, number)] = False
        return np.flatnonzero(chosen)
    dtype = INDEX if number <= np.iinfo(INDEX).max else np.dtype(np.int64)
    drawn = np.zeros(0, dtype)
    while drawn.size < count:
        new = np.sort(generator.integers(number, size=count - drawn.size, dtype=dtype.type))
        new = new[np.append(True, new[1:] != new[:-1])]
        fresh = new[~is_among(new, drawn)]
        drawn = np.insert(drawn, np.searchsorted(drawn, fresh), fresh) if drawn.size else fresh
    return drawn


def draw_partners(generator: np.random.Generator, counts: np.ndarray, number: int, replace: bool = False,
                  without: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Partners among ``number`` neurons, for several neurons; those of one are in ascending order.

    Parameters
    ----------
    generator : Generator
        Where random numbers come from.
    counts : ndarray of int, shape (neurons,)
        How many partners each draws; they differ by 1 at most.
    number : int
        How many neurons there are to draw from.
    replace : bool
        Whether one may be drawn several times.
    without : ndarray of int, shape (neurons,), optional
        A partner to drop after the draw, for each.

    Returns
    -------
    partners : ndarray of int32, shape (sum of counts,)
        The partners of all neurons, one after another.
    counts : ndarray of int
        How many each has.
    """
    partners = np.empty(int(counts.sum()), dtype=INDEX)
    counts, most, filled = counts.copy(), int(counts.max(initial=0)), 0
    at_once = max(1, _AT_ONCE // max(most, 1))
    for start in range(0, counts.size if most else 0, at_once):
        part = counts[start:start + at_once]  # a view
        drawn = (np.sort(generator.integers(number, size=(part.size, most), dtype=INDEX.type), axis=1) if replace
                 else draw_distinct(generator, part.size, most, number))
        keep = np.ones(drawn.shape, dtype=bool)
        fewer = np.flatnonzero(part < most)
        keep[fewer, generator.integers(most, size=fewer.size)] = False  # any part of a fair choice is one
        if without is not None:
            keep &= drawn != without[start:start + at_once, None]
        part[:] = keep.sum(axis=1)
        kept = drawn.reshape(-1) if keep.all() else drawn[keep]
        partners[filled:filled + kept.size] = kept
        filled += kept.size
    return partners[:filled], counts
