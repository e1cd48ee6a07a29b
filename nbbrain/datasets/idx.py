"""Images and labels in IDX files, the format of MNIST."""
from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from nbbrain.check import is_string
from nbbrain.datasets.files import DataFileError, bytes_of, existing, one_of
from nbbrain.datasets.results import Samples

__all__ = ["mnist", "read_idx"]

_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_AXES = 8
_LARGEST = 2**32
_PREFIXES = {"train": "train", "test": "t10k"}


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array in an IDX file, as it is or packed by gzip.

    Parameters
    ----------
    path : path
        The file. It starts with two zeros, a code of the dtype and the number of axes; the length of every axis follows, as
        a 32-bit number with the largest byte first, and then the numbers.

    Returns
    -------
    numpy.ndarray
        The array, in the byte order of this machine.

    Raises
    ------
    DataFileError
        When it is missing, no IDX file, shorter or longer than it says.

    Examples
    --------
    >>> import nbbrain as bp, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, 'numbers.idx')
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    ...     bp.datasets.read_idx(path)
    array([7, 8, 9], dtype=uint8)
    """
    file = existing(path)
    start = bytes_of(file, 4 + 4 * _MOST_AXES)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in _DTYPES or not 1 <= start[3] <= _MOST_AXES:
        raise DataFileError(f"{file}: an IDX file must start with 0, 0, one of the codes {', '.join(map(hex, _DTYPES))} and "
                            f"a number of axes from 1 to {_MOST_AXES}, but this one starts with {start[:4].hex(' ')}.")
    head = 4 + 4 * start[3]
    if len(start) < head:
        raise DataFileError(f"{file}: the file ends within its first {head} bytes, which tell the shape.")
    shape = tuple(np.frombuffer(start, ">u4", start[3], 4).tolist())
    dtype = np.dtype(_DTYPES[start[2]])
    size = math.prod(shape) * dtype.itemsize
    if size > _LARGEST:
        raise DataFileError(f"{file}: an array of shape {shape} has {size} bytes, but no more than {_LARGEST} are read.")
    content = bytes_of(file, size + 1, head)
    if len(content) != size:
        found = f"only {len(content)} follow" if len(content) < size else "more follow"
        raise DataFileError(f"{file}: an array of shape {shape} must have {size} bytes after the first {head}, but {found}.")
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def mnist(folder: str | os.PathLike[str], split: str = "train") -> Samples:
    """Images with labels in the files of MNIST, Fashion-MNIST, and others of the same form (LeCun et al., 1998).

    Parameters
    ----------
    folder : path
        The folder with the files ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, or those that start with
        ``t10k``; with or without ``.gz``. Nothing is downloaded.
    split : {'train', 'test'}
        Which images.

    Returns
    -------
    Samples
        ``inputs`` (samples, height, width), uint8; ``labels``, int32. `rate_spikes` and `latency_spikes` make spikes.

    Raises
    ------
    DataFileError
        When a file is missing, no IDX file, shorter or longer than it says, or when there are not as many labels as images.

    Examples
    --------
    >>> import nbbrain as bp, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     images = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 50, 100, 255])
    ...     _ = pathlib.Path(folder, 'train-images-idx3-ubyte').write_bytes(images)
    ...     _ = pathlib.Path(folder, 'train-labels-idx1-ubyte').write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 1, 5]))
    ...     data = bp.datasets.mnist(folder)
    >>> data.inputs.shape, data.labels
    ((1, 2, 2), array([5], dtype=int32))
    """
    prefix = _PREFIXES[str(is_string(split, "split", list(_PREFIXES)))]
    image_file, images = _part(folder, f"{prefix}-images", 3)
    label_file, labels = _part(folder, f"{prefix}-labels", 1)
    if len(images) != len(labels):
        raise DataFileError(f"{label_file}: expected a label for each of the {len(images)} images in {image_file.name}, "
                            f"but there are {len(labels)}.")
    return Samples(images, labels.astype(np.int32))


def _part(folder: str | os.PathLike[str], name: str, axes: int) -> tuple[Path, np.ndarray]:
    """A file of a folder, and the array of bytes in it."""
    names = [f"{name}{dot}idx{axes}-ubyte{packed}" for packed in ("", ".gz") for dot in ("-", ".")]
    file = one_of(folder, names)
    array = read_idx(file)
    if array.ndim != axes or array.dtype != np.uint8:
        raise DataFileError(f"{file}: expected an array of bytes with {axes} axes, but it has {array.dtype} of shape "
                            f"{array.shape}.")
    return file, array
