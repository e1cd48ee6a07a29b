"""A training that is killed at random moments, and resumed until it ends: one process that forks those that train.

``python killed_training.py FOLDER KILLS SEED`` prints how often it killed and how many trainings came to their end; it fails
where one of these has other losses, other weights or another history than the training that nobody interrupted. Forks begin
with everything imported and compiled, so that one costs milliseconds.
"""
from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

import nbbrain as bp
import nbbrain.math as bm

EPOCHS = 10


class Noise(bp.DynamicalSystemNS):
    """Adds noise, in training from the default stream, in tests too."""

    def reset_state(self, batch_size=None):
        """There is no state."""

    def update(self, x):
        return x + 0.01 * bm.random.normal(size=x.shape)


def train(folder: Path | None) -> dict[str, np.ndarray]:
    """Train, from the latest checkpoint in a folder, if there is one; what came of it, as arrays."""
    bm.random.seed(7)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 15, 3, 3)).astype(np.float32)
    with bm.training_environment():
        model = bp.Sequential(bp.layers.RNNCell(3, 8, activation="tanh", train_state=True), Noise(), bp.layers.Dropout(0.8),
                              bp.layers.Dense(8, 3), bp.neurons.LIF(3, V_th=0.05, V_reset=0., tau=2.), bp.layers.Dense(3, 3))
    optimizer = bp.optim.Adam(bp.optim.StepLR(0.02, step_size=3, gamma=0.7))
    trainer = bp.BPTT(model, "mean_squared_error", optimizer, progress_bar=False, dt=1.)
    checkpoint = None if folder is None else bp.train.Checkpoint(folder, keep=2)
    stopping = bp.train.EarlyStopping("test_loss", patience=EPOCHS, restore_best=True)
    with contextlib.redirect_stdout(io.StringIO()):
        trainer.fit((x[:12], y[:12]), (x[12:], y[12:]), num_epoch=EPOCHS, batch_size=5, shuffle=True, accumulate=2,
                    clip_norm=0.5, metrics={"mae": lambda p, t: bm.mean(bm.abs(p - t))}, callbacks=[stopping],
                    checkpoint=checkpoint, resume=folder is not None)
    columns = trainer.history.to_dict()
    history = {f"epochs {name}": np.asarray(columns[name]) for name in columns if name != "seconds"}
    losses = {f"losses {phase}": trainer.get_hist_metric(phase, which="detailed") for phase in ("fit", "test")}
    weights = {f"weight {name}": np.asarray(variable) for name, variable in model.vars("relative").items()}
    moments = {f"optimizer {name}": np.asarray(variable) for name, variable in optimizer.vars("relative").items()}
    return {**history, **losses, **weights, **moments, "random": np.asarray(bm.random.DEFAULT)}


def forked(folder: Path, result: Path, delay: float) -> bool:
    """Train in a process of its own, which is killed after a delay (s); whether it ended before."""
    child = os.fork()
    if not child:
        try:
            np.savez(result, **train(folder))
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    until = time.perf_counter() + delay
    while time.perf_counter() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if status:
                sys.exit(f"a training ended with status {status}.")
            return True
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def compare(expected: dict[str, np.ndarray], result: Path) -> None:
    """Leave with an error where a bit is another."""
    with np.load(result) as found:
        different = [name for name in expected if name not in found
                     or (found[name].dtype, found[name].shape, found[name].tobytes()) != (
                         expected[name].dtype, expected[name].shape, expected[name].tobytes())]
        if different or set(found.files) != set(expected):
            sys.exit(f"after it was resumed, these are others: {different or set(found.files) ^ set(expected)}")


def main(root: Path, kills: int, seed: int) -> None:
    """Kill so often, and compare every training that came to its end."""
    chance = random.Random(seed)
    train(None)  # compiles
    started = time.perf_counter()
    expected = train(root / "whole")
    duration = time.perf_counter() - started
    killed = ended = 0
    while killed < kills or ended == 0:
        folder, result = root / f"training{ended}", root / f"result{ended}.npz"
        delay = chance.uniform(0, duration) if killed < kills else 600.
        if forked(folder, result, delay):
            compare(expected, result)
            ended += 1
            continue
        killed += 1
    if (root / f"training{ended}").exists():  # the last one comes to its end, too
        forked(root / f"training{ended}", root / "result.npz", 600.)
        compare(expected, root / "result.npz")
        ended += 1
    print(killed, ended)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
