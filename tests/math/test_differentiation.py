"""Gradients, Jacobians and Hessians: BrainPy's conventions of what is returned, values, errors, and state."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm

W, B, X, Y = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.7]), np.array([2.0, 1.0, -1.0]), np.array([0.2, 0.4])


@pytest.fixture(autouse=True)
def double_precision() -> None:
    """Central differences need it."""
    bm.enable_x64()


def number(w: Any, b: Any, x: Any, y: Any) -> Any:
    """A scalar function with NumPy's and bm's functions alike."""
    return (w * x).sum() * b.sum() + (y**2 * b).sum() + (w**3).sum() * y[0]


def vector(w: Any, b: Any, x: Any, y: Any) -> Any:
    """A function of four arrays that gives two numbers."""
    return b * (w * x).sum() + y**2 * x[:2] * w[1:]


def element(w: Any, b: Any, x: Any, y: Any) -> Any:
    """An array, each element of which depends on one of x and w."""
    return x**2 * w * b.sum() + y.sum()


def central(function: Callable[..., Any], values: dict[str, np.ndarray], name: str, eps: float) -> np.ndarray:
    """The derivative by one argument: the result's axes, then the argument's."""
    def at(shift: np.ndarray) -> np.ndarray:
        return np.asarray(function(**{**values, name: values[name] + shift}))

    columns = []
    for i in range(values[name].size):
        step = np.zeros(values[name].size)
        step[i] = eps
        step = step.reshape(values[name].shape)
        columns.append((at(step) - at(-step)) / (2 * eps))
    return np.stack(columns, axis=-1).reshape(*columns[0].shape, *values[name].shape)


VALUES = {"w": W, "b": B, "x": X, "y": Y}


def wanted(kind: str, *names: str) -> np.ndarray:
    """The derivative of the function that a transform is tried on."""
    if kind == "grad":
        return central(number, VALUES, names[0], 1e-5)
    if kind == "vector_grad":
        return central(lambda **v: element(**v).sum(), VALUES, names[0], 1e-5)
    if kind == "hessian":
        return central(lambda **v: central(number, v, names[0], 1e-3), VALUES, names[1], 1e-3)
    return central(vector, VALUES, names[0], 1e-5)


TRANSFORMS = {name: getattr(bm, name) for name in ("grad", "vector_grad", "jacobian", "jacrev", "jacfwd", "hessian")}
FUNCTIONS = {"grad": number, "hessian": number, "vector_grad": element}
CONTAINERS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "none": lambda w, b: (None, None), "one": lambda w, b: (w, "w"), "list": lambda w, b: ([w, b], ["w", "b"]),
    "tuple": lambda w, b: ((b, w), ("b", "w")), "dict": lambda w, b: ({"p": w, "q": b}, {"p": "w", "q": "b"}),
    "list of one": lambda w, b: ([b], ["b"]), "nested": lambda w, b: ({"all": [w, (b,)]}, {"all": ["w", ("b",)]}),
}
ARGNUMS: list[tuple[Any, Any]] = [(None, None), (0, "x"), (1, "y"), (-1, "y"), ((0, 1), ("x", "y")), ([1], ("y",))]
FORMS = list(itertools.product(CONTAINERS, ARGNUMS))


def compare(kind: str, got: Any, form: Any, *before: str) -> None:
    """Compare results with what is wanted of the names in their places, for Hessians once more inside of each."""
    if isinstance(form, str):
        assert type(got) is bm.Array
        np.testing.assert_allclose(got, wanted(kind, *before, form), rtol=1e-6, atol=1e-6, err_msg=str((*before, form)))
    elif isinstance(form, dict):
        assert list(got) == list(form)
        for key in form:
            compare(kind, got[key], form[key], *before)
    else:
        assert type(got) is type(form)
        for part, name in zip(got, form, strict=True):
            compare(kind, part, name, *before)


def compare_rows(got: Any, form: Any, whole: Any) -> None:
    """A Hessian has the form of the targets, and in each place the form of the targets again."""
    if isinstance(form, str):
        compare("hessian", got, whole, form)
    elif isinstance(form, dict):
        for key in form:
            compare_rows(got[key], form[key], whole)
    else:
        assert type(got) is type(form)
        for part, name in zip(got, form, strict=True):
            compare_rows(part, name, whole)


@pytest.mark.parametrize(("container", "argnums"), FORMS, ids=[f"{c}-{a}" for c, (a, _) in FORMS])
@pytest.mark.parametrize("kind", TRANSFORMS)
def test_gradients_come_in_the_form_of_what_is_asked(kind: str, container: str, argnums: tuple[Any, Any]) -> None:
    w, b = bm.TrainVar(W), bm.TrainVar(B)
    grad_vars, var_form = CONTAINERS[container](w, b)
    arg_numbers, arg_form = argnums
    if grad_vars is None and arg_numbers is None:
        arg_form = "x"  # the first argument, where nothing is said
    function = FUNCTIONS.get(kind, vector)

    def call(x: Any, y: Any) -> Any:
        return function(w, b, x, y)

    got = TRANSFORMS[kind](call, grad_vars=grad_vars, argnums=arg_numbers)(bm.asarray(X), bm.asarray(Y))
    form = var_form if arg_form is None else arg_form if var_form is None else (var_form, arg_form)
    if kind == "hessian":
        compare_rows(got, form, form)
    else:
        compare(kind, got, form)
    np.testing.assert_array_equal(w, W)
    np.testing.assert_array_equal(b, B)


@pytest.mark.parametrize(("has_aux", "return_value"), list(itertools.product([False, True], repeat=2)))
@pytest.mark.parametrize("kind", [kind for kind in TRANSFORMS if kind != "hessian"])
def test_value_and_aux_follow_the_gradient(kind: str, has_aux: bool, return_value: bool) -> None:
    """g; (g, value); (g, aux); (g, value, aux)."""
    function = FUNCTIONS.get(kind, vector)
    w, b = bm.TrainVar(W), bm.TrainVar(B)

    def call(x: Any) -> Any:
        value = function(w, b, x, Y)
        return (value, {"double": value * 2, "name": "aux", "list": [x, 3]}) if has_aux else value

    result = TRANSFORMS[kind](call, grad_vars=[w], has_aux=has_aux, return_value=return_value)(bm.asarray(X))
    parts = list(result) if has_aux or return_value else [result]
    assert isinstance(result, tuple) == (has_aux or return_value)
    compare(kind, parts.pop(0), ["w"])
    want = np.asarray(function(W, B, X, Y))
    if return_value:
        np.testing.assert_allclose(parts.pop(0), want)
    if has_aux:
        aux = parts.pop(0)
        np.testing.assert_allclose(aux["double"], 2 * want)
        np.testing.assert_array_equal(aux["list"][0], X)
        assert (aux["name"], aux["list"][1]) == ("aux", 3)
        assert isinstance(aux["double"].value, np.ndarray | np.generic)
    assert not parts


def test_a_hessian_with_its_value() -> None:
    hessian, value = bm.hessian(lambda x: number(W, B, x, Y), return_value=True)(bm.asarray(X))
    assert hessian.shape == (3, 3)
    np.testing.assert_allclose(value, number(**VALUES))


@pytest.mark.parametrize("kind", [kind for kind in TRANSFORMS if kind != "hessian"])
def test_transforms_are_decorators_too(kind: str) -> None:
    transform = TRANSFORMS[kind]

    @transform(argnums=1, return_value=True)
    def function(x: Any, y: Any) -> Any:
        return FUNCTIONS.get(kind, vector)(W, B, x, y)

    compare(kind, function(bm.asarray(X), bm.asarray(Y))[0], "y")


def test_arguments_can_be_structures_and_numbers() -> None:
    gradient = bm.grad(lambda p: p["a"] * 3 + (p["b"][0] ** 2).sum())({"a": 2.0, "b": (bm.asarray(X),)})
    assert float(gradient["a"]) == 3
    np.testing.assert_allclose(gradient["b"][0], 2 * X)
    assert float(bm.grad(lambda x: x**3)(2.0)) == 12


def test_further_arguments_are_passed_on() -> None:
    gradient = bm.grad(lambda x, power, *, scale: (x**power).sum() * scale)(bm.asarray(X), 2, scale=5.0)
    np.testing.assert_allclose(gradient, 10 * X)


def test_a_variable_that_is_named_twice_gets_its_gradient_twice() -> None:
    """Weights that two layers share."""
    w = bm.TrainVar(W)
    gradient = bm.grad(lambda: (w**2).sum(), grad_vars={"layer1": w, "layer2": w})()
    np.testing.assert_allclose(gradient["layer1"], 2 * W)
    np.testing.assert_allclose(gradient["layer2"], 2 * W)


def test_what_the_function_does_not_use_has_the_gradient_zero() -> None:
    w, n = bm.TrainVar(W), bm.TrainVar(B)
    gradients = bm.grad(lambda x: (w * 2).sum(), grad_vars=[w, n], argnums=0)(bm.asarray(X))
    np.testing.assert_array_equal(gradients[0][1], np.zeros(2))
    np.testing.assert_array_equal(gradients[1], np.zeros(3))
    assert bm.jacfwd(lambda x: bm.asarray(Y) * 1.0)(bm.asarray(X)).tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_have_the_dtype_of_what_they_belong_to(dtype: str) -> None:
    x = bm.Array(X, dtype=dtype)
    other = bm.Array(W, dtype="float64")
    assert bm.grad(lambda x: (x * other).sum())(x).dtype == dtype
    assert bm.hessian(lambda x: (x**2 * other).sum())(x).dtype == dtype


# Shapes of Jacobians

@pytest.mark.parametrize("jacobian", [bm.jacrev, bm.jacfwd, bm.jacobian])
def test_a_jacobian_has_the_result_s_axes_then_the_argument_s(jacobian: Callable) -> None:
    x = np.arange(6.0).reshape(2, 3)
    got = jacobian(lambda x: bm.stack([x.sum(), x[0, 0], x[1, 2] * 2, x.prod()]).reshape(2, 2, 1))(bm.asarray(x))
    assert got.shape == (2, 2, 1, 2, 3)
    np.testing.assert_array_equal(got[0, 0, 0], np.ones((2, 3)))
    np.testing.assert_array_equal(np.argwhere(np.asarray(got[1, 0, 0])), [[1, 2]])
    scalar = jacobian(lambda x: x.sum())(bm.asarray(x))
    assert scalar.shape == (2, 3)
    assert bm.jacobian is bm.jacrev


@pytest.mark.parametrize("jacobian", [bm.jacrev, bm.jacfwd])
def test_jacobians_of_jacobians(jacobian: Callable) -> None:
    """Any transform can be applied to any other."""
    second = jacobian(bm.grad(lambda x: (x**3).sum() + x[0] * x[1]))(bm.asarray(X))
    np.testing.assert_allclose(second, np.diag(6 * X) + np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    third = bm.jacrev(bm.jacrev(bm.grad(lambda x: (x**3).sum())))(bm.asarray(X))
    assert third.shape == (3, 3, 3)
    np.testing.assert_allclose([third[i, i, i] for i in range(3)], [6.0] * 3)
    assert float(bm.grad(lambda x: bm.vector_grad(bm.sin)(x).sum())(1.0)) == pytest.approx(-np.sin(1.0))


# Errors

@pytest.mark.parametrize("output", [
    lambda x: x, lambda x: x[None], lambda x: (x.sum(), x.sum()), lambda x: {"a": x.sum(), "b": x[0]}, lambda x: None,
    lambda x: [], lambda x: "text"], ids=["vector", "matrix", "two", "dict", "none", "empty", "text"])
def test_grad_needs_one_number(output: Callable) -> None:
    with pytest.raises(TypeError, match="grad needs a function with one scalar output, but got outputs of shapes"):
        bm.grad(output)(bm.asarray(X))


@pytest.mark.parametrize("output", [lambda x: x.sum(), lambda x: x.sum(keepdims=True), lambda x: [x.sum()]])
def test_a_number_may_have_one_element_along_an_axis(output: Callable) -> None:
    np.testing.assert_array_equal(bm.grad(output)(bm.asarray(X)), np.ones(3))


@pytest.mark.parametrize("given", [1, True, np.arange(3), bm.arange(3), bm.asarray([True])])
@pytest.mark.parametrize("kind", TRANSFORMS)
def test_whole_numbers_cannot_be_differentiated_by(kind: str, given: Any) -> None:
    with pytest.raises(TypeError, match=r"grad needs floating-point inputs, but got one of dtype (int|bool)"):
        TRANSFORMS[kind](lambda x: x * 1.0)(given)


def test_variables_of_whole_numbers_cannot_be_differentiated_by() -> None:
    n = bm.Variable(bm.arange(3))
    with pytest.raises(TypeError, match="but got one of dtype int"):
        bm.grad(lambda: n.sum() * 1.0, grad_vars=n)()


def test_a_loss_of_whole_numbers_has_no_gradient() -> None:
    with pytest.raises(TypeError, match="grad needs a floating-point output, but got dtype"):
        bm.grad(lambda x: (x > 0).sum())(bm.asarray(X))


@pytest.mark.parametrize("grad_vars", [bm.ones(2), [bm.Variable(bm.ones(2)), 1.0], {"w": np.ones(2)}, "w", [None], object()])
def test_only_variables_are_grad_vars(grad_vars: Any) -> None:
    with pytest.raises(TypeError, match="grad_vars must hold Variables, but got"):
        bm.grad(lambda: 1.0, grad_vars=grad_vars)


@pytest.mark.parametrize("argnums", [2, (0, 5), -3])
def test_arguments_that_are_not_there(argnums: Any) -> None:
    with pytest.raises(ValueError, match=r"argnums=.*, but the function got 2 arguments"):
        bm.grad(lambda x, y: x.sum(), argnums=argnums)(bm.asarray(X), bm.asarray(Y))


@pytest.mark.parametrize("returned", [lambda x: x.sum(), lambda x: (x.sum(), 1, 2), lambda x: None])
def test_aux_needs_a_pair(returned: Callable) -> None:
    with pytest.raises(TypeError, match=r"with has_aux=True the function must return \(value, aux\)"):
        bm.grad(returned, has_aux=True)(bm.asarray(X))


@pytest.mark.parametrize("jacobian", [bm.jacrev, bm.jacfwd])
def test_jacobians_need_one_output(jacobian: Callable) -> None:
    with pytest.raises(TypeError, match="a jacobian needs a function with one output array, but got 2"):
        jacobian(lambda x: (x, x))(bm.asarray(X))


def test_what_would_lose_the_gradient_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot become a NumPy array"):
        bm.grad(lambda x: np.asarray(x).sum())(bm.asarray(X))
    with pytest.raises(NotImplementedError, match=r"bm\.i0 has no derivative"):
        bm.grad(lambda x: bm.i0(x).sum())(bm.asarray(X))


# State

class Model:
    """A weight and two states."""

    def __init__(self) -> None:
        self.w = bm.TrainVar(W)
        self.count, self.h = bm.Variable(bm.zeros(1)), bm.Variable(bm.zeros(3))

    def loss(self, x: Any, wrong: str = "") -> Any:
        """Change the states, then fail where it is asked for."""
        self.count += 1
        self.h.value = self.h + self.w * x
        self.w[0] = self.w[0] * 2
        if wrong == "raise":
            raise KeyError("wrong")
        return self.h if wrong == "shape" else (self.h**2).sum() > 0 if wrong == "dtype" else (self.h**2).sum()


@pytest.mark.parametrize(("wrong", "has_aux", "error"), [
    ("raise", False, KeyError), ("shape", False, TypeError), ("dtype", False, TypeError), ("", True, TypeError)])
def test_states_are_as_before_when_something_fails(wrong: str, has_aux: bool, error: type) -> None:
    m = Model()
    before = [v.value for v in (m.w, m.count, m.h)]
    with pytest.raises(error):
        bm.grad(m.loss, grad_vars=m.w, has_aux=has_aux)(bm.asarray(X), wrong)
    assert all(v.value is value for v, value in zip((m.w, m.count, m.h), before, strict=True))


@pytest.mark.parametrize("kind", ["grad", "vector_grad", "jacrev", "jacfwd", "hessian"])
def test_states_that_the_function_changes_keep_plain_values(kind: str) -> None:
    m = Model()
    TRANSFORMS[kind](m.loss, grad_vars=m.w)(bm.asarray(X))
    for variable, want in ((m.count, [1]), (m.h, W * X), (m.w, W * [2, 1, 1])):
        assert isinstance(variable.value, np.ndarray)
        np.testing.assert_array_equal(variable, want)


def test_a_variable_that_the_function_makes_keeps_a_plain_value() -> None:
    made = []

    def loss(x: Any) -> Any:
        made.append(bm.Variable(x * 2))
        return made[0].sum()

    bm.grad(loss)(bm.asarray(X))
    assert isinstance(made[0].value, np.ndarray)
    np.testing.assert_array_equal(made[0], 2 * X)


def test_states_count_in_the_gradient() -> None:
    """A value that a variable carries from a write to a read is differentiated through."""
    h = bm.Variable(bm.zeros(3))

    def loss(x: Any) -> Any:
        h.value = x * 2
        h.value = h * h
        return h.sum()

    np.testing.assert_allclose(bm.grad(loss)(bm.asarray(X)), 8 * X)


def test_a_gradient_in_a_gradient_writes_once() -> None:
    h = bm.Variable(bm.zeros(3))

    def inner(x: Any) -> Any:
        h.value = h + x
        return (x**3).sum()

    second = bm.grad(lambda x: (bm.grad(inner)(x) * x).sum())(bm.asarray(X))
    np.testing.assert_allclose(second, 9 * X**2)
    assert isinstance(h.value, np.ndarray)
    np.testing.assert_array_equal(h, X)


def test_stop_gradient() -> None:
    x = bm.asarray(X)
    np.testing.assert_allclose(bm.grad(lambda x: (x * bm.stop_gradient(x**2)).sum())(x), X**2)
    assert bm.stop_gradient(3.0).tolist() == 3.0
