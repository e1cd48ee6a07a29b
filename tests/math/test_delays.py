"""Delays: d steps ago is d pushes before the last, in plain Python, in loops, and through gradients."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError

METHODS = (bm.ROTATE_UPDATE, bm.CONCAT_UPDATE)


def delayed(steps=3, shape=(2,), method=bm.ROTATE_UPDATE, dtype=np.float32, **options):
    x = bm.Variable(np.zeros(shape, dtype), batch_axis=0 if len(shape) > 1 else None)
    return x, bm.LengthDelay(x, steps, update_method=method, **options)


@pytest.mark.parametrize("method", METHODS)
def test_steps_are_counted_from_the_last_value_stored(method):
    x, delay = delayed(method=method)
    for i in range(1, 9):
        x.value = np.full(2, i, np.float32)
        delay.update()
    x.value = np.full(2, 100, np.float32)
    assert float(delay()[0]) == 100
    assert [float(delay(d)[0]) for d in range(4)] == [8, 7, 6, 5]
    delay.update(np.full(2, 9, np.float32))
    assert [float(delay(d)[1]) for d in range(4)] == [9, 8, 7, 6]


@pytest.mark.parametrize("method", METHODS)
def test_a_loop_agrees_with_the_sequence_itself(method):
    x, delay = delayed(method=method)
    xs = np.random.default_rng(0).normal(size=(10, 2)).astype(np.float32)

    def step(row):
        seen = [delay(d) for d in (0, 1, 3)]
        x.value = row
        present = delay(None)
        delay.update()
        return [*seen, present]

    seen = bm.for_loop(step, xs)
    for d, got in zip((0, 1, 3), seen, strict=False):
        expected = np.concatenate([np.zeros((d + 1, 2)), xs])[: len(xs)]
        np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(seen[-1], xs)
    np.testing.assert_array_equal(delay(3), xs[-4])


@pytest.mark.parametrize("method", METHODS)
def test_gradients_go_back_through_the_delay(method):
    x, delay = delayed(steps=2, method=method)
    weights = np.arange(1.0, 7.0, dtype=np.float32)

    def loss(xs):
        x.value = np.zeros(2, np.float32)
        delay.reset()

        def step(row, weight):
            seen = delay(2)
            x.value = row**2
            delay.update()
            return (seen * weight).sum()

        return bm.for_loop(step, (xs, weights)).sum()

    xs = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    expected = 2 * xs * np.array([4, 5, 6, 0, 0, 0])[:, None]  # a row is seen three steps later
    np.testing.assert_allclose(bm.grad(loss)(xs), expected, rtol=1e-6)


def test_every_element_may_have_its_own_delay():
    x, delay = delayed(steps=2, shape=(1, 3))
    for i in range(5):
        x.value = np.full((1, 3), i, np.float32) + np.array([0, 10, 20], np.float32)
        delay.update()
    np.testing.assert_array_equal(delay(np.array([0, 1, 2])), [[4, 13, 22]])
    np.testing.assert_array_equal(delay(np.array([2, 0]), 0, np.array([0, 1])), [2, 14])
    np.testing.assert_array_equal(delay(1, slice(None), 2), [23])
    with pytest.raises(MathError, match=r"the shape \(3,\), but got \(2,\)"):
        delay(np.array([0, 1]))


def test_a_reset_follows_the_batch_of_the_variable():
    x, delay = delayed(shape=(1, 3))
    data = delay.data
    x.value = np.ones((5, 3), np.float32)
    delay.update(np.zeros((1, 3), np.float32))
    delay.reset()
    assert delay.data is data
    assert delay.data.shape == (4, 5, 3)
    assert [float(delay(d)[0, 0]) for d in range(4)] == [1, 0, 0, 0]


def test_a_longer_delay():
    x, delay = delayed(steps=1)
    delay.reset(delay_len=4)
    assert (delay.num_delay_step, delay.data.shape) == (5, (5, 2))
    assert set(delay.vars("relative")) == {"data", "idx"}
    assert delay.delay_target is x


@pytest.mark.parametrize(
    ("initial", "expected"),
    [
        (None, [0, 0]),
        (3.0, [3, 3]),
        (np.array([[1.0], [2.0]]), [1, 2]),
        (lambda shape: np.full(shape, 5.0), [5, 5]),
    ],
)
def test_the_values_before_the_first_step(initial, expected):
    x = bm.Variable(np.full(2, 9.0, np.float32))
    delay = bm.LengthDelay(x, 2, initial)
    assert [float(delay(d)[1]) for d in (0, 1, 2)] == [9, *expected]
    delay.update()
    delay.reset()
    assert [float(delay(d)[1]) for d in (0, 1, 2)] == [9, *expected]


def test_spikes_stay_spikes():
    x, delay = delayed(dtype=bool)
    x.value = np.ones(2, bool)
    delay.update()
    assert delay(0).dtype == bool
    with pytest.raises(MathError, match=r"dtype bool is needed, but got shape .* dtype float32"):
        delay.update(np.ones(2, np.float32))


@pytest.mark.parametrize("steps", [4, -1, 1.0, True, np.array([0, 9])])
def test_what_is_no_number_of_steps(steps):
    _, delay = delayed()
    with pytest.raises(MathError, match="LengthDelay"):
        delay(steps)


def test_what_is_no_delay():
    x = bm.Variable(2)
    for length in (-1, 2.0, True, None):
        with pytest.raises(MathError, match="length of a delay"):
            bm.LengthDelay(x, length)
    with pytest.raises(ValueError, match="'rotation' or 'concat'"):
        bm.LengthDelay(x, 2, update_method="other")
    with pytest.raises(MathError, match=r"must fit the shape \(2, 2\)"):
        bm.LengthDelay(x, 2, np.zeros(3))
    with pytest.raises(MathError, match=r"shape \(2,\)"):
        bm.LengthDelay(x, 2).update(np.zeros(3, np.float32))
