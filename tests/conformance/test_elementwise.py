"""Every element-wise operation, compiled, gives what NumPy gives: values, special values, dtypes and gradients."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import cache
from nbbrain.backends import backend
from nbbrain.operations import named
from nbbrain.operations.operation import Operation
from nbbrain.operations.precision import set_x64

pytest.importorskip("numba")

from nbbrain.backends.numba import kernels
from nbbrain.backends.numba.emit import EXPRESSIONS

SPECIAL = {"where", "cast", "spike", "ldexp"}
POSITIVE = {"log", "log2", "log10", "log1p", "sqrt", "power", "float_power"}
DOMAIN = {"arccosh": (1.1, 4.0), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9), "arctanh": (-0.9, 0.9)}


def elementwise() -> list[str]:
    """Names of the operations under test."""
    return [name for name in EXPRESSIONS if name not in SPECIAL]


def arity(operation: Operation) -> int:
    """The number of operands."""
    return operation.function.nin if isinstance(operation.function, np.ufunc) else 1


def sample(name: str, dtype: str, count: int) -> list[np.ndarray]:
    """Operands in the operation's domain, the same every time."""
    rng = np.random.default_rng(sum(map(ord, name)))
    if dtype.startswith(("int", "uint")):
        low = 0 if dtype.startswith("uint") or name in ("left_shift", "right_shift", "power") else -9
        operands = [rng.integers(low, 9, (5, 7)).astype(dtype) for _ in range(count)]
        if name in ("floor_divide", "remainder", "fmod"):
            operands[1] = np.abs(operands[1]) + 1
        if name == "reciprocal":  # of an integer zero: undefined
            operands[0][operands[0] == 0] = 3
        if name in ("left_shift", "right_shift", "power"):
            operands[1] = operands[1] % 4
        return [x.astype(dtype) for x in operands]
    if dtype == "bool":
        return [rng.random((5, 7)) < 0.5 for _ in range(count)]
    low, high = DOMAIN.get(name, (0.1, 4.0) if name in POSITIVE else (-4.0, 4.0))
    return [rng.uniform(low, high, (5, 7)).astype(dtype) for _ in range(count)]


def compiled(function, *operands: np.ndarray) -> np.ndarray:
    """Run a function of rows through the compiled backend, every row a turn."""
    with backend("numba"):
        return np.asarray(bm.for_loop(lambda *rows: function(*rows), [bm.Array(x, x.dtype) for x in operands]))


def cases() -> list[tuple[str, str]]:
    """Operations and the dtypes they are defined for."""
    found = []
    for name in elementwise():
        operation = named[name]
        for dtype in ("float32", "float64", "int32", "uint32", "bool"):
            dtypes = [np.dtype(dtype)] * arity(operation)
            if isinstance(operation.function, np.ufunc) and not (operation.promotion == "inexact" and dtype[0] != "f"):
                try:
                    resolved = operation.function.resolve_dtypes((*dtypes, None))
                except TypeError:
                    continue
                if np.dtype(np.float16) in resolved:  # half precision is not compiled
                    continue
                found.append((name, dtype))
    return found


@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
@pytest.mark.parametrize(("name", "dtype"), cases())
def test_gives_what_numpy_gives(name: str, dtype: str) -> None:
    set_x64(dtype == "float64")
    operation = named[name]
    operands = sample(name, dtype, arity(operation))
    with np.errstate(all="ignore"):
        want = operation.function(*operands)
    got = compiled(lambda *rows: bm.Array(operation(*[row.value for row in rows])), *operands)
    assert got.dtype == want.dtype
    tolerance = {"float32": 2e-6, "float64": 1e-14}.get(str(want.dtype), 0)
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["exp", "tanh", "maximum", "minimum", "fmax", "fmin", "sign", "absolute", "isnan", "isinf",
                                  "isfinite", "sqrt", "log"])
def test_special_values(name: str, dtype: str) -> None:
    """Infinities, NaN, zeros of both signs, the largest and the smallest numbers."""
    set_x64(dtype == "float64")
    operation = named[name]
    info = np.finfo(dtype)
    values = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, info.max, info.min, info.tiny, -info.tiny, 88.0, -88.0, -100.0,
                       -103.0, 709.0, -740.0, 1e4, -1e4], dtype)
    operands = np.meshgrid(*[values] * arity(operation)) if arity(operation) > 1 else [values[None]]
    with np.errstate(all="ignore"):
        want = operation.function(*operands)
    got = compiled(lambda *rows: bm.Array(operation(*[row.value for row in rows])), *operands)
    np.testing.assert_allclose(got, want, rtol=3e-7 if dtype == "float32" else 1e-15, atol=info.smallest_subnormal * 4)


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


@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
@pytest.mark.parametrize("name", [name for name in elementwise() if named[name].differentiable])
def test_gradients_agree(name: str, dtype: str, tolerance: float) -> None:
    """Compiled against reference; the gradient has the operand's dtype."""
    set_x64(dtype == "float64")
    operation = named[name]
    operands = sample(name, dtype, arity(operation))

    def loss(*arrays):
        return bm.for_loop(lambda *rows: bm.Array(operation(*[row.value for row in rows])), arrays).sum()

    arguments = tuple([bm.Array(x) for x in operands])
    gradients = []
    for which in ("numpy", "numba"):
        with backend(which):
            gradients.append(bm.grad(loss, argnums=tuple(range(len(operands))))(*arguments))
    for reference, result in zip(*gradients, strict=True):
        assert result.dtype == reference.dtype == dtype
        np.testing.assert_allclose(result, reference, rtol=tolerance, atol=tolerance * 1e-3)


def test_every_kernel_is_kept() -> None:
    """No kernel needs functions that are there only while Numba is loaded, so each has an object file."""
    compiled(lambda x: bm.logaddexp(bm.exp(x), bm.tanh(x)), np.ones((2, 3), np.float32))
    folder = cache.prepare()
    assert not [name for name in kernels._addresses if not (folder / f"{name}.o").exists()]
