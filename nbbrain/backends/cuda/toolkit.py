"""The package that compiles for NVIDIA GPUs, and what of it the backend uses: the only file that names it.

``numba-cuda`` serves ``numba.cuda``. With ``NUMBA_ENABLE_CUDASIM=1`` it runs kernels in Python, without a GPU ('simulated').
"""
from __future__ import annotations

import ctypes
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import numpy as np

from nbbrain.backends.base import is_installed

__all__ = ["copy", "fill_with_zeros", "free_bytes", "is_simulated", "launch", "managed_bytes", "missing", "most_blocks",
           "numba_cuda", "on_device", "wait", "waits_as_a_whole"]


def missing() -> str | None:
    """What stands in the way of running on a GPU, from the outside in; None where nothing does."""
    for module, package in (("numba", "Numba"), ("numba_cuda", "numba-cuda")):
        if not is_installed(module):
            return f"{package} is not installed (pip install 'nbbrain[cuda]')."
    try:
        cuda = numba_cuda()
    except ImportError as error:  # numba-cuda without NVIDIA's bindings
        return str(error)
    if cuda.is_available():
        return None
    failure = cuda.cuda_error()
    if failure is None:
        return "the CUDA driver works, but numba-cuda does not find CUDA's compiler library NVVM."
    return f"no CUDA driver or device can be used: {' '.join(str(failure).split())}"


def numba_cuda() -> Any:
    """The module ``numba.cuda``."""
    from numba import cuda

    return cuda


@cache
def is_simulated() -> bool:
    """Whether kernels run in Python."""
    return os.environ.get("NUMBA_ENABLE_CUDASIM", "0") not in ("", "0")


def on_device(index: int) -> Any:
    """A ``with`` block in which a device is the current one."""
    return numba_cuda().gpus[index]


def launch(kernel: Any, blocks: int, threads: int, *arguments: Any) -> None:
    """Run a kernel after those that were launched before."""
    with _eager_threads() if is_simulated() else nullcontext():
        kernel[blocks, threads](*arguments)


def wait() -> None:
    """Wait for all kernels that were launched; what went wrong in them is raised here."""
    numba_cuda().synchronize()


@contextmanager
def _eager_threads() -> Iterator[None]:
    """Have threads take turns often: one that asks whether the others have come to a barrier else keeps them waiting."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def waits_as_a_whole() -> bool:
    """Whether the current device can launch a grid whose blocks wait for one another."""
    return not is_simulated() and bool(numba_cuda().get_current_device().COOPERATIVE_LAUNCH)


def most_blocks(kernel: Any, threads: int) -> int:
    """How many blocks of so many threads can wait for one another."""
    (compiled,) = kernel.overloads.values()
    return max(1, int(compiled.max_cooperative_grid_blocks(threads)))


def free_bytes() -> tuple[int, int]:
    """The bytes that are free on the current device, and all that it has."""
    if is_simulated():
        return 1 << 40, 1 << 40
    free, total = numba_cuda().current_context().get_memory_info()
    return int(free), int(total)


def managed_bytes(size: int) -> np.ndarray:
    """Memory that the processor and the device reach under one address; its pages go where they are used."""
    array: np.ndarray = np.empty(size, np.uint8) if is_simulated() else numba_cuda().managed_array(size, np.uint8)
    return array


def copy(target: np.ndarray, source: np.ndarray) -> None:
    """Copy between arrays in managed memory, by the device where their elements lie in one piece."""
    whole = target.flags.c_contiguous and source.flags.c_contiguous and target.shape == source.shape
    if is_simulated() or not whole or target.dtype != source.dtype:
        target[...] = source
    elif target.nbytes:
        _driver().device_to_device(_Memory(target), _Memory(source), target.nbytes)


def fill_with_zeros(target: np.ndarray) -> None:
    """Clear an array in managed memory, by the device."""
    if is_simulated() or not target.flags.c_contiguous:
        target.fill(0)
    elif target.nbytes:
        _driver().device_memset(_Memory(target), 0, target.nbytes)


def _driver() -> Any:
    return importlib.import_module("numba.cuda.cudadrv.driver")


class _Memory:
    """An address as the driver's functions take it."""

    __cuda_memory__ = True

    def __init__(self, array: np.ndarray) -> None:
        self.device_ctypes_pointer = ctypes.c_void_p(array.ctypes.data)
