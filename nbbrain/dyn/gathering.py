"""Neurons that gather their input from functions which others have registered, and what runs before and after their step."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem

__all__ = ["GathersInputs"]


class GathersInputs(DynamicalSystem):
    """A system whose inputs are registered functions, evaluated in each of its steps.

    A current is a function of the membrane potential; a delta input is a function without arguments whose value the
    potential jumps by at the end of the step.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._gathered: tuple[dict[str, Callable[..., Any]], dict[str, Callable[..., Any]]] = ({}, {})
        self._before: dict[str, Callable[[], Any]] = {}
        super().__init__(*args, **kwargs)

    def add_inp_fun(self, key: str, fun: Callable[..., Any], label: str | None = None, category: str = "current") -> None:
        """Register an input.

        Parameters
        ----------
        key : str
            Its name, which no other input of the category has.
        fun : callable
            The input: a function of the potential for 'current', of nothing for 'delta'.
        label : str, optional
            A label, in front of the name.
        category : {'current', 'delta'}
            What kind of input it is.

        Raises
        ------
        ValueError
            For an unknown category, or a name that is in use.
        TypeError
            When fun cannot be called.
        """
        if category not in ("current", "delta"):
            raise ValueError(f"{self.name}: category must be 'current' or 'delta', but got {category!r}.")
        if not callable(fun):
            raise TypeError(f"{self.name}: an input must be a function, but got {fun!r}.")
        inputs, full = self._gathered[category == "delta"], _full(key, label)
        if full in inputs:
            raise ValueError(f"{self.name} has a {category} input named {full!r} already.")
        inputs[full] = fun

    def get_inp_fun(self, key: str) -> Callable[..., Any] | None:
        """The input registered under a name (with its label in front), or None."""
        currents, deltas = self._gathered
        return currents.get(key, deltas.get(key))

    def sum_current_inputs(self, *args: Any, init: Any = 0., label: str | None = None) -> Any:
        """The sum of all currents, of those with a label if one is given, on top of ``init``."""
        return _sum(self._gathered[0], args, init, label)

    def sum_delta_inputs(self, *args: Any, init: Any = 0., label: str | None = None) -> Any:
        """The sum of all delta inputs, of those with a label if one is given, on top of ``init``."""
        return _sum(self._gathered[1], args, init, label)

    def add_bef_update(self, key: str, fun: Callable[[], Any]) -> None:
        """Register what is called before every step; what is a system becomes a part of this one.

        Raises
        ------
        KeyError
            When the name is in use.
        """
        if key in self._before:
            raise KeyError(f"{self.name}: {key!r} is called before the step already.")
        self._before[key] = fun

    def has_bef_update(self, key: str) -> bool:
        """Whether something of this name is called before every step."""
        return key in self._before

    def get_bef_update(self, key: str) -> Any:
        """What is called before every step under this name."""
        return self._before[key]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Carry out one step."""
        for fun in self._before.values():
            fun()
        return super().__call__(*args, **kwargs)


def _full(key: str, label: str | None) -> str:
    return key if label is None else f"{label} // {key}"


def _sum(inputs: dict[str, Callable[..., Any]], args: tuple[Any, ...], init: Any, label: str | None) -> Any:
    for key, fun in inputs.items():
        if label is None or key.startswith(f"{label} // "):
            init = init + bm.asarray(fun(*args))
    return init
