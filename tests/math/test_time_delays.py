"""Delays in time: exact for straight lines, whatever the step; gradients; times that are not known."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError


def line(delay_len=1.0, dt=0.1, **options):
    """A variable that is 3 t + 1 at all times, and its delay."""
    x = bm.Variable(np.ones(2, np.float32))
    return x, bm.TimeDelay(x, delay_len, before_t0=lambda t: 3 * t + 1, dt=dt, **options)


@pytest.mark.parametrize("dt", [0.1, 0.25, 0.3])
@pytest.mark.parametrize("back", [0.0, 0.13, 0.5, 1.0])
def test_a_straight_line_is_interpolated_exactly(dt, back):
    x, delay = line(dt=dt)

    def step(i):
        seen = delay(i * dt - back)
        x.value = x + 3 * dt
        delay.update()
        return seen

    seen = bm.for_loop(step, np.arange(20.0))
    np.testing.assert_allclose(seen[:, 0], 3 * (np.arange(20) * dt - back) + 1, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(float(delay.current_time), 20 * dt, rtol=1e-6)


def test_the_time_does_not_drift():
    _, delay = line(dt=0.1)
    for _ in range(20_000):
        delay.count += 1
    np.testing.assert_allclose(float(delay.current_time), 2000.0, rtol=1e-6)


def test_the_nearer_value():
    spikes = bm.Variable(np.zeros(1, bool))
    delay = bm.TimeDelay(spikes, 1.0, before_t0=True, dt=0.5, interp_method="round")
    assert [bool(delay(t)[0]) for t in (-0.2, -0.3, -1.0)] == [False, True, True]
    with pytest.raises(MathError, match="interp_method='round'"):
        bm.TimeDelay(spikes, 1.0)
    with pytest.raises(ValueError, match="'linear_interp', 'round'"):
        bm.TimeDelay(spikes, 1.0, interp_method="cubic")


def test_elements_and_times_of_their_own():
    x = bm.Variable(np.array([[0.0, 10.0]], np.float32), batch_axis=0)
    delay = bm.TimeDelay(x, 1.0, before_t0=np.array([0.0, 20.0]), dt=0.5)
    np.testing.assert_allclose(delay(np.array([0.0, -0.25])), [[0.0, 15.0]])
    np.testing.assert_allclose(delay(-0.25, (0, 1)), 15.0)


@pytest.mark.parametrize("time", [0.11, -1.1, np.array([0.0, 0.5])])
def test_times_that_are_not_known(time):
    _, delay = line()
    with pytest.raises(MathError, match="knows the values from -1 to 0 ms, but got the time"):
        delay(time)


def test_a_reset():
    _, delay = line()
    delay.update(np.zeros(2, np.float32))
    delay.reset()
    assert float(delay.current_time) == 0
    np.testing.assert_allclose(delay(-0.5), [-0.5, -0.5], atol=1e-6)
    delay.reset(t0=5.0, before_t0=2.0)
    np.testing.assert_allclose(delay(4.95), [1.5, 1.5], rtol=1e-4)
    assert set(delay.vars("relative")) == {"count", "values.data", "values.idx"}


def test_the_shortest_delay():
    x = bm.Variable(np.full(1, 4.0, np.float32))
    delay = bm.TimeDelay(x, 0.0, before_t0=lambda t: t)
    assert delay.num_delay_step == 1
    assert float(delay(0.0)[0]) == 4


@pytest.mark.parametrize("options", [{"delay_len": -1.0}, {"dt": 0.0}, {"dt": float("nan")}, {"delay_len": float("inf")}])
def test_what_is_no_delay(options):
    with pytest.raises(MathError, match="delay_len must be at least 0 ms"):
        line(**options)


def test_a_gradient_by_the_time_is_the_slope():
    _, delay = line()
    gradient = bm.grad(lambda t: delay(t)[0])(bm.Array(-0.25))
    np.testing.assert_allclose(gradient, 3.0, rtol=1e-4)
