"""Losses of spike trains are what loops over spikes say, have the gradients of central differences, and train."""
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import get_backend
from nbbrain.losses.names import loss_function
from nbbrain.losses.traces import exponential_traces

RNG = np.random.default_rng(0)
SPIKES = (RNG.random((3, 8, 4)) < 0.3).astype(float)
SPIKES[0, :, 1] = 0.0  # silent
OTHERS = (RNG.random((3, 8, 4)) < 0.3).astype(float)
CLASSES, WEIGHTS = np.array([2, 1, 2]), np.array([1.0, 3.0, 0.5, 2.0])
NUMBERS = RNG.random((3, 4)) * 4
CHANCES = RNG.random((3, 8, 4)) * 0.8 + 0.1
"""Spikes by chance: what surrogate gradients pass through is smooth there."""

LOSSES = {
    "count, cross entropy": lambda x, **options: bp.losses.spike_count_cross_entropy(x, CLASSES, WEIGHTS, **options),
    "count, error": lambda x, **options: bp.losses.spike_count_squared_error(x, NUMBERS, **options),
    "rate": lambda x, **options: bp.losses.firing_rate_loss(x, 100 * NUMBERS, dt=0.5, **options),
    "first spike": lambda x, **options: bp.losses.first_spike_loss(x, CLASSES, 2.0, 0.5, WEIGHTS, **options),
    "first and early spike": lambda x, **options: bp.losses.first_spike_loss(x, CLASSES, 2.0, 0.5, early=0.3, early_tau=5.0,
                                                                             **options),
    "maximum": lambda x, **options: bp.losses.max_over_time_cross_entropy(x, CLASSES, WEIGHTS, **options),
}
"""Of spikes (batch, time, neurons)."""


def van_rossum(x, **options):
    return bp.losses.van_rossum_loss(x, OTHERS, tau=3.0, dt=0.5, **options)


@pytest.fixture
def x64():
    with bm.environment(x64=True):
        yield


# ---------------------------------------------------------------------------------------------------------------------
# Values, by loops
# ---------------------------------------------------------------------------------------------------------------------


def cross_entropy(scores, b):
    return math.log(sum(math.exp(score) for score in scores)) - scores[CLASSES[b]]


def first(train, dt):
    for step, spike in enumerate(train):
        if spike:
            return step * dt
    return len(train) * dt


def by_loops(name):
    """The loss of every example or neuron, without weights."""
    counts = [[sum(SPIKES[b, t, n] for t in range(8)) for n in range(4)] for b in range(3)]
    times = [[first(SPIKES[b, :, n], 0.5) for n in range(4)] for b in range(3)]
    pairs = list(itertools.product(range(3), range(4)))
    if name == "count, cross entropy":
        return [cross_entropy(counts[b], b) for b in range(3)]
    if name == "count, error":
        return np.reshape([(counts[b][n] - NUMBERS[b, n]) ** 2 for b, n in pairs], (3, 4))
    if name == "rate":  # 8 steps of 0.5 ms are 4 ms
        return np.reshape([(counts[b][n] / 0.004 - 100 * NUMBERS[b, n]) ** 2 for b, n in pairs], (3, 4))
    if name == "maximum":
        return [cross_entropy([max(SPIKES[b, :, n]) for n in range(4)], b) for b in range(3)]
    early = [0.3 * (math.exp(times[b][CLASSES[b]] / 5) - 1) if "early" in name else 0.0 for b in range(3)]
    return [cross_entropy([-time / 2 for time in times[b]], b) + early[b] for b in range(3)]


@pytest.mark.parametrize("name", LOSSES)
def test_values(x64, name):
    expected = np.array(by_loops(name))
    if expected.ndim == 1 and "early" not in name:
        expected = expected * WEIGHTS[CLASSES]
    assert np.allclose(LOSSES[name](SPIKES, reduction="none"), expected, rtol=1e-12)
    assert float(LOSSES[name](SPIKES, reduction="sum")) == pytest.approx(expected.sum(), rel=1e-12)
    number = WEIGHTS[CLASSES].sum() if expected.ndim == 1 and "early" not in name else expected.size
    assert float(LOSSES[name](SPIKES)) == pytest.approx(expected.sum() / number, rel=1e-12)


