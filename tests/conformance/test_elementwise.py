"""What is asked of element-wise operations beside the table."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import cache
from nbbrain.backends import backend

pytest.importorskip("numba")

from nbbrain.backends.numba import kernels


def compiled(function, *operands: np.ndarray) -> np.ndarray:
    """Run a function of rows through the compiled backend, every row a turn."""
    with backend("numba"):
        return np.asarray(bm.for_loop(lambda *rows: function(*rows), [bm.Array(x, x.dtype) for x in operands]))


def test_every_kernel_is_kept() -> None:
    """No kernel needs functions that are there only while Numba is loaded, so each has an object file."""
    compiled(lambda x: bm.logaddexp(bm.exp(x), bm.tanh(x)), np.ones((2, 3), np.float32))
    folder = cache.prepare()
    assert not [name for name in kernels._addresses if not (folder / f"{name}.o").exists()]
