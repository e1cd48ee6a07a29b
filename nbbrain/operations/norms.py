"""Norms of vectors and matrices."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from nbbrain.operations import reductions
from nbbrain.operations.decompositions import svd
from nbbrain.operations.elementwise import (
    absolute,
    cast_like,
    divide,
    greater,
    is_complex,
    maximum,
    multiply,
    not_equal,
    power,
    sqrt,
    square,
    where,
)
from nbbrain.operations.indexing import get_item
from nbbrain.operations.linear_algebra import inv
from nbbrain.operations.operation import answer_for, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import expand_dims, moveaxis

__all__ = ["clip_by_norm", "cond", "euclidean_norm", "norm"]


def _root(x: Any) -> Any:
    """The square root, with derivative 0 at 0."""
    positive = greater(x, 0)
    return where(positive, sqrt(where(positive, x, 1)), 0)


def _square(x: Any) -> Any:
    return square(absolute(x)) if is_complex(x) else square(x)


def euclidean_norm(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The square root of the sum of squares over axes; its derivative at 0 is 0."""
    return _root(reductions.sum(_square(as_inexact(x)), axis=axis, keepdims=keepdims))


def clip_by_norm(t: Any, clip_norm: Any, axis: Any = None) -> Any:
    """Vectors along axes (all of them by default) scaled down so that their Euclidean norm is at most ``clip_norm``."""
    length = euclidean_norm(t, axis, keepdims=True)
    return divide(multiply(t, clip_norm), maximum(length, clip_norm))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors or matrices, of any of NumPy's orders."""
    x = as_inexact(x)
    ndim = len(shape_of(x))
    if axis is None and (ord is None or (ord == 2 and ndim == 1) or (ord == "fro" and ndim == 2)):
        return euclidean_norm(x, None, keepdims)
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    raise ValueError(f"norm: one or two axes are needed, but got {axes}.")


def _vector_norm(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    if ord is None or ord == 2:
        return euclidean_norm(x, axis, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: {ord!r} is no order of a norm of vectors.")
    size = absolute(x)
    if ord == np.inf:
        return reductions.max(size, axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return reductions.min(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return cast_like(reductions.sum(not_equal(x, 0), axis=axis, keepdims=keepdims), size)
    if ord == 1:
        return reductions.sum(size, axis=axis, keepdims=keepdims)
    return power(reductions.sum(power(size, float(ord)), axis=axis, keepdims=keepdims), 1.0 / ord)


def _matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if axes[0] == axes[1]:
        raise ValueError(f"norm: two different axes are needed, but got {axes}.")
    if ord in (None, "fro"):
        return euclidean_norm(x, axes, keepdims)
    matrices = moveaxis(x, axes, (-2, -1))
    reduce_by: dict[Any, Any] = {1: (-2, reductions.max), -1: (-2, reductions.min), np.inf: (-1, reductions.max),
                                 -np.inf: (-1, reductions.min)}
    singular: dict[Any, Any] = {2: reductions.max, -2: reductions.min, "nuc": reductions.sum}
    if ord in reduce_by:
        inner, choose = reduce_by[ord]
        result = choose(reductions.sum(absolute(matrices), axis=inner), axis=-1)
    elif ord in singular:
        result = singular[ord](svd(matrices, compute_uv=False), axis=-1)
    else:
        raise ValueError(f"norm: {ord!r} is no order of a norm of matrices.")
    return expand_dims(result, tuple(sorted(axes))) if keepdims else result


def cond(x: Any, p: Any = None) -> Any:
    """The condition number of matrices in a norm; infinite for singular ones."""
    if p in (None, 2, -2):
        s = svd(as_inexact(x), compute_uv=False)
        largest, smallest = get_item(s, (Ellipsis, 0)), get_item(s, (Ellipsis, -1))
        with np.errstate(divide="ignore"):
            return divide(smallest, largest) if p == -2 else divide(largest, smallest)
    return multiply(norm(x, p, (-2, -1)), norm(inv(x), p, (-2, -1)))


answer_for({np.linalg.norm: norm, np.linalg.cond: cond})
