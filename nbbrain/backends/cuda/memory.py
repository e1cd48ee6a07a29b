"""Memory that the processor and the device reach under the same addresses (CUDA's unified memory).

Results are ordinary NumPy arrays in it. As long as nothing on the processor reads them, their pages stay on the device, so
weights, moments and residuals are not copied between the loops of a training step.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.backends.cuda import toolkit
from nbbrain.backends.pool import Pool
from nbbrain.errors import DeviceMemoryError

__all__ = ["empty", "is_reachable", "let_go", "reachable"]

_pool = Pool(toolkit.managed_bytes)


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array in unified memory whose elements are anything.

    Raises
    ------
    DeviceMemoryError
        Where the device has too little, also when memory that waits is given back.
    """
    try:
        return _pool.empty(shape, dtype)
    except DeviceMemoryError:
        let_go()
        return _pool.empty(shape, dtype)


def is_reachable(array: np.ndarray) -> bool:
    """Whether kernels can read an array."""
    return _pool.owns(array)


def reachable(array: np.ndarray) -> np.ndarray:
    """The array itself where kernels can read it, else a copy that they can."""
    if _pool.owns(array):
        return array
    turned = array.ndim > 1 and not array.flags.c_contiguous  # data (batch, time, ...) with time first; it stays so
    source = array.swapaxes(0, 1) if turned else array
    copied = empty(source.shape, array.dtype)
    toolkit.copy(copied, source)
    return copied.swapaxes(0, 1) if turned else copied


def let_go() -> None:
    """Give back memory that waits to be used again."""
    _pool.let_go()
