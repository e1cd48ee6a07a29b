"""Batches of every epoch: from arrays, lists, functions and loaders; their order, and what is refused."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import UnsupportedError
from nbbrain.train.batches import Batches

X, Y = np.arange(10.)[:, None], np.arange(10)


def targets_of(batches, epoch=0):
    return [np.asarray(targets).tolist() for _, targets in batches(epoch)]


def flat(batches, epoch=0):
    return [target for targets in targets_of(batches, epoch) for target in targets]


def test_the_order_is_a_function_of_seed_and_epoch():
    orders = {(seed, epoch): tuple(flat(Batches((X, Y), 3, True, seed), epoch)) for seed in range(3) for epoch in range(3)}
    assert len(set(orders.values())) == 9
    assert all(sorted(order) == list(range(10)) for order in orders.values())
    np.random.seed(0)
    bm.random.seed(0)
    again = Batches((X, Y), 3, True, 1)
    assert [tuple(flat(again, epoch)) for epoch in (2, 0)] == [orders[1, 2], orders[1, 0]]


def test_inputs_and_targets_stay_together_and_the_last_batch_may_be_smaller():
    batches = Batches((X, Y), 4, True, 5)
    for inputs, targets in batches(1):
        np.testing.assert_array_equal(inputs[:, 0], targets)
    assert [len(targets) for targets in targets_of(batches)] == [4, 4, 2] and batches.length == 3


def test_without_shuffling_the_order_is_that_of_the_data():
    assert flat(Batches((X, Y), 4), 7) == list(range(10))


def test_a_seed_that_is_not_given_is_drawn_from_the_default_stream():
    seeds = []
    for seed in (1, 1, 2):
        bm.random.seed(seed)
        seeds.append(Batches((X, Y), 4, True).seed)
    assert seeds[0] == seeds[1] != seeds[2]


def test_batches_of_a_list_are_shuffled_as_wholes():
    batches = Batches([(X[i:i + 2], Y[i:i + 2]) for i in range(0, 10, 2)], shuffle=True, seed=0)
    orders = {str(targets_of(batches, epoch)) for epoch in range(5)}
    assert len(orders) > 1 and batches.length == 5
    assert all(second == first + 1 for first, second in targets_of(batches))


def test_dicts_of_arrays_are_cut_too():
    batches = Batches(({"a": X, "b": -X}, {"y": Y}), 4, True, 2)
    for inputs, targets in batches(0):
        np.testing.assert_array_equal(inputs["a"][:, 0], targets["y"])
        np.testing.assert_array_equal(inputs["b"], -inputs["a"])
    with pytest.raises(ValueError, match=r"one number of samples, but got \{'a': 10, 'b': 9\}"):
        list(Batches(({"a": X, "b": X[:9]}, Y), 4)(0))


def test_a_function_may_ask_for_the_number_of_the_epoch():
    def data(epoch):
        return [(X, Y + epoch)]

    assert flat(Batches(data), 3) == [3 + i for i in range(10)]
    assert Batches(data).length is None
    assert flat(Batches(lambda: (X, Y), 5)) == list(range(10))


class Tensor:
    """What a tensor of torch is to us."""

    def __init__(self, array, gradient=False):
        self.array, self.gradient, self.shape = array, gradient, array.shape

    def detach(self):
        return Tensor(self.array)

    def cpu(self):
        return self

    def numpy(self):
        assert not self.gradient, "call detach() first"
        return self.array

    def __getitem__(self, rows):
        return Tensor(self.array[rows], self.gradient)


class Loader:
    """What a loader of torch is to us."""

    def __len__(self):
        return 2

    def __iter__(self):
        return iter([[Tensor(X[:5], True), {"y": Tensor(Y[:5])}], [Tensor(X[5:]), {"y": Tensor(Y[5:])}]])


def test_tensors_of_other_libraries_become_arrays():
    batches = Batches(Loader())
    assert batches.length == 2
    for _ in range(2):
        inputs, targets = zip(*batches(0), strict=True)
        assert all(type(x) is np.ndarray for x in inputs)
        np.testing.assert_array_equal(np.concatenate([t["y"] for t in targets]), Y)
    assert flat(Batches((Tensor(X), Tensor(Y)), 3)) == list(range(10))


def test_a_training_from_a_loader():
    with bm.training_environment():
        model = bp.layers.Dense(1, 1)
    trainer = bp.BPFF(model, lambda p, t: bm.mean((p[:, 0] - t["y"]) ** 2), bp.optim.SGD(1e-3), progress_bar=False)
    trainer.fit(Loader(), num_epoch=2)
    assert trainer.train_losses[1] < trainer.train_losses[0] and len(trainer.get_hist_metric(which="detailed")) == 4


@pytest.mark.parametrize("options, error, message", [
    ({"seed": 1}, ValueError, "give shuffle=True with it"),
    ({"shuffle": True, "seed": -1}, ValueError, r"seed must be an integer from 0 to 2\*\*63 - 1, but got -1"),
    ({"shuffle": True, "seed": 1.5}, ValueError, "seed must be an integer"),
    ({"shuffle": "yes"}, TypeError, "shuffle must be True or False, but got 'yes'"),
    ({"batch_size": 0}, ValueError, "batch_size must be an integer of at least 1, but got 0"),
])
def test_options_that_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        Batches((X, Y), **{"batch_size": 2, **options})


def test_what_cannot_be_shuffled_says_who_can():
    with pytest.raises(UnsupportedError, match="shuffle where the batches are made"):
        list(Batches(Loader(), shuffle=True, seed=0)(0))
