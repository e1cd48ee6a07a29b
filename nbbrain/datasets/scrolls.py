"""Chaotic differential equations whose solutions go round several centres."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.datasets.series import Delay, first_values, solved
from nbbrain.dot_dict import DotDict

__all__ = [
    "PWL_duffing_series",
    "chen_chaotic_series",
    "chua_chaotic_series",
    "lu_chen_chaotic_series",
    "modified_chua_series",
    "modified_lu_chen_series",
]


def chen_chaotic_series(duration: float, dt: float = 0.001, a: float = 40, b: float = 3, c: float = 28,
                        method: str = "euler", inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""Chen's system (Chen & Ueta, 1999, "Yet another chaotic attractor").

    .. math:: \dot x = a (y - x), \qquad \dot y = (c - a) x - x z + c y, \qquad \dot z = x y - b z

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    a, b, c : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (-0.1, 0.5, -0.6) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, ``z``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.chen_chaotic_series(duration=0.1).x.shape
    (100, 1)
    """
    def chen(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return a * (y - x), (c - a) * x - x * z + c * y, x * y - b * z

    return solved(chen, first_values(inits, {"x": -0.1, "y": 0.5, "z": -0.6}), duration, dt, method, numpy_mon)


def lu_chen_chaotic_series(duration: float, dt: float = 0.001, a: float = 36, c: float = 20, b: float = 3,
                           u: float = -15.15, method: str = "rk4", inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Lü-Chen system with a constant control u (Lü & Chen, 2002, "A new chaotic attractor coined").

    .. math:: \dot x = a (y - x), \qquad \dot y = x - x z + c y + u, \qquad \dot z = x y - b z

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    a, c, b, u : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (0.1, 0.3, -0.6) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, ``z``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.lu_chen_chaotic_series(duration=0.1).x.shape
    (100, 1)
    """
    def lu_chen(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return a * (y - x), x - x * z + c * y + u, x * y - b * z

    return solved(lu_chen, first_values(inits, {"x": 0.1, "y": 0.3, "z": -0.6}), duration, dt, method, numpy_mon)


def modified_lu_chen_series(duration: float, dt: float = 0.001, a: float = 36, c: float = 20, b: float = 3, d1: float = 1,
                            d2: float = 0., tau: float = .2, method: str = "rk4", inits: Any = None,
                            numpy_mon: bool = False) -> DotDict:
    r"""The Lü-Chen system with a delayed feedback that makes more scrolls (Chen & Lü, 2003).

    .. math::

        \dot x = a (y - x), \qquad \dot y = (c - a) x - x f + c y, \qquad \dot z = x y - b z, \\
        f = z + d_1 z(t - \tau) - d_2 \sin z(t - \tau)

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    a, c, b, d1, d2 : float
        The parameters.
    tau : float
        The delay, at least one time step.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (1, 1, 14) by default. Before, z was
        14.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, ``z``, and ``z_tau``, which is z at ``ts - tau``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, a delay shorter than one, or a solution that leaves the range of numbers.

    Notes
    -----
    Within a step the delayed value is the one of the very time that the method asks for, on the straight line between the
    ends of steps.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.modified_lu_chen_series(duration=0.1).z_tau.shape
    (100, 1)
    """
    def with_past(past: Callable[[Any], Any]) -> Callable[..., Any]:
        def modified_lu_chen(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
            old = past(t - tau)
            return a * (y - x), (c - a) * x - x * (z + d1 * old - d2 * bm.sin(old)) + c * y, x * y - b * z
        return modified_lu_chen

    first = first_values(inits, {"x": 1, "y": 1, "z": 14})
    delay = Delay("z", tau, lambda steps: np.full((steps, *first["z"].shape), 14.))
    return solved(with_past, first, duration, dt, method, numpy_mon, delay)


def chua_chaotic_series(duration: float, dt: float = 0.001, alpha: float = 10, beta: float = 14.514, gamma: float = 0,
                        a: float = -1.197, b: float = -0.646, method: str = "rk4", inits: Any = None,
                        numpy_mon: bool = False) -> DotDict:
    r"""Chua's circuit (Chua, Komuro & Matsumoto, 1986, "The double scroll family").

    .. math::

        \dot x = \alpha (y - x - f(x)), \qquad \dot y = x - y + z, \qquad \dot z = -\beta y - \gamma z, \\
        f(x) = b x + \tfrac{1}{2} (a - b) (|x + 1| - |x - 1|)

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    alpha, beta, gamma, a, b : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (0.001, 0, 0) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, ``z``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.chua_chaotic_series(duration=0.1).x.shape
    (100, 1)
    """
    def chua(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        diode = b * x + 0.5 * (a - b) * (bm.abs(x + 1) - bm.abs(x - 1))
        return alpha * (y - x - diode), x - y + z, -beta * y - gamma * z

    return solved(chua, first_values(inits, {"x": 0.001, "y": 0, "z": 0}), duration, dt, method, numpy_mon)


def modified_chua_series(duration: float, dt: float = 0.001, alpha: float = 10.82, beta: float = 14.286, a: float = 1.3,
                         b: float = .11, d: float = 0, method: str = "rk4", inits: Any = None,
                         numpy_mon: bool = False) -> DotDict:
    r"""Chua's circuit with a sine, for any number of scrolls (Tang et al., 2001).

    .. math::

        \dot x = \alpha \left(y + b \sin\left(\frac{\pi x}{2 a} + d\right)\right), \qquad \dot y = x - y + z, \qquad
        \dot z = -\beta y

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    alpha, beta, a, b, d : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (1, 1, 0) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, ``z``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.modified_chua_series(duration=0.1).x.shape
    (100, 1)
    """
    def modified_chua(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return alpha * (y + b * bm.sin(np.pi * x / 2 / a + d)), x - y + z, -beta * y

    return solved(modified_chua, first_values(inits, {"x": 1, "y": 1, "z": 0}), duration, dt, method, numpy_mon)


def PWL_duffing_series(duration: float, dt: float = 0.001, e: float = 0.25, m0: float = -0.0845, m1: float = 0.66,
                       omega: float = 1, i: float = -14, method: str = "rk4", inits: Any = None,
                       numpy_mon: bool = False) -> DotDict:
    r"""A Duffing oscillator, driven by a cosine, whose spring is linear by pieces.

    .. math::

        \dot x = y, \qquad
        \dot y = -m_1 x - \tfrac{1}{2} (m_0 - m_1) (|x + 1| - |x - 1|) - e y + \left(0.14 + \frac{i}{20}\right) \cos \omega t

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    e, m0, m1, omega, i : float
        The parameters; i is that of the drive's strength.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x and y: numbers, or arrays of shape (n,) for several solutions; (0, 0) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,); ``x``, ``y``, shape (steps, n).

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.PWL_duffing_series(duration=0.1).y.shape
    (100, 1)
    """
    strength = 0.14 + i / 20

    def duffing(x: Any, y: Any, t: Any) -> tuple[Any, Any]:
        spring = m1 * x + 0.5 * (m0 - m1) * (bm.abs(x + 1) - bm.abs(x - 1))
        return y, -spring - e * y + strength * bm.cos(omega * t)

    return solved(duffing, first_values(inits, {"x": 0, "y": 0}), duration, dt, method, numpy_mon)
