"""The CTC loss is the sum over all alignments, which tiny cases allow to list one by one."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def double_precision():
    with bm.environment(x64=True):
        yield


def collapse(path, blank):
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def by_enumeration(logits, frames, labels, blank):
    """The loss of one sequence, as the sum of the probabilities of all paths that give the labels."""
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    total = sum(np.prod([p[t, label] for t, label in enumerate(path)])
                for path in itertools.product(range(p.shape[1]), repeat=frames) if collapse(path, blank) == tuple(labels))
    return -np.log(total)


CASES = [([1, 2], 4, 0), ([1, 1], 4, 0), ([2, 1, 2], 5, 0), ([], 3, 0), ([0], 1, 2), ([0, 0, 1], 5, 2), ([1, 2, 2], 5, 0)]
"""Labels, frames, the blank: with repetitions, without labels, one frame, all frames."""


def batch(cases, seed=1):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(len(cases), 5, 3))
    frames = np.array([[float(t >= frames) for t in range(5)] for _, frames, _ in cases])
    labels = np.array([list(labels) + [-1] * (3 - len(labels)) for labels, _, _ in cases])
    return logits, frames, labels, (labels < 0).astype(float)


@pytest.mark.parametrize("blank", [0, 2])
def test_the_loss_is_the_sum_over_all_alignments(blank):
    cases = [case for case in CASES if case[2] == blank]
    logits, frames, labels, ends = batch(cases)
    expected = [by_enumeration(x, case[1], case[0], blank) for x, case in zip(logits, cases, strict=True)]
    assert np.allclose(bp.losses.ctc_loss(logits, frames, labels, ends, blank_id=blank), expected, rtol=1e-12)


@pytest.mark.usefixtures("each_backend")
def test_its_gradient_is_that_of_central_differences_on_every_backend():
    cases = [case for case in CASES if case[2] == 0]
    logits, frames, labels, ends = batch(cases)

    def total(x):
        return bm.sum(bp.losses.ctc_loss(x, frames, labels, ends) * bm.arange(1., len(cases) + 1))

    with settings.using(strict=True):
        gradient = np.asarray(bm.grad(total)(bm.asarray(logits)))
    for index in np.ndindex(*logits.shape):
        step = np.zeros_like(logits)
        step[index] = 1e-5
        slope = (float(total(logits + step)) - float(total(logits - step))) / 2e-5
        assert gradient[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)
    assert not gradient[frames > 0].any()  # frames of padding do not count


def test_forward_variables_are_probabilities_of_prefixes():
    logits, frames, labels, ends = batch([([1, 1], 5, 0)])
    loss, phi, emit = bp.losses.ctc_loss_with_forward_probs(logits, frames, labels[:, :2], ends[:, :2])
    p = np.exp(logits[0]) / np.exp(logits[0]).sum(-1, keepdims=True)
    assert phi.shape == (5, 1, 3) and emit.shape == (5, 1, 2)
    for t, n in itertools.product(range(5), range(3)):
        paths = [path for path in itertools.product(range(3), repeat=t + 1) if collapse(path, 0) == (1, 1)[:n]]
        chances = {path: np.prod([p[i, label] for i, label in enumerate(path)]) for path in paths}
        on_blank = sum(chance for path, chance in chances.items() if path[-1] == 0 or t == 4)
        on_label = sum(chance for path, chance in chances.items() if path[-1] != 0)
        assert np.isclose(np.exp(phi[t, 0, n]), on_blank, rtol=1e-10, atol=1e-300)
        if n:
            assert np.isclose(np.exp(emit[t, 0, n - 1]), on_label, rtol=1e-10, atol=1e-300)
    assert np.isclose(float(loss[0]), -float(phi[-1, 0, 2]))


def test_what_no_alignment_gives_has_a_finite_loss_and_gradient():
    logits, labels = RNG.normal(size=(1, 2, 3)), np.array([[1, 1]])  # two equal labels need three frames
    loss = bp.losses.ctc_loss(logits, np.zeros((1, 2)), labels, np.zeros((1, 2)), log_epsilon=-1e4)
    gradient = bm.grad(lambda x: bm.sum(bp.losses.ctc_loss(x, np.zeros((1, 2)), labels, np.zeros((1, 2)))))
    assert abs(float(loss[0]) - 1e4) < 20 and np.isfinite(np.asarray(gradient(bm.asarray(logits)))).all()


def test_long_sequences_do_not_underflow():
    logits = bm.zeros((1, 2000, 30))
    loss = bp.losses.ctc_loss(logits, bm.zeros((1, 2000)), bm.asarray([[1, 2, 3]]), bm.zeros((1, 3)))
    # Of 30^2000 equal paths those count which choose where three runs of labels begin and end: 2003 over 6.
    ways = 2003 * 2002 * 2001 * 2000 * 1999 * 1998 / 720
    assert float(loss[0]) == pytest.approx(2000 * np.log(30) - np.log(ways), rel=1e-9)


@pytest.mark.parametrize("change, message", [
    ({"logits": np.zeros((2, 3))}, r"logits must have the shape \(batch, time, classes\)"),
    ({"logit_paddings": np.zeros((1, 4))}, r"logit_paddings must have the shape \(1, 3\)"),
    ({"labels": np.zeros((2, 2), int)}, r"labels must have the shape \(1, labels\)"),
    ({"label_paddings": np.zeros((1, 3))}, r"label_paddings must have the shape \(1, 2\)"),
    ({"labels": np.ones((1, 2))}, "labels must be integers"),
    ({"labels": np.array([[1, 4]])}, r"labels must be in \[0, 4\), but got 1 to 4"),
    ({"labels": np.array([[1, 0]])}, "labels must not be the blank, 0"),
    ({"blank_id": 4}, r"blank_id must be in \[0, 4\), but got 4"),
])
def test_what_does_not_fit_is_refused(change, message):
    arguments = {"logits": np.zeros((1, 3, 4)), "logit_paddings": np.zeros((1, 3)), "labels": np.array([[1, 2]]),
                 "label_paddings": np.zeros((1, 2))} | change
    with pytest.raises(ValueError, match=message):
        bp.losses.ctc_loss(**arguments)
