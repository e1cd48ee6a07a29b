"""NMDA synapses: slow, and saturating."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import Kinetics, one_number
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synouts import MgBlock
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import JointEq, odeint

__all__ = ["NMDA", "NMDAKinetics"]


class NMDAKinetics(Kinetics):
    r"""Channels that open slowly, and all of which can be open.

    .. math:: \frac{dg}{dt} = -\frac{g}{\tau_{decay}} + a x (1 - g), \quad
              \frac{dx}{dt} = -\frac{x}{\tau_{rise}} + \sum_k \delta(t - t^k)
    """

    starts = {"g": 0., "x": 0.}
    g: bm.Variable
    x: bm.Variable
    tau_decay: Any
    a: Any
    tau_rise: Any
    integral: Any

    def dg(self, g: Any, t: Any, x: Any) -> Any:
        """The rate of change of the fraction of open channels."""
        return -g / self.tau_decay + self.a * x * (1. - g)

    def dx(self, x: Any, t: Any) -> Any:
        """The rate of change of the drive between spikes."""
        return -x / self.tau_rise

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let both variables evolve, and then the drive jump."""
        g, x = self.integral(self.g, self.x, shared["t"], dt=shared["dt"])
        self.keep(g=g, x=x + arriving)
        return bm.asarray(self.g)


class NMDA(NMDAKinetics, SpikeDriven):
    r"""NMDA synapses, whose channels open slowly and all of which can be open.

    .. math::

        \frac{dg_i}{dt} = -\frac{g_i}{\tau_{decay}} + a x_i (1 - g_i), \quad
        \frac{dx_i}{dt} = -\frac{x_i}{\tau_{rise}} + \sum_k \delta(t - t_i^k - d), \quad
        G_j = \sum_i w_{ij} g_i

    (Wang, 1999, "Synaptic basis of cortical persistent activity: the importance of NMDA receptors to working memory".) g is
    the fraction of open channels. x jumps at the end of the step in which a spike arrives, so g grows from the next step on.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance G; by default, `bp.synouts.MgBlock` with a reversal potential of 0 mV.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, such as `bp.synplast.STP`; it scales g.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `Exponential`.
    delay_step : int or array of int, optional
        How many steps late spikes arrive, as of `Exponential`.
    tau_decay : float or array of one element
        The time constant with which channels close, in ms.
    a : float or array of one element
        How fast channels open, in 1/ms.
    tau_rise : float or array of one element
        The time constant with which the drive x decays, in ms.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.
    stop_spike_gradient : bool
        Whether no gradient passes to the pre-synaptic spikes.

    Attributes
    ----------
    g, x : Variable, shape (pre.num,) or (batch, pre.num)
        The fraction of open channels, and their drive, for every pre-synaptic neuron.
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
    >>> synapse = bp.synapses.NMDA(pre, post, bp.conn.One2One(), g_max=1., output=None)
    >>> for i, spikes in enumerate([[1.], [0.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.092...]), dtype=float32)
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = MgBlock, stp: Plasticity = None,
                 comp_method: str = "dense", g_max: Any = 0.15, delay_step: Any = None, tau_decay: Any = 100., a: Any = 0.5,
                 tau_rise: Any = 2., method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        one_number(self, tau_decay=tau_decay, a=a, tau_rise=tau_rise)
        self.integral = odeint(JointEq(self.dg, self.dx), method=method)
