"""Trials in phases, and what is drawn in them."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbbrain.check import is_float, is_integer
from nbbrain.inputs.steps import step_of, time_step

__all__ = ["count", "phases", "poisson", "ring", "steps_of"]


def count(value: Any, name: str, least: int = 1) -> int:
    """A number of things, or a ValueError where it is none."""
    return int(is_integer(value, name, min_bound=least))


def steps_of(duration: Any, name: str, dt: float, least: int = 0) -> int:
    """The number of whole steps in a duration, or a ValueError where there are too few."""
    time = float(is_float(duration, name, min_bound=0.))
    steps = step_of(time, time_step(dt)) if math.isfinite(time) else -1
    if steps < least:
        raise ValueError(f"{name} must be a time of at least {least} steps of {dt} ms, but got {duration!r}.")
    return steps


def phases(durations: Mapping[str, float], dt: float) -> tuple[dict[str, slice], int]:
    """The steps of phases that follow each other, by name, and how many there are in all."""
    made, start = {}, 0
    for name, duration in durations.items():
        stop = start + steps_of(duration, name, dt)
        made[name] = slice(start, stop)
        start = stop
    if not start:
        raise ValueError(f"a trial must have at least one step, but got the durations {dict(durations)} with dt={dt}.")
    return made, start


def ring(angles: np.ndarray, num: int) -> np.ndarray:
    """The responses, from -1 to 1, of units on a ring to angles; shape (..., num)."""
    return np.cos(angles[..., None] - 2 * np.pi * np.arange(num) / num)


def poisson(rng: np.random.Generator, rates: np.ndarray, dt: float, shape: tuple[int, ...] | None = None,
            dtype: Any = np.float32) -> np.ndarray:
    """Spikes, 0 or 1, of independent Poisson processes: a step has one with the probability that there is any.

    Parameters
    ----------
    rng : numpy.random.Generator
        What numbers are drawn from.
    rates : array
        The rates, in Hz.
    dt : float
        The time step, in ms.
    shape : tuple of int, optional
        The shape of the spikes, to which rates are broadcast; theirs by default.
    dtype : dtype
        That of the spikes.
    """
    chance = -np.expm1(-rates * (dt * 1e-3)).astype(np.float32)
    return (rng.random(rates.shape if shape is None else shape, dtype=np.float32) < chance).astype(dtype)
