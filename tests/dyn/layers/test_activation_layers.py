"""Activation functions as layers: against their formulas in NumPy, gradients, what they are built with, older names."""
from __future__ import annotations

from collections.abc import Callable
from math import erf
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED

L = bp.layers


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def softplus(x: np.ndarray) -> np.ndarray:
    return np.log(1 + np.exp(x))


def exponential(x: np.ndarray, alpha: float, beta: float = 1.) -> np.ndarray:
    return np.where(x > 0, x, alpha * (np.exp(x / beta) - 1))


FUNCTIONS: dict[str, tuple[Callable[[], Any], Callable[[np.ndarray], np.ndarray]]] = {
    "Threshold": (lambda: L.Threshold(0.3, -7.), lambda x: np.where(x > 0.3, x, -7.)),
    "ReLU": (lambda: L.ReLU(inplace=True), lambda x: np.maximum(x, 0)),
    "ReLU6": (L.ReLU6, lambda x: np.clip(x, 0, 6)),
    "RReLU": (L.RReLU, lambda x: np.where(x > 0, x, x * (1 / 8 + 1 / 3) / 2)),
    "LeakyReLU": (lambda: L.LeakyReLU(0.2), lambda x: np.where(x > 0, x, 0.2 * x)),
    "PReLU": (L.PReLU, lambda x: np.where(x > 0, x, 0.25 * x)),
    "ELU": (lambda: L.ELU(1.5), lambda x: exponential(x, 1.5)),
    "CELU": (lambda: L.CELU(1.5), lambda x: exponential(x, 1.5, 1.5)),
    "SELU": (L.SELU, lambda x: 1.0507009873554804934 * exponential(x, 1.6732632423543772848)),
    "GELU": (L.GELU, lambda x: x * (1 + np.vectorize(erf)(x / np.sqrt(2))) / 2),
    "GELU, tanh": (lambda: L.GELU(approximate=True),
                   lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2),
    "SiLU": (L.SiLU, lambda x: x * sigmoid(x)),
    "Mish": (L.Mish, lambda x: x * np.tanh(softplus(x))),
    "Hardswish": (L.Hardswish, lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "Softplus": (lambda: L.Softplus(2., 3.), lambda x: np.where(2 * x > 3, x, softplus(2 * x) / 2)),
    "Sigmoid": (L.Sigmoid, sigmoid),
    "Hardsigmoid": (L.Hardsigmoid, lambda x: np.clip(x + 3, 0, 6) / 6),
    "LogSigmoid": (L.LogSigmoid, lambda x: np.log(sigmoid(x))),
    "Tanh": (L.Tanh, np.tanh),
    "Hardtanh": (lambda: L.Hardtanh(-0.5, 2.), lambda x: np.clip(x, -0.5, 2.)),
    "Softsign": (L.Softsign, lambda x: x / (1 + np.abs(x))),
    "Hardshrink": (lambda: L.Hardshrink(0.7), lambda x: np.where(np.abs(x) > 0.7, x, 0)),
    "Softshrink": (lambda: L.Softshrink(0.7), lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.7, 0)),
    "Tanhshrink": (L.Tanhshrink, lambda x: x - np.tanh(x)),
    "Softmax": (L.Softmax, softmax),
    "Softmax, an axis": (lambda: L.Softmax(0), lambda x: softmax(x, 0)),
    "Softmin": (lambda: L.Softmin(dim=1), lambda x: softmax(-x, 1)),
    "LogSoftmax": (L.LogSoftmax, lambda x: np.log(softmax(x))),
    "Softmax2d": (L.Softmax2d, lambda x: softmax(x, -3)),
    "GLU": (L.GLU, lambda x: x[..., :2] * sigmoid(x[..., 2:])),
}


