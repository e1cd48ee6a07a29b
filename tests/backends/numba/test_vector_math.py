"""The library's own elementary functions: within 2 ULP of the exact value over their range, and right at its ends."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from nbbrain.backends.numba import interpreted, vector_math

RANGES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float, float]] = {
    "exp_float32": (np.exp, -103.9, 88.72), "exp_float64": (np.exp, -745.1, 709.78),
    "expm1_float32": (np.expm1, -120.0, 88.72), "expm1_float64": (np.expm1, -800.0, 709.78),
    "tanh_float32": (np.tanh, -12.0, 12.0), "tanh_float64": (np.tanh, -25.0, 25.0),
}


@pytest.fixture(scope="module")
def compiled() -> Callable[..., np.ndarray]:
    """Functions run by machine code, one element after the other."""
    loops: dict[Any, Callable] = {}

    def run(name: str, *operands: np.ndarray) -> np.ndarray:
        function = getattr(vector_math, name)
        if name not in loops:
            @njit(error_model="numpy")
            def loop_of_one(x, result):  # type: ignore[no-untyped-def]
                for i in range(x.size):
                    result[i] = function(x[i])

            @njit(error_model="numpy")
            def loop_of_two(x, y, result):  # type: ignore[no-untyped-def]
                for i in range(x.size):
                    result[i] = function(x[i], y[i])

            loops[name] = loop_of_one if len(operands) == 1 else loop_of_two
        result = np.empty_like(operands[0])
        loops[name](*operands, result)
        return result

    return run


def dtype_of(name: str) -> np.dtype:
    return np.dtype(name.rsplit("_", 1)[1])


def distance(got: np.ndarray, exact: np.ndarray) -> float:
    """The largest distance from exact values, in units in the last place of the result's dtype."""
    spacing = np.spacing(np.abs(exact.astype(got.dtype))).astype(exact.dtype)
    return float((np.abs(got.astype(exact.dtype) - exact) / spacing).max())


def exact_dtype(dtype: np.dtype) -> Any:
    """A dtype wide enough to be exact beside another."""
    if dtype == np.float32:
        return np.float64
    if np.finfo(np.longdouble).nmant <= 60:
        pytest.skip("no wider floating-point numbers here")
    return np.longdouble


def samples(dtype: np.dtype, low: float, high: float) -> np.ndarray:
    """Numbers all over a range, many near zero, and neighbours of where the functions change their formula."""
    rng = np.random.default_rng(0)
    edges = np.array([0.625, np.log(2) / 2, np.log(2), 1.0, 2.0, low, high])
    around = [edges * (1 + n * np.finfo(dtype).eps) for n in range(-4, 5)]
    x = np.concatenate([rng.uniform(low, high, 60000), rng.normal(size=60000) * 0.5, 10.0 ** rng.uniform(-30, 0, 20000),
                        np.linspace(low, high, 20001), *around, *[-a for a in around]]).astype(dtype)
    return x[(x >= low) & (x <= high)]


@pytest.mark.parametrize("name", RANGES)
def test_within_two_units_in_the_last_place(name: str, compiled: Callable[..., np.ndarray]) -> None:
    function, low, high = RANGES[name]
    x = samples(dtype_of(name), low, high)
    assert distance(compiled(name, x), function(x.astype(exact_dtype(x.dtype)))) <= 2


@pytest.mark.parametrize("name", ["exp_float32", "exp_float64"])
def test_special_values_of_exp(name: str, compiled: Callable[..., np.ndarray]) -> None:
    dtype = dtype_of(name)
    info = np.finfo(dtype)
    top, bottom = np.log(info.max.astype(np.float64)), np.log(float(info.smallest_subnormal))
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, info.max, info.min, info.tiny, top + 0.01, bottom - 1, bottom * 2,
                  info.smallest_subnormal], dtype)
    want = np.array([np.inf, 0, np.nan, 1, 1, np.inf, 0, 1, np.inf, 0, 0, 1], dtype)
    np.testing.assert_array_equal(compiled(name, x), want)


@pytest.mark.parametrize("name", ["expm1_float32", "expm1_float64"])
def test_expm1_is_exact_to_the_last_digits_around_zero(name: str, compiled: Callable[..., np.ndarray]) -> None:
    dtype = np.dtype(name[-7:]).type
    x = np.concatenate([sign * np.logspace(-12, -0.2, 20_000) for sign in (1, -1)]).astype(dtype)
    exact = np.expm1(x.astype(np.longdouble))
    assert (np.abs(compiled(name, x) - exact) <= 2 * np.spacing(np.abs(exact.astype(dtype)))).all()
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1000.0, -1000.0], dtype)
    got = compiled(name, special)
    np.testing.assert_array_equal(got, np.array([0.0, -0.0, np.inf, -1.0, np.nan, np.inf, -1.0], dtype))
    assert np.signbit(got[1])


