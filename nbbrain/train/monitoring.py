"""What every training notes and tells: the learning rate, and the reports that the user's function is given."""
from __future__ import annotations

from collections.abc import Callable

from nbbrain.train.callbacks import Callback, Fit

__all__ = ["AfterReport", "LearningRate"]


class LearningRate(Callback):
    """Notes the learning rate at the beginning of every epoch, as ``lr`` in the history."""

    def on_epoch_start(self, fit: Fit) -> None:
        """Note it."""
        fit.row["lr"] = float(fit.trainer.optimizer.lr())


class AfterReport(Callback):
    """Calls a function after every report.

    Parameters
    ----------
    function : callable, optional
        ``function(index, metrics, phase)``.
    """

    def __init__(self, function: Callable[[int, dict[str, float], str], None] | None) -> None:
        self.function = function

    def on_report(self, fit: Fit) -> None:
        """Call it."""
        if self.function is not None:
            self.function(fit.index, fit.reported, fit.phase)
