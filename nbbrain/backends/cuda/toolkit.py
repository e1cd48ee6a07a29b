"""The device: what of NVIDIA's packages the backend uses to run kernels, and their stand-in where there is no GPU.

``cuda.core`` loads and launches kernels, which ``numba-cuda`` has compiled (compiler.py). All that is launched or copied
here follows one another on the device's default stream, and `wait` waits for it. With ``NUMBA_ENABLE_CUDASIM=1`` kernels
run in Python, without a GPU ('simulated').
"""
from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from nbbrain.backends.base import is_installed
from nbbrain.errors import DeviceMemoryError
from nbbrain.program.listing import byte_count

__all__ = ["architecture", "copy", "description", "fetch", "fill_with_zeros", "free_bytes", "is_simulated", "launch",
           "loaded", "managed_bytes", "missing", "most_blocks", "numba_cuda", "on_device", "wait", "waits_as_a_whole"]


def missing(index: int = 0) -> str | None:
    """What stands in the way of running on a GPU, from the outside in; None where nothing does."""
    for module, package in (("numba", "Numba"), ("numba_cuda", "numba-cuda")):
        if not is_installed(module):
            return f"{package} is not installed (pip install 'nbbrain[cuda]')."
    try:
        if is_simulated():
            numba_cuda()
            return None
        devices = _core().Device.get_all_devices()
        import_module("cuda.pathfinder").load_nvidia_dynamic_lib("nvvm")
    except Exception as error:  # of packages, of the driver, of how libraries are found
        return f"no CUDA driver, device or compiler can be used: {' '.join(str(error).split())}"
    if index < len(devices):
        return None
    shown = f"{len(devices)} device{'s' * (len(devices) != 1)}" if devices else "no device"
    return f"the CUDA driver works, but shows {shown}, counted from 0 (see CUDA_VISIBLE_DEVICES)."


def numba_cuda() -> Any:
    """The module ``numba.cuda``, which compiles or simulates kernels."""
    from numba import cuda

    return cuda


@cache
def is_simulated() -> bool:
    """Whether kernels run in Python."""
    return os.environ.get("NUMBA_ENABLE_CUDASIM", "0") not in ("", "0")


@cache
def _core() -> Any:
    return import_module("cuda.core")


@cache
def _bindings() -> Any:
    return import_module("cuda.bindings.driver")


def _driver(function: str, *arguments: Any) -> tuple[Any, ...]:
    """Call a function of the driver that ``cuda.core`` does not offer."""
    status, *results = getattr(_bindings(), function)(*arguments)
    if status:
        raise RuntimeError(f"{function}: {status.name}")
    return tuple(results)


@contextmanager
def on_device(index: int) -> Iterator[None]:
    """A ``with`` block in which a device is the current one of this thread."""
    if is_simulated():
        yield
        return
    device = _core().Device(index)
    (before,) = _driver("cuCtxGetCurrent")
    device.set_current()
    try:
        yield
    finally:
        if int(before):
            _driver("cuCtxSetCurrent", before)


def _device() -> Any:
    """The current device."""
    return _core().Device()


def description(index: int) -> str:
    """A device, and what it is run by, in words."""
    packages = f"numba-cuda {version('numba-cuda')}"
    if is_simulated():
        return f"simulated by {packages}"
    with on_device(index):
        (driver,) = _driver("cuDriverGetVersion")
        major, minor = architecture()
        return (f"{_device().name}, compute capability {major}.{minor}, {free_bytes()[1] / 2**30:.0f} GiB, "
                f"CUDA driver {driver // 1000}.{driver % 1000 // 10}, {packages}")


def architecture() -> tuple[int, int]:
    """The compute capability of the current device; that of a simulated one is (0, 0)."""
    if is_simulated():
        return 0, 0
    major, minor = _device().compute_capability
    return int(major), int(minor)


def loaded(code: bytes, name: str) -> Any:
    """A kernel that can be launched on the current device, from its machine code."""
    return _core().ObjectCode.from_cubin(code).get_kernel(name)