@pytest.mark.parametrize("name", ["exp_float32", "exp_float64"])
def test_exp_gives_numbers_below_the_normal_range(name: str, compiled: Callable[..., np.ndarray]) -> None:
    dtype = dtype_of(name)
    info = np.finfo(dtype)
    x = np.linspace(np.log(float(info.smallest_subnormal)) + 0.01, np.log(float(info.tiny)), 1000).astype(dtype)
    got = compiled(name, x)
    assert ((got > 0) & (got <= info.tiny * 1.01)).all()
    assert distance(got, np.exp(x.astype(exact_dtype(dtype)))) <= 2


@pytest.mark.parametrize("name", ["tanh_float32", "tanh_float64"])
def test_special_values_of_tanh(name: str, compiled: Callable[..., np.ndarray]) -> None:
    dtype = dtype_of(name)
    info = np.finfo(dtype)
    tiny = [info.tiny, -info.tiny, info.smallest_subnormal]
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, info.max, info.min, 30.0, -30.0, *tiny], dtype)
    got = compiled(name, x)
    np.testing.assert_array_equal(got, np.array([1, -1, np.nan, 0, -0.0, 1, -1, 1, -1, *tiny], dtype))
    np.testing.assert_array_equal(np.signbit(got[3:5]), [False, True])


@pytest.mark.parametrize("name", ["tanh_float32", "tanh_float64"])
def test_tanh_is_odd_and_grows(name: str, compiled: Callable[..., np.ndarray]) -> None:
    x = np.sort(np.abs(samples(dtype_of(name), -12.0, 12.0)))
    got = compiled(name, x)
    np.testing.assert_array_equal(compiled(name, -x), -got)
    assert (got <= 1).all()
    assert (np.diff(got) >= -2 * np.finfo(x.dtype).eps).all()


PAIRS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "logaddexp": np.logaddexp, "logaddexp2": np.logaddexp2, "hypotenuse": np.hypot}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", PAIRS)
def test_functions_of_two_numbers(name: str, dtype: str, compiled: Callable[..., np.ndarray]) -> None:
    rng = np.random.default_rng(1)
    x, y = [np.concatenate([rng.normal(size=2000) * scale for scale in (0.1, 3.0, 50.0)]).astype(dtype) for _ in range(2)]
    info = np.finfo(dtype)
    np.testing.assert_allclose(compiled(name, x, y), PAIRS[name](x, y), rtol=4 * info.eps, atol=4 * info.eps)
    special = np.array([np.inf, -np.inf, np.nan, 0.0, 1.0, info.max / 2, -3.0], dtype)
    x, y = [a.ravel().copy() for a in np.meshgrid(special, special)]
    with np.errstate(all="ignore"):
        want = PAIRS[name](x, y)
    np.testing.assert_allclose(compiled(name, x, y), want, rtol=4 * info.eps, atol=4 * info.eps)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cube_root(dtype: str, compiled: Callable[..., np.ndarray]) -> None:
    rng = np.random.default_rng(2)
    info = np.finfo(dtype)
    x = np.concatenate([rng.normal(size=5000) * 10.0 ** rng.uniform(-30, 30, 5000),
                        [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, info.tiny]]).astype(dtype)
    np.testing.assert_allclose(compiled("cube_root", x), np.cbrt(x), rtol=3 * info.eps)


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint8", "int64"])
def test_integer_power(dtype: str, compiled: Callable[..., np.ndarray]) -> None:
    x, n = [a.ravel().astype(dtype) for a in np.meshgrid(np.arange(0 if dtype[0] == "u" else -5, 6), np.arange(12))]
    np.testing.assert_array_equal(compiled("integer_power", x, n), x ** n)


@pytest.mark.parametrize("name", RANGES)
def test_the_text_means_the_same_to_python(name: str, compiled: Callable[..., np.ndarray]) -> None:
    """What is tested un-jitted elsewhere is this function; machine code may round once less (fused multiply and add)."""
    x = samples(dtype_of(name), *RANGES[name][1:])[::500]
    function = interpreted.names()[name]
    with np.errstate(all="ignore"):
        python = np.array([function(number) for number in x])
    assert python.dtype == x.dtype
    np.testing.assert_allclose(python, compiled(name, x), rtol=4 * np.finfo(x.dtype).eps)
