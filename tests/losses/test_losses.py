"""Losses are what their formulas say, in value and gradient, and refuse what does not fit."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends import get_backend

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4))
CLASSES, WEIGHTS = np.array([0, 2, 3, 1, 2]), np.array([0.5, 2.0, 1.0, 4.0])
SHARES = RNG.dirichlet(np.ones(4), size=5)
HUGE = np.array([[1e4, 0.0, -1e4], [-1e4, 0.0, 1e4]], np.float32)

LOSSES = {
    "cross_entropy_loss": lambda x: bp.losses.cross_entropy_loss(x, CLASSES),
    "cross_entropy_loss, weights": lambda x: bp.losses.cross_entropy_loss(x, CLASSES, weight=WEIGHTS),
    "cross_entropy_loss, probabilities": lambda x: bp.losses.cross_entropy_loss(x, SHARES, weight=WEIGHTS),
    "cross_entropy_sparse": lambda x: bp.losses.cross_entropy_sparse(x, CLASSES),
    "multiclass_logistic_loss": lambda x: bp.losses.multiclass_logistic_loss(CLASSES, x),
    "softmax_cross_entropy": lambda x: bp.losses.softmax_cross_entropy(x, SHARES),
    "sigmoid_binary_cross_entropy": lambda x: bp.losses.sigmoid_binary_cross_entropy(x, SHARES),
    "cross_entropy_sigmoid": lambda x: bp.losses.cross_entropy_sigmoid(x, SHARES),
    "binary_logistic_loss": lambda x: bp.losses.binary_logistic_loss(x, SHARES),
    "mean_squared_error": lambda x: bp.losses.mean_squared_error(x, Y),
    "mean_absolute_error": lambda x: bp.losses.mean_absolute_error(x, Y),
    "mean_squared_log_error": lambda x: bp.losses.mean_squared_log_error(bm.exp(x), np.exp(Y)),
    "l1_loos": lambda x: bp.losses.l1_loos(x, Y),
    "l2_loss": lambda x: bp.losses.l2_loss(x, Y),
    "huber_loss": lambda x: bp.losses.huber_loss(x, Y, delta=0.7),
    "log_cosh_loss": lambda x: bp.losses.log_cosh_loss(x, Y),
    "mean_absolute": lambda x: bp.losses.mean_absolute(x),
    "mean_square": lambda x: bp.losses.mean_square(x),
    "l2_norm": lambda x: bp.losses.l2_norm(x),
    "smooth_labels": lambda x: bp.losses.smooth_labels(x, 0.1),
}


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_central_differences(name):
    with bm.environment(x64=True):
        def total(x):
            return bm.sum(LOSSES[name](x))

        gradient, h = np.asarray(bm.grad(total)(bm.asarray(X))), 1e-6
        for index in np.ndindex(*X.shape):
            step = np.zeros_like(X)
            step[index] = h
            slope = (float(total(bm.asarray(X + step))) - float(total(bm.asarray(X - step)))) / (2 * h)
            assert gradient[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", LOSSES)
def test_the_dtype_is_kept(name):
    loss, gradient = LOSSES[name](bm.asarray(X)), bm.grad(lambda x: bm.sum(LOSSES[name](x)))(bm.asarray(X))
    assert loss.dtype == gradient.dtype == np.float32


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_the_same_inside_of_loops(name):
    rows = np.stack([X, Y, 2 * X]).astype(np.float32)
    looped = bm.for_loop(LOSSES[name], bm.asarray(rows))
    assert np.allclose(looped, np.stack([np.asarray(LOSSES[name](bm.asarray(row))) for row in rows]), rtol=1e-5)


# ---------------------------------------------------------------------------------------------------------------------
# Cross entropy
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_cross_entropy_of_classes(weights):
    each = -np.log(softmax(X))[np.arange(5), CLASSES]
    counts = np.ones(5) if weights is None else weights[CLASSES]
    for targets in (CLASSES, np.eye(4)[CLASSES], CLASSES.astype(np.uint8), np.eye(4, dtype=int)[CLASSES]):
        for reduction, expected in (("none", counts * each), ("sum", (counts * each).sum()),
                                    ("mean", (counts * each).sum() / counts.sum())):
            got = bp.losses.cross_entropy_loss(bm.asarray(X), targets, weight=weights, reduction=reduction)
            assert np.allclose(got, expected, rtol=1e-5), (reduction, targets.shape)


def test_an_example_of_weight_two_counts_like_two_examples():
    logits, classes = bm.asarray(X[[0, 1, 1, 3]]), CLASSES[[0, 1, 1, 3]]
    twice = bp.losses.cross_entropy_loss(logits, classes)
    weight = np.ones(4)
    weight[CLASSES[1]] = 2.0
    once = bp.losses.cross_entropy_loss(bm.asarray(X[[0, 1, 3]]), CLASSES[[0, 1, 3]], weight=weight)
    assert float(once) == pytest.approx(float(twice), rel=1e-6)


def test_cross_entropy_has_any_number_of_leading_axes():
    x = RNG.normal(size=(2, 3, 4))
    y = RNG.integers(0, 4, (2, 3))
    flat = bp.losses.cross_entropy_loss(bm.asarray(x.reshape(6, 4)), y.reshape(6))
    assert float(bp.losses.cross_entropy_loss(bm.asarray(x), y)) == pytest.approx(float(flat), rel=1e-6)
    assert bp.losses.cross_entropy_loss(bm.asarray(x), y, reduction="none").shape == (2, 3)
    assert float(bp.losses.cross_entropy_loss(bm.zeros(4), 2)) == pytest.approx(np.log(4), rel=1e-6)


def test_logits_of_any_size_are_no_problem_in_single_precision():
    logits = bm.asarray(HUGE)
    for targets in (np.array([0, 1]), np.eye(3, dtype=np.float32)[[0, 1]]):
        got = bp.losses.cross_entropy_loss(logits, targets, reduction="none")
        assert np.allclose(got, [0.0, 1e4])
        gradient = bm.grad(lambda x, y=targets: bp.losses.cross_entropy_loss(x, y, reduction="sum"))(logits)
        assert np.allclose(gradient, [[0.0, 0.0, 0.0], [0.0, -1.0, 1.0]])
    decisions = bp.losses.sigmoid_binary_cross_entropy(logits, np.ones((2, 3)))
    assert np.allclose(decisions, [[0.0, np.log(2), 1e4], [1e4, np.log(2), 0.0]])
    assert np.allclose(bp.losses.log_cosh(logits), np.abs(HUGE) - np.log(2) * (HUGE != 0))
    assert np.isfinite(bm.grad(lambda x: bm.sum(bp.losses.log_cosh(x)))(logits)).all()


def test_excluded_classes_do_not_count():
    logits = bm.asarray([[0.0, -np.inf, 0.0]])
    for targets in (np.array([0]), np.array([[1.0, 0.0, 0.0]])):
        assert float(bp.losses.cross_entropy_loss(logits, targets)) == pytest.approx(np.log(2), rel=1e-6)


def test_a_class_that_does_not_exist_is_seen_in_loops_too():
    def losses():
        return bm.for_loop(lambda y: bp.losses.cross_entropy_loss(bm.zeros(3), y), bm.asarray([0, 3, -1]))

    if get_backend().compiles:
        assert np.isnan(losses()).tolist() == [False, True, True]
    else:
        with pytest.raises(ValueError, match=r"in \[0, 3\), but got 3 to 3"):
            losses()


@pytest.mark.parametrize("call, message", [
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((5, 4)), np.zeros((4, 5))), r"logits of shape \(5, 4\).*\(4, 5\)"),
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((5, 4)), np.zeros(5)), "classes must be integers, .* float32"),
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((2, 4)), np.array([0, 4])), r"in \[0, 4\), but got 0 to 4"),
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((2, 4)), np.array([0, -1])), r"in \[0, 4\), but got -1 to 0"),
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((5, 4)), CLASSES, weight=np.ones(5)), r"shape \(4,\), but got \(5,\)"),
    (lambda: bp.losses.cross_entropy_loss(bm.zeros((5, 4)), CLASSES, weight=WEIGHTS, reduction="avg"), "but got 'avg'"),
    (lambda: bp.losses.cross_entropy_loss(bm.asarray(1.0), bm.asarray(1)), r"logits of shape \(\)"),
    (lambda: bp.losses.cross_entropy_sparse(bm.zeros((5, 4)), np.zeros((5, 2), int)), r"shape \(5,\), but got \(5, 2\)"),
    (lambda: bp.losses.smooth_labels(bm.zeros(4), 1.5), r"alpha must be in \[0, 1\], but got 1.5"),
    (lambda: bp.losses.mean_squared_error(bm.zeros(4), bm.zeros(4), reduction="max"), "'mean', 'sum' or 'none'"),
    (lambda: bp.losses.mean_squared_error(bm.zeros((4, 1)), bm.zeros(4)), r"one shape, but got \(4, 1\) and \(4,\)"),
    (lambda: bp.losses.mean_squared_error(bm.zeros((4, 2)), bm.zeros((3, 2))), r"but got \(4, 2\) and \(3, 2\)"),
    (lambda: bp.losses.mean_squared_error([X, X], [X]), "predicts has 2 items, but targets is a list of 1"),
    (lambda: bp.losses.mean_squared_error({"a": X}, {"b": X}), r"predicts has the keys \['a'\].*\['b'\]"),
    (lambda: bp.losses.mean_squared_error({"a": [X]}, {"a": X}), r"predicts\['a'\] has 1 items, .* ndarray"),
    (lambda: bp.losses.mean_squared_error([], []), "at least one array"),
    (lambda: bp.losses.l1_loos(1.0, 2.0), "an axis of examples"),
])
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------------------------------------------------------------
# Regression, structures
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
def test_reductions(axis):
    error = X - Y
    for loss, each in ((bp.losses.mean_squared_error, error**2), (bp.losses.mean_absolute_error, abs(error))):
        assert np.allclose(loss(X, Y, axis=axis), each.mean(axis), rtol=1e-5)
        assert np.allclose(loss(X, Y, axis=axis, reduction="sum"), each.sum(axis), rtol=1e-5)
        assert np.allclose(loss(X, Y, axis=axis, reduction="none"), each, rtol=1e-5)


def test_one_side_may_be_a_number_or_broadcast():
    assert float(bp.losses.mean_squared_error(X, 0.0)) == pytest.approx((X**2).mean(), rel=1e-6)
    assert float(bp.losses.mean_squared_error(X, Y[:1])) == pytest.approx(((X - Y[:1]) ** 2).mean(), rel=1e-6)


def test_leaves_of_structures_add_up():
    predicts = {"a": bm.asarray(X), "b": [bm.asarray(Y), (bm.asarray(X[0]),)]}
    targets = {"b": [np.zeros((5, 4)), (np.zeros(4),)], "a": np.zeros((5, 4))}
    expected = (X**2).mean() + (Y**2).mean() + (X[0] ** 2).mean()
    assert float(bp.losses.mean_squared_error(predicts, targets)) == pytest.approx(expected, rel=1e-6)
    assert float(bp.losses.mean_square(predicts)) == pytest.approx(expected, rel=1e-6)
    norm = np.sqrt((X**2).sum() + (Y**2).sum() + (X[0] ** 2).sum())
    assert float(bp.losses.l2_norm(predicts)) == pytest.approx(norm, rel=1e-6)


def test_the_norm_of_zero_has_gradient_zero():
    assert not np.asarray(bm.grad(bp.losses.l2_norm)(bm.zeros(3))).any()
    norms = bp.losses.l2_norm(bm.asarray([[3.0, 4.0], [0.0, 0.0]]), axis=1)
    assert norms.tolist() == [5.0, 0.0]


def test_variables_are_read():
    v = bm.TrainVar(bm.asarray([3.0, 4.0]))
    gradient = bm.grad(lambda: bp.losses.l2_norm({"v": v}), grad_vars=v)()
    assert np.allclose(gradient, [0.6, 0.8])


def test_smoothed_labels_are_probabilities():
    smooth = np.asarray(bp.losses.smooth_labels(np.eye(4), 0.2))
    assert np.allclose(smooth, np.where(np.eye(4), 0.85, 0.05))
