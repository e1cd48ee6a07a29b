"""Conductance-based neurons: the squid axon against SciPy and published values, spikes, states, errors."""
from __future__ import annotations

import numpy as np
import pytest
from numpy import exp

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dyn.channels.base import Channel
from nbbrain.dyn.channels.group import CondNeuGroup
from nbbrain.errors import ModelBuildError
from tests.dyn.driving import over_time, solve_ivp


def squid(size: int = 1, **options) -> CondNeuGroup:
    """The axon of Hodgkin and Huxley at 6.3 degrees, with today's sign and zero of the potential."""
    options = {"V_initializer": bp.init.Constant(-65.), **options}
    return CondNeuGroup(size, INa=bp.channels.INa_HH1952(size), IK=bp.channels.IK_HH1952(size, E=-77., g_max=36.),
                        IL=bp.channels.IL(size, E=-54.387, g_max=0.3), **options)


def right_hand_side(t, y, current):
    V, m, h, n = y
    am, bm_ = .1 * (V + 40) / (1 - exp(-(V + 40) / 10)), 4 * exp(-(V + 65) / 18)
    ah, bh = .07 * exp(-(V + 65) / 20), 1 / (1 + exp(-(V + 35) / 10))
    an, bn = .01 * (V + 55) / (1 - exp(-(V + 55) / 10)), .125 * exp(-(V + 65) / 80)
    dV = 120 * m**3 * h * (50 - V) + 36 * n**4 * (-77 - V) + .3 * (-54.387 - V) + current
    return dV, am * (1 - m) - bm_ * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n


def recorded(neurons: CondNeuGroup, current: np.ndarray, steps: int, dt: float):
    """The spikes and potentials over time for a constant current, from the steady state."""
    def step(row):
        neurons(row)
        neurons.clear_input()
        return neurons.spike.value, neurons.V.value

    neurons.reset_state()
    spikes, V = over_time(step, bm.asarray(np.tile(current, (steps, 1))), True, dt=dt)
    return np.asarray(spikes), np.asarray(V)


