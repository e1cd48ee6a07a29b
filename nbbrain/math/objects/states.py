"""The state of a model in a file."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nbbrain.errors import MathError

__all__ = ["States", "read_npz", "write_npz"]

States = dict[str, dict[str, np.ndarray]]
"""Arrays by the path of their object in the model and by their key in the object."""


def write_npz(filename: str | os.PathLike[str], states: Mapping[str, Mapping[str, Any]]) -> None:
    """Write states as ``path/key`` into an ``.npz`` file, which is replaced only when the new one is complete."""
    target = _npz(filename)
    arrays: dict[str, Any] = {}
    for path, state in states.items():
        for key, value in state.items():
            array = np.asarray(value)
            if array.dtype.hasobject:
                raise MathError(f"the state {key!r} of {path or 'the model'!r} is no array of numbers, but {value!r}.")
            arrays[f"{path}/{key}" if path else key] = array
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def read_npz(filename: str | os.PathLike[str]) -> States:
    """Read the states that `write_npz` wrote. Nothing in the file is executed."""
    states: States = {}
    with np.load(_npz(filename), allow_pickle=False) as arrays:
        for name in arrays.files:
            path, _, key = name.rpartition("/")
            states.setdefault(path, {})[key] = arrays[name]
    return states


def _npz(filename: str | os.PathLike[str]) -> Path:
    path = Path(filename)
    if path.suffix != ".npz":
        raise MathError(f"the name of a file of states must end in .npz, but got {str(filename)!r}.")
    return path
