"""When neurons fire first, which is what a code of latencies says."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.math.trees import tree_map
from nbbrain.measure.counts import axes_of, time_step

__all__ = ["first_spike_times"]


def first_spike_times(spikes: Any, dt: float | None = None, time_axis: int = 1) -> Any:
    r"""The time of every neuron's first spike, in ms, as a sum of products that has a gradient.

    .. math:: t = dt \sum_{i=0}^{T-1} \prod_{j=0}^{i} (1 - s_j)

    A product is 1 until the neuron has fired, then 0: their sum is the number of the first step with a spike. A neuron that
    does not fire has the time T dt, at which the recording ends.

    Parameters
    ----------
    spikes : array or nested structure of arrays, shape (batch, time, neurons)
        1 where a neuron fires, else 0. Any other order of any number of axes does.
    dt : float, optional
        The time step, in ms; by default that of the model which runs, or the environment's.
    time_axis : int
        The axis of time.

    Returns
    -------
    Array, shape (batch, neurons)
        Without the axis of time. Of a nested structure, the same structure.

    Raises
    ------
    ValueError
        When there is no such axis, or no time.

    Notes
    -----
    The gradient by a spike is what the time would change by, were that spike another number: with first spikes in the steps
    f and the next ones in n (or T),

    .. math::
        \frac{\partial t}{\partial s_k} = -dt \cdot \begin{cases} f - k & k < f \\ n - f & k = f \\ 0 & k > f \end{cases}

    A spike that came earlier would make the time shorter, one that went missing would make it that of the next spike,
    and what is later does not matter. Surrogate gradients of spikes carry this on to potentials and weights, also of
    neurons that did not fire at all.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[0., 0.], [0., 1.], [0., 0.], [0., 1.]]])
    >>> bp.measure.first_spike_times(spikes, dt=.5)
    Array(value=Array([[2. , 0.5]]), dtype=float32)
    >>> gradient = bm.grad(lambda s: bp.measure.first_spike_times(s, dt=.5).sum())(spikes)
    >>> gradient[0, :, 1]
    Array(value=Array([-0.5, -1. , -0. , -0. ]), dtype=float32)
    """
    step = time_step(dt)

    def first(leaf: Any) -> Any:
        values = bm.Array(leaf)
        time, _ = axes_of(values, time_axis)
        return bm.sum(bm.cumprod(1. - values, axis=time), axis=time) * step

    return tree_map(first, spikes)
