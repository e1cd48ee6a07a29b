"""Measures agree with their definitions, written as loops, and with known values."""
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

RNG = np.random.default_rng(1)
SPIKES = RNG.random((61, 6)) < 0.15
V = np.cumsum(RNG.normal(size=(200, 5)), axis=0) + np.sin(np.arange(200) / 9)[:, None]


@pytest.mark.parametrize("bin, steps", [(0.1, 1), (0.5, 5), (0.7, 7)])
def test_cross_correlation(bin, steps):
    pairs = []
    for i, j in itertools.combinations(range(6), 2):
        x, y = [[SPIKES[k:k + steps, n].any() for k in range(0, 61, steps)] for n in (i, j)]
        both = sum(a and b for a, b in zip(x, y, strict=True))
        pairs.append(both / math.sqrt(sum(x) * sum(y)))
    for method in ("loop", "vmap"):
        assert bp.measure.cross_correlation(SPIKES, bin, dt=0.1, method=method) == pytest.approx(np.mean(pairs), rel=1e-12)


def test_cross_correlation_of_equal_and_silent_neurons():
    same = np.repeat(SPIKES[:, :1], 3, axis=1)
    assert bp.measure.cross_correlation(same, 0.3, dt=0.1) == pytest.approx(1.0)
    silent = np.hstack([SPIKES[:, :1], np.zeros((61, 1))])
    assert bp.measure.cross_correlation(silent, 0.3, dt=0.1) == 0.0


def test_voltage_fluctuation():
    mean = [sum(row) / 5 for row in V.tolist()]
    expected = np.var(mean) / np.mean([np.var(V[:, i]) for i in range(5)])
    assert bp.measure.voltage_fluctuation(V) == pytest.approx(expected, rel=1e-12)
    independent = np.random.default_rng(2).normal(size=(20_000, 10))
    assert bp.measure.voltage_fluctuation(independent) == pytest.approx(0.1, rel=0.05)
    assert bp.measure.voltage_fluctuation(np.ones((5, 3))) == 1.0


def test_correlations():
    assert np.allclose(bp.measure.functional_connectivity(V), np.corrcoef(V.T), rtol=1e-12)
    x = np.corrcoef(V[:100].T)
    y = np.corrcoef(V[100:].T)
    below = np.tril_indices(5, -1)
    assert bp.measure.matrix_correlation(x, y) == pytest.approx(np.corrcoef(x[below], y[below])[0, 1], rel=1e-12)
    weights = RNG.integers(0, 4, 200)
    repeated = np.repeat(V[:, :2], weights, axis=0)
    expected = np.corrcoef(repeated.T)[0, 1]  # a weight is a number of times
    assert bp.measure.weighted_correlation(V[:, 0], V[:, 1], weights) == pytest.approx(expected, rel=1e-12)


def test_an_activity_that_does_not_change_has_no_correlation():
    activities = np.column_stack([V[:, 0], np.full(200, 0.1)])
    assert bp.measure.functional_connectivity(activities).tolist() == [[pytest.approx(1.0), 0.0], [0.0, 0.0]]


def test_results_may_be_arrays_of_nbbrain():
    given = bm.asarray(V)
    for name, arguments in (("functional_connectivity", ()), ("voltage_fluctuation", ()), ("firing_rate", (1.0,))):
        measure = getattr(bp.measure, name)
        ours, numpys = measure(given, *arguments, numpy=False), measure(given, *arguments)
        assert type(ours) is bm.Array and ours.dtype == np.float32 and isinstance(numpys, (np.ndarray, np.floating))
        assert np.allclose(ours, numpys, rtol=1e-5)


# ---------------------------------------------------------------------------------------------------------------------
# Spikes
# ---------------------------------------------------------------------------------------------------------------------


def test_raster_plot():
    times = np.arange(61) * 0.1
    index, time = bp.measure.raster_plot(bm.asarray(SPIKES), bm.asarray(times, dtype=np.float32))
    assert [(i, round(t, 4)) for i, t in zip(index.tolist(), time.tolist(), strict=True)] == \
        [(i, round(k * 0.1, 4)) for k in range(61) for i in range(6) if SPIKES[k, i]]


@pytest.mark.parametrize("width, steps", [(0.1, 1), (0.5, 5), (0.7, 7), (1.0, 11), (3.3, 33), (30.0, 301)])
def test_firing_rate_counts_spikes_in_a_window(width, steps):
    rate = bp.measure.firing_rate(SPIKES, width, dt=0.1)
    half = steps // 2
    for k in range(61):
        spikes = SPIKES[max(k - half, 0):k + half + 1].sum() / 6
        assert rate[k] == pytest.approx(1000 * spikes / (steps * 0.1), abs=1e-9)


@pytest.mark.parametrize("width", [1.0, 1.5, 20.0])
def test_a_regular_rate_is_measured_exactly(width):
    """A spike in every step of 0.1 ms is 10000 Hz, whatever the window."""
    rate = bp.measure.firing_rate(np.ones((500, 2)), width, dt=0.1)
    assert rate[250] == pytest.approx(10_000.0, rel=1e-12)


