"""What neurons, synapses and layers share: the batch of a state, trainable parameters, and checks of what comes in."""
from __future__ import annotations

import operator
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.initialize import parameter

__all__ = ["activation_function", "check_features", "clear_collected", "collect", "new_batch_size", "positive_integer",
           "set_state", "trainable"]


def new_batch_size(owner: DynamicalSystem, batch_size: Any, state: bm.Variable) -> int | None:
    """The batch size that a reset gives to a state: the one asked for, or the present one; None without batches.

    Raises
    ------
    ValueError
        For anything else than a positive integer or None, and for an integer where the mode knows no batches.
    """
    if batch_size is not None:
        batch_size = positive_integer(batch_size, f"{owner.name}: batch_size")
    if isinstance(owner.mode, bm.BatchingMode):
        return state.batch_size if batch_size is None else batch_size
    if batch_size is not None:
        raise ValueError(f"{owner.name} is in {owner.mode} and has no batches, but was reset with batch_size={batch_size}. "
                         f"Build it with mode=bm.batching_mode or bm.training_mode.")
    return None


def positive_integer(x: Any, name: str) -> int:
    """x as an int, or a ValueError that names the argument."""
    try:
        number = operator.index(x)
    except TypeError:
        number = 0
    if isinstance(x, bool) or number <= 0:
        raise ValueError(f"{name} must be a positive integer, but got {x!r}.")
    return number


def trainable(owner: DynamicalSystem, initializer: Any, shape: Any, *, allow_none: bool = False,
              allow_scalar: bool = False) -> Any:
    """A parameter of a model: a `TrainVar` in TrainingMode, otherwise what the initializer gave."""
    value = parameter(initializer, shape, allow_none=allow_none, allow_scalar=allow_scalar)
    if not isinstance(owner.mode, bm.TrainingMode) or value is None or isinstance(value, (bm.TrainVar, bm.Parameter)):
        return value
    array = bm.asarray(value)
    return bm.TrainVar(array if array.dtype.kind in "fc" else array.astype(bm.float_))


def check_features(owner: DynamicalSystem, x: Any, size: int) -> Any:
    """x as an array, if its last axis has the size that a layer expects; otherwise a ValueError that names the layer."""
    array = bm.asarray(x)
    if array.shape[-1:] != (size,):
        raise ValueError(f"{owner.name}: expected input of shape (..., {size}), but got {array.shape}")
    return array


def set_state(owner: DynamicalSystem, state: bm.Variable, new: Any) -> None:
    """Give a state a new value; one of another shape, which a badly shaped input leads to, is a ValueError."""
    if new.shape != state.shape:
        axis = state.batch_axis
        batch = axis is not None and new.ndim == state.ndim and new.shape[:axis] == state.shape[:axis]
        hint = f" For another batch size call reset_state({new.shape[axis]}) first." if batch else ""
        raise ValueError(f"{owner.name}: the input would turn a state of shape {state.shape} into one of shape "
                         f"{new.shape}.{hint}")
    state.value = new


def collect(owner: DynamicalSystem, name: str, given: Any) -> Any:
    """The input of this step under a name, for one that comes on top of the collected one, if inputs are collected."""
    variable = getattr(owner, name, None)
    if variable is None:
        return 0. if given is None else bm.asarray(given)
    if given is not None:
        set_state(owner, variable, variable + given)
    return variable


def clear_collected(owner: DynamicalSystem, name: str) -> None:
    """Set a collected input to zero, if inputs are collected."""
    variable = getattr(owner, name, None)
    if variable is not None:
        variable.value = bm.zeros_like(variable)


def activation_function(activation: Any, owner: str) -> Any:
    """An activation function given by its name in ``bm.activations`` or as a callable."""
    if callable(activation):
        return activation
    known = [name for name in dir(bm.activations) if callable(getattr(bm.activations, name)) and not name.startswith("_")]
    if not isinstance(activation, str) or activation not in known:
        raise ValueError(f"{owner}: activation must be a function or one of {', '.join(known)}, but got {activation!r}.")
    return getattr(bm.activations, activation)
