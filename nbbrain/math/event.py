"""Products with events: only what fired costs anything."""
from __future__ import annotations

from typing import Any

from nbbrain.math.array import Array
from nbbrain.math.sparse import event_csr_matvec

__all__ = ["csrmv"]


def csrmv(data: Any, indices: Any, indptr: Any, events: Any, *, shape: tuple[int, int], transpose: bool = False) -> Array:
    """The product of a matrix in compressed sparse row form and a vector of events.

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
        Whether the transposed matrix is multiplied: with one row for each sending neuron, this gives what the receiving
        neurons get.

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
    >>> bm.event.csrmv(0.5, [0, 2, 1], [0, 2, 3], fired, shape=(2, 3), transpose=True)
    Array(value=Array([0.5, 0. , 0.5]), dtype=float32)
    """
    return event_csr_matvec(data, indices, indptr, events, shape=shape, transpose=transpose)
