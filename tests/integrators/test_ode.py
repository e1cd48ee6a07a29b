"""Integrators: order of convergence, exactness of the exponential method, gradients, and the call."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import DiffEqError, IntegratorError
from nbbrain.integrators.exponential import phi

ORDERS = {"euler": 1, "midpoint": 2, "heun2": 2, "ralston2": 2, "rk2": 2, "rk3": 3, "heun3": 3, "ralston3": 3, "ssprk3": 3,
          "rk4": 4, "ralston4": 4, "rk4_38rule": 4, "exp_euler": 1, "exponential_euler": 1, "exp_euler_auto": 1,
          "exp_auto": 1, "rkf12": 2, "rkf45": 5, "rkdp": 5, "ck": 5, "bs": 3, "heun_euler": 2, "BoSh3": 3}
LOOPED = pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def final(integral, x: float, steps: int, dt: float, looped: bool = False):
    """The variable after some steps."""
    state = bm.Variable(bm.asarray([x]))

    def turn(t):
        state.value = integral(state, t, dt=dt)

    if looped:
        bm.for_loop(turn, bm.arange(steps) * dt)
    else:
        for i in range(steps):
            turn(i * dt)
    return float(state[0])


def test_every_method_is_measured() -> None:
    assert set(ORDERS) == set(bp.ode.get_supported_methods())


@LOOPED
@pytest.mark.parametrize("method", ORDERS)
def test_the_error_falls_with_the_order_of_the_method(method: str, looped: bool) -> None:
    # x' = -x^2 cos t from x(0) = 1 has the solution 1 / (1 + sin t); it depends on time, so that stage times matter.
    integral = bp.odeint(lambda x, t: -x * x * bm.cos(t), method=method)
    exact = 1 / (1 + np.sin(1.))
    coarse, fine = [abs(final(integral, 1., n, 1. / n, looped) - exact) for n in (20, 40)]
    assert np.log2(coarse / fine) == pytest.approx(ORDERS[method], abs=0.25 if ORDERS[method] < 5 else 0.75)


@LOOPED
@pytest.mark.parametrize("rate", [-0.5, 0.3, 0.])
def test_the_exponential_method_is_exact_for_linear_equations(rate: float, looped: bool) -> None:
    integral = bp.odeint(lambda x, t: rate * x + 2., method="exp_auto")
    exact = 1. + 2. * 6. if rate == 0. else -2 / rate + (1. + 2 / rate) * np.exp(rate * 6.)
    assert final(integral, 1., 3, 2., looped) == pytest.approx(exact, rel=1e-13)


def test_joint_equations_see_the_old_values_of_each_other() -> None:
    integral = bp.odeint(bp.JointEq(lambda x, t, y: y, lambda y, t, x: x), method="exp_auto", dt=1.)
    x, y = integral(1., 10., 0.)
    assert (float(x), float(y)) == (11., 11.)


def test_parameters_may_be_larger_than_the_variable() -> None:
    integral = bp.odeint(lambda x, t, tau: -x / tau, method="exp_auto", dt=1.)
    np.testing.assert_allclose(integral(2., 0., bm.asarray([1., 2.])), 2. * np.exp([-1., -0.5]), rtol=1e-14)


def test_phi_and_its_derivative_everywhere() -> None:
    z = np.array([-3., -1e-2, -2e-5, -1e-6, 0., 1e-9, 0.9e-5, 1.1e-5, 0.5, 4.])
    series = np.abs(z) < 0.1
    terms = [1 / 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(series, np.polyval(terms[::-1], z), np.expm1(z) / z)
        slope = np.where(series, np.polyval([n * terms[n] for n in range(1, 7)][::-1], z),
                         (z * np.exp(z) - np.expm1(z)) / z ** 2)
    got_slope, got = bm.vector_grad(phi, return_value=True)(bm.asarray(z))
    np.testing.assert_allclose(got, value, rtol=1e-14)
    np.testing.assert_allclose(got_slope, slope, rtol=1e-10)


@LOOPED
@pytest.mark.parametrize("method", ["exp_auto", "rk4", "ralston3"])
def test_gradients_by_state_and_parameter_against_central_differences(method: str, looped: bool) -> None:
    integral = bp.odeint(lambda x, t, a: -a * x * x + bm.sin(x) + t, method=method, dt=0.1)
    inputs = bm.asarray([0.2, -0.1, 0.4, 0.3])

    def loss(x, a):
        state = bm.Variable(x * 1.)
        state.value = x

        def turn(u):
            state.value = integral(state, u, a)
            return state * u

        out = bm.for_loop(turn, inputs) if looped else bm.stack([turn(u) for u in inputs])
        return bm.sum(out ** 2) + bm.sum(state)

    x, a, h = np.array([0.7, -0.4]), np.array([0.5, 1.5]), 1e-6
    gx, ga = bm.grad(loss, argnums=(0, 1))(bm.asarray(x), bm.asarray(a))
    for i, unit in enumerate(np.eye(2) * h):
        by_x = float(loss(bm.asarray(x + unit), bm.asarray(a)) - loss(bm.asarray(x - unit), bm.asarray(a))) / (2 * h)
        by_a = float(loss(bm.asarray(x), bm.asarray(a + unit)) - loss(bm.asarray(x), bm.asarray(a - unit))) / (2 * h)
        assert float(gx[i]) == pytest.approx(by_x, rel=1e-6)
        assert float(ga[i]) == pytest.approx(by_a, rel=1e-6)


def test_single_precision_stays_single() -> None:
    bm.disable_x64()
    for method in ORDERS:
        integral = bp.odeint(lambda x, t: -x / 10., method=method)
        assert integral(bm.ones(3), 0.).dtype == np.float32, method


def test_the_time_step_is_the_calls_the_integrators_or_the_environments() -> None:
    assert float(bp.odeint(lambda x, t: 1., dt=0.5)(0., 0., dt=0.25)) == 0.25
    assert float(bp.odeint(lambda x, t: 1., dt=0.5)(0., 0., 0.25)) == 0.25
    assert float(bp.odeint(lambda x, t: 1., dt=0.5)(0., 0.)) == 0.5
    with bm.environment(dt=0.125):
        integral = bp.odeint(lambda x, t: 1.)
    assert float(integral(0., 0.)) == 0.125


def test_as_a_decorator_with_and_without_options() -> None:
    @bp.odeint(method="rk2", dt=0.1, beta=0.5)
    def growth(x, t, k=3.):
        return k * x

    @bp.odeint
    def slope(x, t):
        return 2.

    assert repr(growth) == "RK2(variables=['x'], parameters=['t', 'k'], dt=0.1)"
    assert float(growth(1., 0., k=1.)) == pytest.approx(1.105)
    assert float(slope(1., 0.)) == pytest.approx(1.2)


def test_the_default_method_can_be_set() -> None:
    assert bp.integrators.get_default_odeint() == "euler"
    try:
        bp.integrators.set_default_odeint("rk4")
        assert isinstance(bp.odeint(lambda x, t: x), bp.ode.RK4)
    finally:
        bp.integrators.set_default_odeint("euler")
    with pytest.raises(IntegratorError, match=r"must be one of euler, .* but got 'rk5'"):
        bp.integrators.set_default_odeint("rk5")
    assert bp.integrators.get_default_odeint() == "euler"


def test_wrong_options() -> None:
    def f(x, t):
        return x

    with pytest.raises(IntegratorError, match=r"must be one of euler, .* but got 'runge'"):
        bp.odeint(f, method="runge")
    with pytest.raises(IntegratorError, match="var_type must be one of"):
        bp.odeint(f, var_type="vector")
    with pytest.raises(IntegratorError, match="keys are among the variables x, but"):
        bp.odeint(f, state_delays={"y": bm.TimeDelay(bm.zeros(1), 1.)})
    with pytest.raises(IntegratorError, match="the delay of x must be a bm"):
        bp.odeint(f, neutral_delays={"x": 1.})
    with pytest.raises(IntegratorError, match="element by element"):
        bp.odeint(f, method="exp_auto", var_type="system")
    with pytest.raises(IntegratorError, match="beta must not be zero"):
        bp.odeint(f, method="rk2", beta=0.)
    with pytest.raises(DiffEqError, match=r"has x, y\. Write one function for each"):
        bp.odeint(lambda x, y, t: (x, y), method="exp_auto")
    with pytest.raises(TypeError, match="beta"):
        bp.odeint(f, method="rk4", beta=0.5)
    with pytest.raises(TypeError, match="missing a required argument: 't'"):
        bp.odeint(f)(1.)


def test_methods_can_be_added() -> None:
    class Implicit(bp.ode.ODEIntegrator):
        def step(self, arguments, dt):
            return (arguments["x"] / (1 + dt),)

    bp.ode.register_ode_integrator("implicit_for_the_test", Implicit)
    try:
        assert float(bp.odeint(lambda x, t: -x, method="implicit_for_the_test", dt=1.)(1., 0.)) == 0.5
        with pytest.raises(IntegratorError, match="stands for Implicit already"):
            bp.ode.register_ode_integrator("implicit_for_the_test", Implicit)
    finally:
        del bp.ode.methods.methods["implicit_for_the_test"]
    with pytest.raises(IntegratorError, match="must be a subclass of ODEIntegrator"):
        bp.ode.register_ode_integrator("another", int)


def test_coefficients_must_fit_together() -> None:
    class Crooked(bp.ode.ExplicitRKIntegrator):
        A = [[], [0.5, 0.5]]
        B = [0.5, 0.5]

    with pytest.raises(IntegratorError, match="row i of A must have i coefficients"):
        Crooked(lambda x, t: x)


def past(kind):
    """The past of a variable that was 1 up to now, and how it is read at a time."""
    if kind == "time":
        delay = bm.TimeDelay(bm.ones(1), 1., before_t0=1., dt=1 / 64)
        return delay, lambda t: delay(t - 1.)
    delay = bm.LengthDelay(bm.ones(1), 64, 1.)
    return delay, lambda t: delay(64)


@LOOPED
@pytest.mark.parametrize("kind", ["time", "steps"])
def test_a_delay_differential_equation_by_the_method_of_steps(kind: str, looped: bool) -> None:
    # x' = -x(t - 1), x = 1 up to 0, has the solution 1 - t up to 1, and 1 - t + (t - 1)^2 / 2 up to 2.
    delay, read = past(kind)
    integral = bp.odeint(lambda x, t: -read(t), method="euler", dt=1 / 64, state_delays={"x": delay})
    assert final(integral, 1., 64, 1 / 64, looped) == pytest.approx(0., abs=1e-12)
    state = bm.Variable(bm.zeros(1))

    def turn(t):
        state.value = integral(state, t)

    bm.for_loop(turn, 1 + bm.arange(64) / 64, jit=looped)
    assert float(state[0]) == pytest.approx(-0.5, abs=1 / 64)


@LOOPED
def test_a_neutral_equation_reads_the_past_of_derivatives(looped: bool) -> None:
    # x' = x'(t - 1) with x' = 2 before 0: x grows by 2 for ever.
    slopes = bm.NeuTimeDelay(bm.full(1, 2.), 1., before_t0=2., dt=0.125)
    integral = bp.odeint(lambda x, t: slopes(t - 1.), dt=0.125, neutral_delays={"x": slopes})
    assert final(integral, 1., 24, 0.125, looped) == pytest.approx(1. + 2. * 3., abs=1e-12)


def test_constant_right_hand_sides_suit_the_exponential_method() -> None:
    np.testing.assert_allclose(bp.odeint(lambda x, t: 3., method="exp_auto", dt=0.5)(bm.ones(2), 0.), [2.5, 2.5])
    np.testing.assert_allclose(bp.odeint(lambda x, t: bm.asarray(3.), method="exp_auto", dt=0.5)(bm.ones(2), 0.), [2.5, 2.5])
