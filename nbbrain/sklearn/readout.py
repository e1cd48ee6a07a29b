"""Regression of a linear readout on what a network makes of sequences."""
from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

import nbbrain.math as bm
from nbbrain.algorithms import RidgeRegression
from nbbrain.check import is_float, is_integer, is_string
from nbbrain.sklearn.base import DTYPES, SequenceEstimator, as_rows, values

__all__ = ["ReadoutRegressor"]


class ReadoutRegressor(MultiOutputMixin, RegressorMixin, SequenceEstimator):
    """A network that is not trained, and a linear readout of its outputs by ridge regression.

    A subclass has the parameters ``alpha``, ``washout``, ``initial_state`` and ``random_state`` beside its own.
    """

    alpha: float
    washout: int | None
    initial_state: str
    random_state: Any

    def _default_washout(self) -> int:
        """How many steps are left out where ``washout`` is None."""
        return 0

    def fit(self, X: Any, y: Any) -> Self:
        """Run the network over the inputs, and fit the readout to the targets.

        Parameters
        ----------
        X : array-like, shape (steps, features) or (sequences, steps, features)
            The inputs.
        y : array-like, shape (steps,) or (steps, outputs), or with an axis of sequences before
            The targets of every step.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When data do not fit, a parameter is out of range, or the washout leaves no steps.
        """
        rows, lead = as_rows(X)
        targets = y if lead is None or y is None else _by_row(y, lead)
        rows, targets = validate_data(self, rows, targets, dtype=DTYPES, multi_output=True, y_numeric=True)
        inputs = rows.reshape(*(lead or (1, len(rows))), -1)
        alpha = is_float(self.alpha, "alpha", 0.)
        is_string(self.initial_state, "initial_state", ("zero", "last"))
        washout = is_integer(self.washout, "washout", 0, allow_none=True)
        skipped = self._default_washout() if washout is None else washout
        steps = inputs.shape[1]
        if skipped >= steps:
            raise ValueError(f"a washout of {skipped} steps leaves nothing to fit of sequences of {steps} steps "
                             f"(n_samples = {len(rows)}).")
        self._prepare(inputs.shape[2], 1, rows.dtype, check_random_state(self.random_state))
        features, self._last_state = self._run(inputs, None)
        kept = targets.reshape(*inputs.shape[:2], *targets.shape[1:])[:, skipped:]
        self.washout_ = skipped
        self.coef_, self.intercept_ = _ridge(features[:, skipped:], kept, alpha)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The outputs of the readout in every step.

        Parameters
        ----------
        X : array-like, shape (steps, features) or (sequences, steps, features)
            The inputs.

        Returns
        -------
        array, shape (steps,) or (steps, outputs), or with an axis of sequences before

        Raises
        ------
        ValueError
            When data do not fit, or there are other sequences than those that 'last' goes on with.
        """
        check_is_fitted(self)
        rows, lead = as_rows(X)
        rows = validate_data(self, rows, dtype=DTYPES, reset=False)
        inputs = rows.reshape(*(lead or (1, len(rows))), -1)
        last = is_string(self.initial_state, "initial_state", ("zero", "last")) == "last"
        features, _ = self._run(inputs, self._last_state if last else None)
        outputs = features @ self.coef_.T + self.intercept_
        return outputs if lead is not None else outputs[0]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The coefficient of determination R² of the predictions.

        Where they begin with states of zero, the first ``washout_`` steps of every sequence do not count, since such steps
        were not fitted either. (They do for the functions of ``sklearn.metrics``.)

        Parameters
        ----------
        X, y : array-like
            As for `fit`.
        sample_weight : array-like, optional
            The weight of every step, of the shape of the steps.

        Raises
        ------
        ValueError
            When data do not fit, or the washout leaves no steps.
        """
        predicted, lead = self.predict(X), as_rows(X)[1]
        check_consistent_length(predicted, y, sample_weight)
        parts = [part if part is None or lead else np.asarray(part)[None] for part in (y, predicted, sample_weight)]
        skipped, lead = 0 if self.initial_state == "last" else self.washout_, lead or (1, len(predicted))
        if skipped >= lead[1]:
            raise ValueError(f"a washout of {skipped} steps leaves nothing to measure of sequences of {lead[1]} steps.")
        targets, outputs, weights = [None if part is None else _by_row(part, lead, skipped) for part in parts]
        return float(r2_score(targets, outputs, sample_weight=weights))

    def _run(self, inputs: np.ndarray, state: dict[str, np.ndarray] | None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """What the readout gets, and the states of the network at the end; it starts from given states, or anew."""
        with self._running() as runner:
            network = runner.target
            network.reset_state(len(inputs))
            runner.reset()
            parts = {path: part for path, part in network.vars("relative").items() if path not in self.parameters_}
            for path, value in (state or {}).items():
                if parts[path].shape != value.shape:
                    raise ValueError(f"initial_state='last' goes on with the sequences of the fit: there must be as many of "
                                     f"them, but got {len(inputs)}.")
                parts[path].value = bm.asarray(value)
            outputs, _ = runner.run(np.asarray(inputs, self.dtype_), {"fit": False})
            return np.asarray(outputs), values(parts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True  # the tag without which steps would be expected not to depend on those before
        return tags


def _by_row(y: Any, lead: tuple[int, int], skipped: int = 0) -> np.ndarray:
    """Something of every step of every sequence, one row a step, but for some steps at the beginning."""
    array = np.asarray(y)
    if array.shape[:2] != lead:
        raise ValueError(f"targets of sequences need the shape ({lead[0]}, {lead[1]}) or ({lead[0]}, {lead[1]}, outputs), "
                         f"but got {array.shape}.")
    return array[:, skipped:].reshape(lead[0] * (lead[1] - skipped), *array.shape[2:])


def _ridge(features: np.ndarray, targets: np.ndarray, alpha: float) -> tuple[np.ndarray, Any]:
    """The weights of a linear readout, of shape ([outputs,] features), and its shift, which is not penalised."""
    x = np.asarray(features, np.float64).reshape(-1, features.shape[-1])
    y = np.asarray(targets, np.float64).reshape(len(x), *targets.shape[2:])
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    with bm.environment(x64=True):
        solved = RidgeRegression(alpha)((y - y_mean).reshape(len(x), -1), x - x_mean)
    weights = np.asarray(solved).T.reshape(*y.shape[1:], -1)
    return weights, y_mean - weights @ x_mean
