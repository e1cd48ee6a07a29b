"""Threads wait for one another where they have to: of no two of them does one write what the other one reaches meanwhile."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend

pytest.importorskip("numba")

from nbbrain.backends.cuda import execute, toolkit, touches
from tests.backends.cuda.watched import watched
from tests.conformance.table import ROWS

pytestmark = pytest.mark.skipif(not toolkit.is_simulated(), reason="kernels are run in Python")


def trained(model: Any, inputs: Any, reset: Callable[[], None], loss: Callable[[Any], Any]) -> list[np.ndarray]:
    """What a model gives, and the gradient of its weights."""
    def run() -> Any:
        reset()
        out = bm.for_loop(model, inputs)
        return loss(out), out

    gradient, out = bm.grad(run, grad_vars=model.train_vars().unique(), has_aux=True)()
    return [np.asarray(each) for each in (*gradient.values(), out)]


def inputs(*shape: int) -> Any:
    return bm.asarray(np.random.default_rng(3).normal(size=shape).astype(np.float32))


def lstm() -> list[np.ndarray]:
    """A batch: rows are tiles."""
    bm.random.seed(1)
    with bm.training_environment():
        cell = bp.layers.LSTMCell(3, 4)
    return trained(cell, inputs(4, 5, 3), lambda: cell.reset_state(5), lambda out: bm.sum(out**2))


class Population(bp.DynamicalSystemNS):
    """Neurons that send spikes to one another, and whose rate is a mean over all of them."""

    def __init__(self, size: int) -> None:
        super().__init__(mode=bm.training_mode)
        rng = np.random.default_rng(4)
        self.w = bm.TrainVar(rng.normal(size=(size, size)).astype(np.float32))
        self.gain = bm.TrainVar(np.ones(size, np.float32))
        self.V = bm.Variable(np.zeros(size, np.float32))
        self.trace = bm.Variable(np.zeros(size, np.float32))

    def update(self, current: Any) -> Any:
        """One step: spikes, what they do to others, and three numbers about all neurons."""
        self.trace.value = 0.5 * self.trace + bm.surrogate.sigmoid(self.V - 1.0)
        self.V.value = 0.9 * self.V + current * self.gain + self.trace @ self.w
        return bm.stack([bm.mean(self.V), bm.max(self.V), bm.sum(bm.tanh(self.trace))])

    def reset(self) -> None:
        """Begin anew."""
        self.V.value = bm.zeros_like(self.V)
        self.trace.value = bm.zeros_like(self.trace)


def population() -> list[np.ndarray]:
    """One tile for the whole grid."""
    model = Population(37)
    return trained(model, inputs(4, 37), model.reset, lambda out: bm.sum(out**2))


def lone_neurons() -> list[np.ndarray]:
    """Neurons that have nothing to do with one another."""
    with bm.training_environment():
        lif = bp.neurons.LIF(30, V_initializer=bp.init.Constant(-70.0))
    gain = bm.TrainVar(np.full(30, 30.0, np.float32))

    class Driven(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__(mode=bm.training_mode)
            self.gain, self.lif = gain, lif

        def update(self, current: Any) -> Any:
            bp.share.save(t=0.0, dt=1.0)
            self.lif(bm.abs(current) * self.gain)
            return self.lif.V + 0.0

    return trained(Driven(), inputs(6, 30), lif.reset_state, lambda out: bm.sum(out))


def repeated() -> list[np.ndarray]:
    """A loop inside of every step, whose end all threads learn of."""
    x = inputs(3, 20)

    def turn(row: Any) -> Any:
        return bm.while_loop(lambda v: (0.7 * v,), lambda v: bm.sum(v * v) > 1.0, (row,))[0]

    return [np.asarray(bm.for_loop(turn, x))]


@pytest.mark.parametrize("blocks", [1, 3])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("case", [lstm, population, lone_neurons, repeated])
def test_no_two_threads_race(case: Callable[[], list[np.ndarray]], whole: bool, blocks: int,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    """And what comes out is what the reference gives."""
    with backend("numpy"):
        want = case()
    monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda: whole)
    monkeypatch.setattr(execute, "_BLOCKS", blocks)
    with watched(monkeypatch, blocks) as grids, backend("cuda"), settings.using(strict=True):
        found = case()
    assert grids and [race for grid in grids for race in grid.races] == []
    for one, other in zip(found, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


def test_watching_sees_a_barrier_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touches.Touched, "conflicts", lambda self, later: False)
    for case, whole in ((lstm, False), (population, True)):
        monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda whole=whole: whole)
        with watched(monkeypatch, 3) as grids, backend("cuda"), settings.using(strict=True):
            case()
        assert any(grid.races for grid in grids)


AT_ONCE = 24
"""Rows of the table in one program."""


@pytest.mark.parametrize("start", range(0, len(ROWS), AT_ONCE))
def test_no_operation_races(start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows of the table in a loop, by a grid: what one of them leaves, others meet."""
    rows = [row for row in list(ROWS.values())[start:start + AT_ONCE] if "float32" in row.dtypes]
    operands = [row.sampler("float32", row.shapes[0]) for row in rows]
    stacked = [bm.asarray(np.stack([x, x])) for taken in operands for x in taken]

    def every(*values: Any) -> list[Any]:
        left = list(values)
        return [row.function(*[left.pop(0) for _ in taken]) for row, taken in zip(rows, operands, strict=True)]

    monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda: True)
    monkeypatch.setattr(execute, "_BLOCKS", 1)
    with watched(monkeypatch, 2) as grids, backend("cuda"), settings.using(strict=True):
        bm.for_loop(every, tuple(stacked))
    assert grids and [race for grid in grids for race in grid.races] == []
