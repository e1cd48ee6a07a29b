"""The workloads in BrainPy 2.8, whose spiking networks are built of layers."""
from __future__ import annotations

import os
from functools import partial
from typing import Any

import brainpy as bp
import brainpy.math as bm
from workloads import interface_runs
from workloads.data import Arrays
from workloads.interface_runs import Step, train

VERSION = bp.__version__
bm.set_platform(os.environ["BENCHMARK_DEVICE"])
VARIANTS: set[str] = set()


class SNN(bp.DynamicalSystem):
    """Input -> exponential synapses -> LIF (with recurrent synapses, if there are weights) -> leaky readout."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        hidden, classes = arrays["w_out"].shape
        self.i2r, self.r2o = _synapses(arrays["w_in"]), _synapses(arrays["w_out"])
        self.r2r = _synapses(arrays["w_rec"]) if "w_rec" in arrays else None
        self.r = bp.dyn.Lif(hidden, tau=10., V_reset=0., V_rest=0., V_th=1., spk_reset="hard")
        self.o = bp.dyn.Integrator(classes, tau=5.)

    def update(self, spikes: Any) -> Any:
        """One time step; spikes of the hidden layer arrive in the next step."""
        before = self.r.spike.value
        current = self.i2r(spikes) if self.r2r is None else self.i2r(spikes) + self.r2r(before)
        received = self.r2o(before)
        self.r(current)
        return self.o(received)


def _synapses(weights: Any) -> bp.Sequential:
    return bp.Sequential(bp.dnn.Dense(*weights.shape, W_initializer=bm.asarray(weights), b_initializer=None),
                         bp.dyn.Expon(weights.shape[1], tau=10.))


def spiking(arrays: Arrays) -> Step:
    """Spiking networks."""
    with bm.training_environment():
        network = SNN(arrays)
    return train(bp, network, partial(interface_runs.of_maximum, bp), arrays)


RUNS = {"W1": spiking, "W2": spiking, "W3": partial(interface_runs.lstm, bp, bp.dyn.LSTMCell), "W4": spiking,
        "W5": partial(interface_runs.gru, bp, bp.dyn.GRUCell),
        "W7": partial(interface_runs.population, bp, bm.event.csrmv, True), "M": spiking,
        "L": partial(interface_runs.layer, bp, True)}
