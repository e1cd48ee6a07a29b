"""Operations along one axis: each line of elements by itself."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbbrain.program.plan.batches import Piece, Room, batch_instructions
from nbbrain.program.plan.instructions import Dimension, Instruction, Mode
from nbbrain.program.plan.layout import View, transform
from nbbrain.program.plan.nests import copy_nest, identity_of
from nbbrain.program.plan.rows import UNIFORM
from nbbrain.program.symbol import Symbol

__all__ = ["along_instructions"]


def along_instructions(symbol: Symbol, operands: Sequence[View], result: View, varies: Sequence[bool],
                       row_axis: int | None, room: Room) -> list[Instruction]:
    """What computes an operation of the kind 'along'.

    Parameters
    ----------
    symbol : Symbol
        The operation.
    operands, result : View
        Where its operands and its result lie.
    varies : sequence of bool
        Which operands, and last whether the result, belong to rows.
    row_axis : int or None
        The axis of rows of the first operand that has one, or of the result.
    room : callable
        Gives memory.
    """
    name = symbol.operation.name  # type: ignore[union-attr]
    if name == "searchsorted":
        return _search(symbol, operands, result, varies, row_axis, room)
    axis = symbol.parameters.get("axis", 0)
    lines = [_lines(view, axis) for view in operands]
    rows = None if row_axis is None else row_axis - (row_axis > axis)
    pieces = [Piece(view, 1, part) for view, part in zip(lines, varies[:-1], strict=True)]
    sizes = [Dimension(view.shape[-1], False) for view in lines]
    if name in ("argmax", "argmin"):
        whole = _moved(result, lambda v: v.reshape(lines[0].shape[:-1], copy=False))
        pieces.append(Piece(whole, 0, varies[-1], False, True))
        return batch_instructions("position", pieces, rows, sizes, (name == "argmax",), room)
    target = _lines(result, axis)
    if name in ("cumsum", "cumprod"):
        pieces.append(Piece(target, 1, varies[-1], False, True))
        return batch_instructions("running", pieces, rows, sizes, (name == "cumprod",), room)
    if name == "recurrence":
        pieces.append(Piece(target, 1, varies[-1], False, True))
        return batch_instructions("recurrence", pieces, rows, sizes[:1], (), room)
    if name == "argsort":
        pieces.append(Piece(target, 1, varies[-1], False, True))
        half = room((max(1, target.shape[-1]),), symbol.dtype, UNIFORM)
        return batch_instructions("argsort", pieces, rows, sizes, (), room, (half,))
    if name == "take_along":
        pieces.append(Piece(target, 1, varies[-1], False, True))
        return batch_instructions("take_along", pieces, rows, [sizes[1], sizes[0]], (False,), room)
    written = Piece(target, 1, varies[-1], True, True)
    place = Dimension(target.shape[-1], False)
    if name == "add_along":
        return [copy_nest(operands[0], result, row_axis if varies[-1] else None),
                *batch_instructions("take_along", [written, pieces[2], pieces[1]], rows, [sizes[2], place], (True,), room)]
    mode: Mode = {"segment_max": "max", "segment_min": "min", "segment_prod": "prod"}[name]  # type: ignore[assignment]
    ids = Piece(_spread(operands[1], lines[0].shape), 1, varies[1])
    return [copy_nest(identity_of(mode, symbol.dtype), result, row_axis if varies[-1] else None),
            *batch_instructions("segment", [pieces[0], ids, written], rows, [sizes[0], place], (repr(mode),), room)]


def _search(symbol: Symbol, operands: Sequence[View], result: View, varies: Sequence[bool], row_axis: int | None,
            room: Room) -> list[Instruction]:
    """Every value by itself, in one sorted vector."""
    pieces = [Piece(operands[1], 0, varies[1]), Piece(result, 0, varies[2], False, True)]
    size = Dimension(operands[0].shape[0], False)
    return batch_instructions("search", pieces, row_axis, [size], (symbol.parameters["side"] == "right",), room,
                              (operands[0],))


def _moved(view: View, function: object) -> View:
    found = transform(view, function)  # type: ignore[arg-type]
    assert found is not None
    return found


def _lines(view: View, axis: int) -> View:
    """The view with an axis as its last."""
    return _moved(view, lambda v: np.moveaxis(v, axis, -1)) if axis < len(view.shape) else view


def _spread(view: View, shape: tuple[int, ...]) -> View:
    return _moved(view, lambda v: np.broadcast_to(v, shape))
