"""The loss of firing rates that are given in Hz."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.losses.leaves import check_shapes, reduce, sum_over_leaves
from nbbrain.measure import counts

__all__ = ["firing_rate_loss"]


def firing_rate_loss(predicts: Any, targets: Any, dt: float | None = None, reduction: str = "mean", *, time_axis: int = 1,
                     axis: int | tuple[int, ...] | None = None) -> Any:
    r"""The squared error of firing rates.

    .. math:: L = (\nu - \nu^*)^2, \qquad \nu = \frac{1000}{T\,dt} \sum_t s(t)

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, neurons)
        Spikes.
    targets : the same structure, shape (batch, neurons), or a number for all
        The rates ν* that neurons should have, in Hz.
    dt : float, optional
        The time step, in ms; by default that of the model which is trained, or the environment's.
    reduction : {'mean', 'sum', 'none'}
        The mean, the sum, or the loss of every neuron.
    time_axis : int
        The axis of time.
    axis : int or tuple of int, optional
        Further axes, over which rates are averaged before they are compared: -1 for the rate of the population, 0 for that
        over all examples.

    Returns
    -------
    Array
        In Hz². Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When shapes do not fit, or ``dt`` is not positive.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[1., 0.], [0., 0.], [0., 0.], [0., 0.]]])       # 250 Hz and 0 Hz
    >>> float(bp.losses.firing_rate_loss(spikes, bm.asarray([[240., 20.]]), dt=1.))
    250.0
    >>> float(bp.losses.firing_rate_loss(spikes, 120., dt=1., axis=-1))       # the rate of the population is 125 Hz
    25.0
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        rates = counts.firing_rates(x, dt, time_axis, axis)
        check_shapes(rates, y)
        return reduce(bm.square(rates - y), reduction)

    return sum_over_leaves(loss, predicts, targets)
