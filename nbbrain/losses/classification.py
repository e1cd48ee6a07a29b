"""Losses of classifiers. Class scores are logits along the last axis; sums of exponentials never overflow."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.losses.leaves import check_shapes, reduce, sum_over_leaves

__all__ = [
    "binary_logistic_loss", "cross_entropy_loss", "cross_entropy_sigmoid", "cross_entropy_sparse",
    "multiclass_logistic_loss", "sigmoid_binary_cross_entropy", "smooth_labels", "softmax_cross_entropy",
]


def cross_entropy_loss(predicts: Any, targets: Any, weight: Any = None, reduction: str = "mean") -> Any:
    r"""The cross entropy of classes, :math:`-\log \mathrm{softmax}(x)_y`.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (..., classes)
        Logits.
    targets : the same structure of integers, shape (...), or of probabilities, shape (..., classes)
        The class of every example, or the probability of every class.
    weight : array, shape (classes,), optional
        The weight of every class. An example of class y counts ``weight[y]`` times, also in the mean, whose denominator
        is the sum of the weights of all examples (for probabilities: of their mean weights).
    reduction : {'mean', 'sum', 'none'}
        What is returned: the mean or the sum over all examples, or the loss of every example, shape (...).

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
    >>> logits = bm.asarray([[2., 0., 0.], [0., 0., 1.]])
    >>> loss = bp.losses.cross_entropy_loss(logits, bm.asarray([0, 2]))
    >>> round(float(loss), 4)
    0.3955
    >>> onehot = bp.losses.cross_entropy_loss(logits, bm.asarray([[1., 0., 0.], [0., 0., 1.]]))
    >>> bool(loss == onehot)
    True
    """
    reduce(bm.zeros(1), reduction)  # refuses an unknown reduction, whatever the weights
    return sum_over_leaves(lambda x, y: _cross_entropy(x, y, weight, reduction), predicts, targets)


def _cross_entropy(logits: bm.Array, targets: bm.Array, weight: Any, reduction: str) -> Any:
    weights = None if weight is None else _class_weights(weight, logits)
    if targets.shape == logits.shape[:-1] and logits.ndim:
        losses = -of_class(bm.log_softmax(logits), targets)
        if weights is not None:
            counts = of_class(weights, targets)
            losses = losses * counts
    elif targets.shape == logits.shape and logits.ndim:
        shares = targets if weights is None else targets * weights
        losses, counts = _expected(logits, shares), bm.sum(shares, axis=-1)
    else:
        raise ValueError(f"targets for logits of shape {logits.shape} must be integers of shape {logits.shape[:-1]} or "
                         f"probabilities of shape {logits.shape}, but got shape {targets.shape}.")
    if weights is not None and reduction == "mean":
        return bm.sum(losses) / bm.sum(counts)
    return reduce(losses, reduction)


def _class_weights(weight: Any, logits: bm.Array) -> bm.Array:
    weights = bm.Array(weight)
    if weights.shape != logits.shape[-1:]:
        raise ValueError(f"weight must have one number a class, shape {logits.shape[-1:]}, but got {weights.shape}.")
    return weights


def of_class(scores: Any, classes: bm.Array) -> Any:
    """The score of one class an example; NaN for a class that does not exist, where that is found out too late to raise."""
    if classes.dtype.kind not in "iu":
        raise ValueError(f"classes must be integers, but got an array of dtype {classes.dtype}.")
    number, known = scores.shape[-1], classes.value
    is_known = isinstance(known, np.ndarray)
    if is_known and known.size and not (known.min() >= 0 and known.max() < number):
        raise ValueError(f"classes must be in [0, {number}), but got {known.min()} to {known.max()}.")
    chosen = bm.sum(bm.where(classes[..., None] == bm.arange(number), scores, 0.), axis=-1)
    return chosen if is_known else bm.where((classes >= 0) & (classes < number), chosen, np.nan)


def _expected(logits: bm.Array, shares: bm.Array) -> Any:
    """The mean of -log softmax under probabilities; classes of probability 0 do not count, whatever their logit."""
    return -bm.sum(shares * bm.where(shares == 0, 0., bm.log_softmax(logits)), axis=-1)


def softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    """The cross entropy of every example, for probabilities of the classes.

    Parameters
    ----------
    logits : array or nested structure of arrays, shape (..., classes)
        Class scores.
    labels : the same structure, shape (..., classes)
        The probability of every class.

    Returns
    -------
    Array, shape (...)

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.losses.softmax_cross_entropy([0., 0.], [0.5, 0.5])
    Traceback (most recent call last):
        ...
    ValueError: softmax_cross_entropy needs one probability a class, but got shapes () and ().
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        if not x.ndim or x.shape != y.shape:
            raise ValueError(f"softmax_cross_entropy needs one probability a class, but got shapes {x.shape} and "
                             f"{y.shape}.")
        return _expected(x, y)

    return sum_over_leaves(loss, logits, labels)


