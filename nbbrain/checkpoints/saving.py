"""``save`` and ``load``: numbered checkpoints in a folder, and single files."""
from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any

from nbbrain.checkpoints import files
from nbbrain.checkpoints.background import AsyncManager
from nbbrain.checkpoints.restoring import restore
from nbbrain.checkpoints.structure import CheckpointError, describe

__all__ = ["latest_checkpoint", "load", "load_pytree", "save", "save_pytree"]

_FORMATS = {"npz": ".npz", "safetensors": files.SAFETENSORS}


def save(ckpt_dir: str | os.PathLike[str], target: Any, step: int | float, prefix: str = "checkpoint_", keep: int = 1,
         overwrite: bool = False, keep_every_n_steps: int | None = None, async_manager: AsyncManager | None = None, *,
         format: str = "npz") -> str:
    """Write a numbered checkpoint, and remove the oldest ones.

    The file is written beside its place and moved there when it is complete and on the disk: an interruption leaves
    the checkpoints that were there.

    Parameters
    ----------
    ckpt_dir : path
        The folder; it is made where it does not exist.
    target : nested structure
        Dicts, lists and tuples of arrays, numbers and text; models and optimizers, whose `state_dict` is saved.
    step : int or float
        The number of the checkpoint, such as the epoch.
    prefix : str
        How the name of the file begins, ``{prefix}{step}.npz``.
    keep : int
        How many checkpoints stay, the latest ones.
    overwrite : bool
        Whether a checkpoint of this step is replaced, and those of later steps are removed.
    keep_every_n_steps : int, optional
        Of older checkpoints, one every n steps stays.
    async_manager : AsyncManager, optional
        Writes in a thread while the program goes on.
    format : {'npz', 'safetensors'}
        The format of the file. 'safetensors' needs the package of that name.

    Returns
    -------
    str
        The path of the checkpoint.

    Raises
    ------
    CheckpointError
        When the target holds what cannot be saved, a path would leave the folder, or there is a checkpoint of this or a
        later step already.

    Examples
    --------
    >>> import tempfile
    >>> import nbbrain as bp
    >>> model = bp.layers.Dense(3, 2, mode=bp.modes.TrainingMode())
    >>> optimizer = bp.optim.Adam(1e-3, model.train_vars().unique())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = bp.checkpoints.save(folder, {'model': model, 'optimizer': optimizer, 'epoch': 7}, step=7)
    ...     bp.checkpoints.load(folder, target={'model': model, 'optimizer': optimizer, 'epoch': 0})['epoch']
    7
    """
    if format not in _FORMATS:
        raise CheckpointError(f"format must be one of {', '.join(_FORMATS)}, but got {format!r}.")
    for name, value in (("keep", keep), ("keep_every_n_steps", keep_every_n_steps)):
        if value is not None and not value >= 1:
            raise CheckpointError(f"{name} must be at least 1, but got {value!r}.")
    folder = Path(ckpt_dir)
    path = _inside(folder, f"{prefix}{_text(step)}{_FORMATS[format]}")
    folder.mkdir(parents=True, exist_ok=True)
    if async_manager is not None:
        async_manager.wait_previous_save()
    if not overwrite and any(number >= step for number, _ in _checkpoints(folder, prefix)):
        raise CheckpointError(f"{str(folder)!r} has a checkpoint of step {step} or later already: "
                              f"{[name.name for _, name in _checkpoints(folder, prefix)]}. Use overwrite=True to replace "
                              f"it and to remove later ones.")
    structure, arrays = describe(target)

    def finish() -> None:
        files.write(path, structure, arrays)
        older = []
        for number, other in _checkpoints(folder, prefix):
            if number > step or (number == step and other != path):
                other.unlink(missing_ok=True)
            else:
                older.append((number, other))
        last = -math.inf
        for number, other in older[:-keep]:
            if keep_every_n_steps is not None and number - last >= keep_every_n_steps:
                last = number
            else:
                other.unlink(missing_ok=True)

    if async_manager is None:
        finish()
    else:
        async_manager.save_async(finish)
    return str(path)


