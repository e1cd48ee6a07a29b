"""What a runner records of a model in every step."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.share import SharedArguments
from nbbrain.errors import RunningError
from nbbrain.math.variables import Variable
from nbbrain.runners.inputs import variable_named

__all__ = ["Monitors"]


class Monitors:
    """The monitors of a model, as `DSRunner` takes them.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    given : sequence or dict, optional
        Variables, names of variables (``'E.V'``), or ``(variable, index)``; in a dict by the names under which they are
        recorded, where functions of the shared arguments may stand too.

    Raises
    ------
    RunningError
        For what is none of these.
    """

    def __init__(self, target: DynamicalSystem, given: Any) -> None:
        self._read: dict[str, Callable[[SharedArguments], Any]] = {}
        for name, wanted in _named(given):
            self._read[name] = _reader(target, wanted)

    def read(self, shared: SharedArguments) -> dict[str, Any]:
        """What is recorded of a step; functions get the time at its end."""
        if not self._read:
            return {}
        after = type(shared)({**shared, "t": shared["t"] + shared["dt"]})
        return {name: bm.asarray(read(after)) for name, read in self._read.items()}


def _named(given: Any) -> list[tuple[str, Any]]:
    if given is None:
        return []
    if isinstance(given, Mapping):
        return list(given.items())
    if not isinstance(given, (list, tuple)):
        raise RunningError(f"monitors must be a sequence of names or a dict, but got {given!r}.")
    named = []
    for each in given:
        key = each[0] if isinstance(each, (tuple, list)) and len(each) == 2 else each
        if not isinstance(key, str):
            raise RunningError(f"a monitor in a sequence is the name of a variable, or (name, index), but got {each!r}. In "
                               f"a dict it can be a variable or a function.")
        named.append((key, each))
    return named


def _reader(target: DynamicalSystem, wanted: Any) -> Callable[[SharedArguments], Any]:
    if isinstance(wanted, (str, Variable)):
        variable = variable_named(target, wanted)
        return lambda shared: variable
    if isinstance(wanted, (tuple, list)) and len(wanted) == 2:
        part, index = variable_named(target, wanted[0]), wanted[1]
        index = [index] if isinstance(index, int) else index  # one neuron keeps its axis
        axis = part.batch_axis
        place = index if axis is None else (*[slice(None)] * (axis + 1), index)
        return lambda shared: part[place]
    if callable(wanted):
        found: Callable[[SharedArguments], Any] = wanted
        return found
    raise RunningError(f"a monitor is a variable, its name, (variable, index) or a function, but got {wanted!r}.")
