"""Images as spikes: the number of spikes, or the time of the first, tells the brightness."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.check import is_float
from nbbrain.datasets.results import generator
from nbbrain.datasets.timing import count, poisson
from nbbrain.inputs.steps import time_step

__all__ = ["latency_spikes", "rate_spikes"]


def rate_spikes(images: Any, num_step: int = 100, max_rate: float = 100., dt: float = 1., largest: float | None = None,
                seed: int | None = None, dtype: type[np.generic] = np.float32) -> np.ndarray:
    r"""Poisson spikes whose rates are as large as pixels are bright.

    Parameters
    ----------
    images : array, shape (samples, ...)
        The brightness of pixels, at least 0.
    num_step : int
        The number of time steps.
    max_rate : float
        The rate, in Hz, of the largest brightness.
    dt : float
        The time step, in ms.
    largest : float, optional
        The largest brightness; 255 for integers and 1 else.
    seed : int, optional
        Seed of a random generator of its own.
    dtype : dtype
        That of the spikes, such as ``numpy.uint8``.

    Returns
    -------
    numpy.ndarray, shape (samples, num_step, pixels)
        1 where there is a spike, else 0.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Notes
    -----
    A step has a spike with the probability that a Poisson process has at least one in it, :math:`1 - e^{-r\,dt}`.
    `nbbrain.encoding.PoissonEncoder` is made of operations that a backend compiles, and draws within a model.

    Examples
    --------
    >>> import nbbrain as bp, numpy as np
    >>> spikes = bp.datasets.rate_spikes(np.array([[0, 255]], dtype=np.uint8), num_step=1000, max_rate=100., seed=0)
    >>> spikes.shape, spikes.mean(axis=1).round(2).tolist()
    ((1, 1000, 2), [[0.0, 0.09000000357627869]])
    """
    rng, steps, pixels = generator(seed), count(num_step, "num_step"), _brightness(images, largest)
    rates = pixels * is_float(max_rate, "max_rate", min_bound=0.)
    shape = (len(pixels), steps, pixels.shape[1])
    return poisson(rng, rates[:, None], time_step(dt), shape, dtype)


def latency_spikes(images: Any, num_step: int = 100, tau: float = 20., threshold: float = 0.2, dt: float = 1.,
                   largest: float | None = None, dtype: type[np.generic] = np.float32) -> np.ndarray:
    r"""At most one spike of a pixel, the earlier the brighter it is (as in Zenke & Ganguli, 2018).

    A leaky integrator, whose input is the brightness x from 0 to 1, passes the threshold :math:`\theta` at the time

    .. math:: t = \tau \ln \frac{x}{x - \theta}, \qquad x > \theta

    Parameters
    ----------
    images : array, shape (samples, ...)
        The brightness of pixels, at least 0.
    num_step : int
        The number of time steps; what comes later is left out.
    tau : float
        The time constant, in ms.
    threshold : float
        The threshold; pixels that are not brighter have no spike.
    dt : float
        The time step, in ms.
    largest : float, optional
        The largest brightness; 255 for integers and 1 else.
    dtype : dtype
        That of the spikes, such as ``numpy.uint8``.

    Returns
    -------
    numpy.ndarray, shape (samples, num_step, pixels)
        1 where there is a spike, else 0.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp, numpy as np
    >>> spikes = bp.datasets.latency_spikes(np.array([[0.1, 0.4, 1.]]), num_step=20)
    >>> [np.flatnonzero(spikes[0, :, i]).tolist() for i in range(3)]   # 20 ln 2 = 13.9, 20 ln 1.25 = 4.5
    [[], [13], [4]]
    """
    steps, pixels, step = count(num_step, "num_step"), _brightness(images, largest), time_step(dt)
    least = float(is_float(threshold, "threshold", min_bound=0.))
    if not is_float(tau, "tau", min_bound=0.) > 0:
        raise ValueError(f"tau must be larger than 0, but got {tau!r}.")
    bright = pixels > least
    safe = np.where(bright, pixels, least + 1.)
    when = np.floor(tau * np.log(safe / (safe - least)) / step)
    spikes = np.zeros((len(pixels), steps, pixels.shape[1]), dtype=dtype)
    sample, pixel = np.nonzero(bright & (when < steps))
    spikes[sample, when[sample, pixel].astype(np.int64), pixel] = 1
    return spikes


def _brightness(images: Any, largest: float | None) -> np.ndarray:
    """Pixels as numbers from 0 to 1, shape (samples, pixels)."""
    given = np.asarray(images)
    if given.ndim < 2 or given.dtype.kind not in "biuf":
        raise ValueError(f"images must be numbers of shape (samples, ...), but got {given.dtype} of shape {given.shape}.")
    whole = (255. if given.dtype.kind in "iu" else 1.) if largest is None else float(is_float(largest, "largest"))
    if not whole > 0:
        raise ValueError(f"largest must be larger than 0, but got {largest!r}.")
    pixels = given.reshape(len(given), -1) / whole
    if not np.all((pixels >= 0) & (pixels <= 1)):
        raise ValueError(f"images must be from 0 to {whole}; the argument largest says what the largest brightness is.")
    return pixels
