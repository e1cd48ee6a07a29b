"""The derivatives of ``bm``'s functions: against differences, in the dtype of the operand, of second order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from tests.math.surface import CASES, DISCRETE, NOT_DIFFERENTIATED, arguments, samples

DATA = samples(np.float64)
SINGLE = samples(np.float32)
DIFFERENTIABLE = [
    (name, i, k) for name, cases in CASES.items() if name not in DISCRETE | NOT_DIFFERENTIATED
    for i, case in enumerate(cases) for k, argument in enumerate(arguments(case))
    if DATA[argument].dtype.kind in "fc" and DATA[argument].dtype != np.float32
]
STEP = 1e-4


def leaves(result: Any) -> list[Any]:
    """The arrays of a result, which may be a tuple or a list."""
    return [leaf for item in result for leaf in leaves(item)] if isinstance(result, (tuple, list)) else [result]


def functional(name: str, i: int, k: int, data: dict[str, np.ndarray]) -> tuple[Any, np.ndarray]:
    """The case as a function of its k-th argument, made a number by fixed weights; and that argument."""
    case = CASES[name][i]
    given = [data[argument] for argument in arguments(case)]

    def function(x: Any) -> Any:
        arrays = [bm.asarray(y) for y in given]
        arrays[k] = x
        rng = np.random.default_rng(3)
        total: Any = 0.0
        for leaf in leaves(case(bm, *arrays)):
            if leaf.dtype.kind in "fc":
                for part in (bm.real(leaf), bm.imag(leaf)) if leaf.dtype.kind == "c" else (leaf,):
                    total = total + bm.sum(part * bm.asarray(rng.uniform(0.5, 1.5, part.shape), dtype=part.dtype))
        return total

    return function, given[k]


def slope(function: Any, x: np.ndarray, direction: np.ndarray) -> float:
    """The derivative along a direction, by differences of fourth order."""
    f = [float(function(bm.asarray(x + n * STEP * direction))) for n in (-2, -1, 1, 2)]
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * STEP)


@pytest.mark.parametrize(("name", "i", "k"), DIFFERENTIABLE)
def test_gradient_against_differences(name, i, k):
    bm.enable_x64()
    function, x = functional(name, i, k, DATA)
    with np.errstate(all="ignore"):
        if not np.isfinite(float(function(bm.asarray(x)))):
            pytest.skip("the result is not finite")
        gradient = np.asarray(bm.grad(function)(bm.asarray(x)))
    assert gradient.dtype == x.dtype
    assert gradient.shape == x.shape
    rng = np.random.default_rng(5)
    for unit in (1, 1j) if x.dtype.kind == "c" else (1,):
        direction = np.where(np.isfinite(x), unit * rng.uniform(0.5, 1.5, x.shape), 0)
        with np.errstate(all="ignore"):
            expected = slope(function, x, direction)
        along = float(np.real(np.sum(gradient * direction)))  # dL/dx - i dL/dy times dx + i dy
        np.testing.assert_allclose(along, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "i", "k"), DIFFERENTIABLE)
def test_gradient_keeps_float32(name, i, k):
    function, x = functional(name, i, k, SINGLE)
    with np.errstate(all="ignore"):
        if not np.isfinite(float(function(bm.asarray(x)))):
            pytest.skip("the result is not finite")
        gradient, value = bm.grad(function, return_value=True)(bm.asarray(x))
    assert gradient.dtype == x.dtype
    assert value.dtype == np.float32


TWICE = [
    "absolute", "arcsin", "arctan2", "arctanh", "average", "cbrt", "convolve", "copysign", "corrcoef", "cos", "cov", "cross",
    "cumprod", "cumsum", "divide", "dot", "einsum", "exp", "exp2", "fft.fft", "fft.irfft", "fft.rfft", "fmod", "gradient",
    "hypot", "interp", "kron", "linalg.cholesky", "linalg.det", "linalg.eigvalsh", "linalg.inv", "linalg.norm",
    "linalg.slogdet", "linalg.solve", "log1p", "logaddexp", "matmul", "max", "maximum", "mean", "median", "nanvar",
    "pad", "percentile", "polyval", "power", "prod", "remainder", "sinc", "sort", "sqrt", "square", "std", "take", "tan",
    "tanh", "tensordot", "trapz", "unwrap", "var", "vander", "where",
]


@pytest.mark.parametrize(("name", "i", "k"), [case for case in DIFFERENTIABLE if case[0] in TWICE])
def test_second_derivative(name, i, k):
    bm.enable_x64()
    function, x = functional(name, i, k, DATA)
    with np.errstate(all="ignore"):
        if not np.isfinite(float(function(bm.asarray(x)))) or x.dtype.kind == "c":
            pytest.skip("the result is not finite, or the argument not real")
        weights = bm.asarray(np.random.default_rng(7).uniform(0.5, 1.5, x.shape))

        def first(y: Any) -> Any:
            return bm.sum(bm.where(bm.isnan(y), 0.0, weights * bm.grad(function)(y)))

        gradient = np.asarray(bm.grad(first)(bm.asarray(x)))
        direction = np.where(np.isfinite(x), np.random.default_rng(9).uniform(0.5, 1.5, x.shape), 0)
        expected = slope(first, x, direction)
    np.testing.assert_allclose(float(np.sum(gradient * direction)), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("name", "i", "k"), [
    case for case in DIFFERENTIABLE if case[0] in TWICE and case[1] == 0 and arguments(CASES[case[0]][0])[case[2]] != "z"])
def test_second_derivative_keeps_float32(name, i, k):
    function, x = functional(name, i, k, SINGLE)
    with np.errstate(all="ignore"):
        gradient = bm.grad(lambda y: bm.sum(bm.grad(function)(y)))(bm.asarray(x))
    assert gradient.dtype == np.float32
