"""From times in ms to numbers of steps."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["duration_steps", "placed", "step_of", "time_step", "window"]

_ROUNDING = 1e-6  # steps: 3.3 / 0.1 is 33, although it comes out as 32.99999999999999


def time_step(dt: float | None) -> float:
    """The time step: dt, or that of the environment."""
    step = bm.get_dt() if dt is None else dt
    if not step > 0:
        raise ValueError(f"dt must be positive, but got {dt!r}.")
    return float(step)


def step_of(time: float, dt: float) -> int:
    """The step in which a time lies."""
    return math.floor(time / dt + _ROUNDING)


def duration_steps(duration: float, dt: float) -> int:
    """How many steps cover a duration."""
    if not 0 <= duration < math.inf:
        raise ValueError(f"a duration must be a number of at least 0, but got {duration!r}.")
    return math.ceil(duration / dt - _ROUNDING)


def window(duration: float, t_start: float, t_end: float | None, dt: float) -> tuple[int, slice]:
    """How many steps there are, and which of them lie between two times; by default up to the end."""
    total = duration_steps(duration, dt)
    start, stop = step_of(t_start, dt), total if t_end is None else step_of(t_end, dt)
    if not 0 <= start <= stop <= total:
        raise ValueError(f"t_start and t_end must be in order within [0, {duration}], but got {t_start} and {t_end}.")
    return total, slice(start, stop)


def placed(values: np.ndarray, total: int, where: slice) -> bm.Array:
    """An input of a number of steps that is 0 but for some."""
    currents: Any = np.zeros((total, *values.shape[1:]))
    currents[where] = values
    return bm.Array(currents, bm.float_)
