"""From the spikes of one population to what the neurons of another receive: weights and connections."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.connect import All2All, One2One, TwoEndConnector
from nbbrain.dyn.states import trainable
from nbbrain.dynsys import DynamicalSystem, NeuGroup

__all__ = ["flattened", "projection", "unflattened"]


def projection(owner: DynamicalSystem, conn: TwoEndConnector, comp_method: str,
               g_max: Any) -> tuple[Any, Callable[..., Any]]:
    """The weights of a projection, and how spikes and weights give what every post-synaptic neuron receives.

    Parameters
    ----------
    owner : DynamicalSystem
        Whose weights they are: trainable in TrainingMode.
    conn : TwoEndConnector
        The connections, of populations of known sizes.
    comp_method : {'sparse', 'dense'}
        Whether other connections than all-to-all and one-to-one are stored as a sparse matrix or as a dense one.
    g_max : float, array, Initializer or callable
        The weights: one for all, or of shape (pre, post) for all-to-all and dense connections, (pre,) for one-to-one,
        (synapses,) for sparse ones, in the order of ``conn.require('csr')``.

    Returns
    -------
    weights : float, Array or TrainVar
    project : callable
        ``project(spikes, weights)``; spikes of shape (..., pre) give shape (..., post), or (..., 1) where all post-synaptic
        neurons receive the same.

    Raises
    ------
    ValueError
        When comp_method is unknown, or the weights have another shape.
    """
    if comp_method not in ("sparse", "dense"):
        raise ValueError(f"{owner.name}: comp_method must be 'sparse' or 'dense', but got {comp_method!r}.")
    pre, post = conn.pre_num, conn.post_num
    if isinstance(conn, All2All):
        weights = trainable(owner, g_max, (pre, post), allow_scalar=True)
        if getattr(weights, "shape", ()) in ((), (1,)):
            return weights, _sum_of_all if conn.include_self else _sum_of_others
        return weights, _through_matrix
    if isinstance(conn, One2One):
        return trainable(owner, g_max, (pre,), allow_scalar=True), _one_to_one
    if comp_method == "dense":
        return trainable(owner, g_max, (pre, post), allow_scalar=True), _through_mask(conn.require("conn_mat"))
    indices, pointers = conn.require("csr")
    return trainable(owner, g_max, (indices.size,), allow_scalar=True), _through_csr(indices, pointers, (pre, post))


def flattened(owner: DynamicalSystem, what: str, values: Any, group: NeuGroup) -> Any:
    """Values of a group of neurons, of shape (..., num); a ValueError says where the shape is another one."""
    shape = group.varshape
    if values.shape[max(values.ndim - len(shape), 0):] != shape:
        raise ValueError(f"{owner.name}: expected {what} of shape (..., {', '.join(map(str, shape))}), but got "
                         f"{values.shape}")
    return values.reshape((*values.shape[:values.ndim - len(shape)], group.num))


def unflattened(values: Any, group: NeuGroup) -> Any:
    """Values of shape (..., num) or (..., 1), with the axes that the variables of a group of neurons have."""
    size = group.varshape if values.shape[-1] == group.num else (1,) * len(group.varshape)
    return values.reshape((*values.shape[:-1], *size))


def _sum_of_all(spikes: Any, weight: Any) -> Any:
    return bm.sum(spikes, axis=-1, keepdims=True) * weight


def _sum_of_others(spikes: Any, weight: Any) -> Any:
    return (bm.sum(spikes, axis=-1, keepdims=True) - spikes) * weight


def _through_matrix(spikes: Any, weights: Any) -> Any:
    return spikes @ weights


def _one_to_one(spikes: Any, weights: Any) -> Any:
    return spikes * weights


def _through_mask(mask: np.ndarray) -> Callable[[Any, Any], Any]:
    connected = bm.asarray(mask)
    return lambda spikes, weights: spikes @ (connected * weights)


def _through_csr(indices: np.ndarray, pointers: np.ndarray, shape: Any) -> Callable[[Any, Any], Any]:
    return lambda spikes, weights: bm.event_csr_matvec(weights, indices, pointers, spikes, shape, transpose=True)
