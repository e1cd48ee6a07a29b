"""The methods of Euler, Heun, Milstein, and the exponential one, for stochastic differential equations."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.integrators.constants import ITO_SDE, STRA_SDE, VECTOR_WIENER
from nbbrain.integrators.exponential import element_derivative, phi, single_variables
from nbbrain.integrators.stochastic import SDEIntegrator

__all__ = ["Euler", "ExponentialEuler", "Heun", "Milstein", "MilsteinGradFree"]


class Euler(SDEIntegrator):
    r"""The method of Euler and Maruyama, of strong order 1/2 (Maruyama, 1955), or of Euler and Heun for Stratonovich.

    .. math:: x' = x + f dt + g\, dW \quad \text{(Ito)}, \qquad
        x' = x + f dt + \tfrac{1}{2} [g(x) + g(x + g\, dW)]\, dW \quad \text{(Stratonovich)}

    Parameters are those of `SDEIntegrator`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> walk = bp.integrators.sde.Euler(lambda x, t: -x / 10., lambda x, t: 0.1, dt=0.1)
    >>> bm.random.seed(1)
    >>> walk(bm.zeros(1000), 0.).std().round(2)
    Array(value=Array(0.03), dtype=float32)
    """

    native = (ITO_SDE, STRA_SDE)

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step."""
        drifts, diffusions = self.drifts(arguments), self.diffusions(arguments)
        increments = self.increments(arguments, diffusions, dt)
        noises = self.noises(diffusions, increments)
        if self.intg_type == STRA_SDE:
            moved = {**arguments, **{name: arguments[name] + noise for name, noise in noises.items()}}
            ends = self.noises(self.diffusions(moved), increments)
            noises = {name: 0.5 * (noise + ends[name]) for name, noise in noises.items()}
        return {name: arguments[name] + dt * drift + noises[name] for name, drift in drifts.items()}


class Heun(SDEIntegrator):
    r"""Heun's method, of strong order 1 for Stratonovich's integral (Rümelin, 1982).

    .. math:: x' = x + \tfrac{1}{2} [f(x) + f(\bar x)]\, dt + \tfrac{1}{2} [g(x) + g(\bar x)]\, dW, \qquad
        \bar x = x + f dt + g\, dW

    Parameters are those of `SDEIntegrator`.
    """

    native = (STRA_SDE,)

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step."""
        drifts, diffusions = self.drifts(arguments), self.diffusions(arguments)
        increments = self.increments(arguments, diffusions, dt)
        noises = self.noises(diffusions, increments)
        end = {**arguments, "t": arguments["t"] + dt,
               **{name: arguments[name] + dt * drift + noises[name] for name, drift in drifts.items()}}
        later, noises_later = self.drifts(end), self.noises(self.diffusions(end), increments)
        return {name: arguments[name] + (0.5 * dt) * (drift + later[name]) + 0.5 * (noises[name] + noises_later[name])
                for name, drift in drifts.items()}


class Milstein(SDEIntegrator):
    r"""Milstein's method, of strong order 1 (Milstein, 1975).

    .. math:: x' = x + f dt + g\, dW + \tfrac{1}{2} g \frac{\partial g}{\partial x} (dW^2 - dt) \quad \text{(Ito)}

    For Stratonovich's integral the last bracket is :math:`dW^2`.

    Parameters are those of `SDEIntegrator`.

    Notes
    -----
    The derivative comes from differentiating g. With several Wiener processes the order is 1 where their noise commutes,
    :math:`g_i \partial g_j / \partial x = g_j \partial g_i / \partial x`.
    """

    native = (ITO_SDE, STRA_SDE)

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step."""
        drifts, diffusions = self.drifts(arguments), self.diffusions(arguments)
        increments = self.increments(arguments, diffusions, dt)
        return {name: arguments[name] + dt * drift + self._noise(name, arguments, increments[name], dt)
                for name, drift in drifts.items()}

    def _noise(self, name: str, arguments: dict[str, Any], increment: Any, dt: Any) -> Any:
        if increment is None:
            return 0.

        def noise(x: Any) -> Any:
            return bm.zeros_like(x) + self.total(self.diffusions({**arguments, name: x})[name] * increment)

        slope, value = element_derivative(noise, arguments[name])
        square = value * slope
        if self.intg_type == ITO_SDE:
            square = square - dt * self.half_square_slope(name, arguments)
        return value + 0.5 * square


