"""The echo state network in ReservoirPy, with its default settings: leak rate 1, sparse weights, double precision."""
from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from reservoirpy.nodes import Reservoir
from scipy import sparse
from workloads.data import Arrays

VERSION = version("reservoirpy")
VARIANTS: set[str] = set()


def reservoir(arrays: Arrays) -> Callable[[], float]:
    """A step is the whole run, and returns the mean square of the last state."""
    node = Reservoir(W=sparse.csr_array(arrays["w"]), Win=sparse.csr_array(arrays["w_in"]))

    def step() -> float:
        if node.initialized:
            node.reset()
        return float(np.mean(node.run(arrays["x"])[-1] ** 2))

    return step


RUNS = {"W6": reservoir}
