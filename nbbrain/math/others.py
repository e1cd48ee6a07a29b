"""Helpers for loops over time."""
from __future__ import annotations

import operator

import numpy as np

from nbbrain.dot_dict import DotDict
from nbbrain.math.array import Array
from nbbrain.math.environment import checked_dt, get_dt
from nbbrain.operations.precision import default_dtype

__all__ = ["shared_args_over_time"]


def shared_args_over_time(num_step: int | None = None, duration: float | None = None, dt: float | None = None,
                          t0: float = 0.0, include_dt: bool = True) -> DotDict:
    """The shared arguments of every step of a simulation, stacked over time: what `for_loop` hands to its body row by row.

    Parameters
    ----------
    num_step : int, optional
        The number of steps, T.
    duration : float, optional
        The length of the simulation, in ms, instead of the number of steps: ``T = int(duration / dt)``.
    dt : float, optional
        The time step, in ms; ``bm.dt`` by default.
    t0 : float
        The time at the beginning of the first step, in ms.
    include_dt : bool
        Whether dt is among the arguments.

    Returns
    -------
    DotDict
        ``t`` (the time at the beginning of every step, in ms, dtype ``bm.float_``), ``i`` (its number, dtype ``bm.int_``),
        and ``dt``; each of shape (T,).

    Raises
    ------
    ValueError
        Unless exactly one of ``num_step`` and ``duration`` is given, and not negative.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> shared = bm.shared_args_over_time(3, dt=0.5)
    >>> shared.t
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    >>> sorted(shared)
    ['dt', 'i', 't']
    """
    if (num_step is None) == (duration is None):
        raise ValueError(f"either num_step or duration must be given, but got num_step={num_step!r}, duration={duration!r}.")
    step = get_dt() if dt is None else checked_dt(dt)
    count = int(duration / step) if duration is not None else operator.index(num_step)  # type: ignore[arg-type]
    if count < 0:
        given = num_step if duration is None else duration
        raise ValueError(f"num_step and duration must not be negative, but got {given}.")
    numbers = np.arange(count)
    shared = DotDict(t=Array(t0 + numbers * step, dtype=default_dtype("f")), i=Array(numbers, dtype=default_dtype("i")))
    if include_dt:
        shared.dt = Array(np.full(count, step), dtype=default_dtype("f"))
    return shared
