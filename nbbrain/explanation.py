"""The teaching view of the engine: what became of the loops of a function, from its lines to machine code and time."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nbbrain.backends.base import get_backend
from nbbrain.errors import BackendError, CaptureError
from nbbrain.program.capture import CapturedStep
from nbbrain.program.differentiate import Adjoint
from nbbrain.program.listing import adjoint_listing, capture_listing, indented, step_listing
from nbbrain.program.loop import adjoint
from nbbrain.program.observation import Kernel, Observer, Run, observing
from nbbrain.program.plan.instructions import Plan
from nbbrain.program.plan.listing import kernel_listing, memory_listing, plan_listing, time_listing
from nbbrain.program.plan.memory import plan_bytes
from nbbrain.program.step import Step

__all__ = ["PARTS", "ExplainedLoop", "Explanation", "explain"]

PARTS = ("program", "passes", "plan", "kernels", "time")
"""What an explanation can show of a loop."""


@dataclass(frozen=True)
class ExplainedLoop:
    """A loop that ran, once or several times.

    Attributes
    ----------
    kind : str
        'forward'; 'forward, with residuals' where it is differentiated; 'backward'.
    runs : tuple of Run
        Its runs, in order. Loops that compute the same, from the same lines, are one loop with several runs.
    captured : CapturedStep or None
        What was captured; None for loops whose origin was not seen.
    adjoint : Adjoint or None
        The two steps of a differentiated loop.
    """

    kind: str
    runs: tuple[Run, ...]
    captured: CapturedStep | None
    adjoint: Adjoint | None

    @property
    def program(self) -> Step:
        """What one turn reads, computes and hands on."""
        return self.runs[0].step

    @property
    def plan(self) -> Plan:
        """Its memory and its instructions."""
        return self.runs[0].plan

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """The compiled functions that carry out the instructions."""
        return self.runs[0].kernels

    @property
    def length(self) -> int:
        """The number of turns, of the longest run."""
        return max(run.length for run in self.runs)

    @property
    def bytes(self) -> dict[str, int]:
        """The bytes that a run needs, by the role of its buffers."""
        return plan_bytes(self.plan, self.length)

    @property
    def seconds(self) -> float:
        """How long all runs took."""
        return sum(run.seconds for run in self.runs)

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of the time of every instruction; the rest is what the members of a team waited for one another."""
        cycles = [sum(each) for each in zip(*[run.cycles for run in self.runs], strict=True)]
        whole = max(sum(cycles) + sum(run.waiting for run in self.runs), 1)
        return tuple([count / whole for count in cycles])

    def show(self, part: str) -> str:
        """One of the parts as text."""
        if part == "program":
            return f"program of a turn\n{indented(step_listing(self.program))}"
        if part == "passes":
            passes = capture_listing(self.captured) if self.captured and self.kind != "backward" else ""
            return f"passes\n{indented(passes + chr(10) + adjoint_listing(self.adjoint) if self.adjoint else passes)}"
        if part == "plan":
            plan = plan_listing(self.plan, self.length)
            return f"plan\n{indented(f'{plan}{chr(10)}memory  {memory_listing(self.plan, self.length)}')}"
        if part == "kernels":
            return "kernels\n" + indented("\n".join(map(kernel_listing, self.kernels)))
        return "time\n" + indented(time_listing(self.runs))
