"""Sparse matrices: products, and one form from another.

A matrix in compressed sparse row form (CSR) is ``(data, indices, indptr)``: row i has the elements ``indptr[i]`` to
``indptr[i + 1]``, in the columns that ``indices`` names.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.math.array import as_value, concrete
from nbbrain.math.creation import asarray, zeros
from nbbrain.math.lifting import lift, wrap
from nbbrain.math.reductions import segment_sum
from nbbrain.operations import sparse

__all__ = ["coo_to_csr", "csr_matvec", "csr_to_coo", "csr_to_dense", "event_csr_matvec", "sparse_matmul"]

csr_matvec = lift(sparse.csr_matvec, arrays=4)
event_csr_matvec = lift(sparse.event_csr_matvec, arrays=4)


def coo_to_csr(pre_ids: Any, post_ids: Any, num_row: int) -> tuple[Any, Any]:
    """``(indices, indptr)`` of a matrix whose elements are given by their rows and columns.

    Parameters
    ----------
    pre_ids, post_ids : array of int, shape (elements,)
        The row and the column of every element.
    num_row : int
        The number of rows.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> indices, indptr = bm.coo_to_csr([1, 0, 1], [2, 0, 1], num_row=3)
    >>> indices.tolist(), indptr.tolist()
    ([0, 2, 1], [0, 1, 3, 3])
    """
    rows, columns = [np.asarray(concrete(as_value(ids), "coo_to_csr")) for ids in (pre_ids, post_ids)]
    order = np.argsort(rows, kind="stable")
    pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=num_row))])
    return wrap(columns[order].astype(np.int32)), wrap(pointers.astype(np.int32))


def csr_to_coo(indices: Any, indptr: Any) -> tuple[Any, Any]:
    """The row and the column of every element.

    Parameters
    ----------
    indices : array of int, shape (elements,)
        The columns.
    indptr : array of int, shape (rows + 1,)
        Where rows begin.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> rows, columns = bm.csr_to_coo([0, 2, 1], [0, 1, 3, 3])
    >>> rows.tolist(), columns.tolist()
    ([0, 1, 1], [0, 2, 1])
    """
    pointers = np.asarray(concrete(as_value(indptr), "csr_to_coo"))
    rows = np.repeat(np.arange(len(pointers) - 1, dtype=np.int32), np.diff(pointers))
    return wrap(rows), asarray(indices)


def csr_to_dense(data: Any, indices: Any, indptr: Any, shape: tuple[int, int]) -> Any:
    """The matrix with all its zeros; elements at one place add up.

    Parameters
    ----------
    data : float or array, shape (elements,)
        The elements, or one value for all.
    indices, indptr : array of int
        The columns, and where rows begin.
    shape : tuple of int
        The shape of the matrix.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.csr_to_dense(bm.asarray([1., 2., 3.]), [0, 2, 1], [0, 1, 3], shape=(2, 3)).tolist()
    [[1.0, 0.0, 0.0], [0.0, 3.0, 2.0]]
    """
    rows, columns = csr_to_coo(indices, indptr)
    values = asarray(data) + zeros(columns.shape)
    return segment_sum(values, rows * shape[1] + columns, shape[0] * shape[1]).reshape(shape)


def sparse_matmul(A: Any, B: Any) -> Any:
    """The product of a sparse and a dense matrix, or of a dense and a sparse one.

    Parameters
    ----------
    A, B : array, or dict
        One of them is ``{'data': elements, 'index': (rows, columns), 'shape': shape}``, the other an array.

    Raises
    ------
    ValueError
        When not exactly one of them is sparse.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> A = {'data': bm.asarray([2., 3.]), 'index': (bm.asarray([0, 1]), bm.asarray([1, 0])), 'shape': (2, 2)}
    >>> bm.sparse_matmul(A, bm.asarray([[1., 2.], [3., 4.]])).tolist()
    [[6.0, 8.0], [3.0, 6.0]]
    """
    if isinstance(A, dict) == isinstance(B, dict):
        raise ValueError("one of the two matrices must be sparse, a dict with 'data', 'index' and 'shape', and the other an "
                         "array.")
    if isinstance(B, dict):
        rows, columns = B["index"]
        return sparse_matmul({"data": B["data"], "index": (columns, rows), "shape": B["shape"][::-1]}, asarray(A).T).T
    rows, columns = A["index"]
    dense = asarray(B)
    each = asarray(A["data"]).reshape((-1,) + (1,) * (dense.ndim - 1)) * dense[asarray(columns)]
    return segment_sum(each, asarray(rows), A["shape"][0])