def cross_entropy_sparse(predicts: Any, targets: Any) -> Any:
    """The cross entropy of every example, for integer classes.

    Parameters
    ----------
    predicts : array or nested structure of arrays, shape (..., classes)
        Logits.
    targets : the same structure of integers, shape (...) or (..., 1), or one integer for all examples
        The class of every example.

    Returns
    -------
    Array, shape (...)

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.cross_entropy_sparse(bm.zeros((2, 4)), bm.asarray([0, 3])).round(4)
    Array(value=Array([1.3863, 1.3863]), dtype=float32)
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        lead = x.shape[:-1]
        if not x.ndim or y.shape not in ((), lead, (*lead, 1)):
            raise ValueError(f"targets for logits of shape {x.shape} must be integers of shape {lead}, but got "
                             f"{y.shape}.")
        return -of_class(bm.log_softmax(x), bm.broadcast_to(y, lead) if not y.ndim else y.reshape(lead))

    return sum_over_leaves(loss, predicts, targets)


def multiclass_logistic_loss(label: Any, logits: Any) -> Any:
    """`cross_entropy_sparse` with its arguments in another order.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> round(float(bp.losses.multiclass_logistic_loss(1, bm.zeros(4))), 4)
    1.3863
    """
    return cross_entropy_sparse(logits, label)


def sigmoid_binary_cross_entropy(logits: Any, labels: Any) -> Any:
    r"""The cross entropy of independent two-class decisions, :math:`-y \log σ(x) - (1 - y) \log(1 - σ(x))`.

    Parameters
    ----------
    logits : array or nested structure of arrays
        Scores x.
    labels : the same structure
        Probabilities y of the class 1.

    Returns
    -------
    Array
        The loss of every element.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.sigmoid_binary_cross_entropy(bm.asarray([0., 1e4]), bm.asarray([1., 1.])).round(4)
    Array(value=Array([0.6931, 0.    ]), dtype=float32)
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        check_shapes(x, y)
        return y * bm.softplus(-x) + (1 - y) * bm.softplus(x)

    return sum_over_leaves(loss, logits, labels)


def cross_entropy_sigmoid(predicts: Any, targets: Any) -> Any:
    """Another name of `sigmoid_binary_cross_entropy`."""
    return sigmoid_binary_cross_entropy(predicts, targets)


def binary_logistic_loss(predicts: Any, targets: Any) -> Any:
    """Another name of `sigmoid_binary_cross_entropy`."""
    return sigmoid_binary_cross_entropy(predicts, targets)


def smooth_labels(labels: Any, alpha: float) -> Any:
    """One-hot labels mixed with the uniform distribution (Szegedy et al., 2016, "Rethinking the Inception architecture").

    Parameters
    ----------
    labels : array, shape (..., classes)
        One-hot labels, or probabilities.
    alpha : float
        The share of the uniform distribution, in [0, 1].

    Returns
    -------
    Array, shape (..., classes)

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.losses.smooth_labels([0., 1.], alpha=0.5)
    Array(value=Array([0.25, 0.75]), dtype=float32)
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be in [0, 1], but got {alpha!r}.")
    shares = bm.Array(labels)
    return (1 - alpha) * shares + alpha / shares.shape[-1]
