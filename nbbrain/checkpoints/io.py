"""Variables by name in files of several formats, as other programs read and write them.

For the state of a model, ``bp.checkpoints.save`` is safer: it keeps the structure, and checks it.
"""
from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.checkpoints import files
from nbbrain.checkpoints.structure import CheckpointError
from nbbrain.errors import MathError

__all__ = [
    "DUPLICATE_KEY", "DUPLICATE_TARGET", "SUPPORTED_FORMATS", "load_by_h5", "load_by_mat", "load_by_npz", "load_by_pkl",
    "save_as_h5", "save_as_mat", "save_as_npz", "save_as_pkl",
]

SUPPORTED_FORMATS = [".h5", ".hdf5", ".npz", ".pkl", ".mat"]
"""How names of files end."""

DUPLICATE_KEY, DUPLICATE_TARGET = "duplicate_keys", "duplicate_targets"
"""In files of BrainPy, lists of names that share one variable; not needed to load them."""

Name = str | PathLike[str]
Variables = Mapping[str, Any]


def save_as_npz(filename: Name, variables: Variables, compressed: bool = False) -> None:
    """Write variables in NumPy's format; dots in names are written as ``--``.

    Parameters
    ----------
    filename : path
        A name that ends in ``.npz``.
    variables : dict of array
        Variables by name, such as ``model.vars()``.
    compressed : bool
        Whether the file is compressed.

    Raises
    ------
    CheckpointError
        For another name, or what is no array of numbers. A file that was there stays as it was.

    Examples
    --------
    >>> import os, tempfile
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.Dense(2, 1, mode=bm.TrainingMode())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     bp.checkpoints.io.save_as_npz(os.path.join(folder, 'a.npz'), layer.vars())
    ...     layer.W.value = bm.zeros((2, 1))
    ...     bp.checkpoints.io.load_by_npz(os.path.join(folder, 'a.npz'), layer)
    >>> bool(bm.any(layer.W != 0))
    True
    """
    arrays = {name.replace(".", "--"): array for name, array in _arrays(variables).items()}
    if "file" in arrays:
        raise CheckpointError("in this format no variable can be named 'file'.")
    save: Callable[..., Any] = np.savez_compressed if compressed else np.savez

    def write(path: Path) -> None:
        with path.open("wb") as file:
            save(file, **arrays)

    files.replace(_path(filename, ".npz"), write)


def load_by_npz(filename: Name, target: bm.BrainPyObject, verbose: bool = False) -> None:
    """Give variables the values that `save_as_npz` wrote.

    Parameters
    ----------
    filename : path
        The file.
    target : BrainPyObject
        The model; its variables are found by name, ``target.vars()``.
    verbose : bool
        Whether the names are printed.

    Raises
    ------
    CheckpointError
        When the file is damaged or holds pickles, a variable is missing there or not known here, or a shape is wrong.
        Nothing has changed then.
    """
    path = _existing(filename, ".npz")
    try:
        with path.open("rb") as file:
            found = np.load(file, allow_pickle=False)
            if not isinstance(found, Mapping):
                raise ValueError("it holds a single array.")
            arrays = {name.replace("--", "."): found[name] for name in found}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{str(filename)!r} is damaged, or holds pickles: {error}") from None
    _assign(filename, arrays, target, verbose)


def save_as_h5(filename: Name, variables: Variables) -> None:
    """Write variables as datasets of HDF5, with the package h5py.

    Parameters
    ----------
    filename : path
        A name that ends in ``.h5`` or ``.hdf5``.
    variables : dict of array
        Variables by name.

    Raises
    ------
    CheckpointError
        For another name, or what is no array of numbers.
    PackageMissingError
        Without h5py.
    """
    path, arrays = _path(filename, ".h5", ".hdf5"), _arrays(variables)
    h5py = files.needs("h5py", "an HDF5 file")

    def write(temporary: Path) -> None:
        with h5py.File(temporary, "w") as file:
            for name, array in arrays.items():
                file.create_dataset(name, data=array)

    files.replace(path, write)


def load_by_h5(filename: Name, target: bm.BrainPyObject, verbose: bool = False) -> None:
    """Give variables the values that `save_as_h5` wrote; see `load_by_npz`.

    Parameters
    ----------
    filename, target, verbose
        See `load_by_npz`.

    Raises
    ------
    CheckpointError
        See `load_by_npz`.
    PackageMissingError
        Without h5py.
    """
    path = _existing(filename, ".h5", ".hdf5")
    h5py = files.needs("h5py", "an HDF5 file")

    try:
        with h5py.File(path, "r") as file:
            arrays = {name: np.asarray(file[name]) for name in file if isinstance(file.get(name), h5py.Dataset)}
    except (OSError, RuntimeError, KeyError) as error:
        raise CheckpointError(f"{str(filename)!r} is no HDF5 file, or is damaged: {error}") from None
    _assign(filename, arrays, target, verbose)


def save_as_mat(filename: Name, variables: Variables) -> None:
    """Write variables in MATLAB's format, with SciPy; dots in names are written as ``--``.

    Parameters
    ----------
    filename : path
        A name that ends in ``.mat``.
    variables : dict of array
        Variables by name.

    Raises
    ------
    CheckpointError
        For another name, or what is no array of numbers.
    PackageMissingError
        Without SciPy.

    Notes
    -----
    MATLAB knows no array of fewer than two axes. `load_by_mat` gives arrays the shapes of the variables.
    """
    path = _path(filename, ".mat")
    arrays = {name.replace(".", "--"): array for name, array in _arrays(variables).items()}
    scipy = files.needs("scipy.io", "a file of MATLAB")
    files.replace(path, lambda temporary: scipy.savemat(temporary, arrays))


