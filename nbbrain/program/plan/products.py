"""Matrix products with leading axes: one large product where axes can be joined, a few, or a kernel that loops over them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain.program.plan.batches import Piece, Room, batch_instructions
from nbbrain.program.plan.instructions import Dimension, Instruction, Operand, Product
from nbbrain.program.plan.layout import View, transform
from nbbrain.program.plan.nests import copy_nest
from nbbrain.program.plan.rows import UNIFORM

__all__ = ["product_instructions"]

FEW = 16
"""Up to so many products are instructions of their own."""
Row = int | str | None
_OWN_ROWS: dict[str, tuple[int | None, int | None, int | None]] = {
    "m": (-2, None, -2), "k": (-1, -2, None), "n": (None, -1, -1)}
"""The axis of rows in x, y and z."""


def product_instructions(x: View, y: View, z: View, row: Row, varies: Sequence[bool], accumulate: bool,
                         room: Room) -> list[Instruction]:
    """What computes z = or += x @ y for every index of the leading axes.

    Parameters
    ----------
    x, y, z : View
        Of shapes (..., m, k), (..., k, n) and (..., m, n). Leading axes of x and y may be of size 1. Where z does not move
        along them (stride 0), products add up, and ``accumulate`` must hold.
    row : int, str or None
        The axis of rows: a leading one of z, or 'm', 'k' or 'n'.
    varies : sequence of bool
        Which of the three belong to rows.
    accumulate : bool
        Whether products are added to what is in z.
    room : callable
        Gives memory.
    """
    lead = z.shape[:-2]
    if 0 in lead:
        return []
    x, y = [_moved(v, lambda a: np.broadcast_to(a, (*lead, *a.shape[-2:]))) for v in (x, y)]
    if isinstance(row, int):  # rows come first, so that axes behind them can be joined with them
        order = (row, *[i for i in range(len(lead) + 2) if i != row])
        x, y, z = [_moved(v, lambda a: np.transpose(a, order)) for v in (x, y, z)]
        row = 0
    joined = _joined(x, y, z, row, varies, accumulate, room)
    if joined is not None:
        return joined
    if row != 0 and int(np.prod(z.shape[:-2])) <= FEW:
        parts = [[_moved(v, lambda a, i=i: a[i]) for v in (x, y, z)]  # type: ignore[misc]
                 for i in np.ndindex(z.shape[:-2])]
        return [_product(left, right, result, row, 1, accumulate) for left, right, result in parts]
    own = _OWN_ROWS[row] if isinstance(row, str) else (None, None, None)
    fill = [] if accumulate else [copy_nest(z.buffer.dtype.type(0), z, 0 if row == 0 else _axis(z, own[2]))]
    sizes = [Dimension(1 if axis == row else size, axis == row)
             for axis, size in (("m", z.shape[-2]), ("k", x.shape[-1]), ("n", z.shape[-1]))]
    pieces = [Piece(v, 2, part, row=_axis(v, axis)) for v, part, axis in zip((x, y), varies, own, strict=False)]
    pieces.append(Piece(z, 2, varies[2], after=True, row=_axis(z, own[2])))
    return [*fill, *batch_instructions("batched_product", pieces, 0 if row == 0 else None, sizes, (), room)]


def _joined(x: View, y: View, z: View, row: Row, varies: Sequence[bool], accumulate: bool,
            room: Room) -> list[Instruction] | None:
    """One product whose m (where y is the same for all) or k (where results add up) holds the leading axes too."""
    lead = z.shape[:-2]
    count = int(np.prod(lead))
    own = _OWN_ROWS[row] if isinstance(row, str) else (None, None, None)

    def stays(view: View) -> bool:
        return all(stride == 0 or size == 1 for size, stride in zip(lead, view.strides, strict=False))

    def flat(view: View) -> View | None:
        shape = (int(np.prod(view.shape[:-1])), view.shape[-1])
        return transform(view, lambda a: np.reshape(a, shape, copy=False))

    before: list[Instruction] = []

    def laid_out(view: View, moves: bool, own_axis: int | None) -> View:
        """The view with its leading axes joined with the next one, copied where that takes it."""
        found = flat(view)
        if found is None:
            axis = (0 if row == 0 else own_axis) if moves else None
            copy = room(view.shape, view.buffer.dtype, UNIFORM if axis is None else axis)
            before.append(copy_nest(view, copy, axis))
            found = flat(copy)
            assert found is not None
        return found

    rows = lead[0] if row == 0 else 1
    if stays(y) and (row != "m" or count == 1):
        result = flat(z)
        if result is not None:
            one, left = _moved(y, lambda a: a[(0,) * len(lead)]), laid_out(x, varies[0], _axis(x, own[0]))
            size = count * z.shape[-2] // rows if row == 0 else 1
            return [*before, _product(left, one, result, "m" if row == 0 else row, size, accumulate)]
    if stays(z) and accumulate and (row != "k" or count == 1):
        turned = _moved(x, lambda a: np.swapaxes(a, -1, -2))
        turned = laid_out(turned, varies[0], None if own[0] is None else len(lead) - 1 - own[0])
        other = laid_out(y, varies[1], _axis(y, own[1]))
        one = _moved(z, lambda a: a[(0,) * len(lead)])
        size = count * x.shape[-1] // rows if row == 0 else 1
        return [*before, _product(_moved(turned, np.transpose), other, one, "k" if row == 0 else row, size, True)]
    return None


def _product(x: View, y: View, z: View, row: Row, each: int, accumulate: bool) -> Product:
    """A product of matrices, whose axis of rows has ``each`` elements a row."""
    sizes = [Dimension(each if axis == row else size, axis == row)
             for axis, size in (("m", z.shape[0]), ("k", x.shape[1]), ("n", z.shape[1]))]
    own = _OWN_ROWS[row] if isinstance(row, str) else (None, None, None)
    operands = [Operand(view, view.strides, 0 if axis is None else view.strides[axis] * each)
                for view, axis in zip((x, y, z), own, strict=True)]
    return Product(operands[0], operands[1], operands[2], (sizes[0], sizes[1], sizes[2]), accumulate)


def _axis(view: View, axis: int | None) -> int | None:
    return None if axis is None else axis % len(view.shape)


def _moved(view: View, function: Callable[[Any], np.ndarray]) -> View:
    found = transform(view, function)
    assert found is not None
    return found
