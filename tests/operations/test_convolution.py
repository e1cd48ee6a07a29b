"""Transposed convolution and pooling along any axes, against plain loops and the definition of an adjoint."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nbbrain.operations.convolution import adaptive_pool, conv_general, conv_transpose, pool

REDUCTIONS = {"max": np.max, "min": np.min, "avg": np.mean}


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def spread(x: np.ndarray, w: np.ndarray, strides: tuple[int, ...]) -> np.ndarray:
    """Every element of an image times the kernel, turned round, added up where it falls."""
    space, sizes = x.shape[1:-1], w.shape[:-2]
    shape = [(n - 1) * s + max(k, s) for n, s, k in zip(space, strides, sizes, strict=True)]
    result = np.zeros((x.shape[0], *shape, w.shape[-1]))
    turned = w[tuple([slice(None, None, -1)] * len(sizes))]
    for place in np.ndindex(*space):
        where = tuple([slice(p * s, p * s + k) for p, s, k in zip(place, strides, sizes, strict=True)])
        result[(slice(None), *where)] += np.einsum("bc,...cf->b...f", x[(slice(None), *place)], turned)
    return result


@pytest.mark.parametrize(("shape", "kernel", "strides"), [
    ((3, 6, 2), (3, 2, 4), 1), ((3, 6, 2), (3, 2, 4), 2), ((2, 5, 1), (2, 1, 3), 4), ((2, 1, 2), (1, 2, 2), 3),
    ((2, 4, 5, 2), (3, 2, 2, 3), (2, 3)), ((1, 2, 3, 2, 1), (2, 3, 1, 1, 2), 2)], ids=str)
def test_transposed_convolution(shape: tuple[int, ...], kernel: tuple[int, ...], strides: Any) -> None:
    x, w = normal(*shape), normal(*kernel, seed=1)
    steps = (strides,) * (len(shape) - 2) if isinstance(strides, int) else strides
    whole = spread(x, w, steps)
    np.testing.assert_allclose(conv_transpose(x, w, strides, "VALID"), whole, rtol=1e-12, atol=1e-12)
    same = conv_transpose(x, w, strides)
    assert same.shape == (shape[0], *[n * s for n, s in zip(shape[1:-1], steps, strict=True)], kernel[-1])
    cut = []
    for n, k, s in zip(shape[1:-1], kernel, steps, strict=False):  # 'SAME' cuts off both ends
        left_out = max(0, k - s)
        first = left_out - -(-left_out // 2)
        cut.append(slice(first, first + n * s))
    np.testing.assert_allclose(same, whole[(slice(None), *cut)], rtol=1e-12, atol=1e-12)


def test_it_is_the_adjoint_of_a_convolution() -> None:
    x, w = normal(2, 4, 3, 2), normal(3, 2, 2, 5, seed=1)
    y = conv_transpose(x, w, 2, "VALID")
    g = normal(*y.shape, seed=2)
    back = conv_general(g, np.swapaxes(w[::-1, ::-1], -1, -2), 2, "VALID")
    assert back.shape == x.shape
    assert np.sum(y * g) == pytest.approx(np.sum(x * back), rel=1e-12)


def test_numbers_are_the_border_of_the_spread_image() -> None:
    x, w = normal(2, 4, 3), normal(3, 3, 1, seed=1)
    np.testing.assert_array_equal(conv_transpose(x, w, 2, [(2, 3)]), conv_general(x, w, 1, [(2, 3)], lhs_dilation=2))


@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize("axes", [(0,), (-1, 0), (2, 0, 1)], ids=str)
def test_pooling_along_any_axes(kind: str, axes: tuple[int, ...]) -> None:
    x = normal(5, 6, 4)
    sizes, steps = (2, 3, 2)[:len(axes)], (1, 2, 3)[:len(axes)]
    got = pool(x, kind, sizes, steps, axes=axes)
    window, stride = [1] * 3, [1] * 3
    for axis, size, step in zip(axes, sizes, steps, strict=True):
        window[axis], stride[axis] = size, step
    assert got.shape == tuple([(n - w) // s + 1 for n, w, s in zip(x.shape, window, stride, strict=True)])
    for place in np.ndindex(*got.shape):
        part = x[tuple([slice(p * s, p * s + w) for p, s, w in zip(place, stride, window, strict=True)])]
        assert got[place] == pytest.approx(REDUCTIONS[kind](part), rel=1e-12)


def test_padding_is_no_element() -> None:
    x = np.array([[[3.0], [5.0]]])
    assert pool(x, "min", 3, 1, 1)[0, :, 0].tolist() == [3, 3]
    assert pool(-x, "max", 3, 1, 1)[0, :, 0].tolist() == [-3, -3]
    assert pool(x, "avg", 3, 1, 1)[0, :, 0].tolist() == [4, 4]


@pytest.mark.parametrize("kind", REDUCTIONS)
def test_adaptive_pooling(kind: str) -> None:
    x = normal(7, 5, 9)
    for count in (1, 2, 3, 7):
        got = adaptive_pool(x, kind, count, axes=(0,))
        want = [REDUCTIONS[kind](part, axis=0) for part in np.array_split(x, count)]
        np.testing.assert_allclose(got, want, rtol=1e-12)
    both = adaptive_pool(x, kind, (2, 4), axes=(1, -1))
    want = [[REDUCTIONS[kind](b, axis=(1, 2)) for b in np.array_split(a, 4, axis=2)] for a in np.array_split(x, 2, axis=1)]
    np.testing.assert_allclose(both, np.moveaxis(np.array(want), -1, 0), rtol=1e-12)
    assert adaptive_pool(np.ones((2, 6, 4, 3), int), kind, 2).shape == (2, 2, 2, 3)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: conv_transpose(np.ones((2, 5, 3)), np.ones((2, 3, 4)), 1, "HALF"), "'SAME', 'VALID' or numbers"),
    (lambda: conv_transpose(np.ones((2, 5, 3)), np.ones((2, 3, 4)), 0), "strides must be"),
    (lambda: pool(np.ones((2, 5, 3)), "avg", 2, axes=(3,)), r"axes \(3,\) are not those"),
    (lambda: pool(np.ones((2, 5, 3)), "avg", 2, axes=(1, -2)), r"axes \(1, -2\) are not those"),
    (lambda: adaptive_pool(np.ones((2, 5, 3)), "sum", 2), "kind must be"),
    (lambda: adaptive_pool(np.ones((2, 5, 3)), "max", 6), "6 blocks are asked for along axis 1"),
])
def test_what_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
