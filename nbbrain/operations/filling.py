"""Arrays made after another one: filled with a number, or copied."""
from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.operations.operation import answer_for, cast, dtype_of, shape_of
from nbbrain.operations.shapes import broadcast_to

__all__ = ["copy", "empty_like", "full_like", "ones_like", "size_of", "zeros_like"]


def size_of(shape: Any, name: str) -> tuple[int, ...]:
    """A shape, given as an integer or a sequence of integers; anything else is an error."""
    sizes: tuple[int, ...]
    try:
        sizes = (operator.index(shape),)
    except TypeError:
        try:
            sizes = tuple([operator.index(n) for n in shape])
        except TypeError:
            raise TypeError(f"{name}: a shape is an integer or a sequence of integers, but got {shape!r}.") from None
    if any(n < 0 for n in sizes):
        raise ValueError(f"{name}: sizes must not be negative, but got {shape!r}.")
    return sizes


def _like(a: Any, shape: Any, dtype: DTypeLike | None, name: str) -> tuple[tuple[int, ...], np.dtype]:
    own = dtype_of(a)
    return (tuple(shape_of(a)) if shape is None else size_of(shape, name),
            np.dtype(own if dtype is None else dtype))


def zeros_like(a: Any, dtype: DTypeLike | None = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    """Zeros of the shape and the dtype of an array."""
    return np.zeros(*_like(a, shape, dtype, "zeros_like"))


def ones_like(a: Any, dtype: DTypeLike | None = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    """Ones of the shape and the dtype of an array."""
    return np.ones(*_like(a, shape, dtype, "ones_like"))


def empty_like(a: Any, dtype: DTypeLike | None = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    """An array of the shape and the dtype of another, whose elements are zeros."""
    return np.zeros(*_like(a, shape, dtype, "empty_like"))


def full_like(a: Any, fill_value: Any, dtype: DTypeLike | None = None, order: str = "K", subok: bool = True,
              shape: Any = None) -> Any:
    """An array of the shape and the dtype of another, filled with a number or a broadcast array."""
    shape, kind = _like(a, shape, dtype, "full_like")
    return broadcast_to(cast(fill_value, dtype=kind), shape)


def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """An array of the same elements that is independent of the other."""
    return np.array(a) if isinstance(a, (np.ndarray, np.generic, bool, int, float, complex)) else a


answer_for({np.copy: copy, np.zeros_like: zeros_like, np.ones_like: ones_like, np.empty_like: empty_like})
answer_for({np.full_like: full_like}, arrays=2)
