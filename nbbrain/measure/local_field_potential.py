"""The local field potential that a population of point neurons would cause."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.measure.correlation import recording
from nbbrain.measure.firings import raster_plot

__all__ = ["unitary_LFP"]

_AMPLITUDES = {  # of an excitatory and of an inhibitory neuron, in uV
    "soma layer": (0.48, 3.0),
    "deep layer": (-0.16, -0.2),
    "superficial layer": (0.24, -1.2),
    "surface layer": (-0.08, 0.3),
}
_DELAY = 10.4  # ms, from a spike to the peak of its potential where the neuron is
_AT_ONCE = 1 << 20  # values


def unitary_LFP(times: Any, spikes: Any, spike_type: str = "exc", xmax: float = 0.2, ymax: float = 0.2, va: float = 200.,
                lambda_: float = 0.2, sig_i: float = 2.1, sig_e: float = 2.1 * 1.5, location: str = "soma layer",
                seed: int | None = None) -> np.ndarray:
    r"""The local field potential of a population, as the sum of what every spike adds to it.

    A spike of a neuron at the distance r of the electrode, at time t', adds

    .. math:: A \, e^{-r / \lambda} \exp\left(-\frac{(t - t' - d - r / v_a)^2}{2 \sigma^2}\right), \qquad d = 10.4\,ms

    Neurons lie anywhere in a rectangle by chance, and the electrode at its centre (Telenczuk, Telenczuk & Destexhe,
    2020, "A kernel-based method to calculate local field potentials from networks of spiking neurons").

    Parameters
    ----------
    times : array, shape (time,)
        The times, in ms.
    spikes : array, shape (time, neurons)
        Above 0 where a neuron fires.
    spike_type : {'exc', 'inh'}
        Whether the neurons are excitatory or inhibitory.
    xmax, ymax : float
        The size of the rectangle, in mm.
    va : float
        The speed of spikes along axons, in mm/s.
    lambda_ : float
        The space constant, in mm.
    sig_i, sig_e : float
        The width in time for an inhibitory and for an excitatory neuron, in ms.
    location : {'soma layer', 'deep layer', 'superficial layer', 'surface layer'}
        Where the electrode is.
    seed : int, optional
        Makes the places reproducible; by default they come from ``bm.random``.

    Returns
    -------
    ndarray, shape (time,)
        The potential, in uV. That of a network is the sum of those of its excitatory and its inhibitory neurons.

    Raises
    ------
    ValueError
        When ``spike_type`` or ``location`` is none of those listed, or there are not as many times as rows of spikes.

    Examples
    --------
    >>> import numpy as np
    >>> times = np.arange(0., 50., .1)
    >>> spikes = np.zeros((500, 1))
    >>> spikes[100] = 1.                                              # at 10 ms
    >>> lfp = unitary_LFP(times, spikes, xmax=0., ymax=0.)            # the neuron is where the electrode is
    >>> float(times[lfp.argmax()].round(1)), float(lfp.max().round(2))
    (20.4, 0.48)
    """
    if spike_type not in ("exc", "inh"):
        raise ValueError(f"spike_type must be 'exc' or 'inh', but got {spike_type!r}.")
    if location not in _AMPLITUDES:
        raise ValueError(f"location must be one of {tuple(_AMPLITUDES)}, but got {location!r}.")
    moments, neurons = np.asarray(times, dtype=np.float64), recording("spikes", spikes).shape[1]
    rng: Any = bm.random.DEFAULT if seed is None else bm.random.RandomState(seed)
    places = np.asarray(rng.random((2, neurons)), dtype=np.float64) - 0.5
    distance = np.hypot(places[0] * xmax, places[1] * ymax)
    amplitude, width = (_AMPLITUDES[location][0], sig_e) if spike_type == "exc" else (_AMPLITUDES[location][1], sig_i)
    sizes, delays = amplitude * np.exp(-distance / lambda_), _DELAY + 1000.0 * distance / va

    who, when = raster_plot(spikes, moments)
    potential = np.zeros(moments.shape)
    at_once = max(1, _AT_ONCE // max(moments.size, 1))
    for start in range(0, who.size, at_once):
        part = slice(start, start + at_once)
        late = moments[:, None] - (when[part] + delays[who[part]])
        potential += np.exp(-0.5 * (late / width) ** 2) @ sizes[who[part]]
    return potential
