"""Memory that the processor and the device reach under the same addresses (CUDA's unified memory).

Results are ordinary NumPy arrays in it. As long as nothing on the processor reads them, their pages stay on the device, so
weights, moments and residuals are not copied between the loops of a training step.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.pool import Pool

__all__ = ["empty", "is_reachable", "let_go", "reachable"]

_pool = Pool(toolkit.managed_bytes)


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array in unified memory whose elements are anything."""
    return _pool.empty(shape, dtype)


def is_reachable(array: np.ndarray) -> bool:
    """Whether kernels can read an array."""
    return _pool.owns(array)


def reachable(array: np.ndarray) -> np.ndarray:
    """The array itself where kernels can read it, else a copy that they can."""
    if _pool.owns(array):
        return array
    copied = empty(array.shape, array.dtype)
    copied[...] = array
    return copied


def let_go() -> None:
    """Give back memory that waits to be used again."""
    _pool.let_go()
