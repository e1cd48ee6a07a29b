"""A differential equation as Python writes it: ``f(x, t, ...)``, and several of them taken together."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from nbbrain.errors import DiffEqError

__all__ = ["Equation", "JointEq", "equations_of", "union"]

_KINDS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Equation:
    """The right-hand side of a differential equation, and what its arguments are.

    Parameters
    ----------
    f : callable
        ``f(x, t, ...)`` or ``f(x, y, t, ...)``. What stands before ``t`` are the variables, what follows are parameters.

    Attributes
    ----------
    variables : tuple of str
        The names of the variables; f returns one derivative of each.
    parameters : tuple of inspect.Parameter
        What follows ``t``.

    Raises
    ------
    DiffEqError
        When the arguments cannot be told apart.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        if not callable(f):
            raise DiffEqError(f"a differential equation must be a function f(x, t, ...), but got {f!r}.")
        given = list(inspect.signature(f).parameters.values())
        names = [parameter.name for parameter in given]
        name = getattr(f, "__name__", type(f).__name__)
        form = f"{name}({', '.join(map(str, given))})"
        if any(parameter.kind not in _KINDS for parameter in given):
            raise DiffEqError(f"a differential equation must name all of its arguments, but got {form}.")
        if "t" not in names or names.index("t") == 0:
            raise DiffEqError(f"a differential equation must have the form f(x, t, ...), with the variables before the time "
                              f"'t', but got {form}.")
        if "dt" in names:
            raise DiffEqError(f"'dt' is the time step of the integrator and cannot be an argument of an equation: {form}.")
        self.f = f
        self.name = name
        self.variables = tuple(names[:names.index("t")])
        self.parameters = tuple(given[names.index("t") + 1:])

    def __call__(self, arguments: dict[str, Any]) -> tuple[Any, ...]:
        """The derivatives of the variables, for arguments by name (others may be among them)."""
        names = (*self.variables, "t", *[parameter.name for parameter in self.parameters])
        returned = self.f(*[arguments[name] for name in names])
        derivatives = tuple(returned) if isinstance(returned, (tuple, list)) else (returned,)
        if len(derivatives) != len(self.variables):
            raise DiffEqError(f"{self.name} has the variables {', '.join(self.variables)}, so it must return "
                              f"{len(self.variables)} derivatives, but it returned {len(derivatives)}.")
        return derivatives


class JointEq:
    """Several differential equations that are solved together.

    In a step, every equation sees the values that the others have at the same time.

    Parameters
    ----------
    *eqs : callable or sequence of callables
        Equations ``f(x, t, ...)``. A variable of one equation may be a parameter of another, under the same name.

    Raises
    ------
    DiffEqError
        When there are no equations, or two have one variable.

    Notes
    -----
    Its arguments are the variables of all equations, ``t``, and then all other parameters in the order in which they first
    appear, those with a default last.

    Examples
    --------
    The FitzHugh-Nagumo model (FitzHugh, 1961):

    >>> import nbbrain as bp
    >>> def dV(V, t, w, I):
    ...     return V - V * V * V / 3 - w + I
    >>> def dw(w, t, V, a, b, tau):
    ...     return (V + a - b * w) / tau
    >>> fhn = bp.JointEq(dV, dw)
    >>> fhn
    JointEq(V, w, t, I, a, b, tau)
    """

    def __init__(self, *eqs: Callable[..., Any] | Sequence[Callable[..., Any]]) -> None:
        given = [f for eq in eqs for f in (eq if isinstance(eq, (tuple, list)) else (eq,))]
        if not given:
            raise DiffEqError("JointEq needs at least one equation.")
        self.equations: tuple[Equation, ...] = tuple([equation for f in given for equation in equations_of(f)])
        variables = [name for equation in self.equations for name in equation.variables]
        twice = sorted({name for name in variables if variables.count(name) > 1})
        if twice:
            raise DiffEqError(f"JointEq: {', '.join(twice)} is a variable of more than one equation.")
        self.__signature__ = inspect.Signature([
            *[inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in (*variables, "t")],
            *union([p for equation in self.equations for p in equation.parameters if p.name not in variables])])

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """The derivatives of all variables."""
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple([d for equation in self.equations for d in equation(bound.arguments)])

    def __repr__(self) -> str:
        return f"JointEq{self.__signature__}"


def union(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Parameters by name, those without a default first; one that is without a default anywhere has none."""
    found: dict[str, inspect.Parameter] = {}
    for parameter in parameters:
        if parameter.name not in found or parameter.default is inspect.Parameter.empty:
            found[parameter.name] = parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD,
                                                      default=parameter.default)
    order = list(dict.fromkeys(parameter.name for parameter in parameters))
    required = [found[name] for name in order if found[name].default is inspect.Parameter.empty]
    return required + [found[name] for name in order if found[name].default is not inspect.Parameter.empty]


def equations_of(f: Callable[..., Any]) -> tuple[Equation, ...]:
    """The equations of a function or of a `JointEq`."""
    return f.equations if isinstance(f, JointEq) else (Equation(f),)
