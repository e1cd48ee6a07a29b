"""What a runner puts into the variables of a model before every step."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.share import SharedArguments
from nbbrain.errors import RunningError
from nbbrain.math.variables import Variable

__all__ = ["Inputs", "variable_named"]

_KINDS = ("fix", "func", "iter")
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda old, new: bm.broadcast_to(bm.asarray(new), old.shape), "+": lambda old, new: old + new,
    "-": lambda old, new: old - new, "*": lambda old, new: old * new, "/": lambda old, new: old / new}
"""In the order in which they are carried out."""


def variable_named(target: DynamicalSystem, key: Any) -> Variable:
    """A variable of a model: itself, or by its path from the model, such as ``'E.input'``.

    Raises
    ------
    RunningError
        When there is none.
    """
    if isinstance(key, Variable):
        return key
    if not isinstance(key, str):
        raise RunningError(f"a variable of {target.name}, or its name, is needed, but got {key!r}.")
    found: Any = target
    for part in key.split("."):
        found = getattr(found, part, None)
    found = target.vars().get(key) if found is None else found
    if not isinstance(found, Variable):
        known = ", ".join(sorted(target.vars(method="relative")))
        raise RunningError(f"{target.name} has no variable {key!r}. It has: {known}.")
    return found


@dataclass(frozen=True)
class _Input:
    """A value that is combined with a variable."""

    variable: Variable
    value: Any
    kind: str
    operation: str


class Inputs:
    """The inputs of a model, as `DSRunner` takes them.

    Parameters
    ----------
    target : DynamicalSystem
        The model.
    given : tuple, sequence of tuples, or callable
        ``(variable, value[, kind[, operation]])``, with kind 'fix' (one value for all steps), 'iter' (an array with a row
        for every step, or another iterable of rows) or 'func' (a function of the shared arguments), and operation '+', '-',
        '*', '/' or '='; or a function of the shared arguments that writes to variables itself.

    Raises
    ------
    RunningError
        For what is none of these.
    """

    def __init__(self, target: DynamicalSystem, given: Any) -> None:
        self._whole = given if callable(given) else None
        inputs = [] if self._whole is not None else [_parsed(target, each) for each in _listed(given)]
        order = list(_OPERATIONS)
        self._inputs = sorted(inputs, key=lambda each: (_KINDS.index(each.kind), order.index(each.operation)))

    @property
    def rows(self) -> tuple[Any, ...]:
        """The arrays that have a row for every step."""
        return tuple([each.value for each in self._inputs if each.kind == "iter"])

    def length(self) -> int | None:
        """The number of steps for which there are rows; None where there are no such inputs."""
        return min([len(array) for array in self.rows], default=None)

    def write(self, shared: SharedArguments, rows: Sequence[Any]) -> None:
        """Put the inputs of a step into their variables."""
        if self._whole is not None:
            self._whole(shared)
        left = list(rows)
        for each in self._inputs:
            value = left.pop(0) if each.kind == "iter" else each.value(shared) if each.kind == "func" else each.value
            each.variable.value = _OPERATIONS[each.operation](each.variable, value)


def _listed(given: Any) -> list[Any]:
    if given is None or (isinstance(given, (tuple, list)) and not given):
        return []
    if not isinstance(given, (tuple, list)):
        raise RunningError(f"inputs must be a tuple (variable, value, ...), a list of them, or a function, but got "
                           f"{given!r}.")
    return [given] if isinstance(given[0], (str, Variable)) else list(given)


def _parsed(target: DynamicalSystem, given: Any) -> _Input:
    if not isinstance(given, (tuple, list)) or not 2 <= len(given) <= 4:
        raise RunningError(f"an input is (variable, value[, kind[, operation]]), but got {given!r}.")
    key, value = given[:2]
    kind, operation = given[2] if len(given) > 2 else "fix", given[3] if len(given) > 3 else "+"
    if kind not in _KINDS:
        raise RunningError(f"the kind of an input is one of {', '.join(_KINDS)}, but got {kind!r}.")
    if operation not in _OPERATIONS:
        raise RunningError(f"the operation of an input is one of {' '.join(_OPERATIONS)}, but got {operation!r}.")
    if kind == "func" and not callable(value):
        raise RunningError(f"an input of kind 'func' needs a function of the shared arguments, but got {value!r}.")
    if kind == "iter" and not hasattr(value, "shape"):
        if not isinstance(value, Iterable):
            raise RunningError(f"an input of kind 'iter' needs an array with a row for every step, but got {value!r}.")
        value = bm.asarray(list(value))
    return _Input(variable_named(target, key), bm.asarray(value) if kind == "iter" else value, kind, operation)
