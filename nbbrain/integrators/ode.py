"""``bp.ode``: integrators of ordinary differential equations, and `odeint`, which chooses one by name."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.integrators.adaptive_rk import (
    RKF12,
    RKF45,
    AdaptiveRKIntegrator,
    BogackiShampine,
    BoSh3,
    CashKarp,
    DormandPrince,
    HeunEuler,
)
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
from nbbrain.integrators.registry import Registry

__all__ = [
    "RK2",
    "RK3",
    "RK4",
    "RKF12",
    "RKF45",
    "SSPRK3",
    "AdaptiveRKIntegrator",
    "BoSh3",
    "BogackiShampine",
    "CashKarp",
    "DormandPrince",
    "Euler",
    "ExplicitRKIntegrator",
    "ExponentialEuler",
    "Heun2",
    "Heun3",
    "HeunEuler",
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

methods = Registry(ODEIntegrator, {
    "euler": Euler, "midpoint": MidPoint, "heun2": Heun2, "ralston2": Ralston2, "rk2": RK2, "rk3": RK3, "heun3": Heun3,
    "ralston3": Ralston3, "ssprk3": SSPRK3, "rk4": RK4, "ralston4": Ralston4, "rk4_38rule": RK4Rule38,
    "exponential_euler": ExponentialEuler, "exp_euler": ExponentialEuler, "exp_euler_auto": ExponentialEuler,
    "exp_auto": ExponentialEuler, "rkf12": RKF12, "rkf45": RKF45, "rkdp": DormandPrince, "ck": CashKarp,
    "bs": BogackiShampine, "heun_euler": HeunEuler, "BoSh3": BoSh3,
}, default="euler")
"""The methods for ordinary differential equations."""


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
        A name, which the text of the integrator shows.
    show_code : bool
        Accepted for compatibility.
    state_delays, neutral_delays : mapping, optional
        The past of variables and of derivatives, see `ODEIntegrator`.
    **kwargs
        Further options of the method (``beta`` of 'rk2'; ``adaptive`` and ``tol`` of `AdaptiveRKIntegrator`).

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
    integrator = methods.find(method)

    def integrate(equation: Callable[..., Any]) -> ODEIntegrator:
        made: ODEIntegrator = integrator(equation, var_type=var_type, dt=dt, name=name, show_code=show_code,
                                         state_delays=state_delays, neutral_delays=neutral_delays, **kwargs)
        return made

    return integrate if f is None else integrate(f)


def get_supported_methods() -> list[str]:
    """The names of all methods.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.ode.get_supported_methods()[:3]
    ['euler', 'midpoint', 'heun2']
    """
    return methods.names()


def set_default_odeint(method: str) -> None:
    """Set the method that `odeint` uses where none is given.

    Raises
    ------
    IntegratorError
        For an unknown method.
    """
    methods.set_default(method)


def get_default_odeint() -> str:
    """The method that `odeint` uses where none is given."""
    return methods.default


def register_ode_integrator(name: str, integrator: type[ODEIntegrator]) -> None:
    """Make an integrator known to `odeint` under a name.

    Raises
    ------
    IntegratorError
        When the name is taken, or the integrator is no subclass of `ODEIntegrator`.
    """
    methods.register(name, integrator)
