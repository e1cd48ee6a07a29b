"""The Stuart-Landau oscillator."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.rates.base import PlanarRateModel
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["StuartLandauOscillator"]


class StuartLandauOscillator(PlanarRateModel):
    r"""Populations near a Hopf bifurcation (Deco, Kringelbach, Jirsa & Ritter, 2017, Sci. Rep. 7: 3095).

    .. math::

        \frac{dx}{dt} &= (a - x^2 - y^2) x - w y + I_x(t)

        \frac{dy}{dt} &= (a - x^2 - y^2) y + w x + I_y(t)

    For a > 0 and without input, all solutions but 0 approach the circle of radius :math:`\sqrt a`, on which they turn with
    the angular frequency w.

    Parameters
    ----------
    a : float, array or callable
        The bifurcation parameter.
    w : float, array or callable
        The angular frequency, in 1/ms.
    x_ou_mean, x_ou_sigma, x_ou_tau, y_ou_mean, y_ou_sigma, y_ou_tau, x_initializer, y_initializer
        As for `nbbrain.rates.FHN`.
    size, keep_size, method, name, mode, input_var
        As for `LIF`.

    Attributes
    ----------
    x, y : Variable, shape (num,) or (batch, num)
        The variables.
    input, input_y : Variable, of the shape of x
        The inputs of x and of y collected for this step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.math.random.seed(1)
    >>> population = bp.rates.StuartLandauOscillator(1, method='rk4')
    >>> for i in range(1000):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     x = population()
    >>> print(f"{float((population.x ** 2 + population.y ** 2)[0]):.4f}")
    0.2500
    """

    def __init__(self, size: Size, keep_size: bool = False, a: Any = 0.25, w: Any = 0.2,
                 x_ou_mean: Any = 0., x_ou_sigma: Any = 0., x_ou_tau: Any = 5., y_ou_mean: Any = 0., y_ou_sigma: Any = 0.,
                 y_ou_tau: Any = 5., x_initializer: Any = Uniform(0., 0.5), y_initializer: Any = Uniform(0., 0.5),
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 input_var: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise_x=(x_ou_mean, x_ou_sigma, x_ou_tau),
                         noise_y=(y_ou_mean, y_ou_sigma, y_ou_tau), x_initializer=x_initializer,
                         y_initializer=y_initializer, input_var=input_var, method=method)
        self.a, self.w = self.parameters(a, w)

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of x."""
        return (self.a - x * x - y * y) * x - self.w * y + x_ext

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of y."""
        return (self.a - x * x - y * y) * y + self.w * x + y_ext
