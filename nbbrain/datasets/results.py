"""What data sets return, and how they are cut into batches."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nbbrain.check import is_integer

__all__ = ["Batches", "Samples", "Trials", "generator"]


class Samples(NamedTuple):
    """Inputs that are to be told apart; a pair that a trainer takes as it is.

    Examples
    --------
    >>> import nbbrain as bp
    >>> inputs, labels = bp.datasets.yin_yang(size=3)
    """

    inputs: np.ndarray
    """The samples: what is given, one row a sample."""
    labels: np.ndarray
    """The class of every sample, int32, shape (samples,)."""


class Trials(NamedTuple):
    """Sequences, and what is to be answered in every step of them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.adding_problem(num_sample=4, num_step=20, seed=0)
    >>> trials.inputs.shape, trials.targets.shape, int(trials.mask.sum())
    ((4, 20, 2), (4, 20, 1), 4)
    """

    inputs: np.ndarray
    """What a model is given, shape (samples, steps, channels)."""
    targets: np.ndarray
    """The answers: classes, int32 of shape (samples, steps), or values of shape (samples, steps, outputs)."""
    mask: np.ndarray
    """In which steps the answer counts: bool, shape (samples, steps)."""
    info: dict[str, np.ndarray]
    """What the samples were made from, by name; each function says what."""


class Batches:
    """Cuts arrays into batches, in a new order in every epoch.

    Iterated over, or called, as `nbbrain.BPTT.fit` does, it gives pairs (inputs, targets).

    Parameters
    ----------
    inputs : array, shape (samples, ...)
        The inputs.
    targets : array or tuple of arrays, each of shape (samples, ...)
        The targets; a tuple, such as that of targets and mask, stays one.
    batch_size : int
        The number of samples in a batch.
    shuffle : bool
        Whether samples are put in another order in every epoch.
    seed : int, optional
        Seed of a random generator of its own.
    drop_last : bool
        Whether what is left at the end and too little for a batch is left out.

    Raises
    ------
    ValueError
        When arrays have different numbers of samples, or there is no batch.

    Examples
    --------
    >>> import nbbrain as bp
    >>> trials = bp.datasets.copy_memory(num_sample=10, delay=5, seed=0)
    >>> batches = bp.datasets.Batches(trials.inputs, (trials.targets, trials.mask), batch_size=4, seed=0)
    >>> len(batches), [inputs.shape[0] for inputs, (targets, mask) in batches]
    (3, [4, 4, 2])
    """

    def __init__(self, inputs: Any, targets: Any, batch_size: int, shuffle: bool = True, seed: int | None = None,
                 drop_last: bool = False) -> None:
        self.batch_size = int(is_integer(batch_size, "batch_size", min_bound=1))
        self.inputs, self.targets = inputs, targets
        arrays = [inputs, *(targets if isinstance(targets, tuple) else (targets,))]
        lengths = [len(array) for array in arrays]
        if len(set(lengths)) > 1:
            raise ValueError(f"inputs and targets must have one number of samples, but got {lengths}.")
        self.num_sample, self.shuffle, self.drop_last = lengths[0], bool(shuffle), bool(drop_last)
        if not len(self):
            raise ValueError(f"{self.num_sample} samples are not enough for a batch of {batch_size}.")
        self._rng = generator(seed)

    def __len__(self) -> int:
        whole, rest = divmod(self.num_sample, self.batch_size)
        return whole + bool(rest and not self.drop_last)

    def __call__(self) -> Iterator[tuple[Any, Any]]:
        """The batches of one epoch."""
        return iter(self)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        order = self._rng.permutation(self.num_sample) if self.shuffle else np.arange(self.num_sample)
        for i in range(len(self)):
            chosen = order[i * self.batch_size:(i + 1) * self.batch_size]
            several = isinstance(self.targets, tuple)
            yield self.inputs[chosen], tuple([x[chosen] for x in self.targets]) if several else self.targets[chosen]


def generator(seed: Any) -> np.random.Generator:
    """A random generator that nothing else draws from; from the system's entropy without a seed.

    Raises
    ------
    ValueError
        For a seed that is none.
    """
    return np.random.default_rng(is_integer(seed, "seed", min_bound=0, allow_none=True))
