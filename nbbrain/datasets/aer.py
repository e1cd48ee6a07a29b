"""Digits seen by a camera that reports changes: N-MNIST."""
from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from nbbrain.check import is_integer, is_string
from nbbrain.datasets.events import bin_events
from nbbrain.datasets.files import DataFileError, bytes_of, existing, folder_at, one_of
from nbbrain.datasets.results import Samples

__all__ = ["n_mnist", "read_aer"]

_SIDE = 34
_BYTES = 5
_MOST_EVENTS = 10**6
_OVERFLOW, _TICKS = 240, 2**13
"""An event in this row is none: it says that the clock has gone on by so many microseconds."""


def read_aer(path: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The events in a file of N-MNIST or N-Caltech101 (Orchard, Jayawant, Cohen & Thakor, 2015).

    Parameters
    ----------
    path : path
        The file. An event takes five bytes: column, row, and 24 bits, largest first, of which one is the polarity and 23 are
        the time in microseconds.

    Returns
    -------
    times, columns, rows, polarities : numpy.ndarray, shape (events,)
        The times in microseconds, int64; columns and rows, uint8; polarities, uint8: 1 where it became brighter.

    Raises
    ------
    DataFileError
        When the file is missing, is not made of whole events, or has too many.

    Examples
    --------
    >>> import nbbrain as bp, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, '00001.bin')
    ...     _ = path.write_bytes(bytes([3, 5, 0x80, 1, 0]))
    ...     bp.datasets.read_aer(path)
    (array([256]), array([3], dtype=uint8), array([5], dtype=uint8), array([1], dtype=uint8))
    """
    file = existing(path)
    content = bytes_of(file, _BYTES * _MOST_EVENTS + 1)
    if len(content) > _BYTES * _MOST_EVENTS:
        raise DataFileError(f"{file}: expected at most {_MOST_EVENTS} events of {_BYTES} bytes, but the file is longer.")
    if len(content) % _BYTES:
        raise DataFileError(f"{file}: expected events of {_BYTES} bytes, but the file has {len(content)} bytes.")
    table = np.frombuffer(content, np.uint8).reshape(-1, _BYTES)
    columns, rows, high, middle, low = table.T
    times = (high & 127).astype(np.int64) << 16 | middle.astype(np.int64) << 8 | low
    ticks = rows == _OVERFLOW
    times += _TICKS * np.cumsum(ticks)
    keep = ~ticks
    return times[keep], columns[keep], rows[keep], (high >> 7)[keep]


def n_mnist(folder: str | os.PathLike[str], split: str = "train", num_step: int = 100, duration: float = 300.,
            per_class: int | None = None, binary: bool = False, dtype: type[np.generic] = np.uint8) -> Samples:
    """Digits of MNIST as events of a camera that moves (Orchard, Jayawant, Cohen & Thakor, 2015).

    Parameters
    ----------
    folder : path
        The folder with the folders ``Train`` and ``Test``, in which there are the folders 0 to 9 with files ``*.bin``.
        Nothing is downloaded.
    split : {'train', 'test'}
        Which folder.
    num_step : int
        The number of time steps.
    duration : float
        The time that all steps take, in ms; later events are left out.
    per_class : int, optional
        How many samples of every class are read, the first by name; all by default, which take 14 GB for training.
    binary : bool
        Whether several events of a channel in one step count as one.
    dtype : dtype
        That of the counts; where it cannot count as far as needed, it holds the largest number that it can.

    Returns
    -------
    Samples
        ``inputs`` (samples, steps, 2312), the numbers of events, one class after the other, where
        ``inputs.reshape(-1, num_step, 2, 34, 34)`` has the axes polarity, row and column; ``labels``, int32.

    Raises
    ------
    DataFileError
        When a folder or file is missing, or not as it has to be.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.n_mnist('nowhere')
    Traceback (most recent call last):
    nbbrain.datasets.files.DataFileError: nowhere: there is no such folder. ...
    """
    most = is_integer(per_class, "per_class", min_bound=1, allow_none=True)
    name = str(is_string(split, "split", ["train", "test"]))
    times, channels, labels = [], [], []
    place = one_of(folder, [name.capitalize(), name])
    for label in range(10):
        for file in sorted(folder_at(place / str(label)).glob("*.bin"))[:most]:
            when, where = _channels(file)
            times.append(when)
            channels.append(where)
            labels.append(label)
    if not labels:
        raise DataFileError(f"{folder}: there are no files *.bin in the folders 0 to 9 of {name}.")
    inputs = bin_events(times, channels, 2 * _SIDE**2, num_step, duration * 1000, binary, dtype)
    return Samples(inputs, np.array(labels, dtype=np.int32))


def _channels(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """The times, in microseconds, and channels of the events of a file, in few bytes."""
    times, columns, rows, polarities = read_aer(file)
    if times.size and max(columns.max(), rows.max()) >= _SIDE:
        raise DataFileError(f"{file}: columns and rows must be from 0 to {_SIDE - 1}, but there are {columns.max()} and "
                            f"{rows.max()}.")
    channels = (polarities.astype(np.int16) * _SIDE + rows) * _SIDE + columns
    return np.minimum(times, np.iinfo(np.int32).max).astype(np.int32), channels
