"""The bytes a plan says it needs are those that a backend takes for it."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("numba")

import nbbrain.math as bm
from nbbrain.backends.numba.execute import CompiledPlan
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.differentiate import differentiate
from nbbrain.program.plan import make_plan
from nbbrain.program.plan.memory import plan_bytes
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

TURNS, ROWS, SIZE = 7, 40, 6


def steps() -> dict[str, Step]:
    V, W = bm.Variable(np.ones((ROWS, SIZE))), bm.TrainVar(np.ones((SIZE, SIZE)))

    def turn(x: bm.Array) -> bm.Array:
        V.value = bm.tanh(bm.dot(x, W) + V)
        return V

    captured = capture_step(lambda x: [raw(turn(wrap(x)))], [((ROWS, SIZE), np.dtype(np.float32))])
    both = differentiate(captured.step, tuple(range(len(captured.step.inputs))))
    whole = capture_step(lambda x: [raw(bm.mean(wrap(x), axis=0))], [((ROWS, SIZE), np.dtype(np.float64))])
    return {"a history": captured.step, "forward": both.forward, "sums and windows": both.backward, "one tile": whole.step}


@pytest.mark.parametrize("name", ["a history", "forward", "sums and windows", "one tile"])
def test_bytes_are_those_of_the_arrays(name: str) -> None:
    step = steps()[name]
    plan = make_plan(step)
    def zeros(symbols: Sequence[Symbol], *lead: int) -> list[np.ndarray]:
        return [np.zeros((*lead, *s.shape), s.dtype) for s in symbols]

    given = {"carried": zeros([begin for begin, _ in step.carried]), "per_step": zeros(step.per_step, TURNS),
             "constant": zeros(step.constants)}
    found: dict[str, int] = defaultdict(int)
    for buffer in plan.buffers:
        found[buffer.role] += CompiledPlan(plan, step)._array(buffer, given, TURNS).nbytes
    assert plan_bytes(plan, TURNS) == found
    expected = {"a history": "history", "forward": "history", "sums and windows": "sum", "one tile": "output"}
    assert expected[name] in found
