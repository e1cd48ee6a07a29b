"""``bp.sde``: integrators of stochastic differential equations, and `sdeint`, which chooses one by name."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.registry import Registry
from nbbrain.integrators.stochastic import SDEIntegrator
from nbbrain.integrators.stochastic_rk import SRK1W1, SRK2W1, KlPl, StochasticRKIntegrator
from nbbrain.integrators.stochastic_steps import Euler, ExponentialEuler, Heun, Milstein, MilsteinGradFree

__all__ = [
    "SRK1W1",
    "SRK2W1",
    "Euler",
    "ExponentialEuler",
    "Heun",
    "KlPl",
    "Milstein",
    "MilsteinGradFree",
    "SDEIntegrator",
    "StochasticRKIntegrator",
    "get_default_sdeint",
    "get_supported_methods",
    "register_sde_integrator",
    "sdeint",
    "set_default_sdeint",
]

methods = Registry(SDEIntegrator, {
    "euler": Euler, "heun": Heun, "milstein": Milstein, "milstein2": MilsteinGradFree,
    "milstein_grad_free": MilsteinGradFree, "exponential_euler": ExponentialEuler, "exp_euler": ExponentialEuler,
    "exp_euler_auto": ExponentialEuler, "exp_auto": ExponentialEuler, "srk1w1": SRK1W1, "srk2w1": SRK2W1, "klpl": KlPl,
}, default="euler")
"""The methods for stochastic differential equations."""


def sdeint(f: Callable[..., Any] | None = None, g: Callable[..., Any] | None = None, method: str | None = None,
           dt: float | None = None, name: str | None = None, show_code: bool = False, var_type: str | None = None,
           intg_type: str | None = None, wiener_type: str | None = None, state_delays: Any = None) -> Any:
    r"""An integrator of a stochastic differential equation; with only one of f and g, a decorator of the other.

    .. math:: dx = f(x, t)\, dt + g(x, t)\, dW

    Parameters
    ----------
    f : callable or JointEq
        The drift, ``f(x, t, ...)``: variables, the time ``t`` in ms, parameters.
    g : callable or JointEq
        The diffusion.
    method : str, optional
        One of ``bp.sde.get_supported_methods()``; the default is 'euler' unless `set_default_sdeint` changed it.
    dt, name, show_code, var_type, intg_type, wiener_type, state_delays
        Those of `SDEIntegrator`.

    Returns
    -------
    SDEIntegrator
        Called as ``integral(x, t, ..., dt=None)``, it returns the variables one step later.

    Raises
    ------
    IntegratorError
        When neither f nor g is given, for an unknown method, or for an option that is not allowed.
    DiffEqError
        When the arguments of f and g cannot be told apart, or do not suit the method.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> @bp.integrators.sdeint(g=lambda x, t: 0.2 * x, method='milstein', dt=0.1)
    ... def growth(x, t):
    ...     return 0.1 * x
    >>> bm.random.seed(0)
    >>> growth(bm.ones(3), 0.).shape
    (3,)
    """
    integrator = methods.find(method)

    def integrate(drift: Callable[..., Any], diffusion: Callable[..., Any]) -> SDEIntegrator:
        made: SDEIntegrator = integrator(drift, diffusion, dt=dt, name=name, show_code=show_code, var_type=var_type,
                                         intg_type=intg_type, wiener_type=wiener_type, state_delays=state_delays)
        return made

    if f is not None and g is not None:
        return integrate(f, g)
    if f is not None:
        return lambda diffusion: integrate(f, diffusion)
    if g is not None:
        return lambda drift: integrate(drift, g)
    raise IntegratorError("sdeint needs the drift f, the diffusion g, or both.")


def get_supported_methods() -> list[str]:
    """The names of all methods.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.integrators.sde.get_supported_methods()[:3]
    ['euler', 'heun', 'milstein']
    """
    return methods.names()


def set_default_sdeint(method: str) -> None:
    """Set the method that `sdeint` uses where none is given.

    Raises
    ------
    IntegratorError
        For an unknown method.
    """
    methods.set_default(method)


def get_default_sdeint() -> str:
    """The method that `sdeint` uses where none is given."""
    return methods.default


def register_sde_integrator(name: str, integrator: type[SDEIntegrator]) -> None:
    """Make an integrator known to `sdeint` under a name.

    Raises
    ------
    IntegratorError
        When the name is taken, or the integrator is no subclass of `SDEIntegrator`.
    """
    methods.register(name, integrator)
