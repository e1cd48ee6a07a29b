"""Projections whose weights change by the spikes of both sides."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.kinetics_alone import Expon
from nbbrain.dyn.projections.base import Late, Projection
from nbbrain.dyn.projections.half import HalfProjAlignPostMg, VanillaProj
from nbbrain.errors import ModelBuildError
from nbbrain.initialize import parameter
from nbbrain.mixin import AlignPost, ParamDescriber, SupportSTDP

__all__ = ["STDP_Song2000"]


class STDP_Song2000(Projection):
    r"""Synapses with spike-timing-dependent plasticity: pre- before post-synaptic spikes strengthen, the reverse weakens.

    .. math::

        \tau_s \frac{dx}{dt} = -x, \qquad \tau_t \frac{dy}{dt} = -y

    where every pre-synaptic spike adds 1 to its trace :math:`x` and every post-synaptic spike adds 1 to :math:`y`. When a
    spike arrives the weights of its neuron change by :math:`-A_2 y`, when a post-synaptic neuron fires by :math:`A_1 x`, and
    weights are kept within bounds (Song, Miller & Abbott, 2000, Nat. Neurosci. 3: 919-926). Spikes of the same step count as
    a pair in both ways.

    Parameters
    ----------
    pre : NeuGroup
        The pre-synaptic neurons.
    delay : float, optional
        How late their spikes arrive, in ms, as for `FullProjAlignPost`.
    syn : ParamDescriber
        The kinetics, such as ``Expon.desc(3, tau=5.)`` of the size of post, or ``NMDA.desc(4)`` of the size of pre.
    comm : SupportSTDP
        The connections and their weights: `bp.dnn.AllToAll`, `OneToOne`, `MaskedLinear`, `CSRLinear` or `Dense`, with one
        weight for every synapse.
    out : ParamDescriber
        The output, such as ``COBA.desc(E=0.)``.
    post : NeuGroup
        The post-synaptic neurons, of those that gather inputs, such as `bp.dyn.LifRef`.
    tau_s, tau_t : float, array or callable
        Time constants (ms) of the pre- and of the post-synaptic trace.
    A1, A2 : float, array or callable
        The largest strengthening by a pair of spikes, and the largest weakening; arrays have the shape of pre, of post.
    W_max, W_min : float, optional
        Bounds of the weights.
    out_label, name, mode
        As for `HalfProjAlignPost`.

    Raises
    ------
    ValueError
        For a negative delay, one weight for all synapses, or bounds in the wrong order.
    ModelBuildError
        When a part is of the wrong kind, or post has no spikes.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> pre, post = bp.dyn.LifRef(4), bp.dyn.LifRef(3)
    >>> synapses = bp.dyn.STDP_Song2000(pre, 1., bp.dyn.Expon.desc(3, tau=5.), bp.dnn.AllToAll(4, 3, bm.ones((4, 3)) * 0.5),
    ...                                 bp.dyn.COBA.desc(E=0.), post, A1=0.01, A2=0.0105, W_min=0., W_max=1.)
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapses().shape
    (3,)
    """

    def __init__(self, pre: Any, delay: float | None, syn: Any, comm: Any, out: Any, post: Any,
                 tau_s: Any = 16.8, tau_t: Any = 33.7, A1: Any = 0.96, A2: Any = 0.53, W_max: float | None = None,
                 W_min: float | None = None, out_label: str | None = None, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        self.must_be("syn", syn, ParamDescriber)
        self.must_be("out", out, ParamDescriber)
        self.must_be("comm", comm, SupportSTDP)
        if not isinstance(getattr(post, "spike", None), bm.Variable):
            raise ModelBuildError(f"{self.name}: post must be neurons with spikes, but got {post!r}.")
        if W_min is not None and W_max is not None and W_min > W_max:
            raise ValueError(f"{self.name}: W_min must be at most W_max, but they are {W_min!r} and {W_max!r}.")
        comm.make_plastic()
        self.comm, self.W_max, self.W_min = comm, W_max, W_min
        self.tau_s, self.tau_t = tau_s, tau_t
        self.A1, self.A2 = parameter(A1, (pre.num,), allow_none=False), parameter(A2, (post.num,), allow_none=False)
        self.late = Late(pre, delay)
        self.pre_trace, self.post_trace = Expon(pre.num, tau=tau_s), Expon(post.num, tau=tau_t)
        self.refs.update(pre=pre, post=post)
        self._of_post = issubclass(syn.cls, AlignPost)
        self.syn = None if self._of_post else syn()
        self.path = (HalfProjAlignPostMg(comm, syn, out, post, out_label) if self._of_post else
                     VanillaProj(comm, out(), post, out_label=out_label))

    def update(self) -> Any:
        """Change the weights, hand what arrives to the post-synaptic neurons, and return it weighted."""
        arrived, fired = self.late() * 1., self.refs["post"].spike * 1.
        self.pre_trace(arrived)
        self.post_trace(fired)
        bounds = {"w_min": self.W_min, "w_max": self.W_max}
        self.comm.stdp_update(on_pre={"spike": arrived, "trace": -self.A2 * self.post_trace.g}, **bounds)
        self.comm.stdp_update(on_post={"spike": fired, "trace": self.A1 * self.pre_trace.g}, **bounds)
        return self.path(arrived if self.syn is None else self.syn(arrived))
