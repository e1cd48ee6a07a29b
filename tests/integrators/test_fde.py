"""Fractional integrators: solutions of Mittag-Leffler, the memory, and the call."""
from __future__ import annotations

from math import gamma

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends import backend, base
from nbbrain.errors import DiffEqError, IntegratorError
from nbbrain.integrators import fde, fdeint

EACH = pytest.mark.parametrize("method", ["euler", "l1", "short-memory"])
LOOPED = pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])
ALPHA = 0.7


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def mittag_leffler(z: float, alpha: float, beta: float = 1.) -> float:
    """The function of Mittag-Leffler, by its series."""
    return sum(z ** k / gamma(alpha * k + beta) for k in range(80))


def solution(integral, x: float, steps: int, looped: bool = False) -> np.ndarray:
    """The variable after every step up to time 1."""
    state = bm.Variable(bm.asarray(x))

    def turn(t):
        state.value = integral(state, t, dt=1. / steps)
        return state.value

    return np.asarray(bm.for_loop(turn, bm.arange(steps) / steps, jit=looped))


@LOOPED
@pytest.mark.parametrize("method", ["euler", "l1"])
def test_decay_is_that_of_mittag_leffler_with_order_one(method: str, looped: bool) -> None:
    exact = mittag_leffler(-1., ALPHA)
    errors = [abs(solution(fdeint(ALPHA, n, 1., lambda x, t: -x, method), 1., n, looped)[-1] - exact) for n in (40, 80)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1., abs=0.1)
    assert errors[1] < 2e-3


@LOOPED
@EACH
def test_growth_from_zero_is_that_of_mittag_leffler_with_order_one(method: str, looped: bool) -> None:
    exact = mittag_leffler(-1., ALPHA, ALPHA + 1)  # D^a x = 1 - x from 0: derivatives of all kinds agree
    errors = [abs(solution(fdeint(ALPHA, n, 0., lambda x, t: 1. - x, method), 0., n, looped)[-1] - exact) for n in (40, 80)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1., abs=0.1)


@EACH
def test_a_right_hand_side_that_depends_on_time(method: str) -> None:
    errors = [abs(solution(fdeint(0.5, n, 0., lambda x, t: 2. * t ** 1.5 / gamma(2.5), method), 0., n)[-1] - 1.)
              for n in (40, 80)]  # the derivative of order 1/2 of t^2
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1., abs=0.15)


def test_short_memory_from_another_value_is_the_solution_of_riemann_and_liouville() -> None:
    # A value x0 in the one step at 0 is an impulse of x0 dt^(1 - alpha): t^(alpha - 1) E_{alpha,alpha}(-t^alpha) answers it.
    errors = []
    for n in (100, 200):
        got = solution(fdeint(ALPHA, n, 2., lambda x, t: -x, "short-memory"), 2., n)[-1]
        errors.append(abs(got / (2. * n ** (ALPHA - 1.)) - mittag_leffler(-1., ALPHA, ALPHA)))
    assert errors[1] < 5e-3 and errors[1] < 0.6 * errors[0]


@EACH
def test_of_order_one_it_is_eulers_method(method: str) -> None:
    got = solution(fdeint(1., 5, 1., lambda x, t: bm.cos(t) - x * x, method), 1., 20)
    euler = bp.odeint(lambda x, t: bm.cos(t) - x * x)
    if method == "euler":  # it has to remember all steps
        got = solution(fdeint(1., 20, 1., lambda x, t: bm.cos(t) - x * x, method), 1., 20)
    np.testing.assert_allclose(got, solution(euler, 1., 20), rtol=1e-12)


@EACH
def test_what_is_older_than_the_memory_is_forgotten(method: str) -> None:
    memory, steps, h = 4, 12, 1. / 12
    got = solution(fdeint(ALPHA, memory, 0.5, lambda x, t: 1. - x, method), 0.5, steps)
    ages = np.arange(memory)
    x, f, differences = [0.5], [], []
    for n in range(steps):
        f.append(1. - x[n])
        past = {"euler": f, "l1": differences, "short-memory": x}[method][::-1][:memory]
        weights = {"euler": ((ages + 1) ** ALPHA - ages ** ALPHA) / gamma(ALPHA + 1),
                   "l1": (ages + 2) ** (1 - ALPHA) - (ages + 1) ** (1 - ALPHA),
                   "short-memory": np.cumprod(1 - (1 + ALPHA) / (ages + 1))}[method]
        total = sum(w * p for w, p in zip(weights, past, strict=False))
        x.append({"euler": x[0] + h ** ALPHA * total, "l1": x[n] + gamma(2 - ALPHA) * h ** ALPHA * f[n] - total,
                  "short-memory": h ** ALPHA * f[n] - total}[method])
        differences.append(x[-1] - x[-2])
    np.testing.assert_allclose(got, x[1:], rtol=1e-12)


@EACH
def test_joined_equations_with_orders_and_shapes_of_their_own(method: str) -> None:
    f = bp.JointEq(lambda x, t, y: -x, lambda y, t: 1. - y)
    both = fdeint([0.6, 0.9], 10, dict(y=bm.ones(3), x=0.5), f, method, dt=0.1)
    one = fdeint(0.6, 10, 0.5, lambda x, t: -x, method, dt=0.1), fdeint(0.9, 10, [bm.ones(3)], lambda y, t: 1. - y, method,
                                                                       dt=0.1)
    x, y = bm.asarray(0.5), bm.ones(3)
    u, v = x, y
    for i in range(5):
        x, y = both(x, y, i * 0.1)
        u, v = one[0](u, i * 0.1), one[1](v, i * 0.1)
        np.testing.assert_allclose(x, u, rtol=1e-14)
        np.testing.assert_allclose(y, v, rtol=1e-14)


