"""``bp.fde``: integrators of fractional differential equations, and `fdeint`, which chooses one by name."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.integrators.fractional import CaputoEuler, CaputoL1Schema, FDEIntegrator, GLShortMemory
from nbbrain.integrators.registry import Registry

__all__ = [
    "CaputoEuler",
    "CaputoL1Schema",
    "FDEIntegrator",
    "GLShortMemory",
    "fdeint",
    "get_default_fdeint",
    "get_supported_methods",
    "register_fde_integrator",
    "set_default_fdeint",
]

methods = Registry(FDEIntegrator, {"euler": CaputoEuler, "l1": CaputoL1Schema, "short-memory": GLShortMemory}, default="l1")
"""The methods for fractional differential equations."""


def fdeint(alpha: Any, num_memory: int, inits: Any, f: Callable[..., Any] | None = None, method: str | None = None,
           dt: float | None = None, name: str | None = None) -> Any:
    r"""An integrator of a fractional differential equation :math:`D^\alpha x = f(x, t)`; without f, a decorator.

    Parameters
    ----------
    alpha : float or sequence of float
        The order of the derivative, in (0, 1]: one for all variables, or one for each.
    num_memory : int
        How many steps are remembered.
    inits : array, sequence of arrays, or dict of arrays
        The first value of every variable.
    f : callable or JointEq
        The right-hand side, ``f(x, t, ...)``: variables, the time ``t`` in ms, parameters.
    method : str, optional
        One of ``bp.fde.get_supported_methods()``; the default is 'l1' unless `set_default_fdeint` changed it.
    dt : float, optional
        The time step in ms; the environment's where none is given.
    name : str, optional
        The name.

    Returns
    -------
    FDEIntegrator
        Called as ``integral(x, t, ..., dt=None)``, it returns the variables one step later.

    Raises
    ------
    IntegratorError
        For an unknown method, or for an option that is not allowed.
    DiffEqError
        When the arguments of f cannot be told apart.

    Examples
    --------
    >>> import nbbrain as bp
    >>> @bp.integrators.fdeint(alpha=0.8, num_memory=100, inits=[1.], dt=0.01)
    ... def decay(x, t):
    ...     return -x
    >>> x = decay(bp.math.ones(1), 0.)
    >>> print(f"{float(x[0]):.3f}")
    0.977
    """
    integrator = methods.find(method)

    def integrate(equation: Callable[..., Any]) -> FDEIntegrator:
        made: FDEIntegrator = integrator(equation, alpha=alpha, num_memory=num_memory, inits=inits, dt=dt, name=name)
        return made

    return integrate if f is None else integrate(f)


def get_supported_methods() -> list[str]:
    """The names of all methods.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.integrators.fde.get_supported_methods()
    ['euler', 'l1', 'short-memory']
    """
    return methods.names()


def set_default_fdeint(method: str) -> None:
    """Set the method that `fdeint` uses where none is given.

    Raises
    ------
    IntegratorError
        For an unknown method.
    """
    methods.set_default(method)


def get_default_fdeint() -> str:
    """The method that `fdeint` uses where none is given."""
    return methods.default


def register_fde_integrator(name: str, integrator: type[FDEIntegrator]) -> None:
    """Make an integrator known to `fdeint` under a name; it takes f, alpha, num_memory, inits, dt and name by name.

    Raises
    ------
    IntegratorError
        When the name is taken, or the integrator is no subclass of `FDEIntegrator`.
    """
    methods.register(name, integrator)
