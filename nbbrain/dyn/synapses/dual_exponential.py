"""Synapses whose conductance rises and decays exponentially."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import Kinetics, one_number
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synouts import CUBA
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import JointEq, odeint

__all__ = ["DualExponential", "DualExponentialKinetics"]


class DualExponentialKinetics(Kinetics):
    r"""A conductance that is driven by a variable that jumps.

    .. math:: \frac{dg}{dt} = -\frac{g}{\tau_{decay}} + h, \quad
              \frac{dh}{dt} = -\frac{h}{\tau_{rise}} + \sum_k \delta(t - t^k)
    """

    starts = {"g": 0., "h": 0.}
    g: bm.Variable
    h: bm.Variable
    tau_decay: Any
    tau_rise: Any

    def set_kinetics(self, tau_decay: Any, tau_rise: Any, method: str) -> None:
        """Set the time constants and the integration method."""
        one_number(self, tau_decay=tau_decay, tau_rise=tau_rise)
        self.integral = odeint(JointEq(self.dg, self.dh), method=method)

    def dg(self, g: Any, t: Any, h: Any) -> Any:
        """The rate of change of the conductance."""
        return -g / self.tau_decay + h

    def dh(self, h: Any, t: Any) -> Any:
        """The rate of change of the drive between spikes."""
        return -h / self.tau_rise

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let both variables evolve, and then the drive jump."""
        g, h = self.integral(self.g, self.h, shared["t"], dt=shared["dt"])
        self.keep(g=g, h=h + arriving)
        return bm.asarray(self.g)


class DualExponential(DualExponentialKinetics, SpikeDriven):
    r"""Synapses whose conductance rises with one time constant and decays with another.

    .. math::

        \frac{dg_i}{dt} = -\frac{g_i}{\tau_{decay}} + h_i, \quad
        \frac{dh_i}{dt} = -\frac{h_i}{\tau_{rise}} + \sum_k \delta(t - t_i^k - d), \quad
        G_j = \sum_i w_{ij} g_i

    (Roth & van Rossum, 2009, "Modeling synapses", here without a factor that normalises the peak.) After one spike,
    :math:`g = (e^{-t/\tau_{decay}} - e^{-t/\tau_{rise}}) / (1/\tau_{rise} - 1/\tau_{decay})`. The drive h jumps at the end
    of the step in which a spike arrives, so g grows from the next step on.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, such as `bp.synplast.STP`; it scales g.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance G, as of `Exponential`.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `Exponential`.
    tau_decay, tau_rise : float or array of one element
        The time constants of decay and rise, in ms.
    delay_step : int or array of int, optional
        How many steps late spikes arrive, as of `Exponential`.
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
    g, h : Variable, shape (pre.num,) or (batch, pre.num)
        The conductance that the spikes of a pre-synaptic neuron open, not weighted yet, and its drive.
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When a time constant has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When output or stp is none.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    >>> synapse = bp.synapses.DualExponential(pre, post, bp.conn.One2One(), output=None, tau_decay=5., tau_rise=1.)
    >>> for i, spikes in enumerate([[1.], [0.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.18663...]), dtype=float32)
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, stp: Plasticity = None, output: Output = CUBA,
                 comp_method: str = "dense", g_max: Any = 1., tau_decay: Any = 10., tau_rise: Any = 1.,
                 delay_step: Any = None, method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        self.set_kinetics(tau_decay, tau_rise, method)
