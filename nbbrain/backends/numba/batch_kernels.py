"""Kernels that are repeated over three outer loops: positions, running sums, sorting, searching, and small products.

Arguments are rows of integers, as in emit: pointers, the sizes of the outer loops, sizes of the kernel's own, and for every
pointer its strides, those of the outer loops first. Comparisons put NaN behind all numbers, as NumPy does.
"""
from __future__ import annotations

from numba import int64

from nbbrain.backends.numba.memory import load, pointer, store
from nbbrain.backends.numba.vector_math import place_in

__all__ = ["argsort", "batched_product", "position", "recurrence", "running", "search", "segment", "take_along"]


def position(dtype, index, largest):  # type: ignore[no-untyped-def]
    """Where the largest (or smallest) element of a line first stands; NaN counts as such."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, z = pointer(a, 0, dtype), pointer(a, 1, index)
        n0, n1, n2, size = a[2], a[3], a[4], a[5]
        x0, x1, x2, xs, z0, z1, z2 = a[6], a[7], a[8], a[9], a[10], a[11], a[12]
        for i in range(n0):
            for j in range(n1):
                for k in range(n2):
                    at = i * x0 + j * x1 + k * x2
                    best, found = load(x, at, 0), 0
                    for p in range(1, size):
                        value = load(x, at + p * xs, 0)
                        better = value > best if largest else value < best
                        if (better or value != value) and best == best:
                            best, found = value, p
                    store(z, i * z0 + j * z1 + k * z2, index(found), 1)

    return kernel


def running(dtype, result, product):  # type: ignore[no-untyped-def]
    """Running sums (or products) of lines; neighbouring lines are walked together."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, z = pointer(a, 0, dtype), pointer(a, 1, result)
        n0, n1, n2, size = a[2], a[3], a[4], a[5]
        x0, x1, x2, xs, z0, z1, z2, zs = a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13]
        for i in range(n0):
            for j in range(n1):
                here, there = i * x0 + j * x1, i * z0 + j * z1
                for p in range(size):
                    for k in range(n2):
                        value = result(load(x, here + k * x2 + p * xs, 0))
                        if p > 0:
                            before = load(z, there + k * z2 + (p - 1) * zs, 1)
                            value = result(before * value) if product else result(before + value)
                        store(z, there + k * z2 + p * zs, value, 1)

    return kernel


def recurrence(dtype, dtype_y, dtype_z):  # type: ignore[no-untyped-def]
    """z[p] = x[p] z[p - 1] + y[p] along lines, from zero; neighbouring lines are walked together."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, y, z = pointer(a, 0, dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        n0, n1, n2, size = a[3], a[4], a[5], a[6]
        x0, x1, x2, xs, y0, y1, y2, ys = a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14]
        z0, z1, z2, zs = a[15], a[16], a[17], a[18]
        for i in range(n0):
            for j in range(n1):
                factor, term, there = i * x0 + j * x1, i * y0 + j * y1, i * z0 + j * z1
                for p in range(size):
                    for k in range(n2):
                        value = load(y, term + k * y2 + p * ys, 1)
                        if p > 0:
                            before = load(z, there + k * z2 + (p - 1) * zs, 2)
                            value = value + load(x, factor + k * x2 + p * xs, 0) * before
                        store(z, there + k * z2 + p * zs, value, 2)

    return kernel


def argsort(dtype, index, room):  # type: ignore[no-untyped-def]
    """The positions that sort a line, equal elements in their order: short runs by insertion, then merged.

    Of two runs that are merged, the first waits in ``w``.
    """
    def kernel(a):  # type: ignore[no-untyped-def]
        x, z, w = pointer(a, 0, dtype), pointer(a, 1, index), pointer(a, 2, index)
        n0, n1, n2, size = a[3], a[4], a[5], a[6]
        x0, x1, x2, xs, z0, z1, z2, zs = a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14]
        for i in range(n0):
            for j in range(n1):
                for k in range(n2):
                    here, there = i * x0 + j * x1 + k * x2, i * z0 + j * z1 + k * z2
                    for p in range(size):
                        value, q = load(x, here + p * xs, 0), p
                        while q % 16 > 0:
                            other = load(z, there + (q - 1) * zs, 1)
                            u = load(x, here + other * xs, 0)
                            if not (value < u or (u != u and value == value)):
                                break
                            store(z, there + q * zs, other, 1)
                            q -= 1
                        store(z, there + q * zs, index(p), 1)
                    width = 16
                    while width < size:
                        start = 0
                        while start + width < size:
                            right, stop, at, left = start + width, start + 2 * width, start, 0
                            if stop > size:
                                stop = size
                            for p in range(width):
                                store(w, p, load(z, there + (start + p) * zs, 1), 2)
                            while left < width:
                                first = load(w, left, 2)
                                if right < stop:
                                    second = load(z, there + right * zs, 1)
                                    u, value = load(x, here + first * xs, 0), load(x, here + second * xs, 0)
                                    if value < u or (u != u and value == value):
                                        store(z, there + at * zs, second, 1)
                                        right += 1
                                        at += 1
                                        continue
                                store(z, there + at * zs, first, 1)
                                left += 1
                                at += 1
                            start += 2 * width
                        width *= 2

    return kernel


def search(dtype, index, sorted_dtype, right):  # type: ignore[no-untyped-def]
    """The first place in a sorted vector x whose element is not before a value (or is behind it)."""
    def kernel(a):  # type: ignore[no-untyped-def]
        v, z, x = pointer(a, 0, dtype), pointer(a, 1, index), pointer(a, 2, sorted_dtype)
        n0, n1, n2, size = a[3], a[4], a[5], a[6]
        v0, v1, v2, z0, z1, z2, xs = a[7], a[8], a[9], a[10], a[11], a[12], a[16]
        for i in range(n0):
            for j in range(n1):
                for k in range(n2):
                    value = load(v, i * v0 + j * v1 + k * v2, 0)
                    low, high = 0, size
                    while low < high:
                        middle = (low + high) >> 1
                        u = load(x, middle * xs, 2)
                        if right:
                            before = not (value < u or (u != u and value == value))
                        else:
                            before = u < value or (value != value and u == u)
                        low = middle + 1 if before else low
                        high = high if before else middle
                    store(z, i * z0 + j * z1 + k * z2, index(low), 1)

    return kernel


def take_along(dtype, index, picked, add):  # type: ignore[no-untyped-def]
    """y[p] = x[at[p]] (or x[at[p]] += y[p]) along lines; see place_in."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, indices, y = pointer(a, 0, dtype), pointer(a, 1, index), pointer(a, 2, dtype)
        n0, n1, n2, count, size = a[3], a[4], a[5], a[6], a[7]
        x0, x1, x2, xs, q0, q1, q2, qs = a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15]
        y0, y1, y2, ys = a[16], a[17], a[18], a[19]
        for i in range(n0):
            for j in range(n1):
                for k in range(n2):
                    for p in range(count):
                        at = place_in(int64(load(indices, i * q0 + j * q1 + k * q2 + p * qs, 1)), size)
                        here, there = i * x0 + j * x1 + k * x2 + at * xs, i * y0 + j * y1 + k * y2 + p * ys
                        if add:
                            store(x, here, dtype(load(x, here, 0) + load(y, there, 2)), 0)
                        else:
                            store(y, there, load(x, here, 0), 2)

    return kernel


