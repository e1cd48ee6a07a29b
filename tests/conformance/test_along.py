"""Operations along an axis, compiled against the reference: special values, ties, layouts, rows in tiles, gradients."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from tests.conformance.reference import THREADS

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

TURNS, ROWS = 3, 21
NAN = np.nan
Body = Callable[[Any, int], Any]

DISCRETE: dict[str, Body] = {
    "argmax": lambda x, axis: bm.argmax(x, axis=axis),
    "argmin, kept": lambda x, axis: bm.argmin(x, axis=axis, keepdims=True),
    "argsort": lambda x, axis: bm.argsort(x, axis=axis),
}
REAL: dict[str, Body] = {
    "cumsum": lambda x, axis: bm.cumsum(x, axis=axis),
    "cumprod": lambda x, axis: bm.cumprod(x, axis=axis),
    "nancumsum": lambda x, axis: bm.nancumsum(x, axis=axis),
    "sort": lambda x, axis: bm.sort(x, axis=axis),
    "take_along_axis": lambda x, axis: bm.take_along_axis(x, bm.argsort(-x, axis=axis), axis) * x,
    "prod": lambda x, axis: bm.prod(x, axis=axis),
}
QUANTILES: dict[str, Body] = {
    "median": lambda x, axis: bm.median(x, axis=axis),
    "quantile": lambda x, axis: bm.quantile(x, [0.2, 0.7], axis=axis, method="hazen"),
    "nanmedian": lambda x, axis: bm.nanmedian(x, axis=axis),
    "nanquantile": lambda x, axis: bm.nanquantile(x, 0.3, axis=axis, keepdims=True),
}
EVERY = DISCRETE | REAL | QUANTILES


def with_special_values(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Few different numbers, so that there are ties; for floats, NaN, infinities and zeros of both signs."""
    rng = np.random.default_rng(len(shape))
    if dtype == "bool":
        return rng.random(shape) < 0.5
    x = rng.integers(-3 if dtype != "uint8" else 0, 4, shape).astype(dtype)
    if dtype.startswith("float"):
        x[rng.random(shape) < 0.1] = NAN
        x[rng.random(shape) < 0.1] = np.inf
        x[rng.random(shape) < 0.1] = -0.0
    return x


def looped(body: Callable[[Any], Any], x: np.ndarray, which: str) -> np.ndarray:
    with backend(which), np.errstate(all="ignore"):
        return np.asarray(bm.for_loop(body, bm.asarray(x)))


def agree(body: Callable[[Any], Any], x: np.ndarray, tolerance: float = 0.0) -> None:
    want, got = looped(body, x, "numpy"), looped(body, x, "numba")
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "uint8", "bool"])
@pytest.mark.parametrize("name", [name for name in EVERY if name != "take_along_axis"])
def test_special_values_ties_and_dtypes(name: str, dtype: str) -> None:
    bm.enable_x64()
    if dtype == "bool" and name in QUANTILES:
        pytest.skip("there are no quantiles of truth values")
    x = with_special_values((TURNS, 4, 37), dtype)
    for axis in (0, -1):
        agree(lambda row, axis=axis: EVERY[name](row, axis), x, 1e-6 if dtype == "float32" else 1e-14)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("shape", [(1,), (1, 3), (3, 1), (17,), (2, 33)])
def test_sizes(name: str, shape: tuple[int, ...]) -> None:
    """One element, one line, one element a line, and lengths around those at which sorting changes its way."""
    bm.enable_x64()
    agree(lambda row: EVERY[name](row, -1), np.random.default_rng(0).normal(size=(TURNS, *shape)), 1e-14)


@pytest.mark.parametrize("name", ["argsort", *[name for name in REAL if name != "prod"]])
def test_nothing(name: str) -> None:
    """Lines without elements, and no lines."""
    for shape in ((2, 0), (0, 2)):
        agree(lambda row: EVERY[name](row, 1), np.zeros((TURNS, *shape), np.float32))


