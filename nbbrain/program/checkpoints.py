"""Loops that are differentiated in parts: only the states between parts are kept, and a part runs again when its turn comes.

Memory falls from what all turns leave behind to what one part leaves behind, for one more run forward (Griewank & Walther,
2000, "Algorithm 799: revolve", is the general case; parts of equal length are its simplest form).
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbbrain import settings
from nbbrain.program.differentiate import Adjoint
from nbbrain.program.step import Step

if TYPE_CHECKING:
    from nbbrain.backends.base import CompilingBackend

__all__ = ["Remat", "part_length", "pull_back", "run_forward"]

Remat = bool | int | str
"""Whether turns are recomputed: False, True (parts that need little memory), turns of a part, or 'auto'."""

_SLACK = 1.3
"""Times the least memory that parts may need, for fewer of them: each takes time of its own."""


def part_length(remat: Remat, length: int, plan: Adjoint, multiple: int) -> int:
    """How many turns a part has, a multiple of what the backend adds up at once; 0 where nothing is recomputed."""
    if remat is None or remat is False or remat == 0:
        return 0
    each = sum(symbol.size * symbol.dtype.itemsize for symbol in plan.residuals)
    state = sum(begin.size * begin.dtype.itemsize for begin, _ in plan.forward.carried)
    if remat == "auto":
        budget = settings.get("memory") * 2**20
        if each * length <= budget:
            return 0
        turns = max(1, min(length, budget // max(2 * each, 1)))
    elif remat is True:
        needed = {turns: _bytes(turns, length, each, state) for turns in range(multiple, length + multiple, multiple)}
        most = _SLACK * min(needed.values())
        turns = max(turns for turns, size in needed.items() if size <= most)
    else:
        turns = int(remat)
    turns = -(-turns // multiple) * multiple
    return turns if turns < length else 0


def _bytes(turns: int, length: int, each: int, state: int) -> int:
    """What is kept: the residuals of a part and of the shorter one, and a state for every part."""
    return each * (turns + length % turns) + state * -(-length // turns)


def _parts(length: int, turns: int, reverse: bool) -> list[slice]:
    """The rows of every part in the order they run; the first is the one that may be shorter."""
    stops = list(range(length, 0, -turns))[::-1]
    spans = [(max(0, stop - turns), stop) for stop in stops]
    if reverse:
        spans = [(length - stop, length - start) for start, stop in spans]
    return [slice(*span) for span in spans]


def run_forward(backend: CompilingBackend, step: Step, length: int, reverse: bool, turns: int, carried: Sequence[Any],
                per_step: Sequence[Any], constants: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """The carried values at the end, the outputs, the sums, and the states at the beginning of every part."""
    outputs = [np.empty((length, *symbol.shape), symbol.dtype) for symbol in step.outputs]
    states, sums = [], None
    now = tuple(carried)
    for rows in _parts(length, turns, reverse):
        states.append(now)
        reached, part, sums = backend.run_part(step, rows.stop - rows.start, now, tuple([x[rows] for x in per_step]),
                                               tuple(constants), reverse, sums)
        now = tuple([np.array(x) for x in reached])  # of its own, not a view of what a backend worked in
        for whole, rest in zip(outputs, part, strict=True):
            whole[rows] = rest
    return list(now), outputs, list(backend.sum_up(step, sums)), states


def pull_back(backend: CompilingBackend, plan: Adjoint, length: int, reverse: bool, turns: int, states: Sequence[Any],
              seeds: tuple[Sequence[Any], Sequence[Any], Sequence[Any]], per_step: Sequence[Any],
              constants: Sequence[Any]) -> list[Any]:
    """The cotangents that the adjoint gives, from those of carried values, outputs and sums."""
    carried, seeds_outputs, seeds_sums = seeds
    kept = len(plan.forward.outputs) - len(plan.residuals)
    outputs = [np.empty((length, *symbol.shape), symbol.dtype) for symbol in plan.backward.outputs]
    now, sums, again = tuple(carried), None, None
    given = (*seeds_sums, *constants, *plan.arrays)
    for rows, state in reversed(list(zip(_parts(length, turns, reverse), states, strict=True))):
        inputs, count = [x[rows] for x in per_step], rows.stop - rows.start
        _, found, again = backend.run_part(plan.forward, count, state, tuple(inputs), tuple(constants), reverse, again)
        rows_given = (*[g[rows] for g in seeds_outputs], *found[kept:], *inputs)
        now, part, sums = backend.run_part(plan.backward, count, now, rows_given, given, not reverse, sums)
        for whole, rest in zip(outputs, part, strict=True):
            whole[rows] = rest
        del found, rows_given, part  # before the next part needs as much
    return [*now, *outputs, *backend.sum_up(plan.backward, sums)]
