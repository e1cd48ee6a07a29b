"""Files of data sets: found, read, and looked at before they are believed."""
from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from nbbrain.errors import BrainPyError

__all__ = ["DataFileError", "bytes_of", "existing", "folder_at", "one_of"]


class DataFileError(BrainPyError, ValueError):
    """A file of a data set is missing, or not what it has to be.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.read_idx('nothing.idx')
    Traceback (most recent call last):
    nbbrain.datasets.files.DataFileError: nothing.idx: there is no such file.
    """


def existing(path: str | os.PathLike[str]) -> Path:
    """The path of a file that is there.

    Raises
    ------
    DataFileError
        When there is none.
    """
    found = Path(path)
    if not found.is_file():
        raise DataFileError(f"{found}: there is no such file." if not found.exists() else f"{found}: this is no file.")
    return found


def folder_at(folder: str | os.PathLike[str]) -> Path:
    """The path of a folder that is there.

    Raises
    ------
    DataFileError
        When there is none.
    """
    place = Path(folder)
    if not place.is_dir():
        raise DataFileError(f"{place}: there is no such folder. Data are read from files; none are downloaded.")
    return place


def one_of(folder: str | os.PathLike[str], names: list[str]) -> Path:
    """The first of several files or folders that is in a folder.

    Raises
    ------
    DataFileError
        When none is.
    """
    place = folder_at(folder)
    for name in names:
        if (place / name).exists():
            return place / name
    raise DataFileError(f"{place}: there must be one of {', '.join(names)} in this folder. None are downloaded.")


def bytes_of(path: Path, most: int, offset: int = 0) -> bytes:
    """The content of a file, unpacked where it is packed by gzip: at most a number of bytes.

    Raises
    ------
    DataFileError
        When it cannot be read or unpacked.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            file.seek(offset)
            return file.read(most)
    except (OSError, EOFError, zlib.error) as error:
        raise DataFileError(f"{path}: the file cannot be read: {error}.") from error