def test_the_position_of_an_extremum_of_nothing_is_an_error() -> None:
    for which in ("numpy", "numba"):
        with pytest.raises(ValueError):
            looped(lambda row: bm.argmax(row, axis=1), np.zeros((TURNS, 2, 0)), which)


@pytest.mark.parametrize("name", EVERY)
def test_layouts(name: str) -> None:
    """Strides of every sort, and more loops than kernels have."""
    bm.enable_x64()
    x = np.random.default_rng(0).normal(size=(TURNS, 2, 3, 2, 5, 2))
    for order in ((4, 1, 3, 0, 2), (0, 1, 2, 3, 4), (2, 4, 0, 3, 1)):
        for axis in (0, 2, 4):
            agree(lambda row, order=order, axis=axis: EVERY[name](bm.transpose(row, order)[:, ::-1], axis), x, 1e-13)


def trained(body: Body, axis: int) -> tuple[np.ndarray, ...]:
    """Values, state and gradients of a recurrent model with a batch, whose rows the operation leaves apart."""
    w = bm.TrainVar(np.random.default_rng(2).normal(size=(7, 7)) * 0.4)
    h = bm.Variable(np.random.default_rng(4).normal(size=(ROWS, 7)) * 0.1)
    x = bm.asarray(np.random.default_rng(3).normal(size=(TURNS, ROWS, 7)))

    def turn(row: Any) -> Any:
        result = body((bm.tanh(row @ w) + h).T if axis == 0 else bm.tanh(row @ w) + h, axis)
        spread = result.T if axis == 0 and result.ndim == 2 else result
        kept = spread if spread.ndim == 2 and spread.shape == h.shape else spread.reshape(ROWS, -1)[:, :1]
        h.value = 0.5 * h + bm.sin(kept)
        return spread

    def loss(x: Any) -> Any:
        out = bm.for_loop(turn, x)
        return (out * bm.cos(out)).sum() + (h ** 2).sum(), out

    gradients, out = bm.grad(loss, grad_vars=[w], argnums=0, has_aux=True)(x)
    return tuple([np.asarray(a) for a in (out, h, gradients[0][0], gradients[1])])


BATCHED = {name: body for name, body in (DISCRETE | REAL | QUANTILES).items() if name != "quantile"}


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", BATCHED)
def test_batches_in_tiles(name: str, axis: int) -> None:
    """Rows in several tiles: what the reference gives, and the same bits for any number of threads."""
    bm.enable_x64()
    with backend("numpy"):
        want = trained(BATCHED[name], axis)
    results = []
    for threads in THREADS:
        with backend("numba"), settings.using(num_threads=threads):
            results.append(trained(BATCHED[name], axis))
    for x, y, *others in zip(want, *results, strict=True):
        np.testing.assert_allclose(y, x, rtol=1e-9, atol=1e-12)
        for z in others:
            np.testing.assert_array_equal(y, z)


