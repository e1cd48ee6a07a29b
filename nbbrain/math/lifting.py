"""From raw values (NumPy arrays, autograd boxes, symbols) to `Array` and back: how ``bm`` functions are made."""
from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.operations.operation import (
    Arrays,
    Operation,
    array_arguments,
    by_numpy,
    cast,
    dtype_of,
    known_value,
    shape_of,
)
from nbbrain.operations.precision import canonical, canonical_dtype, is_x64
from nbbrain.operations.shapes import stack
from nbbrain.operations.symbolic import Symbolic

__all__ = ["ArrayBase", "answers", "host", "lift", "lifted_numpy", "raw", "unwrap", "wrap"]


class ArrayBase:
    """What an `Array` is to this module: a holder of a raw value."""

    __slots__ = ("_value",)
    _value: Any

    @property
    def value(self) -> Any:
        """The raw value: a NumPy array, or autograd's box or a symbol while a function is transformed."""
        return self._value


_array_class: type[ArrayBase] = ArrayBase
_NUMBERS = "biufc"


def set_array_class(cls: type[ArrayBase]) -> None:
    """Tell which class results are wrapped in."""
    global _array_class
    _array_class = cls


def _hold(value: Any) -> Any:
    """An array that holds a raw value as it is."""
    array = _array_class.__new__(_array_class)
    array._value = value
    return array


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
    if array.dtype.kind not in _NUMBERS:
        raise TypeError(f"an array or a number is needed, but got {x!r} of type {type(x).__name__}.")
    return canonical(array)


