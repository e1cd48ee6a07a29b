"""Membership, bins, order by several keys, positions in flattened arrays, packed bits: integers, without derivatives."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from nbbrain.operations.elementwise import (
    bitwise_and,
    clip,
    equal,
    greater_equal,
    left_shift,
    logical_not,
    not_equal,
    right_shift,
)
from nbbrain.operations.elementwise import where as choose
from nbbrain.operations.indexing import get_item, take_along_axis
from nbbrain.operations.operation import answer_for, cast, dtype_of, known_value, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.reductions import sum
from nbbrain.operations.shapes import concatenate, expand_dims, flip, moveaxis, reshape, same_dtype
from nbbrain.operations.sorting import argsort, searchsorted, sort
from nbbrain.operations.symbolic import Symbolic

__all__ = ["digitize", "in1d", "isin", "ix_", "lexsort", "packbits", "ravel_multi_index", "unpackbits", "unravel_index"]


def _known(*values: Any) -> bool:
    return not any(isinstance(value, Symbolic) for value in values)


def isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *,
         kind: str | None = None) -> Any:
    """Element by element, whether it is among others; ``assume_unique`` and ``kind`` change nothing."""
    element, among = same_dtype((element, reshape(test_elements, (-1,))))
    count = shape_of(among)[0]
    if not count:
        found: Any = np.zeros(shape_of(element), bool)
    else:
        ordered = sort(among)
        place = clip(searchsorted(ordered, element), 0, count - 1)
        found = equal(get_item(ordered, place), element)
    return logical_not(found) if invert else found


def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether the elements of the flattened first array are in the second."""
    return isin(reshape(ar1, (-1,)), ar2, invert=invert)


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """The bin of every element; edges ascend or descend, and with ``right`` bins include their right edge."""
    if _known(bins):
        steps = np.diff(known_value(bins, "digitize"))
        if not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError("digitize: bins must ascend or descend.")
    size, side = shape_of(bins)[0], "left" if right else "right"
    if not size:
        return np.zeros(shape_of(x), default_dtype("i"))
    up, down = searchsorted(bins, x, side), size - searchsorted(flip(bins), x, side)
    return choose(greater_equal(get_item(bins, -1), get_item(bins, 0)), up, down)


def lexsort(keys: Any, axis: int = -1) -> Any:
    """The positions that sort by several keys, the last of which counts most."""
    if len(keys) == 0:
        raise TypeError("lexsort: at least one key is needed.")
    if not shape_of(keys[0]):
        return np.zeros((), default_dtype("i"))
    axis = normalize_axis_index(axis, len(shape_of(keys[0])))
    order = argsort(keys[0], axis)
    for key in keys[1:]:
        order = take_along_axis(order, argsort(take_along_axis(key, order, axis), axis), axis)
    return order


def ix_(*args: Any) -> tuple[Any, ...]:
    """Vectors of indices as an open grid; a mask stands for the places where it holds."""
    grids = []
    for i, x in enumerate(args):
        if len(shape_of(x)) != 1:
            raise ValueError(f"ix_: vectors are needed, but got shape {shape_of(x)}.")
        if dtype_of(x).kind == "b":
            x = np.flatnonzero(known_value(x, "ix_"))
        if not shape_of(x)[0]:
            x = cast(x, dtype=default_dtype("i"))
        grids.append(reshape(x, tuple([shape_of(x)[0] if i == j else 1 for j in range(len(args))])))
    return tuple(grids)


def _modes(mode: Any, count: int) -> tuple[str, ...]:
    modes = (mode,) * count if isinstance(mode, str) else tuple(mode)
    if len(modes) != count or not set(modes) <= {"raise", "wrap", "clip"}:
        raise ValueError(f"ravel_multi_index: mode must be 'raise', 'wrap' or 'clip', or one for each of {count} axes, but "
                         f"got {mode!r}.")
    return modes


