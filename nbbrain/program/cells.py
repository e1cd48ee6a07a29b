"""Variables in a traced function: each is an input of the program, and what the function writes is kept there."""
from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Any
from weakref import ref

from nbbrain.errors import CaptureError
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.program.symbol import Program, Symbol, user_location
from nbbrain.program.tracking import Cell, Tracker, read_cell, trackers

__all__ = ["CellRecords", "Record"]


@dataclass
class Record:
    """A variable in a traced function: the input that stands for it, its value outside, and its value inside by now."""

    cell: Cell
    symbol: Symbol
    outside: Any
    inside: Any


@dataclass
class _Made:
    """A variable that the traced function makes: its value by now, and where it was made."""

    cell: Cell
    inside: Any
    location: str


class CellRecords(Tracker):
    """Turns the variables that a function reads into inputs of a program, and keeps what it writes."""

    def __init__(self, program: Program, name: str) -> None:
        self.program = program
        self.name = name
        self.depth = len(trackers) - 1
        self.records: dict[int, Record] = {}
        self.made: dict[int, _Made] = {}

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

    def _entry(self, cell: Cell) -> Record | _Made:
        return self.made.get(id(cell)) or self._record(cell)

    def _record(self, cell: Cell) -> Record:
        if id(cell) not in self.records:
            outside = read_cell(cell, self.depth)
            symbol = self.program.input(shape_of(outside), dtype_of(outside), f"{self.name}{len(self.records)}")
            self.records[id(cell)] = Record(cell, symbol, outside, symbol)
        return self.records[id(cell)]
