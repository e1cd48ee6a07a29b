"""While loops inside of a captured step: one turn is traced once, and becomes a parameter of an operation.

The turn is made of symbols of the same program, with inputs of its own for what changes from turn to turn. Whatever does
not depend on those is computed before the loop, and handed to it as a constant.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import numpy as np
from autograd.tracer import isbox

from nbbrain.errors import CaptureError, UnsupportedOperationError
from nbbrain.operations.operation import Operation, dtype_of, shape_of
from nbbrain.operations.symbolic import Abstract, active_scopes
from nbbrain.program.capture import Capture, scoped_state
from nbbrain.program.cells import CellRecords
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step, ancestors
from nbbrain.program.symbol import Symbol, user_location
from nbbrain.program.tracking import Cell, trackers, tracking, write_cell

__all__ = ["Turn", "record_while", "repeat"]


class Turn:
    """One turn of a while loop: a step that carries a truth value, which says whether another turn follows, and the rest.

    Turns of one structure are equal, wherever they were written; so the operations that have one as a parameter are too.
    """

    __slots__ = ("location", "step")

    def __init__(self, step: Step, location: str) -> None:
        self.step, self.location = step, location

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Turn) and self.step.key == other.step.key

    def __hash__(self) -> int:
        return hash(self.step.key)

    def __repr__(self) -> str:
        return f"turn {self.step.key[:32]}"


def _run(*operands: Any, turn: Turn, index: int) -> Any:
    """The carried value of an index when the loop has ended."""
    step = turn.step
    count = len(step.carried)
    carried, constants = list(operands[:count]), operands[count:]
    while bool(carried[0]):
        values = interpret(step.body, dict(zip(step.inputs, (*carried, *constants), strict=True)))
        carried = [values[end] for _, end in step.carried]
    return carried[index]


def _infer(*operands: Abstract, turn: Turn, index: int) -> Abstract:
    return Abstract(operands[index].shape, operands[index].dtype)


def _derivative(g: Any, result: Any, argnum: int, *operands: Any, turn: Turn, index: int) -> Any:
    if dtype_of(result).kind != "f":
        return np.zeros(shape_of(operands[argnum]), dtype_of(operands[argnum]))
    _refuse_gradient(turn.location)


def _refuse_gradient(location: str) -> NoReturn:
    raise UnsupportedOperationError(
        "bm.while_loop has no derivative in a compiled loop, where it may run any number of turns", operation="while_loop",
        location=location, hint="use bm.for_loop over the largest number of turns with bm.where for what no longer changes, "
                                "or bm.stop_gradient on the result.")


repeat = Operation("while_loop", _run, infer=_infer, kind="repeat", derivatives=(_derivative,), variadic=True)
"""``while_loop(*carried, *constants, turn=..., index=...)``: one of the carried values after the last turn."""


@dataclass
class _Value:
    """A value of the loop: what it begins with, what stands for it in a turn, and what it is at the end of the turn."""

    outside: Any
    begin: Symbol
    end: Symbol
    what: str
    cell: Cell | None
    """the variable that it is the value of"""


def record_while(going: Any, turn: Callable[..., tuple[Any, Sequence[Any]]], operands: Sequence[Any]) -> list[Any]:
    """Record the loop ``while going: going, operands = turn(*operands)`` in the program that is being captured.

    Parameters
    ----------
    going : raw value
        Whether there is a first turn.
    turn : callable
        Takes raw values, and returns whether another turn follows and the next operands. It may read and write variables.
    operands : sequence of raw values
        What the first turn takes.

    Returns
    -------
    list of raw values
        The last operands. Variables that the turn writes have their last values.
    """
    location = user_location()
    going, *values = _trace(going, turn, operands, location)
    changing = [going, *[value for value in values if value.end is not value.begin]]
    pairs = [(value.begin, value.end) for value in changing]
    read = _read([end for _, end in pairs], [value.begin for value in (going, *values)])
    same = [value for value in values if value.end is value.begin and value.begin in read]
    free = sorted(read - {value.begin for value in (going, *values)}, key=lambda symbol: symbol.number)
    step = Step(carried=tuple(pairs), constants=(*[value.begin for value in same], *free))
    given = [*[value.outside for value in (*changing, *same)], *free]
    ends = {value.begin: repeat(*given, turn=Turn(step, location), index=i) for i, value in enumerate(changing)}
    for value in values:
        if value.cell is not None and value.begin in ends:
            write_cell(value.cell, ends[value.begin], len(trackers) - 1)
    return [ends.get(value.begin, value.outside) for value in values[:len(operands)]]


def _trace(going: Any, turn: Callable[..., tuple[Any, Sequence[Any]]], operands: Sequence[Any],
           location: str) -> list[_Value]:
    """Trace one turn: whether another one follows, the operands, the variables that it reads and writes."""
    program = cast(Capture, active_scopes[-1]).program
    records = CellRecords(program, "state of a turn ")
    begins = [program.input(shape_of(x), dtype_of(x), f"operand{i}") for i, x in enumerate(operands)]
    restore = [note() for note in scoped_state]
    try:
        with tracking(records):
            again, results = turn(*begins)
    finally:
        for back in restore:
            back()
    records.forget_made()

    def value(outside: Any, begin: Symbol, end: Any, what: str, cell: Cell | None = None) -> _Value:
        end = active_scopes[-1].lift(end)
        return _Value(outside, begin, _refuse_gradient(location) if isbox(end) else program.symbol(end), what, cell)

    found = [value(going, program.input((), bool, "going"), again, "the condition"),
             *[value(x, begin, end, f"operand {i} of bm.while_loop") for i, (x, begin, end) in
               enumerate(zip(operands, begins, results, strict=True))],
             *[value(r.outside, r.symbol, r.inside, "a variable", r.cell) for r in records.records.values()]]
    for each in found:
        _check(each, location)
    return found


def _check(value: _Value, location: str) -> None:
    """Raise the error for a value that does not keep its shape and dtype."""
    begin, end = value.begin, value.end
    if (begin.shape, begin.dtype) != (end.shape, end.dtype):
        raise CaptureError(f"{value.what} was {begin.dtype} of shape {begin.shape}, and became {end.dtype} of shape "
                           f"{end.shape}", operation="while_loop", location=location,
                           hint="give it its final shape and dtype before the loop.")


def _read(results: list[Symbol], inputs: Sequence[Symbol]) -> set[Symbol]:
    """What a turn reads: those of its inputs that it needs, and what does not depend on any of them."""
    body = list(ancestors(results, inputs))
    depending = set(inputs)
    for symbol in body:
        if any(operand in depending for operand in symbol.operands):
            depending.add(symbol)
    inside = depending.difference(inputs)
    read = {*results, *[operand for symbol in body if symbol in inside for operand in symbol.operands]}
    return {symbol for symbol in read if symbol not in inside and not symbol.is_constant}
