"""Special functions against SciPy, in both precisions, and their derivatives against analytic ones."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.lifting import lift
from nbbrain.operations import special as ours

scipy_special = pytest.importorskip("scipy.special")

X = np.concatenate([np.linspace(-8, 8, 4001), [-1e-300, 0.0, 1e-300, -1e-8, 1e-8]])
DTYPES = [(np.float64, 4e-15), (np.float32, 1e-5)]


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(("name", "exact"), [("erf", "erf"), ("normal_cdf", "ndtr"), ("logistic", "expit")])
def test_values(name, exact, dtype, rtol):
    x = X.astype(dtype)
    result = getattr(ours, name)(x)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, getattr(scipy_special, exact)(x.astype(float)), rtol=rtol, atol=1e-45)


@pytest.mark.parametrize(("dtype", "lowest", "rtol"), [(np.float64, -300, 4e-15), (np.float32, -37, 2e-6)])
def test_quantiles(dtype, lowest, rtol):
    p = np.concatenate([np.logspace(lowest, -3, 1001), np.linspace(1e-3, 1 - 1e-3, 1999)]).astype(dtype)
    result = ours.normal_quantile(p)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, scipy_special.ndtri(p.astype(float)), rtol=rtol, atol=rtol)


def test_infinities_and_zeros():
    infinite = np.array([-np.inf, np.inf, -1e4, 1e4, 0.0], np.float32)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(ours.erf(infinite), [-1, 1, -1, 1, 0])
        np.testing.assert_array_equal(ours.normal_cdf(infinite), [0, 1, 0, 1, 0.5])
        np.testing.assert_array_equal(ours.logistic(infinite), [0, 1, 0, 1, 0.5])


@pytest.mark.parametrize(("name", "derivative"), [
    ("erf", lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
    ("normal_cdf", lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),
    ("logistic", lambda x: scipy_special.expit(x) * scipy_special.expit(-x)),
])
def test_derivatives(name, derivative):
    bm.enable_x64()
    x = np.linspace(-6, 6, 1201)  # with 0 and ±1, where branches meet
    gradient = np.asarray(bm.vector_grad(lift(getattr(ours, name)))(x))
    np.testing.assert_allclose(gradient, derivative(x), rtol=1e-12)


def test_the_quantile_is_the_inverse_of_the_distribution():
    bm.enable_x64()
    x = np.linspace(-30, 5, 701)
    np.testing.assert_allclose(ours.normal_quantile(ours.normal_cdf(x)), x, rtol=1e-9)
    p = np.array([1e-20, 1e-3, 0.074, 0.076, 0.5, 0.9])
    gradient = np.asarray(bm.vector_grad(lift(ours.normal_quantile))(p))
    quantile = scipy_special.ndtri(p)
    np.testing.assert_allclose(gradient, np.sqrt(2 * np.pi) * np.exp(quantile**2 / 2), rtol=1e-9)
