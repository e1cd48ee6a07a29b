"""Time series in steps: chaotic maps, and a process that remembers its input."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.check import is_integer
from nbbrain.datasets.results import generator
from nbbrain.datasets.series import first_values, iterated, series
from nbbrain.dot_dict import DotDict

__all__ = ["henon_map_series", "logistic_map_series", "narma_series"]


def henon_map_series(num_step: int, a: float = 1.4, b: float = 0.3, inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Hénon map (Hénon, 1976, "A two-dimensional mapping with a strange attractor").

    .. math:: x_{n+1} = 1 - a x_n^2 + y_n, \qquad y_{n+1} = b x_n

    Parameters
    ----------
    num_step : int
        The number of steps.
    a, b : float
        The parameters.
    inits : dict, optional
        The first x and y: numbers, or arrays of shape (n,) for several series; (0, 0) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (num_step,), the number of steps made; ``x``, ``y``, shape (num_step, n), the values after them.

    Raises
    ------
    ValueError
        For wrong first values, no step, or a series that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.henon_map_series(3).x[:, 0].round(3).tolist()
    [1.0, -0.4000000059604645, 1.0759999752044678]
    """
    return iterated(lambda x, y: (1 - a * x * x + y, b * x), first_values(inits, {"x": 0, "y": 0}), num_step, numpy_mon)


def logistic_map_series(num_step: int, mu: float = 3., inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The logistic map (May, 1976, "Simple mathematical models with very complicated dynamics").

    .. math:: x_{n+1} = \mu x_n (1 - x_n)

    Parameters
    ----------
    num_step : int
        The number of steps.
    mu : float
        The parameter; for 4 the map is chaotic, and nearby values part by a factor of 2 in every step.
    inits : float, array of shape (n,), or dict, optional
        The first x, within [0, 1]; 0.2 by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (num_step,), the number of steps made; ``x``, shape (num_step, n), the values after them.

    Raises
    ------
    ValueError
        For wrong first values, no step, or a series that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.logistic_map_series(2, mu=4., inits=0.5).x.tolist()
    [[1.0], [0.0]]
    """
    given = inits if inits is None or isinstance(inits, dict) else {"x": inits}
    return iterated(lambda x: (mu * x * (1 - x),), first_values(given, {"x": 0.2}), num_step, numpy_mon)


def narma_series(num_step: int, order: int = 10, a: float = 0.3, b: float = 0.05, c: float = 1.5, d: float = 0.1,
                 num: int = 1, squash: bool = False, seed: int | None = None, numpy_mon: bool = False) -> DotDict:
    r"""A nonlinear autoregressive moving average with random input (Atiya & Parlos, 2000).

    .. math::

        y_k = a y_{k-1} + b y_{k-1} \sum_{i=1}^{n} y_{k-i} + c u_{k-n+1} u_k + d, \qquad u_k \sim U(0, 0.5)

    where n is the order, and all that is before the first step is 0. A model that is given :math:`u_k` is asked for
    :math:`y_k`, so that it has to remember the last n inputs.

    Parameters
    ----------
    num_step : int
        The number of steps.
    order : int
        How many steps back the process looks.
    a, b, c, d : float
        The parameters. Usual for order 10 are the defaults; for 20, ``d=0.01`` and ``squash``; for 30, 0.2, 0.004, 1.5 and
        0.001.
    num : int
        The number of independent series.
    squash : bool
        Whether y is :math:`\tanh(\ldots) + 0.2`, which keeps it bounded.
    seed : int, optional
        Seed of a random generator of its own.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (num_step,), the number of steps made; ``u`` and ``y``, shape (num_step, num), input and answer.

    Raises
    ------
    ValueError
        For an argument that is out of range, or a series that leaves the range of numbers, as may happen without ``squash``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> data = bp.datasets.narma_series(200, seed=1, numpy_mon=True)
    >>> data.u.shape, data.y.shape, round(float(data.y[50:].mean()), 1)
    ((200, 1), (200, 1), 0.4)
    """
    count, span = is_integer(num_step, "num_step", min_bound=1), is_integer(order, "order", min_bound=1)
    u = generator(seed).uniform(0., 0.5, size=(count, is_integer(num, "num", min_bound=1)))
    inputs, y = np.concatenate([np.zeros((span, u.shape[1])), u]), np.zeros((span + count, u.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):  # `series` finds what went too far
        for k in range(span, span + count):
            new = a * y[k - 1] + b * y[k - 1] * y[k - span:k].sum(axis=0) + c * inputs[k - span + 1] * inputs[k] + d
            y[k] = np.tanh(new) + 0.2 if squash else new
    return series(np.arange(1., count + 1), {"u": u, "y": y[span:]}, numpy_mon)
