"""Indices along one axis: the axes before and after it, each as one."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nbbrain.program.plan.instructions import Dimension, Operand, Take
from nbbrain.program.plan.layout import View

__all__ = ["make_take"]


@dataclass(frozen=True)
class _Block:
    """Neighbouring axes as one: how many elements (times the rows of a tile), and the steps from one to the next."""

    size: int
    rows: bool
    stride: int
    row_stride: int


def _block(view: View, start: int, stop: int, row_axis: int | None) -> _Block | None:
    """A range of axes as one, or None where its elements do not follow one another evenly within a tile of rows."""
    size, stride, row_stride, rows = 1, 0, 0, False
    expected: int | None = None
    for axis in reversed(range(start, stop)):
        count, step = view.shape[axis], view.strides[axis]
        if count == 1 and axis != row_axis:
            continue
        if rows or (expected is not None and step != expected):
            return None
        stride = step if expected is None else stride
        if axis == row_axis:
            rows, row_stride = True, step
        else:
            size *= count
        expected = step * count
    return _Block(size, rows, stride, row_stride)


def make_take(kind: Literal["get", "set", "add"], source: View, picked: View, axis: int, row_axis: int | None,
              indices: View) -> Take | None:
    """The instruction for an index along an axis; None where the layout of one of the views does not allow it.

    ``picked`` has the shape of ``source`` with the number of indices in the place of the axis.
    """
    blocks = [_block(view, *bounds, row_axis) for view in (source, picked)
              for bounds in ((0, axis), (axis + 1, len(view.shape)))]
    if any(block is None for block in blocks):
        return None
    outer, inner, picked_outer, picked_inner = [block for block in blocks if block is not None]
    return Take(
        kind,
        Operand(source, (outer.stride, source.strides[axis], inner.stride), outer.row_stride or inner.row_stride),
        Operand(indices, indices.strides, 0),
        Operand(picked, (picked_outer.stride, picked.strides[axis], picked_inner.stride),
                picked_outer.row_stride or picked_inner.row_stride),
        (Dimension(outer.size, outer.rows), Dimension(indices.shape[0], False), Dimension(inner.size, inner.rows),
         Dimension(source.shape[axis], False)))
