"""Couplings of rate models, against sums over all pairs with their delays."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import MathError, ModelBuildError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time

SENDING, RECEIVING, STEPS = 4, 3, 10
RNG = np.random.default_rng(4)
WEIGHTS = RNG.normal(size=(SENDING, RECEIVING))
PAIRS = RNG.integers(0, 6, size=(SENDING, RECEIVING))
X, Y = RNG.normal(size=(STEPS, 2, SENDING)), RNG.normal(size=(STEPS, 2, RECEIVING))


def expected(x: np.ndarray, y: np.ndarray | None, weights: np.ndarray, delays: Any, before: float) -> np.ndarray:
    """The sums, pair by pair; x and y of shape (time, ..., elements)."""
    delays = np.broadcast_to(0 if delays is None else delays, weights.shape)
    result = np.zeros((*x.shape[:-1], weights.shape[1]))
    for t in range(len(x)):
        for i, j in np.ndindex(weights.shape):
            past = x[t - delays[i, j], ..., i] if t >= delays[i, j] else before
            result[t, ..., j] += weights[i, j] * (past - (0. if y is None else y[t, ..., j]))
    return result


@LOOPED
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("delays", [None, 0, 3, "pairs", "function"])
@pytest.mark.parametrize("diffusive", [True, False])
def test_sums_over_all_pairs(diffusive: bool, delays: Any, batch: bool, looped: bool) -> None:
    bm.enable_x64()
    steps = {"pairs": PAIRS, "function": PAIRS}.get(delays, delays)
    given = {"pairs": bm.asarray(PAIRS), "function": lambda shape: PAIRS[:shape[0], :shape[1]]}.get(delays, delays)
    axis = 0 if batch else None
    xs, ys = (X, Y) if batch else (X[:, 0], Y[:, 0])
    x, y, a, b = [bm.Variable(bm.zeros(v.shape), batch_axis=axis) for v in (xs[0], ys[0], ys[0], ys[0])]
    x.value = x + 0.5  # what it holds first was its value one step before the first one
    weights = WEIGHTS
    if diffusive:
        coupling: Any = bp.synapses.DiffusiveCoupling(x, y, [a, b], bm.asarray(WEIGHTS), given, initial_delay_data=0.5)
    else:
        weights = np.concatenate([WEIGHTS, np.zeros((SENDING, 1))], axis=1)
        steps = np.concatenate([PAIRS, np.zeros((SENDING, 1), int)], axis=1) if isinstance(steps, np.ndarray) else steps
        given = bm.asarray(steps) if delays == "pairs" else given if delays != "function" else lambda shape: steps
        a, b = [bm.Variable(bm.zeros(xs[0].shape), batch_axis=axis) for _ in range(2)]
        coupling = bp.synapses.AdditiveCoupling(x, (a, b), bm.asarray(weights), given, initial_delay_data=0.5)

    def step(rows: Any) -> Any:
        x.value, y.value = rows[..., :SENDING], rows[..., SENDING:]
        coupling.update_local_delays([coupling])
        coupling()
        received = a + 0., b + 0.
        a.value, b.value = a * 0., b * 0.
        return received

    want = expected(xs, ys if diffusive else None, weights, steps, 0.5)
    for got in over_time(step, bm.asarray(np.concatenate([xs, ys], axis=-1)), looped):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


@LOOPED
def test_in_a_network_the_delay_counts_from_the_end_of_the_step_before(looped: bool) -> None:
    """A neuron that is excited in step 0 excites the other d + 1 steps later."""
    cells = bp.neurons.LeakyIntegrator(2, tau=1e9)
    weights, delays = np.array([[0., 1.], [0., 0.]]), np.array([[0, 3], [0, 0]])
    net = bp.Network(cells=cells, coupling=bp.synapses.AdditiveCoupling(cells.V, cells.input, weights, bm.asarray(delays)))

    def step(x: Any) -> Any:
        cells.input += x
        net()
        received = cells.input + 0.
        net.clear_input()
        return received

    x = np.zeros((8, 2), np.float32)
    x[0, 0] = 1e9
    for _ in range(2):
        rows = over_time(step, bm.asarray(x), looped).numpy()
        assert np.flatnonzero(rows[:, 1]).tolist() == [4, 5, 6, 7]
        net.reset_state()
    net.coupling.delay_steps = bm.asarray(delays + 2)
    net.reset_state()
    assert np.flatnonzero(over_time(step, bm.asarray(x), looped).numpy()[:, 1]).tolist() == [6, 7]


@pytest.mark.parametrize("delays", [None, 2, "pairs"])
def test_gradients(delays: Any) -> None:
    bm.enable_x64()
    with bm.training_environment():
        cells = bp.neurons.LeakyIntegrator(SENDING, V_initializer=lambda shape: np.broadcast_to(np.arange(4.), shape))
        weights = bm.TrainVar(bm.asarray(RNG.normal(size=(SENDING, SENDING))))
        given = bm.asarray(RNG.integers(0, 4, size=(SENDING, SENDING))) if delays == "pairs" else delays
        net = bp.Network(cells=cells, coupling=bp.synapses.DiffusiveCoupling(cells.V, cells.V, cells.input, weights, given))

    def step(_: Any) -> Any:
        net()
        V = cells.V + 0.
        net.clear_input()
        return V

    def loss() -> Any:
        net.reset_state(2)
        return bm.sum(over_time(step, bm.zeros((6, 1)), True, dt=0.5) ** 2)

    check_gradients(loss, {"weights": weights})


def test_wrong_arguments() -> None:
    x, y = bm.Variable(bm.zeros(3)), bm.Variable(bm.zeros(2))
    with pytest.raises(ValueError, match=r"should be \(3, 2\), but we got \(2, 3\)"):
        bp.synapses.DiffusiveCoupling(x, y, y, bm.ones((2, 3)))
    with pytest.raises(ModelBuildError, match="must be a Variable of one axis"):
        bp.synapses.AdditiveCoupling(bm.zeros(3), y, bm.ones((3, 3)))
    with pytest.raises(ModelBuildError, match="must be a Variable or a sequence"):
        bp.synapses.AdditiveCoupling(x, "input", bm.ones((3, 3)))
    with pytest.raises(MathError, match=r"integers of at least 0, of shape \(3, 3\)"):
        bp.synapses.AdditiveCoupling(x, x, bm.ones((3, 3)), delay_steps=bm.asarray([1, 2, 3]))
    with pytest.raises(MathError, match="integers of at least 0"):
        bp.synapses.AdditiveCoupling(x, x, bm.ones((3, 3)), delay_steps=np.full((3, 3), -1))
