"""Every function of ``bm`` that NumPy has gives NumPy's result, in the dtypes of ``bm``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.operations.precision import canonical_dtype
from tests.math.surface import CASES, arguments, samples

RENAMED = {"product": np.prod, "sometrue": np.any, "alltrue": np.all, "cumproduct": np.cumprod, "round_": np.round,
           "row_stack": np.vstack, "trapz": np.trapezoid, "concat": np.concatenate, "msort": lambda a: np.sort(a, axis=0),
           "in1d": lambda *args, **kwargs: np.isin(*args, **kwargs).ravel()}


class Reference:
    """NumPy, with functions that it dropped under their old names."""

    def __getattr__(self, name: str) -> Any:
        return RENAMED[name] if name in RENAMED else getattr(np, name)


NUMPY: Any = Reference()
FLAT = [(name, i) for name, cases in CASES.items() for i in range(len(cases))]


def leaves(result: Any) -> list[Any]:
    """The arrays of a result, which may be a tuple or a list."""
    return [leaf for item in result for leaf in leaves(item)] if isinstance(result, (tuple, list)) else [result]


def values(case: Any, data: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The samples that a case takes; skips the test where there is none in this dtype."""
    names = arguments(case)
    if not set(names) <= set(data):
        pytest.skip("no such samples among integers")
    return [data[name] for name in names]


def check(result: Any, expected: Any, tolerance: float) -> None:
    """Compare shapes, dtypes (NumPy's, as ``bm`` stores them) and values."""
    got, wanted = leaves(result), leaves(expected)
    assert len(got) == len(wanted)
    for x, y in zip(got, wanted, strict=True):
        y = np.asarray(y)
        assert isinstance(x, bm.Array)
        assert x.shape == y.shape
        assert x.dtype == canonical_dtype(y.dtype)
        np.testing.assert_allclose(np.asarray(x), y, rtol=tolerance, atol=tolerance)


def run(name: str, i: int, dtype: Any, module: Any = bm, arrays: Any = bm.asarray) -> None:
    """Run one case on ``bm`` arrays and on NumPy's."""
    case = CASES[name][i]
    inputs = values(case, samples(dtype))
    with np.errstate(all="ignore"):
        try:
            expected = case(NUMPY, *inputs)
        except (TypeError, ValueError):
            pytest.skip("NumPy does not do this with integers")
        result = case(module, *[arrays(x) for x in inputs])
    if np.dtype(dtype) == np.float32:  # NumPy mixes int32 and float32 to float64, bm to float32
        tolerance = 2e-4 if name.startswith("linalg") else 2e-5
    else:
        tolerance = 1e-10 if np.dtype(dtype) == np.float64 else 1e-4
    check(result, expected, tolerance)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_float64(name, i):
    bm.enable_x64()
    run(name, i, np.float64)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_float32(name, i):
    run(name, i, np.float32)


@pytest.mark.parametrize(("name", "i"), FLAT)
def test_int32(name, i):
    run(name, i, np.int32)


@pytest.mark.parametrize(("name", "i"), [(name, i) for name, i in FLAT if arguments(CASES[name][i])])
def test_numpys_own_functions_on_arrays(name, i):
    """``np.median(x)`` of an Array is an Array with NumPy's result."""
    run(name, i, np.float32, module=NUMPY)
