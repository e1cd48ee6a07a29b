"""The folder in which compiled code is kept between processes, and the files in it.

What lies there is run, so only its owner may write to it: a folder or file of another user, or one that others can write
to, is not used. A marker file tells nbbrain's folder from any other, so that clearing never deletes what is not a cache.
A file begins with the hash of its content, so a damaged one is noticed; it is written under a temporary name and renamed,
so readers see all of it or nothing, however many processes write and whenever one of them is killed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from nbbrain import settings
from nbbrain.errors import NBBrainError

__all__ = ["CacheError", "Usage", "clear", "prepare", "read", "usage", "write"]

_MARKER = ".nbbrain-cache"
_MARKER_TEXT = "nbbrain keeps compiled code here; it may be deleted at any time.\n"
_WRITABLE_BY_OTHERS = 0o022
_DIGEST = hashlib.sha256().digest_size
_KEPT, _TEMPORARY = ".o", ".tmp"
_NOT_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # nor wait for the other end of a pipe
_HOUR, _DAY = 3600.0, 86400.0
_LEFT = 0.75
"""The share of the cap that is left in use when room is made, so that this happens seldom."""


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


def read(name: str) -> bytes | None:
    """Return what was written under a name; None where there is nothing, or nothing that can be trusted.

    Raises
    ------
    CacheError
        When the folder cannot be used; see `prepare`.
    """
    path = prepare() / (name + _KEPT)
    try:
        with open(path, "rb", opener=lambda path, flags: os.open(path, flags | _NOT_LINKS)) as file:
            status = os.fstat(file.fileno())  # of what was opened, not of what has the name by now
            if not stat.S_ISREG(status.st_mode) or not _is_private(status):
                return None
            found = file.read()
    except OSError:
        return None
    digest, content = found[:_DIGEST], found[_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        return None
    if time.time() - status.st_mtime > _DAY:
        with suppress(OSError):
            os.utime(path)  # the time of the last use, to the day, is what tells which files can go
    return content


def write(name: str, content: bytes) -> None:
    """Keep a content under a name, and delete the files that were not used for longest where there are too many.

    Raises
    ------
    CacheError
        When the folder cannot be used (see `prepare`) or written to; then nothing is left behind.
    """
    folder = prepare()
    try:
        _write(folder / (name + _KEPT), hashlib.sha256(content).digest() + content)
    except FileNotFoundError:  # the folder was deleted meanwhile
        return
    except OSError as error:
        raise CacheError(f"the cache folder {folder} cannot be written to: {error}") from error
    _make_room(folder, _DIGEST + len(content))


def usage() -> Usage:
    """Count the files of the cache folder and their size; both are 0 where there is no cache of nbbrain."""
    folder: Path = settings.get("cache_dir")
    sizes: list[int] = []
    if os.path.lexists(folder / _MARKER):
        for root, _, names in os.walk(folder):
            for name in set(names) - {_MARKER}:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    sizes.append(os.lstat(os.path.join(root, name)).st_size)
    return Usage(len(sizes), sum(sizes))


def clear() -> Usage:
    """Delete all that the cache folder holds beside its marker, and return how much that was.

    The marker stays, so that processes which write meanwhile find a cache.

    Raises
    ------
    CacheError
        When the folder holds files and is not a cache of nbbrain, or they cannot be deleted.
    """
    folder: Path = settings.get("cache_dir")
    held = usage()
    try:
        if folder.exists() and _is_ours(folder):
            for entry in list(os.scandir(folder)):
                with suppress(FileNotFoundError):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    elif entry.name != _MARKER:
                        os.unlink(entry.path)
    except OSError as error:
        raise CacheError(f"the cache folder {folder} cannot be cleared: {error}") from error
    _held.pop(folder, None)
    return held


def _check_owner(folder: Path) -> None:
    if os.name != "posix":  # elsewhere the user's profile folder is private by its access list
        return
    link, status = folder.lstat(), folder.stat()
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (0, os.geteuid()):
        raise CacheError(f"the cache folder {folder} is a link that belongs to user {link.st_uid}, not to this one.")
    if status.st_uid != os.geteuid():
        raise CacheError(f"the cache folder {folder} belongs to user {status.st_uid}, not to this one.")
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise CacheError(f"the cache folder {folder} can be written to by others (see chmod go-w).")


def _is_private(status: os.stat_result) -> bool:
    """Say whether nobody else can have written to a file."""
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS)


def _is_ours(folder: Path) -> bool:
    """Say whether the folder is marked; one that holds other files without the marker is refused."""
    if os.path.lexists(folder / _MARKER):
        return True
    names = os.listdir(folder)
    if names and _MARKER not in names:
        raise CacheError(
            f"the folder {folder} holds files and is not a cache of nbbrain; NBBRAIN_CACHE_DIR must name "
            "a new folder, an empty one or nbbrain's own."
        )
    return bool(names)


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step, for its owner alone."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=_TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


_held: dict[Path, int] = {}
"""The bytes in a folder, as far as this process knows: counted at its first write, and again when they pass the cap."""


def _make_room(folder: Path, written: int) -> None:
    cap = settings.get("cache_size") * 1_000_000
    _held[folder] = _held.get(folder, cap) + written
    if _held[folder] > cap:
        _held[folder] = _evict(folder, cap)


def _evict(folder: Path, cap: int) -> int:
    """Delete what killed processes left behind and, where files pass the cap, those unused for longest; the bytes left."""
    held, files = 0, []
    for entry, status in _files(folder):
        if entry.name.endswith(_TEMPORARY) and time.time() - status.st_mtime > _HOUR:
            with suppress(OSError):
                os.unlink(entry.path)
        else:
            held += status.st_size
            files.append((status.st_mtime, status.st_size, entry))
    if held > cap:
        for _, size, entry in sorted(files, key=lambda file: file[0]):
            if held <= cap * _LEFT:
                break
            if entry.name.endswith(_KEPT):
                with suppress(OSError):
                    os.unlink(entry.path)
                held -= size
    return held


def _files(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """The files of nbbrain in a folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((_KEPT, _TEMPORARY)):
                with suppress(OSError):  # deleted meanwhile
                    yield entry, entry.stat(follow_symlinks=False)
