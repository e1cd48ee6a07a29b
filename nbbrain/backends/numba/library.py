"""Kernels that are written by hand: products, indices, random bits. Their arguments are rows of integers, as in emit."""
from __future__ import annotations

import numpy as np
from numba import bool_, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64

from nbbrain.backends.numba.memory import load, pointer, store
from nbbrain.backends.numba.vector_math import place_in

__all__ = ["TYPES", "integer_product", "random_bits", "take"]

TYPES = {np.dtype(name): kind for name, kind in {
    "bool": bool_, "int8": int8, "int16": int16, "int32": int32, "int64": int64, "uint8": uint8, "uint16": uint16,
    "uint32": uint32, "uint64": uint64, "float32": float32, "float64": float64}.items()}


def integer_product(dtype):  # type: ignore[no-untyped-def]
    """z (m, n) = or += x (m, k) @ y (k, n) of integers or truth values, with strides for all."""
    zero = dtype(0)

    def kernel(a):  # type: ignore[no-untyped-def]
        x, y, z = pointer(a, 0, dtype), pointer(a, 1, dtype), pointer(a, 2, dtype)
        m, k, n, accumulate = a[4], a[5], a[6], a[7]
        xi, xk, yk, yj, zi, zj = a[9], a[10], a[11], a[12], a[13], a[14]
        for i in range(m):
            for j in range(n):
                total = load(z, i * zi + j * zj, 2) if accumulate else zero
                for p in range(k):
                    total = dtype(total + load(x, i * xi + p * xk, 0) * load(y, p * yk + j * yj, 1))
                store(z, i * zi + j * zj, total, 2)

    return kernel


def take(dtype, index_dtype, mode):  # type: ignore[no-untyped-def]
    """Get, set or add elements by indices along the middle axis of (outer, axis, inner); see place_in."""
    def kernel(a):  # type: ignore[no-untyped-def]
        source, indices, picked = pointer(a, 0, dtype), pointer(a, 1, index_dtype), pointer(a, 2, dtype)
        outer, count, inner, size = a[3], a[4], a[5], a[6]
        so, sa, si, stride, po, pk, pi = a[7], a[8], a[9], a[10], a[11], a[12], a[13]
        for o in range(outer):
            for q in range(count):
                at = place_in(int64(load(indices, q * stride, 1)), size)
                for i in range(inner):
                    here, there = o * so + at * sa + i * si, o * po + q * pk + i * pi
                    if mode == 0:
                        store(picked, there, load(source, here, 0), 2)
                    elif mode == 1:
                        store(source, here, load(picked, there, 2), 0)
                    else:
                        store(source, here, dtype(load(source, here, 0) + load(picked, there, 2)), 0)

    return kernel


def random_bits():  # type: ignore[no-untyped-def]
    """Philox4x32-10 words for elements from a first one on; see nbbrain.operations.random_bits."""
    low = uint64(0xFFFFFFFF)
    shift = uint64(32)

    def kernel(a):  # type: ignore[no-untyped-def]
        state, result = pointer(a, 0, uint32), pointer(a, 1, uint32)
        size, first = a[2], a[3]
        before = first // 4
        for step in range((first + size + 3) // 4 - before):
            group = before + step
            c0, c1 = uint64(group) & low, uint64(group) >> shift
            c2, c3 = uint64(load(state, 2, 0)), uint64(load(state, 3, 0))
            k0, k1 = uint64(load(state, 0, 0)), uint64(load(state, 1, 0))
            for _ in range(10):
                p, q = uint64(0xD2511F53) * c0, uint64(0xCD9E8D57) * c2
                c0, c1, c2, c3 = (q >> shift) ^ c1 ^ k0, q & low, (p >> shift) ^ c3 ^ k1, p & low
                k0, k1 = (k0 + uint64(0x9E3779B9)) & low, (k1 + uint64(0xBB67AE85)) & low
            at = group * 4 - first
            if 0 <= at < size:
                store(result, at, uint32(c0), 1)
            if 0 <= at + 1 < size:
                store(result, at + 1, uint32(c1), 1)
            if 0 <= at + 2 < size:
                store(result, at + 2, uint32(c2), 1)
            if 0 <= at + 3 < size:
                store(result, at + 3, uint32(c3), 1)

    return kernel
