"""Normalising layers: against the formula in NumPy, over which axes, the running means of batch normalisation, errors."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED

SHAPES = {1: (4, 5, 3), 2: (4, 2, 5, 3), 3: (3, 2, 2, 4, 3)}
DIMS = pytest.mark.parametrize("dims", SHAPES)
SCALE, BIAS = np.array([0.5, 2., -1.]), np.array([1., 0., 0.3])


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape) * 2 + 1


def normalised(x: np.ndarray, axes: Any, epsilon: float = 1e-5) -> np.ndarray:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def batch_norm(dims: int, **options: Any) -> Any:
    return getattr(bp.layers, f"BatchNorm{dims}d")(3, **{"mode": bm.training_mode, **options})


@LOOPED
@DIMS
def test_batches_and_what_is_remembered_of_them(dims: int, looped: bool) -> None:
    bm.enable_x64()
    layer = batch_norm(dims, momentum=0.8, epsilon=1e-3, scale_initializer=SCALE, bias_initializer=BIAS)
    x = normal(3, *SHAPES[dims])
    axes = tuple(range(dims + 1))
    bp.share.save(fit=True)
    y = bm.for_loop(layer, bm.asarray(x), jit=looped)
    mean, variance = np.zeros(3), np.ones(3)
    for now, got in zip(x, y, strict=True):
        np.testing.assert_allclose(got, normalised(now, axes, 1e-3) * SCALE + BIAS, rtol=1e-11, atol=1e-12)
        mean, variance = 0.8 * mean + 0.2 * now.mean(axes), 0.8 * variance + 0.2 * now.var(axes)
    np.testing.assert_allclose(layer.running_mean, mean, rtol=1e-12)
    np.testing.assert_allclose(layer.running_var, variance, rtol=1e-12)

    bp.share.save(fit=False)
    y = bm.for_loop(layer, bm.asarray(x), jit=looped)
    np.testing.assert_allclose(y, (x - mean) / np.sqrt(variance + 1e-3) * SCALE + BIAS, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(layer.running_mean, mean, rtol=1e-12)
    layer.reset_state(7)
    np.testing.assert_allclose(layer.running_mean, mean, rtol=1e-12)


def test_features_along_another_axis_and_without_space() -> None:
    bm.enable_x64()
    bp.share.save(fit=True)
    x = normal(4, 5, 6, 3)
    y = batch_norm(2, axis=(0, 2, 3), scale_initializer=SCALE)(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(np.moveaxis(y, 1, -1), normalised(x, (0, 1, 2)) * SCALE, rtol=1e-11, atol=1e-12)
    flat = batch_norm(1)(x[:, 0, 0])
    np.testing.assert_allclose(flat, normalised(x[:, 0, 0], 0), rtol=1e-11, atol=1e-12)


def test_parameters_and_names() -> None:
    layer = batch_norm(1)
    assert set(layer.train_vars().unique()) == {f"{layer.name}.scale", f"{layer.name}.bias"}
    assert len(batch_norm(1, mode=bm.batching_mode).train_vars()) == 0
    plain = batch_norm(1, affine=False)
    assert plain.scale is None and plain.bias is None
    for dims in SHAPES:
        assert getattr(bp.layers, f"BatchNorm{dims}D") is getattr(bp.layers, f"BatchNorm{dims}d")
    assert repr(batch_norm(2, name="even")) == "BatchNorm2d(name=even, num_features=3, mode=TrainingMode(batch_size=1))"


def test_what_batch_normalisation_refuses() -> None:
    layer = batch_norm(2, name="images")
    with pytest.raises(KeyError, match="fit"):
        layer(bm.ones((2, 4, 5, 3)))
    bp.share.save(fit=True)
    for shape in ((2, 4, 3), (2, 4, 5, 4)):
        with pytest.raises(ValueError, match=r"images: expected input of shape \(n, n, n, 3\), but got"):
            layer(bm.ones(shape))
    with pytest.raises(NotImplementedError, match="does not support NonBatchingMode"):
        bp.layers.BatchNorm1d(3)
    with pytest.raises(NotImplementedError, match="axis_name"):
        batch_norm(1, axis_name="devices")
    for axis in (0, (0, 2, 3), (0, 0), (0, 5)):
        with pytest.raises(ValueError, match="axis must be 2 of the 3 axes"):
            batch_norm(1, axis=axis)
    for options, message in (({"momentum": 1.5}, "momentum"), ({"scale_initializer": np.ones(2)}, "but we got")):
        with pytest.raises(ValueError, match=message):
            batch_norm(1, **options)


@pytest.mark.parametrize(("size", "axes"), [(3, (-1,)), ((5, 3), (-2, -1)), ((4, 5, 3), (-3, -2, -1))], ids=str)
def test_layers_are_normalised_over_their_last_axes(size: Any, axes: tuple[int, ...]) -> None:
    bm.enable_x64()
    x = normal(2, 4, 5, 3)
    shape = (size,) if isinstance(size, int) else size
    scale, bias = normal(*shape, seed=1), normal(*shape, seed=2)
    layer = bp.layers.LayerNorm(size, epsilon=1e-3, scale_initializer=scale, bias_initializer=bias)
    np.testing.assert_allclose(layer(x), normalised(x, axes, 1e-3) * scale + bias, rtol=1e-11, atol=1e-12)
    plain = bp.layers.LayerNorm(size, elementwise_affine=False)
    assert plain.scale is None and plain.bias is None
    np.testing.assert_allclose(plain(x), normalised(x, axes), rtol=1e-11, atol=1e-12)
    assert len(bp.layers.LayerNorm(size, mode=bm.training_mode).train_vars()) == 2


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize("space", [(), (5,), (2, 3)], ids=str)
def test_groups_are_normalised_one_by_one(groups: int, space: tuple[int, ...]) -> None:
    bm.enable_x64()
    x, scale, bias = normal(4, *space, 6), normal(6, seed=1), normal(6, seed=2)
    layer = bp.layers.GroupNorm(groups, 6, epsilon=1e-3, scale_initializer=scale, bias_initializer=bias,
                                mode=bm.training_mode)
    want = np.zeros_like(x)
    for example in range(4):
        for group in np.split(np.arange(6), groups):
            part = x[example][..., group]
            want[example][..., group] = (part - part.mean()) / np.sqrt(part.var() + 1e-3)
    np.testing.assert_allclose(layer(x), want * scale + bias, rtol=1e-11, atol=1e-12)
    single = bp.layers.GroupNorm(groups, 6, epsilon=1e-3, affine=False)
    np.testing.assert_allclose(single(x[0]), want[0], rtol=1e-11, atol=1e-12)
    assert len(layer.train_vars()) == 2


def test_instances() -> None:
    bm.enable_x64()
    x = normal(4, 5, 2, 3)
    layer = bp.layers.InstanceNorm(3, scale_initializer=SCALE, bias_initializer=BIAS, mode=bm.training_mode)
    np.testing.assert_allclose(layer(x), normalised(x, (1, 2)) * SCALE + BIAS, rtol=1e-11, atol=1e-12)
    assert bp.layers.InstanceNorm(3, affine=False).scale is None


def test_what_the_others_refuse() -> None:
    with pytest.raises(ValueError, match=r"expected input of shape \(..., 4, 3\), but got \(2, 3\)"):
        bp.layers.LayerNorm((4, 3))(bm.ones((2, 3)))
    with pytest.raises(ValueError, match="4 channels cannot be divided into 3 groups"):
        bp.layers.GroupNorm(3, 4)
    with pytest.raises(ValueError, match=r"expected input of shape \(batch, ..., 4\), but got \(4,\)"):
        bp.layers.GroupNorm(2, 4, mode=bm.training_mode)(bm.ones(4))
    with pytest.raises(ValueError, match=r"expected input of shape \(..., 4\), but got \(2, 3\)"):
        bp.layers.GroupNorm(2, 4)(bm.ones((2, 3)))
