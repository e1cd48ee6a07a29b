"""Inputs have the length, the values and the statistics that they promise."""
from __future__ import annotations

import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

TIMES = np.arange(200) * 0.1


def values(array):
    return np.asarray(array, np.float64)


def test_sections():
    made = bp.inputs.section_input([0.0, 1.5, 0.5], [10, 5.0, 3.0], dt=0.1)
    assert type(made) is bm.Array and made.dtype == np.float32
    assert np.array_equal(made, np.repeat([0.0, 1.5, 0.5], [100, 50, 30]))
    with bm.environment(x64=True, dt=0.5):
        assert np.array_equal(bp.inputs.section_input([1.0], [2.0]), np.ones(4))
        assert bp.inputs.section_input([1.0], [2.0]).dtype == np.float64


def test_sections_of_arrays_and_pairs():
    level = np.array([1.0, 2.0, 3.0])
    made, duration = bp.inputs.section_input([0.0, level], [0.2, 0.3], dt=0.1, return_length=True)
    assert np.array_equal(made, [[0.0] * 3] * 2 + [[1.0, 2.0, 3.0]] * 3) and duration == 0.5
    pairs, length = bp.inputs.constant_input([(0.0, 0.2), (level, 0.3)], dt=0.1)
    assert np.array_equal(pairs, made) and length == duration


@pytest.mark.parametrize("duration", [0.3, 0.6, 0.7, 3.3, 5.7, 100.3])
def test_a_duration_is_divided_without_rounding_errors(duration):
    steps = round(duration * 10)
    assert bp.inputs.section_input([1.0, 2.0], [duration, duration], dt=0.1).tolist() == [1.0] * steps + [2.0] * steps
    assert bp.inputs.ramp_input(0, 1, duration, dt=0.1).shape == (steps,)
    pulse = bp.inputs.spike_input([duration], duration, 2.0, duration=2 * duration, dt=0.1)
    assert pulse.tolist() == [0.0] * steps + [2.0] * steps


def test_pulses():
    made = bp.inputs.spike_input([1.0, 3.3, 3.5], sp_lens=[0.5, 1.0, 10.0], sp_sizes=[1.0, -2.0, 3.0], duration=6.0, dt=0.1)
    times = np.arange(60)
    expected = np.where((times >= 10) & (times < 15), 1.0, np.where((times >= 33) & (times < 35), -2.0,
                                                                    np.where(times >= 35, 3.0, 0.0)))
    assert np.array_equal(made, expected)


def test_ramps():
    made = values(bp.inputs.ramp_input(1.0, -1.0, duration=20.0, t_start=2.0, t_end=8.0, dt=0.1))
    assert np.allclose(made[20:80], np.linspace(1, -1, 60), atol=1e-6)
    assert not made[:20].any() and not made[80:].any() and made.size == 200


@pytest.mark.parametrize("bias", [False, True])
def test_sines(bias):
    made = values(bp.inputs.sinusoidal_input(2.0, 80.0, 20.0, dt=0.1, t_start=5.0, t_end=15.0, bias=bias))
    inside = (TIMES > 4.99) & (TIMES < 14.99)
    expected = np.where(inside, 2 * np.sin(2 * np.pi * 80 * (TIMES - 5) / 1000) + 2 * bias, 0.0)
    assert np.allclose(made, expected, atol=1e-5)


@pytest.mark.parametrize("frequency", [50.0, 100.0, 250.0])
def test_square_waves(frequency):
    signal = pytest.importorskip("scipy.signal")
    middle = 2 * np.pi * frequency * (TIMES + 1e-4) / 1000  # never quite at an edge
    assert np.array_equal(bp.inputs.square_input(2.0, frequency, 20.0, dt=0.1), 2 * signal.square(middle))
    biased = bp.inputs.square_input(2.0, frequency, 20.0, dt=0.1, bias=True, t_start=1.0, t_end=19.0)
    assert set(biased.tolist()) == {0.0, 4.0}
    assert np.array_equal(biased[10:190], 2 * signal.square(middle[:180]) + 2)


