"""What neurons, synapses and layers share: the batch of a state, trainable parameters, and checks of what comes in."""
from __future__ import annotations

import operator
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.initialize import parameter

__all__ = ["activation_function", "add_current", "check_features", "new_batch_size", "positive_integer", "trainable"]


def new_batch_size(owner: DynamicalSystem, batch_size: Any, state: bm.Variable) -> int | None:
    """The batch size that a reset gives to a state: the one asked for, or the present one; None without batches.

    Raises
    ------
    ValueError
        For anything else than a positive integer or None, and for an integer where the mode knows no batches.
    """
    if batch_size is not None and not _is_positive_integer(batch_size):
        raise ValueError(f"{owner.name}: batch_size must be a positive integer or None, but got {batch_size!r}.")
    if isinstance(owner.mode, bm.BatchingMode):
        return state.batch_size if batch_size is None else int(batch_size)
    if batch_size is not None:
        raise ValueError(f"{owner.name} is in {owner.mode} and has no batches, but was reset with batch_size={batch_size}. "
                         f"Build it with mode=bm.batching_mode or bm.training_mode.")
    return None


def _is_positive_integer(x: Any) -> bool:
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool) and x > 0


def positive_integer(x: Any, name: str) -> int:
    """x as an int, or a ValueError that names the argument."""
    try:
        number = operator.index(x)
    except TypeError:
        number = 0
    if isinstance(x, bool) or number <= 0:
        raise ValueError(f"{name} must be a positive integer, but got {x!r}.")
    return number


def trainable(owner: DynamicalSystem, initializer: Any, shape: Any, *, allow_none: bool = False) -> Any:
    """A parameter of a model: a `TrainVar` in TrainingMode, otherwise what the initializer gave."""
    value = parameter(initializer, shape, allow_none=allow_none)
    if value is None or isinstance(value, bm.TrainVar) or not isinstance(owner.mode, bm.TrainingMode):
        return value
    return bm.TrainVar(value)


def check_features(owner: DynamicalSystem, x: Any, size: int) -> Any:
    """x as an array, if its last axis has the size that a layer expects; otherwise a ValueError that names the layer."""
    array = bm.asarray(x)
    if array.shape[-1:] != (size,):
        raise ValueError(f"{owner.name}: expected input of shape (..., {size}), but got {array.shape}")
    return array


def add_current(owner: DynamicalSystem, variable: bm.Variable, current: Any) -> None:
    """Add a current to a variable; one that would change its shape is a ValueError that says what to do."""
    total = variable + current
    if total.shape != variable.shape:
        hint = ""
        if variable.batch_axis is not None and len(total.shape) == len(variable.shape):
            hint = f" For another batch size call reset_state({total.shape[variable.batch_axis]}) first."
        raise ValueError(f"{owner.name}: an input of shape {np.shape(current)} does not fit a state of shape "
                         f"{variable.shape}.{hint}")
    variable.value = total


def activation_function(activation: Any, owner: str) -> Any:
    """An activation function given by its name in ``bm.activations`` or as a callable."""
    if callable(activation):
        return activation
    known = [name for name in dir(bm.activations) if callable(getattr(bm.activations, name)) and not name.startswith("_")]
    if not isinstance(activation, str) or activation not in known:
        raise ValueError(f"{owner}: activation must be a function or one of {', '.join(known)}, but got {activation!r}.")
    return getattr(bm.activations, activation)
