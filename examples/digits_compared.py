"""A spiking, a convolutional and a recurrent network read the digits that come with scikit-learn.

All three are built of the library's layers and neurons and trained by its trainers. To the spiking network a pixel is a
current, for 30 ms; the recurrent one reads the eight rows, and the eight columns, one after the other.

Run it with ``python examples/digits_compared.py``.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from reporting import arguments, figure, write
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nbbrain as bp
import nbbrain.math as bm

SIDE, CLASSES, BATCH = 8, 10, 32
STEPS = 30  # of 1 ms, for the spiking network


class SpikingNetwork(bp.DynamicalSystemNS):
    """Input currents -> LIF neurons -> leaky readout; dense layers hold the weights."""

    def __init__(self, hidden: int = 200) -> None:
        super().__init__()
        self.to_hidden = bp.layers.Dense(SIDE * SIDE, hidden, bp.init.KaimingNormal(scale=10.))
        self.to_readout = bp.layers.Dense(hidden, CLASSES, bp.init.KaimingNormal(scale=2.))
        self.hidden = bp.neurons.LIF(hidden, tau=10., V_th=1., V_reset=0., spike_fun=bm.surrogate.InvSquareGrad(10.))
        self.readout = bp.neurons.LeakyIntegrator(CLASSES, tau=10., R=10.)

    def update(self, currents: bm.Array) -> tuple[bm.Array, bm.Array]:
        """One time step: potentials of the readout, and spikes."""
        hidden = self.hidden(self.to_hidden(currents))
        return self.readout(self.to_readout(hidden)), hidden


@dataclass(frozen=True)
class Kind:
    """How a network of one kind is built and trained, what images become for it, and what makes scores of its outputs."""

    build: Callable[[], Any]
    encode: Callable[[np.ndarray], np.ndarray]
    scores: Callable[[Any], Any]
    trainer: Any
    rate: float


KINDS = {
    "spiking": Kind(
        SpikingNetwork, lambda images: np.repeat(images.reshape(len(images), 1, -1), STEPS, axis=1),
        lambda outputs: outputs[0].mean(axis=1), bp.BPTT, 5e-3),
    "convolutional": Kind(
        lambda: bp.Sequential(bp.layers.Conv2d(1, 32, 3), bm.relu, bp.layers.Conv2d(32, 32, 3), bm.relu,
                              bp.layers.MaxPool2d(2), bp.layers.Flatten(), bp.layers.Dropout(0.7),
                              bp.layers.Dense(SIDE * SIDE // 4 * 32, CLASSES)),
        lambda images: images[..., None], lambda outputs: outputs, bp.BPFF, 1e-3),
    "recurrent": Kind(
        lambda: bp.Sequential(bp.layers.GRUCell(2 * SIDE, 100), bp.layers.Dropout(0.7), bp.layers.Dense(100, CLASSES)),
        lambda images: np.concatenate([images, images.swapaxes(1, 2)], axis=2), lambda outputs: outputs[:, -1],
        bp.BPTT, 3e-3),
}
Splits = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def varied(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Images of which every fourth is moved by a pixel to the left, and every fourth to the right."""
    changed, move = images.copy(), rng.integers(0, 4, len(images))
    changed[move == 1, :, 1:], changed[move == 1, :, 0] = images[move == 1, :, :-1], 0
    changed[move == 2, :, :-1], changed[move == 2, :, -1] = images[move == 2, :, 1:], 0
    return changed


def train(name: str, splits: Splits, seed: int, epochs: int) -> dict[str, Any]:
    """One network trained and tested: its test accuracy (%) after every epoch, what it tells, and how long it took."""
    kind, rng = KINDS[name], np.random.default_rng(seed)
    bm.random.seed(seed)
    with bm.training_environment():
        network = kind.build()
    data = bp.datasets.Batches(splits[0], splits[2], BATCH, seed=seed, drop_last=True)
    tests = kind.encode(splits[1])

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for images, labels in data:
            yield kind.encode(varied(images, rng)), labels

    def loss(outputs: Any, labels: Any) -> Any:
        return bp.losses.cross_entropy_loss(kind.scores(outputs), labels)

    trainer = kind.trainer(network, loss, bp.optim.Adam(bp.optim.CosineAnnealingLR(kind.rate, epochs)), dt=1.)
    accuracies, seconds = [], 0.0
    for _ in range(epochs):
        started = time.perf_counter()
        trainer.fit(batches, num_epoch=1)
        seconds += time.perf_counter() - started
        told = np.asarray(kind.scores(trainer.predict(tests, reset_state=True)).argmax(axis=-1))
        accuracies.append(100 * float((told == splits[3]).mean()))
    return {"accuracies": accuracies, "told": told, "seconds": seconds, "trainer": trainer, "tests": tests}


