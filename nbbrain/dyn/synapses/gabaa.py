"""GABA-A synapses."""
from __future__ import annotations

from functools import partial
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.ampa import AMPA
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity
from nbbrain.dyn.synouts import COBA
from nbbrain.dynsys import NeuGroup

__all__ = ["GABAa"]


class GABAa(AMPA):
    r"""GABA-A synapses: inhibitory ones with the kinetics of `AMPA`.

    .. math::

        \frac{dg_i}{dt} = \alpha [T]_i (1 - g_i) - \beta g_i, \quad
        G_j = \sum_i w_{ij} g_i

    (Destexhe & Paré, 1999, "Impact of network activity on the integrative properties of neocortical pyramidal neurons in
    vivo"; Destexhe, Mainen & Sejnowski, 1994.) The constants and the reversal potential of -80 mV are those of GABA-A
    receptors.

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of the conductance G; by default, `bp.synouts.COBA` with a reversal potential of -80 mV.
    stp, comp_method, g_max, delay_step, alpha, beta, T, T_duration, method, name, mode, stop_spike_gradient
        As of `AMPA`.

    Attributes
    ----------
    g, spike_arrival_time, g_max
        As of `AMPA`.

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
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1, V_initializer=bp.init.Constant(-60.))
    >>> synapse = bp.synapses.GABAa(pre, post, bp.conn.One2One(), g_max=1.)
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapse(bm.ones(1))
    >>> post.input
    Variable(value=Array([-1.023...]), dtype=float32)
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = partial(COBA, E=-80.),
                 stp: Plasticity = None, comp_method: str = "dense", g_max: Any = 0.04, delay_step: Any = None,
                 alpha: Any = 0.53, beta: Any = 0.18, T: Any = 1., T_duration: Any = 1., method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, alpha, beta, T, T_duration, method,
                         name, mode, stop_spike_gradient)
