"""Synapses with exponential kinetics that know a connection only."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.experimental.connection_first import ConnectionFirst
from nbbrain.dyn.synapses.dual_exponential import DualExponentialKinetics
from nbbrain.dyn.synapses.exponential import ExponentialKinetics
from nbbrain.dynsys import SynOutNS, SynSTPNS

__all__ = ["Alpha", "DualExponential", "Exponential"]


class Exponential(ExponentialKinetics, ConnectionFirst):
    r"""Synapses whose conductance jumps at every spike and then decays.

    .. math:: \frac{dg_j}{dt} = -\frac{g_j}{\tau} + \sum_i w_{ij} \sum_k \delta(t - t_i^k)

    The equations are those of `bp.synapses.Exponential`.

    Parameters
    ----------
    conn : Connector
        Who is connected to whom; it knows the sizes of both groups.
    out : SynOutNS, optional
        What becomes of the conductance, such as `bp.experimental.COBA`. Without one it is returned.
    stp : SynSTPNS, optional
        Short-term plasticity, such as `bp.experimental.STP`, which scales the spikes.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `bp.synapses.Exponential`.
    tau : float or array of one element
        The time constant of the decay, in ms.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.

    Attributes
    ----------
    g : Variable, shape (post_num,) or (batch, post_num)
        The conductance at the end of the step.
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When tau has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When the connection does not know the sizes, or a part is of another class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn import experimental
    >>> synapse = experimental.Exponential(bp.conn.All2All(2, 3), g_max=0.5, out=experimental.CUBA())
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapse(bm.asarray([1., 1.]))
    Array(value=Array([1., 1., 1.]), dtype=float32)
    """

    def __init__(self, conn: Any, out: SynOutNS | None = None, stp: SynSTPNS | None = None, comp_method: str = "sparse",
                 g_max: Any = 1., tau: Any = 8., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(conn, out, stp, comp_method, g_max, name, mode)
        self.set_kinetics(tau, method)


class DualExponential(DualExponentialKinetics, ConnectionFirst):
    r"""Synapses whose conductance rises with one time constant and decays with another.

    .. math::

        \frac{dg_i}{dt} = -\frac{g_i}{\tau_{decay}} + h_i, \quad
        \frac{dh_i}{dt} = -\frac{h_i}{\tau_{rise}} + \sum_k \delta(t - t_i^k), \quad
        G_j = \sum_i w_{ij} g_i

    The equations are those of `bp.synapses.DualExponential`.

    Parameters
    ----------
    conn : Connector
        Who is connected to whom; it knows the sizes of both groups.
    out : SynOutNS, optional
        What becomes of the conductance G. Without one it is returned.
    stp : SynSTPNS, optional
        Short-term plasticity, which scales g.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `bp.synapses.Exponential`.
    tau_decay, tau_rise : float or array of one element
        The time constants of decay and rise, in ms.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.

    Attributes
    ----------
    g, h : Variable, shape (pre_num,) or (batch, pre_num)
        The conductance that the spikes of a pre-synaptic neuron open, not weighted yet, and its drive.
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When a time constant has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When the connection does not know the sizes, or a part is of another class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn import experimental
    >>> synapse = experimental.DualExponential(bp.conn.All2All(2, 1), tau_decay=5., tau_rise=1.)
    >>> for i, spikes in enumerate([[1., 0.], [0., 0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.0990...]), dtype=float32)
    """

    def __init__(self, conn: Any, out: SynOutNS | None = None, stp: SynSTPNS | None = None, comp_method: str = "dense",
                 g_max: Any = 1., tau_decay: Any = 10., tau_rise: Any = 1., method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(conn, out, stp, comp_method, g_max, name, mode)
        self.set_kinetics(tau_decay, tau_rise, method)


class Alpha(DualExponential):
    r"""Synapses whose conductance rises and decays with one time constant.

    .. math::

        \frac{dg_i}{dt} = -\frac{g_i}{\tau} + h_i, \quad
        \frac{dh_i}{dt} = -\frac{h_i}{\tau} + \sum_k \delta(t - t_i^k), \quad
        G_j = \sum_i w_{ij} g_i

    The equations are those of `bp.synapses.Alpha`.

    Parameters
    ----------
    conn, out, stp, comp_method, g_max
        As of `DualExponential`.
    tau_decay : float or array of one element
        The time constant, in ms.
    method, name, mode
        As of `DualExponential`.

    Attributes
    ----------
    g, h, g_max
        As of `DualExponential`.

    Raises
    ------
    ValueError
        When tau_decay has more than one element, comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When the connection does not know the sizes, or a part is of another class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn import experimental
    >>> synapse = experimental.Alpha(bp.conn.One2One(1, 1), tau_decay=2.)
    >>> for i, spikes in enumerate([[1.], [0.]]):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     conductance = synapse(bm.asarray(spikes))
    >>> conductance
    Array(value=Array([0.0975...]), dtype=float32)
    """

    def __init__(self, conn: Any, out: SynOutNS | None = None, stp: SynSTPNS | None = None, comp_method: str = "dense",
                 g_max: Any = 1., tau_decay: Any = 10., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(conn, out, stp, comp_method, g_max, tau_decay, tau_decay, method, name, mode)
