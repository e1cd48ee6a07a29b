"""Neurons with conductances, against published values, SciPy, and the schemes in higher precision."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dyn.neurons.conductance import linoid
from tests.dyn.driving import driven, over_time

integrate = pytest.importorskip("scipy.integrate")
optimize = pytest.importorskip("scipy.optimize")


def test_rates_are_continuous() -> None:
    bm.enable_x64()
    x = np.array([-1e-3, -1e-9, 0., 1e-9, 1e-3])
    np.testing.assert_allclose(linoid(bm.asarray(x)), 1. + x / 2 + x**2 / 12, rtol=1e-12)
    np.testing.assert_allclose(bm.vector_grad(linoid)(bm.asarray(x)), 0.5 + x / 6, rtol=1e-6)
    neurons = bp.neurons.HH(1)
    assert float(neurons.m_alpha(bm.asarray(-40.))) == 1. and float(neurons.n_alpha(bm.asarray(-55.))) == 0.1


def hodgkin_huxley(y: np.ndarray, I: float, gL: float) -> np.ndarray:
    """The equations as printed in 1952, where v is minus the deviation from rest."""
    V, m, h, n = y
    v = -(V + 65.)
    alpha_n, beta_n = 0.01 * (v + 10.) / np.expm1((v + 10.) / 10.), 0.125 * np.exp(v / 80.)
    alpha_m, beta_m = 0.1 * (v + 25.) / np.expm1((v + 25.) / 10.), 4. * np.exp(v / 18.)
    alpha_h, beta_h = 0.07 * np.exp(v / 20.), 1. / (np.exp((v + 30.) / 10.) + 1.)
    current = 36. * n**4 * (v - 12.) + 120. * m**3 * h * (v + 115.) + gL * (v + 10.613)
    return np.array([I + current, alpha_m * (1 - m) - beta_m * m, alpha_h * (1 - h) - beta_h * h,
                     alpha_n * (1 - n) - beta_n * n])


def test_the_resting_state_of_hodgkin_and_huxley() -> None:
    """At -65 mV: m, h, n = 0.0529, 0.5961, 0.3177 (Hodgkin & Huxley, 1952)."""
    bm.enable_x64()
    neurons = bp.neurons.HH(1, gL=0.3, V_initializer=bp.init.OneInit(-65.), method="rk4")
    for name, value in {"m": 0.0529, "h": 0.5961, "n": 0.3177}.items():
        assert float(getattr(neurons, name)[0]) == pytest.approx(value, abs=5e-5)
    rest, default = [optimize.fsolve(lambda y, gL=gL: hodgkin_huxley(y, 0., gL), [-65., .05, .6, .32], xtol=1e-12)
                     for gL in (0.3, 0.03)]
    assert rest[0] == pytest.approx(-65., abs=0.01) and default[0] == pytest.approx(-70.7, abs=0.05)
    over_time(driven(neurons), bm.zeros((2000, 1)), True, dt=0.05)
    np.testing.assert_allclose([float(getattr(neurons, name)[0]) for name in "Vmhn"], rest, rtol=1e-4)


def test_a_spike_of_hodgkin_and_huxley() -> None:
    """A train under 10 uA/cm2: its shape against SciPy, its peak near +40 mV, its frequency near 68 Hz."""
    bm.enable_x64()
    neurons = bp.neurons.HH(1, gL=0.3, V_initializer=bp.init.OneInit(-65.), method="rk4")
    start = [float(getattr(neurons, name)[0]) for name in "Vmhn"]
    spikes, V = over_time(driven(neurons, "spike", "V"), bm.ones((10000, 1)) * 10., True, dt=0.01)
    want = integrate.solve_ivp(lambda t, y: hodgkin_huxley(y, 10., 0.3), (0., 100.), start, rtol=1e-10, atol=1e-10,
                               t_eval=np.arange(1, 10001) * 0.01).y[0]
    np.testing.assert_allclose(V.numpy()[:, 0], want, atol=2e-4)
    times = np.flatnonzero(spikes.numpy()[:, 0]) * 0.01
    assert V.numpy().max() == pytest.approx(40., abs=2.)
    assert 1000. / np.diff(times)[-1] == pytest.approx(68., abs=2.)


def test_a_train_of_wang_and_buzsaki() -> None:
    """The exponential Euler scheme in extended precision, with equations as printed (1996)."""
    bm.enable_x64()
    neurons = bp.neurons.WangBuzsakiModel(1)
    got = over_time(driven(neurons, "V"), bm.ones((600, 1)) * 3., False, dt=0.02)[0].numpy()[:, 0]
    V, h, n = np.longdouble(-65), np.longdouble(.6), np.longdouble(.32)
    dt, want = np.longdouble(0.02), []
    for _ in range(600):
        ah, bh = np.longdouble(.07) * np.exp(-(V + 58) / 20), 1 / (1 + np.exp(-(V + 28) / 10))
        an = -np.longdouble(.1) * (V + 34) / 10 / np.expm1(-(V + 34) / 10)
        bn = np.exp(-(V + 44) / 80) / 8
        e = np.longdouble(1e-9)  # the slope of the right-hand side, by central differences in extended precision

        def right(v: Any, h: Any = h, n: Any = n) -> Any:
            a = -(v + 35) / 10 / np.expm1(-(v + 35) / 10)
            m = a / (a + 4 * np.exp(-(v + 60) / 18))
            return 3 - 35 * m**3 * h * (v - 55) - 9 * n**4 * (v + 90) - np.longdouble(.1) * (v + 65)

        slope = (right(V + e) - right(V - e)) / (2 * e)
        new = [x + f / s * np.expm1(dt * s) for x, f, s in (
            (V, right(V), slope), (h, 5 * (ah * (1 - h) - bh * h), -5 * (ah + bh)),
            (n, 5 * (an * (1 - n) - bn * n), -5 * (an + bn)))]
        V, h, n = new
        want.append(V)
    assert got.max() > 20.
    np.testing.assert_allclose(got, np.array(want, float), rtol=1e-6, atol=1e-6)


def test_morris_and_lecar_oscillate_between_two_currents() -> None:
    """Rinzel & Ermentrout (1998): the Hopf bifurcations of the default parameters lie near 94 and 212 uA/cm2."""
    neurons = bp.neurons.MorrisLecar(3, V_initializer=bp.init.OneInit(-60.), method="rk4")
    spikes = over_time(driven(neurons), bm.ones((10000, 3)) * bm.asarray([70., 150., 250.]), True, dt=0.1)
    assert [int(n) > 3 for n in spikes.numpy()[3000:].sum(axis=0)] == [False, True, False]


def pinsky_rinzel(t: float, y: np.ndarray, soma: float, dendrite: float) -> np.ndarray:
    """The equations of Pinsky & Rinzel (1994) and Traub et al. (1991), with potentials relative to -60 mV."""
    Vs, Vd, Ca, h, n, s, c, q = y
    vs, vd = Vs + 60., Vd + 60.
    am, bm_ = 0.32 * (13.1 - vs) / np.expm1((13.1 - vs) / 4), 0.28 * (vs - 40.1) / np.expm1((vs - 40.1) / 5)
    an, bn = 0.016 * (35.1 - vs) / np.expm1((35.1 - vs) / 5), 0.25 * np.exp(0.5 - 0.025 * vs)
    ah, bh = 0.128 * np.exp((17 - vs) / 18), 4 / (1 + np.exp((40 - vs) / 5))
    as_, bs = 1.6 / (1 + np.exp(-0.072 * (vd - 65))), 0.02 * (vd - 51.1) / np.expm1((vd - 51.1) / 5)
    slow = 2 * np.exp((6.5 - vd) / 27)
    ac = np.exp((vd - 10) / 11 - (vd - 6.5) / 27) / 18.975 if vd <= 50 else slow
    bc = slow - ac if vd <= 50 else 0.
    aq, bq = min(0.00002 * Ca, 0.01), 0.001
    m = am / (am + bm_)
    ICa = 10 * s**2 * (vd - 140)
    IKs = 15 * n * (vs + 15) + 30 * m**2 * h * (vs - 120) + 0.1 * vs
    IKd = 0.8 * q * (vd + 15) + 15 * c * min(Ca / 250, 1) * (vd + 15) + 0.1 * vd + ICa
    return np.array([(-IKs + 2.1 / 0.5 * (vd - vs) + soma / 0.5) / 3, (-IKd + 2.1 / 0.5 * (vs - vd) + dendrite / 0.5) / 3,
                     -0.13 * ICa - 0.075 * Ca, ah * (1 - h) - bh * h, an * (1 - n) - bn * n, as_ * (1 - s) - bs * s,
                     ac * (1 - c) - bc * c, aq * (1 - q) - bq * q])


def test_pinsky_and_rinzel() -> None:
    """Soma and dendrite under constant currents, against SciPy's solution of the printed equations."""
    bm.enable_x64()
    names = ["Vs", "Vd", "Ca", *"hnscq"]
    neurons = bp.neurons.PinskyRinzelModel(1, method="rk4")
    start = [float(getattr(neurons, name)[0]) for name in names]
    assert all(0 <= x <= 1 for x in start[3:])

    def step(_: Any) -> Any:
        neurons.Is.value, neurons.Id.value = bm.full(1, 1.5), bm.full(1, 0.3)
        out = neurons()
        return out, *[getattr(neurons, name) for name in names]

    spikes, *got = over_time(step, bm.zeros((3000, 1)), True, dt=0.02)
    want = integrate.solve_ivp(pinsky_rinzel, (0., 60.), start, args=(1.5, 0.3), rtol=1e-9, atol=1e-9,
                               t_eval=np.arange(1, 3001) * 0.02).y
    assert spikes.numpy().sum() >= 1
    for name, mine, theirs in zip(names, got, want, strict=True):
        np.testing.assert_allclose(mine.numpy()[:, 0], theirs, rtol=2e-3, atol=2e-3 * np.abs(theirs).max(), err_msg=name)


def test_inputs_of_both_compartments() -> None:
    neurons = bp.neurons.PinskyRinzelModel(2)
    bp.share.save(t=0., dt=0.05)
    neurons(1.)
    neurons.Id += 2.
    assert neurons.Is.tolist() == [1., 1.] and neurons.Id.tolist() == [2., 2.]
    neurons.clear_input()
    assert neurons.Is.tolist() == neurons.Id.tolist() == [0., 0.]
    neurons.update({"t": 0.05, "dt": 0.05})
    neurons({"t": 0.1, "dt": 0.05}, 1.)
    assert neurons.Is.tolist() == [1., 1.] and bp.share.load("t") == 0.1