def load(ckpt_dir: str | os.PathLike[str], step: int | float | None = None, prefix: str = "checkpoint_", target: Any = None,
         parallel: bool = True, gda_manager: Any = None, allow_partial_mpa_restoration: bool = False, *,
         max_bytes: int | None = None) -> Any:
    """Read a checkpoint that `save` or `save_pytree` wrote. Nothing in the file is executed.

    Parameters
    ----------
    ckpt_dir : path
        The folder, or a file.
    step : int or float, optional
        The number of the checkpoint; the latest one by default.
    prefix : str
        How the name of the file begins.
    target : nested structure, optional
        What takes over the values: models, optimizers and variables change, all of them or none; arrays, numbers and text
        are replaced in what is returned. Structure and shapes must be those of the checkpoint.
    parallel, allow_partial_mpa_restoration
        Accepted for compatibility; not needed.
    gda_manager
        None: there are no arrays that are spread over machines.
    max_bytes : int, optional
        The largest file that is read.

    Returns
    -------
    nested structure
        The target with the values that were saved; without a target, dicts, lists and NumPy arrays.

    Raises
    ------
    CheckpointError
        When there is no such checkpoint; when it lies outside of the folder, is a pickle, is damaged, truncated or
        oversized; or when it does not fit the target. Nothing has changed then.

    Examples
    --------
    >>> import tempfile
    >>> import nbbrain as bp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for step in range(3):
    ...         _ = bp.checkpoints.save(folder, {'epoch': step, 'losses': [0.5, 0.25]}, step, keep=2)
    ...     bp.checkpoints.load(folder), bp.checkpoints.load(folder, step=1)['epoch']
    ({'epoch': 2, 'losses': [0.5, 0.25]}, 1)
    """
    if gda_manager is not None:
        raise NotImplementedError("gda_manager must be None: arrays live in the memory of one machine.")
    folder = Path(ckpt_dir)
    if folder.is_file():
        path = folder
    elif step is None:
        found = latest_checkpoint(folder, prefix)
        if found is None:
            raise CheckpointError(f"{str(folder)!r} has no checkpoint whose name begins with {prefix!r}.")
        path = Path(found)
    else:
        _inside(folder, f"{prefix}{_text(step)}")
        there = _checkpoints(folder, prefix)
        path = next((path for number, path in there if number == step), folder / f"{prefix}{_text(step)}.npz")
        if not path.is_file():
            raise CheckpointError(f"{str(folder)!r} has no checkpoint of step {step}, but of "
                                  f"{[number for number, _ in there]}.")
    saved = files.read(path, max_bytes)
    return saved if target is None else restore(target, saved)


def latest_checkpoint(ckpt_dir: str | os.PathLike[str], prefix: str = "checkpoint_") -> str | None:
    """The path of the checkpoint with the largest step; None where there is none.

    Parameters
    ----------
    ckpt_dir : path
        The folder.
    prefix : str
        How the names of its checkpoints begin.

    Examples
    --------
    >>> import tempfile
    >>> import nbbrain as bp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(bp.checkpoints.latest_checkpoint(folder))
    None
    """
    there = _checkpoints(Path(ckpt_dir), prefix)
    return str(there[-1][1]) if there else None


def save_pytree(filename: str | os.PathLike[str], target: Any, overwrite: bool = True,
                async_manager: AsyncManager | None = None, verbose: bool = True) -> None:
    """Write a nested structure of arrays to a file; see `save`.

    Parameters
    ----------
    filename : path
        The file. One whose name ends in ``.safetensors`` is written by that library; all others are NumPy's ``.npz``.
    target : nested structure
        What is saved.
    overwrite : bool
        Whether a file is replaced.
    async_manager : AsyncManager, optional
        Writes in a thread while the program goes on.
    verbose : bool
        Whether the path is printed.

    Raises
    ------
    CheckpointError
        When the target holds what cannot be saved, or the file exists and must not be replaced.

    Examples
    --------
    >>> import os, tempfile
    >>> import nbbrain as bp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     bp.checkpoints.save_pytree(os.path.join(folder, 'a.npz'), {'w': [1, 2.5]}, verbose=False)
    ...     bp.checkpoints.load_pytree(os.path.join(folder, 'a.npz'))
    {'w': [1, 2.5]}
    """
    path = Path(filename)
    if async_manager is not None:
        async_manager.wait_previous_save()
    if path.exists() and not overwrite:
        raise CheckpointError(f"{str(path)!r} exists already: use overwrite=True to replace it.")
    structure, arrays = describe(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    if verbose:
        print(f"Saving a checkpoint to {path}")
    if async_manager is None:
        files.write(path, structure, arrays)
    else:
        async_manager.save_async(lambda: files.write(path, structure, arrays))


def load_pytree(filename: str | os.PathLike[str], parallel: bool = True, *, target: Any = None,
                max_bytes: int | None = None) -> Any:
    """Read what `save_pytree` wrote; see `load`.

    Parameters
    ----------
    filename : path
        The file.
    parallel
        Accepted for compatibility; not needed.
    target, max_bytes
        See `load`.

    Raises
    ------
    CheckpointError
        See `load`.
    """
    saved = files.read(Path(filename), max_bytes)
    return saved if target is None else restore(target, saved)


def _text(step: int | float) -> str:
    """A step in the name of a file."""
    if isinstance(step, bool) or not isinstance(step, (int, float)) or not math.isfinite(step):
        raise CheckpointError(f"step must be a finite number, but got {step!r}.")
    return str(step)


def _inside(folder: Path, name: str) -> Path:
    """The path of a file in a folder, if it does not lead out of it."""
    path = folder / name
    if Path(name).name != name or "\\" in name or "\0" in name:
        raise CheckpointError(f"a checkpoint must lie in its folder {str(folder)!r}, but {name!r} is no plain name of a "
                              f"file.")
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise CheckpointError(f"{str(path)!r} leads out of its folder, to {str(path.resolve())!r}.")
    return path


def _checkpoints(folder: Path, prefix: str) -> list[tuple[float, Path]]:
    """The checkpoints in a folder by step."""
    _inside(folder, f"{prefix}0")
    pattern = re.compile(rf"{re.escape(prefix)}(-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(?:\.npz|\.safetensors)")
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match:
            text = match[1]
            found.append((float(text) if "." in text or "e" in text else int(text), _inside(folder, path.name)))
    return sorted(found)
