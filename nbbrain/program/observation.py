"""Watching the engine at work: what was captured, what ran and how long its parts took.

A `with observing() as observer` block sees the loops of its thread. What is shared by equal steps elsewhere (adjoints,
plans) is made anew in it, so that all of it speaks of the lines of the code that is watched.
"""
from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbbrain.threads import Stack

if TYPE_CHECKING:
    from nbbrain.errors import CaptureError
    from nbbrain.program.capture import CapturedStep
    from nbbrain.program.plan.instructions import Plan
    from nbbrain.program.step import Step

__all__ = ["Kernel", "Observer", "Run", "log", "observers", "observing"]

log = logging.getLogger("nbbrain")
"""Where the debug levels print."""


@dataclass(frozen=True)
class Kernel:
    """A compiled function, and the instructions of a plan that it carries out.

    Attributes
    ----------
    name : str
        Its name, which holds the hash of all that determines it.
    title : str
        What it is, in a few words.
    source : str
        Its source with the user's lines as comments; empty where it is assembled from LLVM instructions.
    instructions : tuple of int
        Their positions in the plan.
    seconds : float
        How long it took until it could be called for the first time in this process, by loading or compiling it.
    """

    name: str
    title: str
    source: str
    instructions: tuple[int, ...]
    seconds: float


@dataclass(frozen=True)
class Run:
    """One run of a step on a compiling backend.

    Attributes
    ----------
    step : Step
        What ran.
    plan : Plan
        How it was laid out.
    length : int
        The number of turns.
    reverse : bool
        Whether the turns ran from the last to the first.
    members : int
        How many threads shared every turn, as a team; 1 where tiles run by themselves.
    seconds : float
        How long the loop took, without compiling.
    cycles : tuple of int
        Cycles of every instruction of the plan, added up over turns, tiles and members; zeros where they are not counted.
    waiting : int
        Cycles in which the members of a team waited for one another.
    kernels : tuple of Kernel
        The kernels of the plan.
    """

    step: Step
    plan: Plan
    length: int
    reverse: bool
    members: int
    seconds: float
    cycles: tuple[int, ...]
    waiting: int
    kernels: tuple[Kernel, ...]


@dataclass
class Observer:
    """What was seen, in order."""

    captures: list[CapturedStep] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    refusals: list[CaptureError] = field(default_factory=list)
    made: dict[Any, dict[Any, Any]] = field(default_factory=dict)
    """What was made for this observer alone, by what made it."""


observers: Stack[Observer] = Stack()
"""The observers in this thread; the innermost one sees."""


@contextmanager
def observing() -> Iterator[Observer]:
    """See what the engine does in this thread within the block."""
    observer = Observer()
    observers.append(observer)
    try:
        yield observer
    finally:
        observers.pop()
