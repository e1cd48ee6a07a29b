"""The FitzHugh-Nagumo system with a general cubic."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.rates.base import PlanarRateModel
from nbbrain.initialize import Uniform
from nbbrain.sizes import Size

__all__ = ["FHN"]


class FHN(PlanarRateModel):
    r"""Populations as FitzHugh-Nagumo systems.

    (Kostova, Ravindran & Schonbek, 2004, "FitzHugh-Nagumo revisited: types of bifurcations, periodical forcing and stability
    regions by a Lyapunov functional", Int. J. Bifurcat. Chaos 14: 913-925.)

    .. math::

        \frac{dx}{dt} &= -\alpha x^3 + \beta x^2 + \gamma x - y + I_x(t)

        \frac{dy}{dt} &= \frac{x - \delta - \epsilon y}{\tau} + I_y(t)

    Parameters
    ----------
    alpha, beta, gamma : float, array or callable
        The coefficients of the cubic.
    delta, epsilon : float, array or callable
        Where the recovery is at rest, and how strongly it pulls itself back.
    tau : float, array or callable
        The time constant of the recovery, in ms.
    x_ou_mean, y_ou_mean : float, array or callable
        The means of the noise (an `OUProcess`) in the inputs of x and of y.
    x_ou_sigma, y_ou_sigma : float, array or callable
        Its amplitudes, in units of the input per square root of ms.
    x_ou_tau, y_ou_tau : float, array or callable
        Its time constants, in ms.
    x_initializer, y_initializer : Initializer, array or callable
        The first values.
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
    >>> population = bp.rates.FHN(2, x_initializer=bp.init.ZeroInit(), y_initializer=bp.init.ZeroInit())
    >>> bp.share.save(t=0., dt=0.1)
    >>> population(1.)
    Array(value=Array([0.0928..., 0.0928...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, alpha: Any = 3., beta: Any = 4., gamma: Any = -1.5,
                 delta: Any = 0., epsilon: Any = 0.5, tau: Any = 20.,
                 x_ou_mean: Any = 0., x_ou_sigma: Any = 0., x_ou_tau: Any = 5., y_ou_mean: Any = 0., y_ou_sigma: Any = 0.,
                 y_ou_tau: Any = 5., x_initializer: Any = Uniform(0., 0.05), y_initializer: Any = Uniform(0., 0.05),
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 input_var: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise_x=(x_ou_mean, x_ou_sigma, x_ou_tau),
                         noise_y=(y_ou_mean, y_ou_sigma, y_ou_tau), x_initializer=x_initializer,
                         y_initializer=y_initializer, input_var=input_var, method=method)
        self.alpha, self.beta, self.gamma = self.parameters(alpha, beta, gamma)
        self.delta, self.epsilon, self.tau = self.parameters(delta, epsilon, tau)

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of x."""
        return ((-self.alpha * x + self.beta) * x + self.gamma) * x - y + x_ext

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of y."""
        return (x - self.delta - self.epsilon * y) / self.tau + y_ext
