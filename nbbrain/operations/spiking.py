"""The spike: a step forward, a surrogate backward."""
from __future__ import annotations

import numpy as np

from nbbrain.operations.operation import Operation
from nbbrain.operations.symbolic import Abstract

__all__ = ["spike"]

spike = Operation(
    "spike", lambda fired, x, *, surrogate: np.asarray(fired).astype(x.dtype), kind="elementwise",
    infer=lambda fired, x, *, surrogate: Abstract(np.broadcast_shapes(fired.shape, x.shape), x.dtype),
    derivatives=(None, lambda g, z, fired, x, *, surrogate: g * surrogate.gradient(x)))
"""``spike(fired, x, surrogate=s)``: 1 where fired, else 0, in the dtype of x; its derivative by x is ``s.gradient(x)``.

Forward, a neuron fires or not, which has no useful derivative; backward, a surrogate takes its place (Neftci, Mostafa &
Zenke, 2019, "Surrogate gradient learning in spiking neural networks", eq. 19). ``surrogate`` is hashable.
"""
