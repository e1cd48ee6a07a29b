"""Pooling layers: against plain loops, which axes they pool, default strides, errors."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

REDUCTIONS = {"Max": np.max, "Min": np.min, "Avg": np.mean}
KINDS = pytest.mark.parametrize("kind", ["Max", "Avg"])


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape)


def by_hand(x: np.ndarray, kind: str, window: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """The windows of x, one after the other; one size and one stride for every axis."""
    y = np.zeros([(n - w) // s + 1 for n, w, s in zip(x.shape, window, strides, strict=True)])
    for place in np.ndindex(*y.shape):
        part = x[tuple([slice(p * s, p * s + w) for p, s, w in zip(place, strides, window, strict=True)])]
        y[place] = REDUCTIONS[kind](part)
    return y


@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize(("mode", "channel_axis", "size", "window"), [
    (bm.batching_mode, -1, 2, (1, 2, 2, 1)), (bm.batching_mode, 1, 2, (1, 1, 2, 2)),
    (bm.batching_mode, None, 2, (1, 2, 2, 2)),
    (bm.nonbatching_mode, -1, 2, (2, 2, 2, 1)), (bm.training_mode, -1, (2, 3), (1, 2, 3, 1)),
    (bm.training_mode, None, (2, 3), (1, 1, 2, 3)), (bm.nonbatching_mode, 3, (3,), (1, 1, 3, 1))], ids=str)
def test_which_axes_are_pooled(kind: str, mode: Any, channel_axis: int | None, size: Any, window: tuple[int, ...]) -> None:
    bm.enable_x64()
    x = normal(3, 4, 5, 4)
    layer = getattr(bp.layers, f"{kind}Pool")(size, channel_axis=channel_axis, mode=mode)
    np.testing.assert_allclose(layer(x), by_hand(x, kind, window, (1, 1, 1, 1)), rtol=1e-12)


@KINDS
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_layers_of_so_many_axes(kind: str, dims: int) -> None:
    bm.enable_x64()
    x, build = normal(2, *(6, 5, 4)[:dims], 3), getattr(bp.layers, f"{kind}Pool{dims}d")
    two, one, still = (2,) * dims, (1,) * dims, (1,)
    default = two if kind == "Max" else one
    for options, strides in (({}, default), ({"stride": None}, two), ({"stride": 1}, one), ({"stride": two}, two)):
        want = by_hand(x, kind, still + two + still, still + strides + still)
        np.testing.assert_allclose(build(2, **options)(x), want, rtol=1e-12)
        np.testing.assert_allclose(build(2, **options)(x[0]), want[0], rtol=1e-12)
        moved = build(2, channel_axis=1, **options)(np.moveaxis(x, -1, 1))
        np.testing.assert_allclose(moved, np.moveaxis(want, -1, 1), rtol=1e-12)
        alone = build(2, channel_axis=None, **options)(np.moveaxis(x, -1, 1))
        np.testing.assert_allclose(alone, np.moveaxis(want, -1, 1), rtol=1e-12)


def test_paddings() -> None:
    x = bm.asarray([[1.], [2.], [6.]])
    for padding, want in (("VALID", [1.5, 4.]), ("SAME", [1.5, 4., 6.]), (1, [1., 1.5, 4., 6.]), (((1, 0),), [1., 1.5, 4.])):
        assert bp.layers.AvgPool1d(2, padding=padding)(x)[:, 0].tolist() == want
    assert bp.layers.MinPool(3, padding=1, channel_axis=-1)(x)[:, 0].tolist() == [1., 1., 2.]


@KINDS
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_adaptive_layers(kind: str, dims: int) -> None:
    bm.enable_x64()
    x, counts = normal(2, *(7, 5, 4)[:dims], 3), (3, 2, 4)[:dims]
    build = getattr(bp.layers, f"Adaptive{kind}Pool{dims}d")
    want = np.zeros((2, *counts, 3))
    edges = [np.cumsum([0, *[len(part) for part in np.array_split(np.arange(n), count)]])
             for n, count in zip(x.shape[1:], counts, strict=False)]
    for place in np.ndindex(*counts):
        part = x[(slice(None), *[slice(e[p], e[p + 1]) for p, e in zip(place, edges, strict=True)])]
        want[(slice(None), *place)] = REDUCTIONS[kind](part, axis=tuple(range(1, dims + 1)))
    np.testing.assert_allclose(build(counts)(x), want, rtol=1e-12)
    np.testing.assert_allclose(build(counts)(x[0]), want[0], rtol=1e-12)
    moved = build(list(counts), channel_axis=1)(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(moved, np.moveaxis(want, -1, 1), rtol=1e-12)
    assert build(1)(x).shape == (2, *[1] * dims, 3)


def test_what_is_refused() -> None:
    for layer, message in ((bp.layers.MaxPool(0), "window must be a positive"),
                           (bp.layers.AvgPool(2, stride=0), "strides must"),
                           (bp.layers.MaxPool(2, channel_axis=2), "channel_axis=2 is not an axis"),
                           (bp.layers.MaxPool((2, 2), channel_axis=-1), "pooling over 2 axes"),
                           (bp.layers.MaxPool2d(2), "pooling over 2 axes"), (bp.layers.AvgPool1d((2, 2)), "window must be"),
                           (bp.layers.AvgPool1d(2, padding="HALF"), "'SAME', 'VALID' or numbers"),
                           (bp.layers.AdaptiveMaxPool2d(2), "pooling over 2 axes"),
                           (bp.layers.AdaptiveMaxPool1d(6), "6 blocks are asked for"),
                           (bp.layers.AdaptiveAvgPool1d(2, channel_axis=5), "channel_axis=5 is not an axis")):
        with pytest.raises(ValueError, match=message):
            layer(bm.ones((5, 3)))
