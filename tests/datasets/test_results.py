"""Batches: every sample once an epoch, and trainers take them."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
from nbbrain import datasets


def test_every_sample_comes_once_in_a_new_order() -> None:
    inputs = np.arange(23)
    batches = datasets.Batches(inputs, (inputs * 2, inputs * 3), batch_size=5, seed=1)
    first, second = [[pair for pair in batches] for _ in range(2)]
    assert [len(x) for x, _ in first] == [5, 5, 5, 5, 3] and len(batches) == 5
    orders = [np.concatenate([x for x, _ in epoch]) for epoch in (first, second)]
    assert not np.array_equal(*orders)
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), inputs)
    for x, (double, triple) in first:
        np.testing.assert_array_equal(double, 2 * x)
        np.testing.assert_array_equal(triple, 3 * x)
    again = datasets.Batches(inputs, inputs, batch_size=5, seed=1)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in again()]), orders[0])


def test_order_and_rest() -> None:
    batches = datasets.Batches(np.arange(7), np.arange(7), batch_size=3, shuffle=False, drop_last=True)
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2], [3, 4, 5]] and len(batches) == 2


def test_a_trainer_takes_them() -> None:
    class Sum(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = bp.layers.RNNCell(1, 8)
            self.out = bp.layers.Dense(8, 1)

        def update(self, x):
            return self.out(self.rnn(x))

    bp.math.random.seed(0)
    data = datasets.integration(num_sample=64, num_step=8, seed=0)
    with bp.math.training_environment(), bp.backend("numpy"):
        trainer = bp.BPTT(Sum(), "mean_squared_error", bp.optim.Adam(lr=1e-2), progress_bar=False)
        trainer.fit(datasets.Batches(data.inputs, data.targets, batch_size=32, seed=0), num_epoch=8)
        assert trainer.train_losses[-1] < 0.5 * trainer.train_losses[0]
    assert isinstance(datasets.yin_yang(5), datasets.Samples) and len(datasets.yin_yang(5)) == 2


@pytest.mark.parametrize(("arguments", "message"), [
    ((np.zeros(3), np.zeros(4), 2), r"one number of samples, but got \[3, 4\]"),
    ((np.zeros(3), (np.zeros(3), np.zeros(2)), 2), r"one number of samples, but got \[3, 3, 2\]"),
    ((np.zeros(3), np.zeros(3), 0), "batch_size must be an integer of at least 1, but got 0"),
    ((np.zeros(0), np.zeros(0), 2), "0 samples are not enough for a batch of 2"),
])
def test_wrong_arguments(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        datasets.Batches(*arguments)


def test_all_names_are_there() -> None:
    assert [name for name in datasets.__all__ if not hasattr(datasets, name)] == []
    assert bp.datasets is datasets
