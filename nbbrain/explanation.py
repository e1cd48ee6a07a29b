"""The teaching view of the engine: what became of the loops of a function, from its lines to machine code and time."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nbbrain.backends.base import get_backend
from nbbrain.errors import BackendError, CaptureError
from nbbrain.program.capture import CapturedStep
from nbbrain.program.differentiate import Adjoint
from nbbrain.program.listing import adjoint_listing, capture_listing, indented, residuals_listing, step_listing
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
            return f"passes\n{indented(self._passes())}"
        if part == "plan":
            memory = f"memory of {self.length} turns: {memory_listing(self.plan, self.length)}"
            return f"plan\n{indented(plan_listing(self.plan, self.length))}\n{indented(memory)}"
        if part == "kernels":
            return "kernels\n" + indented("\n".join(map(kernel_listing, self.kernels)))
        return "time\n" + indented(time_listing(self.runs))

    def _passes(self) -> str:
        if self.kind == "backward" and self.adjoint is not None:
            return adjoint_listing(self.adjoint)
        seen = self.captured
        passes = [capture_listing(seen.step, seen.tally, seen.hoisted)] if seen is not None else []
        return "\n".join([*passes, *([residuals_listing(self.adjoint)] if self.adjoint is not None else [])])


class Explanation:
    """What became of the loops of a function; as text, the parts that were asked for.

    Attributes
    ----------
    result
        What the function returned.
    loops : tuple of ExplainedLoop
        Every loop that ran compiled, in the order of their first runs.
    refused : tuple of CaptureError
        Why other loops ran eagerly.
    """

    def __init__(self, result: Any, loops: Sequence[ExplainedLoop], refused: Sequence[CaptureError],
                 show: Sequence[str] = PARTS) -> None:
        self.result, self.loops, self.refused, self._show = result, tuple(loops), tuple(refused), tuple(show)

    def __str__(self) -> str:
        """The loops one after the other."""
        texts = [self._text(number, loop) for number, loop in enumerate(self.loops)]
        texts += [f"a loop ran eagerly: {error}" for error in self.refused]
        if not texts:
            texts = ["no loop ran compiled: explain a function that calls bm.for_loop, bm.scan, bm.jit or a trainer."]
        return "\n\n".join(texts)

    __repr__ = __str__

    def _text(self, number: int, loop: ExplainedLoop) -> str:
        times = "" if len(loop.runs) == 1 else f", {len(loop.runs)} runs"
        title = f"loop {number}: {loop.kind}, {loop.length} turns{times}"
        return "\n\n".join([f"{title}\n{'=' * len(title)}", *[loop.show(part) for part in PARTS if part in self._show]])


def explain(f: Callable[..., Any], *args: Any, show: str | Sequence[str] = PARTS, **kwargs: Any) -> Explanation:
    """Run a function once and tell what the engine makes of its loops.

    Parameters
    ----------
    f : callable
        A function that calls `bm.for_loop`, `bm.scan`, a function made by `bm.jit`, or a trainer. To see the backward loops
        too, give its gradient: ``bm.grad(f)``.
    *args, **kwargs
        Its arguments.
    show : str or sequence of str
        What the text shows of every loop: 'program' (the operations of a turn, below the lines they come from), 'passes'
        (what capture, hoisting and differentiation did), 'plan' (buffers and instructions), 'kernels' (the generated source
        with the lines it comes from), 'time' (the share of every instruction). All by default.

    Returns
    -------
    Explanation
        What `print` shows; its ``loops`` hold the same as objects, its ``result`` what the function returned.

    Raises
    ------
    BackendError
        On a backend that does not compile.
    ValueError
        For a part that does not exist.

    Notes
    -----
    The function really runs, with all its effects on variables. Counting the cycles of instructions costs a little time.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> V = bm.Variable(bm.zeros(3))
    >>> def step(current):
    ...     V.value = V + 0.1 * (current - V)
    ...     return V
    >>> with bp.backend("numba"):
    ...     explained = bp.explain(bm.for_loop, step, bm.ones((100, 3)), show="passes")
    >>> print(explained)
    loop 0: forward, 100 turns
    ==========================
    <BLANKLINE>
    passes
      capture    3 operations recorded, 0 replaced by simpler ones, 0 found again; 3 lead to a result
      hoisting   0 of these give the same in every turn: computed once, before the loop
    >>> explained.result.shape, len(explained.loops[0].plan.instructions)
    ((100, 3), 1)
    """
    parts = (show,) if isinstance(show, str) else tuple(show)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ValueError(f"explain: show must be among {', '.join(PARTS)}, but got {', '.join(map(repr, unknown))}.")
    backend = get_backend()
    if not backend.compiles:
        raise BackendError(f"the backend {backend.name!r} runs every operation by itself and compiles no loop, so there is "
                           "nothing to explain; choose one that compiles: with bp.backend('numba'): ...")
    with observing() as observer:
        result = f(*args, **kwargs)
    return Explanation(result, _loops(observer), observer.refusals, parts)


def _loops(observer: Observer) -> list[ExplainedLoop]:
    """The runs of one plan in one direction together."""
    groups: dict[tuple[int, bool], list[Run]] = {}
    for run in observer.runs:
        groups.setdefault((id(run.plan), run.reverse), []).append(run)
    return [_explained(observer, tuple(runs)) for runs in groups.values()]


def _explained(observer: Observer, runs: tuple[Run, ...]) -> ExplainedLoop:
    step, kind, found = runs[0].step, "forward", None
    for made in observer.made.get(adjoint, {}).values():
        if step is made.backward or step is made.forward:
            kind, found = "backward" if step is made.backward else "forward, with residuals", made
    captured = next((c for c in observer.captures if _program(c.hoisted.step) is _program(step)), None)
    return ExplainedLoop(kind, runs, captured, found)


def _program(step: Step) -> Any:
    return step.results[0].program if step.results else step