@LOOPED
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str, looped: bool) -> None:
    bm.enable_x64()
    bp.share.save(fit=False)
    build, function = FUNCTIONS[name]
    layer = build()
    x = np.random.default_rng(0).normal(size=(2, 5, 3, 4)) * 4
    y = bm.for_loop(layer, bm.asarray(x), jit=looped)
    np.testing.assert_allclose(y, np.stack([function(row) for row in x]), rtol=1e-10, atol=1e-12)
    assert isinstance(layer, bp.layers.Layer)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name: str) -> None:
    bm.enable_x64()
    bp.share.save(fit=False)
    layer = FUNCTIONS[name][0]()
    x = bm.TrainVar(bm.asarray(np.random.default_rng(1).normal(size=(2, 2, 4)) * 3))
    check_gradients(lambda: bm.sum(bm.sin(layer(x) + 0.5)), {"x": x}, rtol=1e-5)


def test_large_numbers() -> None:
    for build in (L.Softplus, L.Mish, L.SiLU, L.LogSigmoid, L.Softmax, L.LogSoftmax, L.Softmin, L.Sigmoid, L.ELU, L.GELU):
        layer = build()
        gradient = bm.grad(lambda x, layer=layer: bm.sum(layer(x)))(bm.asarray([-500., 500.]))
        assert np.all(np.isfinite(layer(bm.asarray([-500., 500.])).numpy())) and np.all(np.isfinite(gradient.numpy()))


def test_random_slopes() -> None:
    bp.share.save(fit=True)
    layer = bp.layers.RReLU(0.2, 0.4)
    y = -layer(-bm.ones(10000)).numpy()
    assert (y.min(), y.max(), y.mean()) == (pytest.approx(0.2, abs=1e-3), pytest.approx(0.4, abs=1e-3),
                                            pytest.approx(0.3, abs=5e-3))
    assert np.array_equal(layer(bm.ones(3)), np.ones(3))
    assert np.any(-layer(-bm.ones(10000)).numpy() != y)
    bp.share.clear_shargs()
    with pytest.raises(KeyError, match="fit"):
        layer(bm.ones(3))


def test_trained_slopes() -> None:
    assert isinstance(bp.layers.PReLU(mode=bm.training_mode).weight, bm.TrainVar)
    assert not isinstance(bp.layers.PReLU().weight, bm.Variable)
    layer = bp.layers.PReLU(2, 0.5, mode=bm.training_mode)
    layer.weight.value = bm.asarray([0.5, 2.])
    assert layer(bm.asarray([[-1., -1.], [3., -2.]])).tolist() == [[-0.5, -2.], [3., -4.]]
    with pytest.raises(ValueError, match=r"expected input of shape \(..., 2\), but got \(3,\)"):
        layer(bm.ones(3))


def test_names_and_modes() -> None:
    layer = bp.layers.ReLU(name="positive", mode=bm.training_mode)
    assert (layer.name, layer.mode) == ("positive", bm.training_mode)


def test_wrong_arguments() -> None:
    for build, message in ((lambda: L.RReLU(0.5, 0.1), "lower must not be above upper"),
                           (lambda: L.Hardtanh(1., 1.), "min_val must be below"), (lambda: L.Softplus(0.), "beta"),
                           (lambda: L.Hardshrink(-1.), "lambd"), (lambda: L.Softshrink(-1.), "lambd"),
                           (lambda: L.PReLU(0), "num_parameters"), (lambda: L.GLU()(bm.ones(3)), "must be even"),
                           (lambda: L.Softmax2d()(bm.ones(3)), r"\(channels, height, width\)")):
        with pytest.raises(ValueError, match=message):
            build()


@pytest.mark.parametrize(("older", "newer"), [("VanillaRNN", "RNNCell"), ("GRU", "GRUCell"), ("LSTM", "LSTMCell")])
def test_older_names(older: str, newer: str) -> None:
    build, kind = getattr(bp.layers, older), getattr(bp.layers, newer)
    with pytest.warns(DeprecationWarning, match=rf"^layers\.{older} is deprecated: use layers\.{newer}\.$") as caught:
        cell = build(2, 3, train_state=True, mode=bm.training_mode)
    assert caught[0].filename == __file__
    assert isinstance(cell, kind) and cell(bm.ones((1, 2))).shape == (1, 3) and len(cell.train_vars()) == 4
