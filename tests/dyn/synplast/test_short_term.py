"""Short-term plasticity against closed forms of Tsodyks and Markram, and as a part of synapses."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dyn.driving import LOOPED, over_time


def course(stp: bp.SynSTP, spikes: np.ndarray, dt: float, looped: bool = True) -> dict[str, np.ndarray]:
    """The states at the end of every step, and what the synapse receives, of one neuron or of a row of them."""
    bm.enable_x64()
    rows = spikes.reshape(len(spikes), -1)
    num = rows.shape[1]
    synapse = bp.synapses.Delta(bp.neurons.InputGroup(num), bp.neurons.LIF(num), bp.conn.One2One(), output=None, stp=stp)

    def step(row: Any) -> Any:
        received = synapse(row)
        return {"received": received, **{name: getattr(synapse.stp, name) + 0. for name in synapse.stp.starts}}

    recorded = over_time(step, bm.asarray(rows), looped, dt)
    return {name: found.numpy().reshape(spikes.shape) for name, found in recorded.items()}


def regular(intervals: np.ndarray, dt: float, duration: float) -> np.ndarray:
    """Trains of spikes, a column each; the last spikes come in the last step."""
    steps = np.arange(1, round(duration / dt) + 1)
    return np.array([steps % round(interval / dt) == 0 for interval in intervals], float).T


def test_steady_state_of_stp() -> None:
    """A spike takes the values at the beginning of its step, so the error is of first order in dt.

    The steady state of u and x just after every spike of a regular train: Tsodyks, Pawelzik & Markram (1998).
    """
    intervals = np.tile([10., 50., 200.], 2)
    U, tau_f, tau_d = np.repeat([(0.1, 600., 80.), (0.5, 20., 300.)], 3, axis=0).T  # facilitating, depressing
    u = U / (1 - (1 - U) * np.exp(-intervals / tau_f))
    decay = np.exp(-intervals / tau_d)
    want = np.array([u, (1 - u) * (1 - decay) / (1 - (1 - u) * decay)])
    errors = []
    for dt in (0.5, 0.25):
        got = course(bp.synplast.STP(U=U, tau_f=tau_f, tau_d=tau_d), regular(intervals, dt, 4800.), dt)
        errors.append(np.abs([got["u"][-1], got["x"][-1]] - want))
        assert np.all(errors[-1] < dt / np.minimum(tau_f, tau_d))
        np.testing.assert_allclose(got["received"][-1], got["u"][-1] * got["x"][-1], rtol=1e-13)
    assert np.all(errors[1] < 0.6 * errors[0])


def test_steady_state_of_std() -> None:
    U, tau, intervals = 0.3, 150., np.array([10., 50.])
    decay = np.exp(-intervals / tau)
    want = (1 - U) * (1 - decay) / (1 - (1 - U) * decay)
    errors = []
    for dt in (0.5, 0.25):
        got = course(bp.synplast.STD(tau=tau, U=U), regular(intervals, dt, 1500.), dt)
        errors.append(np.abs(got["x"][-1] - want))
        assert np.all(errors[-1] < dt / tau) and np.all(got["received"][-1] == got["x"][-1])
    assert np.all(errors[1] < 0.6 * errors[0])


@LOOPED
def test_between_spikes(looped: bool) -> None:
    """u decays to 0, not to U, and x recovers to 1, both exponentially."""
    spikes = np.zeros(400)
    spikes[100] = 1.
    got = course(bp.synplast.STP(U=0.2, tau_f=15., tau_d=8.), spikes, 0.5, looped)
    t = 0.5 * (1 + np.arange(400))
    np.testing.assert_allclose(got["u"][:100], 0.2 * np.exp(-t[:100] / 15.), rtol=1e-12)
    np.testing.assert_allclose(got["x"][:100], 1., rtol=1e-14)
    before = 0.2 * np.exp(-t[99] / 15.)
    after = 0.2 * np.exp(-t[100] / 15.) + 0.2 * (1 - before)
    assert got["u"][100] == pytest.approx(after, rel=1e-12) and got["x"][100] == pytest.approx(1 - after, rel=1e-12)
    np.testing.assert_allclose(got["u"][100:], after * np.exp(-(t[100:] - t[100]) / 15.), rtol=1e-11)
    np.testing.assert_allclose(1 - got["x"][100:], after * np.exp(-(t[100:] - t[100]) / 8.), rtol=1e-9, atol=1e-14)
    assert got["u"][-1] < 1e-4 and np.flatnonzero(got["received"]).tolist() == [100]
    std = course(bp.synplast.STD(tau=8., U=0.4), spikes, 0.5, looped)["x"]
    np.testing.assert_allclose(1 - std[100:], 0.4 * np.exp(-(t[100:] - t[100]) / 8.), rtol=1e-9, atol=1e-14)


def test_facilitation_and_depression() -> None:
    """The second of two spikes has a larger effect where u recovers slowly and x fast, and a smaller one otherwise."""
    spikes = np.zeros(60)
    spikes[[0, 50]] = 1.
    for U, tau_f, tau_d, larger in ((0.1, 1000., 10., True), (0.6, 10., 1000., False)):
        received = course(bp.synplast.STP(U=U, tau_f=tau_f, tau_d=tau_d), spikes, 1.)["received"]
        assert (received[50] > received[0]) == larger


def test_a_parameter_for_every_neuron() -> None:
    pre, post = bp.neurons.InputGroup(3), bp.neurons.LIF(3)
    U = bm.asarray([0.1, 0.2, 0.3])
    for stp, state in ((bp.synplast.STD(tau=bm.asarray([10., 20., 30.]), U=U), "x"), (bp.synplast.STP(U=U), "u")):
        synapse = bp.synapses.Exponential(pre, post, bp.conn.One2One(), stp=stp)
        synapse(dict(t=0., dt=0.1), bm.ones(3))
        assert len(np.unique(getattr(synapse.stp, state).numpy())) == 3
        synapse.reset_state()
        assert getattr(synapse.stp, state).tolist() == pytest.approx([1.] * 3 if state == "x" else [0.1, 0.2, 0.3])
        with pytest.raises(ValueError, match="should be"):
            bp.synapses.Exponential(bp.neurons.InputGroup(2), post, bp.conn.All2All(), stp=stp.clone())


def test_plasticity_belongs_to_one_synapse() -> None:
    pre, post = bp.neurons.InputGroup(3), bp.neurons.LIF(2)
    for stp in (bp.synplast.STD(tau=20., U=0.3, method="euler"), bp.synplast.STP(U=0.2, tau_f=30., tau_d=40., method="rk4")):
        first, second = [bp.synapses.AMPA(pre, post, bp.conn.All2All(), stp=stp) for _ in range(2)]
        assert first.stp is stp and second.stp is not stp and type(second.stp) is type(stp)
        copy: Any = second.stp
        assert copy.x is not first.stp.x and copy.method == stp.method
        assert [getattr(copy, name) for name in copy.names] == [getattr(stp, name) for name in stp.names]
        made = bp.synapses.AMPA(pre, post, bp.conn.All2All(), stp=type(stp))
        assert type(made.stp) is type(stp)
    with pytest.raises(ModelBuildError, match="stp must be a SynSTP"):
        bp.synapses.Delta(pre, post, bp.conn.All2All(), stp=bp.synouts.CUBA())


def test_the_mode_is_that_of_the_synapse() -> None:
    stp = bp.synplast.STP()
    synapse = bp.synapses.Exponential(bp.neurons.InputGroup(3), bp.neurons.LIF(2), bp.conn.All2All(), stp=stp,
                                      mode=bm.TrainingMode(4))
    assert stp.u.shape == stp.x.shape == (4, 3) and synapse.g.shape == (4, 2)
    synapse.reset_state(2)
    assert stp.u.shape == stp.x.shape == (2, 3)
