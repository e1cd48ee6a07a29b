r"""Embedded Runge-Kutta methods: two methods of neighbouring orders share their slopes, and differ by an error estimate.

With the slopes :math:`k_i` of `ExplicitRKIntegrator` and two rows of weights,

.. math:: x' = x + dt \sum_i B1_i k_i, \qquad e = dt \sum_i (B1_i - B2_i) k_i

(Hairer, Norsett & Wanner, 1993, "Solving Ordinary Differential Equations I", section II.4).
"""
from __future__ import annotations

from fractions import Fraction as Q
from typing import Any

import nbbrain.math as bm
from nbbrain.errors import IntegratorError
from nbbrain.integrators.constants import SCALAR_VAR
from nbbrain.integrators.explicit_rk import ExplicitRKIntegrator, Row, advance

__all__ = ["RKF12", "RKF45", "AdaptiveRKIntegrator", "BoSh3", "BogackiShampine", "CashKarp", "DormandPrince", "HeunEuler"]


class AdaptiveRKIntegrator(ExplicitRKIntegrator):
    r"""A Runge-Kutta method that can tell how long the next step should be: a subclass gives the coefficients.

    Parameters
    ----------
    f, var_type, dt, name, show_code, state_delays, neutral_delays
        Those of `ODEIntegrator`. With ``var_type='scalar'`` every element of a variable has an error, and a next step, of
        its own.
    adaptive : bool, optional
        Whether a call returns the next time step after the variables. It does not by default.
    tol : float, optional
        The error that is tolerated; 0.1 by default.

    Attributes
    ----------
    A, B1, B2 : sequences
        The matrix, the weights of the method, and those of the method it is compared with.

    Notes
    -----
    The error of a step is the sum of :math:`|e|` over all elements of all variables. The step is made in any case; the
    next one is :math:`0.9\, dt\, (tol / error)^{1/5}` where the error is larger than ``tol``, and ``dt`` otherwise. The
    caller passes it to the next call, and may try a longer one at any time.

    Examples
    --------
    >>> import nbbrain as bp
    >>> decay = bp.odeint(lambda x, t: -x, method='rkf45', adaptive=True, tol=1e-6, dt=1.)
    >>> x, dt = decay(1., 0.)
    >>> print(f"{float(x):.4f} {float(dt):.3f}")
    0.3671 0.202
    """

    B1: Row = ()
    B2: Row = ()

    def __init__(self, f: Any, var_type: str | None = None, dt: float | None = None, name: str | None = None,
                 adaptive: bool | None = None, tol: float | None = None, show_code: bool = False, state_delays: Any = None,
                 neutral_delays: Any = None) -> None:
        self.B = self.B1
        self.adaptive = bool(adaptive)
        self.tol = 0.1 if tol is None else tol
        super().__init__(f, var_type, dt, name, show_code, state_delays, neutral_delays)

    def check(self) -> None:
        """Check that the coefficients fit together, and the tolerance."""
        super().check()
        if len(self.B2) != len(self.B1):
            raise IntegratorError(f"{type(self).__name__}: B1 and B2 must have the same length, but got {self.B1} and "
                                  f"{self.B2}.")
        if not self.tol > 0:
            raise IntegratorError(f"{type(self).__name__}: tol must be positive, but got {self.tol!r}.")
        self._difference = [Q(a) - Q(b) for a, b in zip(self.B1, self.B2, strict=True)]

    def step(self, arguments: dict[str, Any], dt: Any) -> tuple[Any, ...]:
        """The variables after one step, and the next time step if it is wanted."""
        slopes = self.slopes(arguments, dt)
        results = tuple(advance([arguments[name] for name in self.variables], slopes, self.B1, dt))
        if not self.adaptive:
            return results
        error: Any = 0.
        for difference in advance([0.] * len(results), slopes, self._difference, dt):
            distance = bm.abs(difference)
            error = error + (distance if self.var_type == SCALAR_VAR else bm.sum(distance))
        too_large = error > self.tol
        shorter = 0.9 * dt * (self.tol / bm.where(too_large, error, self.tol)) ** 0.2
        return (*results, bm.where(too_large, shorter, dt))


