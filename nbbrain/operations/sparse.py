"""Products with a matrix in compressed sparse row (CSR) form, composed of gathers and scattered sums.

Row i holds the elements ``indptr[i]`` to ``indptr[i + 1]`` of ``data``, in the columns that ``indices`` names.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.elementwise import multiply
from nbbrain.operations.indexing import add_item, get_item
from nbbrain.operations.operation import dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.symbolic import Symbolic

__all__ = ["csr_matvec", "event_csr_matvec"]


def csr_product(data: Any, indices: Any, indptr: Any, vector: Any, shape: tuple[int, int], transpose: bool) -> Any:
    """``A @ v`` or ``A.T @ v`` for every vector v along the last axis."""
    structure = _checked(indices, indptr, shape)
    size, count = shape_of(vector), shape_of(data)
    rows, columns = shape
    if not size or size[-1] != (rows if transpose else columns):
        raise ValueError(f"a sparse {'transposed ' if transpose else ''}matrix of shape {tuple(shape)} needs a vector of "
                         f"{rows if transpose else columns} elements along its last axis, but got shape {size}.")
    if count not in ((), (1,), structure[0].shape):
        raise ValueError(f"data must be one number or one for each of the {structure[0].size} elements, but got shape "
                         f"{count}.")
    one_weight = count in ((), (1,)) and structure[0].shape != (1,)
    column_of, row_of = structure
    source, target, length = (row_of, column_of, columns) if transpose else (column_of, row_of, rows)
    values = get_item(vector, (Ellipsis, source))
    if not one_weight:
        values = multiply(values, data)
    total = add_item(np.zeros((*size[:-1], length), _result_dtype(data, vector)), (Ellipsis, target), values)
    return multiply(total, data) if one_weight else total


def _checked(indices: Any, indptr: Any, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The column and the row of every element."""
    if isinstance(indices, Symbolic) or isinstance(indptr, Symbolic):
        raise TypeError("the structure of a sparse matrix (indices, indptr) must be known before a loop runs.")
    columns, pointers = np.asarray(indices), np.asarray(indptr)
    if pointers.shape != (shape[0] + 1,) or columns.ndim != 1 or pointers[-1] != columns.size:
        raise ValueError(f"a CSR matrix of shape {tuple(shape)} needs {shape[0] + 1} row pointers, the last of which is the "
                         f"number of indices, but got indptr of shape {pointers.shape}, which ends with "
                         f"{pointers[-1] if pointers.size else None}, and indices of shape {columns.shape}.")
    return columns, np.repeat(np.arange(shape[0]), np.diff(pointers))


def _result_dtype(data: Any, vector: Any) -> np.dtype:
    kinds = [dtype for dtype in (dtype_of(data), dtype_of(vector)) if isinstance(dtype, np.dtype) and dtype.kind in "fc"]
    return np.result_type(*kinds) if kinds else default_dtype("f")


def csr_matvec(data: Any, indices: Any, indptr: Any, vector: Any, shape: tuple[int, int], method: str = "vector") -> Any:
    """The product of a sparse matrix and a vector.

    Parameters
    ----------
    data : float or array, shape (nnz,)
        The elements in CSR order; one number is the value of all.
    indices : array of int, shape (nnz,)
        The column of every element.
    indptr : array of int, shape (rows + 1,)
        Where every row begins, and where the last ends.
    vector : array, shape (..., columns)
        One vector, or several along leading axes.
    shape : (int, int)
        The shape (rows, columns) of the matrix.
    method : str
        Accepted for compatibility.

    Returns
    -------
    array, shape (..., rows)

    Raises
    ------
    ValueError
        When the shapes do not fit together.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.csr_matvec(bm.asarray([1., 2., 3.]), [0, 2, 1], [0, 2, 3], bm.asarray([1., 10., 100.]), (2, 3))
    Array(value=Array([201.,  30.]), dtype=float32)
    """
    return csr_product(data, indices, indptr, vector, shape, transpose=False)


def event_csr_matvec(data: Any, indices: Any, indptr: Any, events: Any, shape: tuple[int, int],
                     transpose: bool = False) -> Any:
    """The product of a sparse matrix and a vector of events (spikes).

    Parameters
    ----------
    data : float or array, shape (nnz,)
        The elements in CSR order; one number is the value of all.
    indices : array of int, shape (nnz,)
        The column of every element.
    indptr : array of int, shape (rows + 1,)
        Where every row begins, and where the last ends.
    events : array of bool or float, shape (..., columns), or (..., rows) with ``transpose``
        What fired. A float counts with its value.
    shape : (int, int)
        The shape (rows, columns) of the matrix.
    transpose : bool
        Whether the transposed matrix is multiplied: with one row for each sending neuron, this gives the sums that the
        receiving neurons get.

    Returns
    -------
    array, shape (..., rows), or (..., columns) with ``transpose``

    Raises
    ------
    ValueError
        When the shapes do not fit together.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> fired = bm.asarray([True, False])
    >>> bm.event_csr_matvec(0.5, [0, 2, 1], [0, 2, 3], fired, (2, 3), transpose=True)
    Array(value=Array([0.5, 0. , 0.5]), dtype=float32)
    """
    return csr_product(data, indices, indptr, events, shape, transpose=transpose)
