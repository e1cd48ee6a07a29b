"""The FitzHugh-Nagumo neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.initialize import ZeroInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["FHN"]


class FHN(SpikingGroup):
    r"""Neurons as relaxation oscillators of two dimensionless equations.

    (FitzHugh, 1961, Biophys. J. 1: 445-466; Nagumo, Arimoto & Yoshizawa, 1962, Proc. IRE 50: 2061-2070.)

    .. math::

        \frac{dV}{dt} &= V - \frac{V^3}{3} - w + I(t)

        \tau \frac{dw}{dt} &= V + a - b w

    A neuron fires where V passes ``Vth`` from below.

    Parameters
    ----------
    a, b : float, array or callable
        Where the recovery is at rest, and how strongly it pulls itself back.
    tau : float, array or callable
        The time constant of the recovery, in ms.
    Vth : float, array or callable
        The threshold.
    V_initializer, w_initializer : Initializer, array or callable
        The first values.
    size, keep_size, noise, method, input_var, name, mode
        As for `LIF`.
    spike_fun : callable
        As for `HindmarshRose`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    w : Variable, of the shape of V
        The recovery.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.FHN(1, V_initializer=bp.init.OneInit(1.79))
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(2.), neurons()
    (Array(value=Array([ True]), dtype=bool), Array(value=Array([False]), dtype=bool))
    """

    def __init__(self, size: Size, a: Any = .7, b: Any = .8, tau: Any = 12.5, Vth: Any = 1.8,
                 V_initializer: Any = ZeroInit(), w_initializer: Any = ZeroInit(), noise: Any = None,
                 method: str = "exp_auto", keep_size: bool = False, input_var: bool = True, name: str | None = None,
                 mode: bm.Mode | None = None, spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        self.a, self.b, self.tau, self.Vth = self.parameters(a, b, tau, Vth)
        self.add_states(V=V_initializer, w=w_initializer)

    @property
    def V_th(self) -> Any:
        """The threshold."""
        return self.Vth

    def dV(self, V: Any, t: Any, w: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return V - V * V * V / 3. - w + I

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The rate of change of the recovery."""
        return (V + self.a - self.b * w) / self.tau

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dV, self.dw)
