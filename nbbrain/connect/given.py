"""Connections that are given: a matrix, pairs, or a sparse matrix."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.connect.base import TwoEndConnector
from nbbrain.connect.structures import Pair
from nbbrain.errors import ConnectorError
from nbbrain.sizes import size2num

__all__ = ["CSRConn", "IJConn", "MatConn", "SparseMatConn"]


def _indices(name: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ConnectorError(f"{name} must be a vector of integers, but got an array of shape {array.shape} and dtype "
                             f"{array.dtype}.")
    if array.size and array.min() < 0:
        raise ConnectorError(f"{name} must not be negative, but got {array.min()}.")
    return array


def _check_range(name: str, ids: np.ndarray, size: tuple[int, ...]) -> None:
    if ids.size and ids.max() >= size2num(size):
        raise ConnectorError(f"{name} has neuron {ids.max()}, but the population of size {size} ends with neuron "
                             f"{size2num(size) - 1}.")


class MatConn(TwoEndConnector):
    """A connection given by a matrix.

    Parameters
    ----------
    conn_mat : array-like, shape (pre, post)
        Non-zero where there is a connection.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.MatConn([[0, 1], [1, 1]])(2, 2).require('post_ids').tolist()
    [1, 0, 1]
    """

    def __init__(self, conn_mat: Any, **kwargs: Any) -> None:
        self.conn_mat = np.asarray(conn_mat) != 0
        if self.conn_mat.ndim != 2:
            raise ConnectorError(f"conn_mat has two axes (pre, post), but got an array of shape {self.conn_mat.shape}.")
        super().__init__(**kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for sizes that are not those of the matrix."""
        wanted = size2num(pre_size), size2num(post_size)
        if self.conn_mat.shape != wanted:
            raise ConnectorError(f"conn_mat must have the shape {wanted} of populations of sizes {pre_size} and "
                                 f"{post_size}, but it has {self.conn_mat.shape}.")

    def build_mat(self) -> np.ndarray:
        """The matrix of truth values ``(pre, post)``."""
        return self.conn_mat


class IJConn(TwoEndConnector):
    """A connection given by pairs, in any order; ``'coo'``, ``'pre_ids'`` and ``'post_ids'`` keep it.

    Parameters
    ----------
    i, j : array-like of int, shape (synapses,)
        The pre- and the post-synaptic neuron of every synapse.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.IJConn(i=[0, 1], j=[2, 0])(2, 3).require('conn_mat').tolist()
    [[False, False, True], [True, False, False]]
    """

    def __init__(self, i: Any, j: Any, **kwargs: Any) -> None:
        self.i, self.j = _indices("i", i), _indices("j", j)
        if self.i.shape != self.j.shape:
            raise ConnectorError(f"i and j must have one length, but got {self.i.size} and {self.j.size}.")
        super().__init__(**kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for populations that are too small."""
        _check_range("i", self.i, pre_size)
        _check_range("j", self.j, post_size)

    def build_coo(self) -> Pair:
        """The pairs as they were given."""
        return self.i, self.j


class CSRConn(TwoEndConnector):
    """A connection given by the partners of every pre-synaptic neuron.

    Parameters
    ----------
    indices : array-like of int, shape (synapses,)
        The post-synaptic neurons.
    inptr : array-like of int, shape (pre + 1,)
        The partners of pre-synaptic neuron i are ``indices[inptr[i]:inptr[i + 1]]``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.CSRConn([1, 0, 1], [0, 1, 3])(2, 2).require('pre_ids').tolist()
    [0, 1, 1]
    """

    def __init__(self, indices: Any, inptr: Any, **kwargs: Any) -> None:
        self.indices, self.inptr = _indices("indices", indices), _indices("inptr", inptr)
        ends = self.inptr[[0, -1]].tolist() if self.inptr.size else []
        if ends != [0, self.indices.size] or np.any(np.diff(self.inptr) < 0):
            raise ConnectorError(f"inptr must rise from 0 to the number of indices, {self.indices.size}, but got "
                                 f"{self.inptr}.")
        super().__init__(**kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for sizes that do not fit the indices."""
        if self.inptr.size != size2num(pre_size) + 1:
            raise ConnectorError(f"inptr is for {self.inptr.size - 1} pre-synaptic neurons (one entry more), but the "
                                 f"population has the size {pre_size}.")
        _check_range("indices", self.indices, post_size)

    def build_csr(self) -> Pair:
        """The partners as they were given."""
        return self.indices, self.inptr


class SparseMatConn(CSRConn):
    """A connection given by a sparse matrix of SciPy, of any format; its stored non-zero entries are the synapses.

    Parameters
    ----------
    csr_mat : scipy.sparse matrix or array, shape (pre, post)
        The matrix.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.
    """

    def __init__(self, csr_mat: Any, **kwargs: Any) -> None:
        if not hasattr(csr_mat, "tocsr"):
            raise ConnectorError(f"csr_mat must be a sparse matrix of SciPy, but got {type(csr_mat).__name__}; MatConn "
                                 f"takes a dense one.")
        matrix = csr_mat.tocsr().copy()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        self.csr_mat = matrix
        super().__init__(matrix.indices, matrix.indptr, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for sizes that are not those of the matrix."""
        wanted = size2num(pre_size), size2num(post_size)
        if self.csr_mat.shape != wanted:
            raise ConnectorError(f"csr_mat must have the shape {wanted} of populations of sizes {pre_size} and "
                                 f"{post_size}, but it has {self.csr_mat.shape}.")