def launch(kernel: Any, blocks: int, threads: int, together: bool, *arguments: int) -> None:
    """Run a kernel after all that was launched before; 'together' has its blocks run at the same time."""
    if is_simulated():
        with _eager_threads():
            kernel[blocks, threads](*arguments)
        return
    device, core = _device(), _core()
    config = core.LaunchConfig(grid=blocks, block=threads, is_cooperative=together)
    core.launch(device.default_stream, config, kernel, *[np.int64(argument) for argument in arguments])


def wait() -> None:
    """Wait for all that was launched; what went wrong in it is raised here."""
    if not is_simulated():
        _device().default_stream.sync()


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
    return not is_simulated() and bool(_device().properties.cooperative_launch)


def most_blocks(kernel: Any, threads: int) -> int:
    """How many blocks of so many threads run at the same time."""
    each = kernel.occupancy.max_active_blocks_per_multiprocessor(threads, 0)
    return max(1, int(each) * int(_device().properties.multiprocessor_count))


def free_bytes() -> tuple[int, int]:
    """The bytes that are free on the current device, and all that it has."""
    if is_simulated():
        return 1 << 40, 1 << 40
    free, total = _driver("cuMemGetInfo")
    return int(free), int(total)


class _Managed:
    """Memory that goes back to the driver with the last array that shows it."""

    def __init__(self, size: int) -> None:
        flags = _bindings().CUmemAttach_flags.CU_MEM_ATTACH_GLOBAL
        (self.address,) = _driver("cuMemAllocManaged", size, flags.value)
        self.device, self.process = _device(), os.getpid()
        self.__array_interface__ = {"version": 3, "shape": (size,), "typestr": "|u1", "data": (int(self.address), False)}

    def __del__(self) -> None:
        if os.getpid() == self.process and not sys.is_finalizing():  # else the driver has gone before
            with on_device(self.device.device_id):  # whatever thread this is
                _driver("cuMemFree", self.address)


def managed_bytes(size: int) -> np.ndarray:
    """Memory that the processor and the device reach under one address; its pages go where they are used.

    Raises
    ------
    DeviceMemoryError
        Where the device has less memory left: the driver would move pages out and in again and again, or hang.
    """
    free, total = free_bytes()
    if size > free:
        raise DeviceMemoryError(f"{byte_count(size)} do not fit on the device, which has {byte_count(total)}, of which "
                                f"{byte_count(free)} are free.")
    if is_simulated():
        return np.empty(size, np.uint8)
    array = np.asarray(_Managed(size))
    fetch(array)  # as a whole; else every page is asked for when a kernel first writes to it
    return array


def fetch(array: np.ndarray) -> None:
    """Move the pages of an array in managed memory to the device, by its copy engine."""
    if is_simulated() or not array.nbytes:
        return
    device = _device()
    if device.properties.concurrent_managed_access:  # else pages move as a whole before every launch
        begin, end = np.lib.array_utils.byte_bounds(array)
        buffer = _core().ManagedBuffer.from_handle(begin, end - begin, owner=array)
        buffer.prefetch(device, stream=device.default_stream)


def copy(target: np.ndarray, source: np.ndarray) -> None:
    """Copy into managed memory, from there or from the processor's; by the device where elements lie in one piece.

    The processor itself would first fetch the pages that it writes to, and the device fetch them back.
    """
    whole = target.flags.c_contiguous and source.flags.c_contiguous and target.shape == source.shape
    if source.size > 1 and not any(source.strides) and not source.flat[0].tobytes().strip(b"\0"):
        fill_with_zeros(target)
    elif is_simulated() or not whole or target.dtype != source.dtype:
        target[...] = source
        fetch(target)
    elif target.nbytes:
        _driver("cuMemcpyAsync", target.ctypes.data, source.ctypes.data, target.nbytes, _device().default_stream.handle)
        _leave_alone()


def fill_with_zeros(target: np.ndarray) -> None:
    """Clear an array in managed memory, by the device."""
    if is_simulated() or not target.flags.c_contiguous:
        target.fill(0)
    elif target.nbytes:
        _driver("cuMemsetD8Async", target.ctypes.data, 0, target.nbytes, _device().default_stream.handle)
        _leave_alone()


def _leave_alone() -> None:
    """Where the processor must not touch managed memory while the device works, wait."""
    if not _device().properties.concurrent_managed_access:
        wait()
