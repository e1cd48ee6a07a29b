"""Recurrent spiking neurons tell spoken digits apart, as an artificial cochlea hears them.

The Heidelberg digits (Cramer, Stradmann, Schemmel & Zenke, 2022, "The Heidelberg spiking data sets for the systematic
evaluation of spiking neural networks") are zero to nine in German and in English, in spikes of 700 channels. As in the
fourth notebook of SpyTorch, a recurrent hidden layer learns them by surrogate gradients, and its rates are kept in bounds.

The data are two files, shd_train.h5 and shd_test.h5, which are unpacked from shd_train.h5.gz and shd_test.h5.gz (170 MB) of
https://zenkelab.org/datasets. Then run ``python examples/heidelberg_digits.py --data FOLDER``, which needs h5py.
"""
from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from over_seeds import train_and_test
from reporting import arguments, figure, write

import nbbrain as bp
import nbbrain.math as bm

HIDDEN, CLASSES, CHANNELS = 256, 20, 350
STEPS, DURATION, DT, BATCH = 100, 1.4, 14.0, 128  # 100 steps of 14 ms
TAU, TAU_SYNAPSE = 140.0, 70.0  # ms


class Network(bp.DynamicalSystemNS):
    """Input spikes -> synapses -> LIF neurons that are connected with each other -> synapses -> leaky readout."""

    def __init__(self) -> None:
        super().__init__()
        jump, jump_of_current = 1 / (1 - math.exp(-DT / TAU)), 1 / (1 - math.exp(-DT / TAU_SYNAPSE))
        self.from_input = bp.layers.Dense(CHANNELS, HIDDEN, bp.init.Normal(0., 0.2 / math.sqrt(CHANNELS)), None)
        self.recurrent = bp.layers.Dense(HIDDEN, HIDDEN, bp.init.Normal(0., 0.2 / math.sqrt(HIDDEN)), None)
        self.to_readout = bp.layers.Dense(HIDDEN, CLASSES, bp.init.Normal(0., 0.2 / math.sqrt(HIDDEN)), None)
        self.current = bp.neurons.LeakyIntegrator(HIDDEN, tau=TAU_SYNAPSE, R=jump_of_current)
        self.hidden = bp.neurons.LIF(HIDDEN, tau=TAU, R=jump, V_th=1., V_reset=0., spike_fun=bm.surrogate.InvSquareGrad(10.))
        self.current_out = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU_SYNAPSE, R=jump_of_current)
        self.readout = bp.neurons.LeakyIntegrator(CLASSES, tau=TAU, R=jump)

    def update(self, spikes: bm.Array) -> tuple[bm.Array, bm.Array]:
        """One time step: potentials of the readout, and spikes of the hidden neurons."""
        current = self.current(self.from_input(spikes) + self.recurrent(self.hidden.spike.value))
        hidden = self.hidden(current)
        return self.readout(self.current_out(self.to_readout(hidden))), hidden


def loss(outputs: tuple[bm.Array, bm.Array], labels: np.ndarray) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross-entropy of the readout's means over time, a penalty of very high rates, and the accuracy."""
    readout, spikes = outputs
    scores = readout.mean(axis=1)
    too_much = bm.square(bm.relu(spikes.sum(axis=1) - 0.3 * STEPS)).mean()
    return (bp.losses.cross_entropy_loss(scores, labels) + 1e-3 * too_much,
            {"accuracy": (scores.argmax(axis=-1) == labels).mean()})


def train(data: bp.datasets.Samples, seed: int, epochs: int) -> bp.BPTT:
    """A network trained on spoken digits."""
    bm.random.seed(seed)
    with bm.training_environment():
        network = Network()
    trainer = bp.BPTT(network, loss, bp.optim.Adam(1e-3), loss_has_aux=True, dt=DT)
    batches = bp.datasets.Batches(data.inputs.astype(np.float32), data.labels, BATCH, seed=seed)
    trainer.fit(batches, num_epoch=epochs)
    return trainer


