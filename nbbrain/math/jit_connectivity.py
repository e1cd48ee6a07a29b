"""Products with random matrices that a seed determines: only the seed has to be stored.

A matrix of a shape has an element at every place with the probability ``conn_prob``. Its places follow from shape,
probability and seed (gaps between elements are geometrically distributed), so the same arguments always mean the same
matrix.
"""
from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nbbrain.math.creation import asarray
from nbbrain.math.random import DEFAULT
from nbbrain.math.sparse import csr_matvec, event_csr_matvec

__all__ = [
    "event_matvec_prob_conn_homo_weight", "event_matvec_prob_conn_normal_weight", "event_matvec_prob_conn_uniform_weight",
    "matmat_prob_conn_homo_weight", "matmat_prob_conn_normal_weight", "matmat_prob_conn_uniform_weight",
    "matvec_prob_conn_homo_weight", "matvec_prob_conn_normal_weight", "matvec_prob_conn_uniform_weight",
]

_KEPT = 16
"""Matrices whose places are kept for the next call."""


@lru_cache(maxsize=_KEPT)
def _places(shape: tuple[int, int], probability: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The columns of the elements, and where rows begin."""
    rng, size = np.random.Generator(np.random.Philox(seed)), shape[0] * shape[1]
    places, last = [np.empty(0, np.int64)], -1
    while probability > 0 and last < size:
        count = int((size - last) * probability * 1.05) + 64
        found = last + np.cumsum(rng.geometric(probability, count))
        places.append(found[found < size])
        last = int(found[-1])
    rows, columns = np.divmod(np.concatenate(places), shape[1])
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    return columns.astype(np.int32), pointers.astype(np.int32)


@lru_cache(maxsize=_KEPT)
def _draws(count: int, kind: str, seed: int) -> np.ndarray:
    """A standard normal or uniform number for every element."""
    rng = np.random.Generator(np.random.Philox([seed, 1]))
    return (rng.standard_normal(count) if kind == "normal" else rng.random(count)).astype(np.float32)


def _product(vector: Any, conn_prob: float, shape: Any, seed: int | None, transpose: bool, events: bool, kind: str,
             first: Any, second: Any) -> Any:
    if not (isinstance(conn_prob, (int, float)) and 0. <= conn_prob <= 1.):
        raise ValueError(f"conn_prob must be a probability, but got {conn_prob!r}.")
    chosen = int(DEFAULT.randint(0, 2**31 - 1)) if seed is None else int(seed)
    size = (int(shape[0]), int(shape[1]))
    columns, pointers = _places(size, float(conn_prob), chosen)
    if kind == "same":
        data = first
    elif kind == "normal":
        data = asarray(_draws(columns.size, kind, chosen)) * second + first
    else:
        data = asarray(_draws(columns.size, kind, chosen)) * (second - first) + first
    if events or transpose:
        return event_csr_matvec(data, columns, pointers, vector, size, transpose=transpose)
    return csr_matvec(data, columns, pointers, vector, size)


def matvec_prob_conn_homo_weight(vector: Any, weight: Any, conn_prob: float, shape: tuple[int, int], seed: int | None = None,
                                 transpose: bool = False, outdim_parallel: bool = True, version: str = "v2") -> Any:
    """The product of a random matrix, all of whose elements have one weight, and a vector.

    Parameters
    ----------
    vector : array, shape (..., columns), or (..., rows) with ``transpose``
        The vector.
    weight : float
        The weight of every element.
    conn_prob : float
        The probability of an element at every place.
    shape : tuple of int
        The rows and columns of the matrix.
    seed : int, optional
        Determines the matrix; without it every call draws another one, from the default random stream.
    transpose : bool
        Whether the matrix is transposed.
    outdim_parallel, version
        Accepted for compatibility.

    Returns
    -------
    Array, shape (..., rows), or (..., columns) with ``transpose``

    Raises
    ------
    ValueError
        When conn_prob is no probability, or the vector has another size.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matvec_prob_conn_homo_weight(bm.ones(1000), 0.5, 1., (3, 1000), seed=1)
    Array(value=Array([500., 500., 500.]), dtype=float32)
    """
    return _product(vector, conn_prob, shape, seed, transpose, False, "same", weight, None)


def matvec_prob_conn_normal_weight(vector: Any, w_mu: Any, w_sigma: Any, conn_prob: float, shape: tuple[int, int],
                                   seed: int | None = None, transpose: bool = False, outdim_parallel: bool = True,
                                   version: str = "v2") -> Any:
    """The product of a random matrix with normally distributed elements and a vector; see `matvec_prob_conn_homo_weight`.

    Parameters
    ----------
    w_mu, w_sigma : float
        The mean and the standard deviation of the elements.
    vector, conn_prob, shape, seed, transpose, outdim_parallel, version
        As there.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matvec_prob_conn_normal_weight(bm.ones(1000), 1., 0., 1., (2, 1000), seed=1)
    Array(value=Array([1000., 1000.]), dtype=float32)
    """
    return _product(vector, conn_prob, shape, seed, transpose, False, "normal", w_mu, w_sigma)


def matvec_prob_conn_uniform_weight(vector: Any, w_low: Any, w_high: Any, conn_prob: float, shape: tuple[int, int],
                                    seed: int | None = None, transpose: bool = False, outdim_parallel: bool = True,
                                    version: str = "v2") -> Any:
    """The product of a random matrix with uniformly distributed elements and a vector; see `matvec_prob_conn_homo_weight`.

    Parameters
    ----------
    w_low, w_high : float
        The bounds of the elements.
    vector, conn_prob, shape, seed, transpose, outdim_parallel, version
        As there.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matvec_prob_conn_uniform_weight(bm.ones(1000), 2., 2., 1., (2, 1000), seed=1)
    Array(value=Array([2000., 2000.]), dtype=float32)
    """
    return _product(vector, conn_prob, shape, seed, transpose, False, "uniform", w_low, w_high)


def event_matvec_prob_conn_homo_weight(events: Any, weight: Any, conn_prob: float, shape: tuple[int, int],
                                       seed: int | None = None, transpose: bool = False,
                                       outdim_parallel: bool = True) -> Any:
    """`matvec_prob_conn_homo_weight` for events: only what fired costs anything.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.event_matvec_prob_conn_homo_weight(bm.asarray([True, False]), 2., 1., (2, 3), seed=1, transpose=True)
    Array(value=Array([2., 2., 2.]), dtype=float32)
    """
    return _product(events, conn_prob, shape, seed, transpose, True, "same", weight, None)


def event_matvec_prob_conn_normal_weight(events: Any, w_mu: Any, w_sigma: Any, conn_prob: float, shape: tuple[int, int],
                                         seed: int | None = None, transpose: bool = False,
                                         outdim_parallel: bool = True) -> Any:
    """`matvec_prob_conn_normal_weight` for events: only what fired costs anything.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.event_matvec_prob_conn_normal_weight(bm.asarray([True, False]), 2., 0., 1., (2, 3), seed=1, transpose=True)
    Array(value=Array([2., 2., 2.]), dtype=float32)
    """
    return _product(events, conn_prob, shape, seed, transpose, True, "normal", w_mu, w_sigma)


def event_matvec_prob_conn_uniform_weight(events: Any, w_low: Any, w_high: Any, conn_prob: float, shape: tuple[int, int],
                                          seed: int | None = None, transpose: bool = False,
                                          outdim_parallel: bool = True) -> Any:
    """`matvec_prob_conn_uniform_weight` for events: only what fired costs anything.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.event_matvec_prob_conn_uniform_weight(bm.asarray([True, False]), 2., 2., 1., (2, 3), seed=1, transpose=True)
    Array(value=Array([2., 2., 2.]), dtype=float32)
    """
    return _product(events, conn_prob, shape, seed, transpose, True, "uniform", w_low, w_high)


def matmat_prob_conn_homo_weight(vector: Any, weight: Any, conn_prob: float, shape: tuple[int, int], seed: int | None = None,
                                 transpose: bool = False, outdim_parallel: bool = True) -> Any:
    """The product of a random matrix and a matrix of shape (columns, k); see `matvec_prob_conn_homo_weight`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matmat_prob_conn_homo_weight(bm.ones((10, 2)), 1., 1., (3, 10), seed=1).shape
    (3, 2)
    """
    return _product(asarray(vector).T, conn_prob, shape, seed, transpose, False, "same", weight, None).T


def matmat_prob_conn_normal_weight(matrix: Any, w_mu: Any, w_sigma: Any, conn_prob: float, shape: tuple[int, int],
                                   seed: int | None = None, version: str = "v1") -> Any:
    """The product of a random matrix and a matrix of shape (columns, k); see `matvec_prob_conn_normal_weight`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matmat_prob_conn_normal_weight(bm.ones((10, 2)), 1., 1., 0.5, (3, 10), seed=1).shape
    (3, 2)
    """
    return _product(asarray(matrix).T, conn_prob, shape, seed, False, False, "normal", w_mu, w_sigma).T


def matmat_prob_conn_uniform_weight(matrix: Any, w_low: Any, w_high: Any, conn_prob: float, shape: tuple[int, int],
                                    seed: int | None = None, version: str = "v1") -> Any:
    """The product of a random matrix and a matrix of shape (columns, k); see `matvec_prob_conn_uniform_weight`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.matmat_prob_conn_uniform_weight(bm.ones((10, 2)), 1., 2., 0.5, (3, 10), seed=1).shape
    (3, 2)
    """
    return _product(asarray(matrix).T, conn_prob, shape, seed, False, False, "uniform", w_low, w_high).T
