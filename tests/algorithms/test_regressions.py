"""Penalised, polynomial and logistic regressions find the weights that scikit-learn finds, in both ways."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import algorithms

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 20, 4)) * [1.0, 3.0, 0.2, 1.0] + [0.0, 1.0, 0.0, 0.0]
Y = X @ RNG.normal(size=(4, 2)) + X[..., :1] * X[..., 1:2] + 0.1 * RNG.normal(size=(3, 20, 2))
FLAT_X, FLAT_Y, N = X.reshape(60, 4), Y.reshape(60, 2), 60
BOTH = pytest.mark.parametrize("gradient_descent", [True, False])


@pytest.fixture(autouse=True)
def double_precision():
    with bm.environment(x64=True):
        yield


@pytest.fixture
def linear_model():
    return pytest.importorskip("sklearn.linear_model")


def features(degree, bias=False):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    return preprocessing.PolynomialFeatures(degree, include_bias=bias).fit_transform(FLAT_X)


@BOTH
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_lasso(linear_model, degree, gradient_descent):
    weights = algorithms.LassoRegression(3.0, degree, gradient_descent=gradient_descent, max_iter=20000)(Y, X)
    model = linear_model.Lasso(3.0 / N, fit_intercept=False, tol=1e-12, max_iter=10**6)
    expected = model.fit(features(degree), FLAT_Y).coef_.T
    assert (expected == 0).any() and np.array_equal(np.asarray(weights) == 0, expected == 0)
    assert np.allclose(weights, expected, rtol=1e-6, atol=1e-7)


@BOTH
@pytest.mark.parametrize("l1_ratio", [0.2, 0.9])
def test_elastic_net(linear_model, l1_ratio, gradient_descent):
    method = algorithms.ElasticNetRegression(2.0, 2, l1_ratio, add_bias=True, gradient_descent=gradient_descent,
                                             max_iter=20000)
    model = linear_model.ElasticNet(2.0 / N, l1_ratio=l1_ratio, fit_intercept=False, tol=1e-12, max_iter=10**6)
    assert np.allclose(method(Y, X), model.fit(features(2, bias=True), FLAT_Y).coef_.T, rtol=1e-6, atol=1e-7)


@BOTH
def test_polynomial(linear_model, gradient_descent):
    method = algorithms.PolynomialRegression(3, add_bias=True, gradient_descent=gradient_descent, max_iter=20000)
    model = linear_model.LinearRegression(fit_intercept=False).fit(features(3, bias=True), FLAT_Y)
    weights = method(Y, X)
    assert np.allclose(weights, model.coef_.T, rtol=1e-6, atol=1e-7)
    assert np.allclose(np.asarray(method.predict(weights, X)).reshape(60, 2), model.predict(features(3, bias=True)))


@BOTH
def test_polynomial_ridge(linear_model, gradient_descent):
    method = algorithms.PolynomialRidgeRegression(2.0, 2, gradient_descent=gradient_descent)
    expected = linear_model.Ridge(2.0, fit_intercept=False, solver="svd").fit(features(2), FLAT_Y).coef_.T
    assert np.allclose(method(Y, X), expected, rtol=1e-6, atol=1e-8)


@BOTH
def test_logistic(linear_model, gradient_descent):
    scores = X @ np.array([[1.0, -0.5], [0.2, 0.3], [3.0, 0.0], [0.0, 1.0]])
    classes = (RNG.random(scores.shape) < 1 / (1 + np.exp(-scores))).astype(float)
    method = algorithms.LogisticRegression(gradient_descent=gradient_descent)
    weights = method(classes, X)
    for i in range(2):
        model = linear_model.LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=10**4)
        model.fit(FLAT_X, classes.reshape(60, 2)[:, i])
        assert np.allclose(np.asarray(weights)[:, i], model.coef_[0], rtol=1e-5, atol=1e-6)
        assert np.allclose(method.predict(weights, FLAT_X)[:, i], model.predict_proba(FLAT_X)[:, 1], atol=1e-6)


@BOTH
def test_the_conditions_of_the_smallest_value_hold(gradient_descent):
    """Where a weight is not 0, the slope of the squares is that of the penalty; else it is at most as steep."""
    weights = np.asarray(algorithms.LassoRegression(5.0, 1, gradient_descent=gradient_descent)(Y, X))
    slope = FLAT_X.T @ (FLAT_Y - FLAT_X @ weights)
    assert np.allclose(slope[weights != 0], 5.0 * np.sign(weights[weights != 0]), atol=1e-6)
    assert (abs(slope) <= 5.0 + 1e-6).all()


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_steps_converge_whatever_the_scale_of_the_features(scale):
    method = algorithms.PolynomialRegression(1)
    assert np.allclose(method(Y, scale * X) * scale, np.linalg.lstsq(FLAT_X, FLAT_Y)[0], rtol=1e-6)


def test_weights_that_have_not_settled_are_warned_of():
    with pytest.warns(UserWarning, match="not settled after max_iter=2 iterations"):
        algorithms.LassoRegression(1.0, max_iter=2)(Y, X)


def test_classes_that_can_be_told_apart_without_error_are_an_error_for_newton():
    x = np.array([[-1.0], [1.0]])
    with pytest.raises(ValueError, match="told apart without error"):
        algorithms.LogisticRegression(gradient_descent=False)(np.array([[0.0], [1.0]]), x)


@pytest.mark.parametrize("call, message", [
    (lambda: algorithms.LassoRegression(-1.0), "alpha must be at least 0, but got -1.0"),
    (lambda: algorithms.PolynomialRegression(0), "degree must be at least 1, but got 0"),
    (lambda: algorithms.LassoRegression(max_iter=0), "max_iter must be positive, but got 0"),
    (lambda: algorithms.LogisticRegression(max_iter=0), "max_iter must be positive, but got 0"),
    (lambda: algorithms.LogisticRegression()(2 * np.ones((3, 1)), np.ones((3, 1))), r"targets must be in \[0, 1\]"),
    (lambda: algorithms.LassoRegression()(np.ones((2, 1)), np.ones((3, 1))), "with the same leading axes"),
])
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_constant_feature_of_zeros_gets_the_weight_zero():
    x = np.concatenate([FLAT_X, np.zeros((60, 1))], axis=1)
    for way in (True, False):
        assert np.asarray(algorithms.LassoRegression(1.0, 1, gradient_descent=way)(FLAT_Y, x))[4].tolist() == [0.0, 0.0]


class Readout(bp.DynamicalSystemNS):
    def __init__(self):
        super().__init__(mode=bm.batching_mode)
        self.o = bp.layers.Dense(4, 2, mode=bm.training_mode)

    def update(self, x):
        return x >> self.o


@pytest.mark.parametrize("name", ["lasso", "elastic_net"])
def test_trainers_find_them_by_name(name):
    model = Readout()
    bp.OfflineTrainer(model, fit_method=name, progress_bar=False).fit((X, Y))
    with_bias = np.concatenate([np.ones((60, 1)), FLAT_X], axis=1)
    expected = np.asarray(algorithms.offline.get(name)(FLAT_Y, with_bias))
    assert np.allclose(np.concatenate([[model.o.b], model.o.W]), expected)


def test_a_layer_refuses_weights_of_products():
    with pytest.raises(ValueError, match="must return weights of shape"):
        bp.OfflineTrainer(Readout(), fit_method="polynomial", progress_bar=False).fit((X, Y))
