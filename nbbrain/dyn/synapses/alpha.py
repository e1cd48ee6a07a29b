"""Synapses whose conductance follows the alpha function."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.dual_exponential import DualExponential
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity
from nbbrain.dyn.synouts import CUBA
from nbbrain.dynsys import NeuGroup

__all__ = ["Alpha"]


class Alpha(DualExponential):
    r"""Synapses whose conductance rises and decays with one time constant.

    .. math::

        \frac{dg_i}{dt} = -\frac{g_i}{\tau} + h_i, \quad
        \frac{dh_i}{dt} = -\frac{h_i}{\tau} + \sum_k \delta(t - t_i^k - d), \quad
        G_j = \sum_i w_{ij} g_i

    (Rall, 1967; Roth & van Rossum, 2009, "Modeling synapses", here without a factor that normalises the peak.)
    After one spike, :math:`g = t e^{-t/\tau}`. It is a `DualExponential` with equal time constants.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance G, as of `Exponential`.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, such as `bp.synplast.STP`; it scales g.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `Exponential`.
    delay_step : int or array of int, optional
        How many steps late spikes arrive, as of `Exponential`.
    tau_decay : float or array of one element
        The time constant, in ms.
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
        When tau_decay has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When output or stp is none.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    >>> synapse = bp.synapses.Alpha(pre, post, bp.conn.One2One(), output=None, tau_decay=2.)
    >>> for i, spikes in enumerate([[1.], [0.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.18556...]), dtype=float32)
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = CUBA, stp: Plasticity = None,
                 comp_method: str = "dense", g_max: Any = 1., delay_step: Any = None, tau_decay: Any = 10.,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, stp, output, comp_method, g_max, tau_decay, tau_decay, delay_step, method, name,
                         mode, stop_spike_gradient)
