"""Convolution of vectors. The whole of it is the operation; other modes and ``correlate`` are forms of it."""
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


def _convolution(a: Any, v: Any, mode: str, middle: int | None) -> Any:
    """A part of the whole convolution; 'same' starts at ``middle``, or in the middle of the shorter vector."""
    a, v = [reshape(x, (1,)) if not shape_of(x) else x for x in same_dtype((a, v))]
    if len(shape_of(a)) != 1 or len(shape_of(v)) != 1 or 0 in (*shape_of(a), *shape_of(v)):
        raise ValueError(f"vectors that are not empty are needed, but got shapes {shape_of(a)} and {shape_of(v)}.")
    long, short = sorted((shape_of(a)[0], shape_of(v)[0]), reverse=True)
    parts = {"full": (0, long + short - 1), "valid": (short - 1, long - short + 1),
             "same": ((short - 1) // 2 if middle is None else middle, long)}
    if mode not in parts:
        raise ValueError(f"mode must be one of {sorted(parts)}, but got {mode!r}.")
    start, size = parts[mode]
    return get_item(_convolve(a, v), (slice(start, start + size),))


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors: all of it, the middle of the longer one's size, or where they overlap wholly."""
    return _convolution(a, v, mode, None)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors, sum over n of a[n + k] conj(v[n])."""
    sizes = int(np.prod(shape_of(a))), int(np.prod(shape_of(v)))
    return _convolution(a, conjugate(flip(v)), mode, sizes[0] // 2 if sizes[0] < sizes[1] else None)


answer_for({np.convolve: convolve, np.correlate: correlate}, arrays=2)
