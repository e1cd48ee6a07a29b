"""Memory that is used again: fresh pages cost more than the computation that fills them.

An array from here looks like any other. When it and all its views are gone, its memory waits for the next array of the size.
"""
from __future__ import annotations

import math
import os
import weakref
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

__all__ = ["Pool"]

_PAGE = 1 << 12


class _Lease:
    """What an array's memory hangs on; when it goes, the memory comes back."""

    __slots__ = ("__array_interface__", "__weakref__", "pool")

    def __init__(self, pool: Pool, memory: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.pool = pool
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": dtype.str, "data": (memory.ctypes.data, False)}


class Pool:
    """Arrays whose memory waits for the next ones.

    Parameters
    ----------
    allocate : callable
        Gives so many bytes, as an array of uint8.
    kept_from : int
        Below so many bytes, memory is not kept.
    """

    def __init__(self, allocate: Callable[[int], np.ndarray], kept_from: int = 0) -> None:
        self.allocate, self.kept_from = allocate, kept_from
        self._idle: dict[int, deque[np.ndarray]] = {}

    def empty(self, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        """An array whose elements are anything, as ``numpy.empty`` gives."""
        dtype = np.dtype(dtype)
        size = math.prod(shape) * dtype.itemsize
        if size < self.kept_from:
            return self.allocate(size).view(dtype).reshape(shape)
        size = max(1, -(-size // _PAGE)) * _PAGE
        try:
            memory = self._idle[size].pop()
        except (KeyError, IndexError):
            memory = self.allocate(size)
        lease = _Lease(self, memory, shape, dtype)
        weakref.finalize(lease, self._give_back, memory).atexit = False
        return np.asarray(lease)

    def owns(self, array: np.ndarray) -> bool:
        """Whether the memory of an array, or of what it is a view of, comes from here."""
        base: Any = array
        while isinstance(base, np.ndarray):
            base = base.base
        return isinstance(base, _Lease) and base.pool is self

    def idle_bytes(self) -> int:
        """How much memory waits."""
        return sum(size * len(waiting) for size, waiting in list(self._idle.items()))

    def let_go(self) -> None:
        """Give back all that waits."""
        self._idle.clear()

    def _give_back(self, memory: np.ndarray) -> None:
        """Keep memory for later; where too much waits, all of it is let go. Runs wherever the last reference goes."""
        if self.idle_bytes() + memory.nbytes > _most():
            self.let_go()
        self._idle.setdefault(memory.nbytes, deque()).append(memory)


@cache
def _most() -> int:
    """An eighth of the machine's memory, or 1 GiB where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 8
    except (AttributeError, ValueError, OSError):
        return 1 << 30
