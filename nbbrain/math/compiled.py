"""A compiled function: a loop of one turn whose capture is kept."""
from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from weakref import WeakKeyDictionary

from nbbrain.math.control_flow import Loop
from nbbrain.math.lifting import ArrayBase, wrap
from nbbrain.math.trees import flatten, unflatten

__all__ = ["CompiledFunction", "CompiledMethod"]


class CompiledFunction:
    """A function that is captured once for every combination of shapes and static arguments."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._loops: dict[Any, tuple[Loop, list[Any]]] = {}
        update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        arrays, structure = flatten((args, kwargs), leaves=(ArrayBase,))
        key = repr(structure)
        if key not in self._loops:
            form: list[Any] = [None]

            def body(*rows: Any) -> Any:
                given, named = unflatten(structure, list(rows))
                results, form[0] = flatten(self.function(*given, **named), leaves=(ArrayBase,))
                return [wrap(value) for value in results]

            self._loops[key] = (Loop(body, keep=True), form)
        loop, form = self._loops[key]
        rows = loop([wrap(array)[None] for array in arrays], 1)
        return unflatten(form[0], [row[0] for row in rows])


class CompiledMethod:
    """A method that is compiled for every instance by itself."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._bound: WeakKeyDictionary[Any, CompiledFunction] = WeakKeyDictionary()
        update_wrapper(self, function)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        if instance not in self._bound:
            self._bound[instance] = CompiledFunction(self.function.__get__(instance, owner))
        return self._bound[instance]
