"""Constants laid out anew before the first turn, for the kernels that read them in every turn."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbbrain.backends.numba import pool
from nbbrain.backends.numba.kernels import helper_function
from nbbrain.backends.numba.product import VECTORS
from nbbrain.backends.numba.sources import lanes_of, pack_source, pick_source
from nbbrain.program.plan.layout import View

__all__ = ["Panels", "Prepared", "Targets"]


def _address(view: View, arrays: Sequence[np.ndarray]) -> int:
    return arrays[view.buffer.number].ctypes.data + view.offset * view.buffer.dtype.itemsize


@dataclass(frozen=True)
class Panels:
    """The right side of products in panels, each with so many columns of all rows."""

    view: View
    count = 1

    def make(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The panels, from the arrays of a plan's buffers."""
        dtype, (k, n) = self.view.buffer.dtype, self.view.shape
        width = VECTORS * lanes_of(dtype)
        panels = pool.empty((-(-n // width) * width * k,), dtype)
        row = np.array([_address(self.view, arrays), panels.ctypes.data, *self.view.shape, *self.view.strides], np.int64)
        helper_function(pack_source(dtype))(row.ctypes.data)
        return [panels]


@dataclass(frozen=True)
class Targets:
    """The elements of a sparse matrix in a range of columns: data, columns, and where rows begin."""

    data: View
    columns: View
    indptr: View
    rows: int
    targets: tuple[int, int]
    count = 3

    def make(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The three arrays, from the arrays of a plan's buffers."""
        size, each = self.columns.shape[0], int(self.data.shape != (1,))
        data = pool.empty((size + 1,), self.data.buffer.dtype) if each else arrays[self.data.buffer.number]
        columns, indptr = pool.empty((size + 1,), np.int32), pool.empty((self.rows + 1,), np.int64)
        given = [_address(view, arrays) for view in (self.data, self.columns, self.indptr)]
        row = np.array([*given, data.ctypes.data, columns.ctypes.data, indptr.ctypes.data, self.rows, *self.targets, each],
                       np.int64)
        helper_function(pick_source(self.data.buffer.dtype))(row.ctypes.data)
        return [data, columns, indptr]


Prepared = Panels | Targets
