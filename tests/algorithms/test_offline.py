"""Offline algorithms find the weights that their definitions say."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import NoImplementationError

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, 20, 6)), RNG.normal(size=(3, 20, 2))
FLAT_X, FLAT_Y = X.reshape(60, 6), Y.reshape(60, 2)


@pytest.fixture(autouse=True)
def double_precision():
    with bm.environment(x64=True):
        yield


@pytest.mark.parametrize("alpha", [1e-7, 0.1, 100.0])
def test_ridge_regression_solves_its_normal_equations(alpha):
    weights = np.asarray(bp.algorithms.RidgeRegression(alpha=alpha)(bm.asarray(Y), bm.asarray(X)))
    expected = np.linalg.pinv(FLAT_X.T @ FLAT_X + alpha * np.eye(6)) @ FLAT_X.T @ FLAT_Y
    assert np.allclose(weights, expected, rtol=1e-10, atol=1e-12)
    assert np.allclose(FLAT_X.T @ (FLAT_X @ weights - FLAT_Y) + alpha * weights, 0, atol=1e-10)


def test_ridge_regression_is_exact_where_normal_equations_lose_half_the_digits():
    # Two columns that differ by 1e-6: the condition number is 2e6, its square near the limit of double precision.
    a = RNG.normal(size=200)
    x = np.stack([a, a + 1e-6 * RNG.normal(size=200)], axis=1)
    y = x @ np.array([[1.0], [2.0]])
    with np.errstate(all="ignore"):
        weights = np.asarray(bp.algorithms.RidgeRegression(alpha=1e-22)(bm.asarray(y), bm.asarray(x)))
    assert np.allclose(weights, [[1.0], [2.0]], atol=1e-8)
    naive = np.linalg.solve(x.T @ x + 1e-22 * np.eye(2), x.T @ y)
    assert abs(naive - [[1.0], [2.0]]).max() > 100 * abs(weights - [[1.0], [2.0]]).max()


@pytest.mark.parametrize("alpha", [0.0, 1e-30])
def test_of_many_solutions_the_smallest_is_taken(alpha):
    x = np.concatenate([FLAT_X, FLAT_X[:, :1]], axis=1)
    weights = np.asarray(bp.algorithms.RidgeRegression(alpha=alpha)(bm.asarray(FLAT_Y), bm.asarray(x)))
    assert np.allclose(weights, np.linalg.pinv(x) @ FLAT_Y, atol=1e-10)


def test_more_features_than_examples():
    x, y = RNG.normal(size=(5, 30)), RNG.normal(size=(5, 1))
    weights = np.asarray(bp.algorithms.RidgeRegression(alpha=1e-3)(bm.asarray(y), bm.asarray(x)))
    dual = x.T @ np.linalg.solve(x @ x.T + 1e-3 * np.eye(5), y)  # the same solution, from the small side
    assert np.allclose(weights, dual, rtol=1e-9)


def test_linear_regression():
    weights = np.asarray(bp.algorithms.LinearRegression()(bm.asarray(Y), bm.asarray(X)))
    assert np.allclose(weights, np.linalg.lstsq(FLAT_X, FLAT_Y, rcond=None)[0], rtol=1e-10)
    assert np.array_equal(weights, bp.algorithms.linear_regression(bm.asarray(Y), bm.asarray(X)))


@pytest.mark.parametrize("cls, options", [(bp.algorithms.RidgeRegression, {"alpha": 2.0}),
                                          (bp.algorithms.LinearRegression, {})])
def test_gradient_descent_comes_to_the_same_weights(cls, options):
    steps = cls(**options, gradient_descent=True, learning_rate=0.01, max_iter=500)(bm.asarray(Y), bm.asarray(X))
    assert np.allclose(steps, cls(**options)(bm.asarray(Y), bm.asarray(X)), atol=1e-8)


def test_gradient_descent_that_diverges_is_an_error():
    method = bp.algorithms.RidgeRegression(gradient_descent=True, learning_rate=10.0)
    with pytest.raises(ValueError, match=r"learning_rate=10\.0 diverges"):
        method(bm.asarray(Y), bm.asarray(X))


def test_weights_are_arrays_of_the_default_dtype():
    with bm.environment(x64=False):
        weights = bp.algorithms.ridge_regression(bm.asarray(Y), bm.asarray(X))
        assert type(weights) is bm.Array and weights.dtype == np.float32 and weights.shape == (6, 2)


@pytest.mark.parametrize("targets, inputs, message", [
    (Y[:2], X, r"\(2, 20, 2\) and \(3, 20, 6\)"),
    (Y[0, 0], X[0, 0], r"\(2,\) and \(6,\)"),
    (np.full_like(Y, np.nan), X, "NaN or infinity"),
])
def test_data_that_cannot_be_fitted_is_refused(targets, inputs, message):
    with pytest.raises(ValueError, match=message):
        bp.algorithms.ridge_regression(targets, inputs)


def test_names():
    assert repr(bp.algorithms.RidgeRegression()) == "RidgeRegression(beta=1e-07)"
    assert repr(bp.algorithms.RidgeRegression(beta=0.5)) == "RidgeRegression(beta=0.5)"
    assert bp.algorithms.RidgeRegression(beta=0.5).alpha == 0.5
    with pytest.raises(ValueError, match="alpha must be at least 0, but got -1"):
        bp.algorithms.RidgeRegression(-1)
    with pytest.raises(NoImplementationError, match="must define __call__"):
        bp.algorithms.OfflineAlgorithm()(Y, X)


def test_methods_are_registered_by_name(monkeypatch):
    monkeypatch.setattr(bp.algorithms.offline, "_methods", dict(bp.algorithms.offline._methods))
    method = bp.algorithms.RidgeRegression(alpha=3.0)
    bp.algorithms.register_offline_method("strong", method)
    assert bp.algorithms.offline.get("strong") is method
    assert bp.algorithms.get_supported_offline_methods() == (
        "linear", "ridge", "logistic", "lasso", "elastic_net", "polynomial", "polynomial_ridge", "strong")
    with pytest.raises(ValueError, match="'strong' is registered already"):
        bp.algorithms.register_offline_method("strong", method)
    with pytest.raises(ValueError, match="must be an OfflineAlgorithm"):
        bp.algorithms.register_offline_method("other", lambda y, x: None)
    with pytest.raises(ValueError, match=r"one of linear, ridge, .*, strong, but got 'stepwise'"):
        bp.algorithms.offline.get("stepwise")
