"""Features and penalties are what their formulas say."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

utils = bp.algorithms.utils
RNG = np.random.default_rng(0)
W = RNG.normal(size=(4, 2))


@pytest.fixture(autouse=True)
def double_precision():
    with bm.environment(x64=True):
        yield


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("add_bias", [True, False])
def test_polynomial_features_are_those_of_scikit_learn(degree, add_bias):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    x = RNG.normal(size=(6, 3))
    expected = preprocessing.PolynomialFeatures(degree, include_bias=add_bias).fit_transform(x)
    assert np.allclose(utils.polynomial_features(bm.asarray(x), degree, add_bias), expected, rtol=1e-14)
    batch = utils.polynomial_features(bm.asarray(x.reshape(2, 3, 3)), degree, add_bias)
    assert np.allclose(np.asarray(batch).reshape(6, -1), expected, rtol=1e-14)


def test_polynomial_features_have_gradients():
    gradient = bm.grad(lambda x: bm.sum(utils.polynomial_features(x, 3)))(bm.asarray([[2.0]]))
    assert np.allclose(gradient, [[1 + 2 * 2 + 3 * 4]])


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
def test_normalize_divides_by_the_norm(order):
    x = np.concatenate([RNG.normal(size=(3, 4)), np.zeros((1, 4))])
    norms = np.linalg.norm(x, ord=order, axis=1, keepdims=True)
    assert np.allclose(utils.normalize(x, order=order), x / np.where(norms == 0, 1, norms))
    assert np.allclose(utils.normalize(x.T, axis=0, order=order), (x / np.where(norms == 0, 1, norms)).T)


def test_normalize_does_not_overflow():
    with bm.environment(x64=False):
        assert np.allclose(utils.normalize(bm.asarray([3e30, 4e30])), [0.6, 0.8])


PENALTIES = {
    "none": (utils.Regularization(2.0), lambda w: 0.0),
    "l1": (utils.L1Regularization(2.0), lambda w: 2 * abs(w).sum()),
    "l2": (utils.L2Regularization(2.0), lambda w: (w**2).sum()),
    "l1l2": (utils.L1L2Regularization(2.0, 0.25), lambda w: 0.5 * abs(w).sum() + 0.75 * (w**2).sum()),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_penalties_and_their_gradients(name):
    penalty, formula = PENALTIES[name]
    assert float(penalty(W)) == pytest.approx(formula(W))
    assert np.allclose(penalty.grad(W), bm.grad(lambda w: penalty(w) + 0.0 * bm.sum(w))(bm.asarray(W)))


@pytest.mark.parametrize("name", PENALTIES)
def test_the_proximal_step_is_the_smallest_value_of_its_definition(name):
    penalty, formula = PENALTIES[name]
    for x in (-2.0, -0.3, 0.0, 0.4, 3.0):
        grid = np.linspace(-4, 4, 80001)
        values = (grid - x) ** 2 / 2 + 0.5 * np.array([formula(w) for w in grid])
        assert float(penalty.proximal(x, 0.5)) == pytest.approx(grid[values.argmin()], abs=1e-4)


def test_the_sigmoid_and_its_derivative():
    sigmoid = utils.Sigmoid()
    assert np.allclose(sigmoid(W), 1 / (1 + np.exp(-W)))
    assert np.allclose(sigmoid.grad(W), bm.grad(lambda w: bm.sum(sigmoid(w)))(bm.asarray(W)))


@pytest.mark.parametrize("call, message", [
    (lambda: utils.L1Regularization(-1.0), "alpha must be at least 0, but got -1.0"),
    (lambda: utils.L1L2Regularization(1.0, 2.0), r"l1_ratio must be in \[0, 1\], but got 2.0"),
    (lambda: utils.polynomial_features([[1.0]], 0), "degree must be at least 1, but got 0"),
    (lambda: utils.polynomial_features(1.0, 2), "it is one number"),
    (lambda: utils.normalize([1.0], order=0), "order must be positive, but got 0"),
])
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
