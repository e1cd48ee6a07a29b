"""The mean field of quadratic integrate-and-fire neurons."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.rates.base import PlanarRateModel
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["QIF"]


class QIF(PlanarRateModel):
    r"""Populations of all-to-all coupled quadratic integrate-and-fire neurons, in the limit of many.

    (Montbrió, Pazó & Roxin, 2015, "Macroscopic description for networks of spiking neurons", Phys. Rev. X 5: 021028.)

    .. math::

        \tau \frac{dx}{dt} &= x^2 + \eta + J \tau y - (\pi \tau y)^2 + I_x(t)

        \tau \frac{dy}{dt} &= \frac{\Delta}{\pi \tau} + 2 x y + I_y(t)

    with the mean membrane potential x and the firing rate y.

    Parameters
    ----------
    tau : float, array or callable
        The time constant, in ms.
    eta, delta : float, array or callable
        The centre and the half-width of the (Lorentzian) distribution of the neurons' currents.
    J : float, array or callable
        The strength of the coupling.
    x_ou_mean, x_ou_sigma, x_ou_tau, y_ou_mean, y_ou_sigma, y_ou_tau, x_initializer, y_initializer
        As for `nbbrain.rates.FHN`.
    size, keep_size, method, name, mode, input_var
        As for `LIF`.

    Attributes
    ----------
    x, y : Variable, shape (num,) or (batch, num)
        The mean membrane potential, and the firing rate (1/ms).
    input, input_y : Variable, of the shape of x
        The inputs of x and of y collected for this step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> population = bp.rates.QIF(1, x_initializer=bp.init.ZeroInit(), y_initializer=bp.init.ZeroInit())
    >>> bp.share.save(t=0., dt=0.1)
    >>> population(1.), population.y
    (Array(value=Array([-0.4]), dtype=float32), Variable(value=Array([0.03183099]), dtype=float32))
    """

    def __init__(self, size: Size, keep_size: bool = False, tau: Any = 1., eta: Any = -5., delta: Any = 1., J: Any = 15.,
                 x_ou_mean: Any = 0., x_ou_sigma: Any = 0., x_ou_tau: Any = 5., y_ou_mean: Any = 0., y_ou_sigma: Any = 0.,
                 y_ou_tau: Any = 5., x_initializer: Any = Uniform(0., 0.05), y_initializer: Any = Uniform(0., 0.05),
                 method: str = "exp_auto", name: str | None = None, input_var: bool = True,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, mode, name, noise_x=(x_ou_mean, x_ou_sigma, x_ou_tau),
                         noise_y=(y_ou_mean, y_ou_sigma, y_ou_tau), x_initializer=x_initializer,
                         y_initializer=y_initializer, input_var=input_var, method=method)
        self.tau, self.eta, self.delta, self.J = self.parameters(tau, eta, delta, J)

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of the mean membrane potential."""
        scaled = self.tau * y
        return (x * x + self.eta + x_ext + self.J * scaled - (bm.pi * scaled) ** 2) / self.tau

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of the firing rate."""
        return (self.delta / (bm.pi * self.tau) + 2. * x * y + y_ext) / self.tau
