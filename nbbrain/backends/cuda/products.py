"""Kernels for products of matrices, written like those of the CPU's library: a function of a row of integers.

Every element of a result is added up by one thread in the order of k. Where the left side is zero, as it mostly is for
spikes, the right side is not read: neighbouring threads share the left side, so they skip it together.
"""
from __future__ import annotations

from nbbrain.backends.numba.library import int32, int64, load, pointer, store

__all__ = ["collect", "gather", "product", "scatter"]


def product(dtype):  # type: ignore[no-untyped-def]
    """z (m, n) = or += x (m, k) @ y (k, n), the latter perhaps for several turns at once."""
    zero = dtype(0)

    def kernel(a):  # type: ignore[no-untyped-def]
        x, y, z = pointer(a, 0, dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        m, k, n, accumulate = a[4], a[5], a[6], a[7]
        xi, xk, yk, yj, zi, zj, xt, yt, turns = a[9], a[10], a[11], a[12], a[13], a[14], a[16], a[17], a[18]
        for i in range(m):
            for j in range(n):
                total = load(z, i * zi + j * zj, 2) if accumulate else zero
                for turn in range(turns):
                    left, right = i * xi + turn * xt, j * yj + turn * yt
                    for p in range(k):
                        w = load(x, left + p * xk, 0)
                        if w != zero:
                            total = dtype(total + w * load(y, right + p * yk, 1))
                store(z, i * zi + j * zj, total, 2)

    return kernel


def gather(dtype, vector_dtype, each):  # type: ignore[no-untyped-def]
    """result[r] = sum of data[e] * vector[column[e]] over the elements of row r of a sparse matrix."""
    def kernel(a):  # type: ignore[no-untyped-def]
        vector, result, data = pointer(a, 0, vector_dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        columns, starts = pointer(a, 3, int32), pointer(a, 4, int64)
        outer, rows, vector_step, result_step = a[5], a[6], a[9], a[10]
        for i in range(outer):
            for r in range(rows):
                total = dtype(0)
                for e in range(load(starts, r, 4), load(starts, r + 1, 4)):
                    w = load(vector, i * vector_step + load(columns, e, 3), 0)
                    if w != 0:
                        total = dtype(total + load(data, e * each, 2) * dtype(w))
                store(result, i * result_step + r, total, 1)

    return kernel


def collect(dtype, vector_dtype):  # type: ignore[no-untyped-def]
    """result[c] = sum of data[e] * vector[row[e]] over the elements of column c, which are listed by columns."""
    def kernel(a):  # type: ignore[no-untyped-def]
        vector, result, data = pointer(a, 0, vector_dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        rows, places, starts = pointer(a, 3, int32), pointer(a, 4, int32), pointer(a, 5, int64)
        outer, size, step, vector_step, result_step = a[6], a[8], a[9], a[10], a[11]
        for i in range(outer):
            for c in range(size):
                total = dtype(0)
                for e in range(load(starts, c, 5), load(starts, c + 1, 5)):
                    w = load(vector, i * vector_step + load(rows, e, 3), 0)
                    if w != 0:
                        total = dtype(total + load(data, load(places, e, 4) * step, 2) * dtype(w))
                store(result, i * result_step + c, total, 1)

    return kernel


def scatter(dtype, vector_dtype):  # type: ignore[no-untyped-def]
    """result[column[e]] += data[e] * vector[r] over the elements of every row r: one thread for every vector."""
    def kernel(a):  # type: ignore[no-untyped-def]
        vector, result, data = pointer(a, 0, vector_dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        columns, starts = pointer(a, 3, int32), pointer(a, 4, int64)
        outer, rows, size, step, vector_step, result_step = a[5], a[6], a[7], a[8], a[9], a[10]
        for i in range(outer):
            for j in range(size):
                store(result, i * result_step + j, dtype(0), 1)
            for r in range(rows):
                w = load(vector, i * vector_step + r, 0)
                if w != 0:
                    for e in range(load(starts, r, 4), load(starts, r + 1, 4)):
                        at = i * result_step + load(columns, e, 3)
                        store(result, at, dtype(load(result, at, 1) + load(data, e * step, 2) * dtype(w)), 1)

    return kernel