@pytest.mark.parametrize("make", [
    lambda seed: bp.inputs.wiener_process(5.0, dt=0.1, n=3, t_start=1.0, t_end=4.0, seed=seed),
    lambda seed: bp.inputs.ou_process(0.0, 1.0, 5.0, 5.0, dt=0.1, n=3, t_start=1.0, t_end=4.0, seed=seed),
])
def test_noise_is_reproducible_and_within_its_window(make):
    made = make(3)
    assert made.shape == (50, 3) and not made[:10].any() and not made[40:].any() and made[11:40].all()
    assert np.array_equal(make(3), made) and not np.array_equal(make(4), made)
    bm.random.seed(2)
    first = make(None)
    assert not np.array_equal(make(None), first)
    bm.random.seed(2)
    assert np.array_equal(make(None), first)


@pytest.mark.parametrize("dt", [0.1, 2.0])
def test_a_wiener_process(dt):
    made = values(bp.inputs.wiener_process(1000 * dt, dt=dt, n=(10, 10), seed=1))
    assert made.shape == (1000, 10, 10)
    assert abs(made.mean()) < 5 * math.sqrt(dt / made.size)
    assert made.var() == pytest.approx(dt, rel=5 * math.sqrt(2 / made.size))
    ends = made.sum(axis=0).ravel()  # W(T) has the variance T
    assert ends.var() == pytest.approx(1000 * dt, rel=5 * math.sqrt(2 / ends.size))


@pytest.mark.parametrize("dt", [0.1, 5.0])
def test_an_ornstein_uhlenbeck_process(dt):
    mean, sigma, tau = 2.0, np.array([0.5, 1.0]), 10.0
    made = values(bp.inputs.ou_process(mean, sigma, tau, 400 * dt + 100, dt=dt, n=(2000, 2), seed=1))
    assert (made[0] == mean).all()
    for steps in (1, round(tau / dt), round(50 / dt)):
        expected = sigma * math.sqrt(tau / 2 * (1 - math.exp(-2 * steps * dt / tau)))
        assert made[steps].std(axis=0) == pytest.approx(expected, rel=5 / math.sqrt(2 * 2000))
        assert abs(made[steps].mean(axis=0) - mean).max() < 5 * expected.max() / math.sqrt(2000)
    late = made[round(50 / dt):] - mean
    apart = max(1, round(tau / dt))
    correlation = (late[apart:] * late[:-apart]).mean() / (late**2).mean()
    assert correlation == pytest.approx(math.exp(-apart * dt / tau), abs=0.03)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.inputs.section_input([1.0], [1.0, 2.0]), "1 values and 2 durations"),
    (lambda: bp.inputs.section_input([1.0, 2.0], [3.0, -1.0]), "at least 0, but got -1.0"),
    (lambda: bp.inputs.section_input([1.0], [1.0], dt=0.0), "dt must be positive, but got 0.0"),
    (lambda: bp.inputs.spike_input([1.0, 2.0], [1.0, 1.0, 1.0], 1.0, 5.0), r"as long as sp_times \(2\)"),
    (lambda: bp.inputs.spike_input([6.0], 1.0, 1.0, 5.0), r"sp_times must be within \[0, 5.0\)"),
    (lambda: bp.inputs.ramp_input(0, 1, 10.0, t_start=5.0, t_end=3.0), r"in order within \[0, 10.0\], but got 5.0 and 3.0"),
    (lambda: bp.inputs.sinusoidal_input(1, 1, 10.0, t_end=11.0), "but got 0.0 and 11.0"),
    (lambda: bp.inputs.wiener_process(-1.0), "at least 0, but got -1.0"),
    (lambda: bp.inputs.ou_process(0.0, 1.0, 0.0, 1.0), "tau must be positive, but got 0.0"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
