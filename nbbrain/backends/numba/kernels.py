"""Compiled kernels: one file each in the cache folder, named by the hash of all it contains, compiled by Numba once.

A file holds everything that is compiled, so Numba's own ``cache=True`` suffices. The hash also covers the versions and the
helpers that files import, and stands in the function's name, because caches written by several processes collide otherwise.
"""
from __future__ import annotations

import hashlib
import importlib.util
import inspect
import logging
import os
import sys
import tempfile
import time
import warnings
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite
import numba
import numpy as np

from nbbrain import cache, settings
from nbbrain.backends.numba import driver, library, memory, vector_math
from nbbrain.backends.numba.emit import kernel_source, type_name
from nbbrain.program.plan.instructions import Instruction, Nest, Product, Random, Take

__all__ = ["driver_function", "kernel_address"]

_log = logging.getLogger("nbbrain")

_HEADER = """\
import math
import numpy as np
from numba import (bool_, cfunc, float32, float64, int8, int16, int32, int64, njit, uint8, uint16, uint32, uint64)
from nbbrain.backends.numba.memory import (call_kernel, constant, kernel_signature, load, pointer, row_pointer, store)
from nbbrain.backends.numba.vector_math import exp_float32, exp_float64, tanh_float32, tanh_float64

"""
_KERNEL = 'compiled = cfunc(kernel_signature, cache={cache}, error_model="numpy")(KERNEL)\n'
_DRIVER = ('compiled = njit("void(int64[::1], int64, int64, int64[::1])", nogil=True, cache={cache}, '
           'error_model="numpy")(KERNEL)\n')

_loaded: dict[str, ModuleType] = {}


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    """A hash of all that kernels depend on beside their own source."""
    parts = [inspect.getsource(module) for module in (memory, vector_math)]
    parts += [numba.__version__, llvmlite.__version__, np.__version__, _HEADER]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _compile(source: str, ending: str) -> Any:
    """The compiled function of a source, from memory, from the cache folder, or anew."""
    digest = hashlib.sha256(f"{_fingerprint()}\0{source}\0{ending}".encode()).hexdigest()[:32]
    name = f"nbb_{digest}"
    if name not in _loaded:
        started = time.perf_counter()
        folder = _folder()
        text = (_HEADER + source + ending.format(cache=folder is not None)).replace("KERNEL", name)
        if settings.get("debug") >= 3:
            _log.warning("%s", text)
        _loaded[name] = _from_memory(name, text) if folder is None else _from_file(folder, name, text)
        if settings.get("debug") >= 1:
            _log.warning("kernel %s ready in %.1f ms", name, (time.perf_counter() - started) * 1e3)
    return _loaded[name].compiled


_refused = False


def _folder() -> Path | None:
    """Where kernels are kept, or None where they are not."""
    global _refused
    if not settings.get("cache"):
        return None
    try:
        return cache.prepare()
    except cache.CacheError as error:
        if not _refused:
            _refused = True
            warnings.warn(f"compiled kernels are not kept: {error}", RuntimeWarning, stacklevel=2)
        return None


def _from_memory(name: str, text: str) -> ModuleType:
    module = ModuleType(name)
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    return module


def _from_file(folder: Path, name: str, text: str) -> ModuleType:
    path = folder / f"{name}.py"
    if not path.exists() or path.read_text() != text:
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.replace(temporary, path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Numba looks the function's module up by name when it loads from its cache
    spec.loader.exec_module(module)
    return module


@lru_cache(maxsize=None)
def kernel_address(instruction: Instruction) -> int:
    """The address of the kernel that carries out an instruction."""
    return _compile(source_of(instruction), _KERNEL).address


def source_of(instruction: Instruction) -> str:
    """The source of an instruction's kernel."""
    if isinstance(instruction, Nest):
        return kernel_source(instruction)
    if isinstance(instruction, Product):
        return _from_library(library.product, type_name(instruction.result.view.buffer.dtype))
    if isinstance(instruction, Take):
        mode = {"get": 0, "set": 1, "add": 2}[instruction.kind]
        return _from_library(library.take, type_name(instruction.source.view.buffer.dtype),
                             type_name(instruction.indices.view.buffer.dtype), str(mode))
    assert isinstance(instruction, Random)
    return _from_library(library.random_bits)


def _from_library(factory: Any, *arguments: str) -> str:
    return f"{inspect.getsource(factory)}\n\nKERNEL = {factory.__name__}({', '.join(arguments)})\n".replace(
        "def kernel(a)", "def KERNEL(a)").replace("return kernel", "return KERNEL")


@lru_cache(maxsize=1)
def driver_function() -> Any:
    """The compiled driver."""
    return _compile(inspect.getsource(driver.run_turns).replace("run_turns", "KERNEL"), _DRIVER)