def test_van_rossum_is_a_sum_over_pairs_of_spikes(x64):
    """The integral of a product of two traces is half of exp(-distance / tau)."""
    expected = np.zeros((3, 4))
    for b, n in np.ndindex(3, 4):
        spikes = [(0.5 * t, sign) for train, sign in ((SPIKES, 1), (OTHERS, -1)) for t in range(8) if train[b, t, n]]
        expected[b, n] = sum(s * r * math.exp(-abs(t - u) / 3) / 2 for t, s in spikes for u, r in spikes)
    assert np.allclose(van_rossum(SPIKES, reduction="none"), expected, rtol=1e-12, atol=1e-14)
    assert float(van_rossum(SPIKES)) == pytest.approx(expected.mean(), rel=1e-12)
    assert float(van_rossum(SPIKES, reduction="sum")) == pytest.approx(expected.sum(), rel=1e-12)


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.99])
@pytest.mark.parametrize("time", [1, 2, 3, 4, 5, 10, 16, 17, 50])
def test_traces(x64, time, decay):
    x = RNG.normal(size=(time, 2, 3))
    expected, trace = [], 0.0
    for row in x:
        trace = decay * trace + row
        expected.append(trace)
    assert np.allclose(exponential_traces(bm.asarray(x), decay), expected, rtol=1e-12, atol=1e-14)


def test_van_rossum_by_its_integral(x64):
    fine = np.arange(0, 60, 1e-3) + 5e-4
    traces = [sum(np.where(fine >= 0.5 * t, np.exp(-(fine - 0.5 * t) / 3), 0) for t in np.flatnonzero(train[1, :, 2]))
              for train in (SPIKES, OTHERS)]
    assert float(van_rossum(SPIKES, reduction="none")[1, 2]) == pytest.approx(
        np.sum((traces[0] - traces[1]) ** 2) * 1e-3 / 3, rel=1e-4)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0)])
def test_axes_may_stand_in_any_order(x64, name, order):
    turned, axes = SPIKES.transpose(order), {"time_axis": order.index(1)}
    if not name.startswith(("rate", "count, error")):
        axes["axis"] = order.index(2) - 3
    elif order.index(2) < order.index(0):
        return  # targets have the order of what is left
    assert np.allclose(LOSSES[name](turned, **axes), LOSSES[name](SPIKES), rtol=1e-12)


def test_axes_of_targets_and_means_over_further_axes(x64):
    shares = np.eye(4)[CLASSES]
    for loss in (bp.losses.spike_count_cross_entropy, bp.losses.max_over_time_cross_entropy,
                 lambda x, y, **options: bp.losses.first_spike_loss(x, y, early=0.1, **options)):
        expected = float(loss(SPIKES, CLASSES))
        assert float(loss(SPIKES, shares)) == pytest.approx(expected, rel=1e-12)
        assert float(loss(SPIKES.transpose(2, 0, 1), shares.T, axis=0, time_axis=2)) == pytest.approx(expected, rel=1e-12)
    counts = SPIKES.sum(1)
    assert float(bp.losses.spike_count_squared_error(SPIKES, 2.0, axis=(0, 2))) == pytest.approx((counts.mean() - 2) ** 2)
    got = bp.losses.firing_rate_loss(SPIKES, np.array([1.0, 2.0, 3.0]), 0.5, "none", axis=-1)
    assert np.allclose(got, (counts.mean(1) / 0.004 - [1, 2, 3]) ** 2)
    assert np.allclose(bp.losses.van_rossum_loss(SPIKES.swapaxes(0, 1), OTHERS.swapaxes(0, 1), 3.0, 0.5, time_axis=0),
                       van_rossum(SPIKES))
    assert float(bp.losses.van_rossum_loss(SPIKES, OTHERS[0])) > 0  # one target for all examples


def test_structures_and_truth_values():
    fired, layers = SPIKES > 0, {"a": SPIKES, "b": [SPIKES]}
    targets = {"a": CLASSES, "b": [CLASSES]}
    for loss in (bp.losses.spike_count_cross_entropy, bp.losses.first_spike_loss, bp.losses.max_over_time_cross_entropy):
        once = float(loss(SPIKES, CLASSES))
        assert float(loss(layers, targets)) == pytest.approx(2 * once, rel=1e-5)
        assert float(loss(fired, CLASSES)) == pytest.approx(once, rel=1e-5)
    assert float(bp.losses.van_rossum_loss(fired, OTHERS > 0)) == pytest.approx(
        float(bp.losses.van_rossum_loss(SPIKES, OTHERS)), rel=1e-5)


def test_the_time_step_is_that_of_the_model_which_runs():
    at = {dt: float(bp.losses.firing_rate_loss(SPIKES, 0.0, dt=dt)) for dt in (0.1, 0.5)}
    assert float(bp.losses.firing_rate_loss(SPIKES, 0.0)) == pytest.approx(at[0.1])
    with bp.share.saved(dt=0.5):
        assert float(bp.losses.firing_rate_loss(SPIKES, 0.0)) == pytest.approx(at[0.5])


# ---------------------------------------------------------------------------------------------------------------------
# Gradients, compiled loops, training
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*LOSSES, "van Rossum"])
def test_gradients_are_those_of_central_differences(x64, name):
    loss = LOSSES.get(name, van_rossum)
    gradient, h = np.asarray(bm.grad(loss)(bm.asarray(CHANCES))), 1e-6
    for index in [*np.ndindex(2, 8, 2), (2, 3, 3)]:
        step = np.zeros_like(CHANCES)
        step[index] = h
        slope = (float(loss(CHANCES + step)) - float(loss(CHANCES - step))) / (2 * h)
        assert gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.usefixtures("each_backend")
