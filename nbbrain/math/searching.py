"""Sorting, searching, sets, and indices."""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from nbbrain.math.lifting import host, lift
from nbbrain.operations import sorting

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
lexsort = host(np.lexsort, discrete=True)
searchsorted = lift(sorting.searchsorted)
digitize = host(np.digitize, arrays=2, discrete=True)
argwhere = host(np.argwhere, discrete=True)
nonzero = host(np.nonzero, discrete=True)
flatnonzero = host(np.flatnonzero, discrete=True)

unique = host(np.unique)
union1d = host(np.union1d, arrays=2)
intersect1d = host(np.intersect1d, arrays=2)
setdiff1d = host(np.setdiff1d, arrays=2)
setxor1d = host(np.setxor1d, arrays=2)
isin = host(np.isin, arrays=2, discrete=True)


@partial(host, arrays=2, discrete=True)
def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether the elements of the flattened first array are in the second."""
    return np.isin(np.ravel(ar1), ar2, assume_unique, invert)


ix_ = host(np.ix_, arrays="all", discrete=True)
diag_indices = host(np.diag_indices, arrays=0)
diag_indices_from = host(np.diag_indices_from, discrete=True)
tril_indices = host(np.tril_indices, arrays=0)
tril_indices_from = host(np.tril_indices_from, discrete=True)
triu_indices = host(np.triu_indices, arrays=0)
triu_indices_from = host(np.triu_indices_from, discrete=True)
mask_indices = host(np.mask_indices, arrays=0)
ravel_multi_index = host(np.ravel_multi_index, arrays=0)
unravel_index = host(np.unravel_index)

packbits = host(np.packbits)
unpackbits = host(np.unpackbits)
