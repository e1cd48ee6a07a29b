"""The distance of spike trains, in which the time of every spike counts."""
from __future__ import annotations

import math
from typing import Any

import nbbrain.math as bm
from nbbrain.losses.leaves import check_shapes, reduce, sum_over_leaves
from nbbrain.losses.traces import exponential_traces
from nbbrain.measure.counts import axes_of, time_step

__all__ = ["van_rossum_loss"]


def van_rossum_loss(predicts: Any, targets: Any, tau: float = 10., dt: float | None = None, reduction: str = "mean", *,
                    time_axis: int = 1) -> Any:
    r"""The squared distance of spike trains that leave exponential traces.

    .. math::
        D^2 = \frac 1 \tau \int_0^\infty \left(f(t) - g(t)\right)^2 dt, \qquad
        f(t) = \sum_{t_i ≤ t} e^{-(t - t_i) / \tau}

    (van Rossum, 2001, "A novel spike distance".) A spike that is missing or one too many costs 1/2, two spikes which are
    Δ apart :math:`1 - e^{-\Delta / \tau}`. The integral is exact for spikes at multiples of dt, with what comes after the
    last step.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, neurons)
        Spikes; or any other course of time, such as a rate.
    targets : the same structure, shape (batch, time, neurons), or one that broadcasts to it
        The spikes that there should be.
    tau : float
        The time constant τ of traces, in ms. Where it is short, coincidences count; where it is long, numbers of spikes.
    dt : float, optional
        The time step, in ms; by default that of the model which is trained, or the environment's.
    reduction : {'mean', 'sum', 'none'}
        The mean or the sum over all spike trains, or the distance of every one.
    time_axis : int
        The axis of time in ``predicts``.

    Returns
    -------
    Array
        Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When shapes do not fit, or a time is not positive.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> one, other = bm.zeros((1, 10, 1)), bm.zeros((1, 10, 1))
    >>> one[0, 3, 0] = 1.
    >>> round(float(bp.losses.van_rossum_loss(one, other, tau=5., dt=1.)), 4)
    0.5
    >>> other[0, 8, 0] = 1.                                                # 5 ms later
    >>> round(float(bp.losses.van_rossum_loss(one, other, tau=5., dt=1.)), 4)
    0.6321
    """
    if not tau > 0:
        raise ValueError(f"tau must be a positive time in ms, but got {tau!r}.")
    decay = math.exp(-time_step(dt) / tau)

    def loss(x: bm.Array, y: bm.Array) -> Any:
        check_shapes(x, y)
        time, _ = axes_of(x, time_axis)
        squares = bm.square(exponential_traces(bm.moveaxis(x - 1. * y, time, 0), decay))
        # Within a step a trace decays by itself, and so it does after the last one.
        distance = 0.5 * ((1 - decay**2) * bm.sum(squares, axis=0) + decay**2 * squares[-1])
        return reduce(distance, reduction)

    return sum_over_leaves(loss, predicts, targets)