@pytest.mark.parametrize("name", [*LOSSES, "van Rossum"])
def test_losses_inside_of_loops_and_the_dtype(name):
    loss, rows = LOSSES.get(name, van_rossum), np.stack([SPIKES, OTHERS]).astype(np.float32)
    with settings.using(strict=True):
        looped = bm.for_loop(lambda x: (loss(x), bm.grad(loss)(x)), bm.asarray(rows))
    for values, row in zip(zip(*looped, strict=True), rows, strict=True):
        expected = loss(bm.asarray(row)), bm.grad(loss)(bm.asarray(row))
        for got, want in zip(values, expected, strict=True):
            assert np.asarray(got).dtype == want.dtype == np.float32
            assert np.allclose(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("loss, targets", [
    ("spike_count_cross_entropy", np.array([0, 1])), ("spike_count_squared_error", np.array([[6.0, 2.0], [2.0, 6.0]])),
    ("firing_rate_loss", np.array([[200.0, 60.0], [60.0, 200.0]])), ("first_spike_loss", np.array([0, 1])),
    ("van_rossum_loss", np.stack([np.arange(30) % 5 == 1, np.arange(30) % 9 == 1], axis=1).astype(np.float32)[None]
     .repeat(2, 0)),
])
def test_they_train_spiking_neurons_by_their_names(loss, targets):
    if not get_backend().compiles:
        pytest.skip("it takes many steps")
    rng = np.random.default_rng(3)
    inputs = (rng.random((2, 30, 12)) < 0.3).astype(np.float32)
    with bm.training_environment():
        net = bp.Sequential(bp.layers.Dense(12, 2, W_initializer=bm.asarray(rng.normal(0.3, 0.3, (12, 2)))),
                            bp.neurons.LIF(2, tau=10., V_th=1., V_reset=0., V_rest=0.,
                                           spike_fun=lambda x: bm.surrogate.inv_square_grad(x, alpha=10.)))
    trainer = bp.BPTT(net, loss, bp.optim.Adam(0.03), dt=1., progress_bar=False)
    trainer.fit([(inputs, targets)], num_epoch=25)
    assert trainer.train_losses.min() < 0.7 * trainer.train_losses[0]


# ---------------------------------------------------------------------------------------------------------------------
# Misuse
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call, message", [
    (lambda: bp.losses.spike_count_cross_entropy(SPIKES, CLASSES, time_axis=3), r"axes of what has the shape \(3, 8, 4\)"),
    (lambda: bp.losses.spike_count_cross_entropy(SPIKES, CLASSES, time_axis=2), "must be different axes"),
    (lambda: bp.losses.spike_count_cross_entropy(SPIKES, np.zeros(4, int)), r"logits of shape \(3, 4\).*shape \(4,\)"),
    (lambda: bp.losses.spike_count_squared_error(SPIKES, np.zeros((4, 3))), r"one shape, but got \(3, 4\) and \(4, 3\)"),
    (lambda: bp.losses.firing_rate_loss(SPIKES, 1.0, dt=0.0), "dt must be a positive time in ms, but got 0.0"),
    (lambda: bp.losses.firing_rate_loss(SPIKES[:, :0], 1.0), "at least one step of time"),
    (lambda: bp.losses.first_spike_loss(SPIKES, CLASSES, tau=-1), "tau must be a positive time in ms, but got -1"),
    (lambda: bp.losses.first_spike_loss(SPIKES, CLASSES, early=1.0, early_tau=0), "early_tau must be .* but got 0"),
    (lambda: bp.losses.first_spike_loss(SPIKES, CLASSES, early=-1.0), "early must be .* but got -1.0"),
    (lambda: bp.losses.first_spike_loss(SPIKES, np.array([4, 0, 0])), r"in \[0, 4\), but got 0 to 4"),
    (lambda: bp.losses.van_rossum_loss(SPIKES, OTHERS[:, :5]), r"one shape, but got \(3, 8, 4\) and \(3, 5, 4\)"),
    (lambda: bp.losses.van_rossum_loss(SPIKES, OTHERS, tau=math.nan), "tau must be a positive time in ms, but got nan"),
    (lambda: bp.losses.max_over_time_cross_entropy(SPIKES[0, 0], 1), "must be axes of"),
])
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_losses_by_name():
    assert loss_function("first_spike_loss") is bp.losses.first_spike_loss and loss_function(max) is max
    for name, message in (("activity_l2", "is a penalty without targets"), ("smooth_labels", "makes targets"),
                          ("mse", "must be a function or one of .*van_rossum_loss, but got 'mse'")):
        with pytest.raises(ValueError, match=message):
            loss_function(name)
