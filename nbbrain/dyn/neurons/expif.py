"""The exponential integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.dynsys.share import share
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["ExpIF", "onset"]

_FASTEST = 40.


class ExpIF(ResettingGroup):
    r"""Exponential integrate-and-fire neurons (Fourcaud-Trocmé et al., 2003, J. Neurosci. 23: 11628-11640).

    .. math::

        \tau \frac{dV}{dt} = -(V - V_{rest}) + \Delta_T e^{(V - V_T) / \Delta_T} + R I(t), \qquad
        V \ge V_{th}: \text{spike}, V \leftarrow V_{reset}

    Parameters
    ----------
    V_rest, V_reset, V_th : float, array or callable
        The resting potential, the potential after a spike, and the threshold, in mV.
    V_T : float, array or callable
        Where the exponential current begins to grow, in mV: a constant input of more than this needs for the membrane
        makes the neuron fire.
    delta_T : float, array or callable
        How sharp a spike begins, in mV.
    size, keep_size, R, tau, tau_ref, V_initializer, noise, input_var, ref_var, mode, method, name
        As for `LIF`.
    spike_fun, spike_reset, detach_reset
        As for `LIF`.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.

    Notes
    -----
    By default the potential starts at 0 mV, above the threshold: neurons fire in the first step. The rest of the state is
    given by ``V_initializer``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.ExpIF(2, V_initializer=bp.init.OneInit(-65.))
    >>> step = lambda i: (bp.share.save(t=i * 0.1, dt=0.1), neurons(bp.math.asarray([5., 30.])), neurons.clear_input())
    >>> any(step(i)[1][1] for i in range(100)), bool(neurons.V[0] < -59.)
    (True, True)
    """

    def __init__(self, size: Size, V_rest: Any = -65., V_reset: Any = -68., V_th: Any = -30., V_T: Any = -59.9,
                 delta_T: Any = 3.48, R: Any = 1., tau: Any = 10., tau_ref: Any = None, V_initializer: Any = ZeroInit(),
                 noise: Any = None, keep_size: bool = False, input_var: bool = True, ref_var: bool = False,
                 mode: bm.Mode | None = None, method: str = "exp_auto", name: str | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad, spike_reset: str = "hard",
                 detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=ref_var, spike_reset=spike_reset, detach_reset=detach_reset)
        self.V_rest, self.V_reset, self.V_th, self.V_T = self.parameters(V_rest, V_reset, V_th, V_T)
        self.delta_T, self.R, self.tau = self.parameters(delta_T, R, tau)
        self.add_states(V=V_initializer)

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (-(V - self.V_rest) + onset(V, self.V_T, self.delta_T, self.tau) + self.R * I) / self.tau


def onset(V: Any, V_T: Any, delta_T: Any, tau: Any) -> Any:
    """The voltage by which the current of a spike's onset drives the membrane.

    It is bounded by what makes the potential grow e-fold `_FASTEST` times in a step: the neuron fires then in any case, and
    nothing overflows.
    """
    exponent = (V - V_T) / delta_T
    return delta_T * bm.exp(bm.minimum(exponent, bm.log(_FASTEST * tau / share.load("dt"))))