@EACH
@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
def test_compiled_loops_give_the_same_and_go_on_where_they_stopped(method: str) -> None:
    runs = []
    for which in ("numpy", "numba"):
        integral = fdeint(0.8, 7, bm.ones((2, 3)), lambda x, t: bm.sin(t) - x, method, dt=0.1)
        state = bm.Variable(bm.ones((2, 3)))

        def turn(t, state=state, integral=integral):
            state.value = integral(state, t)
            return state.value

        with backend(which):
            times = bm.arange(20) * 0.1
            runs.append(np.concatenate([bm.for_loop(turn, times[:9]), bm.for_loop(turn, times[9:])]))
    np.testing.assert_allclose(*runs, rtol=1e-12)


@EACH
def test_gradients_through_the_memory(method: str) -> None:
    def loss(a, looped=True):
        integral = fdeint(0.8, 5, 1., lambda x, t: -a * x, method, dt=0.1)
        state = bm.Variable(bm.ones(()))

        def turn(t):
            state.value = integral(state, t)
            return state.value

        return bm.sum(bm.for_loop(turn, bm.arange(8) * 0.1, jit=looped) ** 2)

    a, h = bm.asarray(0.6), 1e-6
    expected = (float(loss(a + h)) - float(loss(a - h))) / (2 * h)
    for looped in (False, True):
        assert float(bm.grad(loss)(a, looped)) == pytest.approx(expected, rel=1e-7)


@EACH
def test_a_reset_forgets_the_past(method: str) -> None:
    integral = fdeint(0.8, 5, 1., lambda x, t: -x, method)
    first = solution(integral, 1., 10)
    integral.reset()
    np.testing.assert_array_equal(solution(integral, 1., 10), first)
    integral.reset(bm.asarray([1., 2.]))
    both = solution(integral, [1., 2.], 10)
    np.testing.assert_allclose(both[:, 0], first, rtol=1e-14)
    np.testing.assert_allclose(both[:, 1], 2 * first, rtol=1e-14)
    with pytest.raises(IntegratorError, match=r"x starts from an array of shape \(2,\), but got one of shape \(3,\)"):
        integral(bm.ones(3), 0.)


def test_a_number_may_stand_for_an_array_of_one_element() -> None:
    for method in fde.get_supported_methods():
        integral = fdeint(0.8, 5, [1.], lambda x, t: -x, method)
        assert integral(bm.ones(1), 0.).shape == (1,)


def test_the_memory_belongs_to_the_variables_of_a_model() -> None:
    class Model(bp.DynamicalSystemNS):
        def __init__(self) -> None:
            super().__init__()
            self.integral = fde.CaputoL1Schema(lambda x, t: -x, 0.8, 5, 1., dt=0.1)

    model = Model()
    assert len(model.vars()) == 4  # the first and the last value, the memory, and where it is written
    model.integral(1., 0.)
    saved = model.state_dict()
    again = model.integral(0.9, 0.1)
    model.load_state_dict(saved)
    assert float(model.integral(0.9, 0.1)) == float(again)


def test_binomial_coefficients() -> None:
    integral = fde.GLShortMemory(lambda x, t: -x, 0.5, 0., 4)
    np.testing.assert_allclose(integral.binomial_coef[:, 0], [-0.5, -0.125, -0.0625, -0.0390625])
    assert repr(integral) == f"GLShortMemory(name={integral.name}, variables=['x'], parameters=['t'], dt=0.1)"


def test_the_default_method_takes_effect_and_methods_can_be_added() -> None:
    assert fde.get_default_fdeint() == "l1"
    try:
        fde.set_default_fdeint("euler")
        assert isinstance(fdeint(0.5, 3, 0., lambda x, t: x), fde.CaputoEuler)
        fde.register_fde_integrator("mine", type("Mine", (fde.CaputoEuler,), {}))
        assert "mine" in fde.get_supported_methods()
    finally:
        fde.set_default_fdeint("l1")
        fde.methods.methods.pop("mine", None)
    with pytest.raises(IntegratorError, match="must be a subclass of FDEIntegrator"):
        fde.register_fde_integrator("ode", bp.ode.Euler)


def test_wrong_options() -> None:
    def f(x, t):
        return x

    with pytest.raises(IntegratorError, match="must be one of euler, l1, short-memory, but got 'l2'"):
        fdeint(0.5, 3, 0., f, "l2")
    for alpha in (0., 1.5, [0.5, 0.5], -1):
        with pytest.raises(IntegratorError, match=r"alpha must be one number in \(0, 1\]"):
            fdeint(alpha, 3, 0., f)
    for memory in (0, 2.5, True):
        with pytest.raises(IntegratorError, match="num_memory must be a positive integer"):
            fdeint(0.5, memory, 0., f)
    for inits in ({"y": 1.}, {"x": 1., "y": 2.}):
        with pytest.raises(IntegratorError, match="inits must give a first value of x"):
            fdeint(0.5, 3, inits, f)
    with pytest.raises(DiffEqError):
        fdeint(0.5, 3, 0., lambda x: x)
