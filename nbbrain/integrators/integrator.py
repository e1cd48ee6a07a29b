"""What all integrators of ordinary differential equations have in common: arguments in, variables one step later out."""
from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.equation import JointEq, equations_of
from nbbrain.math.array import Array
from nbbrain.math.environment import get_dt

__all__ = ["VAR_TYPES", "ODEIntegrator"]

VAR_TYPES = ("scalar", "population", "system")


class ODEIntegrator(ABC):
    """An integrator with a fixed step.

    Parameters
    ----------
    f : callable or JointEq
        The right-hand side, ``f(x, t, ...)``: variables, the time ``t``, parameters.
    var_type : {'scalar', 'population', 'system'}, optional
        Accepted for compatibility: variables are arrays, which covers all of them.
    dt : float, optional
        The time step in ms; the environment's (``bm.get_dt()``) where none is given.
    name : str, optional
        A name, which the text of the integrator shows.
    show_code : bool
        Accepted for compatibility: no code is generated.
    state_delays, neutral_delays : None
        Delay differential equations are not supported.

    Raises
    ------
    DiffEqError
        When the arguments of f cannot be told apart.
    IntegratorError
        When an option has a value that is not allowed.
    """

    def __init__(self, f: Callable[..., Any], var_type: str | None = None, dt: float | None = None,
                 name: str | None = None, show_code: bool = False, state_delays: Any = None,
                 neutral_delays: Any = None) -> None:
        if var_type is not None and var_type not in VAR_TYPES:
            raise IntegratorError(f"var_type must be one of {', '.join(VAR_TYPES)}, but got {var_type!r}.")
        if state_delays is not None or neutral_delays is not None:
            raise IntegratorError(f"{type(self).__name__} does not solve delay differential equations: state_delays and "
                                  f"neutral_delays must be None.")
        self.f = f
        self.var_type = var_type
        self.equations = equations_of(f)
        self.name = name
        self.dt = get_dt() if dt is None else dt
        signature = (f if isinstance(f, JointEq) else JointEq(f)).__signature__
        self.arguments = tuple(signature.parameters)
        self.variables = self.arguments[:self.arguments.index("t")]
        self.parameters = self.arguments[self.arguments.index("t"):]
        step_size = inspect.Parameter("dt", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
        self.__signature__ = inspect.Signature([*signature.parameters.values(), step_size])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The variables one step later: ``integral(x, t, ..., dt=None)``.

        Returns
        -------
        Array, or tuple of Array where there are several variables
        """
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = bound.arguments
        dt = arguments.pop("dt")
        for name in self.variables:
            arguments[name] = Array(arguments[name])
        results = self.step(arguments, self.dt if dt is None else dt)
        return results[0] if len(results) == 1 else results

    @abstractmethod
    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step of size dt, from all arguments by name."""

    def derivatives(self, arguments: dict[str, Any]) -> list[Any]:
        """The derivatives of all variables."""
        return [derivative for equation in self.equations for derivative in equation(arguments)]

    def __repr__(self) -> str:
        name = "" if self.name is None else f"name={self.name}, "
        return (f"{type(self).__name__}({name}variables={list(self.variables)}, parameters={list(self.parameters)}, "
                f"dt={self.dt})")
