"""Activations: gradients by differences, tails, kinks and extreme arguments. The golden numbers are in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm

SMOOTH = ["celu", "elu", "gelu", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "identity", "leaky_relu",
          "log_sigmoid", "relu", "relu6", "selu", "sigmoid", "silu", "soft_sign", "softplus", "swish", "tanh"]
ELEMENTWISE = {name: getattr(bm.activations, name) for name in SMOOTH}
ELEMENTWISE["gelu_exact"] = lambda x: bm.gelu(x, approximate=False)
ALONG_AXES = {name: getattr(bm, name) for name in ("softmax", "log_softmax", "normalize", "glu")}


@pytest.mark.parametrize("name", [*ELEMENTWISE, *ALONG_AXES])
def test_gradient_is_the_difference_quotient(name):
    function = (ELEMENTWISE | ALONG_AXES)[name]
    rng = np.random.default_rng(0)
    x, c, h = rng.normal(size=(4, 6)) * 3, rng.normal(size=(4, 3 if name == "glu" else 6)), 1e-6
    with bm.environment(x64=True):
        gradient = np.asarray(bm.grad(lambda x: (function(x) * c).sum())(x))
        for position in np.ndindex(x.shape):
            step = np.zeros_like(x)
            step[position] = h
            difference = np.asarray((function(x + step) * c).sum() - (function(x - step) * c).sum()) / (2 * h)
            assert gradient[position] == pytest.approx(difference, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", [*ELEMENTWISE, *ALONG_AXES])
def test_extreme_arguments_give_finite_values_and_gradients(name):
    function = (ELEMENTWISE | ALONG_AXES)[name]
    x = bm.Array(np.array([-1e4, -100.0, -20.0, -1.0, -0.0, 0.0, 1.0, 20.0, 100.0, 1e4], np.float32))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = function(x)
        gradient = bm.vector_grad(function)(x)
    assert y.dtype == gradient.dtype == np.float32
    assert np.isfinite(y).all()
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_nan_stays_nan(name):
    with np.errstate(invalid="ignore"):  # NumPy's logaddexp warns of NaN
        assert np.isnan(ELEMENTWISE[name](bm.Array([np.nan]))).all()


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "gelu_exact", "gelu"])
def test_tails_are_relatively_accurate_in_float32(name):
    special = pytest.importorskip("scipy.special")
    expit, ndtr = special.expit, special.ndtr
    exact = {"sigmoid": expit, "softplus": lambda x: np.logaddexp(x, 0), "silu": lambda x: x * expit(x),
             "gelu_exact": lambda x: x * ndtr(x),
             "gelu": lambda x: x * expit(np.sqrt(8 / np.pi) * (x + 0.044715 * x**3))}[name]
    x = np.linspace(-8, 8, 1001).astype(np.float32)
    np.testing.assert_allclose(np.asarray(ELEMENTWISE[name](x)), exact(x.astype(float)), rtol=2e-5)


def test_kinks_are_those_of_the_original():
    at_kink = {"relu": (0.0, 0.0), "relu6": (6.0, 0.5), "hard_tanh": (1.0, 1.0), "leaky_relu": (0.0, 1.0),
               "elu": (0.0, 1.0), "sigmoid": (0.0, 0.25), "softplus": (0.0, 0.5), "gelu_exact": (0.0, 0.5)}
    for name, (x, slope) in at_kink.items():
        assert float(bm.grad(ELEMENTWISE[name])(x)) == slope, name


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "gelu_exact", "tanh"])
def test_second_derivatives(name):
    with bm.environment(x64=True):
        first = bm.vector_grad(ELEMENTWISE[name])
        x, h = np.array([-3.0, -0.5, 0.0, 0.7, 2.5]), 1e-6
        difference = (np.asarray(first(x + h)) - np.asarray(first(x - h))) / (2 * h)
        np.testing.assert_allclose(np.asarray(bm.vector_grad(first)(x)), difference, rtol=1e-6, atol=1e-9)


def test_parameters_can_be_trained():
    slope = bm.TrainVar(bm.Array([0.25]))
    gradient = bm.grad(lambda x: bm.leaky_relu(x, slope).sum(), grad_vars=slope)(bm.Array([-2.0, 3.0]))
    assert gradient.tolist() == [-2.0]


def test_integers_become_floats():
    assert bm.relu(bm.Array([-1, 2])).dtype == np.float32
    assert bm.sigmoid(0).dtype == np.float32


def test_softmax_over_several_axes_sums_to_one():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    y = np.asarray(bm.softmax(x, axis=(0, 2)))
    np.testing.assert_allclose(y.sum(axis=(0, 2)), 1, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(bm.log_softmax(x, axis=None)), np.log(np.asarray(bm.softmax(x, axis=None))),
                               rtol=1e-5)


def test_normalize_takes_moments_of_others():
    assert bm.normalize(bm.Array([3.0]), mean=1.0, variance=4.0, epsilon=0.0).tolist() == [1.0]


def test_one_hot():
    labels = np.array([[0, 2], [1, 5]])
    y = bm.one_hot(labels, 3, axis=1, dtype=np.int32)
    assert (y.shape, y.dtype) == ((2, 3, 2), np.int32)
    np.testing.assert_array_equal(np.asarray(y)[:, :, 1], [[0, 0, 1], [0, 0, 0]])
    with pytest.raises(ValueError, match="num_classes must be a positive integer, but got 0"):
        bm.one_hot(labels, 0)


def test_glu_needs_an_even_size():
    with pytest.raises(ValueError, match=r"must be even, but got shape \(3,\)"):
        bm.glu(bm.zeros(3))


def test_names_of_bm_are_the_activations():
    for name in bm.activations.__all__:
        if name != "tanh":  # that is NumPy's
            assert getattr(bm, name) is getattr(bm.activations, name)
