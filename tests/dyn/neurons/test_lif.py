"""The leaky integrate-and-fire neuron: exact potentials, spikes, resets, refractoriness, surrogate gradients."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, driven, over_time

CONSTANT = np.array([5., 25., 40.])


@LOOPED
def test_potential_spikes_and_reset_for_a_constant_input(looped: bool) -> None:
    bm.enable_x64()
    neurons = bp.neurons.LIF(3)  # V_reset=-5, V_th=20, tau=10
    spikes, V = over_time(driven(neurons, "spike", "V"), bm.asarray(np.tile(CONSTANT, (400, 1))), looped)
    v, expected = np.zeros(3), []
    for _ in range(400):  # the exact solution over a step, then the reset
        v = CONSTANT + (v - CONSTANT) * np.exp(-0.01)
        fired = v >= 20.
        v = np.where(fired, -5., v)
        expected.append((fired, v))
    assert spikes.dtype == bool
    np.testing.assert_array_equal(spikes, [fired for fired, _ in expected])
    np.testing.assert_allclose(V, [v for _, v in expected], rtol=1e-12, atol=1e-12)
    # The first spike comes after tau ln(I / (I - V_th)): never, after 16.1 ms, after 6.9 ms.
    assert not np.any(spikes.numpy()[:, 0])
    for i in (1, 2):
        first = 10 * np.log(CONSTANT[i] / (CONSTANT[i] - 20))
        assert np.argmax(spikes.numpy()[:, i]) * 0.1 == pytest.approx(first, abs=0.11)


def test_the_threshold_belongs_to_the_spikes() -> None:
    neurons = bp.neurons.LIF(2, V_rest=20., V_initializer=bp.init.Constant(20.), method="euler")
    bp.share.save(t=0., dt=0.1)
    assert neurons(bm.asarray([0., -1.])).tolist() == [True, False]
    assert neurons.V.tolist() == pytest.approx([-5., 19.99])


@pytest.mark.parametrize(("mode", "dtype"), [(bm.nonbatching_mode, bool), (bm.batching_mode, bool),
                                             (bm.training_mode, np.float32)])
def test_spikes_are_numbers_only_for_training(mode, dtype) -> None:
    neurons = bp.neurons.LIF(2, mode=mode)
    bp.share.save(t=0., dt=0.1)
    assert neurons(1e5).dtype == neurons.spike.dtype == dtype
    assert np.all(neurons.spike.numpy() == 1) and np.all(neurons.V.numpy() == -5.)


@LOOPED
@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.training_mode])
def test_refractory_neurons_keep_their_potential(mode, looped: bool) -> None:
    bm.enable_x64()
    neurons = bp.neurons.LIF(1, tau_ref=1.05, ref_var=True, mode=mode)
    columns = over_time(driven(neurons, "spike", "V", "refractory", "t_last_spike"),
                        bm.ones((40, *neurons.V.shape)) * 1000., looped)
    fired, V, refractory, last = [column.numpy().reshape(40) for column in columns]
    # 1000 R (1 - exp(-0.01)) = 10 mV a step: from 0 two steps to the threshold, from -5 three; in between 10 steps of rest.
    assert np.flatnonzero(fired).tolist() == [2, 15, 28]
    np.testing.assert_allclose(V[2:13], -5., rtol=1e-14)
    assert V[13] > 0.
    assert np.flatnonzero(refractory)[:12].tolist() == [*range(2, 13), 15]
    np.testing.assert_allclose(last[[1, 2, 14, 15]], [-1e7, 0.2, 0.2, 1.5], rtol=1e-12)


@pytest.mark.parametrize("tau_ref", [None, 3.025])
def test_the_firing_rate_has_a_closed_form(tau_ref: float | None) -> None:
    """1 / (tau_ref + tau ln((I - V_reset) / (I - V_th))), for R = 1 (Gerstner et al., 2014, section 1.3.5)."""
    bm.enable_x64()
    dt = 0.05
    currents = np.array([25., 30., 100.])
    neurons = bp.neurons.LIF(3, tau_ref=tau_ref)
    spikes = over_time(driven(neurons), bm.ones((12000, 1)) * currents, True, dt=dt).numpy()
    for train, I in zip(spikes.T, currents, strict=True):
        times = np.flatnonzero(train) * dt
        interval = (times[-1] - times[0]) / (len(times) - 1)
        exact = 10. * np.log((I + 5.) / (I - 20.))
        # A spike is found at the end of a step, and refractoriness lasts for whole steps.
        assert -dt * (tau_ref is not None) <= interval - exact - (tau_ref or 0.) <= dt


def forward_mode(w: float, x: np.ndarray, weights: np.ndarray, surrogate, V_reset: float, a: float) -> float:
    """The derivative of ``sum(weights * spikes) + sum(V)`` by the weight of the input, by hand, step by step."""
    v = dv = np.zeros(x.shape[1:])
    total = 0.
    for now, c in zip(x, weights, strict=True):
        u, du = a * v + (1 - a) * w * now, a * dv + (1 - a) * now
        s = (u >= 1.).astype(float)
        v, dv = u + (V_reset - u) * s, (1 - s) * du
        total += np.sum(c * surrogate(u - 1.) * du) + np.sum(dv)
    return total


@LOOPED
@pytest.mark.parametrize(("function", "formula"), [
    (bm.surrogate.inv_square_grad, lambda x: 1 / (100. * np.abs(x) + 1) ** 2),
    (lambda x: bm.surrogate.relu_grad(x, alpha=0.5, width=1.5), lambda x: np.maximum(0.5 * 1.5 - 0.5 * np.abs(x), 0.)),
])
def test_the_surrogate_gradient_through_time(function, formula, looped: bool) -> None:
    bm.enable_x64()
    rng = np.random.default_rng(3)
    x, c = rng.random((50, 4, 3)) * 3., rng.normal(size=(50, 4, 3))
    neurons = bp.neurons.LIF(3, V_th=1., V_reset=-0.2, tau=5., spike_fun=function, mode=bm.training_mode)
    w = bm.TrainVar(bm.asarray(1.3))

    def loss():
        neurons.reset_state(4)
        spikes, V = over_time(lambda row: driven(neurons, "spike", "V")(row * w), bm.asarray(x), looped, dt=0.5)
        return bm.sum(spikes * c) + bm.sum(V), spikes

    gradient, spikes = bm.grad(loss, grad_vars=w, has_aux=True)()
    assert 0.05 < np.mean(spikes.numpy()) < 0.9
    assert float(gradient) == pytest.approx(forward_mode(1.3, x, c, formula, -0.2, np.exp(-0.1)), rel=1e-10)


def test_one_neuron_at_a_time_or_all_together() -> None:
    rng = np.random.default_rng(0)
    inputs = bm.asarray(rng.random((30, 3)) * 100., dtype=np.float32)
    together = over_time(driven(bp.neurons.LIF(3)), inputs, True)
    alone = [over_time(driven(bp.neurons.LIF(1)), inputs[:, i:i + 1], True) for i in range(3)]
    np.testing.assert_array_equal(together, np.concatenate(alone, axis=1))


def test_state_and_reset() -> None:
    neurons = bp.neurons.LIF(3, tau_ref=1., ref_var=True, mode=bm.training_mode, V_initializer=bp.init.Constant(30.))
    assert sorted(key.split(".")[1] for key in neurons.vars()) == ["V", "input", "refractory", "spike", "t_last_spike"]
    neurons.reset_state(2)
    bp.share.save(t=0., dt=0.1)
    neurons(1.)
    assert np.all(neurons.refractory.numpy()) and np.all(neurons.spike.numpy() == 1.)
    neurons.reset_state(4)
    assert {variable.shape for variable in neurons.vars().values()} == {(4, 3)}
    assert np.all(neurons.V.numpy() == 30.) and not np.any(neurons.spike.numpy()) and not np.any(neurons.refractory.numpy())
    assert np.all(neurons.t_last_spike.numpy() == np.float32(-1e7)) and not np.any(neurons.input.numpy())


def test_the_text_and_the_modes() -> None:
    assert repr(bp.neurons.LIF(1, name="only")) == "LIF(name=only, mode=NonBatchingMode, size=(1,))"
    with bm.training_environment():
        assert bp.neurons.LIF((2, 3)).V.shape == (1, 6)


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.neurons.LIF(2, V_th=bm.ones(3))
    with pytest.raises(ValueError, match="spike_fun"):
        bp.neurons.LIF(2, spike_fun=None)
