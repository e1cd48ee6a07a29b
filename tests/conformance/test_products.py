"""Products with leading axes, convolution and pooling, compiled against the reference, and gradients against differences."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations.convolution import conv_general, pool
from tests.conformance.reference import THREADS

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

TURNS = 2


@pytest.fixture(autouse=True)
def double_precision() -> None:
    """Compare to the last digits."""
    bm.enable_x64()


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def outcome(body: Callable[[Any, Any], Any], x: np.ndarray, w: np.ndarray, which: str, threads: int = 1) -> list[np.ndarray]:
    """Values and gradients of a loop over x with a constant w."""
    def loss(x: Any, w: Any) -> Any:
        out = bm.for_loop(lambda row: body(bm.tanh(row), w), x)
        return bm.sum(bm.sin(1.0 + out)), out

    with backend(which), settings.using(num_threads=threads):
        gradients, out = bm.grad(loss, argnums=(0, 1), has_aux=True)(bm.asarray(x), bm.asarray(w))
    return [np.asarray(a) for a in (out, *gradients)]


def agree(body: Callable[[Any, Any], Any], x: np.ndarray, w: np.ndarray) -> None:
    want = outcome(body, x, w, "numpy")
    for a, b, *others in zip(want, *[outcome(body, x, w, "numba", threads) for threads in THREADS], strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-12)
        for c in others:
            np.testing.assert_array_equal(b, c)


PRODUCTS: dict[str, tuple[Callable[[Any, Any], Any], tuple[int, ...], tuple[int, ...]]] = {
    "rows times a matrix": (lambda x, w: x @ w, (19, 4, 3), (3, 5)),
    "two leading axes": (lambda x, w: x @ w, (19, 2, 4, 3), (3, 5)),
    "rows second": (lambda x, w: bm.swapaxes(x, 0, 1) @ w, (19, 4, 3), (3, 5)),
    "a matrix times rows": (lambda x, w: w @ x, (19, 4, 3), (5, 4)),
    "matrices by matrices": (lambda x, w: x @ bm.swapaxes(x, -1, -2) + w.sum(), (19, 4, 3), (2,)),
    "broadcast on both sides": (lambda x, w: x[:, :, None] @ w[None], (3, 2, 4, 3), (2, 3, 5)),
    "as many matrices": (lambda x, w: x @ w, (4, 5, 3), (4, 3, 2)),
    "more than a few": (lambda x, w: x @ w, (20, 2, 3), (20, 3, 2)),
    "a vector of each": (lambda x, w: bm.matmul(x, w), (19, 4, 3), (3,)),
    "attention": (lambda x, w: bm.softmax(bm.einsum("bqd,bkd->bqk", x @ w, x), axis=-1) @ x, (19, 5, 3), (3, 3)),
    "heads": (lambda x, w: bm.einsum("bthd,bshd->bhts", x.reshape(19, 4, 2, 3), x.reshape(19, 4, 2, 3)) * w,
              (19, 4, 6), (1,)),
    "einsum of three": (lambda x, w: bm.einsum("bij,bjk,kl->bil", x, bm.swapaxes(x, 1, 2), w), (19, 4, 3), (4, 5)),
    "tensordot": (lambda x, w: bm.tensordot(x, w, axes=((2, 1), (0, 1))), (19, 4, 3), (3, 4, 2)),
    "transposed views": (lambda x, w: bm.transpose(x, (2, 0, 1)) @ bm.swapaxes(w, 0, 1), (6, 4, 3), (5, 4)),
    "without leading elements": (lambda x, w: x[:0] @ w, (2, 4, 3), (3, 5)),
    "without inner elements": (lambda x, w: x[..., :0] @ w[:0], (19, 4, 3), (3, 5)),
    "rows along the last axis": (lambda x, w: w @ x.T, (19, 4), (20, 3, 4)),
    "summed over rows": (lambda x, w: bm.broadcast_to(x.T, (2, 4, 19)) @ x * w, (19, 4), (1,)),
    "many summed over rows": (lambda x, w: (bm.ones((20, 1, 1)) * x.T) @ (x * bm.arange(20.0)[:, None, None]) * w, (19, 4),
                              (1,)),
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_products_with_leading_axes(case: str) -> None:
    body, x, w = PRODUCTS[case]
    agree(body, normal(TURNS, *x), normal(*w, seed=1))


def test_products_of_integers() -> None:
    x = np.random.default_rng(0).integers(-9, 9, (TURNS, 18, 2, 3)).astype(np.int32)
    results = []
    for which in ("numpy", "numba"):
        with backend(which):
            results.append(np.asarray(bm.for_loop(lambda row: row @ bm.swapaxes(row, 1, 2), bm.asarray(x))))
    np.testing.assert_array_equal(*results)


def test_a_weight_s_gradient_over_leading_axes_is_differentiated_again() -> None:
    """The second derivative of n-axis products, against differences of the first."""
    x, w, v = normal(4, 3, 2), normal(2, 5, seed=1), normal(2, 5, seed=2)
    first = bm.grad(lambda w: bm.sum(bm.sin(bm.asarray(x) @ w)))
    second = np.asarray(bm.grad(lambda w: bm.sum(first(w) * v))(bm.asarray(w)))
    step = 1e-5
    differences = (np.asarray(first(bm.asarray(w + step * v))) - np.asarray(first(bm.asarray(w - step * v)))) / (2 * step)
    np.testing.assert_allclose(second, differences, rtol=1e-6, atol=1e-8)


# Convolution and pooling

CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "one axis": ((18, 9, 2), (3, 2, 4), {}),
    "two axes": ((18, 5, 6, 2), (3, 2, 2, 3), {}),
    "three axes": ((3, 4, 3, 5, 2), (2, 2, 3, 2, 2), {}),
    "without a border": ((18, 9, 2), (3, 2, 4), {"padding": "VALID"}),
    "strides": ((3, 7, 8, 2), (3, 3, 2, 2), {"strides": (2, 3)}),
    "borders": ((3, 7, 4, 2), (3, 3, 2, 2), {"padding": (1, (0, 2)), "strides": 2}),
    "far apart": ((3, 9, 9, 1), (3, 3, 1, 2), {"rhs_dilation": (2, 3), "padding": "VALID"}),
    "transposed": ((3, 5, 4, 2), (3, 3, 2, 2), {"lhs_dilation": 2, "padding": 1}),
    "groups": ((18, 6, 4), (3, 2, 6), {"groups": 2}),
    "by channel": ((3, 4, 4, 3), (2, 2, 1, 6), {"groups": 3, "strides": 2}),
    "one place": ((3, 4, 4, 2), (1, 1, 2, 3), {}),
}


def naive(x: np.ndarray, w: np.ndarray, strides: Any = 1, padding: Any = "SAME", lhs_dilation: Any = 1,
          rhs_dilation: Any = 1, groups: int = 1) -> np.ndarray:
    """The definition, one window after the other."""
    count = x.ndim - 2
    steps, inner, outer = [(n,) * count if np.ndim(n) == 0 else tuple(n) for n in (strides, rhs_dilation, lhs_dilation)]
    spread = np.zeros((x.shape[0], *[(n - 1) * s + 1 for n, s in zip(x.shape[1:-1], outer, strict=True)], x.shape[-1]))
    spread[(slice(None), *[slice(None, None, s) for s in outer])] = x
    reach = [d * (n - 1) + 1 for n, d in zip(w.shape, inner, strict=False)]
    if padding == "VALID":
        borders = [(0, 0)] * count
    elif padding == "SAME":
        lacking = [max(0, (-(-n // s) - 1) * s + r - n) for n, s, r in zip(spread.shape[1:], steps, reach, strict=False)]
        borders = [(n // 2, n - n // 2) for n in lacking]
    else:
        pairs = padding if isinstance(padding, tuple) else (padding,) * count
        borders = [p if isinstance(p, tuple) else (p, p) for p in pairs]
    image = np.pad(spread, [(0, 0), *borders, (0, 0)])
    sizes = [(n - r) // s + 1 for n, r, s in zip(image.shape[1:], reach, steps, strict=False)]
    result = np.zeros((x.shape[0], *sizes, w.shape[-1]))
    each, features = x.shape[-1] // groups, w.shape[-1] // groups
    for place in np.ndindex(*sizes):
        window = image[(slice(None), *[slice(p * s, p * s + r, d) for p, s, r, d in
                                       zip(place, steps, reach, inner, strict=True)])]
        for g in range(groups):
            channels, out = slice(g * each, (g + 1) * each), slice(g * features, (g + 1) * features)
            result[(slice(None), *place, out)] = np.tensordot(window[..., channels], w[..., out], count + 1)
    return result


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_convolution(case: str) -> None:
    shape, kernel, ways = CONVOLUTIONS[case]
    x, w = normal(*shape), normal(*kernel, seed=1)
    np.testing.assert_allclose(conv_general(x, w, **ways), naive(x, w, **ways), rtol=1e-12, atol=1e-12)
    agree(lambda a, b: wrap(conv_general(raw(a), raw(b), **ways)), normal(TURNS, *shape, seed=2), w)


POOLS: dict[str, tuple[tuple[int, ...], tuple[Any, ...]]] = {
    "one axis": ((18, 9, 2), ("max", 3)), "two axes": ((18, 6, 4, 2), ("avg", (3, 2))),
    "three axes": ((3, 4, 4, 4, 1), ("max", 2)), "overlapping": ((3, 7, 7, 2), ("avg", 3, 2)),
    "overlapping, largest": ((3, 7, 7, 2), ("max", 3, 1)), "with borders": ((3, 7, 5, 2), ("avg", 3, 2, "SAME")),
    "with borders, largest": ((3, 7, 5, 2), ("max", 3, 2, "SAME")), "given borders": ((3, 6, 2), ("avg", 3, 2, 1)),
}


@pytest.mark.parametrize("case", POOLS)
def test_pooling(case: str) -> None:
    shape, ways = POOLS[case]
    agree(lambda a, b: wrap(pool(raw(a), *ways)) * b, normal(TURNS, *shape), np.ones(1))


def test_pooling_by_hand() -> None:
    x = np.arange(6.0).reshape(1, 6, 1)
    np.testing.assert_array_equal(pool(x, "max", 2)[0, :, 0], [1, 3, 5])
    np.testing.assert_array_equal(pool(x, "avg", 3, 3, ((1, 2),))[0, :, 0], [0.5, 3, 5])
    np.testing.assert_array_equal(pool(-1.0 - x, "max", 3, 3, 1)[0, :, 0], [-1, -3])


@pytest.mark.parametrize("case", [*CONVOLUTIONS, *POOLS])
def test_gradients_against_differences(case: str) -> None:
    if case in CONVOLUTIONS:
        shape, kernel, ways = CONVOLUTIONS[case]
        x, w = normal(*shape), normal(*kernel, seed=1)

        def loss(x: Any, w: Any) -> Any:
            return bm.sum(bm.sin(wrap(conv_general(raw(x), raw(w), **ways))))
    else:
        shape, given = POOLS[case]
        x, w = normal(*shape), np.ones(1)

        def loss(x: Any, w: Any) -> Any:
            return bm.sum(bm.sin(wrap(pool(raw(x), *given)) * w))

    gradients = bm.grad(loss, argnums=(0, 1))(bm.asarray(x), bm.asarray(w))
    along_x, along_w, step = normal(*x.shape, seed=3), normal(*w.shape, seed=4), 1e-5
    f = [float(loss(bm.asarray(x + n * step * along_x), bm.asarray(w + n * step * along_w))) for n in (-1, 1)]
    expected = (np.asarray(gradients[0]) * along_x).sum() + (np.asarray(gradients[1]) * along_w).sum()
    np.testing.assert_allclose((f[1] - f[0]) / (2 * step), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: conv_general(np.ones((2, 5, 3)), np.ones((2, 2, 3, 1))), "with as many axes"),
    (lambda: conv_general(np.ones((2, 5, 3)), np.ones((2, 2, 4))), "do not fit a kernel"),
    (lambda: conv_general(np.ones((2, 5, 3)), np.ones((2, 3, 4)), strides=0), "strides must be"),
    (lambda: conv_general(np.ones((2, 5, 3)), np.ones((2, 3, 4)), padding="HALF"), "'SAME', 'VALID' or numbers"),
    (lambda: conv_general(np.ones((2, 5, 3)), np.ones((2, 3, 4)), padding=-1), "not negative"),
    (lambda: pool(np.ones((2, 5, 3)), "sum", 2), "kind must be"),
    (lambda: pool(np.ones((2, 5)), "max", 2), "are needed"),
])
def test_what_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
