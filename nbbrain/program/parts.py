"""Sums of arrays that are zero but for a slice, as the cotangents of split arrays are: joined instead of added."""
from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from nbbrain.operations.operation import named

if TYPE_CHECKING:
    from nbbrain.program.symbol import Symbol

__all__ = ["joined_parts", "slices_of"]

_WHOLE = ("slice", None, None, None)


class _Part(NamedTuple):
    """A slice along an axis, and what lies there."""

    axis: int
    start: int
    stop: int
    value: Symbol


def joined_parts(x: Symbol, y: Symbol) -> Any:
    """The sum of two arrays that are zero but for slices that do not overlap; None for any others."""
    first, second = _parts(x), _parts(y)
    if not first or not second:
        return None
    parts = sorted((*first, *second), key=lambda part: part.start)
    axis = parts[0].axis
    if any(part.axis != axis for part in parts) or any(a.stop > b.start for a, b in pairwise(parts)):
        return None
    if sum(part.stop - part.start for part in parts) == x.shape[axis]:
        return named["concatenate"](*[part.value for part in parts], axis=axis)
    result: Any = x
    for part in second:
        result = named["add_item"](result, part.value, static=_index(part))
    return result


def slices_of(static: tuple, ndim: int) -> list[tuple] | None:
    """One slice an axis; None where an index holds anything but slices."""
    items = list(static)
    if any(not isinstance(item, tuple) and item is not Ellipsis for item in items):
        return None
    place = items.index(Ellipsis) if Ellipsis in items else len(items)
    items[place:place + 1] = [_WHOLE] * (ndim - len(items) + (Ellipsis in items))
    return items


def _index(part: _Part) -> tuple:
    return (*[_WHOLE] * part.axis, ("slice", part.start, part.stop, None), Ellipsis)


def _parts(x: Symbol) -> list[_Part] | None:
    """The slices that are not zero; None where an array is not made of such."""
    if x.is_constant:
        return [] if x.value == 0 else None
    if x.operation is None or x.operation.name != "add_item" or len(x.operands) != 2:
        return None
    before, part = _parts(x.operands[0]), _slice_of(x)
    return None if before is None or part is None else [*before, part]


def _slice_of(x: Symbol) -> _Part | None:
    """The only axis along which less than everything is taken, and what is taken."""
    items, value = slices_of(x.parameters["static"], x.ndim), x.operands[1]
    if items is None:
        return None
    cut = [axis for axis, item in enumerate(items) if item != _WHOLE]
    if len(cut) != 1 or items[cut[0]][3] not in (None, 1):
        return None
    start, stop, _ = slice(*items[cut[0]][1:3]).indices(x.shape[cut[0]])
    if value.shape != (*x.shape[:cut[0]], stop - start, *x.shape[cut[0] + 1:]) or value.dtype != x.dtype:
        return None
    return _Part(cut[0], start, stop, value)
