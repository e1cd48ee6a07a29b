"""``bp.ode``: integrators of ordinary differential equations, and `odeint`, which chooses one by name."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.explicit_rk import (
    RK2,
    RK3,
    RK4,
    SSPRK3,
    Euler,
    ExplicitRKIntegrator,
    Heun2,
    Heun3,
    MidPoint,
    Ralston2,
    Ralston3,
    Ralston4,
    RK4Rule38,
)
from nbbrain.integrators.exponential import ExponentialEuler
from nbbrain.integrators.integrator import ODEIntegrator

__all__ = [
    "RK2",
    "RK3",
    "RK4",
    "SSPRK3",
    "Euler",
    "ExplicitRKIntegrator",
    "ExponentialEuler",
    "Heun2",
    "Heun3",
    "MidPoint",
    "ODEIntegrator",
    "RK4Rule38",
    "Ralston2",
    "Ralston3",
    "Ralston4",
    "get_default_odeint",
    "get_supported_methods",
    "odeint",
    "register_ode_integrator",
    "set_default_odeint",
]

_methods: dict[str, type[ODEIntegrator]] = {
    "euler": Euler, "midpoint": MidPoint, "heun2": Heun2, "ralston2": Ralston2, "rk2": RK2, "rk3": RK3, "heun3": Heun3,
    "ralston3": Ralston3, "ssprk3": SSPRK3, "rk4": RK4, "ralston4": Ralston4, "rk4_38rule": RK4Rule38,
    "exponential_euler": ExponentialEuler, "exp_euler": ExponentialEuler, "exp_euler_auto": ExponentialEuler,
    "exp_auto": ExponentialEuler,
}
_default = "euler"


def odeint(f: Callable[..., Any] | None = None, method: str | None = None, var_type: str | None = None,
           dt: float | None = None, name: str | None = None, show_code: bool = False, state_delays: Any = None,
           neutral_delays: Any = None, **kwargs: Any) -> Any:
    """An integrator of an ordinary differential equation; without f, a decorator that makes one.

    Parameters
    ----------
    f : callable or JointEq
        The right-hand side, ``f(x, t, ...)``: variables, the time ``t`` in ms, parameters.
    method : str, optional
        One of `get_supported_methods`; the default is 'euler' unless `set_default_odeint` changed it.
    var_type : {'scalar', 'population', 'system'}, optional
        Accepted for compatibility.
    dt : float, optional
        The time step in ms; the environment's where none is given.
    name : str, optional
        A name.
    show_code : bool
        Accepted for compatibility.
    state_delays, neutral_delays : None
        Delay differential equations are not supported.
    **kwargs
        Further options of the method (``beta`` of 'rk2').

    Returns
    -------
    ODEIntegrator
        Called as ``integral(x, t, ..., dt=None)``, it returns the variables one step later.

    Raises
    ------
    IntegratorError
        For an unknown method, or an option that is not allowed.
    DiffEqError
        When the arguments of f cannot be told apart, or do not suit the method.

    Examples
    --------
    >>> import nbbrain as bp
    >>> @bp.odeint(method='rk4', dt=0.1)
    ... def decay(x, t, tau):
    ...     return -x / tau
    >>> decay(1., 0., 10.)
    Array(value=Array(0.99004984), dtype=float32)
    """
    chosen = _default if method is None else method
    if chosen not in _methods:
        raise IntegratorError(f"method must be one of {', '.join(_methods)}, but got {chosen!r}.")

    def integrate(equation: Callable[..., Any]) -> ODEIntegrator:
        return _methods[chosen](equation, var_type=var_type, dt=dt, name=name, show_code=show_code,
                                state_delays=state_delays, neutral_delays=neutral_delays, **kwargs)

    return integrate if f is None else integrate(f)


def get_supported_methods() -> list[str]:
    """The names of all methods.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.ode.get_supported_methods()[:3]
    ['euler', 'midpoint', 'heun2']
    """
    return list(_methods)


def set_default_odeint(method: str) -> None:
    """Set the method that `odeint` uses where none is given.

    Raises
    ------
    IntegratorError
        For an unknown method.
    """
    global _default
    if method not in _methods:
        raise IntegratorError(f"method must be one of {', '.join(_methods)}, but got {method!r}.")
    _default = method


def get_default_odeint() -> str:
    """The method that `odeint` uses where none is given."""
    return _default


def register_ode_integrator(name: str, integrator: type[ODEIntegrator]) -> None:
    """Make an integrator known to `odeint` under a name.

    Raises
    ------
    IntegratorError
        When the name is taken, or the integrator is no subclass of `ODEIntegrator`.
    """
    if name in _methods:
        raise IntegratorError(f"the name {name!r} stands for {_methods[name].__name__} already.")
    if not (isinstance(integrator, type) and issubclass(integrator, ODEIntegrator)):
        raise IntegratorError(f"an integrator must be a subclass of ODEIntegrator, but got {integrator!r}.")
    _methods[name] = integrator
