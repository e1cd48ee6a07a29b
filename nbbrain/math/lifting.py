"""From raw values (NumPy arrays, autograd boxes, symbols) to `Array` and back: how operations become ``bm`` functions."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.operations.operation import by_numpy
from nbbrain.operations.precision import canonical, canonical_dtype, is_x64
from nbbrain.operations.shapes import stack
from nbbrain.operations.symbolic import Symbolic

__all__ = ["ArrayBase", "host", "lift", "lifted_numpy", "raw", "unwrap", "wrap"]


class ArrayBase:
    """What an `Array` is to this module: a holder of a raw value."""

    __slots__ = ("_value",)
    _value: Any

    @property
    def value(self) -> Any:
        """The raw value: a NumPy array, or autograd's box or a symbol while a function is transformed."""
        return self._value


_array_class: Callable[[Any], Any] = ArrayBase


def set_array_class(cls: Callable[[Any], Any]) -> None:
    """Tell which class results are wrapped in."""
    global _array_class
    _array_class = cls


def raw(x: Any) -> Any:
    """The operand that an array-like stands for; numbers stay numbers, which leaves their dtype open."""
    if isinstance(x, ArrayBase):
        return x.value
    if type(x) in (float, int, bool, complex) or isbox(x) or isinstance(x, Symbolic):
        return x
    if isinstance(x, np.ndarray):
        return canonical(x) if x.dtype != object else _from_sequence(x.tolist())
    if isinstance(x, (list, tuple)):
        return _from_sequence(x)
    if x is None:
        raise TypeError("an array or a number is needed, but got None.")
    array = np.asarray(x)
    if array.dtype == object:
        raise TypeError(f"an array or a number is needed, but got {x!r} of type {type(x).__name__}.")
    return canonical(array)


def _from_sequence(items: Any) -> Any:
    """An array of a nested sequence; elements may be arrays, boxes or symbols."""
    if isinstance(items, (list, tuple)) and _holds_arrays(items):
        return stack([raw(item) if not isinstance(raw(item), (float, int, bool, complex)) else canonical(np.asarray(item))
                      for item in items])
    array = np.asarray(items)
    if array.dtype == object:
        raise TypeError(f"a sequence of numbers is needed, but got {items!r}.")
    return canonical(array)


def _holds_arrays(items: Any) -> bool:
    return any(isinstance(i, (ArrayBase, Symbolic)) or isbox(i) or (isinstance(i, (list, tuple)) and _holds_arrays(i))
               for i in items)


def unwrap(x: Any) -> Any:
    """Arrays inside of tuples, lists, dicts and slices replaced by their values; all else left alone."""
    if isinstance(x, ArrayBase):
        return x.value
    if type(x) in (list, tuple):
        return type(x)([unwrap(item) for item in x])
    if type(x) is dict:
        return {key: unwrap(item) for key, item in x.items()}
    return x


def wrap(x: Any) -> Any:
    """Raw values, also in tuples, lists and dicts, as arrays."""
    if isinstance(x, np.ndarray) or isbox(x) or isinstance(x, Symbolic):
        return _array_class(x)
    if isinstance(x, np.generic):
        return _array_class(np.asarray(x))
    if isinstance(x, tuple):
        items = [wrap(item) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if type(x) is list:
        return [wrap(item) for item in x]
    if type(x) is dict:
        return {key: wrap(item) for key, item in x.items()}
    return x


def _narrow(result: Any, operands: Any) -> Any:
    """64-bit results of narrower operands in their canonical dtype: NumPy widens where the user did not ask for it."""
    if isinstance(result, (tuple, list)):
        return type(result)([_narrow(item, operands) for item in result]) if not hasattr(result, "_fields") else result
    if isinstance(result, (np.ndarray, np.generic)) and canonical_dtype(result.dtype) != result.dtype:
        wide = [o for o in operands if getattr(o, "dtype", None) == result.dtype and getattr(o, "ndim", 0)]
        return result if wide else np.asarray(result).astype(canonical_dtype(result.dtype))
    return result


def lift(front: Callable[..., Any], *, arrays: int = 1, keep_dtype: bool = False) -> Callable[..., Any]:
    """Make a function of raw values one of arrays.

    Parameters
    ----------
    front : callable
        A function of raw values.
    arrays : int
        How many leading arguments are array-like (lists become arrays there).
    keep_dtype : bool
        Whether 64-bit results are kept, as where a dtype is an argument.
    """
    try:
        names = list(inspect.signature(front).parameters)[:arrays]
    except (TypeError, ValueError):
        names = []

    @wraps(front)
    def function(*args: Any, **kwargs: Any) -> Any:
        operands = [raw(x) if i < arrays else unwrap(x) for i, x in enumerate(args)]
        if kwargs:
            kwargs = {key: raw(x) if key in names and x is not None else unwrap(x) for key, x in kwargs.items()}
        result = front(*operands, **kwargs)
        if not (keep_dtype or is_x64() or "dtype" in kwargs):
            result = _narrow(result, operands)
        return wrap(result)

    return function


def host(function: Callable[..., Any], *, arrays: int = 1, keep_dtype: bool = False) -> Callable[..., Any]:
    """A NumPy function that runs on values only: not differentiated, not captured."""
    name = getattr(function, "__name__", str(function))

    @wraps(function)
    def front(*args: Any, **kwargs: Any) -> Any:
        _refuse_traced(name, (args, kwargs))
        return function(*args, **kwargs)

    return lift(front, arrays=arrays, keep_dtype=keep_dtype)


def _refuse_traced(name: str, values: Any) -> None:
    if isinstance(values, dict):
        values = tuple(values.values())
    if isinstance(values, (list, tuple)):
        for value in values:
            _refuse_traced(name, value)
    elif isinstance(values, Symbolic):
        values.refuse(name)
    elif isbox(values):
        raise NotImplementedError(f"bm.{name} has no derivative: it cannot be used on a value that depends on what "
                                  f"is being differentiated. Use bm.stop_gradient on its argument if that is meant.")


@lru_cache(maxsize=None)
def lifted_numpy(function: Any) -> Callable[..., Any]:
    """The ``bm`` function that answers for a NumPy function called on arrays."""
    front = by_numpy.get(function)
    if front is None:
        return host(function)
    return lift(front, arrays=getattr(function, "nin", 1))
