r"""Stochastic Runge-Kutta methods for one Wiener process: one mechanism, and tables of coefficients.

A method of s stages has two sets of points, at which the drift and the diffusion are taken (Rößler, 2010, "Runge-Kutta
methods for the strong approximation of solutions of stochastic differential equations", SIAM J. Numer. Anal. 48, 922-952):

.. math::
    H^0_i &= x + \sum_j A^0_{ij} f(H^0_j)\, dt + \sum_j B^0_{ij} g(H^1_j)\, I_{10} / dt \\
    H^1_i &= x + \sum_j A^1_{ij} f(H^0_j)\, dt + \sum_j B^1_{ij} g(H^1_j)\, \sqrt{dt} \\
    x' &= x + \sum_i \alpha_i f(H^0_i)\, dt + \sum_i \left(\beta^1_i I_1 + \beta^2_i \frac{I_{11}}{\sqrt{dt}} +
    \beta^3_i \frac{I_{10}}{dt} + \beta^4_i \frac{I_{111}}{dt}\right) g(H^1_i)

with the integrals of Ito :math:`I_1 = dW`, :math:`I_{11} = (dW^2 - dt)/2`, :math:`I_{111} = (dW^3 - 3 dt\, dW)/6`, and
:math:`I_{10} = \int_0^{dt} W ds`.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import nbbrain.math as bm
from nbbrain.errors import IntegratorError
from nbbrain.integrators.constants import SCALAR_WIENER
from nbbrain.integrators.stochastic import SDEIntegrator

__all__ = ["SRK1W1", "SRK2W1", "KlPl", "StochasticRKIntegrator"]

Row = Sequence[float]


class StochasticRKIntegrator(SDEIntegrator):
    """A stochastic Runge-Kutta method: a subclass gives the coefficients.

    Parameters are those of `SDEIntegrator`.

    Attributes
    ----------
    A0, B0, A1, B1 : sequences of rows
        Row i weighs stages 0 to i-1; rows that are left out at the end are zero.
    alpha, beta1, beta2, beta3, beta4 : sequences of numbers
        The weights of the stages; as many in each as there are stages.

    Raises
    ------
    IntegratorError
        For several Wiener processes (``wiener_type='vector'``).
    """

    wiener_types = (SCALAR_WIENER,)
    A0: Sequence[Row] = ()
    B0: Sequence[Row] = ()
    A1: Sequence[Row] = ()
    B1: Sequence[Row] = ()
    alpha: Row = ()
    beta1: Row = ()
    beta2: Row = ()
    beta3: Row = ()
    beta4: Row = ()

    def check(self) -> None:
        """Check that the coefficients fit together."""
        super().check()
        stages = len(self.alpha)
        if not stages or any(len(row) != stages for row in (self.beta1, self.beta2, self.beta3, self.beta4)):
            raise IntegratorError(f"{type(self).__name__}: alpha and beta1 to beta4 must have one weight for every stage.")

    def increment_and_area(self, shape: tuple[int, ...], dt: Any) -> tuple[Any, Any]:
        """How much Wiener processes move within dt, and the integrals over their way."""
        dW = self.increment(shape, dt)
        return dW, (0.5 * dt) * (dW + self.increment(shape, dt) / sqrt(3.))

    def advance(self, arguments: dict[str, Any], dt: Any) -> dict[str, Any]:
        """The variables after one step."""
        root, old = bm.sqrt(dt), [arguments[name] for name in self.variables]
        draws: dict[str, tuple[Any, Any]] = {}
        for name, first in self.diffusions(arguments).items():
            draws[name] = ((0., 0.) if first is None else
                           self.increment_and_area(self.wiener_shape(arguments[name], first), dt))
        areas = [draws[name][1] / dt for name in self.variables]
        f: list[list[Any]] = []
        g: list[list[Any]] = []
        for i in range(len(self.alpha)):
            at0 = self._point(arguments, old, f, g, self.A0, self.B0, dt, areas, i)
            at1 = self._point(arguments, old, f, g, self.A1, self.B1, dt, [root] * len(old), i)
            drifts, diffusions = self.drifts(at0), self.diffusions(at1)
            f.append([drifts[name] for name in self.variables])
            g.append([0. if diffusions[name] is None else diffusions[name] for name in self.variables])
        return {name: old[k] + dt * _weighted(self.alpha, f, k) + self._noise(*draws[name], dt, root, g, k)
                for k, name in enumerate(self.variables)}

    def _point(self, arguments: dict[str, Any], old: list[Any], f: list[list[Any]], g: list[list[Any]], A: Sequence[Row],
               B: Sequence[Row], dt: Any, scales: list[Any], i: int) -> dict[str, Any]:
        """The arguments at stage i."""
        a, b = A[i] if i < len(A) else (), B[i] if i < len(B) else ()
        new = {name: old[k] + dt * _weighted(a, f, k) + scales[k] * _weighted(b, g, k)
               for k, name in enumerate(self.variables)}
        return {**arguments, **new, "t": arguments["t"] + sum(a) * dt}

    def _noise(self, dW: Any, area: Any, dt: Any, root: Any, g: list[list[Any]], k: int) -> Any:
        integrals = (dW, (dW * dW - dt) / (2. * root), area / dt, dW * (dW * dW / dt - 3.) / 6.)
        betas = (self.beta1, self.beta2, self.beta3, self.beta4)
        return sum([integral * _weighted(beta, g, k) for integral, beta in zip(integrals, betas, strict=True)], 0.)


def _weighted(weights: Row, values: list[list[Any]], k: int) -> Any:
    """The weighted sum of what the stages have for variable k."""
    return sum([weight * value[k] for weight, value in zip(weights, values, strict=False) if weight], 0.)


class SRK1W1(StochasticRKIntegrator):
    """Rößler's method SRI1W1, of strong order 3/2 for one Wiener process (Rößler, 2010).

    Parameters are those of `SDEIntegrator`.
    """

    A0 = [[], [0.75]]
    B0 = [[], [1.5]]
    A1 = [[], [0.25], [1., 0.], [0., 0., 0.25]]
    B1 = [[], [0.5], [-1., 0.], [-5., 3., 0.5]]
    alpha = [1 / 3, 2 / 3, 0., 0.]
    beta1 = [-1., 4 / 3, 2 / 3, 0.]
    beta2 = [-1., 4 / 3, -1 / 3, 0.]
    beta3 = [2., -4 / 3, -2 / 3, 0.]
    beta4 = [-2., 5 / 3, -2 / 3, 1.]


class SRK2W1(StochasticRKIntegrator):
    """Rößler's method SRI2W1, of strong order 3/2 for one Wiener process, and 3 without noise (Rößler, 2010).

    Parameters are those of `SDEIntegrator`.
    """

    A0 = [[], [1.], [0.25, 0.25]]
    B0 = [[], [0.], [1., 0.5]]
    A1 = [[], [0.25], [1., 0.], [0., 0., 0.25]]
    B1 = [[], [-0.5], [1., 0.], [2., -1., 0.5]]
    alpha = [1 / 6, 1 / 6, 2 / 3, 0.]
    beta1 = [-1., 4 / 3, 2 / 3, 0.]
    beta2 = [1., -4 / 3, 1 / 3, 0.]
    beta3 = [2., -4 / 3, -2 / 3, 0.]
    beta4 = [-2., 5 / 3, -2 / 3, 1.]


class KlPl(StochasticRKIntegrator):
    """The method of Kloeden and Platen, of strong order 1 (Kloeden & Platen, 1992, eq. 11.1.3), as a Runge-Kutta method.

    Parameters are those of `SDEIntegrator`.
    """

    A1 = [[], [1.]]
    B1 = [[], [1.]]
    alpha = [1., 0.]
    beta1 = [1., 0.]
    beta2 = [-1., 1.]
    beta3 = [0., 0.]
    beta4 = [0., 0.]
