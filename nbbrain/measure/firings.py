"""When neurons fire, and how often."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.measure.correlation import given_back, recording

__all__ = ["firing_rate", "raster_plot"]


def raster_plot(sp_matrix: Any, times: Any) -> tuple[np.ndarray, np.ndarray]:
    """Who fires, and when: the points of a raster plot.

    Parameters
    ----------
    sp_matrix : array, shape (time, neurons)
        Above 0 where a neuron fires.
    times : array, shape (time,)
        The time of every row.

    Returns
    -------
    index : ndarray of int, shape (spikes,)
        Who fires, in the order of time.
    time : ndarray, shape (spikes,)
        When.

    Raises
    ------
    ValueError
        When there are not as many times as rows.

    Examples
    --------
    >>> index, time = raster_plot([[0, 1], [0, 0], [1, 1]], times=[0., .1, .2])
    >>> index.tolist(), time.tolist()
    ([1, 0, 1], [0.0, 0.2, 0.2])
    """
    fired, moments = recording("sp_matrix", sp_matrix) > 0, np.asarray(times)
    if moments.shape != fired.shape[:1]:
        raise ValueError(f"there must be a time for every one of {len(fired)} rows, but times has the shape "
                         f"{moments.shape}.")
    rows, index = np.nonzero(fired)
    return index, moments[rows]


def firing_rate(spikes: Any, width: float, dt: float | None = None, numpy: bool = True) -> Any:
    """The firing rate of a population at every time, in Hz: its mean over neurons and a window of time.

    Parameters
    ----------
    spikes : array, shape (time, neurons)
        1 where a neuron fires.
    width : float
        The width of the window, in ms. It has an odd number of steps, so that it lies around a time.
    dt : float, optional
        The time step, in ms; the environment's by default.
    numpy : bool
        Whether the result is NumPy's or an `Array`.

    Returns
    -------
    array, shape (time,)
        The rate; within half a window of both ends, where a part of the window is empty, it is too low.

    Raises
    ------
    ValueError
        When the spikes have not two axes, or the width is not positive.

    Notes
    -----
    Spikes are divided by the width of the window as it is in whole steps, so that a regular rate is measured exactly.

    Examples
    --------
    >>> import numpy as np
    >>> spikes = np.zeros((1000, 2))
    >>> spikes[::100] = 1.                         # every 10 ms
    >>> float(firing_rate(spikes, width=30., dt=.1)[500].round())
    100.0
    """
    mean = recording("spikes", spikes).mean(axis=1, dtype=np.float64)
    step = bm.get_dt() if dt is None else dt
    if not width > 0:
        raise ValueError(f"width must be positive, but got {width!r}.")
    half = math.floor(width / 2 / step + 1e-6)
    passed = np.concatenate([[0.0], np.cumsum(mean)])
    at = np.arange(mean.size)
    counts = passed[np.minimum(at + half + 1, mean.size)] - passed[np.maximum(at - half, 0)]
    return given_back(counts * (1000.0 / ((2 * half + 1) * step)), numpy)
