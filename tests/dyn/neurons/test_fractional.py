"""Fractional neurons: limits, independent solutions, resets, gradients, and compiled loops."""
from __future__ import annotations

from math import gamma

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, driven, over_time


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def fhr(alpha: float, inputs: np.ndarray, dt: float) -> np.ndarray:
    """V of the FitzHugh-Rinzel equations by the sum of Grünwald and Letnikov over all of the past."""
    state = [np.array([2.5, 0., 0.])]
    c = np.cumprod(1. - (1. + alpha) / np.arange(1, len(inputs) + 2))
    for n, current in enumerate(inputs):
        V, w, y = state[-1]
        slope = np.array([V - V ** 3 / 3 - w + y + current, 0.08 * (0.7 + V - 0.8 * w), 0.0001 * (-0.775 - V - y)])
        past = sum(c[j] * state[n - j] for j in range(n + 1))
        state.append(slope * dt ** alpha - past)
    return np.array(state[1:])[:, 0]


def izhikevich(alpha: float, inputs: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """V, and who fires, of the fractional Izhikevich equations by the L1 sum over all of the past."""
    state, changes, out, spikes = np.array([-65., -13.]), [], [], []
    for n, current in enumerate(inputs):
        V, u = state
        slope = np.array([0.04 * V * V + 5 * V + 140 - u + current, 0.02 * (0.2 * V - u)])
        past = sum(((n + 1 - k) ** (1 - alpha) - (n - k) ** (1 - alpha)) * changes[k] for k in range(n))
        new = state + gamma(2 - alpha) * dt ** alpha * slope - past
        spikes.append(new[0] >= 30.)
        if spikes[-1]:
            new = np.array([-65., new[1] + 8.])
        changes.append(new - state)
        state = new
        out.append(new[0])
    return np.array(out), np.array(spikes)


@LOOPED
def test_fitzhugh_rinzel_against_the_sum_over_all_of_the_past(looped: bool) -> None:
    inputs = 0.5 + np.sin(np.arange(120) / 9.)
    neurons = bp.neurons.FractionalFHR(1, alpha=0.8, num_memory=200)
    V = over_time(driven(neurons, "V"), bm.asarray(inputs[:, None]), looped)[0]
    np.testing.assert_allclose(V[:, 0], fhr(0.8, inputs, 0.1), rtol=1e-9, atol=1e-9)


@LOOPED
def test_izhikevich_against_the_sum_over_all_of_the_past_and_resets(looped: bool) -> None:
    inputs = np.full(300, 12.)
    neurons = bp.neurons.FractionalIzhikevich(1, alpha=0.9, num_memory=300)
    V, spike = over_time(driven(neurons, "V", "spike"), bm.asarray(inputs[:, None]), looped)
    expected, spikes = izhikevich(0.9, inputs, 0.1)
    assert spikes.sum() > 2
    np.testing.assert_array_equal(spike[:, 0], spikes)
    np.testing.assert_allclose(V[:, 0], expected, rtol=1e-7)


def test_of_order_one_they_are_the_ordinary_neurons_by_eulers_method() -> None:
    fractional = bp.neurons.FractionalIzhikevich(2, alpha=1., num_memory=3)
    ordinary = bp.neurons.Izhikevich(2, V_initializer=bp.init.OneInit(-65.), u_initializer=bp.init.OneInit(-13.),
                                     method="euler")
    inputs = bm.asarray(np.full((400, 2), [8., 15.]))
    runs = [over_time(driven(neurons, "V", "spike"), inputs, True) for neurons in (fractional, ordinary)]
    np.testing.assert_array_equal(*[run[1] for run in runs])
    np.testing.assert_allclose(*[run[0] for run in runs], rtol=1e-9)


@pytest.mark.parametrize("kind", ["FractionalFHR", "FractionalIzhikevich"])
def test_a_reset_forgets_the_past_and_changes_the_batch(kind: str) -> None:
    neurons = getattr(bp.neurons, kind)((2, 3), alpha=0.9, num_memory=20, keep_size=True, mode=bm.BatchingMode(2))
    assert isinstance(neurons, bp.neurons.FractionalNeuron)
    inputs = bm.ones((30, 2, 3)) * 10.
    first = over_time(driven(neurons, "V"), inputs[:, None], True)[0]
    neurons.reset_state(4)
    again = over_time(driven(neurons, "V"), inputs[:, None], True)[0]
    assert first.shape == (30, 2, 2, 3) and again.shape == (30, 4, 2, 3)
    np.testing.assert_allclose(again[:, :2], first, rtol=1e-12)


@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
@pytest.mark.parametrize("kind", ["FractionalFHR", "FractionalIzhikevich"])
def test_compiled_against_the_reference(kind: str) -> None:
    runs = []
    for which in ("numpy", "numba"):
        neurons = getattr(bp.neurons, kind)(3, alpha=0.9, num_memory=10)
        with backend(which), settings.using(strict=True):
            runs.append(over_time(driven(neurons, "V"), bm.asarray(np.full((50, 3), [0.5, 5., 10.])), True)[0])
    np.testing.assert_allclose(*runs, rtol=1e-9)


@LOOPED
def test_gradients_in_training(looped: bool) -> None:
    R = bm.TrainVar(bm.asarray([1., 1.3]))
    neurons = bp.neurons.FractionalIzhikevich(2, alpha=0.9, num_memory=10, R=R, mode=bm.training_mode)

    def loss():
        neurons.reset_state(1)
        return bm.sum(over_time(driven(neurons, "V"), bm.ones((15, 1, 2)) * 8., looped)[0] ** 2)

    check_gradients(loss, {"R": R})


def test_wrong_options() -> None:
    with pytest.raises(Exception, match=r"alpha must be one number in \(0, 1\], or one for each of the variables V, w, y"):
        bp.neurons.FractionalFHR(2, alpha=[0.5, 0.5])
    with pytest.raises(Exception, match="num_memory must be a positive integer"):
        bp.neurons.FractionalIzhikevich(2, alpha=0.5, num_memory=0)
