"""The loss of a code of latencies: the neuron of the right class should fire first."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.losses.classification import cross_entropy_loss, of_class
from nbbrain.losses.leaves import reduce, sum_over_leaves
from nbbrain.measure.classification import classes_last
from nbbrain.measure.counts import time_step
from nbbrain.measure.first_spikes import first_spike_times

__all__ = ["first_spike_loss"]


def first_spike_loss(predicts: Any, targets: Any, tau: float = 10., dt: float | None = None, weight: Any = None,
                     reduction: str = "mean", *, early: float = 0., early_tau: float | None = None, time_axis: int = 1,
                     axis: int = -1) -> Any:
    r"""The cross entropy of classes whose logits are -t/τ, where t is the time of the first spike.

    .. math:: L = -\log \frac{e^{-t_y / \tau}}{\sum_i e^{-t_i / \tau}} + \alpha \left(e^{t_y / \tau_\alpha} - 1\right)

    (Mostafa, 2017, "Supervised learning based on temporal coding in spiking neural networks"; with the second term, which
    makes the right neuron fire early, Göltz et al., 2021, "Fast and energy-efficient neuromorphic deep learning with
    first-spike times".) The times are those of `bp.measure.first_spike_times`, whose gradient is documented there: it passes
    through the surrogate gradients of spikes, also where a neuron did not fire.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, classes)
        Spikes, one neuron a class.
    targets : the same structure of integers, shape (batch,), or of probabilities, shape (batch, classes)
        The class of every example, or the probability of every class.
    tau : float
        The time τ by which spikes have to be apart, in ms.
    dt : float, optional
        The time step, in ms; by default that of the model which is trained, or the environment's.
    weight, reduction
        As in `cross_entropy_loss`. The second term has no weights.
    early : float
        The strength α of the second term; none by default.
    early_tau : float, optional
        Its time :math:`\tau_\alpha`, in ms; τ by default.
    time_axis, axis : int
        The axes of time and of classes in ``predicts``.

    Returns
    -------
    Array
        Of a nested structure, the sum over its leaves.

    Raises
    ------
    ValueError
        When shapes do not fit, a class is not in [0, classes), or a time is not positive.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> spikes = bm.asarray([[[0., 0.], [1., 0.], [0., 0.], [0., 1.]]])           # at 1 ms and 3 ms
    >>> loss = bp.losses.first_spike_loss(spikes, bm.asarray([0]), tau=2., dt=1.)
    >>> bool(bm.isclose(loss, bm.log(1. + bm.exp(-1.))))
    True
    """
    for name, value in (("tau", tau), ("early_tau", early_tau)):
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be a positive time in ms, but got {value!r}.")
    if not early >= 0:
        raise ValueError(f"early must be a number of at least 0, but got {early!r}.")
    step = time_step(dt)

    def loss(x: bm.Array, y: bm.Array) -> Any:
        times, classes = classes_last(x, y, lambda spikes: first_spike_times(spikes, step, 0), time_axis, axis)
        entropy = cross_entropy_loss(-times / tau, classes, weight, reduction)
        if not early:
            return entropy
        late = bm.expm1(times / (early_tau or tau))
        own = bm.sum(classes * late, axis=-1) if classes.ndim == times.ndim else of_class(late, classes)
        return entropy + early * reduce(own, reduction)

    return sum_over_leaves(loss, predicts, targets)
