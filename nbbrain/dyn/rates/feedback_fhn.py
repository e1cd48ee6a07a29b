"""The FitzHugh-Nagumo system with delayed feedback."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.rates.base import PlanarRateModel
from nbbrain.dynsys.share import share
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["FeedbackFHN"]

_DIGITS = 6  # of a delay in steps; what lies behind is rounding


class FeedbackFHN(PlanarRateModel):
    r"""Populations as FitzHugh-Nagumo systems with delayed feedback on themselves.

    (Plant, 1981, "A FitzHugh differential-difference equation modeling recurrent neural feedback", SIAM J. Appl. Math. 40:
    150-162.)

    .. math::

        \frac{dx}{dt} &= x - \frac{x^3}{3} - y + \mu [x(t - d) - v_0] + I_x(t)

        \tau \frac{dy}{dt} &= x + a - b y + I_y(t)

    Parameters
    ----------
    a, b : float, array or callable
        Where the recovery is at rest, and how strongly it pulls itself back.
    delay : float, array or callable
        The delay d of the feedback, in ms, at least one time step.
    tau : float, array or callable
        The time constant of the recovery, in ms.
    mu : float, array or callable
        The strength of the feedback: excitatory where it is positive.
    v0 : float, array or callable
        The value at rest.
    x_ou_mean, x_ou_sigma, x_ou_tau, y_ou_mean, y_ou_sigma, y_ou_tau, x_initializer, y_initializer
        As for `nbbrain.rates.FHN`.
    size, keep_size, method, name, mode, input_var
        As for `LIF`.

    Attributes
    ----------
    x, y : Variable, shape (num,) or (batch, num)
        The variables.
    x_delay : LengthDelay
        The past of x, which is zero before the first step.
    input, input_y : Variable, of the shape of x
        The inputs of x and of y collected for this step.

    Notes
    -----
    Between steps, the past of x is a straight line. The time step is that of the environment when the model is made.

    Examples
    --------
    >>> import nbbrain as bp
    >>> population = bp.rates.FeedbackFHN(1, x_initializer=bp.init.ZeroInit(), y_initializer=bp.init.ZeroInit())
    >>> bp.share.save(t=0., dt=0.1)
    >>> population(1.)
    Array(value=Array([0.2827...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, a: Any = 0.7, b: Any = 0.8, delay: Any = 10., tau: Any = 12.5,
                 mu: Any = 1.6886, v0: Any = -1,
                 x_ou_mean: Any = 0., x_ou_sigma: Any = 0., x_ou_tau: Any = 5., y_ou_mean: Any = 0., y_ou_sigma: Any = 0.,
                 y_ou_tau: Any = 5., x_initializer: Any = Uniform(0., 0.05), y_initializer: Any = Uniform(0., 0.05),
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 input_var: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise_x=(x_ou_mean, x_ou_sigma, x_ou_tau),
                         noise_y=(y_ou_mean, y_ou_sigma, y_ou_tau), x_initializer=x_initializer,
                         y_initializer=y_initializer, input_var=input_var, method=method)
        self.a, self.b, self.delay, self.tau = self.parameters(a, b, delay, tau)
        self.mu, self.v0 = self.parameters(mu, v0)
        self._steps = np.round(np.asarray(self.delay, np.float64) / bm.get_dt(), _DIGITS)
        if not np.all(self._steps >= 1.):
            raise ValueError(f"{self.name}: delay must be at least the time step of {bm.get_dt()} ms, but got {delay!r}.")
        self.x_delay = bm.LengthDelay(self.x, int(np.ceil(self._steps.max())))

    def delayed(self, t: Any) -> Any:
        """x as it was a delay before a time t in this step."""
        age = bm.asarray(self._steps) - (t - share.load("t")) / share.load("dt")
        newer = bm.floor(age)
        weight = age - newer
        step = newer.astype(bm.int_)
        return self.x_delay(step) * (1. - weight) + self.x_delay(bm.minimum(step + 1, self.x_delay.delay_len)) * weight

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of x."""
        return x - x * x * x / 3. - y + x_ext + self.mu * (self.delayed(t) - self.v0)

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of y."""
        return (x + self.a - self.b * y + y_ext) / self.tau

    def update(self, inp_x: Any = None, inp_y: Any = None) -> Any:
        """Advance by one step of ``dt`` and return x; parameters are those of `PlanarRateModel.update`."""
        x = super().update(inp_x, inp_y)
        self.x_delay.update(x)
        return x

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values, and forget the past.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(batch_size)
        self.x_delay.reset(self.x)