def ravel_multi_index(multi_index: Sequence[Any], dims: Sequence[int], mode: Any = "raise", order: str = "C") -> Any:
    """The position in the flattened array of elements with given indices."""
    sizes, rows = [int(n) for n in dims], list(multi_index)
    if len(rows) != len(sizes):
        raise ValueError(f"ravel_multi_index: {len(sizes)} indices are needed, but got {len(rows)}.")
    result: Any = 0
    axes = range(len(sizes)) if order == "C" else range(len(sizes) - 1, -1, -1)
    modes = _modes(mode, len(sizes))
    for axis in axes:
        place, size = rows[axis], sizes[axis]
        if modes[axis] == "raise" and _known(place):
            values = known_value(place, "ravel_multi_index")
            if values.size and not (values.min() >= 0 and values.max() < size):
                raise ValueError(f"ravel_multi_index: indices of axis {axis} must be in [0, {size}), but got {values.min()} "
                                 f"to {values.max()}.")
        place = cast(place, dtype=default_dtype("i"))
        place = place % size if modes[axis] == "wrap" else clip(place, 0, size - 1) if modes[axis] == "clip" else place
        result = result * size + place
    return result


def unravel_index(indices: Any, shape: Sequence[int], order: str = "C") -> tuple[Any, ...]:
    """The indices of elements at positions in the flattened array."""
    sizes = (int(shape),) if np.ndim(shape) == 0 else tuple([int(n) for n in shape])  # type: ignore[call-overload]
    size = int(np.prod(sizes, dtype=np.int64))
    if _known(indices):
        values = known_value(indices, "unravel_index")
        if values.size and not (values.min() >= 0 and values.max() < size):
            raise ValueError(f"unravel_index: positions must be in [0, {size}), but got {values.min()} to {values.max()}.")
    places: list[Any] = []
    indices = cast(indices, dtype=default_dtype("i"))
    for n in reversed(sizes) if order == "C" else sizes:
        places.append(indices % n)
        indices = indices // n
    return tuple(reversed(places) if order == "C" else places)


def _shifts(bitorder: str) -> np.ndarray:
    if bitorder not in ("big", "little"):
        raise ValueError(f"bitorder must be 'big' or 'little', but got {bitorder!r}.")
    shifts = np.arange(8, dtype=np.uint8)
    return shifts[::-1] if bitorder == "big" else shifts


def _last(a: Any, axis: int | None) -> tuple[Any, int]:
    """The array with an axis as its last (flattened where there is none), and the axis."""
    if axis is None or not shape_of(a):
        a, axis = reshape(a, (-1,)), 0
    axis = normalize_axis_index(axis, len(shape_of(a)))
    return moveaxis(a, axis, -1), axis


def packbits(a: Any, axis: int | None = None, bitorder: str = "big") -> Any:
    """Bits (what is not zero) as the digits of bytes, eight at a time along an axis, filled up with zeros."""
    lines, axis = _last(a, axis)
    bits = cast(not_equal(lines, 0), dtype=np.dtype(np.uint8))
    lead, size = shape_of(bits)[:-1], shape_of(bits)[-1]
    bits = concatenate((bits, np.zeros((*lead, -size % 8), np.uint8)), axis=-1)
    digits = left_shift(reshape(bits, (*lead, -(-size // 8), 8)), _shifts(bitorder))
    return moveaxis(cast(sum(digits, axis=-1), dtype=np.dtype(np.uint8)), -1, axis)


def unpackbits(a: Any, axis: int | None = None, count: int | None = None, bitorder: str = "big") -> Any:
    """The digits of bytes along an axis; the first ``count`` of them (all but the last, where it is negative)."""
    if dtype_of(a) != np.uint8:
        raise TypeError(f"unpackbits: an array of dtype uint8 is needed, but got {dtype_of(a)}.")
    lines, axis = _last(a, axis)
    digits = bitwise_and(right_shift(expand_dims(lines, -1), _shifts(bitorder)), np.uint8(1))
    size = shape_of(lines)[-1] * 8
    flat = reshape(digits, (*shape_of(lines)[:-1], size))
    wanted = size if count is None else size + count if count < 0 else count
    if wanted > size:
        flat = concatenate((flat, np.zeros((*shape_of(flat)[:-1], wanted - size), np.uint8)), axis=-1)
    return moveaxis(flat[..., :max(wanted, 0)], -1, axis)


answer_for({np.isin: isin, np.digitize: digitize}, arrays=2)
answer_for({np.lexsort: lexsort}, arrays="sequence")
answer_for({np.ix_: ix_}, arrays="all")
answer_for({np.packbits: packbits, np.unpackbits: unpackbits, np.unravel_index: unravel_index})
answer_for({np.ravel_multi_index: ravel_multi_index}, arrays="sequence")
