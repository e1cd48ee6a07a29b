"""The Hindmarsh-Rose neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.initialize import OneInit, ZeroInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["HindmarshRose"]


class HindmarshRose(SpikingGroup):
    r"""Bursting neurons of three dimensionless equations (Hindmarsh & Rose, 1984, Proc. R. Soc. Lond. B 221: 87-102).

    .. math::

        \frac{dV}{dt} &= y - a V^3 + b V^2 - z + I(t)

        \frac{dy}{dt} &= c - d V^2 - y

        \frac{dz}{dt} &= r (s (V - V_{rest}) - z)

    A neuron fires where V passes ``V_th`` from below.

    Parameters
    ----------
    a, b, c, d : float, array or callable
        The shape of a spike.
    r : float, array or callable
        How slow the adaptation z is.
    s : float, array or callable
        How strong the adaptation is: about 1 leads to spikes, about 4 to bursts.
    V_rest, V_th : float, array or callable
        The resting potential and the threshold.
    V_initializer, y_initializer, z_initializer : Initializer, array or callable
        The first values.
    size, keep_size, noise, method, input_var, name, mode
        As for `LIF`.
    spike_fun : callable
        In TrainingMode, the spike as a function of ``V - V_th``, with the derivative that training uses; or as a function of
        that after and before the step, as `nbbrain.math.surrogate.inv_square_grad2`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    y, z : Variable, of the shape of V
        The fast recovery and the slow adaptation.

    Notes
    -----
    A function of one argument f is used as ``f(after) * (1 - f(before))``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.HindmarshRose(1, V_initializer=bp.init.OneInit(0.99), y_initializer=bp.init.ZeroInit())
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(2.), neurons()
    (Array(value=Array([ True]), dtype=bool), Array(value=Array([False]), dtype=bool))
    """

    def __init__(self, size: Size, a: Any = 1., b: Any = 3., c: Any = 1., d: Any = 5., r: Any = .01, s: Any = 4.,
                 V_rest: Any = -1.6, V_th: Any = 1., V_initializer: Any = ZeroInit(), y_initializer: Any = OneInit(-10.),
                 z_initializer: Any = ZeroInit(), noise: Any = None, method: str = "exp_auto", keep_size: bool = False,
                 input_var: bool = True, name: str | None = None, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        self.a, self.b, self.c, self.d, self.r, self.s = self.parameters(a, b, c, d, r, s)
        self.V_rest, self.V_th = self.parameters(V_rest, V_th)
        self.add_states(V=V_initializer, y=y_initializer, z=z_initializer)

    def dV(self, V: Any, t: Any, y: Any, z: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return y - self.a * V * V * V + self.b * V * V - z + I

    def dy(self, y: Any, t: Any, V: Any) -> Any:
        """The rate of change of the fast recovery."""
        return self.c - self.d * V * V - y

    def dz(self, z: Any, t: Any, V: Any) -> Any:
        """The rate of change of the slow adaptation."""
        return self.r * (self.s * (V - self.V_rest) - z)

    @property
    def derivative(self) -> JointEq:
        """All equations."""
        return JointEq(self.dV, self.dy, self.dz)
