"""A small network without spikes on the Yin-Yang data set, which a network without a hidden layer cannot learn.

Points in a Yin-Yang symbol are told apart: Yin, Yang or dot (Kriener, Göltz & Petrovici, 2022, "The Yin-Yang dataset"). As
in the paper, a network with 30 hidden units is compared with one whose lower layer keeps its random weights, and with one
without hidden units. Loops compile with gradients and updates in them, so an epoch of 250 updates is one call of 15 ms.

Run it with ``python examples/yin_yang.py``.
"""
from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

HIDDEN, CLASSES, BATCH = 30, 3, 20
PUBLISHED = {"the whole network": (97.6, 1.5), "lower layer frozen": (85.5, 5.8), "no hidden layer": (63.8, 1.0)}


@dataclass
class Trained:
    """A network, and its accuracy on the validation data after every epoch."""

    network: bp.Sequential
    accuracies: list[float] = field(default_factory=list)

    def accuracy(self, points: np.ndarray, labels: np.ndarray) -> float:
        """The part of points that are told right."""
        return float((self.network(bm.asarray(points)).argmax(axis=-1) == labels).mean())


def layer(num_in: int, num_out: int) -> bp.layers.Dense:
    """A dense layer whose weights and biases begin as in the paper's code: uniform, of width by the number of inputs."""
    bound = 1 / math.sqrt(num_in)
    return bp.layers.Dense(num_in, num_out, bp.init.Uniform(-bound, bound), bp.init.Uniform(-bound, bound))


def train(kind: str, seed: int, epochs: int, train_data: tuple, validation: tuple) -> Trained:
    """A trained network of one of the three kinds."""
    bm.random.seed(seed)
    with bm.training_environment():
        lower, upper = layer(4, HIDDEN), layer(HIDDEN, CLASSES)
        network = bp.Sequential(layer(4, CLASSES)) if kind == "no hidden layer" else bp.Sequential(lower, bm.relu, upper)
    trained = Trained(network)
    variables = (upper if kind == "lower layer frozen" else network).train_vars().unique()
    optimizer = bp.optim.Adam(0.01, variables)
    points, labels = (bm.asarray(each) for each in train_data)
    gradient = bm.grad(lambda x, y: bp.losses.cross_entropy_loss(network(x), y), grad_vars=variables)

    def update(chosen: bm.Array) -> None:
        optimizer.update(gradient(points[chosen], labels[chosen]))

    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        bm.for_loop(update, rng.permutation(len(points)).reshape(-1, BATCH))
        trained.accuracies.append(trained.accuracy(*validation))
    return trained


def picture(networks: dict[str, Trained], points: np.ndarray, labels: np.ndarray) -> Any:
    """What the networks make of the plane, the test data in it, and how they learnt."""
    drawn, axes = plt.subplots(1, 4, figsize=(14, 3.5), layout="constrained")
    x, y = np.meshgrid(np.linspace(0, 1, 300), np.linspace(0, 1, 300))
    plane = np.stack([x, y, 1 - x, 1 - y], axis=-1).reshape(-1, 4)
    colors = np.array([[0.99, 0.75, 0.30], [0.25, 0.45, 0.75], [0.55, 0.80, 0.55]])
    outside = np.hypot(x - 0.5, y - 0.5) > 0.5
    for ax, (kind, trained) in zip(axes, networks.items(), strict=False):
        shares = np.asarray(bm.softmax(trained.network(bm.asarray(plane, dtype=bm.float32)), axis=-1)).reshape(*x.shape, 3)
        image = shares @ colors
        image[outside] = 1
        ax.imshow(image, origin="lower", extent=(0, 1, 0, 1), interpolation="bilinear")
        told = np.asarray(trained.network(bm.asarray(points)).argmax(axis=-1))
        ax.scatter(*points[told == labels, :2].T, c=colors[labels[told == labels]] * 0.55, s=3, linewidths=0)
        ax.scatter(*points[told != labels, :2].T, c="crimson", s=14, marker="x", linewidths=1)
        ax.add_patch(plt.Circle((0.5, 0.5), 0.5, fill=False, color="0.2", linewidth=1))
        ax.set(title=f"{kind}: {100 * trained.accuracy(points, labels):.1f} %", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        ax.axis("off")
        axes[3].plot(100 * np.array(trained.accuracies), label=kind, linewidth=1)
    axes[3].set(xlabel="epoch", ylabel="validation accuracy (%)", ylim=(40, 100), box_aspect=1)
    axes[3].legend(frameon=False, loc="lower right", fontsize=9)
    return drawn


def main() -> None:
    """Train the three networks, and write what was reached."""
    parser = arguments(__doc__, seeds=20)
    parser.add_argument("--epochs", type=int, default=300, help="how often to go through the data (default: %(default)s)")
    given = parser.parse_args()
    train_data, validation, test = bp.datasets.yin_yang_splits()
    accuracies: dict[str, list[float]] = {kind: [] for kind in PUBLISHED}
    started = time.perf_counter()
    for seed in range(given.seeds):
        networks = {kind: train(kind, seed, given.epochs, train_data, validation) for kind in PUBLISHED}
        for kind, trained in networks.items():
            accuracies[kind].append(100 * trained.accuracy(*test))
        print(f"seed {seed}: " + ", ".join(f"{kind} {values[-1]:.1f} %" for kind, values in accuracies.items()))
        if seed == 0:
            drawn = picture(networks, *test)
    asked = (">= 96.5 in the mean", "between the others", "the lowest")
    write(given.output, "yin_yang", task="points in a Yin-Yang symbol, three classes",
          recipe=f"4-{HIDDEN}-{CLASSES} units, batches of {BATCH}, Adam 0.01, {given.epochs} epochs; test accuracy (%)",
          source="Kriener, Göltz & Petrovici (2022); README of lkriener/yin_yang_data_set",
          seconds=(time.perf_counter() - started) / given.seeds,
          figures=[figure(kind, accuracies[kind], each, f"{mean} ± {deviation}")
                   for (kind, (mean, deviation)), each in zip(PUBLISHED.items(), asked, strict=True)], picture=drawn)


if __name__ == "__main__":
    main()
