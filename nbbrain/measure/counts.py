"""How many spikes there are, and how often neurons fire; under ``bm.grad`` and inside of compiled functions, too."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dynsys.share import share
from nbbrain.math.trees import tree_map

__all__ = ["firing_rates", "spike_counts"]


def spike_counts(spikes: Any, time_axis: int = 1, axis: int | tuple[int, ...] | None = None) -> Any:
    r"""The number of spikes of every neuron, :math:`n = \sum_t s_t`.

    Parameters
    ----------
    spikes : array or nested structure of arrays, shape (batch, time, neurons)
        1 where a neuron fires, else 0. Any other order of any number of axes does.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which counts are averaged, such as 0 for the batch or (0, 2) for a number a layer.

    Returns
    -------
    Array, shape (batch, neurons)
        Without the axes that were summed and averaged. Of a nested structure, such as a dict of layers, the same structure.

    Raises
    ------
    ValueError
        When an axis does not exist, or is given twice.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [1., 0.], [1., 1.]]])
    >>> bp.measure.spike_counts(spikes)
    Array(value=Array([[3., 1.]]), dtype=float32)
    >>> bp.measure.spike_counts({'hidden': spikes}, axis=(0, 2))
    {'hidden': Array(value=Array(2.), dtype=float32)}
    """
    def count(leaf: Any) -> Any:
        values = bm.Array(leaf)
        time, further = axes_of(values, time_axis, axis)
        counts = bm.sum(values, axis=time, keepdims=True)
        return bm.squeeze(bm.mean(counts, axis=further, keepdims=True) if further else counts, axis=(time, *further))

    return tree_map(count, spikes)


def firing_rates(spikes: Any, dt: float | None = None, time_axis: int = 1, axis: int | tuple[int, ...] | None = None) -> Any:
    r"""The firing rate of every neuron over the whole time, in Hz: :math:`\nu = \frac{1000}{T\,dt} \sum_t s_t`.

    `firing_rate` is that of a population in the course of time. As a metric of a trainer whose model puts out spikes:
    ``metrics={'rate': lambda spikes, targets: bp.measure.firing_rates(spikes, axis=(0, 2))}``.

    Parameters
    ----------
    spikes : array or nested structure of arrays, shape (batch, time, neurons)
        1 where a neuron fires, else 0. Any other order of any number of axes does.
    dt : float, optional
        The time step, in ms; by default that of the model which runs, or the environment's.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which rates are averaged, such as 0 for the batch or (0, 2) for a number a layer.

    Returns
    -------
    Array, shape (batch, neurons)
        Without the axes that were averaged. Of a nested structure, such as a dict of layers, the same structure.

    Raises
    ------
    ValueError
        When an axis does not exist, or is given twice, or there is no time.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [1., 0.], [1., 1.], [1., 0.]]])
    >>> bp.measure.firing_rates(spikes, dt=1.)
    Array(value=Array([[1000.,  250.]]), dtype=float32)
    >>> bp.measure.firing_rates({'hidden': spikes, 'out': spikes[..., 1:]}, dt=1., axis=(0, 2))
    {'hidden': Array(value=Array(625.), dtype=float32), 'out': Array(value=Array(250.), dtype=float32)}
    """
    step = time_step(dt)

    def rate(leaf: Any) -> Any:
        values = bm.Array(leaf)
        time, further = axes_of(values, time_axis, axis)
        return bm.mean(values, axis=(time, *further)) * (1000. / step)

    return tree_map(rate, spikes)


def time_step(dt: float | None) -> Any:
    """A time step in ms; by default that of the model which runs, or the environment's."""
    step = share.load("dt") if dt is None else dt
    if not step > 0:
        raise ValueError(f"dt must be a positive time in ms, but got {step!r}.")
    return step


def axes_of(values: bm.Array, time_axis: int, axis: int | tuple[int, ...] | None = None) -> tuple[int, tuple[int, ...]]:
    """The axis of time and further ones, none of them negative.

    Raises
    ------
    ValueError
        When one does not exist, or is given twice, or there is no time.
    """
    given = (time_axis, *(() if axis is None else (axis,) if isinstance(axis, (int, np.integer)) else axis))
    if not all(-values.ndim <= place < values.ndim for place in given):
        raise ValueError(f"time_axis={time_axis!r} and axis={axis!r} must be axes of what has the shape {values.shape}.")
    time, *further = [place % values.ndim for place in given]
    if len({time, *further}) < len(given):
        raise ValueError(f"time_axis={time_axis!r} and axis={axis!r} must be different axes of the shape {values.shape}.")
    if not values.shape[time]:
        raise ValueError(f"there must be at least one step of time, but the shape {values.shape} has none in axis {time}.")
    return time, tuple(further)
