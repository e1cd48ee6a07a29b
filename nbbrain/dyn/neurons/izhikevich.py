"""The Izhikevich neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.adaptation import Recovering
from nbbrain.initialize import OneInit
from nbbrain.sizes import Size

__all__ = ["Izhikevich"]


class Izhikevich(Recovering):
    r"""Izhikevich's simple neurons (Izhikevich, 2003, IEEE Trans. Neural Netw. 14: 1569-1572).

    .. math::

        \frac{dV}{dt} &= 0.04 V^2 + 5 V + 140 - u + I(t)

        \frac{du}{dt} &= a (b V - u)

        V \ge V_{th}: \text{spike}&, V \leftarrow c, u \leftarrow u + d

    Parameters
    ----------
    a, b : float, array or callable
        How fast the recovery variable is (1/ms), and how it depends on the potential.
    c : float, array or callable
        The potential after a spike, in mV.
    d : float, array or callable
        What a spike adds to the recovery variable.
    V_th : float, array or callable
        The peak of a spike, in mV.
    V_initializer, u_initializer : Initializer, array or callable, optional
        The first potential (-70 mV by default) and recovery (b times that by default).
    size, keep_size, tau_ref, noise, method, mode, spike_fun, input_var, ref_var, name
        As for `LIF`.
    spike_reset, detach_reset
        As for `LIF`, with c for ``V_reset``.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.
    u : Variable, of the shape of V
        The recovery variable.

    Notes
    -----
    The reset is the same in all modes.

    Examples
    --------
    A fast-spiking neuron:

    >>> import nbbrain as bp
    >>> neurons = bp.neurons.Izhikevich(1, a=0.1, d=2.)
    >>> count = 0
    >>> for i in range(1000):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     count += int(neurons(10.)[0])
    ...     neurons.clear_input()
    >>> count > 5
    True
    """

    V: bm.Variable

    def __init__(self, size: Size, a: Any = .02, b: Any = .2, c: Any = -65., d: Any = 8., V_th: Any = 30.,
                 tau_ref: Any = None, V_initializer: Any = None, u_initializer: Any = None, noise: Any = None,
                 method: str = "exp_auto", mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad, keep_size: bool = False,
                 input_var: bool = True, ref_var: bool = False, name: str | None = None, spike_reset: str = "hard",
                 detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=ref_var, spike_reset=spike_reset, detach_reset=detach_reset)
        self.a, self.b, self.c, self.d, self.V_th = self.parameters(a, b, c, d, V_th)
        self.add_states(V=OneInit(-70.) if V_initializer is None else V_initializer)
        self.add_states(u=self._balanced if u_initializer is None else u_initializer)

    def _balanced(self, shape: Any) -> Any:
        """The recovery that does not change at the potential."""
        return self.b * self.V

    def dV(self, V: Any, t: Any, u: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return 0.04 * V * V + 5. * V + 140. - u + I

    def du(self, u: Any, t: Any, V: Any) -> Any:
        """The rate of change of the recovery variable."""
        return self.a * (self.b * V - u)
