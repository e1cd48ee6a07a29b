"""Inputs that are a function of time: ramps, sines and square waves."""
from __future__ import annotations

import numpy as np

import nbbrain.math as bm
from nbbrain.inputs.steps import placed, time_step, window

__all__ = ["ramp_input", "sinusoidal_input", "square_input"]

_ROUNDING = 1e-9  # cycles


def ramp_input(c_start: float, c_end: float, duration: float, t_start: float = 0, t_end: float | None = None,
               dt: float | None = None) -> bm.Array:
    """An input that changes steadily from one value to another, and is 0 before and after.

    Parameters
    ----------
    c_start, c_end : float
        The first and the last value.
    duration : float
        How long the input lasts, in ms.
    t_start, t_end : float, optional
        When the ramp begins and ends, in ms; by default it takes all of the duration.
    dt : float, optional
        The time step, in ms; the environment's by default.

    Returns
    -------
    Array, shape (steps,)

    Raises
    ------
    ValueError
        When the times are not in order, and within the duration.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.inputs.ramp_input(0., 1., duration=.5, dt=.1).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    total, where = window(duration, t_start, t_end, time_step(dt))
    return placed(np.linspace(c_start, c_end, where.stop - where.start), total, where)


def sinusoidal_input(amplitude: float, frequency: float, duration: float, dt: float | None = None, t_start: float = 0.,
                     t_end: float | None = None, bias: bool = False) -> bm.Array:
    r"""A sine wave, :math:`A \sin(2 \pi f (t - t_{start}))`, and 0 before and after.

    Parameters
    ----------
    amplitude : float
        The amplitude A.
    frequency : float
        The frequency f, in Hz.
    duration : float
        How long the input lasts, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.
    t_start, t_end : float, optional
        When the wave begins and ends, in ms; by default it takes all of the duration.
    bias : bool
        Whether the amplitude is added, so that the wave does not become negative.

    Returns
    -------
    Array, shape (steps,)

    Raises
    ------
    ValueError
        When the times are not in order, and within the duration.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.inputs.sinusoidal_input(2., frequency=1000., duration=1., dt=.25).round(3).tolist()
    [0.0, 2.0, 0.0, -2.0]
    """
    step = time_step(dt)
    total, where = window(duration, t_start, t_end, step)
    wave = amplitude * np.sin(2 * np.pi * _cycles(where, frequency, step))
    return placed(wave + amplitude if bias else wave, total, where)


def square_input(amplitude: float, frequency: float, duration: float, dt: float | None = None, bias: bool = False,
                 t_start: float = 0., t_end: float | None = None) -> bm.Array:
    """A square wave: the amplitude for half of a period, then its negative, and 0 before and after.

    Parameters
    ----------
    amplitude : float
        The amplitude.
    frequency : float
        The frequency, in Hz.
    duration : float
        How long the input lasts, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.
    bias : bool
        Whether the amplitude is added, so that the wave does not become negative.
    t_start, t_end : float, optional
        When the wave begins and ends, in ms; by default it takes all of the duration.

    Returns
    -------
    Array, shape (steps,)

    Raises
    ------
    ValueError
        When the times are not in order, and within the duration.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.inputs.square_input(1., frequency=1000., duration=1.5, dt=.25).tolist()
    [1.0, 1.0, -1.0, -1.0, 1.0, 1.0]
    """
    step = time_step(dt)
    total, where = window(duration, t_start, t_end, step)
    first_half = (_cycles(where, frequency, step) + _ROUNDING) % 1.0 < 0.5
    return placed(np.where(first_half, amplitude, -amplitude) + (amplitude if bias else 0.0), total, where)


def _cycles(where: slice, frequency: float, dt: float) -> np.ndarray:
    """How many cycles have passed at every step of a window."""
    return np.arange(where.stop - where.start) * (dt * frequency / 1000.0)
