"""Dropout: how many elements it keeps, that the mean stays, when it acts, and its gradient."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from tests.dyn.driving import LOOPED


@pytest.fixture(autouse=True)
def nothing_shared():
    yield


def test_prob_is_the_probability_to_keep() -> None:
    layer = bp.layers.Dropout(0.2, seed=1)
    bp.share.save(fit=True)
    y = layer(bm.ones(20000)).numpy()
    assert set(y) == {0., 5.}
    assert np.mean(y == 5.) == pytest.approx(0.2, abs=0.01)
    assert np.mean(y) == pytest.approx(1., abs=0.05)
    assert not np.array_equal(layer(bm.ones(20000)), y)
    assert np.array_equal(bp.layers.Dropout(0.2, seed=1)(bm.ones(20000)), y)


def test_without_a_seed_the_default_stream_decides() -> None:
    def draw() -> list[list[float]]:
        bm.random.seed(4)
        layers = [bp.layers.Dropout(0.5) for _ in range(2)]
        return [layer(bm.ones(100)).tolist() for layer in layers]

    bp.share.save(fit=True)
    first, second = draw()
    assert first != second
    assert draw() == [first, second]


def test_it_acts_only_while_a_model_is_fitted() -> None:
    layer = bp.layers.Dropout(0.2)
    x = bm.ones(5)
    bp.share.save(fit=False)
    assert layer(x) is x
    bp.share.clear_shargs()
    with pytest.raises(KeyError, match="fit"):
        layer(x)


@LOOPED
def test_other_elements_in_every_step_and_a_gradient_through_those_that_stay(looped: bool) -> None:
    layer = bp.layers.Dropout(0.5, seed=3)
    bp.share.save(fit=True)

    def loss(x):
        y = bm.for_loop(layer, x, jit=looped)
        return bm.sum(y), y

    gradient, y = bm.grad(loss, has_aux=True)(bm.ones((4, 50)))
    np.testing.assert_array_equal(gradient, y)
    assert len({tuple(row) for row in y.tolist()}) == 4


@pytest.mark.parametrize("prob", [0., -0.1, 1.5, None, "half"])
def test_wrong_probabilities(prob) -> None:
    with pytest.raises(ValueError, match="must be in \\(0, 1\\]"):
        bp.layers.Dropout(prob)
