"""Quantiles by all of NumPy's methods, sorting, and positions."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm

METHODS = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
           "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"]
Q = np.array([[0.0, 0.1, 0.25], [0.5, 0.77, 1.0]])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_methods(method, size):
    bm.enable_x64()
    x = np.random.default_rng(size).integers(0, 9, (2, size)).astype(np.float64)  # with ties
    result = bm.quantile(bm.asarray(x), Q, axis=1, method=method)
    np.testing.assert_allclose(np.asarray(result), np.quantile(x, Q, axis=1, method=method), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_methods_without_nan(method):
    bm.enable_x64()
    x = np.random.default_rng(2).normal(size=(4, 6))
    x[0, 2] = x[1, 1] = x[1, 4] = np.nan
    x[3] = np.nan
    expected = np.array([[np.nanquantile(row, q, method=method) for row in x[:3]] for q in Q[0]])
    result = np.asarray(bm.nanquantile(bm.asarray(x), Q[0], axis=1, method=method))
    np.testing.assert_allclose(result[:, :3], expected, rtol=1e-12)
    assert np.isnan(result[:, 3]).all()


def test_exact_positions_do_not_depend_on_the_precision():
    x = np.arange(21, dtype=np.float32)
    assert float(bm.percentile(x, 95, method="lower")) == 19
    assert float(bm.quantile(x, 0.35, method="higher")) == 7


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bm.quantile(bm.ones(3), 1.5), r"quantiles must be in \[0, 1\]"),
    (lambda: bm.median(bm.zeros((2, 0)), axis=1), "a quantile of no elements"),
    (lambda: bm.searchsorted(bm.ones(3), 1.0, side="up"), "side must be 'left' or 'right'"),
    (lambda: bm.argsort(bm.ones(3), order="x"), "'order' is for records"),
    (lambda: bm.nanargmax(bm.array([np.nan])), "All-NaN slice"),
])
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sorting_moves_the_gradient_back():
    weights = np.array([1.0, 2.0, 3.0], np.float32)
    gradient = bm.grad(lambda x: bm.sum(bm.sort(x) * weights))(bm.array([5.0, -1.0, 2.0]))
    assert gradient.tolist() == [3.0, 1.0, 2.0]


def test_equal_elements_keep_their_order():
    x = np.random.default_rng(0).integers(0, 3, 200)
    np.testing.assert_array_equal(np.asarray(bm.argsort(x, stable=True)), np.argsort(x, stable=True))
    np.testing.assert_array_equal(np.asarray(bm.argsort(x, kind="mergesort")), np.argsort(x, stable=True))


def test_sort_in_place():
    x = bm.Variable(np.array([3.0, 1.0, 2.0]))
    x.sort()
    assert x.tolist() == [1, 2, 3]
    assert x.argsort().tolist() == [0, 1, 2]
    assert x.searchsorted(1.5).tolist() == 1
