"""The memory of plans on the CPU: arrays that begin at a cache line, and are used again."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.backends.pool import Pool

__all__ = ["empty"]

_SMALL = 1 << 16
"""Below so many bytes, memory is not kept."""
_LINE = 1 << 6
"""Bytes of a cache line, which a vector should not cross."""


def _aligned(size: int) -> np.ndarray:
    memory = np.empty(size + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    return memory[start:start + size]


_pool = Pool(_aligned, _SMALL)


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array whose elements are anything, as ``numpy.empty`` gives."""
    return _pool.empty(shape, dtype)