def classes(trainer: bp.BPTT, spikes: np.ndarray) -> np.ndarray:
    """What the network tells of spoken digits."""
    parts = [spikes[start:start + BATCH].astype(np.float32) for start in range(0, len(spikes), BATCH)]
    return np.concatenate([np.asarray(trainer.predict(part, reset_state=True)[0].mean(axis=1).argmax(axis=-1))
                           for part in parts])


def picture(trainer: bp.BPTT, data: bp.datasets.Samples, told: np.ndarray) -> Any:
    """A word as the cochlea hears it, what follows from it, how the network learnt, and which words it takes for others."""
    drawn, axes = plt.subplot_mosaic([["input", "learning", "confusion"], ["hidden", "learning", "confusion"],
                                      ["readout", "learning", "confusion"]],
                                     figsize=(13, 4.5), width_ratios=[1.2, 0.8, 1], layout="constrained")
    readout, fired = (np.asarray(each)[0] for each in trainer.predict(data.inputs[:1].astype(np.float32), reset_state=True))
    for name, raster in (("input", data.inputs[0]), ("hidden", fired)):
        steps, neurons = np.nonzero(raster)
        axes[name].scatter(steps * DT, neurons, s=2, color="0.15", linewidths=0)
        axes[name].set(xlim=(0, STEPS * DT), xticklabels=[], ylabel={"input": "channel", "hidden": "neuron"}[name])
    axes["input"].set(title=f"{_word(data.labels[0])}, told: {_word(told[0])}")
    axes["readout"].plot(np.arange(STEPS) * DT, readout, color="0.7", linewidth=0.7)
    axes["readout"].plot(np.arange(STEPS) * DT, readout[:, data.labels[0]], color="C0", linewidth=2)
    axes["readout"].set(xlim=(0, STEPS * DT), xlabel="time (ms)", ylabel="readout")
    axes["learning"].plot(np.arange(1, len(trainer.train_losses) + 1), trainer.get_hist_metric("fit", "accuracy"))
    axes["learning"].set(xlabel="epoch", ylabel="training accuracy")
    table = bp.measure.confusion_matrix(told, data.labels, CLASSES)
    axes["confusion"].imshow(np.sqrt(table), cmap="Blues")
    axes["confusion"].set(xticks=(0, 10), yticks=(0, 10), xticklabels=("German 0", "English 0"),
                          yticklabels=("German 0", "English 0"), xlabel="told", ylabel="spoken",
                          title=f"{100 * (told == data.labels).mean():.1f} % of new words")
    return drawn


def _word(label: int) -> str:
    return f"{'German' if label < 10 else 'English'} {label % 10}"


def main() -> None:
    """Train with several seeds, test, and write what was reached."""
    parser = arguments(__doc__, seeds=1)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the two files: see the top of this script")
    parser.add_argument("--epochs", type=int, default=100, help="how often to go through the data (default: %(default)s)")
    given = parser.parse_args()
    try:
        data, test = (bp.datasets.shd(given.data, split, STEPS, DURATION, CHANNELS) for split in ("train", "test"))
    except bp.datasets.DataFileError as error:
        sys.exit(f"{error}\nDownload shd_train.h5.gz and shd_test.h5.gz from https://zenkelab.org/datasets, and unpack them "
                 f"into that folder.")

    learnt, tested, seconds, drawn = train_and_test(
        lambda seed: train(data, seed, given.epochs), lambda trainer: classes(trainer, test.inputs), test.labels,
        given.seeds, lambda trainer, told: picture(trainer, test, told))
    write(given.output, "heidelberg_digits", task=f"{len(test.labels)} spoken digits as spikes of a cochlea, 20 classes",
          recipe=f"{CHANNELS}-{HIDDEN}-{CLASSES} neurons, the hidden ones recurrent, {STEPS} steps of {DT:g} ms, batches of "
                 f"{BATCH}, Adam 1e-3, {given.epochs} epochs",
          source="SpyTorch tutorial 4 (Neftci, Mostafa & Zenke, 2019), 200 epochs",
          seconds=seconds,
          figures=[figure("accuracy in the last epoch of training", learnt, "-", "0.982"),
                   figure("accuracy on test words", tested, ">= 0.71", "0.692")], picture=drawn)


if __name__ == "__main__":
    main()
