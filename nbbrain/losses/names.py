"""Losses by their names, for those who train."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain import losses

__all__ = ["loss_function"]

_NO_LOSSES = {
    **dict.fromkeys(("activity_l1", "activity_l2", "firing_rate_penalty", "weight_l1", "weight_l2"),
                    "is a penalty without targets; add it to a loss, in a function of your own"),
    **dict.fromkeys(("l2_norm", "log_cosh", "mean_absolute", "mean_square"),
                    "has no targets; apply it to an error, in a function of your own"),
    **dict.fromkeys(("ctc_loss", "ctc_loss_with_forward_probs"), "needs paddings, too; call it in a function of your own"),
    "multiclass_logistic_loss": "takes the targets first; 'cross_entropy_loss' takes predictions and targets",
    "smooth_labels": "makes targets; apply it to the data",
}
"""Functions of ``bp.losses`` that are not called with predictions and targets, and what to do instead."""


def loss_function(loss: Callable[..., Any] | str) -> Callable[..., Any]:
    """A function of predictions and targets: itself, or the one of a name in ``bp.losses``.

    Raises
    ------
    ValueError
        When there is no loss of this name.

    Examples
    --------
    >>> loss_function('max_over_time_cross_entropy').__name__
    'max_over_time_cross_entropy'
    >>> loss_function('weight_l2')
    Traceback (most recent call last):
        ...
    ValueError: 'weight_l2' is a penalty without targets; add it to a loss, in a function of your own.
    """
    if callable(loss):
        return loss
    if loss in _NO_LOSSES:
        raise ValueError(f"{loss!r} {_NO_LOSSES[loss]}.")
    names = [name for name in losses.__all__ if name not in _NO_LOSSES]
    if loss not in names:
        raise ValueError(f"loss_fun must be a function or one of {', '.join(names)}, but got {loss!r}.")
    function: Callable[..., Any] = getattr(losses, loss)
    return function
