"""The Wilson-Cowan model."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.rates.base import PlanarRateModel
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["WilsonCowanModel"]


class WilsonCowanModel(PlanarRateModel):
    r"""An excitatory and an inhibitory population (Wilson & Cowan, 1972, Biophys. J. 12: 1-24).

    .. math::

        \tau_E \frac{dx}{dt} &= -x + (1 - r x) F_E(w_{EE} x - w_{IE} y + I_x(t))

        \tau_I \frac{dy}{dt} &= -y + (1 - r y) F_I(w_{EI} x - w_{II} y + I_y(t))

        F(u) &= \frac{1}{1 + e^{-a (u - \theta)}} - \frac{1}{1 + e^{a \theta}}

    Parameters
    ----------
    E_tau, I_tau : float, array or callable
        The time constants of excitation and inhibition, in ms.
    E_a, I_a, E_theta, I_theta : float, array or callable
        The slopes and the thresholds of their sigmoid functions.
    wEE, wIE, wEI, wII : float, array or callable
        The weights: wIE is that of inhibition on excitation.
    r : float, array or callable
        The refractory period, in units of the time constant.
    x_ou_mean, x_ou_sigma, x_ou_tau, y_ou_mean, y_ou_sigma, y_ou_tau, x_initializer, y_initializer
        As for `nbbrain.rates.FHN`.
    size, keep_size, method, name, mode, input_var
        As for `LIF`.

    Attributes
    ----------
    x, y : Variable, shape (num,) or (batch, num)
        The shares of excitatory and of inhibitory cells that are active.
    input, input_y : Variable, of the shape of x
        The inputs of x and of y collected for this step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> population = bp.rates.WilsonCowanModel(1, x_initializer=bp.init.ZeroInit(), y_initializer=bp.init.ZeroInit())
    >>> bp.share.save(t=0., dt=0.1)
    >>> population(3.), population.y
    (Array(value=Array([0.0583...]), dtype=float32), Variable(value=Array([0.]), dtype=float32))
    """

    def __init__(self, size: Size, keep_size: bool = False, E_tau: Any = 1., E_a: Any = 1.2, E_theta: Any = 2.8,
                 I_tau: Any = 1., I_a: Any = 1., I_theta: Any = 4., wEE: Any = 12., wIE: Any = 4., wEI: Any = 13.,
                 wII: Any = 11., r: Any = 1.,
                 x_ou_mean: Any = 0., x_ou_sigma: Any = 0., x_ou_tau: Any = 5., y_ou_mean: Any = 0., y_ou_sigma: Any = 0.,
                 y_ou_tau: Any = 5., x_initializer: Any = Uniform(0., 0.05), y_initializer: Any = Uniform(0., 0.05),
                 method: str = "exp_euler_auto", name: str | None = None, mode: bm.Mode | None = None,
                 input_var: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise_x=(x_ou_mean, x_ou_sigma, x_ou_tau),
                         noise_y=(y_ou_mean, y_ou_sigma, y_ou_tau), x_initializer=x_initializer,
                         y_initializer=y_initializer, input_var=input_var, method=method)
        self.E_tau, self.E_a, self.E_theta = self.parameters(E_tau, E_a, E_theta)
        self.I_tau, self.I_a, self.I_theta = self.parameters(I_tau, I_a, I_theta)
        self.wEE, self.wIE, self.wEI, self.wII, self.r = self.parameters(wEE, wIE, wEI, wII, r)

    def F(self, x: Any, a: Any, theta: Any) -> Any:
        """The share of cells that an input reaches: 0 for no input."""
        return bm.sigmoid(a * (x - theta)) - bm.sigmoid(-a * bm.asarray(theta))

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of excitation."""
        drive = self.wEE * x - self.wIE * y + x_ext
        return (-x + (1. - self.r * x) * self.F(drive, self.E_a, self.E_theta)) / self.E_tau

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of inhibition."""
        drive = self.wEI * x - self.wII * y + y_ext
        return (-y + (1. - self.r * y) * self.F(drive, self.I_a, self.I_theta)) / self.I_tau
