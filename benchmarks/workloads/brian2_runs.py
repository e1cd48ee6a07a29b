"""The conductance-based neurons in Brian2, run in Python with Cython."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import brian2 as b2
import numpy as np
from brian2 import ms
from workloads.data import Arrays

VERSION = b2.__version__
VARIANTS: set[str] = set()

EQUATIONS = """
dv/dt = (-40 - v - g_e * v - g_i * (80 + v)) / (20 * ms) : 1 (unless refractory)
dg_e/dt = -g_e / (5 * ms) : 1
dg_i/dt = -g_i / (10 * ms) : 1
count : integer
"""


def network(arrays: Arrays) -> tuple[b2.Network, b2.NeuronGroup]:
    """The network and its neurons, in single precision."""
    b2.prefs.core.default_float_dtype = np.float32
    b2.defaultclock.dt = 0.1 * ms
    neurons = b2.NeuronGroup(len(arrays["potential"]), EQUATIONS, threshold="v > -50", reset="v = -60; count += 1",
                             refractory=5 * ms, method="exponential_euler")
    neurons.v = arrays["potential"]
    split, pointers = int(arrays["excitatory"]), arrays["pointers"]
    senders = np.repeat(np.arange(len(neurons)), np.diff(pointers))
    synapses = []
    for jump, part in (("g_e_post += 0.6", slice(0, pointers[split])), ("g_i_post += 6.7", slice(pointers[split], None))):
        synapses.append(b2.Synapses(neurons, neurons, on_pre=jump))
        synapses[-1].connect(i=senders[part], j=arrays["indices"][part])
    return b2.Network(neurons, *synapses), neurons


def population(arrays: Arrays) -> Callable[[], tuple[float, float]]:
    """A step is the whole run, and returns the mean number of spikes; the time is that of the loop over time alone."""
    b2.prefs.codegen.target = "cython"
    b2.prefs.codegen.runtime.cython.cache_dir = str(Path(os.environ["BENCHMARK_CACHE_DIR"], "cython"))
    net, neurons = network(arrays)
    net.store()
    elapsed: list[float] = []

    def step() -> tuple[float, float]:
        net.restore()
        net.run(int(arrays["steps"]) * 0.1 * ms, report=lambda seconds, *_: elapsed.append(float(seconds)),
                report_period=1e6 * b2.second)
        return float(np.mean(neurons.count)), elapsed[-1]

    return step


RUNS = {"W7": population}
