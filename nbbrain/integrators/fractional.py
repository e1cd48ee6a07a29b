r"""Integrators of fractional differential equations :math:`D^\alpha x = f(x, t)`, which remember the past.

A fractional derivative depends on all values that there were. The methods keep what they need of the last ``num_memory``
steps in variables, and forget what is older (the short-memory principle: Podlubny, 1999, "Fractional Differential
Equations", section 7.3).
"""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from math import gamma
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.errors import IntegratorError
from nbbrain.integrators.equation import equations_of
from nbbrain.integrators.integrator import Integrator, signature_of

__all__ = ["CaputoEuler", "CaputoL1Schema", "FDEIntegrator", "GLShortMemory"]


class FDEIntegrator(Integrator, bm.BrainPyObject):
    """An integrator of fractional differential equations; a subclass defines `weights` and `advance`.

    Parameters
    ----------
    f : callable or JointEq
        The right-hand side, ``f(x, t, ...)``: variables, the time ``t``, parameters.
    alpha : float or sequence of float
        The order of the derivative, in (0, 1]: one for all variables, or one for each.
    num_memory : int
        How many steps are remembered.
    dt : float, optional
        The time step in ms; the environment's (``bm.get_dt()``) where none is given. It must not change while steps are
        remembered.
    name : str, optional
        The name.
    state_delays : mapping of str to TimeDelay or LengthDelay, optional
        The past of variables, by their names: it gets the new value in every step.
    inits : array, sequence of arrays, or dict of arrays
        The first value of every variable.

    Raises
    ------
    DiffEqError
        When the arguments of f cannot be told apart.
    IntegratorError
        When an option has a value that is not allowed.

    Notes
    -----
    A call takes the present values, as other integrators do, and goes on from them. Before another solution is started,
    call `reset`.
    """

    def __init__(self, f: Callable[..., Any], alpha: Any, num_memory: int, dt: float | None = None, name: str | None = None,
                 state_delays: Any = None, inits: Any = 0.) -> None:
        bm.BrainPyObject.__init__(self, name)
        self.f = f
        self.equations = equations_of(f)
        variables, arguments = signature_of(f)
        Integrator.__init__(self, variables, [p.name for p in arguments[len(variables):]], arguments, dt, self.name,
                            state_delays)
        self.alpha = self._orders(alpha)
        if isinstance(num_memory, bool) or not isinstance(num_memory, (int, np.integer)) or num_memory < 1:
            raise IntegratorError(f"{type(self).__name__}: num_memory must be a positive integer, but got {num_memory!r}.")
        self.num_memory = int(num_memory)
        ages = np.arange(self.num_memory)
        self._weights = {name: bm.asarray(self.weights(ages, order)) for name, order in self.alpha.items()}
        self.inits = bm.VarDict()
        set_variables(self.inits, self._starts(inits))
        self.memory = bm.NodeDict({name: bm.LengthDelay(bm.zeros_like(start), self.num_memory - 1,
                                                        batch_axis=start.batch_axis) for name, start in self.inits.items()})

    @abstractmethod
    def weights(self, ages: np.ndarray, alpha: float) -> np.ndarray:
        """The weights of what is remembered, by its age in steps: 0 is what was remembered last."""

    @abstractmethod
    def advance(self, name: str, x: Any, slope: Any, alpha: float, dt: Any) -> Any:
        """A variable after one step of size dt, from its present value and f."""

    def reset(self, inits: Any = None) -> None:
        """Forget the past.

        Parameters
        ----------
        inits : array, sequence of arrays, or dict of arrays, optional
            The first value of every variable; without it they stay what they were.
        """
        if inits is not None:
            set_variables(self.inits, self._starts(inits))
        for name, start in self.inits.items():
            self.memory[name].reset(bm.zeros_like(start), batch_axis=start.batch_axis)

    def remember_value(self, name: str, value: Any) -> Any:
        """Store a value of this step; returns the weighted sum over all that is remembered, this one included."""
        memory = self.memory[name]
        memory.update(self.fitting(name, value))
        ages = (np.arange(self.num_memory) - memory.idx) % self.num_memory
        return bm.tensordot(self._weights[name][ages], memory.data, axes=1).reshape(value.shape)

    def fitting(self, name: str, value: Any) -> Any:
        """A value of a variable in the shape of its first value, which may be a number for a variable of one element.

        Raises
        ------
        IntegratorError
            For a value that has another size.
        """
        shape = self.inits[name].shape
        if value.shape == shape:
            return value
        if value.size != 1 or self.inits[name].size != 1:
            raise IntegratorError(f"{self.name}: {name} starts from an array of shape {shape}, but got one of shape "
                                  f"{value.shape}. For other first values call reset(inits).")
        return value.reshape(shape)

    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step."""
        slopes = [slope for equation in self.equations for slope in equation(arguments)]
        return tuple([self.advance(name, arguments[name], slope, self.alpha[name], dt)
                      for name, slope in zip(self.variables, slopes, strict=True)])

    def _orders(self, alpha: Any) -> dict[str, float]:
        orders = np.asarray(getattr(alpha, "value", alpha), np.float64)
        if orders.shape not in ((), (1,), (len(self.variables),)) or not np.all((orders > 0) & (orders <= 1)):
            raise IntegratorError(f"{type(self).__name__}: alpha must be one number in (0, 1], or one for each of the "
                                  f"variables {', '.join(self.variables)}, but got {alpha!r}.")
        values = np.broadcast_to(orders, (len(self.variables),))
        return {name: float(value) for name, value in zip(self.variables, values, strict=True)}

    def _starts(self, inits: Any) -> dict[str, Any]:
        """The first values by name."""
        if isinstance(inits, Mapping):
            given = dict(inits)
        elif isinstance(inits, (list, tuple)) and len(inits) == len(self.variables):
            given = dict(zip(self.variables, inits, strict=True))
        else:
            given = {self.variables[0]: inits}
        if set(given) != set(self.variables):
            raise IntegratorError(f"{type(self).__name__}: inits must give a first value of {', '.join(self.variables)}, as "
                                  f"a sequence or a dict, but got {inits!r}.")
        return {name: x if isinstance(x, bm.Variable) else bm.asarray(x, dtype=bm.float_)
                for name, x in [(name, given[name]) for name in self.variables]}

    def __repr__(self) -> str:
        return Integrator.__repr__(self)


def set_variables(variables: bm.VarDict, values: Mapping[str, Any]) -> None:
    """Give variables new values; one that is missing, or whose shape does not fit, is made anew."""
    for name, value in values.items():
        held = variables.get(name)
        if held is not None and held.batch_axis is None and held.shape != value.shape:
            del variables[name]
            held = None
        if held is None:
            variables[name] = bm.Variable(value, batch_axis=getattr(value, "batch_axis", None))
        else:
            held.value = value


class CaputoEuler(FDEIntegrator):
    r"""Euler's method for derivatives of Caputo, of order 1 (Diethelm, Ford & Freed, 2004; Li & Zeng, 2012).

    .. math:: x_{n+1} = x_0 + \frac{dt^\alpha}{\Gamma(\alpha + 1)} \sum_{j=0}^n [(n - j + 1)^\alpha - (n - j)^\alpha]
        f(x_j, t_j)

    Parameters are those of `FDEIntegrator`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> decay = bp.integrators.fde.CaputoEuler(lambda x, t: -x, alpha=0.5, num_memory=10, inits=1., dt=0.01)
    >>> print(f"{float(decay(1., 0.)):.3f}")
    0.887
    """

    def __init__(self, f: Any, alpha: Any, num_memory: int, inits: Any, dt: float | None = None, name: str | None = None,
                 state_delays: Any = None) -> None:
        super().__init__(f, alpha, num_memory, dt, name, state_delays, inits)

    def weights(self, ages: np.ndarray, alpha: float) -> np.ndarray:
        """The weights of f by its age in steps."""
        return ((ages + 1) ** alpha - ages ** alpha) / gamma(alpha + 1)

    def advance(self, name: str, x: Any, slope: Any, alpha: float, dt: Any) -> Any:
        """A variable after one step."""
        return self.inits[name] + dt ** alpha * self.remember_value(name, slope + bm.zeros_like(x))


class CaputoL1Schema(FDEIntegrator):
    r"""The L1 scheme for derivatives of Caputo, of order 1 (Oldham & Spanier, 1974; Teka, Marinov & Santamaria, 2014).

    .. math:: x_{n+1} = x_n + \Gamma(2 - \alpha)\, dt^\alpha f(x_n, t_n) - \sum_{k=0}^{n-1}
        [(n + 1 - k)^{1 - \alpha} - (n - k)^{1 - \alpha}]\, (x_{k+1} - x_k)

    Parameters are those of `FDEIntegrator`.

    Notes
    -----
    Jumps between steps, such as resets after a spike, are remembered as part of the differences.
    """

    def __init__(self, f: Any, alpha: Any, num_memory: int, inits: Any, state_delays: Any = None, dt: float | None = None,
                 name: str | None = None) -> None:
        super().__init__(f, alpha, num_memory, dt, name, state_delays, inits)
        self.last = bm.VarDict()
        set_variables(self.last, self.inits)

    def reset(self, inits: Any = None) -> None:
        """Forget the past; parameters are those of `FDEIntegrator.reset`."""
        super().reset(inits)
        set_variables(self.last, self.inits)

    def weights(self, ages: np.ndarray, alpha: float) -> np.ndarray:
        """The weights of differences by their age in steps."""
        return (ages + 2.) ** (1 - alpha) - (ages + 1.) ** (1 - alpha)

    def advance(self, name: str, x: Any, slope: Any, alpha: float, dt: Any) -> Any:
        """A variable after one step."""
        present = self.fitting(name, x)
        past = self.remember_value(name, present - self.last[name])
        self.last[name].value = present
        return x + gamma(2 - alpha) * dt ** alpha * slope - past


class GLShortMemory(FDEIntegrator):
    r"""The method of Grünwald and Letnikov, of order 1 (Podlubny, 1999, section 7.4; Petráš, 2011).

    .. math:: x_{n+1} = f(x_n, t_n)\, dt^\alpha - \sum_{j=1}^{n+1} c_j x_{n+1-j}, \quad
        c_0 = 1, \; c_j = (1 - \frac{1 + \alpha}{j}) c_{j-1}

    Parameters are those of `FDEIntegrator`.

    Notes
    -----
    The derivative is that of Riemann and Liouville, for x that is zero before the first step; it is Caputo's where the first
    values are zero.
    """

    def __init__(self, f: Any, alpha: Any, inits: Any, num_memory: int, dt: float | None = None, name: str | None = None,
                 state_delays: Any = None) -> None:
        super().__init__(f, alpha, num_memory, dt, name, state_delays, inits)

    @property
    def binomial_coef(self) -> np.ndarray:
        """The coefficients c, from j = 1 on: one row for each, one column for each variable."""
        return np.stack([np.asarray(weights) for weights in self._weights.values()], axis=1)

    def weights(self, ages: np.ndarray, alpha: float) -> np.ndarray:
        """The weights of values by their age in steps."""
        return np.cumprod(1. - (1. + alpha) / (ages + 1.))

    def advance(self, name: str, x: Any, slope: Any, alpha: float, dt: Any) -> Any:
        """A variable after one step."""
        return dt ** alpha * slope - self.remember_value(name, x)
