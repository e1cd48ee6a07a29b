"""What is asked of element-wise operations beside the table."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import cache
from nbbrain.backends import backend
from nbbrain.operations.precision import set_x64

pytest.importorskip("numba")

from nbbrain.backends.numba import kernels


def compiled(function, *operands: np.ndarray) -> np.ndarray:
    """Run a function of rows through the compiled backend, every row a turn."""
    with backend("numba"):
        return np.asarray(bm.for_loop(lambda *rows: function(*rows), [bm.Array(x, x.dtype) for x in operands]))


@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bits_of_numbers(dtype: str) -> None:
    """Neighbours, exponents and products with powers of two are exact, also of the smallest numbers."""
    set_x64(dtype == "float64")
    info = np.finfo(dtype)
    rng = np.random.default_rng(0)
    values = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0, -1.0, info.max, info.tiny, -info.tiny,
                       info.smallest_subnormal, *(rng.normal(size=40) * 2.0 ** rng.integers(-140, 120, 40))], dtype)
    x, y = np.meshgrid(values, values)
    powers = np.array([0, 1, -1, 30, -30, 127, -149, 400, -400, 1100, -1100, 3000, -3000], np.int32)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(compiled(bm.nextafter, x, y), np.nextafter(x, y))
        scaled = [np.ldexp(values, n).astype(dtype) for n in powers]
        got = compiled(lambda n: bm.ldexp(bm.asarray(values), n), powers)
        np.testing.assert_array_equal(got, scaled)
        finite = np.where(np.isfinite(values), values, 1.0)[None]
        np.testing.assert_array_equal(compiled(lambda x: bm.frexp(x)[1], finite), np.frexp(finite)[1])


def test_every_kernel_is_kept() -> None:
    """No kernel needs functions that are there only while Numba is loaded, so each has an object file."""
    compiled(lambda x: bm.logaddexp(bm.exp(x), bm.tanh(x)), np.ones((2, 3), np.float32))
    folder = cache.prepare()
    assert not [name for name in kernels._addresses if not (folder / f"{name}.o").exists()]
