"""Sorting, searching, sets, and indices."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import searching, sorting
from nbbrain.operations.operation import shape_of

__all__ = [
    "argsort", "argwhere", "diag_indices", "diag_indices_from", "digitize", "flatnonzero", "in1d", "intersect1d", "isin",
    "ix_", "lexsort", "mask_indices", "msort", "nonzero", "packbits", "ravel_multi_index", "searchsorted", "setdiff1d",
    "setxor1d", "sort", "sort_complex", "tril_indices", "tril_indices_from", "triu_indices", "triu_indices_from",
    "union1d", "unique", "unpackbits", "unravel_index",
]

sort = lift(sorting.sort)
msort = lift(sorting.msort)
sort_complex = host(np.sort_complex)
argsort = lift(sorting.argsort)
lexsort = lift(searching.lexsort)
searchsorted = lift(sorting.searchsorted)
digitize = lift(searching.digitize)
argwhere = host(np.argwhere, discrete=True)
nonzero = host(np.nonzero, discrete=True)
flatnonzero = host(np.flatnonzero, discrete=True)

unique = host(np.unique)
union1d = host(np.union1d, arrays=2)
intersect1d = host(np.intersect1d, arrays=2)
setdiff1d = host(np.setdiff1d, arrays=2)
setxor1d = host(np.setxor1d, arrays=2)
isin = lift(searching.isin)
in1d = lift(searching.in1d, arrays=2)


ix_ = lift(searching.ix_)
diag_indices = host(np.diag_indices, arrays=0)

@lift
def diag_indices_from(arr: Any) -> tuple[np.ndarray, ...]:
    """The indices of the main diagonal of an array, which has two axes or more of one size."""
    shape = shape_of(arr)
    if len(shape) < 2 or len(set(shape)) != 1:
        raise ValueError(f"diag_indices_from: two axes or more of one size are needed, but got shape {shape}.")
    return np.diag_indices(shape[0], len(shape))


@lift
def tril_indices_from(arr: Any, k: int = 0) -> tuple[np.ndarray, ...]:
    """The indices of the elements of a matrix on its k-th diagonal and below."""
    rows, columns = _matrix_shape(arr)
    return np.tril_indices(rows, k, columns)


@lift
def triu_indices_from(arr: Any, k: int = 0) -> tuple[np.ndarray, ...]:
    """The indices of the elements of a matrix on its k-th diagonal and above."""
    rows, columns = _matrix_shape(arr)
    return np.triu_indices(rows, k, columns)


def _matrix_shape(arr: Any) -> tuple[int, ...]:
    if len(shape_of(arr)) != 2:
        raise ValueError(f"a matrix is needed, but got shape {shape_of(arr)}.")
    return shape_of(arr)


tril_indices = host(np.tril_indices, arrays=0)
triu_indices = host(np.triu_indices, arrays=0)
mask_indices = host(np.mask_indices, arrays=0)
ravel_multi_index = lift(searching.ravel_multi_index)
unravel_index = lift(searching.unravel_index)

packbits = lift(searching.packbits)
unpackbits = lift(searching.unpackbits)
