"""Capture: run a function once on symbols and find out what it reads and writes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from autograd.tracer import isbox, trace_stack

from nbbrain import settings
from nbbrain.errors import CaptureError
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.operations.symbolic import CaptureScope, active_scopes
from nbbrain.program.cells import CellRecords
from nbbrain.program.hoist import Hoisted, hoist
from nbbrain.program.listing import capture_listing
from nbbrain.program.observation import log
from nbbrain.program.step import Step
from nbbrain.program.symbol import Program, Symbol, user_location
from nbbrain.program.tracking import Cell, read_cell, trackers, tracking
from nbbrain.threads import made_once

__all__ = ["Capture", "CapturedStep", "capture_step", "scoped_state"]

scoped_state: list[Callable[[], Callable[[], None]]] = []
"""Functions that note some state and return what restores it: state that a capture must leave as it was."""


class Capture(CaptureScope, CellRecords):
    """A capture under way."""

    def __init__(self) -> None:
        super().__init__(Program(), "state")
        self.base_trace = trace_stack.top
        self.lifted: dict[int, tuple[Any, Symbol]] = {}

    def lift(self, value: Any) -> Any:
        """An outside value that is being differentiated becomes an input."""
        if not (isbox(value) and value._trace <= self.base_trace):
            return value
        if id(value) not in self.lifted:
            symbol = self.program.input(shape_of(value), dtype_of(value), f"outside{len(self.lifted)}")
            self.lifted[id(value)] = (value, symbol)
        return self.lifted[id(value)][1]


@dataclass
class CapturedStep:
    """A step, and the values outside that it starts from."""

    step: Step
    carried: list[Cell]
    constants: list[Any]
    """Arrays, boxes, or the variables that are only read."""
    tally: tuple[int, int, int] = (0, 0, 0)
    """How many operations were recorded, simplified, shared."""

    @made_once
    def hoisted(self) -> Hoisted:
        """The step without what gives the same in every turn."""
        found = hoist(self.step)
        if settings.get("debug") >= 2:
            log.warning("%s", capture_listing(self.step, self.tally, found))
        return found

    def outside(self) -> list[Any]:
        """The present values of everything the step reads from outside."""
        return [present(value) for value in (*self.carried, *self.constants)]

    def fits(self) -> bool:
        """Whether variables still have the shapes they were captured with, and nothing lifted has gone stale."""
        begins = [begin for begin, _ in self.step.carried]
        return not any(isbox(value) for value in self.constants) and all(
            shape_of(value) == symbol.shape for value, symbol in
            zip(self.outside(), (*begins, *self.step.constants), strict=True))


def present(value: Any) -> Any:
    """The present value of a variable; anything else is its own value."""
    if isinstance(value, np.ndarray) or isbox(value):
        return value
    return read_cell(value, len(trackers) - 1)


def capture_step(function: Callable[..., Sequence[Any]], inputs: Sequence[tuple[tuple[int, ...], np.dtype]]) -> CapturedStep:
    """Run a function on symbols.

    Parameters
    ----------
    function : callable
        Takes one raw value an input and returns a sequence of raw values. It may read and write variables.
    inputs : sequence of (shape, dtype)
        Of the inputs that change from step to step.
    """
    scope = Capture()
    restore = [note() for note in scoped_state]
    active_scopes.append(scope)
    try:
        with tracking(scope):
            symbols = [scope.program.input(shape, dtype, f"input{i}") for i, (shape, dtype) in enumerate(inputs)]
            results = function(*symbols)
    finally:
        active_scopes.pop()
        for back in restore:
            back()
    scope.forget_made()
    return _close(scope, symbols, results)


def _close(scope: Capture, symbols: list[Symbol], results: Sequence[Any]) -> CapturedStep:
    """Sort out what was read only (constants) and what was written (carried)."""
    program = scope.program
    outputs = tuple([program.symbol(scope.lift(result)) for result in results])
    written = [r for r in scope.records.values() if r.inside is not r.symbol]
    only_read = [r for r in scope.records.values() if r.inside is r.symbol]
    carried = []
    for record in written:
        end = program.symbol(scope.lift(record.inside))
        if (end.shape, end.dtype) != (record.symbol.shape, record.symbol.dtype):
            raise CaptureError(f"a variable of shape {record.symbol.shape} became {end.shape} inside of a loop",
                               operation="assignment", location=user_location(),
                               hint="give it its final shape before the loop, for instance by reset_state(batch_size).")
        carried.append((record.symbol, end))
    constants = [*[(r.cell, r.symbol) for r in only_read], *scope.lifted.values(), *program.captured.values()]
    step = Step(carried=tuple(carried), per_step=tuple(symbols), constants=tuple([symbol for _, symbol in constants]),
                outputs=outputs)
    _check_inputs(step)
    return CapturedStep(step, [r.cell for r in written], [value for value, _ in constants], program.tally)


def _check_inputs(step: Step) -> None:
    """Raise the error for a value that is known only inside of an inner loop, and was kept for use outside of it."""
    for symbol in step.body:
        if symbol.operation is None and not symbol.is_constant:
            raise CaptureError("a value of one turn of bm.while_loop was used outside of it", operation="while_loop",
                               location=symbol.location, hint="return it from the body, or keep it in a Variable.")
