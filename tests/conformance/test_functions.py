"""Activations, surrogates and random numbers inside of compiled loops, against the reference."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.math import surrogate
from nbbrain.math.random import RandomState

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

ACTIVATIONS = ["celu", "elu", "gelu", "glu", "hard_sigmoid", "hard_silu", "hard_tanh", "identity", "leaky_relu",
               "log_sigmoid", "log_softmax", "normalize", "relu", "relu6", "selu", "sigmoid", "silu", "soft_sign", "softmax",
               "softplus", "tanh"]
SURROGATES = [name for name in surrogate.__all__ if name.islower() and not name.endswith("2")]
DISTRIBUTIONS: dict[str, Callable[[RandomState], Any]] = {
    "random": lambda r: r.random(5),
    "uniform": lambda r: r.uniform(-1.0, 2.0, (3, 2)),
    "normal": lambda r: r.normal(1.0, 2.0, (3, 4)),
    "lognormal": lambda r: r.lognormal(0.0, 1.0, 5),
    "truncated_normal": lambda r: r.truncated_normal(-1.0, 2.0, 5, 2.0),
    "maxwell": lambda r: r.maxwell(5),
    "wald": lambda r: r.wald(1.0, 2.0, 5),
    "exponential": lambda r: r.exponential(2.0, 5),
    "rayleigh": lambda r: r.rayleigh(2.0, 5),
    "weibull": lambda r: r.weibull(2.0, 5),
    "pareto": lambda r: r.pareto(2.0, 5),
    "power": lambda r: r.power(2.0, 5),
    "gumbel": lambda r: r.gumbel(1.0, 2.0, 5),
    "laplace": lambda r: r.laplace(1.0, 2.0, 5),
    "logistic": lambda r: r.logistic(1.0, 2.0, 5),
    "standard_cauchy": lambda r: r.standard_cauchy(5),
    "triangular": lambda r: r.triangular(5),
    "bernoulli": lambda r: r.bernoulli(0.3, 5),
    "randint": lambda r: r.randint(-3, 10, 5),
    "geometric": lambda r: r.geometric(0.3, 5),
    "poisson": lambda r: r.poisson(3.0, 5),
    "binomial": lambda r: r.binomial(10, 0.3, 5),
    "choice": lambda r: r.choice(bm.Array([1.0, 2.0, 3.0]), 5),
    "key": lambda r: bm.random.normal(size=3, key=r.split_key()),
    "multivariate_normal": lambda r: r.multivariate_normal([0.0, 1.0], [[1.0, 0.5], [0.5, 2.0]], 3),
}


def on_both(compute: Callable[[], Any]) -> tuple[Any, Any]:
    """What a function gives on the reference and compiled, with nothing left to the reference."""
    results = []
    for name in ("numpy", "numba"):
        with backend(name), settings.using(strict=True):
            results.append(compute())
    return results[0], results[1]


@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize(("module", "names"), [(bm.activations, ACTIVATIONS), (surrogate, SURROGATES)],
                         ids=["activations", "surrogates"])
def test_functions_and_their_gradients(module: Any, names: list[str], x64: bool) -> None:
    functions = {name: getattr(module, name) for name in names}
    if module is surrogate:
        functions |= {f"{name}_origin": lambda x, f=functions[name]: f(x, origin=True)  # type: ignore[misc]
                      for name in names if issubclass(_class_of(name), surrogate.SmoothSurrogate)}
    else:
        functions |= {"gelu_exact": lambda x: bm.gelu(x, approximate=False)}
    x = np.random.default_rng(0).normal(size=(3, 4, 6)) * 4
    x[0, 0, :4] = (-100.0, 100.0, 1e4, -1e4)

    def compute() -> Any:
        shift = bm.TrainVar(np.zeros((4, 6)))

        def loss() -> Any:
            values = bm.for_loop(lambda row: {name: f(row + shift) for name, f in functions.items()}, bm.Array(x))
            return sum([(value * (i + 1)).sum() for i, value in enumerate(values.values())]), values

        gradient, values = bm.grad(loss, grad_vars=shift, has_aux=True)()
        return {name: np.asarray(value) for name, value in values.items()}, np.asarray(gradient)

    with bm.environment(x64=x64):
        (values, gradient), (compiled, compiled_gradient) = on_both(compute)
    tolerance = {"rtol": 1e-11, "atol": 1e-11} if x64 else {"rtol": 1e-5, "atol": 1e-5}
    for name, value in values.items():
        assert compiled[name].dtype == value.dtype
        np.testing.assert_allclose(compiled[name], value, err_msg=name, **tolerance)
    np.testing.assert_allclose(compiled_gradient, gradient, **tolerance)


def _class_of(name: str) -> type:
    return next(cls for cls in vars(surrogate).values() if isinstance(cls, type)
                and f"{cls.__name__} : the same as an object" in getattr(surrogate, name).__doc__)


@pytest.mark.parametrize("x64", [False, True], ids=["float32", "float64"])
def test_random_numbers(x64: bool) -> None:
    def compute() -> Any:
        streams = {name: RandomState(7) for name in DISTRIBUTIONS}
        drawn = bm.for_loop(lambda i: {name: draw(streams[name]) for name, draw in DISTRIBUTIONS.items()}, bm.arange(4))
        return {name: np.asarray(x) for name, x in drawn.items()}, {name: np.asarray(s) for name, s in streams.items()}

    with bm.environment(x64=x64):
        (drawn, states), (compiled, compiled_states) = on_both(compute)
    for name, value in drawn.items():
        assert compiled[name].dtype == value.dtype
        tolerance = 0 if value.dtype.kind in "bi" else 1e-13 if x64 else 1e-6
        np.testing.assert_allclose(compiled[name], value, rtol=tolerance, atol=tolerance, err_msg=name)
        np.testing.assert_array_equal(compiled_states[name], states[name])


def test_uniform_numbers_are_the_same_bits() -> None:
    def compute() -> np.ndarray:
        stream = RandomState(3)
        return np.asarray(bm.for_loop(lambda i: stream.random((5, 7)), bm.arange(3)))

    reference, compiled = on_both(compute)
    np.testing.assert_array_equal(compiled, reference)


def test_random_numbers_of_batch_rows_do_not_depend_on_threads() -> None:
    def compute(threads: int) -> np.ndarray:
        stream, w = RandomState(3), bm.Variable(np.ones((6, 5)))
        with settings.using(num_threads=threads, strict=True), backend("numba"):
            return np.asarray(bm.for_loop(lambda x: bm.dot(x, w) + stream.normal(size=(12, 5)),
                                          bm.Array(np.ones((4, 12, 6)))))

    np.testing.assert_array_equal(compute(1), compute(2))