def test_the_squid_axon_against_scipy() -> None:
    bm.enable_x64()
    got = []
    for per_ms in (100, 200):
        neurons = squid()
        _, V = recorded(neurons, np.array([10.]), 12 * per_ms, 1. / per_ms)
        got.append(V[per_ms // 10 - 1::per_ms // 10, 0])
    neurons.reset_state()
    start = [-65., *[float(gate[0]) for gate in (neurons.INa.p, neurons.INa.q, neurons.IK.p)]]
    want = solve_ivp(right_hand_side, (0., 12.), start, args=(10.,), rtol=1e-9, atol=1e-9, max_step=0.05,
                     t_eval=np.arange(1, 121) / 10).y[0]
    errors = [np.abs(V - want).max() for V in got]
    assert errors[0] / errors[1] == pytest.approx(2., rel=0.1)  # a method of first order
    assert np.abs(2 * got[1] - got[0] - want).max() < 0.6  # mV, where the potential rises by 300 mV a ms


@pytest.mark.heavy
def test_the_squid_axon_fires_as_published() -> None:
    bm.enable_x64()
    currents = np.array([0., 5., 7., 10., 20.])
    spikes, V = recorded(squid(5), currents, 40_000, 0.0125)
    counts = spikes.sum(axis=0)
    # Repetitive firing begins between 6 and 7 uA/cm2; at 10 uA/cm2 it has 68 Hz (Gerstner et al., 2014, figs. 2.6, 2.7).
    assert counts[0] == 0 and counts[1] <= 1 and counts[2] > 20
    intervals = [np.diff(np.flatnonzero(spikes[:, i])).astype(float) * 0.0125 for i in (3, 4)]
    assert 1000 / intervals[0][-1] == pytest.approx(68., abs=2.)
    assert 1000 / intervals[1][-1] == pytest.approx(86., abs=3.)
    # The first spike peaks 105 mV above rest, and undershoots by about 11 mV (Hodgkin & Huxley, 1952, fig. 12).
    assert V[:2000, 3].max() + 65. == pytest.approx(105., abs=4.)
    assert V[:2000, 3].min() + 65. == pytest.approx(-11., abs=1.)
    assert V[-1, 0] == pytest.approx(-65., abs=0.05)


def test_input_is_a_current_and_the_area_makes_it_a_density() -> None:
    bm.enable_x64()
    bp.share.save(t=0., dt=0.1)
    neurons = CondNeuGroup(2, V_initializer=bp.init.Constant(-60.), A=np.array([1e-3, 2e-4]), C=2.,
                           IL=bp.channels.IL(2, g_max=0.5, E=-70.))
    neurons.input += 2.
    neurons(bm.asarray([1., 1.]))
    for i, density in enumerate((3., 15.)):
        end = -70. + density / 0.5
        assert float(neurons.V[i]) == pytest.approx(end + (-60. - end) * exp(-0.1 * 0.5 / 2.), rel=1e-12)
    assert neurons.input.tolist() == [3., 3.]
    neurons.clear_input()
    assert neurons.input.tolist() == [0., 0.]


class Jump(Channel):
    """Takes the potential to where it is told in one step."""

    def update(self, tdi, V):
        pass

    def current(self, V):
        return 0. * V


@pytest.mark.parametrize(("mode", "dtype"), [(bm.nonbatching_mode, bool), (bm.training_mode, np.float32)])
def test_a_spike_is_a_crossing_from_below(mode: bm.Mode, dtype) -> None:
    neurons = CondNeuGroup(4, V_th=-10., V_initializer=bp.init.Constant(-20.), mode=mode, none=Jump(4, mode=mode))
    bp.share.save(t=0., dt=1.)
    first = neurons(bm.asarray([9.5, 10., 15., 0.]))
    assert first.dtype == neurons.spike.dtype == dtype
    assert np.asarray(first).ravel().tolist() == [False, True, True, False]
    neurons.clear_input()
    second = neurons(bm.asarray([1., 1., -10., 0.]))
    assert np.asarray(second).ravel().tolist() == [True, False, False, False]


def test_the_gradient_of_a_spike() -> None:
    bm.enable_x64()
    w = bm.TrainVar(bm.asarray([8., 12.]))
    neurons = CondNeuGroup(2, V_th=-10., V_initializer=bp.init.Constant(-20.), mode=bm.training_mode,
                           spike_fun=lambda x: bm.surrogate.inv_square_grad(x, alpha=0.5))
    bp.share.save(t=0., dt=1.)

    def loss():
        neurons.reset_state()
        return bm.sum(neurons(w))

    gradient = bm.grad(loss, grad_vars=w)()
    np.testing.assert_allclose(gradient, 1 / (0.5 * 2. + 1)**2, rtol=1e-12)  # 2 mV from the threshold


def test_channels_of_a_user_in_a_subclass() -> None:
    class IK(bp.channels.PotassiumChannel):
        def __init__(self, size, g_max=36.):
            super().__init__(size)
            self.g_max, self.n = g_max, bm.Variable(bm.zeros(size))
            self.integral = bp.odeint(self.dn, method="exp_auto")

        def dn(self, n, t, V):
            return (bm.sigmoid((V + 50.) / 10.) - n) / 5.

        def update(self, tdi, V):
            self.n.value = self.integral(self.n, tdi.t, V, dt=tdi.dt)

        def current(self, V):
            return self.g_max * self.n**4 * (-77. - V)

        def reset_state(self, V, batch_size=None):
            self.n.value = bm.zeros(self.num)

    class Cells(CondNeuGroup):
        def __init__(self, size):
            super().__init__(size, V_initializer=bp.init.Constant(-60.))
            self.IK = IK(size)
            self.IL = bp.channels.IL(size)

    net = bp.Network(cells=Cells(3))
    net.reset_state()
    for i in range(3):
        net({"t": i * 0.1, "dt": 0.1})
    assert np.all(net.cells.IK.n.numpy() > 0.) and np.all(net.cells.V.numpy() < -60.)


def test_gates_are_closed_until_a_reset() -> None:
    neurons = squid(2)
    assert not np.any(neurons.INa.p.numpy())
    neurons.reset_state()
    assert np.all(neurons.INa.p.numpy() > 0.05)


def test_synapses_reach_it() -> None:
    pre, post = bp.neurons.InputGroup(2), squid(1)
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.5, output=bp.synouts.COBA(E=0.))
    bp.share.save(t=0., dt=0.1)
    synapse(bm.asarray([1., 1.]))
    assert float(post.input[0]) == pytest.approx(65., rel=1e-5)


def test_batches_and_axes() -> None:
    mode = bm.TrainingMode(2)
    neurons = CondNeuGroup((2, 3), keep_size=True, mode=mode,
                           IK=bp.channels.IK_HH1952((2, 3), keep_size=True, mode=mode))
    neurons.reset_state(4)
    assert {v.shape for v in neurons.vars().values()} == {(4, 2, 3)}
    neurons.reset_state(1)
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ValueError, match=r"reset_state\(5\) first"):
        neurons(bm.ones((5, 2, 3)))


def test_what_does_not_fit() -> None:
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ModelBuildError, match=r"cells: IL must be a Channel, but got 0.1 of type float"):
        CondNeuGroup(1, name="cells", IL=0.1)
    with pytest.raises(ModelBuildError, match="'V' is an attribute of every CondNeuGroup"):
        CondNeuGroup(1, V=bp.channels.IL(1))
    with pytest.raises(ModelBuildError, match=r"has the shape \(3,\), but .* has the shape \(2,\)"):
        CondNeuGroup(2, IL=bp.channels.IL(3))(0.)
    with pytest.raises(ModelBuildError, match=r"is in NonBatchingMode .* is in TrainingMode\(batch_size=1\)"):
        CondNeuGroup(2, mode=bm.training_mode, IL=bp.channels.IL(2))(0.)
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        CondNeuGroup(2, C=np.ones(3))


def test_the_text() -> None:
    assert repr(squid(2, name="axons")) == "CondNeuGroup(name=axons, mode=NonBatchingMode, size=(2,))"


def test_a_part_of_the_group() -> None:
    neurons = squid(4)
    neurons.reset_state()
    assert neurons[1:3].V.shape == (2,)
    neurons[1:3].V[:] = 0.
    assert neurons.V.tolist() == [-65., 0., 0., -65.]


def test_states_are_saved_with_those_of_the_channels() -> None:
    Ca = bp.channels.CalciumDetailed(2, IT=bp.channels.ICaT_HM1992(2))
    neurons = CondNeuGroup(2, Ca=Ca, INa=bp.channels.INa_HH1952(2))
    assert {path: sorted(state) for path, state in neurons.state_dict().items()} == {
        "": ["V", "input", "spike"], "Ca": ["C", "E"], "Ca.IT": ["p", "q"], "INa": ["p", "q"]}
