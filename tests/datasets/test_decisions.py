"""Decisions and integration: labels follow from what is seen, and noise is as strong as said."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain import datasets


def test_without_noise_the_brightest_direction_is_the_answer() -> None:
    made = datasets.perceptual_decision_making(400, num_choice=4, coherences=[25.6, 100.], sigma=0., delay=200., dt=50.,
                                               seed=1)
    steps = [2, 40, 4, 2]
    assert made.inputs.shape == (400, sum(steps), 5) and made.inputs.dtype == np.float32
    waits = np.repeat([1, 1, 1, 0], steps)
    np.testing.assert_array_equal(made.inputs[..., 0], np.tile(waits, (400, 1)))
    ring = made.inputs[:, 2:42, 1:]
    np.testing.assert_array_equal(ring.argmax(axis=-1) + 1, np.tile(made.targets[:, -1:], (1, 40)))
    np.testing.assert_allclose(ring.max(axis=(1, 2)), 0.5 + made.info["coherence"] / 200)
    np.testing.assert_allclose(ring.mean(axis=-1), 0.5, atol=1e-6)
    assert not np.any(made.inputs[:, :2, 1:]) and not np.any(made.inputs[:, 42:, 1:])
    np.testing.assert_array_equal(made.targets, np.where(waits == 1, 0, 1 + made.info["choice"][:, None]))
    assert made.mask.all() and set(made.info["coherence"].tolist()) == {25.6, 100.}
    assert np.all(np.abs(np.bincount(made.info["choice"]) - 100) < 40)


def test_noise_of_stimuli() -> None:
    made = datasets.perceptual_decision_making(300, coherences=[0.], sigma=2., dt=25., seed=2)
    seen = made.inputs[:, 4:84, 1:]
    assert seen.mean() == pytest.approx(0.5, abs=0.01) and seen.std() == pytest.approx(2. / 5., rel=0.02)


def test_matches() -> None:
    made = datasets.delayed_match_to_sample(500, num_direction=8, sigma=0., dt=100., seed=3)
    steps = [3, 5, 10, 5, 9]
    assert made.inputs.shape == (500, sum(steps), 9)
    first, second = made.inputs[:, 3:8, 1:].argmax(axis=-1), made.inputs[:, 18:23, 1:].argmax(axis=-1)
    answer = np.where(first[:, 0] == second[:, 0], 1, 2)
    assert np.all(first == first[:, :1]) and np.all(second == second[:, :1])
    np.testing.assert_array_equal(made.targets[:, :23], 0)
    np.testing.assert_array_equal(made.targets[:, 23:], np.tile(answer[:, None], (1, 9)))
    np.testing.assert_array_equal(made.info["sample"], first[:, 0])
    np.testing.assert_array_equal(made.info["test"], second[:, 0])
    assert abs((answer == 1).mean() - 0.5) < 0.08
    assert not made.inputs[:, 8:18, 1:].any() and made.inputs[:, 3, 1:].max() == 1.
    others = (second - first)[answer == 2, 0] % 8
    assert set(others.tolist()) == set(range(1, 8))


def test_integration() -> None:
    made = datasets.integration(4000, seed=4)
    sums = [0.] * 3
    for t in range(25):
        for i in range(3):
            sums[i] += float(made.inputs[i, t, 0])
            assert made.targets[i, t, 0] == pytest.approx(sums[i], abs=1e-5)
    inside = made.inputs - made.info["bias"][:, None, None]
    assert inside.std() == pytest.approx(0.01 / np.sqrt(0.04), rel=0.01) and inside.mean() == pytest.approx(0., abs=1e-3)
    assert made.info["bias"].mean() == pytest.approx(-0.025, abs=3e-3)
    assert made.info["bias"].std() == pytest.approx(0.05, rel=0.05)
    assert made.inputs.shape == made.targets.shape == (4000, 25, 1) and made.mask.shape == (4000, 25)


@pytest.mark.parametrize("make", [datasets.perceptual_decision_making, datasets.delayed_match_to_sample,
                                  datasets.integration, datasets.adding_problem, datasets.copy_memory,
                                  datasets.evidence_accumulation, datasets.store_recall])
def test_seeds(make) -> None:
    state = np.random.get_state()[1].copy()
    one, same, other = make(3, seed=5), make(3, seed=5), make(3, seed=6)
    np.testing.assert_array_equal(one.inputs, same.inputs)
    np.testing.assert_array_equal(one.targets, same.targets)
    assert not np.array_equal(one.inputs, other.inputs)
    assert not np.array_equal(make(3).inputs, make(3).inputs)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert one.mask.dtype == bool and one.mask.shape == one.inputs.shape[:2] == one.targets.shape[:2]
    assert one.inputs.dtype == np.float32


@pytest.mark.parametrize(("make", "message"), [
    (lambda: datasets.perceptual_decision_making(0), "num_sample must be an integer of at least 1, but got 0"),
    (lambda: datasets.perceptual_decision_making(2, num_choice=1), "num_choice must be an integer of at least 2, but got 1"),
    (lambda: datasets.perceptual_decision_making(2, coherences=[120.]), "coherences must be a sequence of numbers from 0"),
    (lambda: datasets.perceptual_decision_making(2, sigma=-1.), "sigma must be a real number of at least 0.0, but got -1.0"),
    (lambda: datasets.perceptual_decision_making(2, delay=-5.), "delay must be a real number of at least 0.0, but got -5.0"),
    (lambda: datasets.perceptual_decision_making(2, dt=1e5), "a trial must have at least one step"),
    (lambda: datasets.delayed_match_to_sample(2, sample=np.inf), "sample must be a time of at least 0 steps"),
    (lambda: datasets.integration(2, dt=0.), "dt must be positive"),
    (lambda: datasets.integration(2, seed="a"), "seed must be an integer of at least 0, but got 'a'"),
])
def test_wrong_arguments(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
