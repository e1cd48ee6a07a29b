"""Counter-based random bits: Philox4x32-10 (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3").

A random number is a pure function of (seed, draw, element), so a stream does not depend on the backend, the number of
threads or the order of computation, and a run resumes exactly where it stopped.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.operation import Operation
from nbbrain.operations.symbolic import Abstract

__all__ = ["philox", "random_bits"]

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def philox(counter: tuple[Any, Any, Any, Any], key: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """Four 32-bit words for every counter (four 32-bit words) under a key (two 32-bit words)."""
    c0, c1, c2, c3 = [np.asarray(word, dtype=np.uint64) for word in counter]
    k0, k1 = int(key[0]), int(key[1])
    for _ in range(ROUNDS):
        first, second = np.uint64(MULTIPLIERS[0]) * c0, np.uint64(MULTIPLIERS[1]) * c2
        c0, c1 = (second >> _SHIFT) ^ c1 ^ np.uint64(k0), second & _LOW
        c2, c3 = (first >> _SHIFT) ^ c3 ^ np.uint64(k1), first & _LOW
        k0, k1 = (k0 + WEYL[0]) & 0xFFFFFFFF, (k1 + WEYL[1]) & 0xFFFFFFFF
    return tuple([word.astype(np.uint32) for word in (c0, c1, c2, c3)])


def _random_bits(state: np.ndarray, *, shape: tuple[int, ...]) -> np.ndarray:
    """One 32-bit word an element: four elements share a counter (element // 4, 0, draw low, draw high)."""
    size = int(np.prod(shape, dtype=np.int64))
    blocks = np.arange(-(-size // 4), dtype=np.uint64)
    zero = np.zeros_like(blocks)
    words = philox((blocks & _LOW, blocks >> _SHIFT, zero + np.uint64(state[2]), zero + np.uint64(state[3])),
                   (state[0], state[1]))
    return np.stack(words, axis=-1).reshape(-1)[:size].reshape(shape)


random_bits = Operation("random_bits", _random_bits, kind="random",
                        infer=lambda state, *, shape: Abstract(shape, np.dtype(np.uint32)))
"""``random_bits(state, shape=...)``: uniform 32-bit words; state is (key low, key high, draw low, draw high), uint32."""
