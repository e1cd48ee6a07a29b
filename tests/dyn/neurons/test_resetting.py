"""What happens after a spike: hard and soft resets, their gradients, and refractoriness, in models that share them."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, driven, over_time
from tests.dyn.neurons.models import RESETTING

MODES = pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.training_mode], ids=["simulation", "training"])


def one_step(neurons: Any, x: Any = None) -> Any:
    bp.share.save(t=0., dt=0.1)
    return neurons(x)


@MODES
def test_hard_and_soft_resets(mode: bm.Mode) -> None:
    bm.enable_x64()
    expected = {"hard": [-5., 19.], "soft": [30. - 25., 19.]}
    for kind, want in expected.items():
        neurons = bp.neurons.LIF(2, tau=1e12, V_initializer=lambda shape: bm.ones(shape) * bm.asarray([30., 19.]),
                                 spike_reset=kind, mode=mode)
        assert np.asarray(one_step(neurons)).ravel().tolist() == [1., 0.]
        np.testing.assert_allclose(neurons.V.numpy().ravel(), want, rtol=1e-10)


@pytest.mark.parametrize("name", [name for name in RESETTING if "Bellec" not in name])
def test_the_hard_reset_is_exact_however_far_the_potential_went(name: str) -> None:
    initial = {"V_initializer": bp.init.OneInit(1e3)}
    neurons = RESETTING[name].build(2, mode=bm.training_mode, **{**RESETTING[name].options, **initial})
    assert np.all(one_step(neurons).numpy() == 1.)
    reset = neurons.V_reset
    np.testing.assert_array_equal(neurons.V.numpy(), np.full((1, 2), reset, np.float32))


@pytest.mark.parametrize("kind", [bp.neurons.ExpIF, bp.neurons.AdExIF])
def test_the_onset_of_a_spike_does_not_overflow(kind: Any) -> None:
    neurons = kind(1, delta_T=0.5, mode=bm.training_mode)  # exp(120) mV
    w = bm.TrainVar(bm.ones(1))

    def loss() -> Any:
        neurons.reset_state(1)
        bp.share.save(t=0., dt=0.1)
        return bm.sum(neurons(w)) + bm.sum(neurons.V)

    gradient, value = bm.grad(loss, grad_vars=w, return_value=True)()
    assert float(value) == 1. - 68.
    assert np.all(np.isfinite(gradient.numpy()))


@LOOPED
@pytest.mark.parametrize("detach", [True, False])
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_the_gradient_passes_through_the_reset_if_asked(kind: str, detach: bool, looped: bool) -> None:
    """By hand, step by step, in forward mode."""
    bm.enable_x64()
    x = np.random.default_rng(3).random((40, 3)) * 4.
    neurons = bp.neurons.LIF(3, V_th=1., V_reset=-0.2, tau=5., mode=bm.TrainingMode(1), spike_fun=bm.surrogate.arctan,
                             spike_reset=kind, detach_reset=detach)
    w = bm.TrainVar(bm.asarray(1.3))

    def loss() -> Any:
        neurons.reset_state()
        spikes, V = over_time(lambda row: driven(neurons, "spike", "V")(row * w), bm.asarray(x[:, None]), looped, dt=0.5)
        return bm.sum(spikes) + bm.sum(V), spikes

    gradient, spikes = bm.grad(loss, grad_vars=w, has_aux=True)()
    a, v, dv, total = np.exp(-0.1), np.zeros(3), np.zeros(3), 0.
    for row in x:
        u, du = a * v + (1 - a) * 1.3 * row, a * dv + (1 - a) * row
        s, ds = (u >= 1.).astype(float), 0.5 / (1 + (np.pi * (u - 1.) / 2) ** 2) * du
        total += np.sum(ds)
        through = 0. if detach else ds
        if kind == "hard":
            v, dv = u + (-0.2 - u) * s, du * (1 - s) + (-0.2 - u) * through
        else:
            v, dv = u - 1.2 * s, du - 1.2 * through
        total += np.sum(dv)
    assert np.sum(spikes.numpy()) > 5
    assert float(gradient) == pytest.approx(total, rel=1e-10)


def test_adaptation_learns_through_spikes() -> None:
    """Detaching the reset leaves the way from a spike to the adaptation open."""
    bm.enable_x64()
    neurons = bp.neurons.AdExIF(1, V_initializer=bp.init.OneInit(-29.9), b=2., mode=bm.training_mode)
    w = bm.TrainVar(bm.zeros(1))

    def loss() -> Any:
        neurons.reset_state(1)
        bp.share.save(t=0., dt=0.001)
        neurons(w)
        return bm.sum(neurons.w)

    assert float(bm.grad(loss, grad_vars=w)()[0]) > 0.


@MODES
@pytest.mark.parametrize("name", RESETTING)
def test_refractory_neurons_keep_their_potential(name: str, mode: bm.Mode) -> None:
    bm.enable_x64()
    model = RESETTING[name]
    neurons = model.build(1, mode=mode, tau_ref=1.05)
    inputs = bm.ones((100, *neurons.V.shape)) * model.strength * 2.
    spikes, V, last = [column.numpy().reshape(100) for column in over_time(
        driven(neurons, "spike", "V", "t_last_spike"), inputs, False)]
    first = int(np.argmax(spikes))
    assert spikes[first]
    assert np.all(V[first:first + 11] == V[first]) and V[first + 11] != V[first]
    assert np.all(last[:first] == -1e7) and last[first] == pytest.approx(first * 0.1)
    assert not np.any(spikes[first + 1:first + 11])


@MODES
def test_a_refractory_neuron_does_not_fire_above_its_threshold(mode: bm.Mode) -> None:
    bm.enable_x64()
    neurons = bp.neurons.LIF(1, V_initializer=bp.init.OneInit(100.), tau=1e9, spike_reset="soft", tau_ref=0.25, mode=mode)
    spikes, V = over_time(driven(neurons, "spike", "V"), bm.zeros((8, *neurons.V.shape)), False)
    assert np.flatnonzero(spikes.numpy().ravel()).tolist() == [0, 3, 6]
    np.testing.assert_allclose(V.numpy().ravel(), [75.] * 3 + [50.] * 3 + [25.] * 2, rtol=1e-6)


def test_wrong_reset() -> None:
    with pytest.raises(ValueError, match="cell: spike_reset must be one of hard, soft, but got 'none'"):
        bp.neurons.LIF(2, spike_reset="none", name="cell")
