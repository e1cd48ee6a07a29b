"""Penalties that are added to a loss: for activity that is too high or too low, and for large weights."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.losses.leaves import arrays_of
from nbbrain.measure import counts

__all__ = ["activity_l1", "activity_l2", "firing_rate_penalty", "weight_l1", "weight_l2"]

Axes = int | tuple[int, ...] | None


def _over_leaves(penalty: Callable[[bm.Array], Any], tree: Any) -> Any:
    arrays = arrays_of(tree)
    if not arrays:
        raise ValueError(f"a penalty needs at least one array, but got {tree!r}.")
    return sum(penalty(array) for array in arrays)


def firing_rate_penalty(spikes: Any, *, lower: float | None = None, upper: float | None = None, dt: float | None = None,
                        power: float = 2., time_axis: int = 1, axis: Axes = None) -> Any:
    r"""What firing rates outside of bounds cost, so that neurons are neither silent nor fire all the time.

    .. math:: R = \left\langle [\nu - \nu_{upper}]_+^p + [\nu_{lower} - \nu]_+^p \right\rangle

    (As in Zenke & Vogels, 2021, "The remarkable robustness of surrogate gradient learning for instilling complex function in
    spiking neural networks", where the upper bound is one for the mean over a population and the lower one for every
    neuron.)

    Parameters
    ----------
    spikes : array or nested structure of arrays, shape (batch, time, neurons)
        Spikes, such as a dict of those of every layer.
    lower, upper : float, optional
        The bounds of rates, in Hz; at least one of them.
    dt : float, optional
        The time step, in ms; by default that of the model which is trained, or the environment's.
    power : float
        The exponent p, at least 1.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which rates are averaged before they are compared with the bounds: -1 for the rate of the
        population, 0 for that over all examples.

    Returns
    -------
    Array
        The mean over all rates that were compared. Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When there is no bound, the lower one is above the upper one, or ``power`` is below 1.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [0., 0.], [0., 0.], [0., 0.]]])       # 250 Hz and 0 Hz
    >>> float(bp.losses.firing_rate_penalty(spikes, lower=10., upper=200., dt=1.))
    1300.0
    """
    if lower is None and upper is None:
        raise ValueError("firing_rate_penalty needs lower, upper or both, in Hz.")
    if lower is not None and upper is not None and lower > upper:
        raise ValueError(f"lower must not be above upper, but got {lower!r} and {upper!r}.")
    if not power >= 1:
        raise ValueError(f"power must be a number of at least 1, but got {power!r}.")

    def penalty(x: bm.Array) -> Any:
        rates = counts.firing_rates(x, dt, time_axis, axis)
        outside = [rates - upper] if upper is not None else []
        outside += [lower - rates] if lower is not None else []
        return sum(bm.mean(bm.relu(excess) ** power) for excess in outside)

    return _over_leaves(penalty, spikes)


def activity_l1(spikes: Any, *, time_axis: int = 1, axis: Axes = None) -> Any:
    r"""The mean number of spikes of a neuron, :math:`R = \left\langle |n| \right\rangle`, which its gradient lowers alike.

    Parameters
    ----------
    spikes : array or nested structure of arrays, shape (batch, time, neurons)
        Spikes, such as a dict of those of every layer.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which counts are averaged before.

    Returns
    -------
    Array
        Of a nested structure, the sum over its leaves.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.activity_l1(bm.asarray([[[1., 0.], [1., 1.], [1., 0.]]])))
    2.0
    """
    return _over_leaves(lambda x: bm.mean(bm.abs(counts.spike_counts(x, time_axis, axis))), spikes)


def activity_l2(spikes: Any, *, time_axis: int = 1, axis: Axes = None) -> Any:
    r"""The mean square of the number of spikes of a neuron, :math:`R = \left\langle n^2 \right\rangle`.

    It lowers most the activity of those who fire most. Parameters are those of `activity_l1`; with ``axis=0``, the number
    of spikes is that of a neuron over all examples.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.activity_l2(bm.asarray([[[1., 0.], [1., 1.], [1., 0.]]])))
    5.0
    """
    return _over_leaves(lambda x: bm.mean(bm.square(counts.spike_counts(x, time_axis, axis))), spikes)


def weight_l1(weights: Any) -> Any:
    r"""The sum of sizes, :math:`R = \sum |w|`, which makes weights zero that matter little.

    Parameters
    ----------
    weights : array or nested structure of arrays
        The weights, such as ``model.train_vars().unique()``.

    Returns
    -------
    Array

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.weight_l1({'w': bm.asarray([3., -1.]), 'b': bm.asarray([4.])}))
    8.0
    """
    return _over_leaves(lambda x: bm.sum(bm.abs(x)), weights)


def weight_l2(weights: Any) -> Any:
    r"""The sum of squares, :math:`R = \sum w^2`, of an array or of the leaves of a nested structure.

    For adaptive methods, the ``weight_decay`` of optimizers is something else: it is not divided by the size of gradients.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.asarray([3., -1.]))
    >>> bm.grad(lambda: bp.losses.weight_l2({'w': w}), grad_vars=w)()
    Array(value=Array([ 6., -2.]), dtype=float32)
    """
    return _over_leaves(lambda x: bm.sum(bm.square(x)), weights)