@pytest.mark.parametrize("name", REAL | QUANTILES)
@pytest.mark.parametrize("zeros", [False, True])
def test_gradients_against_differences(name: str, zeros: bool) -> None:
    """The compiled gradient along a direction; with zeros, products must not divide by them."""
    bm.enable_x64()
    x = np.random.default_rng(1).normal(size=(TURNS, 3, 6))
    if zeros and name in ("cumprod", "prod"):
        x[:, 0, 2] = x[:, 1, [1, 4]] = 0.0
    body, direction = (REAL | QUANTILES)[name], np.random.default_rng(2).normal(size=x.shape)

    def loss(a: Any) -> Any:
        return bm.sum(bm.sin(1.0 + bm.for_loop(lambda row: body(row, -1), a)))

    with backend("numba"):
        gradient = np.asarray(bm.grad(loss)(bm.asarray(x)))
    step = 1e-4
    with backend("numpy"):
        f = [float(loss(bm.asarray(x + n * step * direction))) for n in (-2, -1, 1, 2)]
    np.testing.assert_allclose((gradient * direction).sum(), (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step), rtol=1e-7,
                               atol=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
def test_places_in_sorted_vectors(side: str) -> None:
    """Ties, NaN behind everything, nothing to search in, and batches."""
    bm.enable_x64()
    vector = np.array([-np.inf, -1.0, 0.0, 0.0, 2.0, np.inf, NAN, NAN])
    values = np.array([NAN, -np.inf, np.inf, 0.0, -0.0, 1.0, 5.0, -7.0])
    for x in (vector, vector[:5], vector[:0]):
        agree(lambda row, x=x: bm.searchsorted(bm.asarray(x), row, side=side), np.stack([values, values[::-1]]))
    agree(lambda row: bm.searchsorted(bm.sort(row[0]), row.T, side=side), np.random.default_rng(0).normal(size=(2, 5, 9)))
    agree(lambda row: bm.searchsorted(bm.asarray(vector), row.reshape(ROWS, 4).T, side=side),
          np.random.default_rng(0).normal(size=(2, ROWS, 4)))


def test_picking_out_of_range_moves_to_the_end() -> None:
    """Compiled code cannot raise; see docs/differences.md."""
    x = np.arange(6.0, dtype=np.float32).reshape(1, 2, 3)
    got = looped(lambda row: bm.take_along_axis(row, bm.cast(row * 10 - 3, bm.int32), 1), x, "numba")
    np.testing.assert_array_equal(got[0], [[0, 2, 2], [5, 5, 5]])


SEGMENTS = ("segment_max", "segment_min", "segment_prod", "segment_sum", "segment_mean")


@pytest.mark.parametrize("name", SEGMENTS)
@pytest.mark.parametrize("dtype", ["float64", "int32"])
def test_segments(name: str, dtype: str) -> None:
    bm.enable_x64()
    ids = bm.Variable(np.array([0, 2, 0, 1, 2, 2], np.int32))
    x = with_special_values((TURNS, 6, 3), dtype)
    agree(lambda row: getattr(bm, name)(row, ids, 4), x, 1e-14)
    if dtype == "float64":
        x = np.random.default_rng(0).normal(size=(TURNS, ROWS, 6))
        gradients = []
        for which in ("numpy", "numba"):
            with backend(which):
                gradients.append(bm.grad(lambda a: bm.sum(bm.for_loop(
                    lambda row: getattr(bm, name)(bm.tanh(row).T, ids, 3) ** 2, a)))(bm.asarray(x)))
        np.testing.assert_allclose(*gradients, rtol=1e-12, atol=1e-14)


def test_a_sort_of_a_long_line_keeps_equal_elements_in_order() -> None:
    x = np.random.default_rng(0).integers(0, 50, (2, 5000)).astype(np.float32)
    agree(lambda row: bm.argsort(row), x)


@pytest.mark.parametrize("threads", [1, *[pytest.param(n, marks=pytest.mark.processor) for n in (2, 3)]])
def test_a_large_population_by_a_team_of_threads(threads: int) -> None:
    """Instructions that are not divided, and sums whose terms overlap, between such that are."""
    bm.enable_x64()
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(TURNS, 6000)), rng.normal(size=9)

    def compute() -> np.ndarray:
        v = bm.Variable(np.zeros(6000))

        def turn(row: Any) -> Any:
            v.value = bm.tanh(v * 0.5 + bm.convolve(row, bm.asarray(kernel), "same"))
            order = bm.argsort(v)
            v.value = v + bm.cumsum(bm.take_along_axis(v, order, 0)) * 1e-3
            return bm.sort(v) + bm.cast(bm.argmax(v), float)

        return np.asarray(bm.for_loop(turn, bm.asarray(x)))

    with backend("numpy"):
        want = compute()
    with backend("numba"), settings.using(num_threads=threads):
        np.testing.assert_allclose(compute(), want, rtol=1e-10, atol=1e-12)
