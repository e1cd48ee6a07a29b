"""Training that can be interrupted: checkpoints of all that it needs to go on."""
from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain import checkpoints
from nbbrain.checkpoints.restoring import restore
from nbbrain.checkpoints.structure import CheckpointError
from nbbrain.train.callbacks import Callback, Fit

__all__ = ["Checkpoint", "checkpoint_callbacks"]


class Checkpoint(Callback):
    """Saves all that a training needs to go on, after every epoch.

    These are the model, the optimizer with its learning rate, the default stream of ``bm.random``, the order of the data,
    the history, and what other callbacks remember. A file is complete or it is not there, whenever the process ends.

    Parameters
    ----------
    path : path
        A folder; or a template with ``{epoch}`` such as ``'runs/net_{epoch}.safetensors'``, whose ending is the format; or
        the name of one file, ending in ``.npz`` or ``.safetensors``, which is replaced every time.
    every : int
        After how many epochs it is saved; after the last one it is in any case.
    keep : int
        How many checkpoints stay, the latest ones.
    overwrite : bool
        Whether a training from the beginning may remove checkpoints that are there.
    resume : bool
        Whether to go on where the latest one was saved; from the beginning where there is none.

    Raises
    ------
    CheckpointError
        Before the training begins, when there are checkpoints and they may not be removed; when resuming, and the model, the
        optimizer or the order of the data are others than those that were saved.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> def train(folder, num_epoch):
    ...     with bm.training_environment():
    ...         net = bp.layers.Dense(1, 1)
    ...     x = np.ones((4, 1), np.float32)
    ...     trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.SGD(0.1), progress_bar=False)
    ...     trainer.fit((x, x), num_epoch=num_epoch, batch_size=2, shuffle=True, checkpoint=folder, resume=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     train(folder, 2)
    ...     train(folder, 3)  # doctest: +ELLIPSIS
    Train 0 epoch, ...
    Train 1 epoch, ...
    Train 2 epoch, ...
    """

    def __init__(self, path: str | os.PathLike[str], every: int = 1, keep: int = 3, overwrite: bool = False,
                 resume: bool = False) -> None:
        for name, value in (("every", every), ("keep", keep)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise ValueError(f"{name} must be an integer of at least 1, but got {value!r}.")
        self.path, self.every, self.keep, self.overwrite, self.resume = Path(path), every, keep, overwrite, resume
        self._single = self.path.suffix in (".npz", ".safetensors") and "{" not in self.path.name
        self.folder, self.prefix, self.format = self.path, "checkpoint_", "npz"
        if "{" in self.path.name:
            match = re.fullmatch(r"([^{}]*)\{epoch\}\.(npz|safetensors)", self.path.name)
            if match is None:
                raise ValueError(f"a template must have the form 'folder/name_{{epoch}}.npz', or end in .safetensors, but "
                                 f"got {str(path)!r}.")
            self.folder, self.prefix, self.format = self.path.parent, match[1], match[2]
        self._callbacks: list[Callback] = []

    def latest(self) -> Path | None:
        """The path of the latest checkpoint, or None."""
        if self._single:
            return self.path if self.path.is_file() else None
        found = checkpoints.latest_checkpoint(self.folder, self.prefix)
        return None if found is None else Path(found)

    def on_fit_start(self, fit: Fit) -> None:
        """Go on from the latest checkpoint, if that is wanted."""
        self._callbacks = [item for item in fit.callbacks if type(item).state_dict is not Callback.state_dict]
        latest = self.latest()
        if self.resume or self.overwrite:
            self._clean()
        if latest is None:
            return
        if self.resume:
            self._go_on(fit, latest)
        elif self.overwrite:
            while (latest := self.latest()) is not None:  # or a later resume would go on with the other training
                latest.unlink()
        else:
            raise CheckpointError(f"{str(latest)!r} is there already, of another training: resume=True goes on with it; for "
                                  f"a new training give another path, or bp.train.Checkpoint(..., overwrite=True).")

    def on_epoch_end(self, fit: Fit) -> None:
        """Save, if it is time."""
        last = fit.epoch + 1 == fit.num_epoch or fit.stopped is not None
        if last or (fit.epoch + 1) % self.every == 0:
            state = self._state(fit)
            if self._single:
                checkpoints.save_pytree(self.path, state, verbose=False)
            else:
                checkpoints.save(self.folder, state, fit.epoch, self.prefix, self.keep, overwrite=True, format=self.format)

    def _clean(self) -> None:
        """Remove what a process has left that was killed while it wrote."""
        name = re.escape(self.path.name) if self._single else rf"{re.escape(self.prefix)}\d+\.{self.format}"
        folder = self.path.parent if self._single else self.folder
        for path in folder.iterdir() if folder.is_dir() else ():
            if re.fullmatch(rf"\.{name}\.[0-9a-f]{{16}}\.(npz|safetensors)", path.name):
                path.unlink(missing_ok=True)

    def _state(self, fit: Fit) -> dict[str, Any]:
        trainer = fit.trainer
        return {
            **_variables(trainer),
            "fit": {"epoch": fit.epoch, "steps": fit.steps, "updates": fit.updates, "stopped": fit.stopped,
                    "data": _data(fit), "seed": fit.training.seed, "clock": [trainer.runner.t0, trainer.runner.i0]},
            "history": trainer.history.state_dict(),
            "callbacks": [[type(item).__name__, item.state_dict()] for item in self._callbacks],
        }

    def _go_on(self, fit: Fit, path: Path) -> None:
        saved = checkpoints.load(path)
        if not (isinstance(saved, dict) and {"model", "optimizer", "random", "fit", "history", "callbacks"} <= saved.keys()):
            raise CheckpointError(f"{str(path)!r} is no checkpoint of a training: bp.train.Checkpoint writes those.")
        state = saved["fit"]
        given, there = _data(fit), state["data"]
        differ = [f"{key} was {there.get(key)!r} and is {given[key]!r}" for key in given if there.get(key) != given[key]]
        if fit.options["seed"] is not None and fit.training.seed != state["seed"]:
            differ.append(f"seed was {state['seed']!r} and is {fit.training.seed!r}")
        kinds, classes = [kind for kind, _ in saved["callbacks"]], [type(item).__name__ for item in self._callbacks]
        if kinds != classes:
            differ.append(f"callbacks were {kinds} and are {classes}")
        if differ:
            raise CheckpointError(f"the training cannot go on from {str(path)!r} as it was: {'; '.join(differ)}.")
        restore(_variables(fit.trainer), {key: saved[key] for key in ("model", "optimizer", "random")})
        for item, (_, values) in zip(self._callbacks, saved["callbacks"], strict=True):
            item.load_state_dict(values)
        fit.trainer.history.load_state_dict(saved["history"])
        fit.trainer.runner.t0, fit.trainer.runner.i0 = float(state["clock"][0]), int(state["clock"][1])
        fit.training.seed = state["seed"]
        fit.epoch, fit.steps, fit.updates = state["epoch"] + 1, state["steps"], state["updates"]
        fit.stopped = state["stopped"]

    def __repr__(self) -> str:
        return f"Checkpoint({str(self.path)!r}, every={self.every}, keep={self.keep})"


def _variables(trainer: Any) -> dict[str, Any]:
    return {"model": trainer.target, "optimizer": trainer.optimizer, "random": bm.random.DEFAULT}


def _data(fit: Fit) -> dict[str, Any]:
    """What the order of the data, and the updates, depend on."""
    return {"batch_size": fit.training.batch_size, "shuffle": fit.training.shuffle, "accumulate": fit.options["accumulate"]}


def checkpoint_callbacks(checkpoint: Any, resume: bool) -> list[Callback]:
    """The callback of ``fit(checkpoint=, resume=)``, if there is one."""
    if checkpoint is None:
        if resume:
            raise ValueError("resume=True needs checkpoint=, which says where the training was saved.")
        return []
    if isinstance(checkpoint, Checkpoint):
        checkpoint = copy.copy(checkpoint)
        checkpoint.resume = checkpoint.resume or resume
        return [checkpoint]
    if not isinstance(checkpoint, (str, os.PathLike)):
        raise TypeError(f"checkpoint must be a path or a bp.train.Checkpoint, but got {checkpoint!r}.")
    return [Checkpoint(checkpoint, resume=resume)]
