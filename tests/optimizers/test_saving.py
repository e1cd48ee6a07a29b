"""What is interrupted, saved and read again goes on with the very bits of what was never interrupted."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.optimizers.test_optimizers import GRADIENTS, MAKE, START
from tests.optimizers.test_schedulers import ALL

MAKERS = {
    **{name: lambda v, make=make: make(v, weight_decay=0.1) for name, make in MAKE.items()},
    **{f"{name} of BrainPy 2.4": lambda v, cls=cls: cls(0.05, v, compat="2.4")
       for name, cls in (("adam", bp.optim.Adam), ("nesterov", bp.optim.MomentumNesterov), ("lars", bp.optim.LARS))},
    **{f"momentum, {name}": lambda v, make=make: bp.optim.Momentum(make(), v) for name, (make, _) in ALL.items()},
}
"""Every optimizer, and every scheduler in an optimizer."""


def through_dict(source, target, path):
    target.load_state_dict(source.state_dict())


def through_file(source, target, path):
    source.save_states(path / "optimizer.npz")
    target.load_states(path / "optimizer.npz")


def through_checkpoint(source, target, path):
    bp.checkpoints.save(path, {"optimizer": source}, step=4)
    bp.checkpoints.load(path, target={"optimizer": target})


def trained(make):
    variables = {key: bm.TrainVar(bm.Array(value, np.float32)) for key, value in START.items()}
    return variables, make(variables)


def train(optimizer, updates):
    """Updates, two of which are an epoch."""
    for number in updates:
        optimizer.update({key: bm.Array(value, np.float32) for key, value in GRADIENTS[number].items()})
        if number % 2:
            optimizer.lr.step_epoch()


@pytest.mark.parametrize("name, way", [*((name, through_file) for name in MAKERS), ("amsgrad", through_dict),
                                       ("amsgrad", through_checkpoint)])
def test_interrupted_and_uninterrupted_training_are_the_same_bits(name, way, tmp_path):
    (whole, uninterrupted), (first, before), (second, after) = [trained(MAKERS[name]) for _ in range(3)]
    train(uninterrupted, range(8))
    train(before, range(5))  # amid an epoch
    after.lr.lr = 123.0  # what is read replaces all that was there
    way(before, after, tmp_path)
    for key in second:
        second[key].value = first[key].value
    train(after, range(5, 8))
    for key in whole:
        assert np.array_equal(np.asarray(whole[key]), np.asarray(second[key]))
    for (path, state), (other, restored) in zip(uninterrupted.state_dict().items(), after.state_dict().items(), strict=True):
        assert path == other and set(state) == set(restored)
        assert all(np.array_equal(state[key], restored[key]) for key in state)


@pytest.mark.parametrize("name", ALL)
def test_a_scheduler_by_itself(name, tmp_path):
    whole, first, second = [ALL[name][0]() for _ in range(3)]

    def rates(scheduler, steps):
        found = []
        for step in range(steps):
            found.append(float(scheduler()))
            scheduler.step_call()
            if step % 2:
                scheduler.step_epoch()
        return found

    expected = rates(whole, 12)
    begun = rates(first, 6)
    first.save_states(tmp_path / "rate.npz")
    second.load_states(tmp_path / "rate.npz")
    assert begun + rates(second, 6) == expected


def test_what_is_saved_holds_every_variable_of_an_optimizer():
    for make in MAKERS.values():
        _, optimizer = trained(make)
        saved = {f"{path}.{key}".lstrip(".") for path, state in optimizer.state_dict().items() for key in state}
        assert saved == set(optimizer.vars("relative"))
        assert {"lr.lr", "lr.last_epoch"} <= saved
