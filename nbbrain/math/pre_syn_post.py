"""From values of pre-synaptic neurons to those of synapses, and on to post-synaptic neurons.

A synapse is a pair of numbers, ``pre_ids[k]`` and ``post_ids[k]``; sorted by pre-synaptic neurons, ``(indices, indptr)``
tells the same, as ``conn.require('pre2post')`` gives it.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math.reductions as reductions
from nbbrain.math.creation import asarray
from nbbrain.math.elementwise import exp, where
from nbbrain.math.sparse import csr_to_coo, event_csr_matvec

__all__ = [
    "pre2post_coo_event_sum", "pre2post_event_prod", "pre2post_event_sum", "pre2post_max", "pre2post_mean", "pre2post_min",
    "pre2post_prod", "pre2post_sum", "pre2syn", "syn2post", "syn2post_max", "syn2post_mean", "syn2post_min", "syn2post_prod",
    "syn2post_softmax", "syn2post_sum",
]


def pre2syn(pre_values: Any, pre_ids: Any) -> Any:
    """The value of every synapse's pre-synaptic neuron.

    Parameters
    ----------
    pre_values : float or array, shape (pre, ...)
        One value for all neurons, or one for each.
    pre_ids : array of int, shape (synapses,)
        The pre-synaptic neuron of every synapse.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.pre2syn(bm.asarray([1., 2.]), bm.asarray([0, 1, 1]))
    Array(value=Array([1., 2., 2.]), dtype=float32)
    """
    values, ids = asarray(pre_values), asarray(pre_ids)
    return values + 0 * ids.astype(values.dtype) if not values.shape else values[ids]


def _syn2post(name: str, combine: Callable[..., Any]) -> Callable[..., Any]:
    def function(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Any:
        ids = asarray(post_ids)
        return combine(pre2syn(syn_values, ids) if not asarray(syn_values).shape else asarray(syn_values), ids, post_num)

    function.__name__ = function.__qualname__ = f"syn2post_{name}"
    function.__doc__ = f"""The {name} of the values of the synapses of every post-synaptic neuron.

    Parameters
    ----------
    syn_values : float or array, shape (synapses, ...)
        One value for all synapses, or one for each.
    post_ids : array of int, shape (synapses,)
        The post-synaptic neuron of every synapse.
    post_num : int
        The number of post-synaptic neurons.
    indices_are_sorted : bool
        Accepted for compatibility.

    Returns
    -------
    Array, shape (post_num, ...)

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.syn2post_{name}(bm.asarray([1., 2., 4.]), bm.asarray([0, 1, 1]), 2).shape
    (2,)
    """
    return function


syn2post_sum = syn2post = _syn2post("sum", reductions.segment_sum)
syn2post_prod = _syn2post("prod", reductions.segment_prod)
syn2post_max = _syn2post("max", reductions.segment_max)
syn2post_min = _syn2post("min", reductions.segment_min)
syn2post_mean = _syn2post("mean", reductions.segment_mean)


def syn2post_softmax(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Any:
    """The softmax of the values of the synapses of every post-synaptic neuron.

    Parameters
    ----------
    syn_values : array, shape (synapses, ...)
        The value of every synapse.
    post_ids : array of int, shape (synapses,)
        The post-synaptic neuron of every synapse.
    post_num : int
        The number of post-synaptic neurons.
    indices_are_sorted : bool
        Accepted for compatibility.

    Returns
    -------
    Array, shape (synapses, ...)
        Values of the synapses of one neuron add up to 1.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.syn2post_softmax(bm.asarray([0., 3., 3.]), bm.asarray([0, 1, 1]), 2)
    Array(value=Array([1. , 0.5, 0.5]), dtype=float32)
    """
    values, ids = asarray(syn_values), asarray(post_ids)
    powers = exp(values - reductions.segment_max(values, ids, post_num)[ids])
    return powers / reductions.segment_sum(powers, ids, post_num)[ids]


def _pre2post(name: str, combine: Callable[..., Any]) -> Callable[..., Any]:
    def function(pre_values: Any, post_num: int, post_ids: Any, pre_ids: Any = None) -> Any:
        ids = post_ids if pre_ids is None else pre_ids
        if pre_ids is None and asarray(pre_values).shape:
            raise ValueError(f"pre2post_{name} needs pre_ids, as pre_values are not one number: they have shape "
                             f"{asarray(pre_values).shape}.")
        return combine(pre2syn(pre_values, ids), post_ids, post_num)

    function.__name__ = function.__qualname__ = f"pre2post_{name}"
    function.__doc__ = f"""The {name} of the values of the pre-synaptic neurons of every post-synaptic neuron.

    Parameters
    ----------
    pre_values : float or array, shape (pre, ...)
        One value for all neurons, or one for each.
    post_num : int
        The number of post-synaptic neurons.
    post_ids : array of int, shape (synapses,)
        The post-synaptic neuron of every synapse.
    pre_ids : array of int, shape (synapses,), optional
        The pre-synaptic neuron of every synapse; needed unless there is one value for all.

    Returns
    -------
    Array, shape (post_num, ...)

    Raises
    ------
    ValueError
        When pre_ids is needed.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.pre2post_{name}(bm.asarray([1., 2.]), 2, bm.asarray([0, 1, 1]), bm.asarray([0, 0, 1])).shape
    (2,)
    """
    return function


pre2post_sum = _pre2post("sum", syn2post_sum)
pre2post_prod = _pre2post("prod", syn2post_prod)
pre2post_max = _pre2post("max", syn2post_max)
pre2post_min = _pre2post("min", syn2post_min)
pre2post_mean = _pre2post("mean", syn2post_mean)


def pre2post_event_sum(events: Any, pre2post: tuple[Any, Any], post_num: int, values: Any = 1.) -> Any:
    """The sum of the values of the synapses whose pre-synaptic neuron fired, for every post-synaptic neuron.

    Parameters
    ----------
    events : array of bool or float, shape (..., pre)
        Who fired.
    pre2post : tuple of arrays
        ``(indices, indptr)``: the post-synaptic neurons, and where those of every pre-synaptic neuron begin.
    post_num : int
        The number of post-synaptic neurons.
    values : float or array, shape (synapses,)
        One value for all synapses, or one for each.

    Returns
    -------
    Array, shape (..., post_num)

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.pre2post_event_sum(bm.asarray([True, False]), (bm.asarray([0, 1, 1]), bm.asarray([0, 2, 3])), 2, 3.)
    Array(value=Array([3., 3.]), dtype=float32)
    """
    indices, indptr = pre2post
    return event_csr_matvec(values, indices, indptr, events, (asarray(indptr).shape[0] - 1, post_num), transpose=True)


def pre2post_event_prod(events: Any, pre2post: tuple[Any, Any], post_num: int, values: Any = 1.) -> Any:
    """The product of the values of the synapses whose pre-synaptic neuron fired; 1 where none did.

    See `pre2post_event_sum` for the arguments; events have shape (pre,).

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.pre2post_event_prod(bm.asarray([True, True]), (bm.asarray([0, 1, 1]), bm.asarray([0, 2, 3])), 2, 3.)
    Array(value=Array([3., 9.]), dtype=float32)
    """
    pre_ids, post_ids = csr_to_coo(*pre2post)
    fired = pre2syn(asarray(events), pre_ids) != 0
    return syn2post_prod(where(fired, values, 1.), post_ids, post_num)


def pre2post_coo_event_sum(events: Any, pre_ids: Any, post_ids: Any, post_num: int, values: Any = 1.) -> Any:
    """`pre2post_event_sum` for synapses that are given as pairs.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.pre2post_coo_event_sum(bm.asarray([True, False]), bm.asarray([0, 0, 1]), bm.asarray([0, 1, 1]), 2, 3.)
    Array(value=Array([3., 3.]), dtype=float32)
    """
    return syn2post_sum(where(pre2syn(asarray(events), pre_ids) != 0, values, 0.), post_ids, post_num)
