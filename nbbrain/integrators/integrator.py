"""What all integrators have in common: arguments in, variables one step later out."""
from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.constants import SUPPORTED_VAR_TYPE
from nbbrain.integrators.equation import JointEq, equations_of
from nbbrain.math.array import Array
from nbbrain.math.delays import LengthDelay
from nbbrain.math.environment import get_dt
from nbbrain.math.time_delays import TimeDelay

__all__ = ["Integrator", "ODEIntegrator", "signature_of"]

_ANY = inspect.Parameter.POSITIONAL_OR_KEYWORD


class Integrator(ABC):
    """A method that takes the variables of an equation one step further; a subclass defines `step`.

    Parameters
    ----------
    variables : sequence of str
        The names of the variables.
    parameters : sequence of str
        The names of the other arguments, the time ``t`` first.
    arguments : sequence of str or of inspect.Parameter
        All arguments of a call; an inspect.Parameter may have a default. ``dt`` follows in any case.
    dt : float, optional
        The time step in ms; the environment's (``bm.get_dt()``) where none is given.
    name : str, optional
        A name, which the text of the integrator shows.
    state_delays : mapping of str to TimeDelay or LengthDelay, optional
        The past of variables, by their names, for delay differential equations: it gets the new value in every step.

    Raises
    ------
    IntegratorError
        When ``state_delays`` names anything else than variables, or holds something else than delays.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Doubling(bp.integrators.Integrator):
    ...     def step(self, arguments, dt):
    ...         return (2. * arguments['x'],)
    >>> doubling = Doubling(['x'], ['t'], ['x', 't'], dt=0.1)
    >>> float(doubling(3., t=0.))
    6.0
    """

    def __init__(self, variables: Sequence[str], parameters: Sequence[str], arguments: Sequence[Any],
                 dt: float | None = None, name: str | None = None,
                 state_delays: Mapping[str, TimeDelay | LengthDelay] | None = None) -> None:
        given = [a if isinstance(a, inspect.Parameter) else inspect.Parameter(a, _ANY) for a in arguments if a != "dt"]
        self.variables, self.parameters = tuple(variables), tuple(parameters)
        self.arguments = tuple([parameter.name for parameter in given])
        self.dt = get_dt() if dt is None else dt
        self.name: Any = name
        self.state_delays = {} if state_delays is None else state_delays
        self.__signature__ = inspect.Signature([*given, inspect.Parameter("dt", _ANY, default=None)])
        self.check()

    def check(self) -> None:
        """Raise an error where options do not suit the equation; a subclass adds to it."""
        self.state_delays = checked_delays(type(self).__name__, self.variables, self.state_delays)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The variables one step later: ``integral(x, t, ..., dt=None)``.

        Returns
        -------
        Array, or tuple of Array where there are several results
        """
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = bound.arguments
        dt = arguments.pop("dt")
        dt = self.dt if dt is None else dt
        for name in self.variables:
            arguments[name] = Array(arguments[name])
        results = self.step(arguments, dt)
        self.remember(arguments, results, dt)
        return results[0] if len(results) == 1 else results

    @abstractmethod
    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step of size dt, from all arguments by name."""

    def remember(self, arguments: dict[str, Any], results: tuple[Any, ...], dt: Any) -> None:
        """Store what delays need to know about a step that was made."""
        for name, delay in self.state_delays.items():
            delay.update(results[self.variables.index(name)])

    def __repr__(self) -> str:
        name = "" if self.name is None else f"name={self.name}, "
        return (f"{type(self).__name__}({name}variables={list(self.variables)}, parameters={list(self.parameters)}, "
                f"dt={self.dt})")


def checked_delays(owner: str, variables: tuple[str, ...], delays: Any) -> dict[str, Any]:
    """Delays of variables by name, or an IntegratorError."""
    given = {} if delays is None else delays
    if not isinstance(given, Mapping) or not set(given) <= set(variables):
        raise IntegratorError(f"{owner}: delays must be a dict whose keys are among the variables {', '.join(variables)}, "
                              f"but got {delays!r}.")
    for name, delay in given.items():
        if not isinstance(delay, (TimeDelay, LengthDelay)):
            raise IntegratorError(f"{owner}: the delay of {name} must be a bm.TimeDelay or a bm.LengthDelay, but got "
                                  f"{delay!r}.")
    return dict(given)


def signature_of(f: Callable[..., Any]) -> tuple[tuple[str, ...], list[inspect.Parameter]]:
    """The variables of a right-hand side, and all of its arguments."""
    arguments = list((f if isinstance(f, JointEq) else JointEq(f)).__signature__.parameters.values())
    names = [parameter.name for parameter in arguments]
    return tuple(names[:names.index("t")]), arguments


class ODEIntegrator(Integrator):
    """An integrator of ordinary differential equations.

    Parameters
    ----------
    f : callable or JointEq
        The right-hand side, ``f(x, t, ...)``: variables, the time ``t``, parameters.
    var_type : {'scalar', 'population', 'system'}, optional
        Whether the elements of a variable are equations of their own; of importance only where a method says so.
    dt : float, optional
        The time step in ms; the environment's (``bm.get_dt()``) where none is given.
    name : str, optional
        A name, which the text of the integrator shows.
    show_code : bool
        Accepted for compatibility: no code is generated.
    state_delays : mapping of str to TimeDelay or LengthDelay, optional
        The past of variables, by their names, which f reads: it gets the new value in every step.
    neutral_delays : mapping of str to NeuTimeDelay or LengthDelay, optional
        The past of derivatives of variables: it gets the derivative at the end of every step.

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
        if var_type is not None and var_type not in SUPPORTED_VAR_TYPE:
            raise IntegratorError(f"var_type must be one of {', '.join(SUPPORTED_VAR_TYPE)}, but got {var_type!r}.")
        self.f = f
        self.var_type = var_type
        self.equations = equations_of(f)
        variables, arguments = signature_of(f)
        super().__init__(variables, [p.name for p in arguments[len(variables):]], arguments, dt, name, state_delays)
        self.neutral_delays = checked_delays(type(self).__name__, variables, neutral_delays)

    def derivatives(self, arguments: dict[str, Any]) -> list[Any]:
        """The derivatives of all variables."""
        return [derivative for equation in self.equations for derivative in equation(arguments)]

    def remember(self, arguments: dict[str, Any], results: tuple[Any, ...], dt: Any) -> None:
        """Store what delays need to know about a step that was made."""
        super().remember(arguments, results, dt)
        if self.neutral_delays:
            end = {**arguments, **dict(zip(self.variables, results, strict=False)), "t": arguments["t"] + dt}
            derivatives = dict(zip(self.variables, self.derivatives(end), strict=True))
            for name, delay in self.neutral_delays.items():
                delay.update(derivatives[name])
