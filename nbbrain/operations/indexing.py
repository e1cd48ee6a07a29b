"""Reading and writing elements by index, functionally.

An index is split into its static part (slices, integers, new axes: a hashable parameter) and its arrays (operands), so
that one pair of operations, ``get_item`` and ``set_item``, covers basic, advanced and dynamic indexing.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from autograd.numpy.numpy_boxes import ArrayBox

from nbbrain.operations.elementwise import equal, where
from nbbrain.operations.operation import Operation, answer_for, cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.symbolic import Abstract, Symbolic, active_scopes

__all__ = ["get_item", "join_index", "set_item", "take", "take_along_axis"]

_ARRAY = "array"  # stands for an operand in the static part of an index


def _split(index: Any) -> tuple[tuple, tuple]:
    """An index as (static part, array operands)."""
    items = index if isinstance(index, tuple) else (index,)
    static: list[Any] = []
    arrays: list[Any] = []
    for item in items:
        if item is None or item is Ellipsis:
            static.append(item)
        elif isinstance(item, slice):
            static.append(("slice", *[None if n is None else int(n) for n in (item.start, item.stop, item.step)]))
        elif isinstance(item, (int, np.integer)) and not isinstance(item, (bool, np.bool_)):
            static.append(int(item))
        else:
            array = np.asarray(item) if isinstance(item, (list, bool)) else item
            known_mask = active_scopes and isinstance(array, np.ndarray) and array.dtype.kind == "b" and array.ndim
            parts = np.nonzero(array) if known_mask else (array,)  # of a mask that is known, the shape is known
            static += [_ARRAY] * len(parts)
            arrays += parts
    return tuple(static), tuple(arrays)


def join_index(static: tuple, arrays: tuple) -> tuple:
    """The NumPy index of a static part and its arrays."""
    rest = iter(arrays)
    return tuple([slice(*item[1:]) if isinstance(item, tuple) else next(rest) if isinstance(item, str) else item
                  for item in static])


def _dummy(array: Abstract) -> np.ndarray:
    return np.broadcast_to(np.zeros((), array.dtype), array.shape)


def _infer_get(x: Abstract, *arrays: Abstract, static: tuple) -> Abstract:
    if any(array.dtype.kind == "b" for array in arrays):
        raise TypeError("an index of truth values gives a result whose size is not known before it runs")
    return Abstract(_dummy(x)[join_index(static, tuple([_dummy(array) for array in arrays]))].shape, x.dtype)


_get: Operation = Operation(
    "get_item", lambda x, *arrays, static: np.asarray(x)[join_index(static, arrays)], kind="indexing",
                 infer=_infer_get, derivatives=(
                     lambda g, z, x, *arrays, static: _add(np.zeros(shape_of(x), dtype_of(g)), g, *arrays, static=static),
                     *[None] * 8))


def _written(x: Any, y: Any, *arrays: Any, static: tuple) -> Any:
    result = np.array(x)
    result[join_index(static, arrays)] = y
    return result


def _added(x: Any, y: Any, *arrays: Any, static: tuple) -> Any:
    result = np.array(x)
    if arrays:
        np.add.at(result, join_index(static, arrays), y)
    else:
        result[join_index(static, arrays)] += y
    return result


def _last_written(g: Any, arrays: tuple, static: tuple) -> Any:
    """The cotangent of what was written: g at the index, where a value was not overwritten by a later one."""
    picked = _get(g, *arrays, static=static)
    shape = shape_of(picked)
    if all(dtype_of(array).kind == "b" or shape_of(array) in ((), (1,)) for array in arrays):
        return picked  # no element is named twice
    numbers = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=default_dtype("i")).reshape(shape)
    last = _set(np.zeros(shape_of(g), numbers.dtype), numbers, *arrays, static=static)
    stayed = equal(_get(last, *arrays, static=static), numbers)
    return picked if isinstance(stayed, np.ndarray) and stayed.all() else where(stayed, picked, 0)


_set: Operation = Operation("set_item", _written, kind="indexing", infer=lambda x, y, *arrays, static: x, derivatives=(
    lambda g, z, x, y, *arrays, static: _set(g, np.zeros((), dtype_of(g)), *arrays, static=static),
    lambda g, z, x, y, *arrays, static: _last_written(g, arrays, static), *[None] * 8))

_add: Operation = Operation("add_item", _added, kind="indexing", infer=lambda x, y, *arrays, static: x, derivatives=(
    lambda g, z, x, y, *arrays, static: g,
    lambda g, z, x, y, *arrays, static: _get(g, *arrays, static=static), *[None] * 8))


def get_item(x: Any, index: Any) -> Any:
    """x[index]."""
    static, arrays = _split(index)
    return _get(x, *arrays, static=static)


def set_item(x: Any, index: Any, y: Any) -> Any:
    """A copy of x with x[index] = y; where indices repeat, the last value stays."""
    mask = _mask_of(x, index, y)
    if mask is not None:
        return where(mask, _as_written(x, y), x)
    static, arrays = _split(index)
    return _set(x, _as_written(x, y), *arrays, static=static)


def add_item(x: Any, index: Any, y: Any) -> Any:
    """A copy of x with y added at the index; where indices repeat, all values add up."""
    mask = _mask_of(x, index, y)
    if mask is not None:
        return where(mask, x + _as_written(x, y), x)
    static, arrays = _split(index)
    return _add(x, _as_written(x, y), *arrays, static=static)


def _mask_of(x: Any, index: Any, y: Any) -> Any:
    """An index that is a captured mask, with the axes of x, if what is written does not depend on how many it chooses."""
    items = index if isinstance(index, tuple) else (index,)
    mask, rest = (items[0], items[1:]) if items else (None, ())
    if not isinstance(mask, Symbolic) or dtype_of(mask).kind != "b" or not all(
            item is Ellipsis or item == slice(None) for item in rest if not isinstance(item, Symbolic)):
        return None
    size, shape = shape_of(mask), shape_of(x)
    trailing = len(shape) - len(size)
    if any(isinstance(item, Symbolic) for item in rest) or size != shape[:len(size)] or len(shape_of(y)) > trailing:
        return None
    from nbbrain.operations.shapes import reshape

    return reshape(mask, (*size, *[1] * trailing))


def _as_written(x: Any, y: Any) -> Any:
    target = dtype_of(x)
    if not isinstance(dtype_of(y), np.dtype):
        return np.asarray(y, target)
    return y if dtype_of(y) == target else cast(y, dtype=target)


def take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    """Elements at indices along an axis; of the flattened array where no axis is given."""
    from nbbrain.operations.shapes import reshape

    if axis is None:
        a, axis = reshape(a, (-1,)), 0
    size = shape_of(a)[axis]
    indices = np.asarray(indices) if isinstance(indices, (int, list, tuple, np.integer)) else indices
    if mode == "wrap":
        indices = indices % size
    elif mode == "clip":
        from nbbrain.operations.elementwise import clip

        indices = clip(indices, 0, size - 1)
    lead = axis if axis >= 0 else axis + len(shape_of(a))
    return get_item(a, (*[slice(None)] * lead, indices))


def _grid(indices: Any, axis: int) -> tuple:
    """The index that picks along an axis, at every place of the other axes."""
    grid = np.ogrid[tuple([slice(n) for n in shape_of(indices)])]
    return (*grid[:axis], indices, *grid[axis + 1:])


def _added_along(x: Any, y: Any, indices: Any, *, axis: int) -> Any:
    result = np.array(x)
    np.add.at(result, _grid(indices, axis), y)
    return result


_take_along: Operation = Operation(
    "take_along", lambda x, indices, *, axis: np.asarray(x)[_grid(indices, axis)], kind="along",
    infer=lambda x, indices, *, axis: Abstract(indices.shape, x.dtype), derivatives=(
        lambda g, z, x, indices, *, axis: _add_along(np.zeros(shape_of(x), dtype_of(g)), g, indices, axis=axis), None))

_add_along: Operation = Operation(
    "add_along", _added_along, kind="along", infer=lambda x, y, indices, *, axis: x, derivatives=(
        lambda g, z, x, y, indices, *, axis: g,
        lambda g, z, x, y, indices, *, axis: _take_along(g, indices, axis=axis), None))


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Elements picked along an axis, each line with its own indices."""
    from nbbrain.operations.shapes import broadcast_to, reshape

    if axis is None:
        arr, axis = reshape(arr, (-1,)), 0
    given, picked, ndim = shape_of(arr), shape_of(indices), len(shape_of(arr))
    if len(picked) != ndim:
        raise ValueError(f"take_along_axis: indices need {ndim} axes like the array, but got shape {picked}.")
    axis = axis % ndim
    lines = np.broadcast_shapes(*[(*shape[:axis], 1, *shape[axis + 1:]) for shape in (given, picked)])
    arr, indices = [broadcast_to(x, (*lines[:axis], shape[axis], *lines[axis + 1:])) if shape != lines else x
                    for x, shape in ((arr, given), (indices, picked))]
    return _take_along(arr, indices, axis=axis)


answer_for({np.take: take, np.take_along_axis: take_along_axis}, arrays=2)
ArrayBox.__getitem__ = get_item  # autograd's own rule does not run on symbols, nor twice
