"""The adaptive exponential integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.adaptation import Adapting
from nbbrain.dyn.neurons.expif import onset
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["AdExIF"]


class AdExIF(Adapting):
    r"""Adaptive exponential integrate-and-fire neurons (Brette & Gerstner, 2005, J. Neurophysiol. 94: 3637-3642).

    .. math::

        \tau \frac{dV}{dt} &= -(V - V_{rest}) + \Delta_T e^{(V - V_T) / \Delta_T} - R w + R I(t)

        \tau_w \frac{dw}{dt} &= a (V - V_{rest}) - w

        V \ge V_{th}: \text{spike}&, V \leftarrow V_{reset}, w \leftarrow w + b

    Parameters
    ----------
    V_rest, V_reset, V_th, V_T, delta_T : float, array or callable
        As for `ExpIF`, in mV.
    a : float, array or callable
        How the adaptation follows the potential (a conductance).
    b : float, array or callable
        What a spike adds to the adaptation (a current).
    tau, tau_w : float, array or callable
        The time constants of the membrane and of the adaptation, in ms.
    w_initializer : Initializer, array or callable
        The first value of the adaptation.
    size, keep_size, R, tau_ref, V_initializer, noise, input_var, mode, method, name
        As for `LIF`.
    spike_fun, spike_reset, detach_reset
        As for `LIF`.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.
    w : Variable, of the shape of V
        The adaptation, a current. It goes on while a neuron is refractory.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.AdExIF(1, V_initializer=bp.init.OneInit(-29.), b=2.)
    >>> bp.share.save(t=0., dt=0.1)
    >>> bool(neurons()[0]), float(neurons.V[0]), bool(neurons.w[0] > 2.)
    (True, -68.0, True)
    """

    def __init__(self, size: Size, V_rest: Any = -65., V_reset: Any = -68., V_th: Any = -30., V_T: Any = -59.9,
                 delta_T: Any = 3.48, a: Any = 1., b: Any = 1., tau: Any = 10., tau_w: Any = 30., tau_ref: Any = None,
                 R: Any = 1., V_initializer: Any = ZeroInit(), w_initializer: Any = ZeroInit(), noise: Any = None,
                 method: str = "exp_auto", keep_size: bool = False, input_var: bool = True, mode: bm.Mode | None = None,
                 name: str | None = None, spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad,
                 spike_reset: str = "hard", detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=True, spike_reset=spike_reset, detach_reset=detach_reset)
        self.V_rest, self.V_reset, self.V_th, self.V_T = self.parameters(V_rest, V_reset, V_th, V_T)
        self.delta_T, self.a, self.b, self.R = self.parameters(delta_T, a, b, R)
        self.tau, self.tau_w = self.parameters(tau, tau_w)
        self.add_states(V=V_initializer, w=w_initializer)

    def dV(self, V: Any, t: Any, w: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (-(V - self.V_rest) + onset(V, self.V_T, self.delta_T, self.tau) - self.R * w + self.R * I) / self.tau
