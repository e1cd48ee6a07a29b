"""Surrogates: the step forward, the right derivative backward, golden numbers, and extreme arguments."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math import surrogate
from nbbrain.math.surrogate import SmoothSurrogate, Surrogate
from tests.golden.golden import Case, cases, compare, execute, inputs, outputs

CLASSES = [cls for cls in vars(surrogate).values()
           if inspect.isclass(cls) and issubclass(cls, Surrogate) and not inspect.isabstract(cls)]
SMOOTH = [cls for cls in CLASSES if issubclass(cls, SmoothSurrogate)]
FUNCTIONS = {cls: next(f for f in vars(surrogate).values() if inspect.isfunction(f) and (f.__doc__ or "").find(
    f"\n{cls.__name__} : the same as an object") > 0) for cls in CLASSES}
GOLDEN = [case for case in cases().values() if case.group == "surrogate" and not case.raises]


def gauss(x, mean, deviation):
    return np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (np.sqrt(2 * np.pi) * deviation)


FORMULAS = {  # the published derivative where there is no primitive to differentiate, or where BrainPy's is another
    "ReluGrad": lambda x: np.maximum(0.3 - 0.3 * abs(x), 0),
    "GaussianGrad": lambda x: 0.5 * gauss(x, 0, 0.5),
    "MultiGaussianGrad": lambda x: 0.5 * (1.15 * gauss(x, 0, 0.5) - 0.15 * (gauss(x, 0.5, 3.0) + gauss(x, -0.5, 3.0))),
    "InvSquareGrad": lambda x: 1 / (100 * abs(x) + 1) ** 2,
    "SlayerGrad": lambda x: np.exp(-abs(x)),
    "PiecewiseQuadratic": lambda x: np.where(abs(x) > 1, 0, 1 - abs(x)),
}

DEFECTS = {  # where BrainPy 2.4.0 is wrong: what is left out of the comparison, and why
    "sigmoid_2": ({"y"}, "origin=True ignores alpha"),
    "piecewise_quadratic_0": ({"dy", "dyc"}, "the derivative squares x"),
    "piecewise_quadratic_1": ({"dy", "dyc"}, "the derivative squares x"),
    "piecewise_quadratic_2": ({"dy", "dyc"}, "the derivative squares x"),
    "class_PiecewiseQuadratic": ({"dy"}, "the derivative squares x"),
    "erf_2": ({"y"}, "origin=True gives -erf(alpha x) / 2, which falls"),
    "piecewise_leaky_relu_2": ({"y"}, "origin=True rises half as fast as the derivative says"),
    "s2nn_2": ({"dy", "dyc"}, "epsilon is in origin=True and not in its derivative (a difference of 1e-8)"),
    "q_pseudo_spike_2": ({"y"}, "origin=True is NaN for x < 0"),
    "log_tailed_relu_2": ({"y"}, "origin=True jumps at x = 1"),
    "gaussian_grad_0": ({"dy", "dyc"}, "sigma**2 multiplies in the exponent"),
    "class_GaussianGrad": ({"dy"}, "sigma**2 multiplies in the exponent"),
}


def derivative(function, x):
    return np.asarray(bm.vector_grad(function)(x))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.id)
def test_golden(case: Case):
    left_out, _ = DEFECTS.get(case.id, (frozenset(), ""))
    assert compare(case, execute(case, "plain"), leave_out=frozenset(left_out)) == ""


@pytest.mark.parametrize("name", DEFECTS)
def test_what_is_left_out_of_the_golden_numbers_is_other_here(name):
    case = cases()[name]
    got, want = execute(case, "plain"), outputs(case)
    for output in DEFECTS[name][0]:
        assert not np.allclose(got[output], want[output], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", [name for name, (left_out, _) in DEFECTS.items() if "y" in left_out])
def test_where_the_original_value_is_wrong_it_has_the_original_derivative(name):
    case = cases()[name]
    x = inputs(case)["x"]
    away = np.abs(x[:, None] - np.array([-1, -0.5, 0, 0.5, 1])).min(1) > 1e-3  # from kinks
    with bm.environment(x64=True):
        scope = {"bm": bm}
        exec(case.build, scope)
        h = 1e-6
        difference = (np.asarray(scope["f"](x + h)) - np.asarray(scope["f"](x - h))) / (2 * h)
    np.testing.assert_allclose(difference[away], outputs(case)["dy"][away], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("cls", CLASSES)
def test_it_spikes_at_and_above_zero(cls):
    x = bm.Array([-3.0, -1e-6, -0.0, 0.0, 1e-6, 3.0])
    assert cls()(x).tolist() == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("cls", SMOOTH)
def test_the_gradient_is_the_derivative_of_the_primitive(cls):
    x = np.linspace(-2.987, 3.013, 401)
    smooth, h = cls(origin=True), 1e-6
    with bm.environment(x64=True):
        difference = (np.asarray(smooth(x + h)) - np.asarray(smooth(x - h))) / (2 * h)
        tolerance = {"rtol": 1e-6, "atol": 1e-8}
        np.testing.assert_allclose(derivative(cls(), x), difference, **tolerance)  # of the spike
        np.testing.assert_allclose(derivative(smooth, x), difference, **tolerance)  # of the primitive itself


@pytest.mark.parametrize("cls", SMOOTH)
def test_the_primitive_has_the_same_derivative_at_the_threshold(cls):
    with bm.environment(x64=True):
        zero = np.zeros(1)
        np.testing.assert_allclose(derivative(cls(origin=True), zero), derivative(cls(), zero), rtol=1e-7)


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name):
    x = np.linspace(-3, 3, 241)
    with bm.environment(x64=True):
        np.testing.assert_allclose(derivative(getattr(surrogate, name)(), x), FORMULAS[name](x), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("function", [*[cls() for cls in CLASSES], *[cls(origin=True) for cls in SMOOTH]], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_arguments_give_finite_values_and_gradients(function, dtype):
    with bm.environment(x64=dtype is np.float64), np.errstate(over="raise", invalid="raise", divide="raise"):
        x = bm.Array(np.array([-1e4, -100, -1, -0.0, 0, 1, 100, 1e4], dtype))
        y, gradient = function(x), bm.vector_grad(function)(x)
        assert y.dtype == gradient.dtype == dtype
        assert np.isfinite(y).all()
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("cls", CLASSES)
def test_mode_has_no_influence(cls):
    x = np.linspace(-1, 1, 11)
    expected = derivative(cls(), x)
    for mode in (bm.batching_mode, bm.training_mode):
        with bm.environment(mode):
            np.testing.assert_array_equal(derivative(cls(), x), expected)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_function_is_the_class(cls):
    function, x = FUNCTIONS[cls], np.linspace(-1, 1, 11)
    expected = ["x", *inspect.signature(cls).parameters]
    assert list(inspect.signature(function).parameters) == expected
    assert inspect.signature(function).parameters["x"].default is inspect.Parameter.empty
    assert "x : array-like" in function.__doc__
    assert ">>>" not in function.__doc__
    np.testing.assert_array_equal(derivative(function, x), derivative(cls(), x))
    changed = {name: 2.5 for name, p in inspect.signature(cls).parameters.items() if isinstance(p.default, float)}
    np.testing.assert_array_equal(derivative(lambda x: function(x, **changed), x), derivative(cls(**changed), x))


def test_positional_parameters():
    assert float(bm.grad(lambda x: surrogate.sigmoid(x, 2.0))(0.0)) == 0.5
    assert float(surrogate.soft_sign(1.0, 1.0, True)) == 0.75


@pytest.mark.parametrize("cls", CLASSES)
def test_equal_surrogates_are_one_key(cls):
    assert cls() == cls()
    assert hash(cls()) == hash(cls())
    name = next(name for name, p in inspect.signature(cls).parameters.items() if isinstance(p.default, float))
    assert cls() != cls(**{name: 3.25})
    assert cls(**{name: np.float32(3.25)}) == cls(**{name: 3.25})


@pytest.mark.parametrize(("make", "text"), [
    (lambda: surrogate.Sigmoid(0.0), "Sigmoid: alpha must be positive, but got 0.0"),
    (lambda: surrogate.ReluGrad(width=-1), "ReluGrad: width must be positive, but got -1.0"),
    (lambda: surrogate.Arctan("steep"), "Arctan: alpha must be a finite number, but got 'steep'"),
    (lambda: surrogate.ERF(float("nan")), "ERF: alpha must be a finite number"),
    (lambda: surrogate.QPseudoSpike(1.0), "QPseudoSpike: alpha must be above 1, but got 1.0"),
    (lambda: surrogate.SquarewaveFourierSeries(2.0), "n must be an integer, but got 2.0"),
    (lambda: surrogate.SquarewaveFourierSeries(0), "n must be positive, but got 0"),
])
def test_wrong_parameters(make, text):
    with pytest.raises(ValueError, match=text):
        make()


@pytest.mark.parametrize(("function", "single"), [(surrogate.inv_square_grad2, surrogate.inv_square_grad),
                                                  (surrogate.relu_grad2, surrogate.relu_grad)])
def test_two_input_surrogates_spike_at_crossings_only(function, single):
    new, old = np.array([0.5, 0.5, -0.5, -0.5, 0.0]), np.array([-0.2, 0.2, -0.2, 0.2, -0.1])
    assert function(new, old).tolist() == [1, 0, 0, 0, 1]
    by_new = derivative(lambda x: function(x, old), new)
    by_old = derivative(lambda x: function(new, x), old)
    np.testing.assert_allclose(by_new, derivative(single, new) * (old < 0))
    np.testing.assert_allclose(by_old, -derivative(single, old) * (new >= 0))


@pytest.mark.parametrize(("legacy", "present", "arguments"), [
    (bm.spike_with_sigmoid_grad, surrogate.InvSquareGrad, {}),
    (bm.spike_with_sigmoid_grad, surrogate.InvSquareGrad, {"scale": 10.0}),
    (bm.spike_with_linear_grad, surrogate.ReluGrad, {}),
    (bm.spike_with_linear_grad, surrogate.ReluGrad, {"scale": 0.7}),
    (bm.spike_with_gaussian_grad, surrogate.GaussianGrad, {"sigma": 0.3, "scale": 0.7}),
    (bm.spike_with_mg_grad, surrogate.MultiGaussianGrad, {"h": 0.2, "s": 5.0, "sigma": 0.3, "scale": 0.7}),
])
def test_older_names(legacy, present, arguments):
    x = np.linspace(-1, 1, 11)
    rename = "scale" in arguments and present is not surrogate.MultiGaussianGrad
    parameters = {("alpha" if rename and key == "scale" else key): value for key, value in arguments.items()}
    np.testing.assert_array_equal(derivative(lambda x: legacy(x, **arguments), x), derivative(present(**parameters), x))
    np.testing.assert_array_equal(derivative(legacy, x), derivative(present(), x))
