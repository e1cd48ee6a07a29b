r"""What integrators of stochastic differential equations have in common.

.. math:: dx = f(x, t)\, dt + \sum_j g_j(x, t)\, dW_j

Every element of every variable has Wiener processes :math:`W_j` of its own. A method is made for integrals of Ito or of
Stratonovich; for the other kind it solves the equivalent equation, whose drift is

.. math:: f \pm \frac{1}{2} \sum_j g_j \frac{\partial g_j}{\partial x}

(+ for an equation of Stratonovich that is solved as one of Ito; Kloeden & Platen, 1992, "Numerical Solution of Stochastic
Differential Equations", eq. 4.9.11).
"""
from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.errors import DiffEqError, IntegratorError
from nbbrain.integrators.constants import (
    ITO_SDE,
    STRA_SDE,
    SUPPORTED_INTG_TYPE,
    SUPPORTED_VAR_TYPE,
    SUPPORTED_WIENER_TYPE,
    VECTOR_WIENER,
)
from nbbrain.integrators.equation import equations_of, union
from nbbrain.integrators.exponential import element_derivative
from nbbrain.integrators.integrator import Integrator, signature_of

__all__ = ["SDEIntegrator"]

_SPREAD = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class SDEIntegrator(Integrator):
    """An integrator of stochastic differential equations; a subclass defines `advance`.

    Parameters
    ----------
    f : callable or JointEq
        The drift, ``f(x, t, ...)``: variables, the time ``t``, parameters.
    g : callable or JointEq
        The diffusion, for the same variables: ``g(x, t, ...)`` with parameters of f or of its own, or a function that
        takes whatever f takes, such as that of ``bp.init.noise``. A variable without a diffusion, or with None, has no
        noise.
    dt : float, optional
        The time step in ms; the environment's (``bm.get_dt()``) where none is given.
    name : str, optional
        A name, which the text of the integrator shows.
    show_code : bool
        Accepted for compatibility: no code is generated.
    var_type : {'scalar', 'population', 'system'}, optional
        Whether the elements of a variable are equations of their own; of importance only where a method says so.
    intg_type : {'Ito', 'Stratonovich'}, optional
        The stochastic integral; Ito's by default.
    wiener_type : {'scalar', 'vector'}, optional
        Whether an element has one Wiener process, as by default, or several: then the last axis of what g returns
        counts them.
    state_delays : mapping of str to TimeDelay or LengthDelay, optional
        The past of variables, by their names: it gets the new value in every step.

    Raises
    ------
    DiffEqError
        When the arguments of f and g cannot be told apart or do not fit together.
    IntegratorError
        When an option has a value that is not allowed.

    Notes
    -----
    Random numbers come from ``bm.random``, in the order of the variables, so ``bm.random.seed`` makes a run repeatable.
    Derivatives of g are those of an element by itself: where g of one variable reads others, methods that need derivatives
    have the order of Euler's.
    """

    native: tuple[str, ...] = (ITO_SDE,)
    """The stochastic integrals that the method is made for."""
    wiener_types: tuple[str, ...] = tuple(SUPPORTED_WIENER_TYPE)
    """The Wiener processes that the method is made for."""

    def __init__(self, f: Callable[..., Any], g: Callable[..., Any], dt: float | None = None, name: str | None = None,
                 show_code: bool = False, var_type: str | None = None, intg_type: str | None = None,
                 wiener_type: str | None = None, state_delays: Any = None) -> None:
        kind = type(self).__name__
        self.var_type = _one_of(f"{kind}: var_type", var_type, SUPPORTED_VAR_TYPE, None)
        self.intg_type = _one_of(f"{kind}: intg_type", intg_type, SUPPORTED_INTG_TYPE, ITO_SDE)
        self.wiener_type = _one_of(f"{kind}: wiener_type", wiener_type, list(self.wiener_types), self.wiener_types[0])
        self.f, self.g = f, g
        self.equations = equations_of(f)
        variables, arguments = signature_of(f)
        self._diffusions, more = _diffusions(g, variables)
        start = len(variables) + 1
        arguments = [*arguments[:start], *union([*arguments[start:], *[p for p in more if p.name not in variables]])]
        super().__init__(variables, [p.name for p in arguments[len(variables):]], arguments, dt, name, state_delays)
        self.correction = 0. if self.intg_type in self.native else 0.5 if self.intg_type == STRA_SDE else -0.5

    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step."""
        new = self.advance(arguments, dt)
        return tuple([new[name] for name in self.variables])

    @abstractmethod
    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables by name after one step of size dt, from all arguments by name."""

    # The equation

    def diffusions(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The diffusion of every variable; None where there is no noise."""
        return {**dict.fromkeys(self.variables), **self._diffusions(arguments)}

    def drifts(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The drift of every variable, for the stochastic integral that the method is made for."""
        drifts = {name: d for equation in self.equations
                  for name, d in zip(equation.variables, equation(arguments), strict=True)}
        if not self.correction:
            return drifts
        return {name: drift + self.correction * self.half_square_slope(name, arguments) for name, drift in drifts.items()}

    def half_square_slope(self, name: str, arguments: dict[str, Any]) -> Any:
        """The sum of g dg/dx over the Wiener processes of a variable: the derivative of half of the square of g."""
        def half_square(x: Any) -> Any:
            g = self.diffusions({**arguments, name: x})[name]
            return bm.zeros_like(x) + (0. if g is None else 0.5 * self.total(g * g))

        return element_derivative(half_square, arguments[name])[0]

    # Wiener processes

    def total(self, terms: Any) -> Any:
        """The sum over the Wiener processes of an element."""
        return bm.sum(terms, axis=-1) if self.wiener_type == VECTOR_WIENER else terms

    def wiener_shape(self, x: Any, g: Any) -> tuple[int, ...]:
        """How many numbers one draw needs for a variable with a diffusion."""
        shape: tuple[int, ...] = bm.asarray(g).shape
        if self.wiener_type != VECTOR_WIENER:
            return bm.broadcast_shapes(x.shape, shape)
        if not shape:
            raise IntegratorError(f"{type(self).__name__}: with wiener_type='vector' the last axis of the diffusion counts "
                                  f"the Wiener processes, but the diffusion is a number.")
        return bm.broadcast_shapes((*x.shape, 1), shape)

    def increment(self, shape: tuple[int, ...], dt: Any) -> Any:
        """How much Wiener processes move within dt."""
        return bm.sqrt(dt) * bm.random.standard_normal(shape)

    def increments(self, arguments: dict[str, Any], diffusions: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The increments of the Wiener processes of all variables; None where there is no noise."""
        return {name: None if g is None else self.increment(self.wiener_shape(arguments[name], g), dt)
                for name, g in diffusions.items()}

    def noises(self, diffusions: dict[str, Any], increments: dict[str, Any]) -> dict[str, Any]:
        """g dW of every variable; 0 where there is no noise."""
        return {name: 0. if g is None or increments[name] is None else self.total(g * increments[name])
                for name, g in diffusions.items()}


def _one_of(name: str, given: Any, allowed: list[str], default: str | None) -> str | None:
    if given is None:
        return default
    if given not in allowed:
        raise IntegratorError(f"{name} must be one of {', '.join(allowed)}, but got {given!r}.")
    return str(given)


def _diffusions(g: Any, variables: tuple[str, ...]) -> tuple[Callable[[dict[str, Any]], dict[str, Any]], list[Any]]:
    """A function from arguments by name to diffusions by name, and the parameters that it needs."""
    if callable(g) and any(p.kind in _SPREAD for p in inspect.signature(g).parameters.values()):
        def spread(arguments: dict[str, Any]) -> dict[str, Any]:
            returned = g(*arguments.values())
            found = returned if isinstance(returned, (tuple, list)) else (returned,)
            if len(found) != len(variables):
                raise DiffEqError(f"a diffusion must return one item for each of the variables {', '.join(variables)}, but "
                                  f"it returned {len(found)}.")
            return dict(zip(variables, found, strict=True))

        return spread, []
    equations = equations_of(g)
    unknown = sorted({name for equation in equations for name in equation.variables} - set(variables))
    if unknown:
        raise DiffEqError(f"the diffusion has the variables {', '.join(unknown)}, but those of the drift are "
                          f"{', '.join(variables)}.")
    return (lambda arguments: {name: value for equation in equations
                               for name, value in zip(equation.variables, equation(arguments), strict=True)},
            [parameter for equation in equations for parameter in equation.parameters])
