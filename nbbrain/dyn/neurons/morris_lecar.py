"""The Morris-Lecar neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.conductance import opening
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.initialize import OneInit, Uniform
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["MorrisLecar"]


class MorrisLecar(SpikingGroup):
    r"""Cells of the barnacle's giant muscle (Morris & Lecar, 1981, Biophys. J. 35: 193-213).

    .. math::

        C \frac{dV}{dt} &= -g_{Ca} M_\infty (V - V_{Ca}) - g_K W (V - V_K) - g_{leak} (V - V_{leak}) + I(t)

        \frac{dW}{dt} &= \phi \cosh\left(\frac{V - V_3}{2 V_4}\right) (W_\infty - W)

        M_\infty &= \frac{1}{2} \left(1 + \tanh\frac{V - V_1}{V_2}\right), \qquad
        W_\infty = \frac{1}{2} \left(1 + \tanh\frac{V - V_3}{V_4}\right)

    A neuron fires where V passes ``V_th`` from below.

    Parameters
    ----------
    V_Ca, V_K, V_leak : float, array or callable
        The reversal potentials of calcium, potassium and the leak, in mV.
    g_Ca, g_K, g_leak : float, array or callable
        Their largest conductances, in mS/cm².
    C : float, array or callable
        The capacitance, in µF/cm².
    V1, V2, V3, V4 : float, array or callable
        Where calcium (1, 2) and potassium (3, 4) channels are half open, and how gradually they open, in mV.
    phi : float, array or callable
        How fast potassium channels are, in 1/ms.
    V_th : float, array or callable
        The threshold that counts as a spike, in mV.
    W_initializer, V_initializer : Initializer, array or callable
        The first fraction of open potassium channels, and the first potential.
    size, keep_size, noise, method, name, input_var, mode
        As for `LIF`; the input is a current, in µA/cm².
    spike_fun : callable
        As for `HindmarshRose`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    W : Variable, of the shape of V
        The fraction of open potassium channels.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.MorrisLecar(1, V_initializer=bp.init.OneInit(9.9))
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(100.), neurons()
    (Array(value=Array([ True]), dtype=bool), Array(value=Array([False]), dtype=bool))
    """

    def __init__(self, size: Size, keep_size: bool = False, V_Ca: Any = 130., g_Ca: Any = 4.4, V_K: Any = -84.,
                 g_K: Any = 8., V_leak: Any = -60., g_leak: Any = 2., C: Any = 20., V1: Any = -1.2, V2: Any = 18.,
                 V3: Any = 2., V4: Any = 30., phi: Any = .04, V_th: Any = 10., W_initializer: Any = OneInit(.02),
                 V_initializer: Any = Uniform(-70., -60.), noise: Any = None, method: str = "exp_auto",
                 name: str | None = None, input_var: bool = True, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        self.V_Ca, self.g_Ca, self.V_K, self.g_K = self.parameters(V_Ca, g_Ca, V_K, g_K)
        self.V_leak, self.g_leak, self.C = self.parameters(V_leak, g_leak, C)
        self.V1, self.V2, self.V3, self.V4, self.phi, self.V_th = self.parameters(V1, V2, V3, V4, phi, V_th)
        self.add_states(V=V_initializer, W=W_initializer)

    def dV(self, V: Any, t: Any, W: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        calcium = self.g_Ca * opening((V - self.V1) / self.V2) * (V - self.V_Ca)
        potassium = self.g_K * W * (V - self.V_K)
        return (I - calcium - potassium - self.g_leak * (V - self.V_leak)) / self.C

    def dW(self, W: Any, t: Any, V: Any) -> Any:
        """The rate of change of the fraction of open potassium channels."""
        rate = self.phi * bm.cosh((V - self.V3) / (2. * self.V4))
        return rate * (opening((V - self.V3) / self.V4) - W)

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dV, self.dW)