class MilsteinGradFree(SDEIntegrator):
    r"""Milstein's method without derivatives, of strong order 1 (Kloeden & Platen, 1992, section 11.1).

    .. math:: x' = x + f dt + g\, dW + \frac{g(x + f dt + g \sqrt{dt}) - g(x)}{2 \sqrt{dt}} (dW^2 - dt) \quad \text{(Ito)}

    .. math:: x' = x + f dt + g\, dW + \frac{g(x + g \sqrt{dt} / 2) - g(x - g \sqrt{dt} / 2)}{2 \sqrt{dt}} dW^2 \quad
        \text{(Stratonovich)}

    Parameters are those of `SDEIntegrator`.

    Notes
    -----
    With several Wiener processes there is one difference for each, and the order is 1 where their noise commutes.
    """

    native = (ITO_SDE, STRA_SDE)

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step."""
        drifts, diffusions = self.drifts(arguments), self.diffusions(arguments)
        increments = self.increments(arguments, diffusions, dt)
        noises = self.noises(diffusions, increments)
        noisy = [name for name, increment in increments.items() if increment is not None]
        root, several = bm.sqrt(dt), self.wiener_type == VECTOR_WIENER
        new = {name: arguments[name] + dt * drift + noises[name] for name, drift in drifts.items()}
        for j in range(max([increments[name].shape[-1] for name in noisy], default=0) if several else 1):
            noisy = [name for name in noisy if not several or j < increments[name].shape[-1]]
            one = {name: self._process(diffusions[name], j) for name in noisy}
            if self.intg_type == ITO_SDE:
                ahead = {name: dt * drift + root * one.get(name, 0.) for name, drift in drifts.items()}
                before, after = diffusions, self._moved(arguments, ahead)
            else:
                before, after = [self._moved(arguments, {name: sign * root * one[name] for name in noisy})
                                 for sign in (-0.5, 0.5)]
            for name in noisy:
                dW = increments[name]
                double = dW * (dW[..., j:j + 1] if several else dW)
                if self.intg_type == ITO_SDE:
                    double = double - dt * (bm.asarray([float(i == j) for i in range(dW.shape[-1])]) if several else 1.)
                new[name] = new[name] + self.total((after[name] - before[name]) * double) / (2. * root)
        return new

    def _moved(self, arguments: dict[str, Any], moves: dict[str, Any]) -> dict[str, Any]:
        return self.diffusions({**arguments, **{name: arguments[name] + move for name, move in moves.items()}})

    def _process(self, diffusion: Any, j: int) -> Any:
        """The diffusion of Wiener process j."""
        return bm.asarray(diffusion)[..., j] if self.wiener_type == VECTOR_WIENER else diffusion


class ExponentialEuler(SDEIntegrator):
    r"""The exponential Euler method, of strong order 1/2.

    .. math:: x' = x + dt\, \varphi(a\, dt) f + \sqrt{\varphi(2 a\, dt)}\, g\, dW, \quad
        a = \frac{\partial f}{\partial x}, \quad \varphi(z) = (e^z - 1) / z

    For a linear drift and a constant diffusion, the mean and the variance are exact for any step. (Hochbruck &
    Ostermann, 2010, "Exponential integrators"; the variance is that of the Ornstein-Uhlenbeck process: Gillespie, 1996.)

    Parameters are those of `SDEIntegrator`; ``dyn_vars`` is accepted for compatibility.

    Raises
    ------
    DiffEqError
        When an equation has more than one variable: write one function for each and join them with `JointEq`.
    """

    def __init__(self, f: Any, g: Any, dt: float | None = None, name: str | None = None, show_code: bool = False,
                 var_type: str | None = None, intg_type: str | None = None, wiener_type: str | None = None,
                 dyn_vars: Any = None, state_delays: Any = None) -> None:
        super().__init__(f, g, dt, name, show_code, var_type, intg_type, wiener_type, state_delays)

    def check(self) -> None:
        """Check that every equation has one variable."""
        super().check()
        single_variables(self)

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step; every equation starts from the old values of all."""
        diffusions = self.diffusions(arguments)
        noises = self.noises(diffusions, self.increments(arguments, diffusions, dt))
        return {name: self._one(name, arguments, noises[name], dt) for name in self.variables}

    def _one(self, name: str, arguments: dict[str, Any], noise: Any, dt: Any) -> Any:
        def drift(x: Any) -> Any:
            return self.drifts({**arguments, name: x})[name]

        slope, value = element_derivative(drift, arguments[name])
        return arguments[name] + dt * phi(dt * slope) * value + bm.sqrt(phi(2. * dt * slope)) * noise
