"""Training that ends when it gets no better."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.train.callbacks import Callback, Fit

__all__ = ["EarlyStopping"]


_LARGER = ("accuracy", "precision", "recall", "f1", "auc", "r2", "score")


class EarlyStopping(Callback):
    """Ends a training when a metric has not become better for some epochs (Prechelt, 1998, "Early stopping - but when?").

    Parameters
    ----------
    monitor : str
        The metric: ``'loss'`` or another one of the training data, ``'test_loss'`` or another one of the test data.
    patience : int
        After how many epochs without a better value the training ends.
    min_delta : float
        By how much a value must be better to count.
    restore_best : bool
        Whether the variables of the model end as they were after the best epoch.
    mode : {'auto', 'min', 'max'}
        Whether smaller or larger values are better; 'auto' takes larger ones for names with accuracy, precision, recall, f1,
        auc, r2 or score in them.

    Raises
    ------
    ValueError
        In the first epoch, when the metric is none that is measured.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.Dense(1, 1)
    >>> x = np.ones((4, 1), np.float32)
    >>> trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.SGD(0.), progress_bar=False)
    >>> trainer.fit([(x, x)], callbacks=[bp.train.EarlyStopping('loss', patience=2)])  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss ...
    Train 1 epoch, use ... s, loss ...
    Train 2 epoch, use ... s, loss ...
    Training ends after epoch 2: loss has not become better than ... since epoch 0.
    """

    def __init__(self, monitor: str = "test_loss", patience: int = 10, min_delta: float = 0.0, restore_best: bool = False,
                 mode: str = "auto") -> None:
        if not isinstance(patience, (int, np.integer)) or isinstance(patience, bool) or patience < 1:
            raise ValueError(f"patience must be a number of epochs of at least 1, but got {patience!r}.")
        if not min_delta >= 0:
            raise ValueError(f"min_delta must be at least 0, but got {min_delta!r}.")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode must be 'auto', 'min' or 'max', but got {mode!r}.")
        self.monitor, self.patience, self.min_delta = monitor, int(patience), float(min_delta)
        self.restore_best = restore_best
        larger = any(word in monitor.lower() for word in _LARGER)
        self._sign = -1.0 if mode == "max" or (mode == "auto" and larger) else 1.0
        self._begin()

    def _begin(self) -> None:
        self.best, self.best_epoch = self._sign * math.inf, -1
        self._kept: dict[str, Any] = {}

    def on_fit_start(self, fit: Fit) -> None:
        """Begin anew."""
        self._begin()

    def on_epoch_end(self, fit: Fit) -> None:
        """Compare with the best epoch so far."""
        if self.monitor not in fit.row:
            hint = " Pass test_data to fit." if self.monitor.startswith("test_") and fit.testing is None else ""
            raise ValueError(f"EarlyStopping cannot monitor {self.monitor!r}; an epoch has {', '.join(fit.row)}.{hint}")
        value = fit.row[self.monitor]
        if self._sign * (self.best - value) > self.min_delta or (self.best_epoch < 0 and not math.isnan(value)):
            self.best, self.best_epoch = value, fit.epoch
            if self.restore_best:
                self._kept = {key: variable.value for key, variable in _variables(fit).items()}
        elif fit.epoch - self.best_epoch >= self.patience:
            fit.stop(f"{self.monitor} has not become better than {self.best:.6g} since epoch {self.best_epoch}")

    def on_fit_end(self, fit: Fit) -> None:
        """Give the variables the values of the best epoch, if that is wanted."""
        if fit.error is None and self._kept:
            for key, variable in _variables(fit).items():
                variable.value = self._kept[key]

    def state_dict(self) -> dict[str, Any]:
        """The best value, its epoch, and the variables then."""
        return {"best": self.best, "best_epoch": self.best_epoch, "kept": dict(self._kept)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.best, self.best_epoch, self._kept = float(state["best"]), int(state["best_epoch"]), dict(state["kept"])

    def __repr__(self) -> str:
        return (f"EarlyStopping(monitor={self.monitor!r}, patience={self.patience}, min_delta={self.min_delta}, "
                f"restore_best={self.restore_best})")


def _variables(fit: Fit) -> dict[str, Any]:
    """The variables of the model; streams of random numbers do not go back."""
    found = fit.trainer.target.vars("relative").unique()
    return {key: variable for key, variable in found.items() if not isinstance(variable, bm.random.RandomState)}
