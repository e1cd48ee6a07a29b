"""Spikes made of manifolds, images and events: times and numbers, counted in another way."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain import datasets


def test_every_unit_fires_as_often_in_every_sample() -> None:
    spikes, labels = datasets.random_manifolds(num_class=3, num_unit=30, num_step=200, num_sample=40, num_spike=2, seed=1)
    assert spikes.shape == (120, 200, 30) and spikes.dtype == np.float32 and labels.dtype == np.int32
    number = spikes.sum(axis=1)
    assert number.max() == 2 and number.min() >= 1 and (number == 1).mean() < 0.05  # two spikes of one step count as one
    assert np.bincount(labels).tolist() == [40, 40, 40] and not np.array_equal(labels, np.sort(labels))


def test_times_of_a_class_fill_the_range_and_lie_on_a_curve() -> None:
    spikes, labels = datasets.random_manifolds(num_class=2, num_unit=12, num_step=1000, num_sample=300, seed=2,
                                               dtype=np.uint8)
    times = spikes.argmax(axis=1)
    for label in (0, 1):
        own = times[labels == label]
        assert np.all(own.min(axis=0) == 0) and np.all(own.max(axis=0) == 999)
        apart = np.abs(own[:, None] - own[None]).max(axis=-1)
        np.fill_diagonal(apart, 1000)
        assert np.median(apart.min(axis=1)) < 25  # neighbours along a line of 300 points
    between = np.abs(times[labels == 0][:, None] - times[labels == 1][None]).max(axis=-1)
    assert np.median(between.min(axis=1)) > 200


def test_rough_manifolds_are_rougher() -> None:
    def nearest(alpha, dim):
        spikes, _ = datasets.random_manifolds(1, 20, 500, 200, dim=dim, alpha=alpha, seed=3)
        times = spikes.argmax(axis=1)
        apart = np.abs(times[:, None] - times[None]).mean(axis=-1)
        np.fill_diagonal(apart, np.inf)
        return np.median(apart.min(axis=1))

    assert nearest(3., 1) < nearest(1., 1) and nearest(2., 1) < nearest(2., 2)


def test_manifolds_are_products_of_sums_of_sines() -> None:
    from nbbrain.datasets.randman import _manifold

    rng = np.random.default_rng(0)
    points, chance = rng.random((4, 2)), rng.random((3, 2, 3, 5))
    made = _manifold(points, chance, alpha=1.5)
    for i, z in enumerate(points):
        for unit, tables in enumerate(chance):
            value = 1.
            for d in range(2):
                A, B, C = tables[d]
                value *= sum(A[k] / (k + 1)**1.5 * np.sin(2 * np.pi * (k * z[d] * B[k] + C[k])) for k in range(1, 5))
            assert made[i, unit] == pytest.approx(value, rel=1e-12)


def test_rates_of_pixels() -> None:
    images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)
    spikes = datasets.rate_spikes(images, num_step=20000, max_rate=200., dt=0.5, seed=0, dtype=np.uint8)
    assert spikes.shape == (1, 20000, 4) and spikes.dtype == np.uint8
    np.testing.assert_allclose(spikes.mean(axis=(0, 1)), 1 - np.exp(-np.array([0., 0.02, 0.04, 0.1])), atol=5e-3)
    again = datasets.rate_spikes(images / 255., num_step=20000, max_rate=200., dt=0.5, seed=0, dtype=np.uint8)
    np.testing.assert_array_equal(again, spikes)


def test_latencies_of_pixels() -> None:
    x = np.linspace(0., 1., 50)
    spikes = datasets.latency_spikes(x[None], num_step=100, tau=20., threshold=0.2, dt=0.5)
    for value, train in zip(x, spikes[0].T, strict=True):
        late = 20. * np.log(value / (value - 0.2)) if value > 0.2 else np.inf
        assert np.flatnonzero(train).tolist() == ([int(late // 0.5)] if late < 50. else [])
    membrane, brightness = 0., 0.7  # the leaky integrator itself
    step = 0
    while membrane <= 0.2:
        membrane += 1e-3 / 20. * (brightness - membrane)
        step += 1
    one = datasets.latency_spikes(np.array([[0.7]]), num_step=1000, dt=0.1)
    assert one[0, :, 0].argmax() == pytest.approx(step * 1e-3 / 0.1, abs=1.)


def test_events_are_counted() -> None:
    rng = np.random.default_rng(1)
    times = [rng.uniform(-0.1, 1.2, size=n) for n in (0, 500, 37)]
    channels = [rng.integers(4, size=row.size) for row in times]
    made = datasets.bin_events(times, channels, num_channel=4, num_step=7, duration=1.)
    edges = [np.linspace(0., 1., 8), np.arange(5) - 0.5]
    for row, channel, counted in zip(times, channels, made, strict=True):
        np.testing.assert_array_equal(counted, np.histogram2d(row[row < 1.], channel[row < 1.], bins=edges)[0])
    assert made.shape == (3, 7, 4) and made.dtype == np.float32
    np.testing.assert_array_equal(datasets.bin_events(times, channels, 4, 7, 1., binary=True), made > 0)


def test_small_counters_stop_at_their_end_and_the_duration_may_follow_from_the_events() -> None:
    made = datasets.bin_events([np.full(300, 0.5), [2.]], [np.zeros(300, int), [0]], 1, num_step=4, dtype=np.uint8)
    assert made[:, :, 0].tolist() == [[0, 255, 0, 0], [0, 0, 0, 1]]
    assert datasets.bin_events([[]], [[]], 2, num_step=3).sum() == 0
    ticks = np.arange(0, 300000, 3000)  # whole numbers lie where they should
    assert np.all(datasets.bin_events([ticks], [np.zeros(100, int)], 1, num_step=100, duration=300000) == 1)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: datasets.random_manifolds(alpha=0.), "alpha must be larger than 0, but got 0.0"),
    (lambda: datasets.random_manifolds(dim=0), "dim must be an integer of at least 1, but got 0"),
    (lambda: datasets.random_manifolds(2, 2, 2, 2, dtype=np.complex64), "dtype must be one of numbers, but got complex64"),
    (lambda: datasets.rate_spikes(np.array([[2.]])), "images must be from 0 to 1.0; the argument largest"),
    (lambda: datasets.rate_spikes(np.array([[-1]])), "images must be from 0 to 255.0"),
    (lambda: datasets.rate_spikes(np.array([[1]]), largest=0), "largest must be larger than 0, but got 0"),
    (lambda: datasets.rate_spikes(np.array([["a"]])), "images must be numbers of shape"),
    (lambda: datasets.rate_spikes(np.array([0.5])), r"images must be numbers of shape \(samples, ...\), but got float64"),
    (lambda: datasets.latency_spikes(np.array([[0.5]]), tau=0.), "tau must be larger than 0, but got 0.0"),
    (lambda: datasets.latency_spikes(np.array([[0.5]]), num_step=0), "num_step must be an integer of at least 1"),
    (lambda: datasets.bin_events([[1.]], [], 2), "times and channels must have one number of samples, but got 1 and 0"),
    (lambda: datasets.bin_events([[1., 2.]], [[1]], 2), r"sample 0: times and channels must be .* shapes \(2,\) and \(1,\)"),
    (lambda: datasets.bin_events([[1.]], [[2]], 2), "sample 0: channels must be integers from 0 to 1"),
    (lambda: datasets.bin_events([[1.]], [[0.5]], 2), "sample 0: channels must be integers from 0 to 1"),
    (lambda: datasets.bin_events([[np.nan]], [[0]], 2), "sample 0: times must be finite numbers"),
    (lambda: datasets.bin_events([[1.]], [[0]], 2, duration=0.), "duration must be larger than 0 and finite, but got 0.0"),
])
def test_wrong_arguments(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
