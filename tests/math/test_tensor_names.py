"""Functions that PyTorch and TensorFlow have and NumPy has not, against NumPy's expressions."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm

RNG = np.random.default_rng(11)
X, Y, Z = [RNG.uniform(0.5, 2.0, (3, 4)).astype(np.float32) for _ in range(3)]
IDS = np.array([2, 0, 2, 1, 0], np.int32)
ROWS = RNG.normal(size=(5, 3)).astype(np.float32)


def close(result, expected, tolerance=1e-5):
    assert isinstance(result, bm.Array)
    assert result.dtype == np.asarray(X).dtype or np.asarray(expected).dtype.kind in "bi"
    np.testing.assert_allclose(np.asarray(result), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("result", "expected"), [
    (lambda: bm.add(X, Y, alpha=3), X + 3 * Y), (lambda: bm.subtract(X, Y, alpha=0.5), X - 0.5 * Y),
    (lambda: bm.addcdiv(X, Y, Z, value=2), X + 2 * Y / Z), (lambda: bm.addcmul(X, Y, Z, value=-1), X - Y * Z),
    (lambda: bm.atan2(X, Y), np.arctan2(X, Y)), (lambda: bm.asin(X / 3), np.arcsin(X / 3)),
    (lambda: bm.acos(X / 3), np.arccos(X / 3)), (lambda: bm.atan(X), np.arctan(X)),
    (lambda: bm.asinh(X), np.arcsinh(X)),
    (lambda: bm.acosh(X + 1), np.arccosh(X + 1)), (lambda: bm.atanh(X / 3), np.arctanh(X / 3)),
    (lambda: bm.clip_by_value(X, 0.8, 1.2), np.clip(X, 0.8, 1.2)),
    (lambda: bm.cat([X, Y], dim=1), np.concatenate([X, Y], axis=1)),
    (lambda: bm.concat((X, Y)), np.concatenate([X, Y])),
    (lambda: bm.unsqueeze(X, 1), X[:, None]), (lambda: bm.unsqueeze(X, dim=-1), X[..., None]),
    (lambda: bm.flatten(X), X.ravel()), (lambda: bm.flatten(X.reshape(3, 2, 2), 1), X),
    (lambda: bm.flatten(X.reshape(1, 3, 2, 2), start_dim=0, end_dim=1), X.reshape(3, 2, 2)),
    (lambda: bm.flatten(3.0), [3.0]),
    (lambda: bm.cast(X, np.int32), X.astype(np.int32)),
    (lambda: bm.reduce_sum(X, axis=0), X.sum(0)),
    (lambda: bm.reduce_prod(X, 1, keepdims=True), X.prod(1, keepdims=True)),
    (lambda: bm.reduce_max(X, axis=0), X.max(0)), (lambda: bm.reduce_min(X), X.min()),
    (lambda: bm.reduce_mean(X, 1), X.mean(1)),
    (lambda: bm.reduce_std(X), X.std()), (lambda: bm.reduce_variance(X, axis=1), X.var(1)),
    (lambda: bm.reduce_any(X > 1.5, axis=0), (X > 1.5).any(0)),
    (lambda: bm.reduce_all(X > 0.9, axis=1), (X > 0.9).all(1)),
    (lambda: bm.reduce_euclidean_norm(X, axis=1), np.sqrt((X ** 2).sum(1))),
    (lambda: bm.reduce_logsumexp(X, axis=0), np.log(np.exp(X).sum(0))),
    (lambda: bm.reduce_logsumexp(X * 1000), (X * 1000).max()),
    (lambda: bm.clip_by_norm(X, 1.0), X / np.linalg.norm(X)), (lambda: bm.clip_by_norm(X, 100.0), X),
    (lambda: bm.clip_by_norm(X, 1.5, axis=1), X * 1.5 / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1.5)),
    (lambda: bm.remove_diag(X), np.array([[X[i, j] for j in range(4) if j != i] for i in range(3)])),
    (lambda: bm.trapezoid(X), np.trapezoid(X)),
    (lambda: bm.segment_sum(ROWS, IDS), np.stack([ROWS[i == IDS].sum(0) for i in range(3)])),
    (lambda: bm.unsorted_segment_sum(ROWS, IDS, 4)[3], np.zeros(3)),
    (lambda: bm.segment_prod(ROWS, IDS), np.stack([ROWS[i == IDS].prod(0) for i in range(3)])),
    (lambda: bm.segment_max(ROWS, IDS), np.stack([ROWS[i == IDS].max(0) for i in range(3)])),
    (lambda: bm.unsorted_segment_min(ROWS, IDS, 3), np.stack([ROWS[i == IDS].min(0) for i in range(3)])),
    (lambda: bm.segment_mean(ROWS, IDS), np.stack([ROWS[i == IDS].mean(0) for i in range(3)])),
    (lambda: bm.unsorted_segment_mean(ROWS, IDS, 5)[3:], np.zeros((2, 3))),
    (lambda: bm.unsorted_segment_sqrt_n(ROWS, IDS, num_segments=3),
     np.stack([ROWS[i == IDS].sum(0) / np.sqrt((i == IDS).sum()) for i in range(3)])),
    (lambda: bm.unsorted_segment_max(ROWS[:, 0], IDS, 4)[3:], [-np.inf]),
    (lambda: bm.unsorted_segment_max(IDS, IDS, 4), [0, 1, 2, np.iinfo(np.int32).min]),
])
def test_values(result, expected):
    close(result(), expected)


@pytest.mark.parametrize("name", ["segment_sum", "segment_prod", "segment_max", "segment_min", "segment_mean",
                                  "unsorted_segment_sqrt_n"])
def test_gradients_of_segments(name):
    bm.enable_x64()
    data = np.concatenate([ROWS, [[0.0, 1.0, 0.0], [0.0, 0.5, 2.0]]]).astype(np.float64)
    ids = np.concatenate([IDS, [0, 3]]).astype(np.int32)
    weights = RNG.normal(size=(4, 3))

    def loss(x):
        return bm.sum(getattr(bm, name)(x, ids, 4) * weights)

    gradient = np.asarray(bm.grad(loss)(bm.asarray(data)))
    for i in range(data.size):
        step = np.zeros(data.size)
        step[i] = 1e-5
        step = step.reshape(data.shape)
        slope = (float(loss(bm.asarray(data + step))) - float(loss(bm.asarray(data - step)))) / 2e-5
        np.testing.assert_allclose(gradient.ravel()[i], slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["segment_max", "segment_prod", "segment_mean", "segment_sum"])
def test_gradients_of_segments_keep_float32(name):
    gradient = bm.grad(lambda x: bm.sum(getattr(bm, name)(x, IDS)))(bm.asarray(ROWS))
    assert gradient.dtype == np.float32


def test_ties_of_a_segment_share_the_gradient():
    gradient = bm.grad(lambda x: bm.sum(bm.segment_max(x, [0, 0, 0])))(bm.array([2.0, 1.0, 2.0]))
    assert gradient.tolist() == [0.5, 0.0, 0.5]


def test_norms_of_zero_have_a_gradient():
    for function in (bm.reduce_euclidean_norm, bm.linalg.norm, lambda x: bm.sum(bm.clip_by_norm(x, 1.0))):
        assert np.isfinite(np.asarray(bm.grad(function)(bm.zeros(3)))).all()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bm.flatten(X, 1, 0), "start_dim 1 lies behind end_dim 0"),
    (lambda: bm.remove_diag(X.T), "a matrix with a diagonal element in every row"),
])
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
