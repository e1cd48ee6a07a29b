"""Work that gives the same in every turn, moved out of the loop."""
from __future__ import annotations

from dataclasses import dataclass

from nbbrain.program.step import Step, ancestors
from nbbrain.program.symbol import Symbol

__all__ = ["Hoisted", "hoist"]


@dataclass(frozen=True)
class Hoisted:
    """A step without its invariant part.

    Attributes
    ----------
    original : Step
        The step as it was.
    step : Step
        The step; its constants are those of the original that it still reads, then the values of ``moved``.
    prologue : tuple of Symbol
        What is computed once, before the loop, in order.
    constants : tuple of Symbol
        The constants of the new step.
    """

    original: Step
    step: Step
    prologue: tuple[Symbol, ...]
    constants: tuple[Symbol, ...]


def hoist(step: Step) -> Hoisted:
    """Split a step into what depends on constants only, and the rest.

    Views of constants stay inside: they cost nothing there, and would cost a copy outside. So do while loops, which are
    compiled there and would be interpreted outside.
    """
    invariant = set(step.constants)
    moved: list[Symbol] = []
    for symbol in step.body:
        if symbol.operation is None or not symbol.operands or symbol.operation.kind == "repeat":
            continue
        if all(x in invariant or x.is_constant for x in symbol.operands):
            invariant.add(symbol)
            if symbol.operation.kind != "view":
                moved.append(symbol)
    varying = [*[begin for begin, _ in step.carried], *step.per_step]
    needed = set(ancestors(step.results, {*varying, *step.constants, *moved}))
    used = {x for symbol in needed for x in symbol.operands} | set(step.results)
    kept = [symbol for symbol in moved if symbol in used]
    constants = (*[symbol for symbol in step.constants if symbol in used], *kept)
    prologue = tuple(ancestors(kept, step.constants))
    return Hoisted(step, Step(step.carried, step.per_step, constants, step.outputs, step.sums), prologue, constants)
