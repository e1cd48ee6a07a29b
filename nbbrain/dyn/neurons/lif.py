"""The leaky integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.membrane import LeakyMembrane
from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["LIF"]


class LIF(LeakyMembrane, ResettingGroup):
    r"""Leaky integrate-and-fire neurons (Lapicque, 1907; Abbott, 1999).

    .. math:: \tau \frac{dV}{dt} = -(V - V_{rest}) + R I(t), \qquad V \ge V_{th}: \text{spike}, V \leftarrow V_{reset}

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    V_rest, V_reset, V_th : float, array or callable
        The resting potential, the potential after a spike, and the threshold, in mV.
    R : float, array or callable
        The membrane resistance; R times the input is a voltage, in mV.
    tau : float, array or callable
        The membrane time constant, in ms.
    tau_ref : float, array or callable, optional
        The refractory period, in ms: for so long after a spike, the bound included, the potential does not change.
    V_initializer : Initializer, array or callable
        The first membrane potential.
    noise : float, array, Initializer or callable, optional
        The amplitude of white noise in the first equation, in its unit times the root of 1 ms; or a function of the
        variables, time and input that returns the amplitudes.
    mode : Mode, optional
        The mode; the environment's by default.
    spike_fun : callable
        In TrainingMode, the spike as a function of ``V - V_th``, with the derivative that training uses.
    input_var : bool
        Whether inputs are collected in ``input``; otherwise only the argument of `update` counts.
    ref_var : bool
        Whether ``refractory`` is kept.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact for an input that is constant
        over the step.
    name : str, optional
        The name.
    spike_reset : {'hard', 'soft'}
        Whether a spike sets the potential to ``V_reset``, or lowers it by ``V_th - V_reset``.
    detach_reset : bool
        Whether in TrainingMode the gradient does not pass through the reset's spike.

    Attributes
    ----------
    V : Variable, shape (num,) or (batch, num)
        The membrane potential at the end of the step, in mV.
    spike : Variable, of the shape of V
        Who fired in the step: truth values, and in TrainingMode 0. or 1.
    input : Variable, of the shape of V
        The input collected for this step.
    t_last_spike : Variable, of the shape of V
        When a neuron fired last, in ms (with ``tau_ref``).
    refractory : Variable of bool, of the shape of V
        Who is refractory after the step (with ``ref_var``).

    Notes
    -----
    In TrainingMode the reset is ``V + (V_reset - V) * s``, where the gradient does not pass through the spike s (Neftci,
    Mostafa & Zenke, 2019, "Surrogate gradient learning in spiking neural networks").

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.LIF(2, V_th=1., V_reset=0.)
    >>> for i in range(7):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     spikes = neurons(bp.math.asarray([10., 15.]))
    ...     neurons.clear_input()
    >>> spikes
    Array(value=Array([False,  True]), dtype=bool)
    """

    def __init__(self, size: Size, keep_size: bool = False, V_rest: Any = 0., V_reset: Any = -5., V_th: Any = 20.,
                 R: Any = 1., tau: Any = 10., tau_ref: Any = None, V_initializer: Any = ZeroInit(), noise: Any = None,
                 mode: bm.Mode | None = None, spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad,
                 input_var: bool = True, ref_var: bool = False, method: str = "exp_auto", name: str | None = None,
                 spike_reset: str = "hard", detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=ref_var, spike_reset=spike_reset, detach_reset=detach_reset)
        self.V_rest, self.V_reset, self.V_th, self.R, self.tau = self.parameters(V_rest, V_reset, V_th, R, tau)
        self.add_states(V=V_initializer)

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return self.leak(V, I)
