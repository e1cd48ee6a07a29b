"""The folder in which compiled code is kept between processes.

What lies there is run, so only its owner may write to it: a folder of another user, or one that others can
write to, is not used. A marker file tells nbbrain's folder from any other, so that clearing never deletes
what is not a cache.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from nbbrain import settings
from nbbrain.errors import NBBrainError

__all__ = ["CacheError", "Usage", "clear", "prepare", "usage"]

_MARKER = ".nbbrain-cache"
_MARKER_TEXT = "nbbrain keeps compiled code here; it may be deleted at any time.\n"
_WRITABLE_BY_OTHERS = 0o022


class CacheError(NBBrainError):
    """The cache folder cannot be used, or is not nbbrain's."""


class Usage(NamedTuple):
    """What the cache folder holds: how many files, and their size in bytes."""

    files: int
    size: int


def prepare() -> Path:
    """Return the cache folder of the settings, made and marked where it is new.

    Raises
    ------
    CacheError
        When the folder cannot be made, when it belongs to another user or others can write to it, or when it
        holds files and is not a cache of nbbrain.
    """
    folder: Path = settings.get("cache_dir")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_owner(folder)
        if not _is_ours(folder):
            (folder / _MARKER).write_text(_MARKER_TEXT)
    except OSError as error:
        raise CacheError(f"the cache folder {folder} cannot be used: {error}") from error
    return folder


def usage() -> Usage:
    """Count the files of the cache folder and their size; both are 0 where there is no cache of nbbrain."""
    folder: Path = settings.get("cache_dir")
    if not (folder / _MARKER).exists():
        return Usage(0, 0)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != _MARKER]
    return Usage(len(sizes), sum(sizes))


def clear() -> Usage:
    """Delete the cache folder, and return what it held.

    Raises
    ------
    CacheError
        When the folder holds files and is not a cache of nbbrain, or cannot be deleted.
    """
    folder: Path = settings.get("cache_dir")
    held = usage()
    try:
        if folder.exists() and _is_ours(folder):
            shutil.rmtree(folder)
    except OSError as error:
        raise CacheError(f"the cache folder {folder} cannot be deleted: {error}") from error
    return held


def _check_owner(folder: Path) -> None:
    if os.name != "posix":  # elsewhere the user's profile folder is private by its access list
        return
    status = folder.stat()
    if status.st_uid != os.getuid():
        raise CacheError(f"the cache folder {folder} belongs to user {status.st_uid}, not to this one.")
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise CacheError(f"the cache folder {folder} can be written to by others (see chmod go-w).")


def _is_ours(folder: Path) -> bool:
    """Say whether the folder is marked; one that holds other files without the marker is refused."""
    names = os.listdir(folder)
    if names and _MARKER not in names:
        raise CacheError(
            f"the folder {folder} holds files and is not a cache of nbbrain; NBBRAIN_CACHE_DIR must name "
            "a new folder, an empty one or nbbrain's own."
        )
    return bool(names)
