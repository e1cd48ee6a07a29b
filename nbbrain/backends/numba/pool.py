"""Memory that is used again: fresh pages cost more than the computation that fills them.

An array from here looks like any other. When it and all its views are gone, its memory waits for the next array of the size.
"""
from __future__ import annotations

import math
import os
import weakref
from collections import deque
from typing import Any

import numpy as np

__all__ = ["empty", "idle_bytes"]

_SMALL = 1 << 16
"""Below so many bytes, memory is not kept."""
_PAGE = 1 << 12
_LINE = 1 << 6
"""Bytes of a cache line, which a vector should not cross."""
_idle: dict[int, deque[np.ndarray]] = {}


class _Lease:
    """What an array's memory hangs on; when it goes, the memory comes back."""

    __slots__ = ("__array_interface__", "__weakref__")

    def __init__(self, memory: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.__array_interface__ = {"version": 3, "shape": shape, "typestr": dtype.str, "data": (memory.ctypes.data, False)}


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array whose elements are anything, as ``numpy.empty`` gives."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size < _SMALL:
        return _aligned(size).view(dtype).reshape(shape)
    size = -(-size // _PAGE) * _PAGE
    try:
        memory = _idle[size].pop()
    except (KeyError, IndexError):
        memory = _aligned(size)
    lease = _Lease(memory, shape, dtype)
    weakref.finalize(lease, _give_back, memory).atexit = False
    return np.asarray(lease)


def _aligned(size: int) -> np.ndarray:
    memory = np.empty(size + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    return memory[start:start + size]


def idle_bytes() -> int:
    """How much memory waits."""
    return sum(size * len(waiting) for size, waiting in list(_idle.items()))


def _give_back(memory: np.ndarray) -> None:
    """Keep memory for later; where too much waits, all that waits is let go. Runs wherever the last reference goes."""
    if idle_bytes() + memory.nbytes > _most():
        _idle.clear()
    _idle.setdefault(memory.nbytes, deque()).append(memory)


def _most() -> int:
    """An eighth of the machine's memory, or 1 GiB where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 8
    except (AttributeError, ValueError, OSError):
        return 1 << 30
