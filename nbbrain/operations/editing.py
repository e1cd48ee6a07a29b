"""Arrays made longer or shorter: append, insert, delete, resize, pad."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from nbbrain.operations import reductions
from nbbrain.operations.contraction import matmul
from nbbrain.operations.elementwise import add, floor, multiply, rint, subtract
from nbbrain.operations.indexing import get_item, take
from nbbrain.operations.operation import answer_for, cast, dtype_of, known_value, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import broadcast_to, concatenate, flip, moveaxis, reshape
from nbbrain.operations.sorting import median

__all__ = ["append", "delete", "insert", "pad", "resize"]


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Values after the end of an array, along an axis; both flattened where none is given."""
    return concatenate((arr, values), axis=axis)


def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """The array without the slices at positions along an axis."""
    if axis is None:
        arr, axis = reshape(arr, (-1,)), 0
    positions = obj if isinstance(obj, slice) else known_value(obj, "delete")
    return take(arr, np.delete(np.arange(shape_of(arr)[axis]), positions), axis)


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """The array with values before positions along an axis."""
    if axis is None:
        arr, axis = reshape(arr, (-1,)), 0
    shape = shape_of(arr)
    axis = normalize_axis_index(axis, len(shape))
    size = shape[axis]
    positions = np.arange(size)[obj] if isinstance(obj, slice) else known_value(obj, "insert")
    if positions.dtype.kind == "b":
        positions = np.flatnonzero(positions)
    given = shape_of(values)
    values = reshape(values, (1,) * (len(shape) - len(given)) + tuple(given))
    if positions.ndim == 0:
        values = moveaxis(values, 0, axis)
        count = shape_of(values)[axis]
    else:
        count = positions.size
    values = broadcast_to(values, (*shape[:axis], count, *shape[axis + 1:]))
    whole = concatenate((arr, cast(values, dtype=dtype_of(arr))), axis=axis)
    order = np.insert(np.arange(size), positions, np.arange(size, size + count))
    return take(whole, order, axis)


def resize(a: Any, new_shape: Any) -> Any:
    """An array of another shape, filled with the elements in turn."""
    shape = (int(new_shape),) if np.ndim(new_shape) == 0 else tuple(int(n) for n in new_shape)
    if any(n < 0 for n in shape):
        raise ValueError(f"resize: sizes must not be negative, but got {shape}.")
    flat = reshape(a, (-1,))
    size = shape_of(flat)[0]
    if not size:
        return np.zeros(shape, dtype_of(a))
    return reshape(take(flat, np.arange(int(np.prod(shape, dtype=np.int64))) % size), shape)


# ----------------------------------------------------------------------------------------------------------------
# Padding: axis after axis, a part before and a part after
# ----------------------------------------------------------------------------------------------------------------


def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """The array with borders.

    Parameters
    ----------
    array : array
        The array.
    pad_width : int, (before, after), sequence of pairs, or dict of axis to width
        How many elements are added on each side.
    mode : str or callable
        'constant' (constant_values), 'edge', 'reflect' or 'symmetric' (reflect_type 'even' or 'odd'), 'wrap', 'empty'
        (zeros), 'linear_ramp' (end_values), 'maximum', 'minimum', 'mean' or 'median' (stat_length). A function is called
        as NumPy calls it, on known values only.
    """
    ndim = len(shape_of(array))
    if isinstance(pad_width, dict):
        table = {normalize_axis_index(axis, ndim): width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(table.get(axis, 0), (2,)).tolist() for axis in range(ndim)]
    widths = _pairs(pad_width, ndim)
    if any(width < 0 for pair in widths for width in pair):
        raise ValueError(f"pad: widths must not be negative, but got {pad_width}.")
    if callable(mode):
        return np.pad(known_value(array, "pad"), widths, mode, **kwargs)
    if mode not in _OPTIONS:
        raise ValueError(f"pad: mode must be one of {sorted(_OPTIONS)}, but got {mode!r}.")
    unknown = set(kwargs) - set(_OPTIONS[mode])
    if unknown:
        raise ValueError(f"pad: mode {mode!r} does not take {sorted(unknown)}.")
    options = {key: kwargs.get(key, default) for key, default in _OPTIONS[mode].items()}
    if options.get("reflect_type", "even") not in ("even", "odd"):
        raise ValueError(f"pad: reflect_type must be 'even' or 'odd', but got {options['reflect_type']!r}.")
    for axis, (before, after) in enumerate(widths):
        if before or after:
            own = {key: _of_axis(value, axis, ndim) for key, value in options.items()}
            array = _pad_axis(array, axis, before, after, mode, own)
    return array


