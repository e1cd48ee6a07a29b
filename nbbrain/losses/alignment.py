"""Connectionist temporal classification: the loss of label sequences that are not aligned with their frames."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["ctc_loss", "ctc_loss_with_forward_probs"]


def ctc_loss(logits: Any, logit_paddings: Any, labels: Any, label_paddings: Any, blank_id: int = 0,
             log_epsilon: float = -100000.0) -> Any:
    r"""The negative logarithm of the probability of label sequences, whatever their alignment (Graves et al., 2006).

    .. math:: -\log \sum_{π : B(π) = y} \prod_t p_t(π_t), \qquad p_t = \mathrm{softmax}(x_t)

    Here π gives every frame a label or the blank, and B takes out repetitions, then blanks.

    Parameters
    ----------
    logits : array, shape (batch, time, classes)
        Class scores x, the blank among the classes.
    logit_paddings : array, shape (batch, time)
        1 where a frame is padding at the end of its sequence, else 0.
    labels : array of integers, shape (batch, labels)
        The label sequences y, padded at their ends.
    label_paddings : array, shape (batch, labels)
        1 where a label is padding, else 0.
    blank_id : int
        The class of the blank.
    log_epsilon : float
        What stands for the logarithm of 0. A sequence that no alignment gives has about the loss ``-log_epsilon``.

    Returns
    -------
    Array, shape (batch,)

    Raises
    ------
    ValueError
        When shapes do not fit, labels are no integers or no classes, or ``blank_id`` is no class.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> logits = bm.zeros((1, 2, 2))  # of four paths of equal probability, three give the label: 11, 01 and 10
    >>> loss = bp.losses.ctc_loss(logits, bm.zeros((1, 2)), bm.asarray([[1]]), bm.zeros((1, 1)))
    >>> bm.exp(-loss).round(4)
    Array(value=Array([0.75]), dtype=float32)
    """
    return ctc_loss_with_forward_probs(logits, logit_paddings, labels, label_paddings, blank_id, log_epsilon)[0]


def ctc_loss_with_forward_probs(logits: Any, logit_paddings: Any, labels: Any, label_paddings: Any, blank_id: int = 0,
                                log_epsilon: float = -100000.0) -> tuple[Any, Any, Any]:
    r"""`ctc_loss`, and the forward variables that it is found with.

    With n labels read, a path stands on the blank after them (φ) or on the last of them (ε). Their probabilities
    obey, for n from 0 to N (Graves et al., 2006, eq. 6 to 8),

    .. math::
        φ_t(n) &= p_t(\mathrm{blank}) \left(φ_{t-1}(n) + ε_{t-1}(n)\right) \\
        ε_t(n) &= p_t(y_n) \left(ε_{t-1}(n) + φ_{t-1}(n - 1) + [y_n ≠ y_{n-1}]\, ε_{t-1}(n - 1)\right)

    and are computed as logarithms, in a loop over time that is compiled and differentiated like every other.

    Parameters
    ----------
    logits, logit_paddings, labels, label_paddings, blank_id, log_epsilon
        See `ctc_loss`.

    Returns
    -------
    loss : Array, shape (batch,)
        The loss.
    logalpha_phi : Array, shape (time, batch, labels + 1)
        The logarithm of φ for n from 0 to N. In the last row, that of φ + ε: of all paths which have read n labels.
    logalpha_emit : Array, shape (time, batch, labels)
        The logarithm of ε for n from 1 to N. In frames that are padding, both stay as they were.

    Raises
    ------
    ValueError
        See `ctc_loss`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> loss, phi, emit = bp.losses.ctc_loss_with_forward_probs(
    ...     bm.zeros((1, 2, 2)), bm.zeros((1, 2)), bm.asarray([[1]]), bm.zeros((1, 1)))
    >>> bm.exp(emit[:, 0, 0]).round(4)
    Array(value=Array([0.5, 0.5]), dtype=float32)
    """
    scores, paddings, classes, ends = _checked(logits, logit_paddings, labels, label_paddings, blank_id)
    batch, number = classes.shape
    log_probabilities = bm.moveaxis(bm.log_softmax(scores), 1, 0)
    time = log_probabilities.shape[0]
    of_blank = log_probabilities[:, :, blank_id:blank_id + 1]
    of_labels = bm.take_along_axis(log_probabilities, bm.broadcast_to(classes, (time, batch, number)), axis=-1)
    dtype = log_probabilities.dtype
    never = bm.full((batch, 1), log_epsilon, dtype=dtype)
    # The first label may always follow the start, which is the blank before it: there is no label 0 to come from.
    repeats = bm.concatenate([bm.ones((batch, 1), dtype=bool), classes[:, 1:] == classes[:, :-1]], axis=1)

    def turn(carry: Any, frame: Any) -> Any:
        phi, emit = carry
        blank, label, padding = frame
        before = bm.concatenate([never, emit[:, :-1]], axis=1)
        new_phi = blank + bm.concatenate([phi[:, :1], bm.logaddexp(phi[:, 1:], emit)], axis=1)
        arrived = bm.logaddexp(phi[:, :-1], bm.where(repeats, log_epsilon, before))
        new_emit = label + bm.logaddexp(emit, arrived)
        kept = bm.where(padding, phi, new_phi), bm.where(padding, emit, new_emit)
        return kept, kept

    start = (bm.concatenate([bm.zeros((batch, 1), dtype=dtype), bm.full((batch, number), log_epsilon, dtype=dtype)], axis=1),
             bm.full((batch, number), log_epsilon, dtype=dtype))
    (phi, emit), (phis, emits) = bm.scan(turn, start, (of_blank, of_labels, paddings.T[:, :, None] > 0.5))
    total = bm.concatenate([phi[:, :1], bm.logaddexp(phi[:, 1:], emit)], axis=1)
    lengths = number - bm.sum(ends > 0.5, axis=1)
    loss = -bm.sum(bm.where(lengths[:, None] == bm.arange(number + 1), total, 0.), axis=1)
    return loss, bm.concatenate([phis[:-1], total[None]], axis=0), emits


def _checked(logits: Any, logit_paddings: Any, labels: Any, label_paddings: Any,
             blank_id: int) -> tuple[bm.Array, bm.Array, bm.Array, bm.Array]:
    """The arguments as arrays whose shapes fit."""
    scores, paddings, classes, ends = (bm.Array(item) for item in (logits, logit_paddings, labels, label_paddings))
    if scores.ndim != 3 or 0 in scores.shape:
        raise ValueError(f"logits must have the shape (batch, time, classes), none of them 0, but got {scores.shape}.")
    batch, time, number = scores.shape
    if paddings.shape != (batch, time):
        raise ValueError(f"logit_paddings must have the shape {(batch, time)} of the frames, but got {paddings.shape}.")
    if classes.ndim != 2 or classes.shape[0] != batch or not classes.shape[1]:
        raise ValueError(f"labels must have the shape ({batch}, labels) with at least one label (which may be padding), but "
                         f"got {classes.shape}.")
    if ends.shape != classes.shape:
        raise ValueError(f"label_paddings must have the shape {classes.shape} of the labels, but got {ends.shape}.")
    if classes.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers, but got an array of dtype {classes.dtype}.")
    if not 0 <= blank_id < number:
        raise ValueError(f"blank_id must be in [0, {number}), but got {blank_id!r}.")
    known, padded = classes.value, ends.value
    if isinstance(known, np.ndarray) and isinstance(padded, np.ndarray):
        used = known[padded <= 0.5]
        if used.size and not (used.min() >= 0 and used.max() < number):
            raise ValueError(f"labels must be in [0, {number}), but got {used.min()} to {used.max()}.")
        if (used == blank_id).any():
            raise ValueError(f"labels must not be the blank, {blank_id}: it is what stands between them.")
    # Labels of padding are often -1; what they are does not matter, but they have to be classes.
    return scores, paddings, bm.where(ends > 0.5, bm.zeros_like(classes), classes), ends
