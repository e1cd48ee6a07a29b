"""How well a classifier does: functions of predictions and targets, as metrics of trainers are."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

import nbbrain.math as bm
from nbbrain.measure.counts import axes_of
from nbbrain.measure.first_spikes import first_spike_times

__all__ = ["accuracy", "confusion_matrix", "top_k_accuracy"]

OverTime = Literal["sum", "max", "last", "first_spike"]

_READINGS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: bm.sum(x, axis=0),
    "max": lambda x: bm.max(x, axis=0),
    "last": lambda x: x[-1],
    "first_spike": lambda x: -first_spike_times(x, dt=1., time_axis=0),
}
"""The scores of classes, from what was put out over time (the first axis)."""


def accuracy(predictions: Any, targets: Any, *, over_time: OverTime | None = None, time_axis: int = 1,
             axis: int = -1) -> Any:
    """The share of examples whose class has the largest score.

    Parameters
    ----------
    predictions : array, shape (batch, classes), or (batch, time, classes) with ``over_time``
        Scores, such as logits, potentials or spikes. Of equal scores the first counts as the largest.
    targets : array of integers, shape (batch,), or of probabilities, shape (batch, classes)
        The class of every example, or a score of every class, such as one-hot.
    over_time : {None, 'sum', 'max', 'last', 'first_spike'}
        What the score of a class is, where predictions have an axis of time: their sum, such as a number of spikes; their
        maximum; the last; or how early the first spike is.
    time_axis, axis : int
        The axes of time and of classes.

    Returns
    -------
    Array
        One number in [0, 1].

    Raises
    ------
    ValueError
        When shapes do not fit, or a class is not in [0, classes).

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> scores = bm.asarray([[1., 3., 2.], [5., 0., 1.]])
    >>> float(bp.measure.accuracy(scores, bm.asarray([1, 2])))
    0.5
    >>> spikes = bm.asarray([[[1., 0.], [0., 1.], [0., 1.]]])      # one example, three steps, two classes
    >>> [float(bp.measure.accuracy(spikes, bm.asarray([1]), over_time=how)) for how in ('sum', 'first_spike')]
    [1.0, 0.0]
    """
    return top_k_accuracy(predictions, targets, 1, over_time=over_time, time_axis=time_axis, axis=axis)


def top_k_accuracy(predictions: Any, targets: Any, k: int = 5, *, over_time: OverTime | None = None, time_axis: int = 1,
                   axis: int = -1) -> Any:
    """The share of examples whose class is among those of the k largest scores; what else is as in `accuracy`.

    Parameters
    ----------
    k : int
        How many scores count.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> scores = bm.asarray([[1., 3., 2.], [5., 0., 1.]])
    >>> float(bp.measure.top_k_accuracy(scores, bm.asarray([2, 1]), k=2))
    0.5
    """
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise ValueError(f"k must be an integer of at least 1, but got {k!r}.")
    scores, classes = _scores_and_classes(predictions, targets, over_time, time_axis, axis)
    number = bm.arange(scores.shape[-1])
    own = bm.sum(bm.where(classes[..., None] == number, scores, 0), axis=-1, keepdims=True)
    ahead = (scores > own) | ((scores == own) & (number < classes[..., None]))
    exists = (classes >= 0) & (classes < scores.shape[-1])  # what is not known before is not refused
    return bm.mean((bm.sum(ahead, axis=-1) < k) & exists)


def confusion_matrix(predictions: Any, targets: Any, num_classes: int | None = None, *,
                     normalize: Literal["true", "pred", "all"] | None = None, over_time: OverTime | None = None,
                     time_axis: int = 1, axis: int = -1) -> Any:
    """How often the examples of every class (rows) are taken for every class (columns).

    Parameters
    ----------
    predictions : array
        Scores as in `accuracy`; or integers, the classes themselves, in the shape of the targets.
    targets : array of integers, shape (batch,), or of probabilities, shape (batch, classes)
        The class of every example, or a score of every class, such as one-hot.
    num_classes : int, optional
        The number of classes; it has to be given where predictions are classes.
    normalize : {None, 'true', 'pred', 'all'}
        Whether rows, columns or the whole matrix are divided by their sums. What has no examples stays 0.
    over_time, time_axis, axis
        As in `accuracy`.

    Returns
    -------
    Array, shape (classes, classes)
        Integers, or shares with ``normalize``.

    Raises
    ------
    ValueError
        When shapes do not fit, or a class is not in [0, classes).

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> targets = bm.asarray([0, 0, 1])
    >>> bp.measure.confusion_matrix(bm.asarray([0, 1, 1]), targets, num_classes=2).tolist()
    [[1, 1], [0, 1]]
    >>> bp.measure.confusion_matrix(bm.asarray([0, 1, 1]), targets, num_classes=2, normalize='true').tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    if normalize not in (None, "true", "pred", "all"):
        raise ValueError(f"normalize must be None, 'true', 'pred' or 'all', but got {normalize!r}.")
    given = bm.Array(predictions)
    if given.dtype.kind in "iu" and given.shape == bm.Array(targets).shape and over_time is None:
        if num_classes is None:
            raise ValueError("confusion_matrix needs num_classes where predictions are classes and not scores.")
        number, found = num_classes, _checked(given, num_classes)
        classes = _checked(bm.Array(targets), num_classes)
    else:
        scores, classes = _scores_and_classes(predictions, targets, over_time, time_axis, axis)
        number, found = scores.shape[-1], bm.argmax(scores, axis=-1)
        if num_classes not in (None, number):
            raise ValueError(f"there are scores of {number} classes, but num_classes is {num_classes}.")
    every = bm.arange(number)
    # In floating-point numbers products are fast; they are exact up to 2^24 examples.
    rows, columns = [(x.reshape(-1, 1) == every).astype(bm.float_) for x in (classes, found)]
    counts = rows.T @ columns
    if normalize is None:
        return counts.astype(bm.int_)
    total = bm.sum(counts, axis={"true": 1, "pred": 0, "all": None}[normalize], keepdims=True)
    return counts / bm.maximum(total, 1.)


