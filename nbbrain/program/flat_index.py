"""An index of several arrays as an index of one: neighbouring axes become one axis, and positions are counted along it.

Where arrays are apart in the index, NumPy puts their axes first; so do we, with those of the indexed array.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbbrain.operations.elementwise import where
from nbbrain.operations.operation import named
from nbbrain.operations.shapes import broadcast_to, reshape, transpose

if TYPE_CHECKING:
    from nbbrain.program.symbol import Symbol

__all__ = ["flat_get", "flat_write", "needs_flattening"]


def needs_flattening(static: tuple, arrays: tuple[Symbol, ...]) -> bool:
    """Whether an index has several arrays; beside an array, NumPy takes an integer for one."""
    return bool(arrays) and len(arrays) + sum(isinstance(item, int) for item in static) > 1


def _axes(shape: tuple[int, ...], static: tuple, count: int) -> tuple[int, int] | None:
    """The first axis that arrays index and the position of the first array in the index; None if they are apart."""
    places = [i for i, item in enumerate(static) if item == "array"]
    if places != list(range(places[0], places[0] + count)):
        return None
    before, after = static[:places[0]], static[places[0] + count:]
    if Ellipsis in before:
        first = len(shape) - count - sum(item is not None for item in after)
    else:
        first = sum(item is not None for item in before)
    return first, places[0]


def _is_array(item: Any) -> bool:
    return isinstance(item, (int, str))


def _arrays_first(ndim: int, static: tuple) -> tuple[tuple[int, ...], tuple] | None:
    """The order of axes that brings together arrays that are apart, and the index in this order; None if they are not."""
    places = [i for i, item in enumerate(static) if _is_array(item)]
    if places == list(range(places[0], places[-1] + 1)):
        return None
    items = list(static)
    missing = ndim - sum(item is not None and item is not Ellipsis for item in items)
    place = items.index(Ellipsis) if Ellipsis in items else len(items)
    items[place:place + (Ellipsis in items)] = [("slice", None, None, None)] * missing
    taking = [item for item in items if item is not None]
    indexed = [axis for axis, item in enumerate(taking) if _is_array(item)]
    order = (*indexed, *[axis for axis in range(ndim) if axis not in indexed])
    return order, (*[item for item in items if _is_array(item)], *[item for item in items if not _is_array(item)])


def _flatten(shape: tuple[int, ...], static: tuple, arrays: tuple[Symbol, ...]) -> tuple[tuple, tuple, Any] | None:
    """The shape with its indexed axes as one, the static part for it, and the one index."""
    rest = iter(arrays)
    every: list[Any] = [np.asarray(item) if isinstance(item, int) else next(rest) for item in static
                        if isinstance(item, int) or item == "array"]
    static = tuple(["array" if isinstance(item, int) else item for item in static])
    found = _axes(shape, static, len(every))
    if found is None or any(array.dtype.kind not in "iu" for array in every):
        return None
    first, place = found
    sizes = shape[first:first + len(every)]
    joined = np.broadcast_shapes(*[array.shape for array in every])
    position: Any = 0
    for size, array in zip(sizes, every, strict=True):
        position = position * size + where(array < 0, array + size, array)
    merged = (*shape[:first], int(np.prod(sizes, dtype=np.int64)), *shape[first + len(every):])
    return merged, (*static[:place], "array", *static[place + len(every):]), broadcast_to(position, joined)


def flat_get(x: Symbol, arrays: tuple[Symbol, ...], static: tuple) -> Any:
    """``x[index]`` by one array, or None where the index is of another kind."""
    apart = _arrays_first(x.ndim, static)
    if apart is not None:
        return named["get_item"](transpose(x, apart[0]), *arrays, static=apart[1])
    found = _flatten(x.shape, static, arrays)
    if found is None:
        return None
    merged, static, position = found
    return named["get_item"](reshape(x, merged), position, static=static)


def flat_write(name: str, x: Symbol, y: Symbol, arrays: tuple[Symbol, ...], static: tuple) -> Any:
    """``x`` with ``y`` written ('set_item') or added ('add_item') by one array, or None."""
    apart = _arrays_first(x.ndim, static)
    if apart is not None:
        written = named[name](transpose(x, apart[0]), y, *arrays, static=apart[1])
        return transpose(written, np.argsort(apart[0]).tolist())
    found = _flatten(x.shape, static, arrays)
    if found is None:
        return None
    merged, static, position = found
    return reshape(named[name](reshape(x, merged), y, position, static=static), x.shape)
