"""Kernels by their source: in memory, from the cache folder, or compiled anew.

The cache holds one file a kernel. Its name is the hash of all that determines it: the source, the helpers that sources
import, the versions of what compiles them, and the processor. One that is damaged, or that this process cannot run, is made
again.
"""
from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import llvmlite
import numpy as np

from nbbrain import cache as cache_folder
from nbbrain import settings
from nbbrain.backends.numba import machine_code
from nbbrain.backends.numba.sources import HEADER, Assembled, driver_source, instruction_source, library_text
from nbbrain.program.observation import log
from nbbrain.program.plan.instructions import Computation
from nbbrain.threads import one_at_a_time

__all__ = ["address_of", "assembling_beside_import", "compiled", "driver_function", "helper_function", "kernel_address",
           "kernel_name", "ready_in"]

_addresses: dict[str, int] = {}
_coming: dict[str, Future[bytes]] = {}
"""Kernels that are being assembled."""
ready_in: dict[str, float] = {}
"""How many seconds it took until a kernel, by its name, could be called."""


def _numba_version() -> str:
    """What Numba says of its version in a file of its own; to import Numba, or to ask the installer, takes long."""
    origin = spec.origin if (spec := find_spec("numba")) else None
    file = Path(origin or "").with_name("_version.py")
    if file.is_file():
        return file.read_text(encoding="utf-8")
    from importlib.metadata import version

    return version("numba")


def _versions() -> list[str]:
    """The versions of all that compiles, and the variables that Numba is told how to compile by."""
    told = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("NUMBA_")]
    return [_numba_version(), llvmlite.__version__, np.__version__, sys.version, *told]


@cache
def _fingerprint() -> str:
    """A hash of all that code depends on beside its own source."""
    parts = [library_text(name) for name in ("memory", "vector_math", "compiler", "passes", "machine_code")]
    return hashlib.sha256("\0".join([HEADER, machine_code.host(), *parts, *_versions()]).encode()).hexdigest()


def compiled(name: str, source: str | Assembled) -> tuple[bytes | None, int]:
    """What to keep of a kernel, where its code is all its own, and its address."""
    if isinstance(source, Assembled):
        content = _coming[name].result() if name in _coming else _assemble(name, source)
        address = machine_code.load(content)
        assert address is not None
        return content, address
    from nbbrain.backends.numba.compiler import compile_kernel  # imports Numba

    return compile_kernel(name, HEADER + source)


def _assemble(name: str, source: Assembled) -> bytes:
    return machine_code.assemble(source.text(name), name)


@contextmanager
def assembling_beside_import(sources: Iterable[str | Assembled]) -> Iterator[None]:
    """Where kernels need Numba, which is not imported yet, import it while another thread assembles those that do not."""
    missing = {}
    if "numba" not in sys.modules:
        named = {kernel_name(source): source for source in sources}
        missing = {name: source for name, source in named.items() if name not in _addresses and _read(name) is None}
    if all(isinstance(source, Assembled) for source in missing.values()):
        yield
        return
    with ThreadPoolExecutor(1) as thread:
        _coming.update({name: thread.submit(_assemble, name, source) for name, source in missing.items()
                        if isinstance(source, Assembled)})
        try:
            import_module("nbbrain.backends.numba.compiler")
            yield
        finally:
            _coming.clear()


def kernel_name(source: str | Assembled) -> str:
    """The name of the kernel of a source."""
    return "nbb_" + hashlib.sha256(f"{_fingerprint()}\0{source}".encode()).hexdigest()[:32]


@one_at_a_time
def address_of(source: str | Assembled) -> int:
    """The address of the kernel of a source."""
    name = kernel_name(source)
    if name not in _addresses:
        started = time.perf_counter()
        _addresses[name] = _ready(name, source)
        ready_in[name] = time.perf_counter() - started
        if settings.get("debug") >= 1:
            log.warning("kernel %s ready in %.1f ms", name, ready_in[name] * 1e3)
    return _addresses[name]


def _ready(name: str, source: str | Assembled) -> int:
    """The address of a kernel that this process has not used yet."""
    kept = _read(name)
    address = None if kept is None else machine_code.load(kept)
    if address is None:
        kept, address = compiled(name, source)
        if kept is not None:
            _write(name, kept)
    return address


_refused = False


def _refuse(error: Exception) -> None:
    """Say once that kernels are not kept, which costs time but changes no result."""
    global _refused
    if not _refused:
        _refused = True
        warnings.warn(f"compiled kernels are not kept: {error}", RuntimeWarning, stacklevel=2)


def _read(name: str) -> bytes | None:
    """What is kept of a kernel."""
    if not settings.get("cache"):
        return None
    try:
        return cache_folder.read(name)
    except cache_folder.CacheError as error:
        _refuse(error)
        return None


def _write(name: str, content: bytes) -> None:
    if not settings.get("cache"):
        return
    try:
        cache_folder.write(name, content)
    except cache_folder.CacheError as error:
        _refuse(error)


@cache
def kernel_address(instruction: Computation) -> int:
    """The address of the kernel that carries out an instruction."""
    return address_of(instruction_source(instruction))


@cache
def helper_function(source: Assembled) -> Callable[[int], None]:
    """A kernel that takes the address of its row of arguments; it runs without the interpreter's lock."""
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address_of(source))


@cache
def driver_function() -> Callable[[int], None]:
    """The driver."""
    return helper_function(driver_source())
