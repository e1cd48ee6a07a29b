"""Kernels by their source: in memory, from the cache folder, or compiled anew.

The cache holds one file a kernel. Its name is the hash of all that determines it: the source, the helpers that sources
import, the versions of what compiles them, and the processor. One that is damaged, or that this process cannot run, is made
again.
"""
from __future__ import annotations

import ctypes
import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from nbbrain import settings
from nbbrain.backends.kept_code import compiler_versions, keep, kept
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


@cache
def _fingerprint() -> str:
    """A hash of all that code depends on beside its own source."""
    parts = [library_text(name) for name in ("memory", "vector_math", "compiler", "passes", "machine_code")]
    return hashlib.sha256("\0".join([HEADER, machine_code.host(), *parts, *compiler_versions()]).encode()).hexdigest()


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
        missing = {name: source for name, source in named.items() if name not in _addresses and kept(name) is None}
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
    content = kept(name)
    address = None if content is None else machine_code.load(content)
    if address is None:
        content, address = compiled(name, source)
        if content is not None:
            keep(name, content)
    return address


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
