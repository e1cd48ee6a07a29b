"""The workloads, and the arrays that all libraries get: inputs, targets and first weights, from fixed seeds."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Workload:
    """What is computed in one step.

    ``agreement`` is the relative difference that the first results of two libraries may have. It is larger where roundings
    grow: a spike more or less changes all that follows.
    """

    title: str
    make: Callable[..., Arrays]
    full: dict[str, float]
    tiny: dict[str, float]
    agreement: float = 1e-3

    def arrays(self, scale: str) -> Arrays:
        """The arrays, of full or tiny size."""
        return self.make(**(self.full if scale == "full" else self.tiny))


def spiking(rows: int, steps: int, inputs: int, hidden: int, classes: int, rate: float, recurrent: bool = False) -> Arrays:
    """Random spikes with labels, and a spiking network's weights (He et al., 2015, with a larger scale)."""
    rng = np.random.default_rng(0)
    spikes = rng.random((rows, steps, inputs), np.float32) < rate
    arrays = {"x": spikes.astype(np.float32), "y": rng.integers(0, classes, rows).astype(np.int32),
              "w_in": _normal(rng, inputs, hidden, scale=20.), "w_out": _normal(rng, hidden, classes, scale=20.)}
    if recurrent:
        arrays["w_rec"] = _normal(rng, hidden, hidden, scale=1.)
    return arrays


def lstm(rows: int, steps: int, inputs: int, hidden: int, classes: int) -> Arrays:
    """Noise with labels, and the weights of four LSTM cells and a dense layer; gates in the order i, g, f, o."""
    rng = np.random.default_rng(0)
    arrays = {"x": rng.standard_normal((rows, steps, inputs), np.float32),
              "y": rng.integers(0, classes, rows).astype(np.int32)}
    sizes = [inputs, hidden, hidden, hidden, inputs]
    for layer, (size, units) in enumerate(pairwise(sizes)):
        arrays |= {f"wi{layer}": _normal(rng, size, 4 * units), f"wh{layer}": _normal(rng, units, 4 * units)}
    return arrays | {"w_out": _normal(rng, inputs, classes)}


def gru(rows: int, steps: int, hidden: int) -> Arrays:
    """White noise and its running mean, and the weights of a GRU cell and a dense layer; gates in the order z, r, a."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, steps, 1), np.float32)
    mean = (np.cumsum(x, axis=1) / np.arange(1, steps + 1)[:, None]).astype(np.float32)
    return {"x": x, "y": mean, "wi": _normal(rng, 1, 3 * hidden), "wh": _normal(rng, hidden, 3 * hidden),
            "w_out": _normal(rng, hidden, 1)}


def reservoir(units: int, steps: int) -> Arrays:
    """A sine in noise, and an echo state network: 10 % of all weights are not zero, the spectral radius is 0.9."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((steps, 1))
    weights = rng.standard_normal((units, units)) * (rng.random((units, units)) < 0.1)
    weights *= 0.9 / np.abs(np.linalg.eigvals(weights)).max()
    w_in = rng.choice([-1., 1.], (units, 1)) * (rng.random((units, 1)) < 0.1)
    return {"x": np.sin(np.arange(steps)[:, None] / 10) + 0.1 * noise, "w": weights, "w_in": w_in}


def population(neurons: int, steps: int, synapses: int = 80) -> Arrays:
    """First potentials, and random connections by sender; the first 80 % are excitatory (Vogels & Abbott, 2005)."""
    rng = np.random.default_rng(0)
    counts = rng.binomial(neurons, synapses / neurons, neurons)
    indices = rng.integers(0, neurons, counts.sum()).astype(np.int32)
    pointers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return {"potential": rng.uniform(-60., -50., neurons).astype(np.float32), "indices": indices, "pointers": pointers,
            "excitatory": np.array(neurons * 4 // 5), "steps": np.array(steps)}


def layer(neurons: int, steps: int) -> Arrays:
    """Constant currents into neurons that do not know of one another."""
    return {"current": np.random.default_rng(0).uniform(0., 0.4, neurons).astype(np.float32), "steps": np.array(steps)}


def _normal(rng: np.random.Generator, inputs: int, outputs: int, scale: float = 1.) -> np.ndarray:
    return (rng.standard_normal((inputs, outputs)) * np.sqrt(scale / inputs)).astype(np.float32)


_SNN = dict(rows=256, steps=100, inputs=784, hidden=100, classes=10)
_SMALL_SNN = dict(rows=4, steps=20, inputs=30, hidden=10, classes=3)

WORKLOADS = {
    "W1": Workload("SNN 784-100-10, T=100, batch 256, 5 % input spikes, training step",
                   spiking, {**_SNN, "rate": 0.05}, {**_SMALL_SNN, "rate": 0.05}),
    "W2": Workload("SNN 784-100-10, T=100, batch 256, 50 % input spikes, training step",
                   spiking, {**_SNN, "rate": 0.5}, {**_SMALL_SNN, "rate": 0.5}),
    "W3": Workload("LSTM 100-200-200-200-100-10, T=100, batch 128, training step",
                   lstm, dict(rows=128, steps=100, inputs=100, hidden=200, classes=10),
                   dict(rows=4, steps=5, inputs=6, hidden=8, classes=3)),
    "W4": Workload("recurrent SNN 128-256-20, T=256, batch 64, 2 % input spikes, training step",
                   spiking, dict(rows=64, steps=256, inputs=128, hidden=256, classes=20, rate=0.02, recurrent=True),
                   {**_SMALL_SNN, "rate": 0.1, "recurrent": True}, agreement=0.02),
    "W5": Workload("GRU 1-100-1, T=200, batch 32, training step",
                   gru, dict(rows=32, steps=200, hidden=100), dict(rows=4, steps=10, hidden=5)),
    "W6-100": Workload("echo state network 1-100, 50,000 steps",
                       reservoir, dict(units=100, steps=50_000), dict(units=20, steps=100)),
    "W6-1000": Workload("echo state network 1-1000, 50,000 steps",
                        reservoir, dict(units=1000, steps=50_000), dict(units=40, steps=100)),
    "W7-4000": Workload("4,000 conductance-based neurons, 1 s at 0.1 ms",
                        population, dict(neurons=4000, steps=10_000), dict(neurons=200, steps=300), agreement=0.1),
    "W7-40000": Workload("40,000 conductance-based neurons, 1 s at 0.1 ms",
                         population, dict(neurons=40_000, steps=10_000), dict(neurons=400, steps=300), agreement=0.1),
    "M": Workload("memory: SNN 128-1024-10, T=1,000, batch 64, 5 % input spikes, training step",
                  spiking, dict(rows=64, steps=1000, inputs=128, hidden=1024, classes=10, rate=0.05),
                  {**_SMALL_SNN, "rate": 0.1}, agreement=0.02),
    "L": Workload("one layer of 1,000,000 LIF neurons, 128 steps, gradient by the currents",
                  layer, dict(neurons=1_000_000, steps=128), dict(neurons=100, steps=20)),
}
