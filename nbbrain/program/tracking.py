"""Who reads and writes variables while a function runs: a capture, a gradient, or nobody."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from nbbrain.threads import Stack

__all__ = ["Cell", "Tracker", "WriteLog", "create_cell", "trackers", "tracking", "write_cell"]


class Cell(Protocol):
    """A place that holds a value: what a variable is to the engine."""

    _value: Any


class Tracker(ABC):
    """Sees every read and write of a variable; the innermost one decides what value is read and where it is kept."""

    @abstractmethod
    def read(self, cell: Cell) -> Any:
        """The value of a variable."""

    @abstractmethod
    def write(self, cell: Cell, value: Any) -> None:
        """Keep a new value of a variable."""

    @abstractmethod
    def create(self, cell: Cell, value: Any) -> None:
        """Keep the first value of a variable that is made while the tracker is in force."""


trackers: Stack[Tracker] = Stack()
"""The trackers in force in this thread, innermost last."""


@contextmanager
def tracking(tracker: Tracker) -> Iterator[Tracker]:
    """Let a tracker see reads and writes."""
    trackers.append(tracker)
    try:
        yield tracker
    finally:
        trackers.pop()


def read_cell(cell: Cell, depth: int) -> Any:
    """The value of a variable as the tracker at a depth (-1: none) sees it."""
    return trackers[depth].read(cell) if depth >= 0 else cell._value


def create_cell(cell: Cell, value: Any, depth: int) -> None:
    """Give a new variable its first value, as the tracker at a depth (-1: none) keeps it."""
    if depth >= 0:
        trackers[depth].create(cell, value)
    else:
        cell._value = value


def write_cell(cell: Cell, value: Any, depth: int) -> None:
    """Give a variable a value, as the tracker at a depth (-1: none) keeps it."""
    if depth >= 0:
        trackers[depth].write(cell, value)
    else:
        cell._value = value


class WriteLog(Tracker):
    """Passes reads and writes on to the enclosing tracker, and remembers the first value of all that was written."""

    def __init__(self) -> None:
        self.depth = len(trackers) - 1
        self.cells: dict[int, tuple[Cell, Any]] = {}

    def read(self, cell: Cell) -> Any:
        """The value the enclosing tracker gives."""
        return read_cell(cell, self.depth)

    def write(self, cell: Cell, value: Any) -> None:
        """Note the value before, then write."""
        if id(cell) not in self.cells:
            self.cells[id(cell)] = (cell, self.read(cell))
        self.put(cell, value)

    def create(self, cell: Cell, value: Any) -> None:
        """Note a new variable, then hand its first value on."""
        self.cells[id(cell)] = (cell, value)
        create_cell(cell, value, self.depth)

    def put(self, cell: Cell, value: Any) -> None:
        """Write without a note."""
        write_cell(cell, value, self.depth)

    def map(self, change: Callable[[Any], Any]) -> None:
        """Apply a function to the value of every variable that was written."""
        for cell, _ in self.cells.values():
            self.put(cell, change(self.read(cell)))

    def restore(self) -> None:
        """Give every variable the value it had before."""
        for cell, before in self.cells.values():
            self.put(cell, before)