def _from_sequence(items: Any) -> Any:
    """An array of a nested sequence; elements may be arrays, boxes or symbols."""
    if isinstance(items, (list, tuple)) and _holds_arrays(items):
        return stack([raw(item) if not isinstance(raw(item), (float, int, bool, complex)) else canonical(np.asarray(item))
                      for item in items])
    array = np.asarray(items)
    if array.dtype.kind not in _NUMBERS:
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
        return _hold(x)
    if isinstance(x, np.generic):
        return _hold(np.asarray(x))
    if isinstance(x, tuple):
        items = [wrap(item) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if type(x) is list:
        return [wrap(item) for item in x]
    if type(x) is dict:
        return {key: wrap(item) for key, item in x.items()}
    return x


def _narrow(result: Any, operands: list[Any]) -> Any:
    """64-bit results of narrower operands in their canonical dtype: NumPy widens where the user did not ask for it."""
    if isinstance(result, (tuple, list)):
        items = [_narrow(item, operands) for item in result]
        return type(result)(*items) if hasattr(result, "_fields") else type(result)(items)
    if isinstance(result, (np.ndarray, np.generic)) and canonical_dtype(result.dtype) != result.dtype:
        given = [o for operand in operands for o in (operand if isinstance(operand, (list, tuple)) else (operand,))]
        wide = [o for o in given if getattr(o, "dtype", None) == result.dtype and getattr(o, "ndim", 0)]
        return result if wide else np.asarray(result).astype(canonical_dtype(result.dtype))
    return result


_TORCH_NAMES = {"dim": "axis", "keepdim": "keepdims"}


@cache
def _parameters_of(front: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(front).parameters)
    except (TypeError, ValueError):
        return ()


def lift(front: Callable[..., Any], *, arrays: Arrays | None = None, keep_dtype: bool = False) -> Callable[..., Any]:
    """Make a function of raw values one of arrays.

    Parameters
    ----------
    front : callable
        A function of raw values.
    arrays : int, 'all', 'sequence' or 'nested', optional
        Which positional arguments are array-like (lists become arrays there): the first ones; all; the first, as a
        sequence of arrays; or all, as nested lists of arrays. By default what `operations.operation.answer_for` noted,
        or else the first.
    keep_dtype : bool
        Whether 64-bit results are kept, as where a dtype is an argument.

    Returns
    -------
    callable
        It also takes PyTorch's ``dim`` and ``keepdim`` for ``axis`` and ``keepdims``, and ``out``, an array that is
        given the result.
    """
    spec = array_arguments.get(front, 1) if arrays is None else arrays
    count = spec if isinstance(spec, int) else sys.maxsize if spec == "all" else 0
    convert = _nested if spec == "nested" else unwrap if spec == 0 else _option

    @wraps(front)
    def function(*args: Any, **kwargs: Any) -> Any:
        operands = [_operand(x) if i < count else convert(x) for i, x in enumerate(args)]
        if spec == "sequence" and operands:
            operands[0] = _sequence(args[0])
        out = None
        if kwargs:
            out, kwargs = kwargs.pop("out", None), _keywords(kwargs, front, count)
        result = front(*operands, **kwargs)
        if not (keep_dtype or is_x64() or kwargs.get("dtype") is not None):
            result = _narrow(result, operands)
        return wrap(result) if out is None else _deliver(result, out)

    if isinstance(front, Operation):
        function.__name__ = function.__qualname__ = front.name
        function.__doc__ = (f"``{front.name}``, element by element; see NumPy's function of that name. It is "
                            f"{'differentiable' if front.differentiable else 'not differentiable: gradients stop here'}.")
    return function


def _operand(x: Any) -> Any:
    """The raw value of an argument that is an array where it is not an option."""
    return x if x is None or isinstance(x, (str, slice)) else raw(x)


def _option(x: Any) -> Any:
    """An argument that need not be an array: NumPy arrays in their canonical dtype, all else without `Array`."""
    return canonical(x) if isinstance(x, np.ndarray) and x.dtype != object else unwrap(x)


def _sequence(arrays: Any) -> Any:
    """The raw values of a sequence of arrays; the rows of an array."""
    if isinstance(arrays, (ArrayBase, np.ndarray)) or isbox(arrays) or isinstance(arrays, Symbolic):
        whole = raw(arrays)
        return [whole[i] for i in range(len(whole))]
    return [raw(item) for item in arrays]


def _nested(x: Any) -> Any:
    """Nested lists of arrays as nested lists of raw values."""
    if isinstance(x, (list, tuple)):
        return [_nested(item) for item in x]
    return raw(x) if isinstance(x, (ArrayBase, np.ndarray)) else x


def _keywords(kwargs: dict[str, Any], front: Callable[..., Any], count: int) -> dict[str, Any]:
    """Keyword arguments as raw values, under NumPy's names."""
    if isinstance(front, Operation):
        if kwargs:
            raise TypeError(f"{front.name} does not take the keywords {sorted(kwargs)}.")
        return kwargs
    names = _parameters_of(front)
    renamed = {_TORCH_NAMES[key] if key in _TORCH_NAMES and key not in names else key: x for key, x in kwargs.items()}
    return {key: _operand(x) if key in names[:count] else _option(x) for key, x in renamed.items()}


def _deliver(result: Any, out: Any) -> Any:
    """Give a result to the array that was named for it."""
    if isinstance(out, tuple) and len(out) == 1:
        out = out[0]
    if isinstance(out, np.ndarray):
        out[...] = known_value(result, "out")
    elif isinstance(out, _array_class):
        if shape_of(result) != shape_of(out.value):
            raise ValueError(f"out has shape {shape_of(out.value)}, but the result has shape {shape_of(result)}.")
        dtype = dtype_of(out.value)
        out.value = result if dtype_of(result) == dtype else cast(result, dtype=dtype)  # type: ignore[misc]
    else:
        raise TypeError(f"out must be an array, but got {type(out).__name__}.")
    return out


def host(function: Callable[..., Any], *, arrays: Arrays = 1, keep_dtype: bool = False,
         discrete: bool = False) -> Callable[..., Any]:
    """Make a function of arrays of a NumPy function that runs on known values only: it is not captured.

    Parameters
    ----------
    function : callable
        NumPy's function.
    arrays, keep_dtype
        As for `lift`.
    discrete : bool
        Whether results are positions, counts or truth values, which have no derivative. Otherwise a value that is being
        differentiated is refused.
    """
    name = getattr(function, "__name__", str(function))

    @wraps(function)
    def front(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _known(name, args, discrete), _known(name, kwargs, discrete)
        return function(*args, **kwargs)

    return lift(front, arrays=arrays, keep_dtype=keep_dtype)


def _known(name: str, x: Any, discrete: bool) -> Any:
    """Arguments with the numbers behind boxes, which are refused unless the function is discrete."""
    if isinstance(x, dict):
        return {key: _known(name, value, discrete) for key, value in x.items()}
    if type(x) in (list, tuple):
        return type(x)([_known(name, value, discrete) for value in x])
    if isinstance(x, Symbolic):
        x.refuse(name)
    if isbox(x):
        if not discrete:
            raise NotImplementedError(f"bm.{name} has no derivative: it cannot be used on a value that depends on what "
                                      f"is being differentiated. Use bm.stop_gradient on its argument if that is meant.")
        return known_value(x, name)
    return x


answers: dict[Any, Callable[..., Any]] = {}
"""Functions of arrays that answer for a NumPy function by themselves: those that write into an array."""


@cache
def lifted_numpy(function: Any) -> Callable[..., Any]:
    """The ``bm`` function that answers for a NumPy function called on arrays."""
    if function in answers:
        return answers[function]
    front = by_numpy.get(function)
    return host(function, arrays=0) if front is None else lift(front)