class RKF12(AdaptiveRKIntegrator):
    """Fehlberg's method of orders 1 and 2; it goes on with order 2 (Fehlberg, 1969)."""

    A = [[], [Q(1, 2)], [Q(1, 256), Q(255, 256)]]
    B1 = [Q(1, 512), Q(255, 256), Q(1, 512)]
    B2 = [Q(1, 256), Q(255, 256), 0]


class RKF45(AdaptiveRKIntegrator):
    """Fehlberg's method of orders 4 and 5; it goes on with order 5 (Fehlberg, 1969)."""

    A = [[], [Q(1, 4)], [Q(3, 32), Q(9, 32)], [Q(1932, 2197), -Q(7200, 2197), Q(7296, 2197)],
         [Q(439, 216), -8, Q(3680, 513), -Q(845, 4104)],
         [-Q(8, 27), 2, -Q(3544, 2565), Q(1859, 4104), -Q(11, 40)]]
    B1 = [Q(16, 135), 0, Q(6656, 12825), Q(28561, 56430), -Q(9, 50), Q(2, 55)]
    B2 = [Q(25, 216), 0, Q(1408, 2565), Q(2197, 4104), -Q(1, 5), 0]


class DormandPrince(AdaptiveRKIntegrator):
    """The method of Dormand and Prince of orders 5 and 4; it goes on with order 5 (Dormand & Prince, 1980)."""

    A = [[], [Q(1, 5)], [Q(3, 40), Q(9, 40)], [Q(44, 45), -Q(56, 15), Q(32, 9)],
         [Q(19372, 6561), -Q(25360, 2187), Q(64448, 6561), -Q(212, 729)],
         [Q(9017, 3168), -Q(355, 33), Q(46732, 5247), Q(49, 176), -Q(5103, 18656)],
         [Q(35, 384), 0, Q(500, 1113), Q(125, 192), -Q(2187, 6784), Q(11, 84)]]
    B1 = [Q(35, 384), 0, Q(500, 1113), Q(125, 192), -Q(2187, 6784), Q(11, 84), 0]
    B2 = [Q(5179, 57600), 0, Q(7571, 16695), Q(393, 640), -Q(92097, 339200), Q(187, 2100), Q(1, 40)]


class CashKarp(AdaptiveRKIntegrator):
    """The method of Cash and Karp of orders 5 and 4; it goes on with order 5 (Cash & Karp, 1990)."""

    A = [[], [Q(1, 5)], [Q(3, 40), Q(9, 40)], [Q(3, 10), -Q(9, 10), Q(6, 5)],
         [-Q(11, 54), Q(5, 2), -Q(70, 27), Q(35, 27)],
         [Q(1631, 55296), Q(175, 512), Q(575, 13824), Q(44275, 110592), Q(253, 4096)]]
    B1 = [Q(37, 378), 0, Q(250, 621), Q(125, 594), 0, Q(512, 1771)]
    B2 = [Q(2825, 27648), 0, Q(18575, 48384), Q(13525, 55296), Q(277, 14336), Q(1, 4)]


class BogackiShampine(AdaptiveRKIntegrator):
    """The method of Bogacki and Shampine of orders 3 and 2; it goes on with order 3 (Bogacki & Shampine, 1989)."""

    A = [[], [Q(1, 2)], [0, Q(3, 4)], [Q(2, 9), Q(1, 3), Q(4, 9)]]
    B1 = [Q(2, 9), Q(1, 3), Q(4, 9), 0]
    B2 = [Q(7, 24), Q(1, 4), Q(1, 3), Q(1, 8)]


class BoSh3(BogackiShampine):
    """Another name of `BogackiShampine`."""


class HeunEuler(AdaptiveRKIntegrator):
    """Heun's method, compared with Euler's; it goes on with order 2."""

    A = [[], [1]]
    B1 = [Q(1, 2), Q(1, 2)]
    B2 = [1, 0]
