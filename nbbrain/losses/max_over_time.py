"""The loss of readouts whose potential is largest once, at any time."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.losses.classification import cross_entropy_loss
from nbbrain.losses.leaves import sum_over_leaves
from nbbrain.measure.classification import classes_last

__all__ = ["max_over_time_cross_entropy"]


def max_over_time_cross_entropy(predicts: Any, targets: Any, weight: Any = None, reduction: str = "mean", *,
                                time_axis: int = 1, axis: int = -1) -> Any:
    r"""The cross entropy of classes whose logits are the largest potentials of their neurons.

    .. math:: L = -\log \frac{e^{m_y}}{\sum_i e^{m_i}}, \qquad m_i = \max_t V_i(t)

    (Neftci, Mostafa & Zenke, 2019, "Surrogate gradient learning in spiking neural networks".) The gradient goes to the time
    of the maximum; where it is reached several times, to all of them in equal parts.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (batch, time, classes)
        Membrane potentials, such as those of a `LeakyIntegrator` that does not fire, one neuron a class.
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

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> potentials = bm.asarray([[[0., 1.], [2., 0.], [1., 0.]]])
    >>> round(float(bp.losses.max_over_time_cross_entropy(potentials, bm.asarray([0]))), 4)
    0.3133
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        highest, classes = classes_last(x, y, lambda potentials: bm.max(potentials, axis=0), time_axis, axis)
        return cross_entropy_loss(highest, classes, weight, reduction)

    return sum_over_leaves(loss, predicts, targets)
