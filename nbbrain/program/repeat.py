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
from nbbrain.program.tracking import tracking, trackers, write_cell

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
class _Carried:
    """A value of the loop: what it begins with, what stands for it in a turn, and what it is at the end of the turn."""

    outside: Any
    begin: Symbol
    end: Symbol


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
    program = cast(Capture, active_scopes[-1]).program
    records = CellRecords(program, "state of a turn ")
    flag = program.input((), bool, "going")
    begins = [program.input(shape_of(x), dtype_of(x), f"operand{i}") for i, x in enumerate(operands)]
    restore = [note() for note in scoped_state]
    try:
        with tracking(records):
            again, results = turn(*begins)
    finally:
        for back in restore:
            back()
    records.forget_made()
    written, only_read = records.sorted_records()

    def end(value: Any) -> Symbol:
        value = active_scopes[-1].lift(value)
        return _refuse_gradient(location) if isbox(value) else program.symbol(value)

    values = [_Carried(x, begin, end(result)) for x, begin, result in zip(operands, begins, results, strict=True)]
    for number, value in enumerate(values):
        _check(value, f"operand {number} of bm.while_loop", location)
    states = [_Carried(record.outside, record.symbol, end(record.inside)) for record in written]
    for state in states:
        _check(state, "a variable", location)
    same = [_Carried(record.outside, record.symbol, record.symbol) for record in only_read]
    carried = [_Carried(going, flag, end(again)), *[value for value in (*values, *states) if value.end is not value.begin]]
    same += [value for value in values if value.end is value.begin]
    pairs = [(value.begin, value.end) for value in carried]
    free = _free([e for _, e in pairs], {*[begin for begin, _ in pairs], *[value.begin for value in same]})
    step = Step(carried=tuple(pairs), constants=(*[value.begin for value in same], *free))
    given = [*[value.outside for value in (*carried, *same)], *free]
    ends = {value.begin: repeat(*given, turn=Turn(step, location), index=i) for i, value in enumerate(carried)}
    for record in written:
        write_cell(record.cell, ends[record.symbol], len(trackers) - 1)
    return [ends.get(value.begin, value.outside) for value in values]


def _check(value: _Carried, what: str, location: str) -> None:
    """Raise the error for a value that does not keep its shape and dtype."""
    begin, end = value.begin, value.end
    if (begin.shape, begin.dtype) != (end.shape, end.dtype):
        raise CaptureError(f"{what} was {begin.dtype} of shape {begin.shape} and became {end.dtype} of shape {end.shape}",
                           operation="while_loop", location=location,
                           hint="give it its final shape and dtype before the loop.")


def _free(results: list[Symbol], inputs: set[Symbol]) -> list[Symbol]:
    """What a turn reads that does not depend on its inputs."""
    depending, free = set(inputs), set()
    for symbol in ancestors(results, inputs):
        if any(operand in depending for operand in symbol.operands):
            depending.add(symbol)
            free.update(operand for operand in symbol.operands if operand not in depending)
    free.update(result for result in results if result not in depending)
    return sorted([symbol for symbol in free if not symbol.is_constant], key=lambda symbol: symbol.number)
