"""Losses of how many spikes neurons fire, whenever they fire them."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.losses.classification import cross_entropy_loss
from nbbrain.losses.leaves import check_shapes, reduce, sum_over_leaves
from nbbrain.measure.classification import classes_last
from nbbrain.measure.counts import spike_counts

__all__ = ["spike_count_cross_entropy", "spike_count_squared_error"]


def spike_count_cross_entropy(predicts: Any, targets: Any, weight: Any = None, reduction: str = "mean", *,
                              time_axis: int = 1, axis: int = -1) -> Any:
    r"""The cross entropy of classes whose logits are the numbers of spikes of their neurons.

    .. math:: L = -\log \frac{e^{n_y}}{\sum_i e^{n_i}}, \qquad n_i = \sum_t s_i(t)

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, classes)
        Spikes, one neuron a class.
    targets : the same structure of integers, shape (batch,), or of probabilities, shape (batch, classes)
        The class of every example, or the probability of every class.
    weight, reduction
        As in `cross_entropy_loss`.
    time_axis, axis : int
        The axes of time and of classes in ``predicts``.

    Returns
    -------
    Array
        Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When shapes do not fit, or a class is not in [0, classes).

    Notes
    -----
    Where neurons fire often, counts are far apart and the softmax is nearly 0 or 1. Shares of spikes, as in
    ``cross_entropy_loss(bm.mean(spikes, axis=1), targets)``, are softer; `spike_count_squared_error` says how many spikes
    there should be.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [1., 1.], [1., 0.]]])
    >>> round(float(bp.losses.spike_count_cross_entropy(spikes, bm.asarray([0]))), 4)
    0.1269
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        counts, classes = classes_last(x, y, lambda spikes: bm.sum(spikes, axis=0), time_axis, axis)
        return cross_entropy_loss(counts, classes, weight, reduction)

    return sum_over_leaves(loss, predicts, targets)


def spike_count_squared_error(predicts: Any, targets: Any, reduction: str = "mean", *, time_axis: int = 1,
                              axis: int | tuple[int, ...] | None = None) -> Any:
    r"""The squared error of the number of spikes, :math:`L = (n - n^*)^2`.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, neurons)
        Spikes.
    targets : the same structure, shape (batch, neurons), or a number for all
        The number of spikes that every neuron should fire.
    reduction : {'mean', 'sum', 'none'}
        The mean, the sum, or the loss of every neuron.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which counts are averaged before they are compared.

    Returns
    -------
    Array
        Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When shapes do not fit.

    Examples
    --------
    The neuron of the right class should fire four times, all others once:

    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [1., 1.], [1., 0.]]])
    >>> counts = 1. + 3. * bm.one_hot(bm.asarray([0]), 2)
    >>> float(bp.losses.spike_count_squared_error(spikes, counts))
    0.5
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        counts = spike_counts(x, time_axis, axis)
        check_shapes(counts, y)
        return reduce(bm.square(counts - y), reduction)

    return sum_over_leaves(loss, predicts, targets)
