"""Spiking neurons tell clothes apart, by the time at which every pixel fires once.

The second notebook of SpyTorch (Neftci, Mostafa & Zenke, 2019, "Surrogate gradient learning in spiking neural networks"):
images of Fashion-MNIST become spikes, the earlier the brighter a pixel is, and 784, 100 and 10 neurons learn them.

The data are four files of 30 MB in all: train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz
and t10k-labels-idx1-ubyte.gz, of https://github.com/zalandoresearch/fashion-mnist (folder data/fashion). Then run
``python examples/fashion_mnist.py --data FOLDER``. Files of MNIST have the same form, and can be read as well.
"""
from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from over_seeds import train_and_test
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

HIDDEN, CLASSES, STEPS, DT, BATCH = 100, 10, 100, 1.0, 256
TAU, TAU_SYNAPSE = 10.0, 5.0  # ms
NAMES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")


class Network(bp.DynamicalSystemNS):
    """Input spikes -> synapses -> LIF neurons -> synapses -> leaky readout; dense layers hold the weights."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        jump, jump_of_current = 1 / (1 - math.exp(-DT / TAU)), 1 / (1 - math.exp(-DT / TAU_SYNAPSE))
        self.to_hidden = bp.layers.Dense(inputs, HIDDEN, bp.init.Normal(0., 0.2 / math.sqrt(inputs)), None)
        self.to_readout = bp.layers.Dense(HIDDEN, CLASSES, bp.init.Normal(0., 0.2 / math.sqrt(HIDDEN)), None)
        self.current = bp.neurons.LeakyIntegrator(HIDDEN, tau=TAU_SYNAPSE, R=jump_of_current)
        self.hidden = bp.neurons.LIF(HIDDEN, tau=TAU, R=jump, V_th=1., V_reset=0.,
                                     spike_fun=bm.surrogate.InvSquareGrad(100.))
        self.current_out = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU_SYNAPSE, R=jump_of_current)
        self.readout = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU, R=jump)

    def update(self, spikes: bm.Array) -> tuple[bm.Array, bm.Array]:
        """One time step: potentials of the readout, and spikes of the hidden neurons."""
        hidden = self.hidden(self.current(self.to_hidden(spikes)))
        return self.readout(self.current_out(self.to_readout(hidden))), hidden


def encode(images: np.ndarray) -> np.ndarray:
    """Spike trains (images, STEPS, pixels): one spike of every pixel that is bright enough."""
    return bp.datasets.latency_spikes(images, STEPS, tau=20., threshold=0.2, dt=DT)


def loss(outputs: tuple[bm.Array, bm.Array], labels: np.ndarray) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross-entropy of the largest potentials over time, and the accuracy."""
    largest = outputs[0].max(axis=1)
    return bp.losses.cross_entropy_loss(largest, labels), {"accuracy": (largest.argmax(axis=-1) == labels).mean()}


def train(data: bp.datasets.Samples, seed: int, epochs: int) -> bp.BPTT:
    """A network trained on images, which become spikes batch by batch."""
    bm.random.seed(seed)
    with bm.training_environment():
        network = Network(int(np.prod(data.inputs.shape[1:])))
    images = bp.datasets.Batches(data.inputs, data.labels, BATCH, seed=seed)

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for chosen, labels in images:
            yield encode(chosen), labels

    trainer = bp.BPTT(network, loss, bp.optim.Adam(2e-4), loss_has_aux=True, dt=DT)
    trainer.fit(batches, num_epoch=epochs)
    return trainer


def classes(trainer: bp.BPTT, images: np.ndarray) -> np.ndarray:
    """What the network tells of images."""
    parts = [images[start:start + 1000] for start in range(0, len(images), 1000)]
    return np.concatenate([np.asarray(trainer.predict(encode(part), reset_state=True)[0].max(axis=1).argmax(axis=-1))
                           for part in parts])


def picture(trainer: bp.BPTT, data: bp.datasets.Samples, told: np.ndarray) -> Any:
    """An image as spikes, what follows from it, how the network learnt, and which classes it takes for others."""
    drawn, axes = plt.subplot_mosaic([["image", row, "learning", "confusion"] for row in ("input", "hidden", "readout")],
                                     figsize=(15, 4), width_ratios=[0.7, 1, 0.8, 0.9], layout="constrained")
    spikes = encode(data.inputs[:1])
    readout, fired = (np.asarray(each)[0] for each in trainer.predict(spikes, reset_state=True))
    axes["image"].imshow(data.inputs[0], cmap="gray_r")
    axes["image"].set(title="an image it has not seen")
    axes["image"].axis("off")
    for name, raster in (("input", spikes[0]), ("hidden", fired)):
        times, neurons = np.nonzero(raster)
        axes[name].scatter(times * DT, neurons, s=2, color="0.15", linewidths=0)
        axes[name].set(xlim=(0, STEPS * DT), xticklabels=[], ylabel={"input": "pixel", "hidden": "neuron"}[name])
    for label, potential in enumerate(readout.T):
        strong = label in (data.labels[0], told[0])
        axes["readout"].plot(np.arange(STEPS) * DT, potential, color=f"C{label}", linewidth=2 if strong else 0.7,
                             label=NAMES[label] if strong else None)
    axes["readout"].set(xlim=(0, STEPS * DT), xlabel="time (ms)", ylabel="readout")
    axes["readout"].legend(frameon=False, fontsize=8)
    curve = trainer.get_hist_metric("fit", "accuracy")
    axes["learning"].plot(np.arange(1, len(curve) + 1), curve, "o-", markersize=3)
    axes["learning"].set(xlabel="epoch", ylabel="training accuracy")
    table = bp.measure.confusion_matrix(told, data.labels, CLASSES)
    axes["confusion"].imshow(np.sqrt(table), cmap="Blues")
    axes["confusion"].set(xticks=range(CLASSES), yticks=range(CLASSES), yticklabels=NAMES, xlabel="told", ylabel="shown",
                          title=f"{100 * (told == data.labels).mean():.1f} % of new images")
    axes["confusion"].set_xticklabels(NAMES, rotation=90)
    return drawn


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=1)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the four files: see the top of this script")
    parser.add_argument("--epochs", type=int, default=30, help="how often to go through the images (default: %(default)s)")
    given = parser.parse_args()
    try:
        data, test = (bp.datasets.mnist(given.data, split) for split in ("train", "test"))
    except bp.datasets.DataFileError as error:
        sys.exit(f"{error}\nDownload the four files of data/fashion from https://github.com/zalandoresearch/fashion-mnist "
                 f"into that folder.")

    learnt, tested, seconds, drawn = train_and_test(
        lambda seed: train(data, seed, given.epochs), lambda trainer: classes(trainer, test.inputs), test.labels,
        given.seeds, lambda trainer, told: picture(trainer, test, told))
    write(given.output, "fashion_mnist", task=f"{len(test.labels)} images of clothes as times of spikes, 10 classes",
          recipe=f"784-{HIDDEN}-{CLASSES} neurons, {STEPS} steps of {DT:g} ms, batches of {BATCH}, Adam 2e-4, "
                 f"{given.epochs} epochs",
          source="SpyTorch tutorial 2 (Neftci, Mostafa & Zenke, 2019)",
          seconds=seconds,
          figures=[figure("accuracy in the last epoch of training", learnt, "-", "0.912"),
                   figure("accuracy on test images", tested, "0.855 to 0.870", "0.863")], picture=drawn)


if __name__ == "__main__":
    main()
