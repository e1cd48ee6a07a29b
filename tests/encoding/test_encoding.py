"""Spikes can be turned back into the values that they encode."""
from __future__ import annotations

import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.backends.base import is_installed

X = np.linspace(0.0, 1.0, 21).reshape(3, 7)


def test_poisson_rates_are_the_values():
    spikes = np.asarray(bp.encoding.PoissonEncoder(seed=1)(X, num_step=4000))
    assert spikes.shape == (4000, 3, 7) and spikes.dtype == np.float32 and set(np.unique(spikes)) == {0.0, 1.0}
    assert np.all(abs(spikes.mean(axis=0) - X) <= 5 * np.sqrt(X * (1 - X) / 4000))


def test_poisson_ranges_steps_and_seeds():
    encoder = bp.encoding.PoissonEncoder(-10.0, 10.0, seed=1)
    assert np.asarray(encoder([-20.0, -10.0, 10.0, 30.0])).tolist() == [0.0, 0.0, 1.0, 1.0]
    spikes = np.asarray(encoder(np.zeros(50), num_step=200))
    assert abs(spikes.mean() - 0.5) < 5 * math.sqrt(0.25 / 10_000)
    again = bp.encoding.PoissonEncoder(-10.0, 10.0, seed=1)
    again([0.0] * 4)
    assert np.array_equal(again(np.zeros(50), num_step=200), spikes)
    assert not np.array_equal(again(np.zeros(50), num_step=200), spikes)


@pytest.mark.parametrize("method", ["linear", "log"])
@pytest.mark.parametrize("steps", [1, 10, 400])
def test_latency(method, steps):
    spikes = np.asarray(bp.encoding.LatencyEncoder(0.0, 1.0, steps, method)(X))
    assert spikes.shape == (steps, 3, 7) and (spikes.sum(axis=0) == 1).all()
    if method == "linear":
        late = (steps - 1) * (1 - X)
    else:  # with a long period, alpha + 1 is beyond what a float can hold
        late = np.array([steps - 1.0 if x == 0 else -math.log(x) for x in X.ravel()]).reshape(X.shape)
        late = np.minimum(late, steps - 1)
        if steps <= 10:
            late = steps - 1 - np.log((math.exp(steps - 1) - 1) * X + 1)
    assert abs(spikes.argmax(axis=0) - late).max() <= 0.5 + 1e-4
    assert spikes.argmax(axis=0)[0, 0] == steps - 1 and spikes.argmax(axis=0)[2, 6] == 0


def test_latency_of_a_range_and_of_more_steps_than_a_period():
    encoder = bp.encoding.LatencyEncoder(-1.0, 1.0, 5)
    spikes = np.asarray(encoder([-3.0, -1.0, 0.0, 1.0, 2.0], num_step=8))
    assert spikes.shape == (8, 5) and spikes.argmax(axis=0).tolist() == [4, 4, 2, 0, 0] and not spikes[5:].any()
    assert np.asarray(encoder([-1.0, 1.0], num_step=2)).tolist() == [[0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize("phases", [1, 3, 8, 12])
def test_weighted_phases_are_binary_digits(phases):
    levels = np.arange(2**phases)
    spikes = np.asarray(bp.encoding.WeightedPhaseEncoder(0, 2**phases - 1, phases)(levels))
    assert np.array_equal(spikes, [(levels >> (phases - 1 - k)) & 1 for k in range(phases)])


def test_weighted_phases_of_a_range_that_repeat():
    encoder = bp.encoding.WeightedPhaseEncoder(-2.0, 6.0, 10)
    x = np.random.default_rng(1).uniform(-2, 6, 100)
    spikes = np.asarray(encoder(x, num_step=25))
    assert np.array_equal(spikes[:10], spikes[10:20]) and np.array_equal(spikes[:5], spikes[20:])
    read = (2.0 ** -np.arange(1, 11) @ spikes[:10]) / (1 - 2**-10)
    assert abs(read - (x + 2) / 8).max() < 1.1 * 2**-10
    assert not np.asarray(encoder([-2.0, -9.0])).any() and np.asarray(encoder([6.0, 9.0])).all()


def test_weights_of_ones_own():
    encoder = bp.encoding.WeightedPhaseEncoder(0.0, 6.0, 3, weight_fun=lambda phase: 3.0 - phase)
    assert np.asarray(encoder(np.arange(7.0))).T.astype(int).tolist() == [
        [0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]]


@pytest.mark.parametrize("make", [
    lambda: bp.encoding.PoissonEncoder(0.0, 1.0, seed=1), lambda: bp.encoding.LatencyEncoder(0.0, 1.0, 6, "log"),
    lambda: bp.encoding.WeightedPhaseEncoder(0.0, 1.0, 6),
])
@pytest.mark.skipif(not is_installed("numba"), reason="Numba is not installed")
def test_encoding_inside_of_compiled_loops(make):
    data = bm.asarray(np.random.default_rng(2).random((5, 4)), dtype=np.float32)

    def run(name):
        encoder = make()
        with backend(name), settings.using(strict=True):
            return np.asarray(bm.for_loop(lambda x: encoder(x, num_step=6), data))

    assert run("numpy").shape == (5, 6, 4)
    assert np.array_equal(run("numba"), run("numpy"))


@pytest.mark.parametrize("call, message", [
    (lambda: bp.encoding.PoissonEncoder(1.0, 0.0), "min_val must be a number below max_val, but got 1.0 and 0.0"),
    (lambda: bp.encoding.PoissonEncoder(max_val=0.0), "both be given or none, but got None and 0.0"),
    (lambda: bp.encoding.PoissonEncoder()(X, num_step=0), "num_step must be an integer of at least 1, but got 0"),
    (lambda: bp.encoding.LatencyEncoder(0.0, 1.0, 2.5), "num_period must be an integer of at least 1, but got 2.5"),
    (lambda: bp.encoding.LatencyEncoder(0.0, 1.0, 3, "exp"), r"method must be one of .* but got 'exp'"),
    (lambda: bp.encoding.WeightedPhaseEncoder(0.0, 1.0, 3, lambda phase: 0.0), "positive weights"),
    (lambda: bp.encoding.WeightedPhaseEncoder(0.0, 1.0, 3, lambda phase: 1.0 + phase), "weights that fall"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_encoder_must_say_how_it_encodes():
    with pytest.raises(TypeError, match="abstract"):
        bp.encoding.Encoder()
