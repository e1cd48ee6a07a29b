"""The leaky integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_callable
from nbbrain.dyn.neurons.membrane import LeakyMembrane
from nbbrain.dyn.states import set_state
from nbbrain.dynsys.share import share
from nbbrain.initialize import ZeroInit, parameter, variable_
from nbbrain.sizes import Size

__all__ = ["LIF"]

_LONG_AGO = -1e7  # ms: no neuron has fired yet


class LIF(LeakyMembrane):
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
    noise : None
        Not supported yet.
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
        Who is refractory after the step (with ``tau_ref`` and ``ref_var``).

    Raises
    ------
    NotImplementedError
        When noise is given.

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
                 input_var: bool = True, ref_var: bool = False, method: str = "exp_auto", name: str | None = None) -> None:
        super().__init__(size, keep_size, V_rest, R, tau, V_initializer, noise, input_var, mode, method, name)
        self.V_reset = parameter(V_reset, self.varshape, allow_none=False)
        self.V_th = parameter(V_th, self.varshape, allow_none=False)
        self.tau_ref = parameter(tau_ref, self.varshape, allow_none=True)
        self.spike_fun = is_callable(spike_fun, "spike_fun")
        self.ref_var = bool(ref_var)
        self._training = isinstance(self.mode, bm.TrainingMode)
        self.spike = variable_(self._silent, self.varshape, self.mode)
        if self.tau_ref is not None:
            self.t_last_spike = variable_(_long_ago, self.varshape, self.mode)
            if self.ref_var:
                self.refractory = variable_(_nobody, self.varshape, self.mode)

    def _silent(self, shape: Any) -> Any:
        return bm.zeros(shape) if self._training else _nobody(shape)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(batch_size)
        shape = self.V.shape
        self.spike.value = self._silent(shape)
        if self.tau_ref is not None:
            self.t_last_spike.value = _long_ago(shape)
            if self.ref_var:
                self.refractory.value = _nobody(shape)

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt`` and return the spikes.

        Parameters
        ----------
        x : array, optional
            An input on top of what is collected already.
        """
        V = self.integrated(x)
        if self.tau_ref is None:
            spike, V = self._fire(V)
        else:
            t = share.load("t")
            refractory = t - self.t_last_spike <= self.tau_ref
            spike, V = self._fire(bm.where(refractory, self.V, V))
            fired = spike > 0 if self._training else spike
            self.t_last_spike.value = bm.where(fired, t, self.t_last_spike)
            if self.ref_var:
                self.refractory.value = bm.logical_or(refractory, fired)
        set_state(self, self.V, V)
        self.spike.value = spike
        return spike

    def _fire(self, V: Any) -> tuple[Any, Any]:
        """The spikes, and the membrane potential after the reset."""
        if self._training:
            spike = self.spike_fun(V - self.V_th)
            return spike, V + (self.V_reset - V) * bm.stop_gradient(spike)
        spike = bm.greater_equal(V, self.V_th)
        return spike, bm.where(spike, self.V_reset, V)


def _nobody(shape: Any) -> Any:
    return bm.zeros(shape, dtype=bool)


def _long_ago(shape: Any) -> Any:
    return bm.full(shape, _LONG_AGO)
