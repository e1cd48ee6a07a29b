"""Kernels of the library repeated over outer loops: as few as strides allow, and three at most."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbbrain.program.plan.instructions import Batch, Dimension, Instruction, Operand
from nbbrain.program.plan.layout import View
from nbbrain.program.plan.nests import collapse, copy_nest
from nbbrain.program.plan.rows import UNIFORM, Label

__all__ = ["Piece", "Room", "batch_instructions"]

Room = Callable[[tuple[int, ...], np.dtype, Label], View]
"""Gives memory for a shape, a dtype and a label."""
LOOPS = 3


@dataclass(frozen=True)
class Piece:
    """An operand: the axes of the outer loops, then ``own`` axes that the kernel walks by itself.

    ``varies`` says whether its elements belong to rows; ``before`` and ``after`` whether the kernel reads and writes them;
    ``row`` which axis is that of rows where it is one of its own.
    """

    view: View
    own: int
    varies: bool
    before: bool = True
    after: bool = False
    row: int | None = None


def batch_instructions(kind: str, pieces: Sequence[Piece], row_axis: int | None, sizes: Sequence[Dimension],
                       options: Sequence[object], room: Room, shared: Sequence[View] = ()) -> list[Instruction]:
    """What runs a kernel for every index of the outer axes, which all pieces have alike.

    Parameters
    ----------
    kind : str
        The kernel.
    pieces : sequence of Piece
        The operands.
    row_axis : int or None
        The outer axis of rows.
    sizes : sequence of Dimension
        The kernel's own sizes.
    options : sequence
        What further determines the kernel's code.
    room : callable
        Gives memory.
    shared : sequence of View
        Further operands, which all outer indices share.
    """
    depth = len(pieces[0].view.shape) - pieces[0].own
    shape = pieces[0].view.shape[:depth]
    loops, merged = collapse(shape, row_axis, [list(piece.view.strides[:depth]) for piece in pieces])
    if len(loops) > LOOPS:
        return _on_copies(kind, pieces, row_axis, sizes, options, room, shared)
    lacking = LOOPS - len(loops)
    rows = [piece.row if row_axis is None else row_axis for piece in pieces]
    operands = [Operand(piece.view, (*[0] * lacking, *strides, *piece.view.strides[depth:]),
                        0 if row is None else piece.view.strides[row])
                for piece, strides, row in zip(pieces, merged, rows, strict=True)]
    operands += [Operand(view, (*[0] * LOOPS, *view.strides), 0) for view in shared]
    dimensions = [Dimension(1, False)] * lacking + [Dimension(size, rows) for size, rows in loops]
    return [Batch(kind, tuple(operands), tuple(dimensions), tuple(sizes), tuple([str(option) for option in options]))]


def _on_copies(kind: str, pieces: Sequence[Piece], row_axis: int | None, sizes: Sequence[Dimension],
               options: Sequence[object], room: Room, shared: Sequence[View]) -> list[Instruction]:
    """The same on operands that are laid out one element after the other."""
    before: list[Instruction] = []
    after: list[Instruction] = []
    copies = []
    for piece in pieces:
        rows = (piece.row if row_axis is None else row_axis) if piece.varies else None
        copy = room(piece.view.shape, piece.view.buffer.dtype, UNIFORM if rows is None else rows)
        if piece.before:
            before.append(copy_nest(piece.view, copy, rows))
        if piece.after:
            after.append(copy_nest(copy, piece.view, rows))
        copies.append(replace(piece, view=copy))
    return [*before, *batch_instructions(kind, copies, row_axis, sizes, options, room, shared), *after]
