"""A compiled function: a loop of one turn whose capture is kept."""
from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from autograd.extend import Box

from nbbrain.backends.base import get_backend
from nbbrain.math.lifting import ArrayBase, wrap
from nbbrain.math.loops import Loop
from nbbrain.math.trees import Leaf, flatten, unflatten
from nbbrain.operations.symbolic import Symbolic

__all__ = ["CompiledFunction", "CompiledMethod", "cls_jit", "jit"]

_ARRAYS = (ArrayBase, np.ndarray, np.generic)
_RESULTS = (*_ARRAYS, Box, Symbolic)
_BY_VALUE = (bool, int, float, complex, str, bytes, type(None))


class CompiledFunction:
    """A function that is captured once for every combination of shapes and static arguments.

    Numbers, strings and None among the arguments count by their value, all other objects by their identity.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._loops: dict[Hashable, tuple[Loop, Any]] = {}
        update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function; on a backend that does not compile, as it is."""
        if not get_backend().compiles:
            return self.function(*args, **kwargs)
        arrays, structure = flatten((args, kwargs), leaves=_ARRAYS)
        key = _static(structure)
        if key not in self._loops:
            self._loops[key] = self._make_loop(structure)
        loop, _ = self._loops[key]
        rows, form = flatten(loop([wrap(array)[None] for array in arrays], 1), leaves=_ARRAYS)
        return unflatten(form, [wrap(row[0]) for row in rows])

    def _make_loop(self, structure: Any) -> tuple[Loop, Any]:
        """The loop for arguments of a structure, and the structure, kept alive."""
        def body(*rows: Any) -> Any:
            given, named = unflatten(structure, list(rows))
            return self.function(*given, **named)

        return Loop(body, keep=True, leaves=_RESULTS), structure


def _static(structure: Any) -> Hashable:
    """What tells one combination of static arguments from another."""
    if isinstance(structure, (tuple, list)):
        return (type(structure), *[_static(item) for item in structure])
    if isinstance(structure, dict):
        return (dict, *[(key, _static(item)) for key, item in structure.items()])
    if isinstance(structure, Leaf):
        return Leaf
    return (type(structure), structure if isinstance(structure, _BY_VALUE) else id(structure))


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
            owner_of = ref(instance)  # the instance must be free to go

            def method(*args: Any, **kwargs: Any) -> Any:
                return self.function(owner_of(), *args, **kwargs)

            self._bound[instance] = CompiledFunction(update_wrapper(method, self.function))
        return self._bound[instance]


def jit(func: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Compile a function: captured once for every combination of shapes, run as one program.

    Parameters
    ----------
    func : callable
        A function of arrays and of values that stay the same (numbers, strings, flags: they are part of what is compiled).
        It may read and write variables.
    **options
        BrainPy's options (``static_argnums``, ``dyn_vars``, ...) are accepted; not needed.

    Returns
    -------
    callable
        The compiled function. On the ``numpy`` backend it runs as it is.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.jit(lambda x: x * 2 + 1)(bm.arange(3.))
    Array(value=Array([1., 3., 5.]), dtype=float32)
    """
    if func is None:
        return lambda function: jit(function, **options)
    return CompiledFunction(func)


def cls_jit(func: Callable[..., Any] | None = None, **options: Any) -> Any:
    """`jit` for a method of a class.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> class Counter:
    ...     def __init__(self):
    ...         self.n = bm.Variable(bm.zeros(1))
    ...     @bm.cls_jit
    ...     def step(self):
    ...         self.n += 1
    >>> counter = Counter()
    >>> counter.step()
    >>> counter.n
    Variable(value=Array([1.]), dtype=float32)
    """
    if func is None:
        return lambda function: cls_jit(function, **options)
    return CompiledMethod(func)
