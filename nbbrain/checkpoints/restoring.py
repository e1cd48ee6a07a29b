"""What a checkpoint holds, given to models, optimizers and variables: all of it or nothing."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.checkpoints.structure import CheckpointError
from nbbrain.errors import MathError

__all__ = ["restore"]


def restore(target: Any, saved: Any) -> Any:
    """The structure of a target, with the values that were saved.

    Parameters
    ----------
    target : nested structure
        Models, optimizers and variables take over their values; arrays and everything else are replaced.
    saved : nested structure
        What was saved.

    Raises
    ------
    CheckpointError
        When structures, shapes or kinds of numbers differ. Nothing has changed then.
    """
    variables: list[tuple[str, bm.Variable, Any]] = []
    objects: list[tuple[str, bm.BrainPyObject, Any]] = []
    result = _match(target, saved, "", variables, objects)
    before = [(variable, variable.value) for _, variable, _ in variables]
    before += [(variable, variable.value) for _, node, _ in objects for variable in node.vars("relative").unique().values()]
    try:
        for place, node, state in objects:
            with _named(place):
                node.load_state_dict(state)
        for place, variable, value in variables:
            with _named(place):
                variable.value = value
    except BaseException:
        for variable, old in before:
            variable.value = old
        raise
    return result


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Say where in the target a value does not fit."""
    try:
        yield
    except MathError as error:
        raise CheckpointError(f"{place or 'the target'}: {error}") from None


def _match(target: Any, saved: Any, place: str, variables: list[Any], objects: list[Any]) -> Any:
    def differ(needed: str) -> CheckpointError:
        got = list(saved) if isinstance(saved, dict) else type(saved).__name__
        return CheckpointError(f"{place or 'the target'} needs {needed}, but the checkpoint has {got}.")

    if isinstance(target, bm.BrainPyObject):
        if not isinstance(saved, dict):
            raise differ("the state of a model or optimizer")
        objects.append((place, target, saved))
        return target
    if isinstance(target, (bm.Array, np.ndarray)):
        if not isinstance(saved, np.ndarray):
            raise differ("an array")
        if saved.shape != target.shape or saved.dtype.kind != target.dtype.kind:
            raise CheckpointError(f"{place or 'the target'} needs an array of shape {target.shape} and dtype "
                                  f"{target.dtype}, but the checkpoint has {saved.shape} and {saved.dtype}.")
        if isinstance(target, bm.Variable):
            variables.append((place, target, saved))
            return target
        return saved
    if isinstance(target, dict):
        if not isinstance(saved, dict) or set(saved) != set(target):
            raise differ(f"the keys {list(target)}")
        items = {key: _match(target[key], saved[key], f"{place}/{key}" if place else str(key), variables, objects)
                 for key in target}
        return items if type(target) is dict else type(target)(items)
    if isinstance(target, (list, tuple)) and not hasattr(target, "_fields"):
        if not isinstance(saved, (list, tuple)) or len(saved) != len(target):
            raise differ(f"{len(target)} items")
        parts = [_match(target[i], saved[i], f"{place}/{i}" if place else str(i), variables, objects)
                 for i in range(len(target))]
        return type(target)(parts)
    return saved
