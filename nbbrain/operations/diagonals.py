"""Diagonals and triangles of matrices."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.contraction import diagonal
from nbbrain.operations.elementwise import where
from nbbrain.operations.indexing import set_item
from nbbrain.operations.operation import answer_for, dtype_of, shape_of
from nbbrain.operations.shapes import reshape, tile

__all__ = ["diag", "diagflat", "fill_diagonal", "remove_diag", "tril", "triu"]


def _dtype(a: Any) -> np.dtype:
    dtype = dtype_of(a)
    return dtype if isinstance(dtype, np.dtype) else np.dtype(dtype)


def diag(v: Any, k: int = 0) -> Any:
    """The matrix with a vector on a diagonal, or the diagonal of a matrix."""
    shape = shape_of(v)
    if len(shape) not in (1, 2):
        raise ValueError(f"diag: a vector or a matrix is needed, but got an array of shape {shape}.")
    if len(shape) == 2:
        return diagonal(v, k)
    n = shape[0] + abs(k)
    rows = np.arange(shape[0]) - min(k, 0)
    return set_item(np.zeros((n, n), _dtype(v)), (rows, rows + k), v)


def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix with all elements of an array on a diagonal."""
    return diag(reshape(v, (-1,)), k)


def _triangle(m: Any, k: int, lower: bool) -> Any:
    shape = shape_of(m)
    if not shape:
        raise ValueError("a triangle needs an array with at least one axis.")
    columns = shape[-1]
    rows = shape[-2] if len(shape) > 1 else columns
    mask = np.tri(rows, columns, k if lower else k - 1, dtype=bool)
    return where(mask if lower else ~mask, m, np.zeros((), _dtype(m)))


def tril(m: Any, k: int = 0) -> Any:
    """The matrix with zeros above the k-th diagonal."""
    return _triangle(m, k, True)


def triu(m: Any, k: int = 0) -> Any:
    """The matrix with zeros below the k-th diagonal."""
    return _triangle(m, k, False)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> Any:
    """A copy of an array with a number, or numbers in turn, on its main diagonal.

    With ``wrap``, the diagonal of a tall matrix begins again below the square.
    """
    shape = shape_of(a)
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ValueError(f"fill_diagonal: a matrix, or an array with axes of one size, is needed, but got shape {shape}.")
    size = int(np.prod(shape, dtype=np.int64))
    step = shape[1] + 1 if len(shape) == 2 else 1 + int(np.sum(np.cumprod(shape[:-1], dtype=np.int64)))
    end = size if wrap or len(shape) > 2 else min(size, shape[1] * shape[1])
    positions = np.arange(0, end, step)
    count = int(np.prod(shape_of(val), dtype=np.int64))
    if shape_of(val):
        val = tile(reshape(val, (-1,)), -(-len(positions) // count))[:len(positions)]
    return reshape(set_item(reshape(a, (-1,)), positions, val), shape)


def remove_diag(arr: Any) -> Any:
    """A matrix without its main diagonal, with one column less."""
    shape = shape_of(arr)
    if len(shape) != 2 or shape[0] > shape[1]:
        raise ValueError(f"remove_diag: a matrix with a diagonal element in every row is needed, but got shape {shape}.")
    rows = np.arange(shape[0])[:, None]
    columns = np.arange(max(shape[1] - 1, 0))
    return arr[rows, columns + (columns >= rows)]


answer_for({np.diag: diag, np.diagflat: diagflat, np.tril: tril, np.triu: triu})
