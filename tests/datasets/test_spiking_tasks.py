"""Evidence and memory in spikes: the answers are read from the spikes themselves, and rates are as said."""
from __future__ import annotations

from math import comb

import numpy as np
import pytest

from nbbrain import datasets


def test_evidence_is_what_the_answer_says() -> None:
    made = datasets.evidence_accumulation(30, rate=200., seed=1)  # enough spikes to see every cue
    assert made.inputs.shape == (30, 2250, 40) and set(np.unique(made.inputs).tolist()) == {0., 1.}
    groups = made.inputs.reshape(30, 2250, 4, 10).sum(axis=-1)
    for trial in range(30):
        left = right = 0
        for cue in range(7):
            shown = groups[trial, cue * 150 + 50:(cue + 1) * 150, :2].sum(axis=0)
            assert (shown[0] == 0) != (shown[1] == 0)
            left, right = left + (shown[0] > 0), right + (shown[1] > 0)
            assert not groups[trial, cue * 150:cue * 150 + 50, :3].any()
        assert np.all(made.targets[trial] == int(right > left))
    assert not groups[:, 1050:, :2].any() and not groups[:, :2100, 2].any()
    np.testing.assert_array_equal(made.mask, np.tile(np.arange(2250) >= 2100, (30, 1)))


def test_rates_of_evidence() -> None:
    made = datasets.evidence_accumulation(40, seed=2, dt=0.5, recall=400.)
    groups = made.inputs.reshape(40, -1, 4, 10)
    assert groups.shape[1] == 2 * 2500
    seconds = 0.5e-3
    cues = groups[..., :2, :].sum() / (40 * 7 * 10 * 0.1)
    assert cues == pytest.approx((1 - np.exp(-40 * seconds)) / seconds, rel=0.03)
    assert groups[:, -800:, 2].mean() / seconds == pytest.approx(39.6, rel=0.03)
    assert groups[..., 3, :].mean() / seconds == pytest.approx(9.975, rel=0.03)


def test_one_side_is_more_frequent() -> None:
    made = datasets.evidence_accumulation(2000, cue=1., gap=0., delay=0., recall=1., group_size=1, seed=3)
    right = made.info["cues"].sum(axis=1)
    assert right.mean() == pytest.approx(3.5, abs=0.15)
    chances = [0.5 * sum(comb(7, k) * p**k * (1 - p)**(7 - k) for p in (0.3, 0.7)) for k in range(8)]
    np.testing.assert_allclose(np.bincount(right, minlength=8) / 2000, chances, atol=0.03)
    assert np.all(datasets.evidence_accumulation(50, p_side=0., seed=0).info["cues"].std(axis=1) == 0)


def test_delays_of_every_trial() -> None:
    made = datasets.evidence_accumulation(100, delay=(500., 1500.), seed=4)
    assert made.inputs.shape[1] == 1050 + 1500 + 150
    start = made.info["recall_start"]
    assert 1550 <= start.min() < 1650 and 2450 < start.max() <= 2550
    np.testing.assert_array_equal(made.mask.argmax(axis=1), start)
    np.testing.assert_array_equal(made.mask.sum(axis=1), 150)
    recall = made.inputs[..., 20:30].sum(axis=-1)
    assert not recall[~made.mask].any() and recall[made.mask].mean() == pytest.approx(0.392, rel=0.05)


def test_recalls_ask_for_what_was_stored() -> None:
    made = datasets.store_recall(80, symbol=50., rate=400., seed=5)
    assert made.inputs.shape == (80, 600, 40)
    groups = made.inputs.reshape(80, 12, 50, 4, 10).sum(axis=(2, 4)) > 0
    for trial, symbols in enumerate(groups):
        stored, turn, recalls = None, "store", 0
        for i, (zero, one, store, recall) in enumerate(symbols):
            here = slice(i * 50, (i + 1) * 50)
            assert not (store and recall) and zero + one == (0 if recall else 1)
            if store:
                assert turn == "store" and not symbols[i + 1][3]
                stored, turn = int(one), "recall"
            if recall:
                assert turn == "recall" and np.all(made.targets[trial, here] == stored)
                turn, recalls = "store", recalls + 1
            assert np.all(made.mask[trial, here] == recall)
        assert recalls > 0 and turn == "store"


def test_rates_and_frequencies_of_symbols() -> None:
    made = datasets.store_recall(2000, symbol=2., group_size=2, seed=6)
    commands, values = made.info["commands"], made.info["values"]
    assert made.inputs.mean() * 1000 == pytest.approx(  # one value group, or one command, or both
        0.25 * 48.8 * (1. + (commands == 1).mean()), rel=0.03)
    assert values[values >= 0].mean() == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal((commands == 1).sum(axis=1), (commands == 2).sum(axis=1))
    assert (commands == 2).sum(axis=1).mean() > 1.


@pytest.mark.parametrize(("make", "message"), [
    (lambda: datasets.evidence_accumulation(2, num_cue=4), "num_cue must be odd"),
    (lambda: datasets.evidence_accumulation(2, delay=(300., 100.)), r"delay must be a time or a range \(shortest, "),
    (lambda: datasets.evidence_accumulation(2, delay=None), "delay must be a real number of at least 0.0, but got None"),
    (lambda: datasets.evidence_accumulation(2, cue=0.1), "cue must be a time of at least 1 steps of 1.0 ms, but got 0.1"),
    (lambda: datasets.evidence_accumulation(2, p_side=1.5), "p_side must be a real number from 0.0 to 1.0, but got 1.5"),
    (lambda: datasets.evidence_accumulation(2, rate=-1.), "rate must be a real number of at least 0.0, but got -1.0"),
    (lambda: datasets.store_recall(2, p_command=1.), "p_command must be larger than 0 and less than 1, but got 1.0"),
    (lambda: datasets.store_recall(2, num_symbol=2), "num_symbol must be an integer of at least 3, but got 2"),
    (lambda: datasets.store_recall(2, p_command=1e-9), "trials with a recall are too rare"),
])
def test_wrong_arguments(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
