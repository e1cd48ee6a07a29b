"""Spike times on smooth random manifolds."""
from __future__ import annotations

import math

import numpy as np

from nbbrain.check import is_float
from nbbrain.datasets.events import dense
from nbbrain.datasets.results import Samples, generator
from nbbrain.datasets.timing import count

__all__ = ["random_manifolds"]

_SMALLEST = 1e-3  # harmonics that are weaker than that are left out
_MOST_HARMONICS = 1000
_TINY = 1e-7


def random_manifolds(num_class: int = 10, num_unit: int = 100, num_step: int = 100, num_sample: int = 1000, dim: int = 1,
                     alpha: float = 2., num_spike: int = 1, seed: int | None = None,
                     dtype: type[np.generic] = np.float32) -> Samples:
    r"""Spike times on smooth random manifolds, one for every class (Zenke & Vogels, 2021).

    The time of a unit's spike is a random function of a point :math:`z \in [0, 1)^D`, which is drawn for every sample,

    .. math::

        t(z) = \prod_{d=1}^{D} \sum_{k=1}^{F} \frac{A_{dk}}{k^\alpha} \sin\big(2 \pi ((k - 1) z_d B_{dk} + C_{dk})\big)

    with random A, B and C from U(0, 1) and :math:`A_{d1} = 0`, stretched so that all samples of the class fill the range of
    time. Every unit fires as often in all samples: only times tell the classes apart. The smaller :math:`\alpha` is, the
    rougher is the manifold, and the harder the task.

    Parameters
    ----------
    num_class, num_unit, num_step : int
        The numbers of classes, of input units, and of time steps.
    num_sample : int
        The number of samples of every class.
    dim : int
        The dimension D of manifolds.
    alpha : float
        The exponent of the spectrum, larger than 0. F is the number of harmonics above one thousandth, at most 1000.
    num_spike : int
        The number of spikes of a unit; each has a manifold of its own. Those of one step count as one.
    seed : int, optional
        Seed of a random generator of its own.
    dtype : dtype
        That of the spikes, such as ``numpy.uint8``.

    Returns
    -------
    Samples
        ``inputs`` (num_class num_sample, steps, units), 0 or 1; ``labels``, int32, in random order.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> spikes, labels = bp.datasets.random_manifolds(num_class=2, num_unit=20, num_step=50, num_sample=30, seed=0)
    >>> spikes.shape, (spikes.sum(axis=1) == 1).all()
    ((60, 50, 20), np.True_)
    """
    rng = generator(seed)
    classes, units, steps = count(num_class, "num_class"), count(num_unit, "num_unit"), count(num_step, "num_step")
    samples, spikes, dims = count(num_sample, "num_sample"), count(num_spike, "num_spike"), count(dim, "dim")
    if not is_float(alpha, "alpha") > 0:
        raise ValueError(f"alpha must be larger than 0, but got {alpha!r}.")
    harmonics = math.ceil(min(_MOST_HARMONICS, _SMALLEST**(-1 / alpha)))

    times = np.empty((classes, samples, spikes, units))
    for label in range(classes):
        points = rng.random((samples, dims))
        for spike in range(spikes):
            times[label, :, spike] = _manifold(points, rng.random((units, dims, 3, harmonics)), alpha)
    low, high = times.min(axis=1, keepdims=True), times.max(axis=1, keepdims=True)
    bins = np.minimum((times - low) / (high - low + _TINY) * steps, steps - 1).astype(np.int64)
    bins = bins.reshape(classes * samples, spikes * units)
    order = rng.permutation(classes * samples)
    unit = np.tile(np.arange(units), spikes)
    inputs = dense([(row, unit) for row in bins[order]], steps, units, dtype, most=1)
    return Samples(inputs, np.repeat(np.arange(classes, dtype=np.int32), samples)[order])


def _manifold(points: np.ndarray, chance: np.ndarray, alpha: float) -> np.ndarray:
    """Functions of points (samples, dims), made of random numbers (units, dims, 3, harmonics); shape (samples, units)."""
    k = np.arange(chance.shape[-1])
    values = np.ones((len(points), len(chance)))
    for d in range(points.shape[1]):
        amplitude, frequency, phase = np.moveaxis(chance[:, d], 1, 0)
        strength, speed, start = amplitude * (k + 1.)**-alpha, 2 * np.pi * k * frequency, 2 * np.pi * phase
        total, wave = np.zeros_like(values), np.empty_like(values)
        for i in range(1, len(k)):  # one harmonic at a time, in memory that stays in the cache
            np.multiply(points[:, d, None], speed[:, i], out=wave)
            wave += start[:, i]
            np.sin(wave, out=wave)
            wave *= strength[:, i]
            total += wave
        values *= total
    return values
