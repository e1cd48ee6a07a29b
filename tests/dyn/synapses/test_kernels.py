"""The course of conductances after spikes, against closed forms and SciPy's solution of the equations."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED, over_time

TIMES = (5., 6., 30.)


def course(kind: Any, dt: float, duration: float = 80., looped: bool = True, times: tuple[float, ...] = TIMES,
           **options: Any) -> np.ndarray:
    """The conductance at the end of every step, for spikes in the steps that begin at the given times."""
    bm.enable_x64()
    pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    synapse = kind(pre, post, bp.conn.One2One(), output=None, g_max=1., **options)
    spikes = np.zeros((round(duration / dt), 1))
    spikes[[round(t / dt) for t in times]] = 1.
    return over_time(synapse, bm.asarray(spikes), looped, dt).numpy()[:, 0]


def superposition(kernel: Any, dt: float, duration: float = 80.) -> np.ndarray:
    """The sum of what follows every spike, at the end of every step; a spike acts from the end of its step on."""
    now = (1 + np.arange(round(duration / dt))) * dt
    after = np.stack([now - (t + dt) for t in TIMES])
    return np.sum(np.where(after > -1e-9, kernel(np.maximum(after, 0.)), 0.), axis=0)


def rise_and_decay(tau_decay: float, tau_rise: float) -> Any:
    return lambda t: (np.exp(-t / tau_decay) - np.exp(-t / tau_rise)) / (1 / tau_rise - 1 / tau_decay)


@LOOPED
def test_dual_exponential(looped: bool) -> None:
    want = superposition(rise_and_decay(7., 2.), 0.1)
    got = course(bp.synapses.DualExponential, 0.1, looped=looped, tau_decay=7., tau_rise=2., method="rk4")
    np.testing.assert_allclose(got, want, atol=1e-6)


@LOOPED
def test_alpha(looped: bool) -> None:
    want = superposition(lambda t: t * np.exp(-t / 3.), 0.1)
    np.testing.assert_allclose(course(bp.synapses.Alpha, 0.1, looped=looped, tau_decay=3., method="rk4"), want, atol=1e-6)


@pytest.mark.parametrize("kind, options, kernel", [
    (bp.synapses.DualExponential, {"tau_decay": 7., "tau_rise": 2.}, rise_and_decay(7., 2.)),
    (bp.synapses.Alpha, {"tau_decay": 3.}, lambda t: t * np.exp(-t / 3.))], ids=["DualExponential", "Alpha"])
def test_the_default_method_converges(kind: Any, options: Any, kernel: Any) -> None:
    """Each equation is exact for its own variable and sees the other's old value, so the error is of first order."""
    errors = [np.abs(course(kind, dt, **options) - superposition(kernel, dt)).max() for dt in (0.1, 0.05, 0.025)]
    ratios = np.divide(errors[:-1], errors[1:])
    assert errors[0] < 0.03 * superposition(kernel, 0.1).max() and np.all((ratios > 1.8) & (ratios < 2.2))


@pytest.mark.parametrize("kind, options, area", [
    (bp.synapses.Exponential, {"tau": 4.}, 4.), (bp.synapses.DualExponential, {"tau_decay": 6., "tau_rise": 1.5}, 9.),
    (bp.synapses.Alpha, {"tau_decay": 4.}, 16.)], ids=["Exponential", "DualExponential", "Alpha"])
def test_the_area_under_a_conductance(kind: Any, options: Any, area: float) -> None:
    """The integral over all times is tau, tau_decay * tau_rise, and tau squared."""
    dt = 0.01
    g = course(kind, dt, duration=150., times=(1.,), method="rk4", **options)
    simpson = (g[100:-1] + g[101:]).sum() / 2 * dt  # from the step of the spike on
    assert simpson == pytest.approx(area, rel=1e-4)


