"""The models that are timed."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain as bp
import nbbrain.math as bm


class SNN(bp.Network):
    """Input -> exponential synapses -> LIF -> exponential synapses -> leaky readout (Neftci, Mostafa & Zenke, 2019)."""

    def __init__(self, num_in: int, num_rec: int, num_out: int) -> None:
        super().__init__()
        self.i = bp.neurons.InputGroup(num_in)
        self.r = bp.neurons.LIF(num_rec, tau=10, V_reset=0, V_rest=0, V_th=1.0)
        self.o = bp.neurons.LeakyIntegrator(num_out, tau=5)
        self.i2r = bp.synapses.Exponential(self.i, self.r, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=20.0))
        self.r2o = bp.synapses.Exponential(self.r, self.o, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=20.0))

    def update(self, shared: dict, spikes: Any) -> Any:
        """One time step."""
        self.i2r(shared, spikes)
        self.r2o(shared)
        self.r(shared)
        self.o(shared)
        return self.o.V.value


class RecurrentSNN(SNN):
    """The same with exponential synapses between the neurons of the hidden layer."""

    def __init__(self, num_in: int, num_rec: int, num_out: int) -> None:
        super().__init__(num_in, num_rec, num_out)
        self.r2r = bp.synapses.Exponential(self.r, self.r, bp.conn.All2All(), output=bp.synouts.CUBA(), tau=10.0,
                                           g_max=bp.init.KaimingNormal(scale=1.0))

    def update(self, shared: dict, spikes: Any) -> Any:
        """One time step."""
        self.r2r(shared)
        return super().update(shared, spikes)


def loss(potentials: Any, labels: Any) -> Any:
    """Cross-entropy of the maximum over time."""
    return bp.losses.cross_entropy_loss(bm.max(potentials, axis=1), labels)


def snn_data(rows: int, steps: int, inputs: int, classes: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Random spikes and labels."""
    rng = np.random.default_rng(0)
    return (rng.random((rows, steps, inputs)) < rate).astype(np.float32), rng.integers(0, classes, rows).astype(np.int32)


def snn_trainer(inputs: int = 784, hidden: int = 100, classes: int = 10) -> bp.BPTT:
    """The network with its trainer."""
    bm.random.seed(0)
    with bm.training_environment():
        network = SNN(inputs, hidden, classes)
    return bp.BPTT(network, loss, bp.optim.Adam(lr=1e-3), dt=1.0, progress_bar=False)
