"""The forms in which a connection is given, and their conversions.

Three forms describe which pre-synaptic neuron reaches which post-synaptic one:

* a matrix of truth values, ``(pre, post)``;
* COO, ``(pre_ids, post_ids)``: one pair a synapse;
* CSR, ``(post_ids, pointers)``: the partners of pre-synaptic neuron ``i`` are
  ``post_ids[pointers[i]:pointers[i + 1]]``. CSC, ``(pre_ids, pointers)``, is the same seen from the post-synaptic side.

Indices are int32. Where synapses are sorted the sort is stable, so that synapses of one neuron keep their order.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np

from nbbrain.errors import ConnectorError

__all__ = [
    "CONN_MAT", "COO", "CSC", "CSR", "INDEX", "POST2PRE", "POST2SYN", "POST_IDS", "POST_SLICE", "PRE2POST", "PRE2SYN",
    "PRE_IDS", "PRE_SLICE", "STRUCTURES", "Pair", "as_index", "coo2csc", "coo2csr", "coo2mat", "counts2pointers",
    "csr2coo", "csr2csc", "csr2mat", "mat2coo", "mat2csc", "mat2csr", "sorting",
]

CONN_MAT = "conn_mat"
PRE_IDS = "pre_ids"
POST_IDS = "post_ids"
PRE2POST = "pre2post"
POST2PRE = "post2pre"
PRE2SYN = "pre2syn"
POST2SYN = "post2syn"
PRE_SLICE = "pre_slice"
POST_SLICE = "post_slice"
COO = "coo"
CSR = "csr"
CSC = "csc"
STRUCTURES = (CONN_MAT, PRE_IDS, POST_IDS, PRE2POST, POST2PRE, PRE2SYN, POST2SYN, PRE_SLICE, POST_SLICE, COO, CSR, CSC)

INDEX = np.dtype(np.int32)
_MANY = 1_000_000  # synapses
Pair: TypeAlias = tuple[np.ndarray, np.ndarray]


def as_index(values: Any) -> np.ndarray:
    """Indices as int32."""
    array = np.asarray(values)
    if array.size > np.iinfo(INDEX).max:
        raise ConnectorError(f"a connection may have at most {np.iinfo(INDEX).max} synapses, but got {array.size}.")
    return array.astype(INDEX, copy=False)


def counts2pointers(counts: np.ndarray) -> np.ndarray:
    """Where the entries of every neuron begin and end, once entries are sorted by neuron, from how many each has."""
    return as_index(np.concatenate(([0], np.cumsum(counts))))


def sorting(ids: np.ndarray) -> np.ndarray | slice:
    """The places of entries once they are sorted by neuron; entries of one neuron keep their order.

    NumPy sorts integers of two bytes in linear time, so the lower halves are sorted first, and then the upper ones.
    """
    if np.all(ids[1:] >= ids[:-1]):
        return slice(None)
    order = np.argsort(ids.astype(np.uint16), kind="stable")
    upper = (ids >> 16).astype(np.uint16)
    return order[np.argsort(upper[order], kind="stable")] if upper.any() else order


def mat2coo(dense: Any) -> Pair:
    """Pairs of connected neurons, in the order of the rows of a matrix.

    Parameters
    ----------
    dense : array-like, shape (pre, post)
        Non-zero where there is a connection.

    Returns
    -------
    pre_ids, post_ids : ndarray of int32

    Examples
    --------
    >>> pre_ids, post_ids = mat2coo([[0, 1], [1, 1]])
    >>> pre_ids.tolist(), post_ids.tolist()
    ([0, 1, 1], [1, 0, 1])
    """
    matrix = np.asarray(dense)
    if matrix.ndim != 2:
        raise ConnectorError(f"a connection matrix has two axes (pre, post), but got an array of shape {matrix.shape}.")
    pre_ids, post_ids = np.nonzero(matrix)
    return as_index(pre_ids), as_index(post_ids)


def mat2csr(dense: Any) -> Pair:
    """The partners of every pre-synaptic neuron, from a matrix ``(pre, post)``.

    Examples
    --------
    >>> indices, pointers = mat2csr([[0, 1], [1, 1]])
    >>> indices.tolist(), pointers.tolist()
    ([1, 0, 1], [0, 1, 3])
    """
    return coo2csr(mat2coo(dense), np.shape(dense)[0])


def mat2csc(dense: Any) -> Pair:
    """The partners of every post-synaptic neuron, from a matrix ``(pre, post)``.

    Examples
    --------
    >>> indices, pointers = mat2csc([[0, 1], [1, 1]])
    >>> indices.tolist(), pointers.tolist()
    ([1, 0, 1], [0, 1, 3])
    """
    return coo2csc(mat2coo(dense), np.shape(dense)[1])


def coo2csr(coo: Any, num_pre: int) -> Pair:
    """The partners of every pre-synaptic neuron, from pairs.

    Parameters
    ----------
    coo : (pre_ids, post_ids)
        One pair a synapse, in any order.
    num_pre : int
        The number of pre-synaptic neurons.

    Returns
    -------
    post_ids, pointers : ndarray of int32, shapes (synapses,) and (num_pre + 1,)

    Examples
    --------
    >>> indices, pointers = coo2csr(([1, 0, 1], [1, 1, 0]), 2)
    >>> indices.tolist(), pointers.tolist()
    ([1, 1, 0], [0, 1, 3])
    """
    pre_ids, post_ids = as_index(coo[0]), as_index(coo[1])
    return post_ids[sorting(pre_ids)], counts2pointers(np.bincount(pre_ids, minlength=num_pre))


def coo2csc(coo: Any, post_num: int, data: Any = None) -> Any:
    """The partners of every post-synaptic neuron, from pairs.

    Parameters
    ----------
    coo : (pre_ids, post_ids)
        One pair a synapse, in any order.
    post_num : int
        The number of post-synaptic neurons.
    data : array-like, shape (synapses,), optional
        One value a synapse, brought into the same order.

    Returns
    -------
    pre_ids, pointers[, data] : ndarray
        Shapes (synapses,), (post_num + 1,) and (synapses,).
    """
    pre_ids, post_ids = as_index(coo[0]), as_index(coo[1])
    order = sorting(post_ids)
    result = pre_ids[order], counts2pointers(np.bincount(post_ids, minlength=post_num))
    return result if data is None else (*result, np.asarray(data)[order])


def coo2mat(ij: Any, num_pre: int, num_post: int) -> np.ndarray:
    """The matrix of truth values ``(num_pre, num_post)`` of pairs ``(pre_ids, post_ids)``.

    Examples
    --------
    >>> coo2mat(([0, 1], [1, 0]), 2, 2).tolist()
    [[False, True], [True, False]]
    """
    matrix = np.zeros((num_pre, num_post), dtype=bool)
    matrix[as_index(ij[0]), as_index(ij[1])] = True
    return matrix


def csr2coo(csr: Any) -> Pair:
    """Pairs ``(pre_ids, post_ids)`` of ``(post_ids, pointers)``, sorted by pre-synaptic neuron.

    Examples
    --------
    >>> pre_ids, post_ids = csr2coo(([1, 0, 1], [0, 1, 3]))
    >>> pre_ids.tolist(), post_ids.tolist()
    ([0, 1, 1], [1, 0, 1])
    """
    post_ids, pointers = as_index(csr[0]), as_index(csr[1])
    return np.repeat(np.arange(pointers.size - 1, dtype=INDEX), np.diff(pointers)), post_ids


def csr2mat(csr: Any, num_pre: int, num_post: int) -> np.ndarray:
    """The matrix of truth values ``(num_pre, num_post)`` of ``(post_ids, pointers)``.

    Examples
    --------
    >>> csr2mat(([1, 0], [0, 1, 2]), 2, 2).tolist()
    [[False, True], [True, False]]
    """
    return coo2mat(csr2coo(csr), num_pre, num_post)


def csr2csc(csr: Any, post_num: int, data: Any = None) -> Any:
    """The partners of every post-synaptic neuron, from those of every pre-synaptic one; see `coo2csc`.

    Examples
    --------
    >>> indices, pointers, weights = csr2csc(([1, 0, 1], [0, 1, 3]), 2, data=[.1, .2, .3])
    >>> indices.tolist(), pointers.tolist(), weights.tolist()
    ([1, 0, 1], [0, 1, 3], [0.2, 0.1, 0.3])
    """
    post_ids, pointers = as_index(csr[0]), as_index(csr[1])
    if data is None and post_ids.size >= _MANY:
        with suppress(ImportError):  # SciPy is five times as fast as a sort, and takes a while to be imported
            from scipy.sparse import csr_array

            matrix = csr_array((np.ones(post_ids.size, np.int8), post_ids, pointers), (pointers.size - 1, post_num)).tocsc()
            return as_index(matrix.indices), as_index(matrix.indptr)
    return coo2csc(csr2coo(csr), post_num, data)