# ---------------------------------------------------------------------------------------------------------------------
# Local field potential (Telenczuk et al., 2020)
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spike_type, width", [("exc", 3.15), ("inh", 2.1)])
@pytest.mark.parametrize("location, amplitudes", [("soma layer", (0.48, 3.0)), ("deep layer", (-0.16, -0.2)),
                                                  ("superficial layer", (0.24, -1.2)), ("surface layer", (-0.08, 0.3))])
def test_a_spike_at_the_electrode(spike_type, width, location, amplitudes):
    times = np.arange(0, 60, 0.1)
    spikes = np.zeros((600, 1))
    spikes[[50, 300]] = 1
    lfp = bp.measure.unitary_LFP(times, spikes, spike_type, xmax=0.0, ymax=0.0, location=location)
    amplitude = amplitudes[spike_type == "inh"]
    expected = sum(amplitude * np.exp(-((times - when - 10.4) ** 2) / (2 * width**2)) for when in (5.0, 30.0))
    assert np.allclose(lfp, expected, rtol=1e-9, atol=1e-12)


def test_distance_makes_a_spike_late_and_small():
    """At 200 mm/s, 0.1 mm take 0.5 ms."""
    times = np.arange(0, 40, 0.01)
    spikes = np.zeros((4000, 1))
    spikes[500] = 1
    for seed in range(5):
        lfp = bp.measure.unitary_LFP(times, spikes, xmax=0.4, ymax=0.0, seed=seed)
        peak, size = times[lfp.argmax()] - 5.0, lfp.max()
        distance = -0.2 * math.log(size / 0.48)
        assert 0 <= distance <= 0.2 and peak == pytest.approx(10.4 + distance / 0.2, abs=0.006)


def test_potentials_add_up(monkeypatch):
    times = np.arange(61) * 0.1
    lfp = bp.measure.unitary_LFP(times, SPIKES, "inh", seed=3)
    apart = sum(bp.measure.unitary_LFP(times, np.where(np.arange(6) == i, SPIKES, False), "inh", seed=3) for i in range(6))
    assert np.allclose(lfp, apart, rtol=1e-12)
    monkeypatch.setattr("nbbrain.measure.local_field_potential._AT_ONCE", 200)
    assert np.allclose(bp.measure.unitary_LFP(times, SPIKES, "inh", seed=3), lfp, rtol=1e-12)
    assert not np.allclose(bp.measure.unitary_LFP(times, SPIKES, "inh", seed=4), lfp)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.measure.cross_correlation(SPIKES, 0.01, dt=0.1), "6 neurons and a bin of 0.01 ms"),
    (lambda: bp.measure.cross_correlation(SPIKES[:, :1], 0.5, dt=0.1), "1 neurons and a bin"),
    (lambda: bp.measure.cross_correlation(SPIKES, 0.5, method="fast"), r"method must be one of .* but got 'fast'"),
    (lambda: bp.measure.voltage_fluctuation(V[0]), r"potentials must have 2 axes.*\(5,\)"),
    (lambda: bp.measure.matrix_correlation(V, V[:5]), r"one shape, but got \(200, 5\) and \(5, 5\)"),
    (lambda: bp.measure.weighted_correlation(V[:, 0], V[:, 1], [1.0]), "one length, but got 200, 200 and 1"),
    (lambda: bp.measure.raster_plot(SPIKES, [0.0]), r"every one of 61 rows, but times has the shape \(1,\)"),
    (lambda: bp.measure.firing_rate(SPIKES, 0.0), "width must be positive, but got 0.0"),
    (lambda: bp.measure.unitary_LFP([0.0], SPIKES[:1], "e"), "spike_type must be 'exc' or 'inh', but got 'e'"),
    (lambda: bp.measure.unitary_LFP([0.0], SPIKES[:1], location="soma"), "location must be one of .* but got 'soma'"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_tuning_curves():
    """Against a loop over stimuli; axes of neurons are flattened, and single trials do not deviate."""
    rng = np.random.default_rng(0)
    stimuli, responses = rng.integers(0, 4, 30) * 0.1, rng.normal(size=(30, 2, 3))
    stimuli[stimuli == 0.] = 0.1
    stimuli[7] = -1.
    values, means, deviations = bp.measure.tuning_curves(bm.asarray(stimuli, dtype=bm.float64), responses)
    assert values.tolist() == sorted(set(stimuli.tolist())) and means.shape == deviations.shape == (4, 6)
    for value, mean, deviation in zip(values, means, deviations, strict=True):
        rows = responses.reshape(30, 6)[stimuli == value]
        np.testing.assert_allclose(mean, rows.sum(axis=0) / len(rows))
        np.testing.assert_allclose(deviation, np.sqrt(((rows - mean) ** 2).sum(axis=0) / len(rows)), atol=1e-15)
    assert not deviations[0].any()


@pytest.mark.parametrize("stimuli, message", [([1., 2.], r"shapes \(2,\) and \(3, 1\)"), ([1., np.nan, 2.], "of trial 1 is"),
                                              ([[1.], [2.], [3.]], r"shapes \(3, 1\) and \(3, 1\)")])
def test_stimuli_that_are_refused(stimuli, message):
    with pytest.raises(ValueError, match=message):
        bp.measure.tuning_curves(stimuli, np.ones((3, 1)))
