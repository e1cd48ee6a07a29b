"""Spoken words as spikes of an artificial cochlea: the Heidelberg data sets."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nbbrain.check import is_string
from nbbrain.checkpoints.files import needs
from nbbrain.datasets.events import bin_events
from nbbrain.datasets.files import DataFileError, existing, one_of
from nbbrain.datasets.results import Samples
from nbbrain.datasets.timing import count

__all__ = ["read_spoken", "shd", "ssc"]

_NAMES = ("spikes/times", "spikes/units", "labels")
_UNITS = 700
_MOST_SPIKES = 10**6
"""More than that in one sample are no spoken word."""


def shd(folder: str | os.PathLike[str], split: str = "train", num_step: int = 100, duration: float = 1.4,
        num_channel: int = 700, samples: Any = None, binary: bool = False,
        dtype: type[np.generic] = np.uint8) -> Samples:
    """Spoken digits in German and English as spikes of 700 units, 20 classes (Cramer, Stradmann, Schemmel & Zenke, 2020).

    Parameters
    ----------
    folder : path
        The folder with ``shd_train.h5`` and ``shd_test.h5``. Nothing is downloaded.
    split : {'train', 'test'}
        Which file.
    num_step : int
        The number of time steps.
    duration : float
        The time that all steps take, in seconds; later spikes are left out.
    num_channel : int
        The number of channels; with less than 700, neighbours count together.
    samples : slice or sequence of int, optional
        Which samples; all by default.
    binary : bool
        Whether several spikes of a channel in one step count as one.
    dtype : dtype
        That of the counts; where it cannot count as far as needed, it holds the largest number that it can.

    Returns
    -------
    Samples
        ``inputs`` (samples, steps, channels), the numbers of spikes; ``labels``, int32: 0 to 9 are German, 10 to 19 English.

    Raises
    ------
    DataFileError
        When the file is missing, or not as it has to be.
    PackageMissingError
        When h5py is not installed.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.shd('nowhere')
    Traceback (most recent call last):
    nbbrain.datasets.files.DataFileError: nowhere: there is no such folder. ...
    """
    file = one_of(folder, [f"shd_{is_string(split, 'split', ['train', 'test'])}.h5"])
    return read_spoken(file, 20, num_step, duration, num_channel, samples, binary, dtype)


def ssc(folder: str | os.PathLike[str], split: str = "train", num_step: int = 100, duration: float = 1.4,
        num_channel: int = 700, samples: Any = None, binary: bool = False,
        dtype: type[np.generic] = np.uint8) -> Samples:
    """Spoken English words as spikes of 700 units, 35 classes (Cramer, Stradmann, Schemmel & Zenke, 2020).

    Parameters
    ----------
    folder : path
        The folder with ``ssc_train.h5``, ``ssc_valid.h5`` and ``ssc_test.h5``. Nothing is downloaded.
    split : {'train', 'valid', 'test'}
        Which file.
    num_step : int
        The number of time steps.
    duration : float
        The time that all steps take, in seconds; later spikes are left out.
    num_channel : int
        The number of channels; with less than 700, neighbours count together.
    samples : slice or sequence of int, optional
        Which samples; all by default, which take 5 GB for training.
    binary : bool
        Whether several spikes of a channel in one step count as one.
    dtype : dtype
        That of the counts; where it cannot count as far as needed, it holds the largest number that it can.

    Returns
    -------
    Samples
        ``inputs`` (samples, steps, channels), the numbers of spikes; ``labels``, int32.

    Raises
    ------
    DataFileError
        When the file is missing, or not as it has to be.
    PackageMissingError
        When h5py is not installed.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.ssc('nowhere')
    Traceback (most recent call last):
    nbbrain.datasets.files.DataFileError: nowhere: there is no such folder. ...
    """
    file = one_of(folder, [f"ssc_{is_string(split, 'split', ['train', 'valid', 'test'])}.h5"])
    return read_spoken(file, 35, num_step, duration, num_channel, samples, binary, dtype)


def read_spoken(path: str | os.PathLike[str], num_class: int, num_step: int, duration: float, num_channel: int,
                samples: Any, binary: bool, dtype: type[np.generic]) -> Samples:
    """The samples of a file with the data sets ``spikes/times``, ``spikes/units`` and ``labels``."""
    h5py = needs("h5py", "reading a HDF5 file")
    channels = count(num_channel, "num_channel")
    if channels > _UNITS:
        raise ValueError(f"num_channel must be at most {_UNITS}, but got {num_channel!r}.")
    file = existing(path)
    try:
        with h5py.File(file, "r") as content:
            times, units, labels = [_dataset(h5py, file, content, name) for name in _NAMES]
            if not len(times) == len(units) == len(labels):
                raise DataFileError(f"{file}: {', '.join(_NAMES)} must have one length, but have {len(times)}, {len(units)} "
                                    f"and {len(labels)}.")
            chosen = _chosen(samples, len(labels))
            when = [_row(file, times, i) for i in chosen]
            where = [_row(file, units, i) for i in chosen]
            classes = np.asarray(labels)[chosen]
    except (OSError, RuntimeError, KeyError) as error:  # what h5py raises for what it cannot read
        raise DataFileError(f"{file}: this is no HDF5 file that can be read: {error}.") from error
    _check(file, chosen, when, where, classes, num_class)
    groups = [(row.astype(np.int32) * channels // _UNITS).astype(np.uint16) for row in where]
    return Samples(bin_events(when, groups, channels, num_step, duration, binary, dtype), classes.astype(np.int32))


def _dataset(h5py: Any, file: Path, content: Any, name: str) -> Any:
    """A data set with one axis in a HDF5 file."""
    found = content.get(name)
    if not isinstance(found, h5py.Dataset) or found.ndim != 1:
        raise DataFileError(f"{file}: expected the data sets {', '.join(_NAMES)}, each with one axis, but {name} is none.")
    return found


def _chosen(samples: Any, total: int) -> list[int]:
    """The indices of the samples that are asked for."""
    if samples is None or isinstance(samples, slice):
        return list(range(total))[samples or slice(None)]
    if isinstance(samples, Sequence) or (isinstance(samples, np.ndarray) and samples.ndim == 1):
        given = np.asarray(samples)
        if not given.size or (given.dtype.kind in "iu" and 0 <= given.min() <= given.max() < total):
            return [int(i) for i in given]
    raise ValueError(f"samples must be a slice or integers from 0 to {total - 1}, but got {samples!r}.")


def _row(file: Path, data: Any, index: int) -> np.ndarray:
    """The numbers of one sample."""
    row = np.asarray(data[index])
    if row.ndim != 1 or row.dtype.kind not in "iuf" or row.size > _MOST_SPIKES:
        raise DataFileError(f"{file}: {data.name}, sample {index}: expected a sequence of at most {_MOST_SPIKES} numbers, "
                            f"but got {row.dtype} of shape {row.shape}.")
    return row


def _check(file: Path, chosen: list[int], when: list[np.ndarray], where: list[np.ndarray], classes: np.ndarray,
           num_class: int) -> None:
    """Raise a DataFileError where numbers are not what they have to be."""
    for index, times, units in zip(chosen, when, where, strict=True):
        if len(times) != len(units):
            raise DataFileError(f"{file}: sample {index} must have as many times as units, but has {len(times)} and "
                                f"{len(units)}.")
        if not np.all(times >= 0) or not np.isfinite(times).all():
            raise DataFileError(f"{file}: sample {index}: times must be seconds of at least 0.")
        if units.dtype.kind not in "iu" or (units.size and not 0 <= units.min() <= units.max() < _UNITS):
            raise DataFileError(f"{file}: sample {index}: units must be integers from 0 to {_UNITS - 1}.")
    if classes.dtype.kind not in "iu" or (classes.size and not 0 <= classes.min() <= classes.max() < num_class):
        raise DataFileError(f"{file}: labels must be integers from 0 to {num_class - 1}.")
