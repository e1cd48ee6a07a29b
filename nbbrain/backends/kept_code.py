"""Compiled code that is kept between processes, in the cache folder (see nbbrain/cache.py).

Code is looked up by a hash of all that determines it. Where the folder cannot be used, that is said once; it costs time but
changes no result.
"""
from __future__ import annotations

import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nbbrain import cache as cache_folder
from nbbrain import settings

__all__ = ["compiler_versions", "keep", "kept"]


def compiler_versions() -> list[str]:
    """The versions of all that compiles, and the variables that Numba is told how to compile by."""
    import llvmlite  # which is there where something compiles

    told = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("NUMBA_")]
    return [_numba_version(), llvmlite.__version__, np.__version__, sys.version, *told]


def _numba_version() -> str:
    """What Numba says of its version in a file of its own; to import Numba, or to ask the installer, takes long."""
    origin = spec.origin if (spec := find_spec("numba")) else None
    file = Path(origin or "").with_name("_version.py")
    if file.is_file():
        return file.read_text(encoding="utf-8")
    from importlib.metadata import version

    return version("numba")


def kept(name: str) -> bytes | None:
    """What is kept under a name."""
    if not settings.get("cache"):
        return None
    try:
        return cache_folder.read(name)
    except cache_folder.CacheError as error:
        _refuse(error)
        return None


def keep(name: str, content: bytes) -> None:
    """Keep a content under a name."""
    if not settings.get("cache"):
        return
    try:
        cache_folder.write(name, content)
    except cache_folder.CacheError as error:
        _refuse(error)


_refused = False


def _refuse(error: Exception) -> None:
    global _refused
    if not _refused:
        _refused = True
        warnings.warn(f"compiled kernels are not kept: {error}", RuntimeWarning, stacklevel=2)
