r"""Explicit Runge-Kutta methods: one mechanism, and a table of coefficients.

A method of s stages is given by a strictly lower triangular matrix A and weights B (Butcher, 1964; Hairer, Norsett &
Wanner, 1993, "Solving Ordinary Differential Equations I", section II.1):

.. math:: k_i = f(x + dt \sum_j A_{ij} k_j, t + c_i dt), \quad c_i = \sum_j A_{ij}, \quad x' = x + dt \sum_i B_i k_i
"""
from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as Q
from math import sqrt
from typing import Any

from nbbrain.errors import IntegratorError
from nbbrain.integrators.integrator import ODEIntegrator

__all__ = [
    "RK2",
    "RK3",
    "RK4",
    "SSPRK3",
    "Euler",
    "ExplicitRKIntegrator",
    "Heun2",
    "Heun3",
    "MidPoint",
    "RK4Rule38",
    "Ralston2",
    "Ralston3",
    "Ralston4",
    "advance",
]

Row = Sequence[Any]


class ExplicitRKIntegrator(ODEIntegrator):
    """An explicit Runge-Kutta method: a subclass gives the coefficients.

    Attributes
    ----------
    A : sequence of rows
        Row i weighs the slopes 0 to i-1 for the point at which slope i is taken; the first row is empty.
    B : sequence of numbers
        The weights of the slopes.
    C : list of float
        Where in the step slopes are taken: the sums of the rows of A.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Mine(bp.ode.ExplicitRKIntegrator):
    ...     A = [[], [1.]]
    ...     B = [0.5, 0.5]
    >>> print(f"{float(Mine(lambda x, t: -x, dt=0.1)(1., 0.)):.4f}")
    0.9050
    """

    A: Sequence[Row] = ()
    B: Row = ()

    def check(self) -> None:
        """Check that the coefficients fit together."""
        super().check()
        if not self.B or len(self.A) != len(self.B) or any(len(row) != i for i, row in enumerate(self.A)):
            raise IntegratorError(f"{type(self).__name__}: row i of A must have i coefficients and B one for every row, but "
                                  f"got A={self.A}, B={self.B}.")
        self.C = [float(sum(row)) for row in self.A]

    def slopes(self, arguments: dict[str, Any], dt: Any) -> list[list[Any]]:
        """The derivatives of all variables at all stages."""
        start = [arguments[name] for name in self.variables]
        slopes: list[list[Any]] = []
        for row in self.A:
            stage = {**arguments, "t": arguments["t"] + self.C[len(slopes)] * dt} if slopes else dict(arguments)
            stage.update(zip(self.variables, advance(start, slopes, row, dt), strict=True))
            slopes.append(self.derivatives(stage))
        return slopes

    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step, from the slopes at all stages."""
        return tuple(advance([arguments[name] for name in self.variables], self.slopes(arguments, dt), self.B, dt))


def advance(start: list[Any], slopes: list[list[Any]], weights: Row, dt: Any) -> list[Any]:
    """x + dt * (the weighted sum of the slopes) for every variable x; weights of zero cost nothing."""
    terms = [(float(weight), slope) for weight, slope in zip(weights, slopes, strict=True) if weight]
    return [x if not terms else x + sum([(weight * dt) * slope[i] for weight, slope in terms[1:]],
                                        (terms[0][0] * dt) * terms[0][1][i]) for i, x in enumerate(start)]


class Euler(ExplicitRKIntegrator):
    """Euler's method, order 1 (Euler, 1768)."""

    A = [[]]
    B = [1]


class MidPoint(ExplicitRKIntegrator):
    """The explicit midpoint method, order 2 (Runge, 1895)."""

    A = [[], [Q(1, 2)]]
    B = [0, 1]


class Heun2(ExplicitRKIntegrator):
    """Heun's method, the explicit trapezoidal rule, order 2 (Heun, 1900)."""

    A = [[], [1]]
    B = [Q(1, 2), Q(1, 2)]


