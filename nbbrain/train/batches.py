"""The batches of every epoch, from whatever data are given as."""
from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.errors import UnsupportedError

__all__ = ["Batches", "drawn_seed"]

Batch = tuple[Any, Any]


class Batches:
    """What is trained or tested on, as pairs ``(inputs, targets)``, anew in every epoch.

    Parameters
    ----------
    data : pair of arrays, iterable or callable
        - A pair ``(inputs, targets)`` of arrays, or of dicts of arrays, is cut into batches along its first axis.
        - A list of batches, or anything that can be gone through again and again, such as a data loader.
        - A function that returns one of these. It is called in every epoch; one with a parameter named ``epoch`` is told
          its number, so that its order can be a function of it.
    batch_size : int, optional
        For a pair of arrays.
    shuffle : bool
        Whether samples of arrays, or the batches of a list, come in another order in every epoch: a function of the seed and
        the number of the epoch, whatever else draws random numbers.
    seed : int, optional
        The seed of the order; by default it is drawn from ``bm.random``.

    Notes
    -----
    Tensors of other libraries are taken where they have a method ``numpy``.

    Examples
    --------
    >>> import numpy as np
    >>> from nbbrain.train.batches import Batches
    >>> batches = Batches((np.arange(4.), np.arange(4)), batch_size=2, shuffle=True, seed=1)
    >>> [targets.tolist() for _, targets in batches(0)] == [targets.tolist() for _, targets in batches(0)]
    True
    >>> batches.length
    2
    """

    def __init__(self, data: Any, batch_size: int | None = None, shuffle: bool = False, seed: int | None = None) -> None:
        if batch_size is not None and (not isinstance(batch_size, (int, np.integer)) or batch_size < 1):
            raise ValueError(f"batch_size must be an integer of at least 1, but got {batch_size!r}.")
        if not isinstance(shuffle, (bool, np.bool_)):
            raise TypeError(f"shuffle must be True or False, but got {shuffle!r}.")
        if seed is not None and not shuffle:
            raise ValueError("seed is that of the order of the data: give shuffle=True with it. Random numbers of models "
                             "are those of bm.random.seed(...).")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**63):
            raise ValueError(f"seed must be an integer from 0 to 2**63 - 1, but got {seed!r}.")
        self.data, self.batch_size, self.shuffle = data, batch_size, bool(shuffle)
        self.seed = None if not shuffle else drawn_seed() if seed is None else int(seed)
        self._told = callable(data) and _takes_epoch(data)

    @property
    def length(self) -> int | None:
        """The number of batches of an epoch, or None where it is not known before."""
        if callable(self.data):
            return None
        if _is_pair_of_arrays(self.data):
            return None if self.batch_size is None else -(-_count(self.data[0]) // self.batch_size)
        try:
            return len(self.data)
        except TypeError:
            return None

    def __call__(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch.

        Raises
        ------
        UnsupportedError
            For what is no batch, and arrays without ``batch_size``.
        ValueError
            Where there are none, as with a generator that an earlier epoch has used up.
        """
        source: Iterable[Any] = self.data
        if callable(self.data):
            source = self.data(epoch=epoch) if self._told else self.data()
        if _is_pair_of_arrays(source):
            source = self._cut(source, epoch)
        elif isinstance(source, (tuple, list)):
            source = [_pair(batch) for batch in source]  # all are looked at before one is used
            source = [source[i] for i in self._order(len(source), epoch)] if self.shuffle else source
        elif self.shuffle:
            raise UnsupportedError(f"shuffle=True needs arrays or a list of batches, but got {type(source).__name__}: "
                                   f"shuffle where the batches are made. A function with a parameter named epoch is told "
                                   f"its number.")
        count = 0
        for batch in source:
            count += 1
            yield _pair(batch)
        if not count:
            raise ValueError(f"there were no batches in epoch {epoch}. A generator gives its batches only once: pass the "
                             f"function that makes it, or a list.")

    def _order(self, count: int, epoch: int) -> np.ndarray:
        key = np.array([self.seed, epoch], np.uint64)
        return np.random.Generator(np.random.Philox(key=key)).permutation(count)

    def _cut(self, pair: Any, epoch: int) -> Iterator[Batch]:
        inputs, targets = _as_arrays(pair[0]), _as_arrays(pair[1])
        if self.batch_size is None:
            raise UnsupportedError("a pair of arrays needs batch_size; otherwise pass batches, as a list of (inputs, "
                                   "targets) or a function that yields them.")
        count = _count(inputs)
        if count != _count(targets):
            raise ValueError(f"inputs and targets must have one number of samples, but got {count} and {_count(targets)}.")
        order = self._order(count, epoch) if self.shuffle else None
        for start in range(0, count, self.batch_size):
            rows = slice(start, start + self.batch_size) if order is None else order[start:start + self.batch_size]
            yield _rows(inputs, rows), _rows(targets, rows)


def drawn_seed() -> int:
    """A seed from the default stream of random numbers."""
    low, high = np.asarray(bm.random.DEFAULT.split_key()).tolist()
    return (high << 32 | low) >> 1


def _takes_epoch(function: Any) -> bool:
    try:
        return "epoch" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some builtins have none
        return False


def _is_arrays(item: Any) -> bool:
    if isinstance(item, dict):
        return bool(item) and all(_is_arrays(part) for part in item.values())
    return hasattr(item, "shape")


def _is_pair_of_arrays(data: Any) -> bool:
    return isinstance(data, (tuple, list)) and len(data) == 2 and all(_is_arrays(item) for item in data)


def _count(arrays: Any) -> int:
    """The number of samples."""
    if not isinstance(arrays, dict):
        return int(arrays.shape[0])
    counts = {key: _count(part) for key, part in arrays.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"arrays must have one number of samples, but got {counts}.")
    return next(iter(counts.values()))


def _rows(arrays: Any, rows: Any) -> Any:
    return {key: _rows(part, rows) for key, part in arrays.items()} if isinstance(arrays, dict) else arrays[rows]


def _pair(batch: Any) -> Batch:
    if not (isinstance(batch, (tuple, list)) and len(batch) == 2):
        raise UnsupportedError(f"a batch must be a pair (inputs, targets), but got {type(batch).__name__}.")
    return _as_arrays(batch[0]), _as_arrays(batch[1])


def _as_arrays(item: Any) -> Any:
    """Tensors of other libraries as NumPy arrays; the rest as it is."""
    if isinstance(item, (np.ndarray, bm.Array)):
        return item
    if isinstance(item, dict):
        return {key: _as_arrays(part) for key, part in item.items()}
    if type(item) in (tuple, list) and item and not isinstance(item[0], (bool, int, float)):
        return type(item)([_as_arrays(part) for part in item])
    if hasattr(item, "numpy"):
        item = item.detach() if hasattr(item, "detach") else item
        item = item.cpu() if hasattr(item, "cpu") else item
        return item.numpy()
    return item
