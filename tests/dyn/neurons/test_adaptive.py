"""Adaptive neurons: resets and thresholds by hand, and schemes in higher precision."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, driven, over_time

ZERO = bp.init.ZeroInit()


@LOOPED
@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.training_mode], ids=["simulation", "training"])
@pytest.mark.parametrize("kind", [bp.neurons.ALIFBellec2020, bp.neurons.LIF_SFA_Bellec2020])
def test_the_adaptive_threshold(kind: type, mode: bm.Mode, looped: bool) -> None:
    bm.enable_x64()
    neurons = kind(1, V_rest=0., V_th=1., beta=0.5, tau=10., tau_a=50., mode=mode, V_initializer=ZERO, a_initializer=ZERO)
    columns = over_time(driven(neurons, "V", "a", "spike"), bm.ones((300, *neurons.V.shape)) * 4., looped)
    v = a = 0.
    want = []
    for _ in range(300):
        v, a = 4. + (v - 4.) * np.exp(-0.01), a * np.exp(-0.002)
        spike = v >= 1. + 0.5 * a
        v, a = v - spike, a + spike
        want.append((v, a, spike))
    got = np.stack([column.numpy().reshape(300) for column in columns], axis=1)
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-10)
    times = np.flatnonzero(got[:, 2])
    assert len(times) > 4 and np.diff(times)[-1] > np.diff(times)[0]


def test_gradients_with_and_without_eligibility_propagation() -> None:
    """By hand: with eprop, the gradient does not pass through ``V - V_th * s``, but through ``a + s``."""
    bm.enable_x64()
    x = np.random.default_rng(0).random(60) * 6.
    for eprop in (False, True):
        neurons = bp.neurons.ALIFBellec2020(1, V_rest=0., V_th=2., beta=0.5, tau=10., tau_a=50., V_initializer=ZERO,
                                            a_initializer=ZERO, eprop=eprop, mode=bm.training_mode)
        w = bm.TrainVar(bm.asarray(1.2))

        def loss(neurons=neurons, w=w):
            neurons.reset_state(1)
            return bm.sum(over_time(lambda row: driven(neurons, "V")(row * w)[0], bm.asarray(x[:, None, None]), False))

        v = a = dv = da = total = 0.
        for now in x:
            v, dv = 1.2 * now + (v - 1.2 * now) * np.exp(-0.01), now + (dv - now) * np.exp(-0.01)
            a, da = a * np.exp(-0.002), da * np.exp(-0.002)
            distance = v - 2. - 0.5 * a
            ds = max(0.3 - 0.3 * abs(distance), 0.) * (dv - 0.5 * da)
            s = float(distance >= 0)
            v, dv, a, da = v - 2. * s, dv - (0. if eprop else 2. * ds), a + s, da + ds
            total += dv
        assert float(bm.grad(loss, grad_vars=w)()) == pytest.approx(total, rel=1e-10)


@LOOPED
def test_generalized_neurons(looped: bool) -> None:
    """Internal currents, the threshold's least value, and the potential, by hand with Euler's method."""
    bm.enable_x64()
    neurons = bp.neurons.GIF(1, a=0.05, b=0.1, A1=2., R1=0.5, A2=-0.3, V_th_reset=-45., method="euler")
    names = "V", "I1", "I2", "V_th", "spike"
    got = np.stack(over_time(driven(neurons, *names), bm.ones((300, 1)) * 6., looped), axis=2)[:, 0]
    V, I1, I2, th = -70., 0., 0., -50.
    want = []
    for _ in range(300):
        V, I1, I2, th = (V + 0.1 * (-(V + 70.) + 20. * (6. + I1 + I2)) / 20., I1 - 0.1 * 0.2 * I1, I2 - 0.1 * 0.02 * I2,
                         th + 0.1 * (0.05 * (V + 70.) - 0.1 * (th + 50.)))
        spike = th <= V
        if spike:
            V, I1, I2, th = -70., 0.5 * I1 + 2., I2 - 0.3, max(-45., th)
        want.append((V, I1, I2, th, spike))
    assert got[:, 4].sum() > 5
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


def test_adaptation_slows_down() -> None:
    for kind in (bp.neurons.AdExIF, bp.neurons.AdQuaIF):
        neurons = kind(1, a=0.01, b=5., tau_w=100., V_initializer=bp.init.OneInit(-65.))
        spikes = over_time(driven(neurons), bm.ones((3000, 1)) * 60., True)
        times = np.flatnonzero(spikes.numpy()[:, 0])
        assert len(times) > 3 and times[-1] - times[-2] > times[1] - times[0]


def test_the_numbers_of_izhikevich_in_higher_precision() -> None:
    """The exponential Euler scheme with soft resets in extended precision, for as long as overshoots amplify it little."""
    bm.enable_x64()
    x = np.random.default_rng(0).random(45) * 40.
    neurons = bp.neurons.Izhikevich(1, a=.1, d=2., spike_reset="soft")
    got = over_time(driven(neurons, "V", "u"), bm.asarray(x[:, None]), False)
    one = np.longdouble(1.)
    V, u = -70. * one, np.longdouble(.2) * -70.
    want = []
    for now in x:
        slope, speed = 2 * np.longdouble(0.04) * V + 5, np.longdouble(.1)
        f, g = np.longdouble(0.04) * V * V + 5 * V + 140 - u + now, speed * (np.longdouble(.2) * V - u)
        V, u = V + f / slope * np.expm1(np.longdouble(.1) * slope), u - g / speed * np.expm1(-np.longdouble(.1) * speed)
        if V >= 30:
            V, u = V - 95, u + 2
        want.append((V, u))
    np.testing.assert_allclose(np.stack(got, axis=2)[:, 0], np.array(want, float), rtol=1e-8, atol=1e-8)


def test_izhikevich_starts_in_balance() -> None:
    neurons = bp.neurons.Izhikevich(2, V_initializer=bm.asarray([-60., -50.]), mode=bm.training_mode)
    np.testing.assert_allclose(neurons.u.numpy(), [[-12., -10.]])
    neurons.V.value = bm.zeros((1, 2))
    neurons.reset_state(3)
    np.testing.assert_allclose(neurons.u.numpy(), [[-12., -10.]] * 3)
