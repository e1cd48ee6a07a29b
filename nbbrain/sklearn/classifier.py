"""Classification of sequences by networks that are trained by back-propagation through time."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from nbbrain.check import is_float, is_integer
from nbbrain.losses import cross_entropy_loss
from nbbrain.optimizers import Adam
from nbbrain.sklearn.base import DTYPES, SequenceEstimator, as_rows, values
from nbbrain.train import BPTT

__all__ = ["SequenceClassifier"]

_AT_ONCE = 256  # samples that run side by side in a prediction


class SequenceClassifier(ClassifierMixin, SequenceEstimator):
    """A network that reads a sequence a sample, and returns a number a class in every step.

    A subclass has the parameters ``hidden_layer_sizes``, ``learning_rate``, ``max_iter``, ``batch_size``, ``tol``,
    ``n_iter_no_change``, ``random_state`` and ``verbose`` beside its own.
    """

    hidden_layer_sizes: Any
    learning_rate: float
    max_iter: int
    batch_size: int
    tol: float
    n_iter_no_change: int
    random_state: Any
    verbose: bool

    def _learn_scale(self, rows: np.ndarray) -> None:
        """Learn from the features what `_sequences` needs."""

    def _sequences(self, X: np.ndarray) -> np.ndarray:
        """What the network reads, of shape (samples, steps, ...), for features of shape (samples, [steps,] features)."""
        raise NotImplementedError

    def _logits(self, outputs: Any) -> Any:
        """A number a class, of shape (samples, classes), for outputs of shape (samples, steps, classes)."""
        raise NotImplementedError

    def _sizes(self) -> tuple[int, ...]:
        """The sizes of the hidden layers."""
        given = self.hidden_layer_sizes
        sizes = tuple(given) if isinstance(given, (list, tuple, np.ndarray)) else (given,)
        return tuple([int(is_integer(size, "hidden_layer_sizes", 1)) for size in sizes])

    def fit(self, X: Any, y: Any) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like, shape (samples, features) or (samples, steps, features)
            The samples.
        y : array-like, shape (samples,)
            Their classes.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When data do not fit, or a parameter is out of range.
        """
        features, labels = self._validated(X, y)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        rng = check_random_state(self.random_state)
        self._learn_scale(features.reshape(-1, features.shape[-1]))
        num_in = self._sequences(features[:1]).shape[2]
        self._prepare(num_in, len(self.classes_), features.dtype, rng)
        self._train(features, codes, rng)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of every class.

        Parameters
        ----------
        X : array-like, shape (samples, features) or (samples, steps, features)
            The samples.

        Returns
        -------
        array, shape (samples, classes)
            In the order of ``classes_``.
        """
        check_is_fitted(self)
        rows, lead = as_rows(X)
        rows = validate_data(self, rows, dtype=DTYPES, reset=False)
        features = rows if lead is None else rows.reshape(*lead, -1)
        logits = np.concatenate([self._run(features[start:start + _AT_ONCE]) for start in range(0, len(features), _AT_ONCE)])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of every sample.

        Parameters
        ----------
        X : array-like, shape (samples, features) or (samples, steps, features)
            The samples.

        Returns
        -------
        array, shape (samples,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _validated(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Features, of shape (samples, [steps,] features), and labels."""
        rows, lead = as_rows(X)
        if lead is None:
            return validate_data(self, rows, y, dtype=DTYPES)
        rows, labels = validate_data(self, rows, dtype=DTYPES), validate_data(self, y=y)
        features = rows.reshape(*lead, -1)
        check_consistent_length(features, labels)
        return features, labels

    def _train(self, features: np.ndarray, codes: np.ndarray, rng: np.random.RandomState) -> None:
        """Train the parameters, until the loss stays where it is."""
        rate, tol = is_float(self.learning_rate, "learning_rate", 0.), is_float(self.tol, "tol")
        epochs, size = is_integer(self.max_iter, "max_iter", 1), is_integer(self.batch_size, "batch_size", 1)
        patience = is_integer(self.n_iter_no_change, "n_iter_no_change", 1)

        starts = range(0, len(features), size)
        shares = np.diff([*starts, len(features)]) / len(features)

        def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
            order = rng.permutation(len(features))
            for start in starts:
                chosen = order[start:start + size]
                yield self._sequences(features[chosen]), codes[chosen]

        self.loss_curve_: list[float] = []
        best, waited = np.inf, 0
        with self._running() as runner:
            trainer = BPTT(runner.target, self._loss, Adam(rate), progress_bar=False)
            trainer.runner = runner
            while len(self.loss_curve_) < epochs and waited < patience:
                trainer.fit(batches, num_epoch=1, num_report=sys.maxsize, guard=False)
                losses = trainer.get_hist_metric("fit", "loss", "detailed")[-len(starts):]
                self.loss_curve_.append(float(losses @ shares))
                if not np.isfinite(self.loss_curve_[-1]):
                    raise ValueError(f"the loss is {self.loss_curve_[-1]} in epoch {len(self.loss_curve_)}: use a lower "
                                     f"learning_rate, and features of about 1 in size.")
                waited = 0 if self.loss_curve_[-1] < best - tol else waited + 1
                best = min(best, self.loss_curve_[-1])
                if self.verbose:
                    print(f"Epoch {len(self.loss_curve_)}, loss {self.loss_curve_[-1]:.6g}")
            self.parameters_ = values(dict(runner.target.train_vars("relative")))
        self.n_iter_, self.loss_ = len(self.loss_curve_), self.loss_curve_[-1]

    def _loss(self, outputs: Any, codes: Any) -> Any:
        """The cross-entropy of the classes."""
        return cross_entropy_loss(self._logits(outputs), codes)

    def _run(self, features: np.ndarray) -> np.ndarray:
        """The logits of some samples."""
        sequences = self._sequences(features)
        if sequences.shape[2] != self._fitted["num_in"]:
            raise ValueError(f"the network reads {self._fitted['num_in']} features a step, but got {sequences.shape[2]}: X "
                             f"must have as many axes as in the fit.")
        with self._running() as runner:
            runner.target.reset_state(len(sequences))
            runner.reset()
            outputs, _ = runner.run(np.asarray(sequences, self.dtype_), {"fit": False})
            return np.asarray(self._logits(outputs), np.float64)
