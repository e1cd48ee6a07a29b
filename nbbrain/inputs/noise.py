"""Inputs by chance: white and coloured noise."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.inputs.steps import placed, time_step, window
from nbbrain.sizes import Size, to_size

__all__ = ["ou_process", "wiener_process"]


def _normal(seed: int | None, steps: int, n: Size) -> np.ndarray:
    """Standard normal numbers for every step."""
    rng: Any = bm.random.DEFAULT if seed is None else bm.random.RandomState(seed)
    return np.asarray(rng.normal(size=(steps, *to_size(n))), dtype=np.float64)


def wiener_process(duration: float, dt: float | None = None, n: Size = 1, t_start: float = 0.,
                   t_end: float | None = None, seed: int | None = None) -> bm.Array:
    r"""The steps of a Wiener process, :math:`\Delta W \sim N(0, dt)`, and 0 before and after.

    Parameters
    ----------
    duration : float
        How long the input lasts, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.
    n : int or sequence of int
        The number, or the size, of independent processes.
    t_start, t_end : float, optional
        When the process begins and ends, in ms; by default it takes all of the duration.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random``.

    Returns
    -------
    Array, shape (steps, n)
        The steps; their sum so far is the process.

    Raises
    ------
    ValueError
        When the times are not in order, and within the duration.

    Examples
    --------
    >>> import nbbrain as bp
    >>> noise = bp.inputs.wiener_process(duration=1000., dt=.1, n=3, seed=1)
    >>> noise.shape, round(float(noise.std()), 2)
    ((10000, 3), 0.32)
    """
    step = time_step(dt)
    total, where = window(duration, t_start, t_end, step)
    return placed(_normal(seed, where.stop - where.start, n) * np.sqrt(step), total, where)


def ou_process(mean: Any, sigma: Any, tau: Any, duration: float, dt: float | None = None, n: Size = 1,
               t_start: float = 0., t_end: float | None = None, seed: int | None = None) -> bm.Array:
    r"""An Ornstein-Uhlenbeck process, which returns to its mean, and 0 before and after (Uhlenbeck & Ornstein, 1930).

    .. math:: dX = (\mu - X) / \tau \, dt + \sigma \, dW, \qquad X_0 = \mu

    In the long run its standard deviation is :math:`\sigma \sqrt{\tau / 2}`.

    Parameters
    ----------
    mean : float or array of the shape n
        The mean.
    sigma : float or array of the shape n
        The strength of the noise.
    tau : float or array of the shape n
        The time constant, in ms.
    duration : float
        How long the input lasts, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.
    n : int or sequence of int
        The number, or the size, of independent processes.
    t_start, t_end : float, optional
        When the process begins and ends, in ms; by default it takes all of the duration.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random``.

    Returns
    -------
    Array, shape (steps, n)

    Raises
    ------
    ValueError
        When the times are not in order, and within the duration.

    Notes
    -----
    Steps are drawn from the exact distribution (Gillespie, 1996), so that the process is right for any time step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> x = bp.inputs.ou_process(mean=1., sigma=.2, tau=10., duration=5000., dt=.5, n=20, seed=1)
    >>> x.shape, round(float(x.mean()), 1), round(float(x.std()), 1)   # 0.2 * sqrt(10 / 2) = 0.45
    ((10000, 20), 1.0, 0.4)
    """
    step = time_step(dt)
    total, where = window(duration, t_start, t_end, step)
    if not np.all(np.asarray(tau) > 0):
        raise ValueError(f"tau must be positive, but got {tau!r}.")
    constant = np.asarray(tau, dtype=np.float64)
    kept = np.exp(-step / constant)
    spread = np.asarray(sigma) * np.sqrt(constant / 2.0 * (1.0 - kept**2))
    apart = _normal(seed, where.stop - where.start, n) * spread
    apart[:1] = 0.0
    for i in range(1, len(apart)):
        apart[i] += kept * apart[i - 1]
    return placed(np.asarray(mean) + apart, total, where)
