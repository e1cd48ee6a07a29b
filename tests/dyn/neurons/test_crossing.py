"""Neurons that fire where their potential passes the threshold from below."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import driven, over_time
from tests.dyn.neurons.models import CROSSING

ALL = pytest.mark.parametrize("name", CROSSING)


@ALL
def test_a_spike_is_a_crossing_from_below(name: str) -> None:
    bm.enable_x64()
    model = CROSSING[name]
    neurons = model.build(2)
    start = getattr(neurons, model.potential).numpy()
    inputs = bm.ones((400, 2)) * bm.asarray([0.5, 1.]) * model.strength
    columns = over_time(driven(neurons, "spike", model.potential), inputs, True, dt=model.dt)
    spikes, V = [column.numpy() for column in columns]
    before = np.concatenate([start[None], V[:-1]])
    np.testing.assert_array_equal(spikes, (neurons.V_th <= V) & (before < neurons.V_th))
    assert spikes.sum() > 1


@pytest.mark.parametrize(("name", "one", "two"), [
    *[(name, bm.surrogate.inv_square_grad, bm.surrogate.inv_square_grad2) for name in CROSSING if name[0] != "P"],
    ("FHN", bm.surrogate.relu_grad, bm.surrogate.relu_grad2)])
def test_functions_of_one_and_of_two_arguments(name: str, one: Any, two: Any) -> None:
    """The same spikes and gradients."""
    bm.enable_x64()
    model = CROSSING[name]
    inputs = bm.ones((60, 1, 2)) * model.strength
    w = bm.TrainVar(bm.ones(2))
    found = []
    for function in (one, two):
        neurons = model.build(2, mode=bm.training_mode, spike_fun=function)

        def loss(neurons: Any = neurons) -> Any:
            neurons.reset_state(1)
            spikes = over_time(lambda row: driven(neurons)(row * w), inputs, False, dt=model.dt)
            return bm.sum(spikes), spikes

        bm.random.seed(1)
        gradient, spikes = bm.grad(loss, grad_vars=w, has_aux=True)()
        found.append((gradient.numpy(), spikes.numpy()))
    np.testing.assert_array_equal(found[0][1], found[1][1])
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-12)
    assert found[0][1].sum() > 0


def test_the_derivative_of_a_crossing() -> None:
    """For a neuron of one linear step: f'(after) (1 - f(before)) d after."""
    bm.enable_x64()
    neurons = bp.neurons.FHN(1, V_initializer=bp.init.OneInit(1.79), method="euler", mode=bm.training_mode,
                             spike_fun=bm.surrogate.arctan)
    w = bm.TrainVar(bm.asarray([2.]))

    def loss() -> Any:
        neurons.reset_state(1)
        bp.share.save(t=0., dt=0.1)
        return bm.sum(neurons(w))

    gradient, value = bm.grad(loss, grad_vars=w, return_value=True)()
    after = 1.79 + 0.1 * (1.79 - 1.79**3 / 3 + 2.)
    assert float(value) == 1.
    assert float(gradient[0]) == pytest.approx(0.1 * 0.5 / (1 + (np.pi * (after - 1.8) / 2) ** 2), rel=1e-12)
