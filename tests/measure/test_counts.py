"""Spike counts, rates and times of first spikes are what loops over steps find, and have the gradients they should."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings

RNG = np.random.default_rng(0)
SPIKES = (RNG.random((3, 9, 4)) < 0.3).astype(np.float32)
SPIKES[1, :, 2] = 0.0  # silent


def first(train):
    return next((step for step, spike in enumerate(train) if spike), len(train))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_counts_and_rates(order):
    turned, axis = SPIKES.transpose(order), order.index(1)
    counts = np.array([[sum(SPIKES[b, :, n]) for n in range(4)] for b in range(3)])
    expected = counts if order.index(0) < order.index(2) else counts.T
    assert np.array_equal(bp.measure.spike_counts(turned, axis), expected)
    assert np.array_equal(bp.measure.spike_counts(turned > 0, axis - 3), expected)
    assert np.allclose(bp.measure.firing_rates(turned, 0.5, axis), expected / 0.0045, rtol=1e-6)
    times = np.array([[0.5 * first(SPIKES[b, :, n]) for n in range(4)] for b in range(3)])
    got = bp.measure.first_spike_times(turned, 0.5, axis)
    assert np.allclose(got, times if order.index(0) < order.index(2) else times.T, rtol=1e-6)


def test_means_over_further_axes_and_layers():
    counts = SPIKES.sum(1)
    for axis, expected in ((0, counts.mean(0)), (-1, counts.mean(1)), ((0, 2), counts.mean())):
        layers = {"hidden": SPIKES, "out": [bm.asarray(SPIKES[..., :2])]}
        got, rates = [f(layers, axis=axis) for f in (bp.measure.spike_counts, bp.measure.firing_rates)]
        assert np.allclose(got["hidden"], expected, rtol=1e-6)
        assert np.allclose(rates["hidden"], expected / 0.0009, rtol=1e-6)  # 9 steps of 0.1 ms
        assert got["out"][0].shape == rates["out"][0].shape == {0: (2,), -1: (3,)}.get(axis, ())


def test_first_spikes_of_truth_values_and_layers():
    got = bp.measure.first_spike_times({"a": SPIKES > 0}, 1.0)["a"]
    assert got.dtype == np.float32 and float(got[1, 2]) == 9.0
    assert np.array_equal(got, bp.measure.first_spike_times(SPIKES, 1.0))


def test_the_gradient_of_first_spike_times_is_the_documented_one():
    gradient = np.asarray(bm.grad(lambda s: bp.measure.first_spike_times(s, 0.5).sum())(bm.asarray(SPIKES)))
    for b, n in np.ndindex(3, 4):
        at = [*np.flatnonzero(SPIKES[b, :, n]), 9, 9]
        for k in range(9):
            expected = at[0] - k if k < at[0] else at[1] - at[0] if k == at[0] else 0
            assert gradient[b, k, n] == pytest.approx(-0.5 * expected)


def test_the_gradient_of_first_spike_times_is_that_of_central_differences():
    with bm.environment(x64=True):
        chances = RNG.random((2, 5, 2))
        weights = RNG.normal(size=(2, 2))

        def total(x):
            return bm.sum(weights * bp.measure.first_spike_times(x, 0.5))

        gradient, h = np.asarray(bm.grad(total)(bm.asarray(chances))), 1e-6
        for index in np.ndindex(*chances.shape):
            step = np.zeros_like(chances)
            step[index] = h
            slope = (float(total(chances + step)) - float(total(chances - step))) / (2 * h)
            assert gradient[index] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.usefixtures("each_backend")
def test_inside_of_loops():
    def turn(x):
        return (bp.measure.spike_counts(x), bp.measure.firing_rates(x, axis=0), bp.measure.first_spike_times(x),
                bm.grad(lambda s: bp.measure.first_spike_times(s).sum())(x))

    rows = bm.asarray(np.stack([SPIKES, 1 - SPIKES]))
    with settings.using(strict=True):
        looped = bm.for_loop(turn, rows)
    for i, row in enumerate(rows):
        for got, expected in zip(looped, turn(row), strict=True):
            assert np.allclose(got[i], expected, rtol=1e-5)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.measure.spike_counts(SPIKES, 3), r"time_axis=3 and axis=None must be axes .* \(3, 9, 4\)"),
    (lambda: bp.measure.spike_counts(SPIKES, 1, (0, -2)), "must be different axes"),
    (lambda: bp.measure.firing_rates(SPIKES, dt=-0.1), "dt must be a positive time in ms, but got -0.1"),
    (lambda: bp.measure.firing_rates(SPIKES[:, :0]), "at least one step of time"),
    (lambda: bp.measure.first_spike_times(SPIKES[0, 0]), "must be axes of"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
