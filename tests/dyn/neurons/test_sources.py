"""Neurons that fire by themselves: at given times, and at random."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from tests.dyn.driving import LOOPED, over_time


def run(group: Any, steps: int, looped: bool, dt: float = 0.1) -> np.ndarray:
    return over_time(lambda _: group(), bm.zeros(steps), looped, dt=dt).numpy()


@LOOPED
@pytest.mark.parametrize("seed", range(3))
def test_spikes_at_given_times(seed: int, looped: bool) -> None:
    """Against a search in all spikes, with many spikes in a step, at times before the start and beyond the end."""
    bm.enable_x64()
    rng = np.random.default_rng(seed)
    times, indices = np.round(rng.random(200) * 12. - 1., 2 + seed), rng.integers(0, 7, 200)
    got = run(bp.neurons.SpikeTimeGroup(8, times, indices), 100, looped)
    t = np.arange(100) * 0.1
    want = np.zeros((100, 8), bool)
    for when, who in zip(times, indices, strict=True):
        if when <= t[-1]:
            want[np.argmax(t >= when), who] = True
    assert got.dtype == bool and want.any() and not want[:, 7].any()
    np.testing.assert_array_equal(got, want)


def test_spike_times_compiled() -> None:
    pytest.importorskip("numba")
    group = bp.neurons.SpikeTimeGroup((2, 2), bm.asarray([0.3, 0.1]), bm.asarray([3, 0]), keep_size=True,
                                      mode=bm.TrainingMode(2))
    with bp.backend("numba"), settings.using(strict=True):
        got = run(group, 5, True)
    want = np.zeros((5, 2, 2, 2), np.float32)
    want[3, :, 1, 1] = want[1, :, 0, 0] = 1.
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, want)
    group.reset_state(3)
    assert not np.any(group.past.numpy()) and group.past.shape == group.spike.shape == (3, 2, 2)


def test_no_spikes_at_all() -> None:
    group = bp.neurons.SpikeTimeGroup(2, [], [])
    assert not run(group, 3, False).any()


@pytest.mark.parametrize(("times", "indices", "message"), [
    ([1., 2.], [0], "one length"), ([1.], [2], "from 0 to 1"), ([1.], [-1], "from 0 to 1"), ([1.], [0.5], "integers"),
    ([[1.]], [[0]], "one length")])
def test_wrong_spikes(times: Any, indices: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bp.neurons.SpikeTimeGroup(2, times, indices)


@LOOPED
def test_poisson_spikes(looped: bool) -> None:
    """Counts have the mean r T and, within 5 sigma, the variance of a binomial; steps are independent."""
    group = bp.neurons.PoissonGroup(500, freqs=100., seed=1)
    spikes = run(group, 1000, looped)
    counts = spikes.sum(axis=0)
    p = 0.01
    assert spikes.dtype == bool
    assert counts.sum() == pytest.approx(500 * 1000 * p, abs=5 * np.sqrt(500 * 1000 * p * (1 - p)))
    assert counts.var() == pytest.approx(1000 * p * (1 - p), rel=5 * np.sqrt(2 / 500))
    together = (spikes[1:] & spikes[:-1]).sum()
    assert together == pytest.approx(500 * 999 * p**2, abs=5 * np.sqrt(500 * 999) * p)


def test_one_seed_is_one_stream_on_every_backend() -> None:
    pytest.importorskip("numba")
    found = []
    for backend in ("numpy", "numba"):
        group = bp.neurons.PoissonGroup(20, freqs=bm.asarray(np.linspace(0., 2000., 20)), seed=3, mode=bm.TrainingMode(3))
        with bp.backend(backend), settings.using(strict=True):
            found.append(run(group, 50, True))
    np.testing.assert_array_equal(*found)
    assert found[0].dtype == np.float32 and found[0].shape == (50, 3, 20)
    assert not found[0][..., 0].any() and not np.array_equal(found[0][:, 0], found[0][:, 1])


def test_state_of_a_poisson_group() -> None:
    group = bp.neurons.PoissonGroup((2, 3), freqs=1e5, keep_size=True, mode=bm.training_mode)
    bp.share.save(t=0., dt=0.1)
    assert np.all(group().numpy() == 1.) and group.spike.shape == (1, 2, 3)
    group.reset_state(4)
    assert group.spike.shape == (4, 2, 3) and not np.any(group.spike.numpy())
    with pytest.raises(ValueError, match=r"should be \(6,\)"):
        bp.neurons.PoissonGroup(6, freqs=bm.ones(3))
