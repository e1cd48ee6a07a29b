"""Reductions: masks, initial values, empty axes, and gradients at ties and zeros."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


@pytest.mark.parametrize(("name", "initial"), [("sum", 2.0), ("prod", 3.0), ("max", 0.5), ("min", 0.25)])
@pytest.mark.parametrize("shape", [(2, 3), (2, 0)])
def test_initial_values(name, initial, shape):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    result = getattr(bm, name)(bm.asarray(x), axis=1, initial=initial)
    assert result.dtype == np.float32
    np.testing.assert_allclose(np.asarray(result), getattr(np, name)(x, axis=1, initial=initial), rtol=1e-6)


def test_masks_need_an_element_to_start_from():
    with pytest.raises(ValueError, match="max: with 'where', 'initial' is needed too"):
        bm.max(bm.ones(3), where=[True, False, True])


def test_extrema_of_nothing():
    with pytest.raises(ValueError, match="zero-size"):
        bm.max(bm.zeros((2, 0)), axis=1)


def test_masked_elements_have_no_gradient():
    mask = np.array([True, False, True])
    for function in (bm.mean, bm.sum, bm.var):
        gradient = np.asarray(bm.grad(lambda x, f=function: f(x, where=mask))(bm.array([1.0, np.nan, 3.0])))
        assert gradient[1] == 0
        assert np.isfinite(gradient).all()


def test_ties_share_the_gradient():
    x = bm.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    gradient = bm.grad(lambda y: bm.sum(bm.max(y, axis=1)))(x)
    np.testing.assert_allclose(np.asarray(gradient), [[0, 0.5, 0.5], [1 / 3] * 3], rtol=1e-6)


@pytest.mark.parametrize("name", ["prod", "cumprod", "nanprod", "nancumprod"])
@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_products_with_zeros(name, zeros):
    bm.enable_x64()
    x = np.array([1.5, -2.0, 0.5, 3.0])
    x[:zeros] = 0
    weights = np.array([1.0, 2.0, 3.0, 4.0]) if "cum" in name else np.array(1.0)

    def function(y):
        return bm.sum(getattr(bm, name)(y) * weights)

    gradient = np.asarray(bm.grad(function)(bm.asarray(x)))
    for i in range(4):
        step = np.eye(4)[i] * 1e-6
        slope = (float(function(bm.asarray(x + step))) - float(function(bm.asarray(x - step)))) / 2e-6
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-6, atol=1e-9)


def test_sums_of_small_integers_do_not_wrap():
    assert bm.sum(bm.full(3, 100, np.int8)).dtype == np.int32
    assert int(bm.sum(bm.full(3, 100, np.int8))) == 300
    assert int(bm.prod(bm.full(3, 100, np.int16))) == 1_000_000
    assert bm.cumsum(bm.full(3, 100, np.uint8)).tolist() == [100, 200, 300]