_OPTIONS: dict[str, dict[str, Any]] = {
    "constant": {"constant_values": 0}, "empty": {}, "edge": {}, "wrap": {}, "linear_ramp": {"end_values": 0},
    "reflect": {"reflect_type": "even"}, "symmetric": {"reflect_type": "even"},
    **{name: {"stat_length": None} for name in ("maximum", "minimum", "mean", "median")},
}


def _pairs(widths: Any, ndim: int) -> list[list[int]]:
    return np.broadcast_to(known_value(widths, "pad"), (ndim, 2)).astype(np.int64).tolist()


def _of_axis(value: Any, axis: int, ndim: int) -> Any:
    """An option of one axis: the pair (before, after), or the option itself where it has no sides."""
    if value is None or isinstance(value, str):
        return value
    return get_item(broadcast_to(value, (ndim, 2)), axis)


def _pad_axis(array: Any, axis: int, before: int, after: int, mode: str, options: dict[str, Any]) -> Any:
    size = shape_of(array)[axis]
    if mode in _BORDERS:
        parts = [_as_elements(_BORDERS[mode](array, axis, count, side, mode, **options), array, mode)
                 for side, count in enumerate((before, after))]
        return concatenate((parts[0], array, parts[1]), axis=axis)
    if options.get("reflect_type") == "odd":
        return _reflect_in_edges(array, axis, (before, after), mode)
    return take(array, np.pad(np.arange(size), (before, after), mode), axis)  # type: ignore[call-overload]


def _reflect_in_edges(array: Any, axis: int, widths: tuple[int, int], mode: Any) -> Any:
    """Borders of twice an edge minus an element: the coefficients of this linear map are the padded unit vectors."""
    unit = np.pad(np.eye(shape_of(array)[axis]), (widths, (0, 0)), mode, reflect_type="odd")
    return moveaxis(matmul(moveaxis(array, axis, -1), unit.T.astype(dtype_of(array))), -1, axis)


def _as_elements(border: Any, array: Any, mode: str) -> Any:
    """A border in the dtype of the array; for integers, means are rounded and ramps rounded down."""
    if dtype_of(array).kind in "iu" and dtype_of(border).kind == "f":
        border = floor(border) if mode == "linear_ramp" else rint(border)
    return cast(border, dtype=dtype_of(array))


def _slab(array: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return get_item(array, (*[slice(None)] * axis, slice(start, stop)))


def _spread(value: Any, array: Any, axis: int, count: int) -> Any:
    """A value along a border of so many elements."""
    shape = shape_of(array)
    return broadcast_to(value, (*shape[:axis], count, *shape[axis + 1:]))


def _constant(array: Any, axis: int, count: int, side: int, mode: str, constant_values: Any = (0, 0)) -> Any:
    return _spread(cast(constant_values[side], dtype=dtype_of(array)), array, axis, count)


def _ramp(array: Any, axis: int, count: int, side: int, mode: str, end_values: Any) -> Any:
    """Equal steps from an end value to the edge."""
    edge = as_inexact(_slab(array, axis, -1, None) if side else _slab(array, axis, 0, 1))
    steps = (np.arange(count, 0, -1) / max(count, 1)).astype(dtype_of(edge))
    steps = steps.reshape([-1 if i == axis else 1 for i in range(len(shape_of(array)))])
    ramp = add(edge, multiply(steps, subtract(end_values[side], edge)))
    return flip(ramp, axis) if side else ramp


def _statistic(array: Any, axis: int, count: int, side: int, mode: str, stat_length: Any) -> Any:
    """A statistic of the elements next to the border."""
    size = shape_of(array)[axis]
    length = size if stat_length is None else min(int(stat_length[side]), size)
    if length < 1:
        raise ValueError(f"pad: stat_length must be at least 1 for mode {mode!r}, but got {length}.")
    near = _slab(array, axis, size - length, None) if side else _slab(array, axis, 0, length)
    return _spread(_STATISTICS[mode](near, axis=axis, keepdims=True), array, axis, count)


_STATISTICS: dict[str, Callable[..., Any]] = {
    "maximum": reductions.max, "minimum": reductions.min, "mean": reductions.mean, "median": median}
_BORDERS: dict[str, Callable[..., Any]] = {"constant": _constant, "empty": _constant, "linear_ramp": _ramp,
                                           **dict.fromkeys(_STATISTICS, _statistic)}

answer_for({np.append: append}, arrays=2)
answer_for({np.delete: delete, np.resize: resize, np.pad: pad})
answer_for({np.insert: insert}, arrays=3)
