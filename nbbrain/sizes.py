"""Sizes of populations and arrays: an integer or a sequence of integers."""
from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

__all__ = ["Size", "size2num", "to_size"]

Size = int | Sequence[int]


def to_size(size: Any) -> tuple[int, ...]:
    """A size as a tuple of integers.

    Raises
    ------
    ValueError
        When it is not an integer or a sequence of integers, or when one of them is negative.

    Examples
    --------
    >>> to_size(10), to_size([2, 3])
    ((10,), (2, 3))
    """
    items = size if isinstance(size, (tuple, list)) else (size,)
    try:
        lengths = tuple([operator.index(n) for n in items if not isinstance(n, bool) or _refuse(n)])
    except TypeError:
        raise ValueError(f"a size must be an integer or a sequence of integers, but got {size!r}.") from None
    if any(n < 0 for n in lengths):
        raise ValueError(f"a size must not be negative, but got {size!r}.")
    return lengths


def _refuse(item: Any) -> bool:
    raise TypeError(item)


def size2num(size: Any) -> int:
    """The number of elements of a size.

    Examples
    --------
    >>> size2num((2, 3))
    6
    """
    return math.prod(to_size(size))
