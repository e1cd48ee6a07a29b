"""Inputs that are constant for a while: sections and pulses."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.inputs.steps import duration_steps, step_of, time_step

__all__ = ["constant_input", "section_input", "spike_input"]


def section_input(values: Sequence[Any], durations: Sequence[float], dt: float | None = None,
                  return_length: bool = False) -> Any:
    """An input made of sections, each with one value.

    Parameters
    ----------
    values : sequence of float or array
        The value of every section; arrays must broadcast with each other.
    durations : sequence of float
        How long every section lasts, in ms. It lasts a whole number of steps, rounded down.
    dt : float, optional
        The time step, in ms; the environment's by default.
    return_length : bool
        Whether the total duration is returned, too.

    Returns
    -------
    I : Array, shape (steps, ...)
        The input of every step. There are as many as cover all durations; what is left at the end is 0.
    duration : float
        The sum of the durations, in ms (with ``return_length``).

    Raises
    ------
    ValueError
        When there are not as many durations as values, or a duration is negative.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.inputs.section_input(values=[0., 1.], durations=[.2, .3], dt=.1)
    Array(value=Array([0., 0., 1., 1., 1.]), dtype=float32)
    """
    if len(values) != len(durations):
        raise ValueError(f"every value needs a duration, but got {len(values)} values and {len(durations)} durations.")
    step = time_step(dt)
    levels = [np.asarray(value) for value in values]
    total = sum(durations)
    currents = np.zeros((duration_steps(total, step), *np.broadcast_shapes(*[level.shape for level in levels])))
    start = 0
    for level, duration in zip(levels, durations, strict=True):
        if duration < 0:
            raise ValueError(f"a duration must be a number of at least 0, but got {duration!r}.")
        stop = start + step_of(duration, step)
        currents[start:stop] = level
        start = stop
    made = bm.Array(currents, bm.float_)
    return (made, total) if return_length else made


def constant_input(I_and_duration: Sequence[tuple[Any, float]], dt: float | None = None) -> tuple[bm.Array, float]:
    """An input made of sections, each with one value; `section_input` with its arguments in pairs.

    Parameters
    ----------
    I_and_duration : sequence of (float or array, float)
        The value of every section, and how long it lasts in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.

    Returns
    -------
    I : Array, shape (steps, ...)
        The input of every step.
    duration : float
        The sum of the durations, in ms.

    Examples
    --------
    >>> import nbbrain as bp
    >>> currents, duration = bp.inputs.constant_input([(0., .2), (2., .1)], dt=.1)
    >>> currents.tolist(), round(duration, 9)
    ([0.0, 0.0, 2.0], 0.3)
    """
    pairs = list(I_and_duration)
    made: tuple[bm.Array, float] = section_input([value for value, _ in pairs], [duration for _, duration in pairs], dt,
                                                 return_length=True)
    return made


def spike_input(sp_times: Sequence[float], sp_lens: Any, sp_sizes: Any, duration: float,
                dt: float | None = None) -> bm.Array:
    """An input of pulses.

    Parameters
    ----------
    sp_times : sequence of float
        When pulses begin, in ms.
    sp_lens : float or sequence of float
        How long they last, in ms: all of them, or each.
    sp_sizes : float or sequence of float
        Their sizes. Where pulses overlap, the later one in the list counts.
    duration : float
        How long the input lasts, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.

    Returns
    -------
    Array, shape (steps,)

    Raises
    ------
    ValueError
        When the numbers of times, lengths and sizes differ, or a time is not within the duration.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.inputs.spike_input(sp_times=[.1, .4], sp_lens=.2, sp_sizes=[1., .5], duration=.7, dt=.1).tolist()
    [0.0, 1.0, 1.0, 0.0, 0.5, 0.5, 0.0]
    """
    step = time_step(dt)
    times = np.asarray(sp_times, dtype=np.float64)
    try:
        lengths, sizes = np.broadcast_to(sp_lens, times.shape), np.broadcast_to(sp_sizes, times.shape)
    except ValueError:
        raise ValueError(f"sp_lens and sp_sizes must be numbers, or sequences as long as sp_times ({times.size}), but got "
                         f"{sp_lens!r} and {sp_sizes!r}.") from None
    if times.size and not 0 <= times.min() <= times.max() < duration:
        raise ValueError(f"sp_times must be within [0, {duration}), but got {sp_times!r}.")
    currents = np.zeros(duration_steps(duration, step))
    for time, length, size in zip(times.tolist(), lengths, sizes, strict=True):
        start = step_of(time, step)
        currents[start:start + step_of(length, step)] = size
    return bm.Array(currents, bm.float_)
