"""Integers that depend on what is being differentiated: they are computed with as usual, and carry no derivative."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint8])
def test_integers_without_axes_on_a_tape(dtype):
    table = np.arange(1.0, 5.0, dtype=np.float32)

    def looked_up(t):
        index = (t * 2).astype(dtype)
        index = ((index + index) % 2 + 1).astype(np.int32)
        return t * bm.Array(table)[index]

    np.testing.assert_array_equal(bm.grad(looked_up)(bm.Array(1.5)), table[(2 * int(np.asarray(3.0).astype(dtype))) % 2 + 1])