def _scores_and_classes(predictions: Any, targets: Any, over_time: str | None, time_axis: int,
                        axis: int) -> tuple[bm.Array, bm.Array]:
    """Scores, the classes along the last axis, and the class of every example."""
    if over_time is not None and over_time not in _READINGS:
        raise ValueError(f"over_time must be None or one of {', '.join(map(repr, _READINGS))}, but got {over_time!r}.")
    given = bm.Array(predictions)
    scores, classes = classes_last(given, bm.Array(targets), _READINGS.get(over_time or ""), time_axis, axis)
    if classes.shape == scores.shape:
        return scores, bm.argmax(classes, axis=-1)
    if classes.shape == scores.shape[:-1]:
        return scores, _checked(classes, scores.shape[-1])
    hint = " Where predictions have an axis of time, give over_time." if over_time is None and given.ndim > 2 else ""
    raise ValueError(f"targets must be classes of shape {scores.shape[:-1]} or scores of all classes, for predictions of "
                     f"shape {given.shape} with over_time={over_time!r}, but they have the shape {classes.shape}.{hint}")


def classes_last(predictions: bm.Array, targets: bm.Array, reading: Callable[[Any], Any] | None, time_axis: int,
                 axis: int) -> tuple[bm.Array, bm.Array]:
    """What predictions say of every class, along the last axis, and the targets, their classes along the last axis, too.

    Parameters
    ----------
    predictions, targets : Array
        Targets are integers without an axis of classes, or have it where predictions without time have it.
    reading : callable, optional
        What the axis of time is reduced by; it is the first one of what the function is given. None where there is no time.
    time_axis, axis : int
        The axes of time and of classes.
    """
    if reading is None:
        if not -predictions.ndim <= axis < predictions.ndim:
            raise ValueError(f"axis={axis!r} must be an axis of predictions, which have the shape {predictions.shape}.")
        scores, place = bm.moveaxis(predictions, axis, -1), axis % predictions.ndim
    else:
        time, (of_classes,) = axes_of(predictions, time_axis, axis)
        scores, place = reading(bm.moveaxis(predictions, (time, of_classes), (0, -1))), of_classes - (time < of_classes)
    return scores, bm.moveaxis(targets, place, -1) if targets.ndim == scores.ndim else targets


def _checked(classes: bm.Array, number: int) -> bm.Array:
    """Classes that are integers and, as far as is known, exist."""
    if classes.dtype.kind not in "iu":
        raise ValueError(f"classes must be integers, but got an array of dtype {classes.dtype}.")
    known = classes.value
    if isinstance(known, np.ndarray) and known.size and not (known.min() >= 0 and known.max() < number):
        raise ValueError(f"classes must be in [0, {number}), but got {known.min()} to {known.max()}.")
    return classes
