"""Kernels by their source: in memory, from the cache folder, or compiled anew.

The cache holds one object file a kernel. Its name is the hash of all that determines it: the source, the helpers that
sources import, the versions of what compiles them, and the processor. A file begins with the hash of its content, so a
damaged one is noticed and made again. It is written to a temporary file and renamed, so readers see all of it or nothing.
"""
from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from nbbrain import cache as cache_folder
from nbbrain import settings
from nbbrain.backends.numba import machine_code
from nbbrain.backends.numba.sources import HEADER, driver_source, instruction_source, library_text
from nbbrain.program.plan.instructions import Instruction
from nbbrain.threads import one_at_a_time

__all__ = ["driver_function", "kernel_address"]

log = logging.getLogger("nbbrain")

_addresses: dict[str, int] = {}
_DIGEST = hashlib.sha256().digest_size


@cache
def _fingerprint() -> str:
    """A hash of all that code depends on beside its own source."""
    parts = [library_text(name) for name in ("memory", "vector_math", "compiler", "machine_code")]
    parts += [version(package) for package in ("numba", "llvmlite", "numpy")]
    return hashlib.sha256("\0".join([HEADER, machine_code.host(), *parts]).encode()).hexdigest()


@one_at_a_time
def _address(source: str) -> int:
    """The address of the kernel of a source."""
    name = "nbb_" + hashlib.sha256(f"{_fingerprint()}\0{source}".encode()).hexdigest()[:32]
    if name not in _addresses:
        started = time.perf_counter()
        folder = _folder()
        kept = None if folder is None else _read(folder / f"{name}.o")
        if kept is None:
            from nbbrain.backends.numba.compiler import compile_kernel  # imports Numba

            if settings.get("debug") >= 3:
                log.warning("%s", source)
            kept, _addresses[name] = compile_kernel(name, HEADER + source)
            if folder is not None and kept is not None:
                _write(folder / f"{name}.o", kept)
        else:
            _addresses[name] = machine_code.load(kept, name)
        if settings.get("debug") >= 1:
            log.warning("kernel %s ready in %.1f ms", name, (time.perf_counter() - started) * 1e3)
    return _addresses[name]


_refused = False


def _refuse(error: Exception) -> None:
    """Say once that kernels are not kept, which costs time but changes no result."""
    global _refused
    if not _refused:
        _refused = True
        warnings.warn(f"compiled kernels are not kept: {error}", RuntimeWarning, stacklevel=2)


def _folder() -> Path | None:
    """Where object files are kept, or None where they are not."""
    if not settings.get("cache"):
        return None
    try:
        return cache_folder.prepare()
    except cache_folder.CacheError as error:
        _refuse(error)
        return None


def _read(path: Path) -> bytes | None:
    """The code in a file, or None where there is none or it is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if hashlib.sha256(code).digest() == digest else None


def _write(path: Path, code: bytes) -> None:
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        _refuse(error)


@cache
def kernel_address(instruction: Instruction) -> int:
    """The address of the kernel that carries out an instruction."""
    return _address(instruction_source(instruction))


@cache
def driver_function() -> Callable[[int], None]:
    """The driver, which takes the address of its row of arguments; it runs without the interpreter's lock."""
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_address(driver_source()))