def picture(runs: dict[str, dict[str, Any]], images: np.ndarray, labels: np.ndarray) -> Any:
    """How the networks learnt, what goes on in the spiking one, and all digits that any of them took for another."""
    drawn, axes = plt.subplot_mosaic([["learning", "image", "spikes", "wrong"], ["learning", "image", "readout", "wrong"]],
                                     figsize=(15, 4), width_ratios=[1, 0.55, 0.9, 1.25], layout="constrained")
    for kind, run in runs.items():
        axes["learning"].plot(np.arange(1, len(run["accuracies"]) + 1), run["accuracies"],
                              label=f"{kind}: {run['accuracies'][-1]:.1f} %")
    axes["learning"].set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(80, 100.5), title="on digits they have not seen")
    axes["learning"].legend(frameon=False, loc="lower right")

    run = runs["spiking"]
    readout, fired = (np.asarray(each)[0] for each in run["trainer"].predict(run["tests"][:1], reset_state=True))
    axes["image"].imshow(images[0], cmap="gray_r")
    axes["image"].set(title="pixels are currents,")
    axes["image"].axis("off")
    times, neurons = np.nonzero(fired)
    axes["spikes"].scatter(times, neurons, s=2, color="0.15", linewidths=0)
    axes["spikes"].set(xlim=(0, STEPS), xticklabels=[], ylabel="neuron", title="neurons fire, readouts sum up")
    for digit, potential in enumerate(readout.T):
        shown = digit == labels[0]
        axes["readout"].plot(potential, color="C0" if shown else "0.75", linewidth=2 if shown else 0.8,
                             label=f"a {digit}?" if shown else None)
    axes["readout"].set(xlim=(0, STEPS), xlabel="time (ms)", ylabel="readout")
    axes["readout"].legend(frameon=False)

    wrong = np.flatnonzero(np.any([run["told"] != labels for run in runs.values()], axis=0))[:40]
    columns = 5 if len(wrong) <= 20 else 8
    sheet = np.full((max(1, -(-len(wrong) // columns)) * 12, columns * 10), np.nan)
    for place, index in enumerate(wrong):
        row, column = divmod(place, columns)
        sheet[row * 12:row * 12 + SIDE, column * 10 + 1:column * 10 + 1 + SIDE] = images[index]
        told = " ".join(str(run["told"][index]) for run in runs.values())
        axes["wrong"].text(column * 10 + 4.5, row * 12 + 9.3, told, ha="center", va="center", fontsize=7,
                           family="monospace")
    axes["wrong"].imshow(sheet, cmap="gray_r")
    axes["wrong"].set(title=f"where one failed: what {', '.join(kind[:4] + '.' for kind in runs)} told")
    axes["wrong"].axis("off")
    return drawn


def main() -> None:
    """Train the three networks with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=5)
    parser.add_argument("--epochs", type=int, default=25, help="how often to go through the digits (default: %(default)s)")
    parser.add_argument("--images", type=int, default=1797, help="how many digits to use (default: %(default)s)")
    given = parser.parse_args()
    pixels, labels = (each[:given.images] for each in load_digits(return_X_y=True))
    images = (pixels / 16).reshape(-1, SIDE, SIDE).astype(np.float32)
    runs: list[dict[str, dict[str, Any]]] = []
    for seed in range(given.seeds):
        splits = train_test_split(images, labels.astype(np.int32), test_size=0.2, random_state=seed, stratify=labels)
        runs.append({kind: train(kind, splits, seed, given.epochs) for kind in KINDS})
        print(f"seed {seed}: " + ", ".join(f"{kind} {run['accuracies'][-1]:.1f} % in {run['seconds']:.0f} s"
                                           for kind, run in runs[-1].items()))
        if seed == 0:
            drawn = picture(runs[0], splits[1], splits[3])
    write(given.output, "digits_compared",
          task=f"{len(images)} images of 8 by 8 pixels of digits, of which a fifth are for the test",
          recipe=f"batches of {BATCH}, Adam with a rate that falls as a cosine, {given.epochs} epochs; test accuracy (%)",
          source="scikit-learn's digits; split and weights are different with every seed",
          seconds=sum(run["seconds"] for each in runs for run in each.values()) / given.seeds,
          figures=[figure(f"{kind} network", [each[kind]["accuracies"][-1] for each in runs], ">= 97 in the mean", "-")
                   for kind in KINDS], picture=drawn)


if __name__ == "__main__":
    main()
