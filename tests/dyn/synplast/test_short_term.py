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
    """The states at the end of every step, and what the synapse receives."""
    bm.enable_x64()
    synapse = bp.synapses.Delta(bp.neurons.InputGroup(1), bp.neurons.LIF(1), bp.conn.One2One(), output=None, stp=stp)

    def step(row: Any) -> Any:
        received = synapse(row)
        return {"received": received, **{name: getattr(synapse.stp, name) + 0. for name in synapse.stp.starts}}

    return {name: rows.numpy()[:, 0] for name, rows in over_time(step, bm.asarray(spikes[:, None]), looped, dt).items()}


def regular(interval: float, dt: float, number: int) -> np.ndarray:
    spikes = np.zeros(round(interval / dt) * number)
    spikes[round(interval / dt) - 1::round(interval / dt)] = 1.
    return spikes


def after_spike(interval: float, U: float, tau_f: float, tau_d: float) -> tuple[float, float]:
    """The steady state of u and x just after every spike of a regular train (Tsodyks, Pawelzik & Markram, 1998)."""
    u = U / (1 - (1 - U) * np.exp(-interval / tau_f))
    decay = np.exp(-interval / tau_d)
    return u, (1 - u) * (1 - decay) / (1 - (1 - u) * decay)


@pytest.mark.parametrize("interval", [10., 50., 200.])
@pytest.mark.parametrize("U, tau_f, tau_d", [(0.1, 600., 80.), (0.5, 20., 300.)], ids=["facilitating", "depressing"])
def test_steady_state_of_stp(interval: float, U: float, tau_f: float, tau_d: float) -> None:
    """A spike takes the values at the beginning of its step, so the error is of first order in dt."""
    want = np.array(after_spike(interval, U, tau_f, tau_d))
    errors = []
    for dt in (0.5, 0.25):
        got = course(bp.synplast.STP(U=U, tau_f=tau_f, tau_d=tau_d), regular(interval, dt, 3000 // round(interval) + 60), dt)
        last = np.array([got["u"][-1], got["x"][-1]])
        errors.append(np.abs(last - want))
        np.testing.assert_allclose(last, want, atol=dt / min(tau_f, tau_d))
        assert got["received"][-1] == pytest.approx(got["u"][-1] * got["x"][-1], rel=1e-13)
    assert np.all(errors[1] < 0.6 * errors[0])


@pytest.mark.parametrize("interval", [10., 50.])
def test_steady_state_of_std(interval: float) -> None:
    U, tau = 0.3, 150.
    decay = np.exp(-interval / tau)
    want = (1 - U) * (1 - decay) / (1 - (1 - U) * decay)
    errors = []
    for dt in (0.5, 0.25):
        got = course(bp.synplast.STD(tau=tau, U=U), regular(interval, dt, 80), dt)
        errors.append(abs(got["x"][-1] - want))
        assert errors[-1] < dt / tau and got["received"][-1] == got["x"][-1]
    assert errors[1] < 0.6 * errors[0]


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
