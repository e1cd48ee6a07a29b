"""The conductance-based neurons in Brian2, as a program of its own in C++ (standalone)."""
from __future__ import annotations

import tempfile
from collections.abc import Callable

import brian2 as b2
import numpy as np
from brian2 import ms
from workloads.brian2_runs import VERSION, network
from workloads.data import Arrays

VARIANTS: set[str] = set()
__all__ = ["RUNS", "VARIANTS", "VERSION"]


def population(arrays: Arrays) -> Callable[[], tuple[float, float]]:
    """A step is a run of the program, and returns the mean number of spikes; the time is that of its time loop alone."""
    folder = tempfile.TemporaryDirectory()
    b2.set_device("cpp_standalone", build_on_run=False, directory=folder.name)
    net, neurons = network(arrays)
    net.run(int(arrays["steps"]) * 0.1 * ms)
    b2.device.build(directory=folder.name, run=False)

    def step() -> tuple[float, float]:
        b2.device.run(folder.name)
        return float(np.mean(neurons.count)), b2.device._last_run_time

    return step


RUNS = {"W7": population}