def load_by_mat(filename: Name, target: bm.BrainPyObject, verbose: bool = False) -> None:
    """Give variables the values that `save_as_mat` wrote; see `load_by_npz`.

    Parameters
    ----------
    filename, target, verbose
        See `load_by_npz`.

    Raises
    ------
    CheckpointError
        See `load_by_npz`.
    PackageMissingError
        Without SciPy.
    """
    path = _existing(filename, ".mat")
    scipy = files.needs("scipy.io", "a file of MATLAB")
    try:
        found = scipy.loadmat(path)
    except Exception as error:  # SciPy's reader has errors of many kinds for files that are damaged
        raise CheckpointError(f"{str(filename)!r} is no file of MATLAB, or is damaged: {error}") from None
    variables = target.vars() if isinstance(target, bm.BrainPyObject) else {}
    arrays = {name: _of_shape(array, variables.get(name)) for name, array
              in ((name.replace("--", "."), array) for name, array in found.items() if not name.startswith("__"))}
    _assign(filename, arrays, target, verbose)


def _of_shape(array: Any, variable: Any) -> Any:
    """An array with the shape and dtype of a variable, where only axes of length 1 and the dtype are different."""
    if variable is None or not isinstance(array, np.ndarray):
        return array
    if [size for size in array.shape if size != 1] == [size for size in variable.shape if size != 1]:
        array = array.reshape(variable.shape)
    return array.astype(variable.dtype) if array.dtype.kind in "biufc" else array


def save_as_pkl(filename: Name, variables: Variables) -> None:
    """Write variables as a pickle.

    Parameters
    ----------
    filename : path
        A name that ends in ``.pkl`` or ``.p``.
    variables : dict of array
        Variables by name.

    Raises
    ------
    CheckpointError
        For another name, or what is no array of numbers.
    """
    data = pickle.dumps(_arrays(variables))

    def write(path: Path) -> None:
        path.write_bytes(data)

    files.replace(_path(filename, ".pkl", ".p"), write)


def load_by_pkl(filename: Name, target: bm.BrainPyObject, verbose: bool = False, *, allow_pickle: bool = False) -> None:
    """Give variables the values that `save_as_pkl` wrote; see `load_by_npz`.

    Parameters
    ----------
    filename, target, verbose
        See `load_by_npz`.
    allow_pickle : bool
        Whether the file is trusted: a pickle can run any code when it is loaded.

    Raises
    ------
    CheckpointError
        Without ``allow_pickle=True``; for what else see `load_by_npz`.
    """
    path = _existing(filename, ".pkl", ".p")
    if allow_pickle is not True:
        raise CheckpointError(f"{str(filename)!r} is a pickle, which can run any code when it is loaded. If you trust "
                              f"whoever wrote it, say allow_pickle=True.")
    try:
        arrays = pickle.loads(path.read_bytes())
    except (pickle.UnpicklingError, EOFError, ImportError, AttributeError, IndexError) as error:
        raise CheckpointError(f"{str(filename)!r} is no pickle, or is damaged: {error}") from None
    if not isinstance(arrays, dict):
        raise CheckpointError(f"{str(filename)!r} holds no dict of arrays, but a {type(arrays).__name__}.")
    _assign(filename, arrays, target, verbose)


def _path(filename: Name, *endings: str) -> Path:
    path = Path(filename)
    if path.suffix not in endings:
        raise CheckpointError(f"the name of the file must end in {' or '.join(endings)}, but got {str(filename)!r}.")
    return path


def _existing(filename: Name, *endings: str) -> Path:
    path = _path(filename, *endings)
    if not path.is_file():
        raise CheckpointError(f"there is no file {str(filename)!r}.")
    return path


def _arrays(variables: Variables) -> dict[str, np.ndarray]:
    if not isinstance(variables, Mapping):
        raise CheckpointError(f"variables must be a dict of arrays, such as model.vars(), but got "
                              f"{type(variables).__name__}.")
    arrays = {}
    for name, value in variables.items():
        array = np.asarray(value)
        if not isinstance(name, str) or not name or "/" in name or array.dtype.kind not in "biufc":
            raise CheckpointError(f"variables must be arrays of numbers by name, but got {name!r}: {value!r}.")
        arrays[name] = array
    return arrays


def _assign(filename: Name, arrays: dict[str, Any], target: Any, verbose: bool) -> None:
    """Give the variables of a model their values, all of them or none."""
    if not isinstance(target, bm.BrainPyObject):
        raise TypeError(f"target must be a BrainPyObject such as a model, but got {type(target).__name__}.")
    arrays = {name: array for name, array in arrays.items() if name not in (DUPLICATE_KEY, DUPLICATE_TARGET)}
    variables = target.vars()
    unknown = sorted(set(arrays) - set(variables))
    given = {id(variables[name]) for name in arrays if name in variables}
    missing = sorted(name for name, variable in variables.items() if id(variable) not in given)
    if unknown or missing:
        raise CheckpointError(f"{str(filename)!r} does not fit the model, and nothing was changed: it lacks {missing}, and "
                              f"the model lacks {unknown}.")
    bad = [name for name, array in arrays.items() if np.asarray(array).dtype.kind not in "biufc"]
    if bad:
        raise CheckpointError(f"{str(filename)!r} holds no numbers for {bad}; nothing was changed.")
    try:
        bm.ArrayCollector({name: variables[name] for name in arrays}).assign(arrays)
    except MathError as error:
        raise CheckpointError(f"{str(filename)!r}: {error}") from None
    if verbose:
        print(f"loaded from {filename}: {', '.join(arrays)}")
