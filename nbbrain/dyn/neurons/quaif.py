"""The quadratic integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["QuaIF"]


class QuaIF(ResettingGroup):
    r"""Quadratic integrate-and-fire neurons (Latham et al., 2000, J. Neurophysiol. 83: 808-827).

    .. math::

        \tau \frac{dV}{dt} = c (V - V_{rest}) (V - V_c) + R I(t), \qquad
        V \ge V_{th}: \text{spike}, V \leftarrow V_{reset}

    Parameters
    ----------
    V_rest, V_reset, V_th : float, array or callable
        The resting potential, the potential after a spike, and the threshold, in mV.
    V_c : float, array or callable
        The critical potential, in mV: above it, a neuron without input runs to its threshold.
    c : float, array or callable
        The strength of the quadratic term, in 1/mV.
    size, keep_size, R, tau, tau_ref, V_initializer, noise, input_var, mode, method, name
        As for `LIF`.
    spike_fun, spike_reset, detach_reset
        As for `LIF`.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.QuaIF(2, V_initializer=bp.math.asarray([-51., -49.]))
    >>> count = 0
    >>> for i in range(1000):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     count += neurons()
    >>> count.tolist()
    [0, 1]
    """

    def __init__(self, size: Size, V_rest: Any = -65., V_reset: Any = -68., V_th: Any = -30., V_c: Any = -50.,
                 c: Any = .07, R: Any = 1., tau: Any = 10., tau_ref: Any = None, V_initializer: Any = ZeroInit(),
                 noise: Any = None, keep_size: bool = False, input_var: bool = True, mode: bm.Mode | None = None,
                 method: str = "exp_auto", name: str | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad, spike_reset: str = "hard",
                 detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=True, spike_reset=spike_reset, detach_reset=detach_reset)
        self.V_rest, self.V_reset, self.V_th, self.V_c = self.parameters(V_rest, V_reset, V_th, V_c)
        self.c, self.R, self.tau = self.parameters(c, R, tau)
        self.add_states(V=V_initializer)

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (self.c * (V - self.V_rest) * (V - self.V_c) + self.R * I) / self.tau
