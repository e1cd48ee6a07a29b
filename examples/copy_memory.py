"""A network with long short-term memory repeats ten symbols that it saw fifty steps ago.

The copy memory task of Hochreiter & Schmidhuber (1997), in the form of Arjovsky, Shah & Bengio (2016). Who has no memory
says nothing until the signal to repeat, and then guesses ten of eight symbols; the cross entropy of that is
10 log 8 / (T + 20). Forget gates begin with memories of 1 to T steps (Tallec & Ollivier, 2018, "Can recurrent neural
networks warp time?"), and the network practises with shorter delays at first.
Run it with ``python examples/copy_memory.py``.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

DELAY, SYMBOLS, LENGTH = 50, 8, 10
NOTHING, GO = 0, SYMBOLS + 1  # what is given and said while there is nothing to say; the signal to repeat
STEPS = DELAY + 2 * LENGTH
UNITS, BATCH = 128, 32
BASELINE = LENGTH * np.log(SYMBOLS) / STEPS


def memories(shape: tuple[int, ...]) -> bm.Array:
    """Biases of the gates, for inputs that come in as slowly as memories fade, which is within 1 to STEPS - 1 steps."""
    fading = bm.log(bm.random.uniform(1., STEPS - 1., UNITS))
    return bm.concatenate([-fading, bm.zeros(UNITS), fading - 1., bm.zeros(UNITS)])  # forget gates add 1 themselves


class Memory(bp.DynamicalSystemNS):
    """Long short-term memory and a linear readout."""

    def __init__(self) -> None:
        super().__init__()
        self.units = bp.layers.LSTMCell(SYMBOLS + 2, UNITS, b_initializer=memories)
        self.readout = bp.layers.Dense(UNITS, SYMBOLS + 1)

    def update(self, x: bm.Array) -> bm.Array:
        """Scores of what may be said."""
        return x >> self.units >> self.readout


class ClippedAdam(bp.optim.Adam):
    """Adam with gradients whose norm is 1 at most, all taken together."""

    def update(self, grads: dict[str, bm.Array]) -> None:
        """Change all variables."""
        scale = bm.minimum(1., 1. / bp.losses.l2_norm(grads))
        super().update({key: scale * gradient for key, gradient in grads.items()})


def sequences(delays: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, one-hot and of shape (delays, STEPS, SYMBOLS + 2), and what is to be said, shape (delays, STEPS)."""
    rows, places = np.arange(len(delays))[:, None], np.arange(LENGTH)
    symbols = rng.integers(1, SYMBOLS + 1, size=(len(delays), LENGTH))
    inputs, targets = np.full((2, len(delays), STEPS), NOTHING, np.int32)
    inputs[:, :LENGTH] = symbols
    inputs[rows, LENGTH + delays[:, None] - 1] = GO
    targets[rows, LENGTH + delays[:, None] + places] = symbols
    return np.eye(SYMBOLS + 2, dtype=np.float32)[inputs], targets


def train(seed: int, batches: int) -> tuple[bp.BPTT, np.random.Generator, float]:
    """A trained network; returns its trainer, the generator of sequences and the seconds it took."""
    bm.random.seed(seed)
    rng = np.random.default_rng(seed)
    with bm.training_environment():
        network = Memory()

    def epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for number in range(batches):
            longest = min(DELAY, 5 * (1 + number // 100))
            yield sequences(rng.integers(1, longest + 1, size=BATCH), rng)

    rate = bp.optim.ExponentialDecay(lr=0.01, decay_steps=1000, decay_rate=0.7)
    trainer = bp.BPTT(network, bp.losses.cross_entropy_loss, ClippedAdam(rate), progress_bar=False)
    started = time.perf_counter()
    trainer.fit(epoch, num_epoch=1)
    return trainer, rng, time.perf_counter() - started


def picture(losses: list[np.ndarray], inputs: np.ndarray, targets: np.ndarray, chances: np.ndarray) -> Any:
    """Losses over the batches, and a sequence: what is given, what is to be said and what is said with which certainty."""
    import matplotlib.pyplot as plt

    blue, orange, ink = "#2563eb", "#d97706", "#1f2933"
    drawing = plt.figure(figsize=(13, 4.6), layout="constrained")
    grid = drawing.add_gridspec(3, 2, width_ratios=(1, 1.9))
    left = drawing.add_subplot(grid[:, 0])
    for one in losses:
        smooth = np.convolve(one, np.ones(20) / 20, "valid")
        left.semilogy(np.arange(len(smooth)) + 20, smooth, color=blue, lw=1.3, alpha=0.6)
    left.axhline(BASELINE, color=ink, lw=1, ls="--")
    left.annotate("without memory", (len(losses[0]), BASELINE), ha="right", va="bottom", color=ink)
    left.axhline(0.1 * BASELINE, color=orange, lw=1, ls="--")
    left.annotate("solved", (len(losses[0]), 0.1 * BASELINE), ha="right", va="bottom", color=orange)
    left.set(xlabel="batch", ylabel="cross entropy, mean of 20 batches")
    left.set_title("training", loc="left")
    left.spines[["top", "right"]].set_visible(False)
    rows = (("given", inputs.T, [*"·12345678", "go"]), ("to be said", np.eye(SYMBOLS + 1)[targets].T, [*"·12345678"]),
            ("said", chances.T, [*"·12345678"]))
    for row, (title, matrix, labels) in enumerate(rows):
        one = drawing.add_subplot(grid[row, 1])
        one.imshow(matrix, aspect="auto", cmap="Blues", vmin=0, vmax=1, origin="lower", interpolation="nearest")
        one.set_yticks(range(len(labels)), labels, fontsize=7)
        one.set_ylabel(title)
        if row < 2:
            one.set_xticks([])
    one.set_xlabel("step")
    return drawing


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=3)
    parser.add_argument("--batches", type=int, default=4000, help=f"batches of {BATCH} sequences (default: %(default)s)")
    options = parser.parse_args()

    entropies, right, curves, seconds = [], [], [], []
    for seed in range(options.seeds):
        trainer, rng, took = train(seed, options.batches)
        inputs, targets = sequences(np.full(1000, DELAY), rng)
        scores = trainer.predict(inputs, reset_state=True)
        entropies.append(float(bp.losses.cross_entropy_loss(scores, targets)))
        right.append((np.asarray(scores)[:, -LENGTH:].argmax(axis=-1) == targets[:, -LENGTH:]).mean())
        curves.append(trainer.get_hist_metric("fit", "loss", "detailed"))
        seconds.append(took)
    figures = [figure("cross entropy of 1000 new sequences", entropies, f"less than {0.1 * BASELINE:.4f}",
                      f"{BASELINE:.4f} without memory"),
               figure("share of symbols repeated rightly", right, "-", f"{1 / SYMBOLS:g} without memory")]
    write(options.output, "copy_memory", task=f"repeat {LENGTH} of {SYMBOLS} symbols after {DELAY} steps",
          recipe=f"{UNITS} units of long short-term memory with gates for 1 to T steps; {options.batches} batches of "
                 f"{BATCH}, random delays up to 5, then 10, ... {DELAY} steps, 100 batches each; Adam at 0.01 (times 0.7 "
                 f"every 1000 batches), gradients clipped to a norm of 1; tested with {DELAY} steps",
          source="analytic: 10 log 8 / (T + 20)", seconds=float(np.mean(seconds)), figures=figures,
          picture=picture(curves, inputs[0], targets[0], np.asarray(bm.softmax(scores[0], axis=-1))))


if __name__ == "__main__":
    main()