def segment(dtype, index, result, mode):  # type: ignore[no-untyped-def]
    """Elements of a line combined with what stands at the place that an index gives them."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, indices, z = pointer(a, 0, dtype), pointer(a, 1, index), pointer(a, 2, dtype)
        n0, n1, n2, count, size = a[3], a[4], a[5], a[6], a[7]
        x0, x1, x2, xs, q0, q1, q2, qs = a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15]
        z0, z1, z2, zs = a[16], a[17], a[18], a[19]
        for i in range(n0):
            for j in range(n1):
                for p in range(count):
                    for k in range(n2):
                        at = place_in(int64(load(indices, i * q0 + j * q1 + k * q2 + p * qs, 1)), size)
                        there = i * z0 + j * z1 + k * z2 + at * zs
                        value, before = load(x, i * x0 + j * x1 + k * x2 + p * xs, 0), load(z, there, 2)
                        if mode == "prod":
                            value = dtype(value * before)
                        elif mode == "max":
                            value = before if before >= value or before != before else value
                        else:
                            value = before if before <= value or before != before else value
                        store(z, there, value, 2)

    return kernel


def batched_product(dtype, dtype_y, dtype_z):  # type: ignore[no-untyped-def]
    """z (m, n) += x (m, k) @ y (k, n); made for y and z with rows of neighbours."""
    def kernel(a):  # type: ignore[no-untyped-def]
        x, y, z = pointer(a, 0, dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        n0, n1, n2, m, depth, n = a[3], a[4], a[5], a[6], a[7], a[8]
        x0, x1, x2, xi, xk, y0, y1, y2, yk, yj = a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18]
        z0, z1, z2, zi, zj = a[19], a[20], a[21], a[22], a[23]
        for i in range(n0):
            for j in range(n1):
                for k in range(n2):
                    left, right, there = i * x0 + j * x1 + k * x2, i * y0 + j * y1 + k * y2, i * z0 + j * z1 + k * z2
                    for r in range(m):
                        row = there + r * zi
                        for p in range(depth):
                            w = load(x, left + r * xi + p * xk, 0)
                            other = right + p * yk
                            if yj == 1 and zj == 1:
                                for c in range(n):
                                    store(z, row + c, dtype(load(z, row + c, 2) + w * load(y, other + c, 1)), 2)
                            else:
                                for c in range(n):
                                    at = row + c * zj
                                    store(z, at, dtype(load(z, at, 2) + w * load(y, other + c * yj, 1)), 2)

    return kernel
