"""NVAR: its features against their definition, names, modes, gradients, errors."""
from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED

OPTIONS = [dict(delay=1), dict(delay=3, order=2), dict(delay=2, order=(2, 3), stride=3, constant=True),
           dict(delay=4, stride=2, constant=True), dict(delay=2, order=[3])]


def features(x: np.ndarray, t: int, delay: int, order=(), stride: int = 1, constant: bool = False) -> np.ndarray:
    """The features at time t of inputs of shape (time, ..., features), from their definition."""
    zero = np.zeros_like(x[0])
    linear = np.concatenate([x[t - k * stride] if t >= k * stride else zero for k in range(delay)], axis=-1)
    parts = [np.ones((*linear.shape[:-1], 1))] if constant else []
    parts.append(linear)
    for n in (order,) if isinstance(order, int) else order:
        parts += [np.prod(linear[..., list(i)], axis=-1, keepdims=True)
                  for i in combinations_with_replacement(range(linear.shape[-1]), n)]
    return np.concatenate(parts, axis=-1)


@LOOPED
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_features(options: dict, batch: int | None, looped: bool) -> None:
    bm.enable_x64()
    layer = bp.layers.NVAR(2, **options, mode=bm.nonbatching_mode if batch is None else bm.BatchingMode(batch))
    x = np.random.default_rng(1).normal(size=(25, *(() if batch is None else (batch,)), 2))
    for _ in range(2):  # a reset forgets everything
        y = bm.for_loop(layer, bm.asarray(x), jit=looped).numpy()
        for t in range(25):
            np.testing.assert_allclose(y[t], features(x, t, **options), rtol=1e-12)
        layer.reset_state()
    assert layer.num_out == y.shape[-1] == len(layer.get_feature_names())
    assert layer.num_out == layer.linear_dim + layer.nonlinear_dim + layer.constant


def test_names() -> None:
    layer = bp.layers.NVAR(2, delay=2, order=2, stride=5, constant=True)
    assert layer.get_feature_names() == [
        "1", "x0(t)", "x1(t)", "x0(t-5)", "x1(t-5)", "x0(t)^2", "x0(t) x1(t)", "x0(t) x0(t-5)", "x0(t) x1(t-5)", "x1(t)^2",
        "x1(t) x0(t-5)", "x1(t) x1(t-5)", "x0(t-5)^2", "x0(t-5) x1(t-5)", "x1(t-5)^2"]
    assert layer.get_feature_names(for_plot=True)[:6] == ["1", "$x0_t$", "$x1_t$", "$x0_{t-5}$", "$x1_{t-5}$", "$x0_t^2$"]


def test_sizes_of_the_page() -> None:
    layer = bp.layers.NVAR(3, delay=4, order=2, stride=5, mode=bm.batching_mode)
    assert (layer.linear_dim, layer.nonlinear_dim, layer.num_out, layer.num_delay) == (12, 78, 90, 16)
    layer.reset_state(4)
    assert (layer.store.shape, layer.store.batch_axis, layer.idx.shape) == ((16, 4, 3), 1, (1,))
    assert layer(bm.ones((4, 3))).shape == (4, 90)


@LOOPED
def test_gradients_by_the_inputs(looped: bool) -> None:
    bm.enable_x64()
    layer = bp.layers.NVAR(2, delay=2, order=(2, 3), stride=2)
    x = bm.TrainVar(bm.asarray(np.random.default_rng(2).normal(size=(6, 2))))
    c = bm.asarray(np.random.default_rng(3).normal(size=(6, layer.num_out)))

    def loss():
        layer.reset_state()
        return bm.sum(bm.for_loop(layer, x, jit=looped) * c)

    check_gradients(loss, {"x": x})


def test_modes() -> None:
    with pytest.raises(NotImplementedError) as caught:
        bp.layers.NVAR(1, 1, mode=bm.TrainingMode(3), name="any_name")
    assert str(caught.value) == ("NVAR does not support TrainingMode(batch_size=3). We only support BatchingMode, "
                                 "NonBatchingMode. ")


def test_wrong_arguments() -> None:
    for order in (1, (2, 1), 0, 2.5, "two"):
        with pytest.raises(ValueError, match="order"):
            bp.layers.NVAR(2, 2, order=order)
    for name in ("num_in", "delay", "stride"):
        with pytest.raises(ValueError, match=f"{name} must be a positive integer, but got 0"):
            bp.layers.NVAR(**{"num_in": 2, "delay": 2, name: 0})
    layer = bp.layers.NVAR(3, 2, name="features", mode=bm.batching_mode)
    with pytest.raises(ValueError, match=r"^features: expected input of shape \(\.\.\., 3\), but got \(1, 4\)$"):
        layer(bm.ones((1, 4)))
    with pytest.raises(ValueError, match=r"^features: expected input of shape \(1, 3\), but got \(2, 3\)$"):
        layer(bm.ones((2, 3)))
    assert not np.any(layer.store.numpy()) and layer.idx.tolist() == [0]
