"""A spiking network learns to read digits.

The network has an input group, a hidden layer of leaky integrate-and-fire neurons and a leaky readout, joined by exponential
synapses, and learns by surrogate gradients and back-propagation through time (Neftci, Mostafa & Zenke, 2019). The digits
are the 1797 images of 8 by 8 pixels that come with scikit-learn; a pixel becomes random spikes, the more the brighter it is.

Run it with ``python examples/digits.py``; ``NBBRAIN_BACKEND=numpy`` runs the same on the reference. What it measures goes to
``build/demo/metrics.json``, what there is to see to ``build/demo/index.html``.
"""
from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from digits_report import write_report
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nbbrain as bp
import nbbrain.math as bm

STEPS = 40  # time steps an image is shown for, of 1 ms each
CLASSES = 10
HIDDEN = 128
BATCH = 64


class SNN(bp.Network):
    """Input spikes -> exponential synapses -> LIF neurons -> exponential synapses -> leaky readout."""

    def __init__(self, num_in: int, num_rec: int, num_out: int) -> None:
        super().__init__()
        self.i = bp.neurons.InputGroup(num_in)
        self.r = bp.neurons.LIF(num_rec, tau=10, V_reset=0, V_rest=0, V_th=1.0)
        self.o = bp.neurons.LeakyIntegrator(num_out, tau=5)
        self.i2r = bp.synapses.Exponential(self.i, self.r, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=2.0))
        self.r2o = bp.synapses.Exponential(self.r, self.o, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=2.0))

    def update(self, shared: dict, spikes: bm.Array) -> bm.Array:
        """One time step; returns the membrane potentials of the readout."""
        self.i2r(shared, spikes)
        self.r2o(shared)
        self.r(shared)
        self.o(shared)
        return self.o.V.value


def encode(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spike trains (images, STEPS, pixels): in every step a pixel fires with half its brightness as probability."""
    return (rng.random((len(images), STEPS, images.shape[1])) < 0.5 * images[:, None, :]).astype(np.float32)


def loss(potentials: bm.Array, labels: bm.Array) -> tuple[bm.Array, dict[str, bm.Array]]:
    """The cross-entropy of the readout's mean potentials, and the accuracy."""
    logits = potentials.mean(axis=1)
    accuracy = (logits.argmax(axis=-1) == labels).astype(bm.float32).mean()
    return bp.losses.cross_entropy_loss(logits, labels), {"accuracy": accuracy}


def train(network: SNN, spikes: np.ndarray, labels: np.ndarray, epochs: int) -> tuple[bp.BPTT, float]:
    """Train the network; returns the trainer and the seconds it took."""
    rng = np.random.default_rng(2)

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        order = rng.permutation(len(labels))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start:start + BATCH]
            yield spikes[chosen], labels[chosen]

    trainer = bp.BPTT(network, loss, bp.optim.Adam(lr=2e-3), loss_has_aux=True, dt=1.0)
    started = time.perf_counter()
    trainer.fit(batches, num_epoch=epochs)
    return trainer, time.perf_counter() - started


def hidden_spikes(network: SNN, spikes: np.ndarray) -> np.ndarray:
    """The spikes of the hidden layer for one image, shape (STEPS, HIDDEN)."""
    network.reset_state(1)

    def step(i: bm.Array, row: bm.Array) -> bm.Array:
        bp.share.save(t=i * 1.0, dt=1.0, i=i)
        network({"t": i * 1.0, "dt": 1.0, "i": i}, row)
        network.clear_input()
        return network.r.spike

    return np.asarray(bm.for_loop(step, (bm.arange(STEPS), spikes[:, None, :])))[:, 0]


def main() -> None:
    """Train, test, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=25, help="how often to go through the training images")
    parser.add_argument("--output", type=Path, default=Path("build/demo"), help="folder of the results")
    arguments = parser.parse_args()

    bm.random.seed(0)
    images, labels = load_digits(return_X_y=True)
    spikes = encode(images / 16.0, np.random.default_rng(1))
    train_spikes, test_spikes, train_labels, test_labels, _, test_images = train_test_split(
        spikes, labels.astype(np.int32), images, test_size=0.2, random_state=0, stratify=labels)

    with bm.training_environment():
        network = SNN(images.shape[1], HIDDEN, CLASSES)
    backend = bp.get_backend().name
    print(f"Training {HIDDEN} spiking neurons on {len(train_labels)} digits, backend {backend}.")
    trainer, seconds = train(network, train_spikes, train_labels, arguments.epochs)
    logits = np.asarray(trainer.predict(test_spikes, reset_state=True)).mean(axis=1)
    predicted = logits.argmax(axis=-1)

    metrics = {"backend": backend, "test_accuracy": float((predicted == test_labels).mean()), "train_seconds": seconds,
               "seconds_per_epoch": seconds / arguments.epochs, "loss": trainer.train_losses.tolist(),
               "accuracy": trainer.get_hist_metric("fit", "accuracy").tolist()}
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    page = write_report(arguments.output / "index.html", metrics, test_labels, predicted, test_images[0],
                        test_spikes[0], hidden_spikes(network, test_spikes[0]))
    print(f"Test accuracy on {len(test_labels)} digits: {metrics['test_accuracy']:.3f}")
    print(f"Training: {seconds:.1f} s, {metrics['seconds_per_epoch']:.2f} s per epoch")
    print(f"Page: {page.resolve()}")


if __name__ == "__main__":
    main()
