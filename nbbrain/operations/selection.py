"""Choosing among arrays, and picking elements by a condition."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.operations.elementwise import clip, logical_not, not_equal, remainder, where
from nbbrain.operations.indexing import get_item, take
from nbbrain.operations.operation import answer_for, cast, dtype_of, known_value, shape_of
from nbbrain.operations.shapes import broadcast_to, reshape, same_dtype, stack
from nbbrain.operations.symbolic import Symbolic

__all__ = ["choose", "compress", "extract", "piecewise", "select"]


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Element by element, the choice of the first condition that holds."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(f"select: as many choices as conditions are needed, but got {len(choicelist)} and "
                         f"{len(condlist)}.")
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Element by element, the function or number of the last condition that holds, in the dtype of x.

    Functions are evaluated on the whole of x, so they must work element by element; what they give elsewhere is dropped.
    One function more than conditions is for where none holds; without it, zero.
    """
    if not isinstance(condlist, (list, tuple)):
        condlist = list(condlist) if len(shape_of(condlist)) > len(shape_of(x)) else [condlist]
    elif condlist and isinstance(condlist[0], (bool, np.bool_)) and shape_of(x):
        condlist = [np.asarray(condlist)]
    functions = list(funclist)
    if len(functions) == len(condlist) + 1:
        functions = [functions[-1], *functions[:-1]]
    elif len(functions) == len(condlist):
        functions = [0, *functions]
    else:
        raise ValueError(f"piecewise: {len(condlist)} or {len(condlist) + 1} functions are needed for {len(condlist)} "
                         f"conditions, but got {len(funclist)}.")
    dtype = dtype_of(x)
    with np.errstate(all="ignore"):
        values = [function(x, *args, **kw) if callable(function) else function for function in functions]
    values = [broadcast_to(cast(value, dtype=dtype), shape_of(x)) for value in values]
    result = values[0]
    for condition, value in zip(condlist, values[1:], strict=True):
        result = where(condition, value, result)
    return result


def choose(a: Any, choices: Sequence[Any], out: None = None, mode: str = "raise") -> Any:
    """Element by element, the choice whose number is given."""
    options = list(choices)
    n = len(options)
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"choose: mode must be 'raise', 'wrap' or 'clip', but got {mode!r}.")
    if mode == "raise" and not isinstance(a, Symbolic):
        numbers = known_value(a, "choose")
        if numbers.size and not (numbers.min() >= 0 and numbers.max() < n):
            raise ValueError(f"choose: numbers must be in [0, {n}), but got {numbers.min()} to {numbers.max()}.")
    shape = np.broadcast_shapes(shape_of(a), *[shape_of(option) for option in options])
    table = stack([broadcast_to(option, shape) for option in same_dtype(options)])
    numbers = remainder(a, n) if mode == "wrap" else clip(a, 0, n - 1) if mode == "clip" else a
    grid = np.ogrid[tuple([slice(n) for n in shape])] if shape else []
    return get_item(table, (broadcast_to(numbers, shape), *grid))


def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    """The slices along an axis (the elements, where none is given) for which a condition holds."""
    chosen = known_value(condition, "compress")
    if chosen.ndim != 1:
        raise ValueError(f"compress: the condition must have one axis, but got shape {chosen.shape}.")
    return take(a, np.flatnonzero(chosen), axis)


def extract(condition: Any, arr: Any) -> Any:
    """The elements for which a condition holds, in one axis."""
    return take(reshape(arr, (-1,)), np.flatnonzero(known_value(condition, "extract")))


def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """The array without the zeros at the front ('f') and at the back ('b') of axes."""
    ways = trim.lower()
    if ways not in ("f", "b", "fb", "bf"):
        raise ValueError(f"trim_zeros: trim must be 'f', 'b' or 'fb', but got {trim!r}.")
    values = known_value(filt, "trim_zeros")
    axes = range(values.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, values.ndim)
    index: list[Any] = [slice(None)] * values.ndim
    for i in axes:
        others = tuple([j for j in range(values.ndim) if j != i])
        kept = np.flatnonzero(np.any(values != 0, axis=others))
        start, stop = (int(kept[0]), int(kept[-1]) + 1) if kept.size else (0, 0)
        last = values.shape[i] if kept.size else 0
        index[i] = slice(start if "f" in ways else 0, stop if "b" in ways else last)
    return get_item(filt, tuple(index))


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> Any:
    """A copy of an array with values, in turn, at positions of the flattened array."""
    from nbbrain.operations.indexing import set_item

    size = int(np.prod(shape_of(a), dtype=np.int64))
    positions = reshape(ind if isinstance(ind, Symbolic) else known_value(ind, "put"), (-1,))
    if mode == "raise":
        known = isinstance(positions, np.ndarray) and positions.size
        if known and not (positions.min() >= -size and positions.max() < size):
            raise IndexError(f"put: positions must be in [{-size}, {size}), but got {positions.min()} to "
                             f"{positions.max()}.")
    elif mode in ("wrap", "clip"):
        positions = positions % size if mode == "wrap" else clip(positions, 0, size - 1)
    else:
        raise ValueError(f"put: mode must be 'raise', 'wrap' or 'clip', but got {mode!r}.")
    count = shape_of(positions)[0]
    return reshape(set_item(reshape(a, (-1,)), positions, in_turn(v, count)), shape_of(a)) if count else a


def place(arr: Any, mask: Any, vals: Any) -> Any:
    """A copy of an array with values, in turn, at the elements where a mask holds."""
    from nbbrain.operations.reductions import cumsum

    shape, values = shape_of(arr), reshape(vals, (-1,))
    size = shape_of(values)[0]
    mask = reshape(not_equal(mask, 0), (-1,))
    if not size:
        raise ValueError("values are needed, but got an empty array.")
    order = cumsum(mask) - 1
    written = cast(take(values, order % size), dtype=dtype_of(arr))
    return where(reshape(mask, shape), reshape(written, shape), arr)


def putmask(a: Any, mask: Any, values: Any) -> Any:
    """A copy of an array with values where a mask holds; each element has its own value, in turn."""
    shape = shape_of(a)
    if shape_of(values) != shape and shape_of(values):
        values = reshape(in_turn(values, int(np.prod(shape, dtype=np.int64))), shape)
    return where(logical_not(mask), a, values)


def in_turn(values: Any, count: int) -> Any:
    """The elements of an array, repeated in turn up to a count."""
    size = int(np.prod(shape_of(values), dtype=np.int64))
    if size == 0:
        raise ValueError("values are needed, but got an empty array.")
    return take(reshape(values, (-1,)), np.arange(count) % size)


answer_for({np.piecewise: piecewise, np.choose: choose, np.trim_zeros: trim_zeros})
answer_for({np.compress: compress, np.extract: extract}, arrays=2)
answer_for({np.select: select}, arrays="nested")
