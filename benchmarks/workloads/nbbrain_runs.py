"""The workloads in nbbrain."""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from models import SNN, RecurrentSNN, loss
from workloads import interface_runs
from workloads.data import Arrays
from workloads.interface_runs import Step, train

import nbbrain as bp
import nbbrain.math as bm

VERSION = bp.__version__
VARIANTS: set[str] = set()
RUNS_ON = bp.backends.get_backend().runs_on()


def spiking(arrays: Arrays, **options: Any) -> Step:
    """Spiking networks, with further options of the trainer."""
    sizes = *arrays["w_in"].shape, arrays["w_out"].shape[1]
    with bm.training_environment():
        network = RecurrentSNN(*sizes) if "w_rec" in arrays else SNN(*sizes)
    network.i2r.g_max.value = bm.asarray(arrays["w_in"])
    network.r2o.g_max.value = bm.asarray(arrays["w_out"])
    if isinstance(network, RecurrentSNN):
        network.r2r.g_max.value = bm.asarray(arrays["w_rec"])
    return train(bp, network, loss, arrays, **options)


def reservoir(arrays: Arrays) -> Step:
    """An echo state network with sparse weights; a step is the whole run, and returns the mean square of the last state."""
    data, indices, pointers = _csr(arrays["w"])
    units = len(pointers) - 1
    inputs, w_in = bm.asarray(arrays["x"], dtype=bm.float_), bm.asarray(arrays["w_in"][:, 0], dtype=bm.float_)
    state = bm.Variable(bm.zeros(units))

    def update(x: bm.Array) -> bm.Array:
        state.value = bm.tanh(bm.csr_matvec(data, indices, pointers, state, shape=(units, units)) + w_in * x)
        return state.value

    def step() -> float:
        state.value = bm.zeros(units)
        states = bm.for_loop(update, inputs)
        return float(np.mean(np.asarray(states[-1]) ** 2))

    return step


def _csr(weights: np.ndarray) -> tuple[bm.Array, np.ndarray, np.ndarray]:
    """The elements that are not zero, their columns, and where rows begin."""
    rows, columns = np.nonzero(weights)
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(weights)))])
    return bm.asarray(weights[rows, columns], dtype=bm.float_), columns.astype(np.int32), pointers.astype(np.int32)


RUNS = {"W1": spiking, "W2": spiking, "W3": partial(interface_runs.lstm, bp, bp.layers.LSTMCell), "W4": spiking,
        "W5": partial(interface_runs.gru, bp, bp.layers.GRUCell), "W6": reservoir,
        "W7": partial(interface_runs.population, bp, bm.event.csrmv, False), "M": spiking,
        "L": partial(interface_runs.layer, bp, False)}
