"""NMDA synapses with a kinetic scheme of two steps."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import one_number
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synapses.transmitter import TransmitterKinetics
from nbbrain.dyn.synouts import MgBlock
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import JointEq, odeint

__all__ = ["BioNMDA", "BioNMDAKinetics"]


class BioNMDAKinetics(TransmitterKinetics):
    r"""Channels that open while a messenger is there that transmitter releases.

    .. math:: \frac{dg}{dt} = \alpha_1 x (1 - g) - \beta_1 g, \quad \frac{dx}{dt} = \alpha_2 [T] (1 - x) - \beta_2 x
    """

    starts = {**TransmitterKinetics.starts, "g": 0., "x": 0.}
    g: bm.Variable
    x: bm.Variable
    alpha1: Any
    beta1: Any
    alpha2: Any
    beta2: Any
    integral: Any

    def dg(self, g: Any, t: Any, x: Any) -> Any:
        """The rate of change of the fraction of open channels."""
        return self.alpha1 * x * (1. - g) - self.beta1 * g

    def dx(self, x: Any, t: Any, T: Any) -> Any:
        """The rate of change of the messenger, for a concentration T of the transmitter."""
        return self.alpha2 * T * (1. - x) - self.beta2 * x

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let messenger and channels evolve, with the transmitter that there is in this step."""
        transmitter = self.released(arriving, shared["t"])
        g, x = self.integral(self.g, self.x, shared["t"], transmitter, dt=shared["dt"])
        self.keep(g=g, x=x)
        return bm.asarray(self.g)


class BioNMDA(BioNMDAKinetics, SpikeDriven):
    r"""NMDA synapses of second order, whose channels open while a messenger is there that transmitter releases.

    .. math::

        \frac{dg_i}{dt} = \alpha_1 x_i (1 - g_i) - \beta_1 g_i, \quad
        \frac{dx_i}{dt} = \alpha_2 [T]_i (1 - x_i) - \beta_2 x_i, \quad
        G_j = \sum_i w_{ij} g_i

    (Ermentrout & Terman, 2010, "Mathematical Foundations of Neuroscience", section 7.1; Destexhe, Mainen &
    Sejnowski, 1994, for the transmitter.) g is the fraction of open channels, x the messenger. The concentration
    :math:`[T]_i` is T_0 from the step on in which a spike arrives, for the time T_dur, and 0 otherwise.

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
    alpha1, beta1 : float or array of one element
        How fast channels open and close, in 1/ms.
    alpha2, beta2 : float or array of one element
        How fast the messenger comes, in 1/(ms mM), and goes, in 1/ms.
    T_0 : float or array of one element
        The concentration of the transmitter, in mM.
    T_dur : float or array of one element
        How long it stays, in ms; the bound does not belong to it.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.
    name : str, optional
        The name.
    stop_spike_gradient : bool
        Accepted for compatibility: a spike only says when transmitter comes, so no gradient passes to it anyway, unless
        through the plasticity.

    Attributes
    ----------
    g, x : Variable, shape (pre.num,) or (batch, pre.num)
        The fraction of open channels, and the messenger, for every pre-synaptic neuron.
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
    >>> synapse = bp.synapses.BioNMDA(pre, post, bp.conn.One2One(), g_max=1., output=None)
    >>> for i, spikes in enumerate([[1.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.018...]), dtype=float32)
    """

    pulse = ("T_0", "T_dur")
    T_0: Any
    T_dur: Any

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = MgBlock, stp: Plasticity = None,
                 comp_method: str = "dense", g_max: Any = 0.15, delay_step: Any = None, alpha1: Any = 2., beta1: Any = 0.01,
                 alpha2: Any = 1., beta2: Any = 0.5, T_0: Any = 1., T_dur: Any = 0.5, method: str = "exp_auto",
                 mode: bm.Mode | None = None, name: str | None = None, stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        one_number(self, alpha1=alpha1, beta1=beta1, alpha2=alpha2, beta2=beta2, T_0=T_0, T_dur=T_dur)
        self.integral = odeint(JointEq(self.dg, self.dx), method=method)
