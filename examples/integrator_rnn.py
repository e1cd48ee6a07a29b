"""A recurrent network learns to integrate white noise.

The network of BrainPy's example, 100 rectified units and a linear readout, is trained by back-propagation through 25 steps.
The first state of the units is trained as well. Run it with ``python examples/integrator_rnn.py``.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

STEPS, DT = 25, 0.04
BATCH, HIDDEN = 128, 100
BATCHES = 100  # in an epoch, and between two reports
PUBLISHED = 0.587, 0.147, 0.0247, 0.0228  # losses over the first four hundred batches


class Integrator(bp.DynamicalSystemNS):
    """Rectified recurrent units and a linear readout."""

    def __init__(self) -> None:
        super().__init__()
        self.units = bp.layers.RNNCell(1, HIDDEN, train_state=True)
        self.readout = bp.layers.Dense(HIDDEN, 1)

    def update(self, x: bm.Array) -> bm.Array:
        """The integral, as far as the network knows."""
        return x >> self.units >> self.readout


def noise(batch: int, mean: float = 0.025, scale: float = 0.01) -> tuple[bm.Array, bm.Array]:
    """White noise around means that differ from sequence to sequence, and its integral; both of shape (batch, STEPS, 1)."""
    drift = 2 * mean * (bm.random.normal(size=(batch, 1, 1)) - 0.5)
    inputs = drift + scale / DT**0.5 * bm.random.normal(size=(batch, STEPS, 1))
    return inputs, bm.cumsum(inputs, axis=1)


def batches() -> Iterator[tuple[bm.Array, bm.Array]]:
    """One epoch of training data, made while it is gone through."""
    for _ in range(BATCHES):
        yield noise(BATCH)


def train(seed: int, epochs: int) -> tuple[bp.BPTT, float]:
    """A trained network; returns its trainer, and the seconds it took."""
    bm.random.seed(seed)
    with bm.training_environment():
        network = Integrator()

    def loss(outputs: bm.Array, targets: bm.Array) -> Any:
        weights = bp.losses.l2_norm(network.train_vars().unique().dict())
        return bp.losses.mean_squared_error(outputs, targets) + 2e-4 * weights**2

    rate = bp.optim.ExponentialDecay(lr=0.025, decay_steps=1, decay_rate=0.99975)
    optimizer = bp.optim.Adam(rate, eps=0.1, compat="2.4")  # the published losses are those of its smaller steps
    trainer = bp.BPTT(network, loss, optimizer, progress_bar=False)
    started = time.perf_counter()
    trainer.fit(batches, num_epoch=epochs, num_report=BATCHES)
    return trainer, time.perf_counter() - started


def test(trainer: bp.BPTT) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """New noise, its integral, and what the network takes for it."""
    inputs, integral = noise(1000)
    return np.asarray(inputs), np.asarray(integral), np.asarray(trainer.predict(inputs, reset_state=True))


def picture(losses: list[np.ndarray], inputs: np.ndarray, integral: np.ndarray, outputs: np.ndarray) -> Any:
    """Losses of all seeds over the batches, and integrals next to what the network makes of them."""
    import matplotlib.pyplot as plt

    drawing, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    for index, loss in enumerate(losses):
        left.semilogy(np.arange(1, len(loss) + 1), loss, color="#2563eb", lw=1, alpha=0.5,
                      label="nbbrain" if index == 0 else None)
    left.plot(BATCHES * np.arange(1, 5), PUBLISHED, "o", color="#d97706", label="BrainPy 2.4.0, means of 100")
    left.set(title="training", xlabel="batch", ylabel="loss")
    left.legend(frameon=False)

    times = DT * np.arange(1, STEPS + 1)
    chosen = np.argsort(integral[:, -1, 0])[[20, 250, 500, 750, 980]]
    for index, color in zip(chosen, plt.get_cmap("viridis")(np.linspace(0, 0.85, len(chosen))), strict=True):
        middle.plot(times, integral[index, :, 0], color=color, lw=4, alpha=0.35)
        middle.plot(times, outputs[index, :, 0], color=color, lw=1.5)
    middle.plot([], [], color="gray", lw=4, alpha=0.35, label="integral")
    middle.plot([], [], color="gray", lw=1.5, label="network")
    middle.set(title="five sequences it has not seen", xlabel="time", ylabel="integral")
    middle.legend(frameon=False)

    right.plot(integral[:, -1, 0], outputs[:, -1, 0], ".", color="#2563eb", ms=4, alpha=0.4)
    ends = [integral[:, -1].min(), integral[:, -1].max()]
    right.plot(ends, ends, color="#1f2933", lw=1)
    right.set(title="at the end of 1000 sequences", xlabel="integral", ylabel="network")
    for one in (left, middle, right):
        one.spines[["top", "right"]].set_visible(False)
    return drawing


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=5)
    parser.add_argument("--epochs", type=int, default=10, help="epochs of 100 batches (default: %(default)s)")
    options = parser.parse_args()

    reports, curves, explained, seconds = [], [], [], []
    for seed in range(options.seeds):
        trainer, took = train(seed, options.epochs)
        inputs, integral, outputs = test(trainer)
        reports.append(trainer.get_hist_metric("fit", "loss"))
        curves.append(trainer.get_hist_metric("fit", "loss", "detailed"))
        explained.append(1 - np.square(outputs - integral).mean() / integral.var())
        seconds.append(took)
    figures = [figure(f"loss, batches {100 * k + 1} to {100 * k + 100}", [report[k] for report in reports], "that level",
                      f"{PUBLISHED[k]:g}") for k in range(min(4, options.epochs))]
    figures.append(figure(f"loss, last {BATCHES} batches of {options.epochs} epochs", [report[-1] for report in reports],
                          "that level", "0.0207 after 30 epochs"))
    figures.append(figure(f"R² of new sequences after {options.epochs} epochs", explained, "-", "-"))
    write(options.output, "integrator_rnn", task="integrate white noise over 25 steps",
          recipe=f"{HIDDEN} rectified units, batches of {BATCH}, Adam(ExponentialDecay(0.025, 1, 0.99975), eps=0.1, "
                 f"compat='2.4'), whose steps are smaller because it counts epochs in the bias correction, as BrainPy; "
                 f"{options.epochs} epochs of {BATCHES} batches; seeds differ in how long the loss stays at 0.6; the first "
                 f"state is trained, which BrainPy says but does not do",
          source="BrainPy 2.4.0, examples/dynamics_training/integrator_rnn.py, run with one seed and num_report=100, and "
                 "its quick start",
          seconds=float(np.mean(seconds)), figures=figures, picture=picture(curves, inputs, integral, outputs))


if __name__ == "__main__":
    main()
