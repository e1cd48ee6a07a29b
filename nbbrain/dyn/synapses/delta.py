"""Synapses that act at once."""
from __future__ import annotations

from functools import partial
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.spike_driven import Output, Plasticity, SpikeDriven
from nbbrain.dyn.synouts import CUBA
from nbbrain.dynsys import NeuGroup
from nbbrain.dynsys.share import SharedArguments

__all__ = ["Delta"]


class Delta(SpikeDriven):
    r"""Synapses that act only in the step in which a spike arrives.

    .. math:: V_j \leftarrow V_j + \sum_i w_{ij} s_i(t - d)

    (Gerstner et al., 2014, "Neuronal Dynamics", section 1.3.2: s is 1 in the step of a spike. With another output, the
    sum is a current.)

    Parameters
    ----------
    pre, post : NeuGroup
        The pre- and the post-synaptic neurons.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom.
    output : SynOut or callable that makes one, optional
        What becomes of what arrives: by default, ``CUBA('V')`` adds it to the potential of the post-synaptic neurons. With
        None the synapse returns it.
    stp : SynSTP or callable that makes one, optional
        Short-term plasticity, which scales the spikes.
    comp_method : {'sparse', 'dense'}
        How other connections than all-to-all and one-to-one are stored.
    g_max : float, array, Initializer or callable
        The weights, as of `Exponential`.
    delay_step : int or array of int, optional
        How many steps late spikes arrive, as of `Exponential`.
    post_ref_key : str, optional
        The variable of the post-synaptic neurons that says who is refractory; these receive nothing.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the weights are trainable.
    stop_spike_gradient : bool
        Whether no gradient passes to the pre-synaptic spikes.

    Attributes
    ----------
    g_max : float, Array or TrainVar
        The weights.

    Raises
    ------
    ValueError
        When comp_method is unknown, or the weights or spikes have another shape.
    ModelBuildError
        When the post-synaptic neurons do not have ``post_ref_key``, or stp is no plasticity.
    ModelUseError
        In the call, when the pre-synaptic group has no spikes of its own (an `InputGroup`) and none are given.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(2)
    >>> synapse = bp.synapses.Delta(pre, post, bp.conn.One2One(), g_max=bm.asarray([2., 3.]), output=None)
    >>> synapse(bm.asarray([True, False]))
    Array(value=Array([2., 0.]), dtype=float32)
    """

    of_post = True

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output = partial(CUBA, "V"), stp: Plasticity = None,
                 comp_method: str = "sparse", g_max: Any = 1., delay_step: Any = None, post_ref_key: str | None = None,
                 name: str | None = None, mode: bm.Mode | None = None, stop_spike_gradient: bool = False) -> None:
        super().__init__(pre, post, conn, output, stp, comp_method, g_max, delay_step, name, mode, stop_spike_gradient)
        self.post_ref_key = post_ref_key
        if post_ref_key is not None:
            self.check_post_attrs(post_ref_key)

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Hand on what arrives in this step; refractory neurons receive nothing."""
        if self.post_ref_key is None:
            return arriving
        return arriving * (1. - getattr(self.post, self.post_ref_key))
