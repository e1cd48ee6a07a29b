"""Embedded Runge-Kutta methods: their coefficients, the error estimate, and the next time step."""
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import IntegratorError

ORDERS = {bp.ode.RKF12: (2, 1), bp.ode.RKF45: (5, 4), bp.ode.DormandPrince: (5, 4), bp.ode.CashKarp: (5, 4),
          bp.ode.BogackiShampine: (3, 2), bp.ode.BoSh3: (3, 2), bp.ode.HeunEuler: (2, 1)}


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def conditions(A, b) -> list[Fraction]:
    """What is zero for a method of order 4, by orders: Hairer, Norsett & Wanner (1993), table II.2.1."""
    rows = [[Fraction(x) for x in row] + [Fraction(0)] * (len(A) - len(row)) for row in A]
    c = [sum(row) for row in rows]

    def times(x):
        return [sum(a * y for a, y in zip(row, x, strict=True)) for row in rows]

    def dot(x):
        return sum(Fraction(w) * y for w, y in zip(b, x, strict=True))

    squares = [x * x for x in c]
    return [dot([1] * len(c)) - 1, dot(c) - Fraction(1, 2),
            abs(dot(squares) - Fraction(1, 3)) + abs(dot(times(c)) - Fraction(1, 6)),
            abs(dot([x ** 3 for x in c]) - Fraction(1, 4)) + abs(dot([x * y for x, y in zip(c, times(c), strict=True)])
                                                                 - Fraction(1, 8))
            + abs(dot(times(squares)) - Fraction(1, 12)) + abs(dot(times(times(c))) - Fraction(1, 24))]


@pytest.mark.parametrize("method", ORDERS, ids=lambda method: method.__name__)
def test_both_rows_of_weights_satisfy_the_order_conditions_exactly(method) -> None:
    for weights, order in zip((method.B1, method.B2), ORDERS[method], strict=True):
        found = conditions(method.A, weights)
        assert not any(found[:min(order, 4)])
        assert order >= 4 or found[order]


@pytest.mark.parametrize("method", ORDERS, ids=lambda method: method.__name__)
def test_the_next_step_follows_from_the_difference_of_both_methods(method) -> None:
    class Other(bp.ode.ExplicitRKIntegrator):
        A, B = method.A, method.B2

    def f(x, y, t):
        return y * bm.cos(t), -x * x

    x, y, dt = bm.asarray([1., 0.4]), bm.asarray([0.3, -2.]), 0.5
    one, two = method(f)(x, y, 0.2, dt=dt), Other(f)(x, y, 0.2, dt=dt)
    error = sum(float(bm.sum(bm.abs(a - b))) for a, b in zip(one, two, strict=True))
    for tol in (error * 0.99, error * 1.01, error / 1000):
        *values, step = method(f, adaptive=True, tol=tol)(x, y, 0.2, dt=dt)
        np.testing.assert_array_equal(values, one)
        assert float(step) == pytest.approx(0.9 * dt * (tol / error) ** 0.2 if error > tol else dt, rel=1e-9)


def test_elements_are_equations_of_their_own_with_var_type_scalar() -> None:
    step = {name: bp.ode.HeunEuler(lambda x, t: -x * x, var_type=name, adaptive=True, tol=1e-3, dt=0.5)
            for name in ("scalar", "population")}
    x = bm.asarray([1e-3, 1.])
    each = [float(step["population"](x[i:i + 1], 0.)[1]) for i in range(2)]
    np.testing.assert_allclose(step["scalar"](x, 0.)[1], each)
    assert each[0] == 0.5 and step["population"](x, 0.)[1].shape == ()


def test_a_run_that_adapts_its_step_stays_within_the_tolerance() -> None:
    integral = bp.odeint(lambda x, t: -50. * (x - bm.cos(t)), method="rkdp", adaptive=True, tol=1e-7, dt=0.5)
    x, t, dt = bm.asarray(0.), 0., 1e-3
    while t < 1.:
        x, new = integral(x, t, dt=dt)
        t, dt = t + dt, min(float(new) * (1.2 if float(new) == dt else 1.), max(1. - t - dt, 1e-9))
    exact = (2500 * np.cos(t) + 50 * np.sin(t) - 2500 * np.exp(-50 * t)) / 2501
    assert float(x) == pytest.approx(exact, abs=1e-6)


def test_the_loop_over_steps_can_be_compiled_with_the_step_as_a_variable() -> None:
    integral = bp.odeint(lambda x, t: -x * x, method="bs", adaptive=True, tol=1e-3, dt=0.5)
    runs = []
    for looped in (False, True):
        x, t, dt = bm.Variable(bm.ones(3)), bm.Variable(bm.zeros(())), bm.Variable(bm.asarray(2.))

        def turn(_, x=x, t=t, dt=dt):
            x.value, new = integral(x, t, dt=dt)
            t.value = t + dt
            dt.value = new
            return x.value, dt.value

        runs.append(bm.for_loop(turn, bm.arange(20), jit=looped))
    for eager, loop in zip(*runs, strict=True):
        np.testing.assert_allclose(loop, eager, rtol=1e-12)
    assert float(runs[0][1][-1]) < 2.


def test_wrong_options() -> None:
    with pytest.raises(IntegratorError, match="tol must be positive, but got 0"):
        bp.odeint(lambda x, t: x, method="ck", tol=0)

    class Crooked(bp.ode.AdaptiveRKIntegrator):
        A, B1, B2 = [[], [1]], [0.5, 0.5], [1]

    with pytest.raises(IntegratorError, match="B1 and B2 must have the same length"):
        Crooked(lambda x, t: x)
