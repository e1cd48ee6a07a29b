"""What all estimators share: sequences as data, networks that are kept for the next fit, and one environment at a time."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

import nbbrain.math as bm
from nbbrain.dynsys.share import share
from nbbrain.runners.sequence import SequenceRunner

__all__ = ["DTYPES", "SequenceEstimator", "as_rows"]

DTYPES = [np.float64, np.float32]
"""The dtypes of features; those of others become the first."""
_turn = threading.RLock()


class SequenceEstimator(BaseEstimator):
    """An estimator whose features run through a network, step by step.

    A subclass defines `_structure`, from its parameters, and `_network`. Networks and what was compiled for them are kept by
    structure and used again, by other fits and other estimators, too; an estimator itself holds arrays, so that it can be
    copied and stored in files.
    """

    parameters_: dict[str, np.ndarray]
    dtype_: np.dtype
    _fitted: dict[str, Any]

    def _structure(self, num_in: int, num_out: int) -> dict[str, Any]:
        """The arguments of `_network`, checked: all that decides which operations there are, and nothing else."""
        raise NotImplementedError

    @staticmethod
    def _network(*_: Any, **structure: Any) -> Any:
        """A network with a batch axis, whose parameters are trainable variables."""
        raise NotImplementedError

    def _drawn(self, structure: dict[str, Any]) -> dict[str, np.ndarray]:
        """Random parameters for the network, by path."""
        return values(_parameters(self._network(**structure)))

    def _prepare(self, num_in: int, num_out: int, dtype: Any, rng: np.random.RandomState) -> None:
        """Note the structure, and draw parameters."""
        self.dtype_ = np.dtype(dtype)
        self._fitted = self._structure(num_in, num_out)
        with self._computing(), bm.environment(mode=bm.training_mode):
            bm.random.seed(rng.randint(np.iinfo(np.int32).max))
            self.parameters_ = self._drawn(self._fitted)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        """The environment of all computations: the dtype is the features'.

        What the user shares, and the user's stream of random numbers, stay as they are.
        """
        with _turn, bm.environment(x64=self.dtype_ == np.float64), share.saved():
            drawn = bm.random.DEFAULT.value
            try:
                yield
            finally:
                bm.random.DEFAULT.value = drawn

    @contextmanager
    def _running(self) -> Iterator[SequenceRunner]:
        """What runs the fitted network, with its parameters in place, and the environment for it."""
        with self._computing():
            runner = _kept_runner(self._network, tuple(self._fitted.items()), self.dtype_.char)
            for path, variable in _parameters(runner.target).items():
                variable.value = bm.asarray(self.parameters_[path])
            yield runner

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


@lru_cache(maxsize=32)
def _kept_runner(network: Callable[..., Any], structure: tuple[tuple[str, Any], ...], dtype: str) -> SequenceRunner:
    """What runs a network of a structure, in steps of 1 ms; the dtype is that of the environment it is called in."""
    with bm.environment(mode=bm.training_mode):
        return SequenceRunner(network(**dict(structure)), dt=1.0)


def _parameters(network: Any) -> dict[str, bm.Variable]:
    return dict(network.train_vars("relative"))


def values(variables: dict[str, bm.Variable]) -> dict[str, np.ndarray]:
    """The values of variables, as arrays of their own."""
    return {path: np.array(bm.as_numpy(variable)) for path, variable in variables.items()}


def as_rows(X: Any) -> tuple[Any, tuple[int, int] | None]:
    """Sequences, of shape (samples, steps, features), as rows of features, and the numbers of samples and steps.

    What has no three axes is returned as it is, with None.
    """
    if (X if hasattr(X, "ndim") else np.asarray(X)).ndim != 3:
        return X, None
    array = np.asarray(X)
    samples, steps, features = array.shape
    return array.reshape(samples * steps, features), (samples, steps)
