"""Products of large matrices by NVIDIA's library cuBLAS, which CuPy brings along; without CuPy our own kernels do it."""
from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import numpy as np

from nbbrain.backends.base import is_installed
from nbbrain.backends.cuda import memory, toolkit

__all__ = ["array_of", "is_there", "on_device", "product"]


@cache
def is_there() -> bool:
    """Whether CuPy is installed; nothing is multiplied by it where the device is simulated."""
    return is_installed("cupy") and not toolkit.is_simulated()


@cache
def _cupy() -> Any:
    return importlib.import_module("cupy")


def on_device(array: np.ndarray) -> Any:
    """CuPy's array of the same elements in unified memory."""
    cupy = _cupy()
    owned = cupy.cuda.UnownedMemory(array.ctypes.data, array.nbytes, array)
    return cupy.ndarray(array.shape, array.dtype, cupy.cuda.MemoryPointer(owned, 0), array.strides)


def product(left: Any, right: Any, dtype: np.dtype) -> Any:
    """The product of the transpose of one of CuPy's matrices with another one."""
    return left.astype(dtype, copy=False).T @ right.astype(dtype, copy=False)


def array_of(result: Any) -> np.ndarray:
    """An array in unified memory with the elements of one of CuPy's, once these are computed."""
    array = memory.empty(result.shape, result.dtype)
    on_device(array)[...] = result
    _cupy().cuda.get_current_stream().synchronize()
    return array
