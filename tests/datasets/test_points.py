"""The Yin-Yang data set has the very samples that were published."""
from __future__ import annotations

import hashlib

import numpy as np
import pytest

import nbbrain as bp

DIGESTS = {42: "f5a4054d56f2a058", 41: "5eac358bdf212276", 40: "7bab3ed668ed4992"}
"""The first digits of the SHA-256 of what the authors' program makes, by its seed."""


def published(size, seed, r_small=0.1, r_big=0.5):
    """The procedure of the paper, with NumPy's numbers and NumPy's arithmetic."""
    rng = np.random.RandomState(seed)
    right, left, centre = np.array([1.5 * r_big, r_big]), np.array([0.5 * r_big, r_big]), np.array([r_big, r_big])
    for _ in range(size):
        goal = rng.randint(3)
        while True:
            point = rng.rand(2) * 2. * r_big
            to_right, to_left, to_centre = [np.sqrt(((point - p)**2).sum()) for p in (right, left, centre)]
            if to_centre > r_big:
                continue
            dot = min(to_right, to_left) < r_small
            yin = to_right <= r_small or r_small < to_left <= r_big / 2 or (point[1] > r_big and to_right > r_big / 2)
            if goal == (2 if dot else int(yin)):
                break
        yield [*point, *(1. - point)], goal


def test_samples_have_the_bits_of_the_published_ones() -> None:
    for made, size, (seed, digest) in zip(bp.datasets.yin_yang_splits(), (5000, 1000, 1000), DIGESTS.items(), strict=True):
        assert made.inputs.shape == (size, 4) and made.labels.shape == (size,)
        for i, (point, label) in zip(range(200), published(200, seed), strict=True):
            assert made.inputs[i].tolist() == point and made.labels[i] == label
        assert hashlib.sha256(made.inputs.astype("<f8").tobytes()).hexdigest().startswith(digest)


def test_the_first_samples_are_known() -> None:
    inputs, labels = bp.datasets.yin_yang(size=3, seed=42)
    np.testing.assert_allclose(inputs[0], [0.68030754, 0.45049925, 0.31969246, 0.54950075], atol=5e-9)
    np.testing.assert_allclose(inputs[1, :2], [0.09767211, 0.68423303], atol=5e-9)
    assert labels.tolist() == [2, 1, 2] and labels.dtype == np.int32


def test_areas_and_classes() -> None:
    inputs, labels = bp.datasets.yin_yang(size=3000, seed=7)
    x, y = inputs[:, 0], inputs[:, 1]
    assert np.all(np.hypot(x - 0.5, y - 0.5) <= 0.5)
    in_dot = np.minimum(np.hypot(x - 0.25, y - 0.5), np.hypot(x - 0.75, y - 0.5)) < 0.1
    np.testing.assert_array_equal(labels == 2, in_dot)
    assert np.all(np.bincount(labels) > 900)
    upper = (np.abs(x - 0.5) < 0.02) & (y > 0.62)
    assert np.all(labels[upper] == 1)  # yang is above, between the dots


def test_half_a_turn_exchanges_yin_and_yang() -> None:
    from nbbrain.datasets.points import _class_of

    inputs, labels = bp.datasets.yin_yang(size=500, seed=3)
    turned = [_class_of(1. - x, 1. - y, 0.1, 0.5) for x, y in inputs[:, :2].tolist()]
    assert turned == [{0: 1, 1: 0, 2: 2}[label] for label in labels.tolist()]


def test_no_generator_is_disturbed() -> None:
    np.random.seed(5)
    state = np.random.get_state()[1].copy()
    bp.datasets.yin_yang(size=10)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert not np.array_equal(bp.datasets.yin_yang(5, seed=1).inputs, bp.datasets.yin_yang(5, seed=2).inputs)
    assert not np.array_equal(bp.datasets.yin_yang(5, seed=None).inputs, bp.datasets.yin_yang(5, seed=None).inputs)


@pytest.mark.parametrize(("options", "message"), [
    (dict(size=0), "size must be an integer of at least 1, but got 0"),
    (dict(r_small=0.3), r"r_small must be between 0 and half of r_big \(0.5\), but got 0.3"),
    (dict(r_big=-1.), "r_big must be a real number of at least 0.0, but got -1.0"),
    (dict(seed=1.5), "seed must be an integer of at least 0, but got 1.5"),
])
def test_wrong_arguments(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        bp.datasets.yin_yang(**options)
