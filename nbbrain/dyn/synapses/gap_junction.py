"""Gap junctions."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.states import trainable
from nbbrain.dyn.synapses.projection import flattened, unflattened
from nbbrain.dynsys import NeuGroup, TwoEndConn
from nbbrain.dynsys.share import SharedArguments

__all__ = ["GapJunction"]


class GapJunction(TwoEndConn):
    r"""Gap junctions: a current flows from the neuron of higher potential into the other one.

    .. math:: I_j \leftarrow I_j + \sum_i w_{ij} (V_i - V_j), \qquad I_i \leftarrow I_i + \sum_j w_{ij} (V_j - V_i)

    (Ermentrout & Terman, 2010, "Mathematical Foundations of Neuroscience", section 7.2.)

    Parameters
    ----------
    pre, post : NeuGroup
        The neurons on both sides, with potentials ``V`` and inputs ``input``.
    conn : Connector, or matrix of shape (pre.num, post.num)
        Who is connected to whom. Every connection is one junction, whose current flows on both sides: inside of one group,
        a pair of neurons that is connected in both directions has two junctions.
    comp_method : {'dense', 'sparse'}
        Whether the junctions are stored as a dense matrix or one after the other.
    g_max : float, array, Initializer or callable
        The conductances: one number for all, or with 'dense' an array of shape (pre.num, post.num), with 'sparse' one for
        each junction in the order of ``conn.require('csr')``.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. In TrainingMode the conductances are trainable.

    Attributes
    ----------
    weights : float, Array or TrainVar
        The conductances.

    Raises
    ------
    ValueError
        When comp_method is unknown, there is no connection, or the conductances have another shape.
    ModelBuildError
        When a group lacks ``V`` or ``input``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> left, right = bp.neurons.LIF(1, V_initializer=bp.init.Constant(-50.)), bp.neurons.LIF(1)
    >>> junction = bp.synapses.GapJunction(left, right, bp.conn.All2All(), g_max=0.1)
    >>> junction()
    >>> left.input, right.input
    (Variable(value=Array([5.]), dtype=float32), Variable(value=Array([-5.]), dtype=float32))
    """

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, comp_method: str = "dense", g_max: Any = 1.,
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(pre, post, conn, name=name, mode=mode)
        if conn is None:
            raise ValueError(f"{self.name}: conn must say who is connected to whom, but got None.")
        if comp_method not in ("sparse", "dense"):
            raise ValueError(f"{self.name}: comp_method must be 'sparse' or 'dense', but got {comp_method!r}.")
        self.check_pre_attrs("V", "input")
        self.check_post_attrs("V", "input")
        self.comp_method = comp_method
        if comp_method == "dense":
            self.weights = trainable(self, g_max, (pre.num, post.num), allow_scalar=True)
            self._currents = _through_matrix(self.conn.require("conn_mat"))
        else:
            indices, pointers = self.conn.require("csr")
            self.weights = trainable(self, g_max, (indices.size,), allow_scalar=True)
            self._currents = _one_by_one(indices, pointers, pre.num, post.num)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing is reset: there is no state."""

    def update(self, tdi: SharedArguments) -> None:
        """Add the currents to the inputs on both sides.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        """
        pre: Any = self.pre
        post: Any = self.post
        potentials = [flattened(self, "potentials", bm.asarray(group.V), group) for group in (pre, post)]
        to_pre, to_post = self._currents(*potentials, self.weights)
        post.input += unflattened(to_post, post)
        pre.input += unflattened(to_pre, pre)


def _through_matrix(mask: np.ndarray) -> Callable[..., tuple[Any, Any]]:
    connected = bm.asarray(mask)

    def currents(pre: Any, post: Any, weights: Any) -> tuple[Any, Any]:
        flow = (bm.expand_dims(pre, -1) - bm.expand_dims(post, -2)) * (connected * weights)
        return -bm.sum(flow, axis=-1), bm.sum(flow, axis=-2)

    return currents


def _one_by_one(indices: np.ndarray, pointers: np.ndarray, pre_num: int, post_num: int) -> Callable[..., tuple[Any, Any]]:
    """The flow through every junction, and the sums of those that end at a neuron."""
    starts = np.repeat(np.arange(pre_num), np.diff(pointers))
    by_post = np.argsort(indices, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(indices, minlength=post_num))])

    def currents(pre: Any, post: Any, weights: Any) -> tuple[Any, Any]:
        flow = (pre[..., starts] - post[..., indices]) * weights
        return (-bm.csr_matvec(1., np.arange(indices.size), pointers, flow, (pre_num, indices.size)),
                bm.csr_matvec(1., by_post, ends, flow, (post_num, indices.size)))

    return currents
