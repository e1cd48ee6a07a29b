"""A few spiking neurons tell random spike patterns apart, if the spike has a surrogate of a derivative.

The first notebook of SpyTorch (Neftci, Mostafa & Zenke, 2019, "Surrogate gradient learning in spiking neural networks"):
256 patterns of Poisson spikes of 100 neurons, with random labels, are learnt by heart by 4 hidden neurons. The derivative of
a step is zero, so with the true gradient nothing but the readout learns, and 4 random neurons tell it next to nothing.

Run it with ``python examples/random_spike_patterns.py``.
"""
from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

INPUTS, HIDDEN, CLASSES = 100, 4, 2
PATTERNS, STEPS, DT = 256, 200, 1.0  # steps of 1 ms
RATE = 5.0  # Hz
TAU, TAU_SYNAPSE = 10.0, 5.0  # ms


@dataclass(frozen=True)
class TrueGradient(bm.surrogate.Surrogate):
    """A spike with the derivative that a step has: zero."""

    def gradient(self, x: Any) -> Any:
        """The derivative at x."""
        return 0.0 * x


class Network(bp.DynamicalSystemNS):
    """Input spikes -> synapses -> LIF neurons -> synapses -> leaky readout; dense layers hold the weights."""

    def __init__(self, spike: Any) -> None:
        super().__init__()
        decay = math.exp(-DT / TAU)
        jump = 1 / (1 - decay)  # so that an input of 1 raises the potential by 1 in a step, as in the notebook
        scale = 7 * (1 - decay)
        self.to_hidden = bp.layers.Dense(INPUTS, HIDDEN, bp.init.Normal(0., scale / math.sqrt(INPUTS)), None)
        self.to_readout = bp.layers.Dense(HIDDEN, CLASSES, bp.init.Normal(0., scale / math.sqrt(HIDDEN)), None)
        self.current = bp.neurons.LeakyIntegrator(HIDDEN, tau=TAU_SYNAPSE, R=1 / (1 - math.exp(-DT / TAU_SYNAPSE)))
        self.hidden = bp.neurons.LIF(HIDDEN, tau=TAU, R=jump, V_th=1., V_reset=0., spike_fun=spike, spike_reset="soft")
        self.current_out = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU_SYNAPSE, R=1 / (1 - math.exp(-DT / TAU_SYNAPSE)))
        self.readout = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU, R=jump)

    def update(self, spikes: bm.Array) -> tuple[bm.Array, bm.Array, bm.Array]:
        """One time step: potentials of the readout, and spikes and potentials of the hidden neurons."""
        hidden = self.hidden(self.current(self.to_hidden(spikes)))
        return self.readout(self.current_out(self.to_readout(hidden))), hidden, self.hidden.V.value


