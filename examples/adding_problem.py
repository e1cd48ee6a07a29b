"""A network with gated units adds two numbers that it saw up to a hundred steps ago.

The adding problem of Hochreiter & Schmidhuber (1997), in the form of Arjovsky, Shah & Bengio (2016): in each half of a
sequence of random numbers one is marked, and the sum of both is asked for at the end. Who always answers 1 has a squared
error of 1/6. Run it with ``python examples/adding_problem.py``.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

STEPS, UNITS, BATCH = 100, 64, 64
BASELINE = 1 / 6


class Adder(bp.DynamicalSystemNS):
    """Gated recurrent units and a linear readout."""

    def __init__(self) -> None:
        super().__init__()
        self.units = bp.layers.GRUCell(2, UNITS)
        self.readout = bp.layers.Dense(UNITS, 1)

    def update(self, x: bm.Array) -> bm.Array:
        """The sum, as far as the network knows."""
        return x >> self.units >> self.readout


def sequences(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and marks, shape (count, STEPS, 2), and sums of the marked numbers, shape (count, 1)."""
    inputs = np.zeros((count, STEPS, 2), np.float32)
    inputs[..., 0] = rng.random((count, STEPS))
    rows, half = np.arange(count), STEPS // 2
    for start in (0, half):
        inputs[rows, start + rng.integers(half, size=count), 1] = 1
    return inputs, (inputs[..., 0] * inputs[..., 1]).sum(axis=1, keepdims=True)


def error(outputs: bm.Array, sums: bm.Array) -> Any:
    """The squared error of the answers at the ends."""
    return bp.losses.mean_squared_error(outputs[:, -1], sums)


def train(seed: int, batches: int) -> tuple[bp.BPTT, np.random.Generator, float]:
    """A trained network; returns its trainer, the generator of sequences and the seconds it took."""
    bm.random.seed(seed)
    rng = np.random.default_rng(seed)
    with bm.training_environment():
        network = Adder()

    def epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(batches):
            yield sequences(BATCH, rng)

    rate = bp.optim.ExponentialDecay(lr=5e-3, decay_steps=1000, decay_rate=0.5)
    trainer = bp.BPTT(network, error, bp.optim.Adam(rate), progress_bar=False)
    started = time.perf_counter()
    trainer.fit(epoch, num_epoch=1)
    return trainer, rng, time.perf_counter() - started


def picture(errors: list[np.ndarray], outputs: np.ndarray, sums: np.ndarray, example: np.ndarray,
            answers: np.ndarray) -> Any:
    """Errors over the batches, a sequence and what the network makes of it step by step, and answers next to sums."""
    import matplotlib.pyplot as plt

    blue, orange, ink = "#2563eb", "#d97706", "#1f2933"
    drawing, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained", width_ratios=(1.1, 1.4, 1))
    for one in errors:
        smooth = np.convolve(one, np.ones(20) / 20, "valid")
        left.semilogy(np.arange(len(smooth)) + 20, smooth, color=blue, lw=1.3, alpha=0.6)
    left.axhline(BASELINE, color=ink, lw=1, ls="--")
    left.annotate("always 1", (len(errors[0]), BASELINE), ha="right", va="bottom", color=ink)
    left.axhline(0.01, color=orange, lw=1, ls="--")
    left.annotate("solved", (0, 0.01), va="bottom", color=orange)
    left.set(title="training", xlabel="batch", ylabel="squared error, mean of 20 batches")

    steps = np.arange(STEPS)
    marked = example[:, 1] > 0
    middle.vlines(steps, 0, example[:, 0], color=np.where(marked, orange, "#d1d5db"), lw=2)
    middle.plot(steps[marked], example[marked, 0], "o", color=orange, label="marked numbers")
    middle.step(steps, np.cumsum(example[:, 0] * marked), where="post", color=orange, lw=1.2, ls="--",
                label="their sum so far")
    middle.plot(steps, answers, color=blue, lw=1.8, label="network")
    middle.set(title="a sequence it has not seen", xlabel="step", ylim=(-0.2, 2.1))
    middle.legend(frameon=False, loc="upper left")

    right.plot([0, 2], [0, 2], color=ink, lw=1)
    right.plot(sums, outputs, ".", color=blue, ms=4, alpha=0.4)
    right.set(title="at the end of 1000 sequences", xlabel="sum", ylabel="answer")
    for one in (left, middle, right):
        one.spines[["top", "right"]].set_visible(False)
    return drawing


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=3)
    parser.add_argument("--batches", type=int, default=1500, help="batches of 64 sequences (default: %(default)s)")
    options = parser.parse_args()

    errors, curves, seconds = [], [], []
    for seed in range(options.seeds):
        trainer, rng, took = train(seed, options.batches)
        inputs, sums = sequences(1000, rng)
        answers = np.asarray(trainer.predict(inputs, reset_state=True))[..., 0]
        errors.append(np.square(answers[:, -1] - sums[:, 0]).mean())
        curves.append(trainer.get_hist_metric("fit", "loss", "detailed"))
        seconds.append(took)
    write(options.output, "adding_problem", task=f"add the two marked numbers among {STEPS}",
          recipe=f"{UNITS} gated recurrent units, {options.batches} batches of {BATCH}, Adam with a rate of 0.005 that "
                 f"halves every 1000 batches",
          source="analytic: 1/6 is the variance of the sum", seconds=float(np.mean(seconds)),
          figures=[figure("squared error of 1000 new sequences", errors, "less than 0.01",
                          f"{BASELINE:.3f} without memory")],
          picture=picture(curves, answers[:, -1], sums[:, 0], inputs[0], answers[0]))


if __name__ == "__main__":
    main()
