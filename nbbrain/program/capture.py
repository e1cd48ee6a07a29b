"""Capture: run a function once on symbols and find out what it reads and writes."""
from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
from autograd.tracer import isbox, trace_stack

from nbbrain import settings
from nbbrain.errors import CaptureError
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.operations.symbolic import CaptureScope, active_scopes
from nbbrain.program.hoist import Hoisted, hoist
from nbbrain.program.listing import capture_listing
from nbbrain.program.observation import log
from nbbrain.program.step import Step
from nbbrain.program.symbol import Program, Symbol, user_location
from nbbrain.program.tracking import Cell, Tracker, read_cell, trackers, tracking
from nbbrain.threads import made_once

__all__ = ["Capture", "CapturedStep", "capture_step", "scoped_state"]

scoped_state: list[Callable[[], Callable[[], None]]] = []
"""Functions that note some state and return what restores it: state that a capture must leave as it was."""


@dataclass
class _Record:
    """A variable in a capture: the input that stands for it, its value outside, and its value inside by now."""

    cell: Cell
    symbol: Symbol
    outside: Any
    inside: Any


@dataclass
class _Made:
    """A variable that the captured function makes: its value by now, and where it was made."""

    cell: Cell
    inside: Any
    location: str


class Capture(CaptureScope, Tracker):
    """A capture under way."""

    def __init__(self) -> None:
        self.program = Program()
        self.depth = len(trackers) - 1
        self.base_trace = trace_stack.top
        self.records: dict[int, _Record] = {}
        self.made: dict[int, _Made] = {}
        self.lifted: dict[int, tuple[Any, Symbol]] = {}

    def read(self, cell: Cell) -> Any:
        """The value of a variable inside of the program."""
        return self._entry(cell).inside

    def write(self, cell: Cell, value: Any) -> None:
        """Keep a value inside of the program; the variable itself is not touched."""
        self._entry(cell).inside = value

    def create(self, cell: Cell, value: Any) -> None:
        """Note a variable that is made anew in every turn, and so is no input."""
        cell._value = value
        self.made[id(cell)] = _Made(cell, value, user_location())

    def forget_made(self) -> None:
        """Let go of the variables that the function made; one that is kept elsewhere would have to last over the turns."""
        made = [(ref(entry.cell), entry.location) for entry in self.made.values()]
        self.made.clear()
        for _ in range(2):
            kept = [location for reference, location in made if reference() is not None]
            if not kept:
                return
            gc.collect()
        raise CaptureError("a Variable was made inside of a loop and kept", operation="Variable", location=kept[0],
                           hint="make it before the loop.")

    def _entry(self, cell: Cell) -> _Record | _Made:
        return self.made.get(id(cell)) or self._record(cell)

    def _record(self, cell: Cell) -> _Record:
        if id(cell) not in self.records:
            outside = read_cell(cell, self.depth)
            symbol = self.program.input(shape_of(outside), dtype_of(outside), f"state{len(self.records)}")
            self.records[id(cell)] = _Record(cell, symbol, outside, symbol)
        return self.records[id(cell)]

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
    return CapturedStep(step, [r.cell for r in written], [value for value, _ in constants], program.tally)
