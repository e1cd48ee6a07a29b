"""A training goes on after an interruption as if nothing had been: all of its bits, wherever it was killed."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends.base import get_backend, is_installed
from nbbrain.checkpoints import CheckpointError
from tests.train.models import Sum

X, Y = np.random.default_rng(3).normal(size=(2, 8, 5, 2)).astype(np.float32)
KILLS = os.environ.get("NBBRAIN_KILLS", "3")
"""How often a training is killed; 20 for the full run."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.processor  # a GPU does not survive forks
def test_a_training_that_is_killed_at_random_moments(tmp_path):
    program = Path(__file__).with_name("killed_training.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "NBBRAIN_NUM_THREADS": "1",
                   "NBBRAIN_BACKEND": get_backend().name}
    run = subprocess.run([sys.executable, str(program), str(tmp_path), KILLS, "5"], capture_output=True, text=True,
                         env=environment)
    assert run.returncode == 0, run.stderr
    killed, ended = run.stdout.split()
    assert killed == KILLS and int(ended) >= 1


class Interrupt(bp.train.Callback):
    """Stands for whatever ends a process."""

    def __init__(self, step=None):
        self.step = step

    def on_batch_end(self, fit):
        if fit.steps == self.step:
            raise KeyboardInterrupt


def train(checkpoint, interrupt=None, resume=True, epochs=5, stop=(), seed=4, **options):
    """Train a network with dropout, a model in its own stream, for some epochs."""
    bm.random.seed(1)
    with bm.training_environment():
        model = bp.Sequential(Sum(mode=bm.training_mode), bp.layers.Dropout(0.7, seed=3))
    trainer = bp.BPTT(model, "mean_squared_error", bp.optim.Adam(bp.optim.ExponentialDecay(0.1, 3, 0.9)), progress_bar=False)
    options = {"batch_size": 3, "shuffle": True, **options}
    trainer.fit((X, Y), (X, Y), num_epoch=epochs, seed=seed, checkpoint=checkpoint, resume=resume,
                callbacks=[Interrupt(interrupt), *stop], **options)
    return trainer


def bits(trainer):
    variables = trainer.target.vars("relative") + trainer.optimizer.vars("relative")
    return {**{key: np.asarray(value).tobytes() for key, value in variables.items()},
            **{f"losses {phase}": trainer.get_hist_metric(phase, which="detailed").tolist() for phase in ("fit", "test")}}


@pytest.mark.parametrize("path", [
    "runs", "runs/net_{epoch}.npz", "one.npz",
    pytest.param("runs/net_{epoch}.safetensors",
                 marks=pytest.mark.skipif(not is_installed("safetensors"), reason="safetensors is not installed")),
])
def test_every_form_of_path(tmp_path, path):
    whole = train(None, resume=False)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / path, interrupt=8)
    resumed = train(tmp_path / path)
    assert bits(resumed) == bits(whole)
    assert len(resumed.history.epochs) == 5
    names = sorted(file.name for file in (tmp_path / path).parent.iterdir())
    if "{" in path:
        assert names == [Path(path).name.format(epoch=epoch) for epoch in (2, 3, 4)]  # the last three
    assert len(bits(train(tmp_path / path))["losses fit"]) == 15  # of a training that has ended, nothing is left to do


def test_a_seed_that_was_drawn_is_kept(tmp_path):
    whole = train(None, resume=False, seed=None)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, interrupt=8, seed=None)
    assert bits(train(tmp_path, seed=None)) == bits(whole)


def test_what_early_stopping_remembers_is_kept(tmp_path):
    def stop():
        return [bp.train.EarlyStopping("loss", patience=2, min_delta=1., restore_best=True)]

    whole = train(None, resume=False, stop=stop(), epochs=20)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, interrupt=8, stop=stop(), epochs=20)
    for _ in range(2):  # the second goes on from the end
        resumed = train(tmp_path, stop=stop(), epochs=20)
        assert bits(resumed) == bits(whole) and len(resumed.history.epochs) < 20


