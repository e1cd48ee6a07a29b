"""Constants laid out anew before the first turn, for the kernels that read them in every turn."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbbrain.backends.numba import pool
from nbbrain.backends.numba.kernels import helper_function
from nbbrain.backends.numba.product import VECTORS
from nbbrain.backends.numba.sources import lanes_of, lay_out_source, pack_source, pick_source
from nbbrain.backends.numba.sparse import windows_of
from nbbrain.program.plan.layout import View

__all__ = ["Panels", "Prepared", "Targets", "Windows"]


_MANY_TURNS = 100
"""Turns from which it pays to lay out a sparse matrix for products by windows."""
_SLOT_COST, _COUNT_COST = 3, 1.5
"""What a slot and a count of these products take, in elements of plain ones, as measured."""
_CACHE = 1 << 21
"""About the bytes of a core's own cache; a matrix that is larger must not grow, because it is read from slower memory."""


def _address(view: View, arrays: Sequence[np.ndarray]) -> int:
    return arrays[view.buffer.number].ctypes.data + view.offset * view.buffer.dtype.itemsize


@dataclass(frozen=True)
class Panels:
    """The right side of products in panels, each with so many columns of all rows."""

    view: View
    count = 1

    def make(self, arrays: Sequence[np.ndarray], turns: int) -> list[np.ndarray]:
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

    def make(self, arrays: Sequence[np.ndarray], turns: int) -> list[np.ndarray]:
        """The three arrays, from the arrays of a plan's buffers."""
        size, each = self.columns.shape[0], int(self.data.shape != (1,))
        data = pool.empty((size + 1,), self.data.buffer.dtype) if each else arrays[self.data.buffer.number]
        columns, indptr = pool.empty((size + 1,), np.int32), pool.empty((self.rows + 1,), np.int64)
        given = [_address(view, arrays) for view in (self.data, self.columns, self.indptr)]
        row = np.array([*given, data.ctypes.data, columns.ctypes.data, indptr.ctypes.data, self.rows, *self.targets, each],
                       np.int64)
        helper_function(pick_source(self.data.buffer.dtype))(row.ctypes.data)
        return [data, columns, indptr]


@dataclass(frozen=True)
class Windows:
    """A sparse matrix for products by windows: elements, their places, and the counts of slots (see sparse.py)."""

    data: View
    columns: View
    indptr: View
    rows: int
    size: int
    count = 3

    def make(self, arrays: Sequence[np.ndarray], turns: int) -> list[np.ndarray]:
        """The three arrays; a negative count alone where the plain way is as good, or the only one."""
        dtype = self.data.buffer.dtype
        lanes, none = lanes_of(dtype), [np.empty(0, dtype), np.empty(0, np.int8), np.array([-1], np.int32)]
        shape = windows_of(self.rows, self.size, lanes)
        elements = int(np.diff(arrays[self.indptr.buffer.number][self.indptr.offset:][[0, self.rows]])[0])
        before, after = 4 + (dtype.itemsize if self.data.shape != (1,) else 0), lanes * (1 + dtype.itemsize)

        def pays(slots: float) -> bool:
            return (elements > _SLOT_COST * slots + _COUNT_COST * math.prod(shape)
                    and slots * after <= max(elements * before, _CACHE))

        if turns < _MANY_TURNS or not pays(elements / lanes):
            return none
        counts, told = pool.empty(shape, np.int32), np.empty(2, np.int64)

        def lay_out(values: np.ndarray, places: np.ndarray, writes: bool) -> tuple[int, bool]:
            given = [_address(view, arrays) for view in (self.data, self.columns, self.indptr)]
            made = [array.ctypes.data for array in (values, places, counts, told)]
            row = np.array([*given, *made, self.rows, self.size, self.data.shape != (1,), writes], np.int64)
            helper_function(lay_out_source(dtype))(row.ctypes.data)
            return int(told[0]), bool(told[1])

        slots, fits = lay_out(none[0], none[1], writes=False)
        if not fits or not pays(slots):
            return none
        values, places = pool.empty((slots, lanes), dtype), pool.empty((slots, lanes), np.int8)
        lay_out(values, places, writes=True)
        return [values, places, counts]


Prepared = Panels | Targets | Windows
