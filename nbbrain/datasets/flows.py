"""Chaotic differential equations of three variables that have one or two centres."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.datasets.series import first_values, solved
from nbbrain.dot_dict import DotDict

__all__ = [
    "double_scroll_series",
    "lorenz_series",
    "modified_Lorenz_series",
    "rabinovich_fabrikant_series",
    "rossler_series",
]


def lorenz_series(duration: float, dt: float = 0.001, sigma: float = 10, beta: float = 8 / 3, rho: float = 28,
                  method: str = "rk4", inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Lorenz system, a model of convection (Lorenz, 1963, "Deterministic nonperiodic flow").

    .. math:: \dot x = \sigma (y - x), \qquad \dot y = x (\rho - z) - y, \qquad \dot z = x y - \beta z

    For :math:`\rho > 1` it has two fixed points, :math:`x = y = \pm\sqrt{\beta(\rho - 1)}, z = \rho - 1`, which are unstable
    for the default parameters; nearby solutions then part by a factor of e in about 1.1 units of time.

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    sigma, beta, rho : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (8, 1, 1) by default.
    numpy_mon : bool
        Whether arrays are NumPy's; else they are arrays of nbbrain.

    Returns
    -------
    DotDict
        ``ts``, shape (steps,), the times of the ends of steps; ``x``, ``y``, ``z``, shape (steps, n), the solution there.

    Raises
    ------
    ValueError
        For wrong first values, no step, or a solution that leaves the range of numbers.

    Notes
    -----
    The equation is solved in double precision, whatever the environment; what is returned has the environment's.
    ``bp.visualize.line_plot(data.ts, data.x)`` draws it.

    Examples
    --------
    >>> import nbbrain as bp
    >>> data = bp.datasets.lorenz_series(duration=1., dt=0.01)
    >>> data.ts.shape, data.x.shape, round(float(data.ts[-1]), 3)
    ((100,), (100, 1), 1.0)
    """
    def lorenz(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return sigma * (y - x), x * (rho - z) - y, x * y - beta * z

    return solved(lorenz, first_values(inits, {"x": 8, "y": 1, "z": 1}), duration, dt, method, numpy_mon)


def rossler_series(duration: float, dt: float = 0.001, a: float = 0.2, b: float = 0.2, c: float = 5.7, method: str = "rk4",
                   inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Rössler system (Rössler, 1976, "An equation for continuous chaos").

    .. math:: \dot x = -y - z, \qquad \dot y = x + a y, \qquad \dot z = b + z (x - c)

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    a, b, c : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (1, 1, 1) by default.
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
    >>> data = bp.datasets.rossler_series(duration=1., dt=0.01, numpy_mon=True)
    >>> data.z.shape, bool((data.z > 0).all())
    ((100, 1), True)
    """
    def rossler(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return -y - z, x + a * y, b + z * (x - c)

    return solved(rossler, first_values(inits, {"x": 1, "y": 1, "z": 1}), duration, dt, method, numpy_mon)


def rabinovich_fabrikant_series(duration: float, dt: float = 0.001, alpha: float = 1.1, gamma: float = 0.803,
                                method: str = "rk4", inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Rabinovich-Fabrikant equations, of waves in a plasma (Rabinovich & Fabrikant, 1979).

    .. math::

        \dot x = y (z - 1 + x^2) + \gamma x, \qquad \dot y = x (3 z + 1 - x^2) + \gamma y, \qquad
        \dot z = -2 z (\alpha + x y)

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    alpha, gamma : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (-1, 0, 0.5) by default.
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
    >>> bp.datasets.rabinovich_fabrikant_series(duration=0.1).x.shape
    (100, 1)
    """
    def rabinovich_fabrikant(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        return y * (z - 1 + x * x) + gamma * x, x * (3 * z + 1 - x * x) + gamma * y, -2 * z * (alpha + x * y)

    first = first_values(inits, {"x": -1, "y": 0, "z": 0.5})
    return solved(rabinovich_fabrikant, first, duration, dt, method, numpy_mon)


def double_scroll_series(duration: float, dt: float = 0.01, R1: float = 1.2, R2: float = 3.44, R4: float = 0.193,
                         beta: float = 11.6, Ir: float = 2 * 2.25e-5, method: str = "rk4", inits: Any = None,
                         numpy_mon: bool = False) -> DotDict:
    r"""An electronic circuit with two scrolls (Chang et al., 1998, Chaos 8, 782).

    .. math::

        \dot V_1 = V_1 / R_1 - \Delta V / R_2 - 2 I_r \sinh(\beta \Delta V), \qquad
        \dot V_2 = \Delta V / R_2 + 2 I_r \sinh(\beta \Delta V) - I, \qquad \dot I = V_2 - R_4 I

    with :math:`\Delta V = V_1 - V_2`; quantities have no units. x stands for :math:`V_1`, y for :math:`V_2`, z for I.

    Parameters
    ----------
    duration, dt : float
        How long, and the time step.
    R1, R2, R4 : float
        The resistances.
    beta, Ir : float
        The steepness and the strength of the diodes' current.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; by default (0.37926545, 0.058339,
        -0.08167691), which is on the attractor.
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
    >>> bp.datasets.double_scroll_series(duration=1.).z.shape
    (100, 1)
    """
    def double_scroll(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        delta = x - y
        current = delta / R2 + 2 * Ir * bm.sinh(beta * delta)
        return x / R1 - current, current - z, y - R4 * z

    first = first_values(inits, {"x": 0.37926545, "y": 0.058339, "z": -0.08167691})
    return solved(double_scroll, first, duration, dt, method, numpy_mon)


def modified_Lorenz_series(duration: float, dt: float = 0.001, a: float = 10, b: float = 8 / 3, c: float = 137 / 5,
                           method: str = "rk4", inits: Any = None, numpy_mon: bool = False) -> DotDict:
    r"""The Lorenz system folded three times around the z axis (Miranda & Stone, 1993, "The proto-Lorenz system").

    With :math:`r = \sqrt{x^2 + y^2}`,

    .. math::

        \dot x = \frac{-(a + 1) x + a - c + z y}{3} + \frac{(1 - a)(x^2 - y^2) + 2 (a + c - z) x y}{3 r}, \\
        \dot y = \frac{(c - a - z) x - (a + 1) y}{3} + \frac{2 (a - 1) x y + (a + c - z)(x^2 - y^2)}{3 r}, \qquad
        \dot z = \frac{3 x^2 y - y^3}{2} - b z

    Parameters
    ----------
    duration, dt : float
        How long, and the time step; time has no unit.
    a, b, c : float
        The parameters.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    inits : dict, optional
        The first x, y and z: numbers, or arrays of shape (n,) for several solutions; (-8, 4, 10) by default.
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
    >>> bp.datasets.modified_Lorenz_series(duration=0.1).z.shape
    (100, 1)
    """
    def modified_lorenz(x: Any, y: Any, z: Any, t: Any) -> tuple[Any, Any, Any]:
        thrice, squares = 3 * bm.sqrt(x * x + y * y), x * x - y * y
        dx = (-(a + 1) * x + a - c + z * y) / 3 + ((1 - a) * squares + 2 * (a + c - z) * x * y) / thrice
        dy = ((c - a - z) * x - (a + 1) * y) / 3 + (2 * (a - 1) * x * y + (a + c - z) * squares) / thrice
        return dx, dy, (3 * x * x * y - y * y * y) / 2 - b * z

    return solved(modified_lorenz, first_values(inits, {"x": -8, "y": 4, "z": 10}), duration, dt, method, numpy_mon)
