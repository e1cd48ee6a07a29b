"""Losses and metrics as plain numbers, and the checks of what functions of the user return."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["checked_metrics", "numbers", "value_and_metrics"]

_TAKEN = {"loss", "epoch", "lr", "gradient_norm", "seconds"}

Metrics = dict[str, Callable[[Any, Any], Any]]


def value_and_metrics(result: Any) -> tuple[Any, dict[str, Any]]:
    """What a loss function returned that has further metrics."""
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise TypeError(f"with loss_has_aux=True the loss must return (value, aux), but it returned "
                        f"{type(result).__name__}.")
    if not isinstance(result[1], dict):
        raise TypeError(f"with loss_has_aux=True the loss must return (number, dict), but the second is a "
                        f"{type(result[1]).__name__}.")
    return result[0], result[1]


def numbers(loss: Any, metrics: dict[str, Any]) -> dict[str, float]:
    """The loss and metrics of a batch as numbers, the loss as 'loss'."""
    return {"loss": float(loss), **{name: _number(name, value) for name, value in metrics.items()}}


def _number(name: str, value: Any) -> float:
    if np.size(value) != 1:
        raise TypeError(f"the metric {name!r} must be one number a batch, but it has the shape {np.shape(value)}: take its "
                        f"mean.")
    return float(np.asarray(value).reshape(()))


def checked_metrics(metrics: Any, predicts: bool) -> Metrics:
    """Metrics by name, if they are functions, and the trainer sees the predictions."""
    found = {} if metrics is None else metrics
    if not (isinstance(found, Mapping) and all(isinstance(name, str) and callable(one) for name, one in found.items())):
        raise TypeError(f"metrics must be a dict of functions (predictions, targets) -> number by name, but got "
                        f"{metrics!r}.")
    taken = sorted(_TAKEN & found.keys())
    if taken:
        raise ValueError(f"a metric must not be named {taken[0]!r}: the history has a column of that name.")
    if found and not predicts:
        raise ValueError("metrics need the predictions, which the trainer does not see with loss_auto_run=False: return "
                         "them with the loss, loss_has_aux=True.")
    return dict(found)