@LOOPED
@pytest.mark.parametrize("kind", [bp.synapses.AMPA, bp.synapses.GABAa])
def test_pulses_of_transmitter(kind: Any, looped: bool) -> None:
    """The exact solution, pulse after pulse; the spike at 6 ms makes the pulse of 5 ms longer and not higher."""
    dt, alpha, beta, T, duration = 0.1, 0.6, 0.2, 0.8, 2.55
    got = course(kind, dt, looped=looped, alpha=alpha, beta=beta, T=T, T_duration=duration)
    begins = np.arange(len(got)) * dt
    # A pulse holds for the steps that begin less than the duration after the one in which the spike arrived.
    there = np.any([(begins > t - 1e-9) & (begins - t < duration) for t in TIMES], axis=0)
    g, want = 0., []
    for pulse in there:
        rate = alpha * T * pulse + beta
        end = alpha * T * pulse / rate
        g = end + (g - end) * np.exp(-rate * dt)
        want.append(g)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    assert there.sum() == round((1. + 2.6 + 2.6) / dt)


def solved(equations: Any, jumps: Any, dt: float, duration: float = 80.) -> np.ndarray:
    """g at the end of every step, by SciPy, with the state changed by ``jumps`` in the steps of spikes."""
    integrate = pytest.importorskip("scipy.integrate")
    y, rows = np.zeros(2), []
    arrival = -np.inf
    for i in range(round(duration / dt)):
        spike = any(abs(i * dt - t) < 1e-9 for t in TIMES)
        arrival = i * dt if spike else arrival
        y = integrate.solve_ivp(equations(i * dt - arrival), (0., dt), y, rtol=1e-11, atol=1e-12).y[:, -1]
        if spike:
            y = jumps(y)
        rows.append(y[0])
    return np.array(rows)


def test_nmda() -> None:
    def equations(since: float) -> Any:
        return lambda t, y: [-y[0] / 50. + 0.4 * y[1] * (1 - y[0]), -y[1] / 3.]

    want = solved(equations, lambda y: y + np.array([0., 1.]), 0.1)
    options = {"tau_decay": 50., "a": 0.4, "tau_rise": 3.}
    np.testing.assert_allclose(course(bp.synapses.NMDA, 0.1, method="rk4", **options), want, atol=1e-6)
    np.testing.assert_allclose(course(bp.synapses.NMDA, 0.1, **options), want, atol=0.02)
    assert want.max() < 1


def test_nmda_of_second_order() -> None:
    def equations(since: float) -> Any:
        T = 0.9 * (since < 1.45)
        return lambda t, y: [1.5 * y[1] * (1 - y[0]) - 0.02 * y[0], 0.8 * T * (1 - y[1]) - 0.4 * y[1]]

    want = solved(equations, lambda y: y, 0.1)
    options = {"alpha1": 1.5, "beta1": 0.02, "alpha2": 0.8, "beta2": 0.4, "T_0": 0.9, "T_dur": 1.45}
    np.testing.assert_allclose(course(bp.synapses.BioNMDA, 0.1, method="rk4", **options), want, atol=1e-5)
    np.testing.assert_allclose(course(bp.synapses.BioNMDA, 0.1, **options), want, atol=0.05)


@pytest.mark.parametrize("kind, name", [
    (bp.synapses.DualExponential, "tau_rise"), (bp.synapses.Alpha, "tau_decay"), (bp.synapses.NMDA, "a"),
    (bp.synapses.AMPA, "T_duration"), (bp.synapses.GABAa, "beta"), (bp.synapses.BioNMDA, "alpha2")])
def test_constants_are_single_numbers(kind: Any, name: str) -> None:
    pre, post = bp.neurons.InputGroup(3), bp.neurons.LIF(2)
    with pytest.raises(ValueError, match=rf"{name} must be one number, but got an array of shape \(3,\)"):
        kind(pre, post, bp.conn.All2All(), **{name: bm.ones(3)})
    assert kind(pre, post, bp.conn.All2All(), **{name: bm.ones(1)}).g.shape == (3,)
