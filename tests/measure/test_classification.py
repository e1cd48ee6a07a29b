"""Metrics of classifiers are what loops over examples count, on arrays of both kinds, in loops and in trainers."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import get_backend

RNG = np.random.default_rng(0)
SCORES = RNG.integers(0, 5, (40, 6)).astype(np.float32)  # with equal scores
CLASSES = RNG.integers(0, 6, 40)
SPIKES = (RNG.random((40, 7, 6)) < 0.3).astype(np.float32)


def ranking(scores):
    """Classes from the largest score down, the first one first where scores are equal."""
    return sorted(range(len(scores)), key=lambda i: (-scores[i], i))


@pytest.mark.parametrize("k", [1, 2, 5, 6, 9])
def test_accuracy(k):
    expected = np.mean([target in ranking(row)[:k] for row, target in zip(SCORES.tolist(), CLASSES, strict=True)])
    for predictions in (SCORES, bm.asarray(SCORES)):
        for targets in (CLASSES, bm.asarray(CLASSES), np.eye(6)[CLASSES], CLASSES.astype(np.uint8)):
            assert float(bp.measure.top_k_accuracy(predictions, targets, k)) == pytest.approx(expected, rel=1e-6)
            if k == 1:
                assert float(bp.measure.accuracy(predictions, targets)) == pytest.approx(expected, rel=1e-6)
    turned = SCORES.reshape(5, 8, 6).transpose(0, 2, 1)
    assert float(bp.measure.top_k_accuracy(turned, CLASSES.reshape(5, 8), k, axis=1)) == pytest.approx(expected, rel=1e-6)
    onehot = np.eye(6)[CLASSES].reshape(5, 8, 6).transpose(0, 2, 1)
    assert float(bp.measure.top_k_accuracy(turned, onehot, k, axis=1)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("over_time", ["sum", "max", "last", "first_spike"])
def test_predictions_over_time(over_time):
    potentials = RNG.normal(size=SPIKES.shape) if over_time in ("max", "last") else SPIKES
    right = 0
    for train, target in zip(potentials, CLASSES, strict=True):
        if over_time == "first_spike":
            scores = [-next((t for t in range(7) if train[t, n]), 7) for n in range(6)]
        else:
            scores = [{"sum": sum, "max": max, "last": lambda x: x[-1]}[over_time](train[:, n].tolist()) for n in range(6)]
        right += ranking(scores)[0] == target
    for order in ((0, 1, 2), (1, 0, 2), (0, 2, 1)):
        got = bp.measure.accuracy(potentials.transpose(order), CLASSES, over_time=over_time, time_axis=order.index(1),
                                  axis=order.index(2))
        assert float(got) == pytest.approx(right / 40, rel=1e-6)


def test_confusion_matrix():
    counts = np.zeros((6, 6), int)
    for row, target in zip(SCORES.tolist(), CLASSES, strict=True):
        counts[target, ranking(row)[0]] += 1
    found = SCORES.argmax(1)
    for predictions, number in ((SCORES, None), (bm.asarray(SCORES), 6), (found, 6), (bm.asarray(found), 6)):
        matrix = bp.measure.confusion_matrix(predictions, CLASSES, number)
        assert matrix.dtype.kind == "i" and np.array_equal(matrix, counts)
    sums = {"true": counts.sum(1, keepdims=True), "pred": counts.sum(0, keepdims=True), "all": counts.sum()}
    for normalize, total in sums.items():
        shares = bp.measure.confusion_matrix(SCORES, CLASSES, normalize=normalize)
        assert np.allclose(shares, counts / np.maximum(total, 1), rtol=1e-6)
    assert bp.measure.confusion_matrix(found, CLASSES, 8, normalize="true")[7].tolist() == [0.0] * 8
    over_time = bp.measure.confusion_matrix(SPIKES, CLASSES, over_time="sum")
    assert np.array_equal(over_time, bp.measure.confusion_matrix(SPIKES.sum(1), CLASSES))
    accuracy = float(bp.measure.accuracy(SCORES, CLASSES))
    assert np.trace(counts) / 40 == pytest.approx(accuracy)


@pytest.mark.usefixtures("each_backend")
def test_inside_of_loops_and_without_gradients():
    def turn(scores, classes):
        return (bp.measure.accuracy(scores, classes), bp.measure.top_k_accuracy(scores, classes, 3),
                bp.measure.confusion_matrix(scores, classes))

    rows = bm.asarray(SCORES.reshape(4, 10, 6)), bm.asarray(CLASSES.reshape(4, 10))
    with settings.using(strict=True):
        looped = bm.for_loop(turn, rows)
    for i in range(4):
        for got, expected in zip(looped, turn(rows[0][i], rows[1][i]), strict=True):
            assert np.allclose(got[i], expected, rtol=1e-6)
    if get_backend().compiles:  # where it is too late to refuse a class that does not exist, nobody is right about it
        shares = bm.for_loop(lambda y: bp.measure.accuracy(bm.zeros(3), y), bm.asarray([0, 3, -1]))
        assert shares.tolist() == [1.0, 0.0, 0.0]
    gradient = bm.grad(lambda x: bp.measure.accuracy(x, CLASSES) + bm.sum(x))(bm.asarray(SCORES))
    assert np.array_equal(gradient, np.ones_like(SCORES))


def test_as_metrics_of_a_trainer():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 5, 3)).astype(np.float32)
    y = (x.sum((1, 2)) > 0).astype(int)
    with bm.training_environment():
        net = bp.layers.Dense(3, 2, W_initializer=bm.asarray(rng.normal(size=(3, 2))))
    metrics = {"accuracy": partial(bp.measure.accuracy, over_time="sum"),
               "last": partial(bp.measure.accuracy, over_time="last")}

    def loss(predictions, targets):
        return bp.losses.cross_entropy_loss(bm.mean(predictions, axis=1), targets)

    trainer = bp.BPTT(net, loss, bp.optim.Adam(0.1), progress_bar=False)
    trainer.fit([(x, y)], num_epoch=40, metrics=metrics)
    found = trainer.get_hist_metric(metric="accuracy")
    assert found[-1] > 0.9 and trainer.get_hist_metric(metric="last").shape == (40,)
    predictions = trainer.predict(x, reset_state=True)
    assert float(metrics["accuracy"](predictions, y)) == pytest.approx(found[-1], abs=0.1)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.measure.accuracy(SCORES, CLASSES[:5]), r"of shape \(40,\) or scores .* but they have the shape \(5,\)\.$"),
    (lambda: bp.measure.accuracy(SPIKES, CLASSES), r"\(40,\)\. Where predictions have an axis of time, give over_time"),
    (lambda: bp.measure.accuracy(SPIKES, CLASSES, over_time="mean"), "over_time must be None or one of 'sum', .* 'mean'"),
    (lambda: bp.measure.accuracy(SPIKES, CLASSES, over_time="sum", axis=1), "must be different axes"),
    (lambda: bp.measure.accuracy(SCORES, CLASSES, axis=2), r"axis=2 must be an axis of predictions, .* \(40, 6\)"),
    (lambda: bp.measure.accuracy(SCORES, CLASSES + 1), r"in \[0, 6\), but got 1 to 6"),
    (lambda: bp.measure.accuracy(SCORES, CLASSES * 1.0), "classes must be integers, .* float"),
    (lambda: bp.measure.top_k_accuracy(SCORES, CLASSES, 0), "k must be an integer of at least 1, but got 0"),
    (lambda: bp.measure.confusion_matrix(CLASSES, CLASSES), "needs num_classes"),
    (lambda: bp.measure.confusion_matrix(CLASSES, CLASSES, 3), r"in \[0, 3\)"),
    (lambda: bp.measure.confusion_matrix(SCORES, CLASSES, 3), "scores of 6 classes, but num_classes is 3"),
    (lambda: bp.measure.confusion_matrix(SCORES, CLASSES, normalize="rows"), "normalize must be .* but got 'rows'"),
])
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
