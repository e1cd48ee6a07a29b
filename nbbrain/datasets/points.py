"""Points in the plane: the Yin-Yang data set."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbbrain.check import is_float, is_integer
from nbbrain.datasets.results import Samples

__all__ = ["yin_yang", "yin_yang_splits"]

_DOT = 2


def yin_yang(size: int = 1000, seed: int | None = 42, r_small: float = 0.1, r_big: float = 0.5) -> Samples:
    """Points in the yin-yang figure: 0 is yin, 1 is yang, 2 are the two dots (Kriener, Göltz & Petrovici, 2021).

    For every sample a class is drawn, and then points of the square around the figure until one belongs to that class, so
    that classes are about equally frequent. A linear classifier gets about 64 % right, a network of one hidden layer 98 %.

    Parameters
    ----------
    size : int
        The number of samples.
    seed : int, optional
        Seed of a ``numpy.random.RandomState`` of its own, whose numbers are for ever the same: with the same seed, samples
        have the very bits of those that were published, which has 42 for training, 41 for validation and 40 for tests.
    r_small : float
        The radius of the dots; less than half of ``r_big``.
    r_big : float
        The radius of the figure, which touches both axes.

    Returns
    -------
    Samples
        ``inputs`` (size, 4), float64: x, y, 1 - x and 1 - y; ``labels`` (size,), int32.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> inputs, labels = bp.datasets.yin_yang(size=2, seed=42)
    >>> inputs.round(3).tolist(), labels.tolist()
    ([[0.68, 0.45, 0.32, 0.55], [0.098, 0.684, 0.902, 0.316]], [2, 1])
    """
    count = is_integer(size, "size", min_bound=1)
    big, small = float(is_float(r_big, "r_big", min_bound=0.)), float(is_float(r_small, "r_small", min_bound=0.))
    if not 0. < small < 0.5 * big:
        raise ValueError(f"r_small must be between 0 and half of r_big ({big}), but got {r_small!r}.")
    rng = np.random.RandomState(is_integer(seed, "seed", min_bound=0, allow_none=True))
    inputs, labels = np.empty((count, 4)), np.empty(count, dtype=np.int32)
    for i in range(count):
        wanted, found = rng.randint(3), -1
        while found != wanted:
            x, y = (rng.rand(2) * 2. * big).tolist()
            found = _class_of(x, y, small, big)
        inputs[i], labels[i] = (x, y, 1. - x, 1. - y), found
    return Samples(inputs, labels)


def yin_yang_splits(sizes: tuple[int, int, int] = (5000, 1000, 1000), seeds: tuple[int, int, int] = (42, 41, 40),
                    **options: Any) -> tuple[Samples, Samples, Samples]:
    """The samples for training, validation and tests that were published (Kriener, Göltz & Petrovici, 2021).

    Parameters
    ----------
    sizes, seeds : tuple of three int
        The numbers of samples, and the seeds.
    **options
        Further arguments of `yin_yang`.

    Returns
    -------
    tuple of three Samples

    Examples
    --------
    >>> import nbbrain as bp
    >>> train, validation, test = bp.datasets.yin_yang_splits(sizes=(20, 10, 10))
    >>> train.inputs.shape, test.labels.shape
    ((20, 4), (10,))
    """
    train, validation, test = [yin_yang(size, seed, **options) for size, seed in zip(sizes, seeds, strict=True)]
    return train, validation, test


def _class_of(x: float, y: float, small: float, big: float) -> int:
    """The class of a point, or -1 outside of the figure.

    The line between yin and yang is made of two half circles around the dots.
    """
    if _distance(x - big, y - big) > big:
        return -1
    right, left = _distance(x - 1.5 * big, y - big), _distance(x - 0.5 * big, y - big)
    if right < small or left < small:
        return _DOT
    return int(right <= small or small < left <= 0.5 * big or (y > big and right > 0.5 * big))


def _distance(x: float, y: float) -> float:
    """The length of a vector, rounded as the published samples need it; `math.hypot` rounds in another way."""
    return math.sqrt(x * x + y * y)
