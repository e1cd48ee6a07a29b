"""AMPA synapses."""
from __future__ import annotations

from functools import partial
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import one_number
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synapses.transmitter import TransmitterKinetics
from nbbrain.dyn.synouts import COBA
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import odeint

__all__ = ["AMPA", "AMPAKinetics"]


class AMPAKinetics(TransmitterKinetics):
    r"""Channels that open while there is transmitter.

    .. math:: \frac{dg}{dt} = \alpha [T] (1 - g) - \beta g
    """

    starts = {**TransmitterKinetics.starts, "g": 0.}
    g: bm.Variable
    alpha: Any
    beta: Any
    integral: Any

    def dg(self, g: Any, t: Any, TT: Any) -> Any:
        """The rate of change of the fraction of open channels, for a concentration TT of the transmitter."""
        return self.alpha * TT * (1. - g) - self.beta * g

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let channels open and close, with the transmitter that there is in this step."""
        transmitter = self.released(arriving, shared["t"])
        self.keep(g=self.integral(self.g, shared["t"], transmitter, dt=shared["dt"]))
        return bm.asarray(self.g)


class AMPA(AMPAKinetics, SpikeDriven):
    r"""AMPA synapses, whose channels open while there is transmitter.

    .. math::

        \frac{dg_i}{dt} = \alpha [T]_i (1 - g_i) - \beta g_i, \quad
        G_j = \sum_i w_{ij} g_i

    (Destexhe, Mainen & Sejnowski, 1994, "An efficient method for computing synaptic conductances based on a kinetic model of
    receptor binding".) g is the fraction of open channels. The concentration :math:`[T]_i` is T from the step on in
    which a spike arrives, for the time T_duration, and 0 otherwise; a spike meanwhile makes the pulse last longer.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance G; by default, `bp.synouts.COBA` with a reversal potential of 0 mV.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, such as `bp.synplast.STP`; it scales g.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `Exponential`.
    delay_step : int or array of int, optional
        How many steps late spikes arrive, as of `Exponential`.
    alpha : float or array of one element
        How fast channels open, in 1/(ms mM).
    beta : float or array of one element
        How fast channels close, in 1/ms.
    T : float or array of one element
        The concentration of the transmitter, in mM.
    T_duration : float or array of one element
        How long it stays, in ms; the bound does not belong to it.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.
    stop_spike_gradient : bool
        Accepted for compatibility: a spike only says when transmitter comes, so no gradient passes to it anyway, unless
        through the plasticity.

    Attributes
    ----------
    g : Variable, shape (pre.num,) or (batch, pre.num)
        The fraction of open channels, for every pre-synaptic neuron.
    spike_arrival_time : Variable, of the shape of g
        When a spike arrived last, in ms.
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When a constant has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When output or stp is none.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    >>> synapse = bp.synapses.AMPA(pre, post, bp.conn.One2One(), g_max=1., output=None)
    >>> for i, spikes in enumerate([[1.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.09171...]), dtype=float32)
    """

    pulse = ("T", "T_duration")
    T: Any
    T_duration: Any

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = partial(COBA, E=0.),
                 stp: Plasticity = None, comp_method: str = "dense", g_max: Any = 0.42, delay_step: Any = None,
                 alpha: Any = 0.98, beta: Any = 0.18, T: Any = 0.5, T_duration: Any = 0.5, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        one_number(self, alpha=alpha, beta=beta, T=T, T_duration=T_duration)
        self.integral = odeint(self.dg, method=method)
