"""Products of a matrix in compressed sparse row (CSR) form and vectors.

Row i holds the elements ``indptr[i]`` to ``indptr[i + 1]`` of ``data``, in the columns that ``indices`` names.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.elementwise import multiply
from nbbrain.operations.indexing import get_item
from nbbrain.operations.operation import Operation, cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.reductions import sum
from nbbrain.operations.shapes import reshape
from nbbrain.operations.symbolic import Abstract, Symbolic

__all__ = ["csr_matvec", "event_csr_matvec"]


def _product(data: np.ndarray, vector: np.ndarray, columns: np.ndarray, indptr: np.ndarray, rows: np.ndarray, *,
             shape: tuple[int, int], transpose: bool) -> np.ndarray:
    """One contribution after the other, by rows."""
    row_of = np.repeat(np.arange(shape[0]), np.diff(indptr))
    source, target = (row_of, columns) if transpose else (columns, row_of)
    result = np.zeros((*vector.shape[:-1], shape[transpose]), data.dtype)
    where: Any = (Ellipsis, target)
    np.add.at(result, where, vector[..., source] * data)
    return result


def _infer(data: Abstract, vector: Abstract, *structure: Abstract, shape: tuple[int, int], transpose: bool) -> Abstract:
    return Abstract((*vector.shape[:-1], shape[transpose]), data.dtype)


def _data_rule(g: Any, z: Any, data: Any, vector: Any, columns: Any, indptr: Any, rows: Any, *, shape: tuple[int, int],
               transpose: bool) -> Any:
    """The cotangent of every element: that of its target times the value of its source."""
    source, target = (rows, columns) if transpose else (columns, rows)
    each = multiply(get_item(g, (Ellipsis, target)), get_item(vector, (Ellipsis, source)))
    each = sum(reshape(each, (-1, shape_of(columns)[0])), axis=0)
    return sum(each, axis=0, keepdims=True) if shape_of(data) == (1,) else each


_csr: Operation = Operation("csr_product", _product, infer=_infer, kind="sparse", derivatives=(
    _data_rule,
    lambda g, z, data, vector, columns, indptr, rows, *, shape, transpose: _csr(
        data, g, columns, indptr, rows, shape=shape, transpose=not transpose)))
"""``_csr(data, vector, columns, indptr, rows)``; the row of every element matters only to the cotangent of data."""


def csr_product(data: Any, indices: Any, indptr: Any, vector: Any, shape: tuple[int, int], transpose: bool) -> Any:
    """``A @ v`` or ``A.T @ v`` for every vector v along the last axis."""
    columns, pointers = _checked(indices, indptr, shape)
    size, count = shape_of(vector), shape_of(data)
    needed = shape[0] if transpose else shape[1]
    if not size or size[-1] != needed:
        raise ValueError(f"a sparse {'transposed ' if transpose else ''}matrix of shape {tuple(shape)} needs a vector of "
                         f"{needed} elements along its last axis, but got shape {size}.")
    if count not in ((), (1,), columns.shape):
        raise ValueError(f"data must be one number or one for each of the {columns.size} elements, but got shape {count}.")
    dtype = _result_dtype(data, vector)
    data = reshape(cast(data, dtype=dtype), (1,) if count == () else count)
    vector = vector if dtype_of(vector) == np.bool_ else cast(vector, dtype=dtype)
    rows = np.zeros(0, np.int32) if isinstance(data, np.ndarray) else np.repeat(
        np.arange(shape[0], dtype=np.int32), np.diff(pointers))
    return _csr(data, vector, columns, pointers, rows, shape=(int(shape[0]), int(shape[1])), transpose=bool(transpose))


def _checked(indices: Any, indptr: Any, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The column of every element, and where every row begins."""
    if isinstance(indices, Symbolic) or isinstance(indptr, Symbolic):
        raise TypeError("the structure of a sparse matrix (indices, indptr) must be known before a loop runs.")
    columns, pointers = np.asarray(indices), np.asarray(indptr)
    if pointers.shape != (shape[0] + 1,) or columns.ndim != 1 or pointers[-1] != columns.size:
        raise ValueError(f"a CSR matrix of shape {tuple(shape)} needs {shape[0] + 1} row pointers, the last of which is the "
                         f"number of indices, but got indptr of shape {pointers.shape}, which ends with "
                         f"{pointers[-1] if pointers.size else None}, and indices of shape {columns.shape}.")
    if columns.size and not 0 <= columns.min() <= columns.max() < shape[1]:
        raise ValueError(f"the columns of a matrix of shape {tuple(shape)} are numbered from 0 to {shape[1] - 1}, but "
                         f"indices go from {columns.min()} to {columns.max()}.")
    return columns.astype(np.int32), pointers.astype(np.int64)


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
