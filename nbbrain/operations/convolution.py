"""Convolution of vectors. ``convolve`` in full is the operation; other modes and ``correlate`` are forms of it."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.elementwise import conjugate
from nbbrain.operations.indexing import get_item
from nbbrain.operations.operation import Operation, answer_for, shape_of
from nbbrain.operations.shapes import flip, reshape, same_dtype
from nbbrain.operations.symbolic import Abstract

__all__ = ["convolve", "correlate"]


def _rule(g: Any, other: Any, size: int) -> Any:
    """The cotangent of one vector: g correlated with the other, where they overlap completely."""
    start = shape_of(other)[0] - 1
    return get_item(_convolve(g, flip(other)), (slice(start, start + size),))


_convolve = Operation("convolve", lambda a, v: np.convolve(a, v),
                      infer=lambda a, v: Abstract((a.shape[0] + v.shape[0] - 1,), a.dtype),
                      derivatives=(lambda g, z, a, v: _rule(g, v, shape_of(a)[0]),
                                   lambda g, z, a, v: _rule(g, a, shape_of(v)[0])))


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors: all of it, the middle of the longer one's size, or where they overlap completely."""
    a, v = [reshape(x, (1,)) if not shape_of(x) else x for x in same_dtype((a, v))]
    if len(shape_of(a)) != 1 or len(shape_of(v)) != 1:
        raise ValueError(f"convolve: vectors are needed, but got shapes {shape_of(a)} and {shape_of(v)}.")
    long, short = sorted((shape_of(a)[0], shape_of(v)[0]), reverse=True)
    if not short:
        raise ValueError(f"convolve: vectors must not be empty, but got shapes {shape_of(a)} and {shape_of(v)}.")
    parts = {"full": (0, long + short - 1), "same": ((short - 1) // 2, long), "valid": (short - 1, long - short + 1)}
    if mode not in parts:
        raise ValueError(f"convolve: mode must be one of {sorted(parts)}, but got {mode!r}.")
    start, size = parts[mode]
    return get_item(_convolve(a, v), (slice(start, start + size),))


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors, sum over n of a[n + k] conj(v[n])."""
    return convolve(a, conjugate(flip(v)), mode)


answer_for({np.convolve: convolve, np.correlate: correlate}, arrays=2)