def loss(outputs: tuple[bm.Array, bm.Array, bm.Array], labels: np.ndarray) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross-entropy of the largest potentials over time, and the accuracy."""
    largest = outputs[0].max(axis=1)
    return bp.losses.cross_entropy_loss(largest, labels), {"accuracy": (largest.argmax(axis=-1) == labels).mean()}


def train(spike: Any, spikes: np.ndarray, labels: np.ndarray, seed: int, iterations: int) -> bp.BPTT:
    """A network trained on the patterns."""
    bm.random.seed(seed)
    with bm.training_environment():
        network = Network(spike)
    trainer = bp.BPTT(network, loss, bp.optim.Adam(2e-3), loss_has_aux=True, dt=DT)
    trainer.fit([(spikes, labels)], num_epoch=iterations, num_report=max(1, iterations // 5))
    return trainer


def picture(trainers: list[bp.BPTT], spikes: np.ndarray, labels: np.ndarray) -> Any:
    """How both learnt, and what the learnt network does with one pattern of each class."""
    drawn, axes = plt.subplot_mosaic([["learning", "hidden0", "hidden1"], ["learning", "readout0", "readout1"]],
                                     figsize=(11, 4.4), width_ratios=[1.25, 1, 1], layout="constrained")
    for trainer, name, color in zip(trainers, ("surrogate gradient", "true gradient"), ("C0", "C3"), strict=True):
        axes["learning"].plot(trainer.get_hist_metric("fit", "accuracy", "detailed"), color=color, label=name)
    axes["learning"].axhline(0.859, color="C0", linestyle=":", linewidth=1, label="published")
    axes["learning"].axhline(0.512, color="C3", linestyle=":", linewidth=1)
    axes["learning"].set(xlabel="update", ylabel="accuracy", ylim=(0.45, 1), title="256 patterns, 4 neurons")
    axes["learning"].legend(loc="center right", frameon=False)
    readout, fired, potentials = (np.asarray(each) for each in trainers[0].predict(spikes, reset_state=True))
    right = np.flatnonzero(readout.max(axis=1).argmax(axis=-1) == labels)
    for label in range(CLASSES):
        n = next((n for n in right if labels[n] == label), 0)
        for j in range(HIDDEN):
            times = np.flatnonzero(fired[n, :, j])
            axes[f"hidden{label}"].plot(np.clip(potentials[n, :, j], -3, None) / 3 - 1.8 * j, color="0.6", linewidth=0.8)
            axes[f"hidden{label}"].vlines(times, 0.2 - 1.8 * j, 1.1 - 1.8 * j, color="0.1", linewidth=1)
            axes[f"readout{label}"].set(xlabel="time (ms)")
        for j, color in enumerate(("C4", "C1")):
            axes[f"readout{label}"].plot(readout[n, :, j], color=color, label=f"class {j}")
            axes[f"readout{label}"].plot(readout[n, :, j].argmax(), readout[n, :, j].max(), "o", color=color)
        axes[f"hidden{label}"].set(yticks=[], xticks=[], title=f"a pattern of class {label}")
    axes["hidden0"].set(ylabel="hidden neurons")
    axes["readout0"].set(ylabel="readout")
    axes["readout0"].legend(frameon=False, fontsize=8)
    return drawn


def main() -> None:
    """Train with both gradients, and write what was reached."""
    parser = arguments(__doc__, seeds=5)
    parser.add_argument("--iterations", type=int, default=1000, help="updates (default: %(default)s)")
    given = parser.parse_args()
    accuracies: list[list[float]] = [[], []]
    started = time.perf_counter()
    for seed in range(given.seeds):
        rng = np.random.default_rng(seed)
        spikes = (rng.random((PATTERNS, STEPS, INPUTS)) < RATE * DT / 1000).astype(np.float32)
        labels = (rng.random(PATTERNS) < 0.5).astype(np.int32)
        trainers = [train(spike, spikes, labels, seed, given.iterations)
                    for spike in (bm.surrogate.InvSquareGrad(100.), TrueGradient())]
        for trainer, reached in zip(trainers, accuracies, strict=True):
            reached.append(float(loss(trainer.predict(spikes, reset_state=True), labels)[1]["accuracy"]))
        if seed == 0:
            drawn = picture(trainers, spikes, labels)
    write(given.output, "random_spike_patterns",
          task="256 random patterns of Poisson spikes in two random classes, learnt by heart by 4 spiking neurons",
          recipe=f"100-4-2 neurons, 200 steps of 1 ms, Adam 2e-3, {given.iterations} updates of all patterns, maxima of "
                 "readouts over time; training accuracy",
          source="SpyTorch tutorial 1 (Neftci, Mostafa & Zenke, 2019)",
          seconds=(time.perf_counter() - started) / given.seeds,
          figures=[figure("accuracy with the surrogate gradient", accuracies[0], ">= 0.83", "0.859"),
                   figure("accuracy with the true gradient", accuracies[1], "<= 0.60", "0.512")], picture=drawn)


if __name__ == "__main__":
    main()
