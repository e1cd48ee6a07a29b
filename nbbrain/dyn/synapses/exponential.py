"""Synapses whose conductance decays exponentially."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import Kinetics, one_number
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synouts import CUBA
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import odeint

__all__ = ["Exponential", "ExponentialKinetics"]


class ExponentialKinetics(Kinetics):
    r"""A conductance that jumps and then decays.

    .. math:: \frac{dg}{dt} = -\frac{g}{\tau} + \sum_k \delta(t - t^k)
    """

    of_post = True
    starts = {"g": 0.}
    g: bm.Variable
    tau: Any

    def set_kinetics(self, tau: Any, method: str) -> None:
        """Set the time constant and the integration method."""
        one_number(self, tau=tau)
        self.integral = odeint(self.derivative, method=method)

    def derivative(self, g: Any, t: Any) -> Any:
        """The rate of change of the conductance between spikes."""
        return -g / self.tau

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let the conductance decay, and then jump by what arrives."""
        self.keep(g=self.integral(self.g, shared["t"], shared["dt"]) + arriving)
        return bm.asarray(self.g)


class Exponential(ExponentialKinetics, SpikeDriven):
    r"""Synapses whose conductance jumps at every spike and then decays.

    .. math:: \frac{dg_j}{dt} = -\frac{g_j}{\tau} + \sum_i w_{ij} \sum_k \delta(t - t_i^k - d)

    (Roth & van Rossum, 2009, "Modeling synapses", eq. 6.1.) In a step the conductance decays first and jumps then, and what
    it is afterwards goes to the output at once.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance; `bp.synouts.CUBA` adds it to the input of the post-synaptic neurons. With None the
        synapse returns the conductance.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, such as `bp.synplast.STP`, which scales the spikes.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights: one number for all; for `All2All` and with 'dense' an array of shape (pre.num, post.num), for `One2One`
        (pre.num,), otherwise one for each synapse in the order of ``conn.require('csr')``. ``include_self=False`` of
        `All2All` holds for one number only; an array says by itself what is zero.
    delay_step : int or array of int, optional
        How many steps late spikes arrive. None and 0 take the last ones that there are: under a `Network`, those of the step
        before, so k steps are k + 1 steps from spike to effect. An array, or an initializer that makes one, gives a number
        to every pre-synaptic neuron. A new value of this attribute becomes valid at the next reset.
    tau : float or array of one element
        The time constant of the decay, in ms.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.
    stop_spike_gradient : bool
        Whether no gradient passes to the pre-synaptic spikes.

    Attributes
    ----------
    g : Variable, shape (post.num,) or (batch, post.num)
        The conductance at the end of the step.
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When tau has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When output or stp is none.
    ModelUseError
        In the call, when the pre-synaptic group has no spikes of its own (an `InputGroup`) and none are given.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3)
    >>> synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=bm.ones((2, 3)), tau=10.)
    >>> for i, spikes in enumerate([[1., 0.], [0., 0.], [0., 1.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     synapse(bm.asarray(spikes))
    >>> synapse.g
    Variable(value=Array([1.98019..., 1.98019..., 1.98019...]), dtype=float32)
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = CUBA, stp: Plasticity = None,
                 comp_method: str = "sparse", g_max: Any = 1., delay_step: Any = None, tau: Any = 8.0,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        self.set_kinetics(tau, method)
