"""Exponential traces of spike trains, all steps at once: no loop over time that would stand inside of another one."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["exponential_traces"]


def exponential_traces(x: Any, decay: float) -> Any:
    r"""What remains of all that has been, :math:`z_t = d z_{t-1} + x_t`.

    Time is cut into about √T blocks. Products with triangular matrices give the traces within blocks, as if each began
    at zero, and what each inherits from all before; a train costs about :math:`T^{3/2}` operations.

    Parameters
    ----------
    x : Array, shape (time, ...)
        What is added in every step.
    decay : float
        The factor d of a step, in [0, 1).

    Returns
    -------
    Array, shape (time, ...)

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> exponential_traces(bm.asarray([1., 0., 0., 1.]), decay=0.5)
    Array(value=Array([1.   , 0.5  , 0.25 , 1.125]), dtype=float32)
    """
    time, rest = x.shape[0], x.shape[1:]
    length = math.isqrt(time - 1) + 1
    number = -(-time // length)
    missing = number * length - time  # zeros before the first step change nothing
    padded = bm.concatenate([bm.zeros((missing, *rest), dtype=x.dtype), x], axis=0) if missing else x
    blocks = padded.reshape(number, length, math.prod(rest))
    # Absolute values, so that nothing overflows in the triangle that is cut off.
    within = np.tril(decay ** np.abs(_differences(length)))
    between = np.tril((decay**length) ** np.abs(_differences(number) - 1), -1)
    fresh = bm.matmul(bm.Array(within, x.dtype), blocks)
    inherited = bm.matmul(bm.Array(between, x.dtype), fresh[:, -1])
    faded = bm.Array(decay ** np.arange(1., length + 1), x.dtype)
    return (fresh + faded[:, None] * inherited[:, None]).reshape(number * length, *rest)[missing:]


def _differences(number: int) -> np.ndarray:
    """i - j, in floating-point numbers."""
    return np.subtract.outer(np.arange(float(number)), np.arange(float(number)))