def test_states_that_are_not_reset_go_on(tmp_path):
    options = {"reset_state": False, "batch_size": 4, "test_data": None}

    def run(checkpoint, interrupt=None):
        model = bp.Sequential(Sum(mode=bm.training_mode), mode=bm.training_mode)
        model.reset_state(4)
        trainer = bp.BPTT(model, "mean_squared_error", bp.optim.SGD(1e-3), progress_bar=False)
        trainer.fit((X, Y), num_epoch=4, checkpoint=checkpoint, resume=checkpoint is not None,
                    callbacks=[Interrupt(interrupt)], **options)
        return trainer

    whole = run(None)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, 5)
    resumed = run(tmp_path)
    assert resumed.runner.i0 == whole.runner.i0 == 40
    assert resumed.get_hist_metric(which="detailed").tolist() == whole.get_hist_metric(which="detailed").tolist()


def test_every_so_many_epochs_and_the_last_one(tmp_path):
    train(bp.train.Checkpoint(tmp_path, every=3, keep=9), epochs=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint_2.npz", "checkpoint_4.npz"]


def test_what_a_killed_process_left_is_removed(tmp_path):
    rest = tmp_path / ".checkpoint_2.npz.0123456789abcdef.npz"
    rest.write_bytes(b"half")
    other = tmp_path / ".checkpoint_2.npz.mine"
    other.write_bytes(b"")
    train(tmp_path, epochs=1)
    assert not rest.exists() and other.exists()


def test_another_training_is_not_overwritten(tmp_path):
    train(tmp_path, epochs=2)
    with pytest.raises(CheckpointError, match=r"is there already, of another training: resume=True goes on with it"):
        train(tmp_path, resume=False)
    train(bp.train.Checkpoint(tmp_path, overwrite=True), resume=False, epochs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint_0.npz"]


@pytest.mark.parametrize("options, message", [
    ({"batch_size": 4}, "batch_size was 3 and is 4"),
    ({"shuffle": False, "seed": None}, "shuffle was True and is False"),
    ({"accumulate": 2}, "accumulate was 1 and is 2"),
    ({"seed": 9}, "seed was 4 and is 9"),
    ({"stop": [bp.train.EarlyStopping()]}, r"callbacks were \[\] and are \['EarlyStopping'\]"),
])
def test_a_training_that_is_another_one(tmp_path, options, message):
    train(tmp_path, epochs=1)
    with pytest.raises(CheckpointError, match=message):
        train(tmp_path, **options)


def test_a_model_that_is_another_one_stays_as_it_is(tmp_path):
    train(tmp_path, epochs=1)
    with bm.training_environment():
        model = bp.Sequential(Sum(mode=bm.training_mode, size=2), bp.layers.Dense(2, 2))
    before = {key: np.array(value) for key, value in model.vars("relative").items()}
    trainer = bp.BPTT(model, "mean_squared_error", bp.optim.Adam(0.1), progress_bar=False)
    with pytest.raises(CheckpointError, match="nothing was changed"):
        trainer.fit((X, Y), batch_size=3, shuffle=True, checkpoint=tmp_path, resume=True, callbacks=[Interrupt()])
    for key, value in model.vars("relative").items():
        np.testing.assert_array_equal(value, before[key])


def test_a_file_that_is_no_checkpoint_of_a_training(tmp_path):
    bp.checkpoints.save(tmp_path, {"model": 1}, step=3)
    with pytest.raises(CheckpointError, match="is no checkpoint of a training"):
        train(tmp_path)


@pytest.mark.parametrize("options, error, message", [
    ({"checkpoint": None, "resume": True}, ValueError, "resume=True needs checkpoint="),
    ({"checkpoint": 3}, TypeError, r"checkpoint must be a path or a bp\.train\.Checkpoint, but got 3"),
    ({"checkpoint": "a/net_{step}.npz"}, ValueError, "a template must have the form 'folder/name_{epoch}.npz'"),
    ({"checkpoint": "a/net_{epoch}.pkl"}, ValueError, "a template must have the form"),
])
def test_paths_that_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        train(**{"resume": False, **options})
    for name in ("every", "keep"):
        with pytest.raises(ValueError, match=f"{name} must be an integer of at least 1, but got 0"):
            bp.train.Checkpoint("folder", **{name: 0})