class Ralston2(ExplicitRKIntegrator):
    """Ralston's second-order method, of least truncation error (Ralston, 1962)."""

    A = [[], [Q(2, 3)]]
    B = [Q(1, 4), Q(3, 4)]


class RK2(ExplicitRKIntegrator):
    r"""The family of second-order methods with two stages.

    Parameters
    ----------
    f : callable or JointEq
        The right-hand side.
    beta : float
        Where in the step the second slope is taken: 1/2 is the midpoint method, 2/3 Ralston's, 1 Heun's.
    var_type, dt, name, show_code, state_delays, neutral_delays
        Those of `ODEIntegrator`.

    Notes
    -----
    .. math:: x' = x + dt [(1 - 1/(2\beta)) k_1 + 1/(2\beta) k_2], \quad k_2 = f(x + \beta dt k_1, t + \beta dt)
    """

    def __init__(self, f: Any, beta: float = 2 / 3, var_type: str | None = None, dt: float | None = None,
                 name: str | None = None, show_code: bool = False, state_delays: Any = None,
                 neutral_delays: Any = None) -> None:
        if not beta:
            raise IntegratorError("RK2: beta must not be zero.")
        self.A = [[], [beta]]
        self.B = [1 - 1 / (2 * beta), 1 / (2 * beta)]
        super().__init__(f, var_type, dt, name, show_code, state_delays, neutral_delays)


class RK3(ExplicitRKIntegrator):
    """Kutta's third-order method (Kutta, 1901)."""

    A = [[], [Q(1, 2)], [-1, 2]]
    B = [Q(1, 6), Q(2, 3), Q(1, 6)]


class Heun3(ExplicitRKIntegrator):
    """Heun's third-order method (Heun, 1900)."""

    A = [[], [Q(1, 3)], [0, Q(2, 3)]]
    B = [Q(1, 4), 0, Q(3, 4)]


class Ralston3(ExplicitRKIntegrator):
    """Ralston's third-order method, of least truncation error (Ralston, 1962)."""

    A = [[], [Q(1, 2)], [0, Q(3, 4)]]
    B = [Q(2, 9), Q(1, 3), Q(4, 9)]


class SSPRK3(ExplicitRKIntegrator):
    """The strong-stability-preserving third-order method (Shu & Osher, 1988)."""

    A = [[], [1], [Q(1, 4), Q(1, 4)]]
    B = [Q(1, 6), Q(1, 6), Q(2, 3)]


class RK4(ExplicitRKIntegrator):
    """The classical fourth-order method (Kutta, 1901)."""

    A = [[], [Q(1, 2)], [0, Q(1, 2)], [0, 0, 1]]
    B = [Q(1, 6), Q(1, 3), Q(1, 3), Q(1, 6)]


class Ralston4(ExplicitRKIntegrator):
    """Ralston's fourth-order method, of least truncation error (Ralston, 1962, eq. 5.1), with exact coefficients."""

    A = [[], [Q(2, 5)], [(-2889 + 1428 * sqrt(5)) / 1024, (3785 - 1620 * sqrt(5)) / 1024],
         [(-3365 + 2094 * sqrt(5)) / 6040, (-975 - 3046 * sqrt(5)) / 2552, (467040 + 203968 * sqrt(5)) / 240845]]
    B = [(263 + 24 * sqrt(5)) / 1812, (125 - 1000 * sqrt(5)) / 3828, 1024 * (3346 + 1623 * sqrt(5)) / 5924787,
         (30 - 4 * sqrt(5)) / 123]


class RK4Rule38(ExplicitRKIntegrator):
    """Kutta's 3/8 rule, order 4 (Kutta, 1901)."""

    A = [[], [Q(1, 3)], [-Q(1, 3), 1], [1, -1, 1]]
    B = [Q(1, 8), Q(3, 8), Q(3, 8), Q(1, 8)]
