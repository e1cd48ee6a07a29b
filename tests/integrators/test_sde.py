"""Stochastic integrators: strong order, both integrals, several Wiener processes, seeds, and the call."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends import backend, base
from nbbrain.errors import DiffEqError, IntegratorError
from nbbrain.integrators import sde, sdeint

METHODS = list(dict.fromkeys(sde.methods.methods.values()))
ORDERS = {sde.Euler: (0.5, 1.), sde.Heun: (1., 1.), sde.Milstein: (1., 1.), sde.MilsteinGradFree: (1., 1.),
          sde.ExponentialEuler: (0.5, 0.5), sde.SRK1W1: (1.5, 1.5), sde.SRK2W1: (1.5, 1.5), sde.KlPl: (1., 1.)}
"""The strong orders for the integrals of Ito and of Stratonovich. (Euler's for the latter is Heun's for the noise.)"""
PATHS, FINEST, MU, SIGMA = 300, 256, 0.8, 0.7
EACH = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)
BOTH = pytest.mark.parametrize("intg_type", ["Ito", "Stratonovich"])


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()
    bm.random.seed(7)


def paths(every: int, processes: tuple[int, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Increments of the same Wiener processes, and the integrals over their way, for steps of different length."""
    rng, h = np.random.default_rng(0), 1 / FINEST
    dW, dZ = np.sqrt(h) * rng.normal(size=(2, FINEST, PATHS, *processes))
    area = 0.5 * h * (dW + dZ / np.sqrt(3))
    dW, area = (x.reshape(FINEST // every, every, PATHS, *processes) for x in (dW, area))
    return dW.sum(1), (area + h * (np.cumsum(dW, 1) - dW)).sum(1)


def along(method, f, g, every: int, processes: tuple[int, ...] = (), **options) -> np.ndarray:
    """The solutions at 1 that start from 1 at 0, along the given paths."""
    dW, area = paths(every, processes)
    h = every / FINEST
    integral = method(f, g, dt=h, **options)
    x = bm.ones(PATHS)
    for i in range(len(dW)):
        integral.increment = lambda shape, dt, i=i: bm.asarray(dW[i])
        integral.increment_and_area = lambda shape, dt, i=i: (bm.asarray(dW[i]), bm.asarray(area[i]))
        x = integral(x, i * h)
    return np.asarray(x)


def strong_order(errors: list[float]) -> float:
    """The slope of the error over the step, both on logarithmic scales."""
    return float(-np.polyfit(range(len(errors)), np.log2(errors), 1)[0])


def test_every_method_is_measured() -> None:
    assert set(ORDERS) == set(METHODS)


@EACH
@BOTH
def test_strong_order_on_geometric_brownian_motion(method, intg_type: str) -> None:
    drift = MU - 0.5 * SIGMA ** 2 if intg_type == "Ito" else MU
    exact = np.exp(drift + SIGMA * paths(1)[0].sum(0))
    errors = [np.abs(along(method, lambda x, t: MU * x, lambda x, t: SIGMA * x, every, intg_type=intg_type) - exact).mean()
              for every in (16, 8, 4)]
    assert strong_order(errors) == pytest.approx(ORDERS[method][intg_type == "Stratonovich"], abs=0.15)
    assert errors[-1] < 0.15


@pytest.mark.parametrize("method", [sde.Milstein, sde.MilsteinGradFree, sde.Heun, sde.Euler], ids=lambda m: m.__name__)
@BOTH
def test_several_wiener_processes_with_noise_that_commutes(method, intg_type: str) -> None:
    sigma = np.array([0.5, 0.3, -0.4])
    drift = MU - 0.5 * np.sum(sigma ** 2) if intg_type == "Ito" else MU
    exact = np.exp(drift + paths(1, (3,))[0].sum(0) @ sigma)
    errors = [np.abs(along(method, lambda x, t: MU * x, lambda x, t: x[:, None] * bm.asarray(sigma), every, (3,),
                           wiener_type="vector", intg_type=intg_type) - exact).mean() for every in (16, 8, 4)]
    assert strong_order(errors) == pytest.approx(ORDERS[method][intg_type == "Stratonovich"], abs=0.15)


@EACH
def test_a_drift_that_depends_on_time_and_a_constant_noise(method) -> None:
    errors = [np.abs(along(method, lambda x, t: bm.cos(3. * t) - x, lambda x, t: 0.3, every)
                     - along(sde.SRK2W1, lambda x, t: bm.cos(3. * t) - x, lambda x, t: 0.3, 1)).mean() for every in (16, 8)]
    assert errors[1] < 0.6 * errors[0] < 0.04


@EACH
def test_without_noise_it_is_a_method_for_ordinary_equations(method) -> None:
    integral = method(lambda x, t: -x, lambda x, t: None, dt=0.01)
    before = np.asarray(bm.random.DEFAULT).copy()
    assert float(integral(1., 0.)) == pytest.approx(np.exp(-0.01), abs=1e-4)
    np.testing.assert_array_equal(bm.random.DEFAULT, before)


@EACH
@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
@BOTH
@pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")
def test_compiled_loops_draw_the_same_numbers(method, intg_type: str) -> None:
    runs = []
    for which in ("numpy", "numba"):
        bm.random.seed(3)
        integral = method(lambda x, t: bm.sin(t) - x, lambda x, t: 0.5 * bm.cos(x), dt=0.1, intg_type=intg_type)
        x = bm.Variable(bm.zeros(5))

        def turn(t, x=x, integral=integral):
            x.value = integral(x, t)
            return x.value

        with backend(which):
            runs.append(bm.for_loop(turn, bm.arange(20) * 0.1))
    np.testing.assert_allclose(*runs, rtol=1e-10, atol=1e-12)
    assert np.std(runs[0][-1]) > 0.01


def test_seeds_repeat_a_run() -> None:
    integral = sdeint(lambda x, t: -x, lambda x, t: 1.)
    draws = []
    for seed in (1, 1, 2):
        bm.random.seed(seed)
        draws.append(np.asarray(integral(bm.zeros(4), 0.)))
    assert np.array_equal(draws[0], draws[1]) and not np.array_equal(draws[0], draws[2])
    assert len(set(draws[0])) == 4


@pytest.mark.parametrize("wiener_type", ["scalar", "vector"])
def test_how_much_noise_there_is(wiener_type: str) -> None:
    g = (lambda x, t: 0.5) if wiener_type == "scalar" else (lambda x, t: bm.asarray([0.3, 0.4]))
    x = sdeint(lambda x, t: 0., g, dt=0.25, wiener_type=wiener_type)(bm.zeros(40_000), 0.)
    assert float(x.std()) == pytest.approx(0.25, rel=0.02)
    assert float(x.mean()) == pytest.approx(0., abs=0.005)


def test_the_exponential_method_has_the_exact_variance_for_any_step() -> None:
    integral = sdeint(lambda x, t: -x / 2., lambda x, t: 0.7, method="exp_auto", dt=3.)
    x = integral(bm.ones(40_000), 0.)
    assert float(x.mean()) == pytest.approx(np.exp(-1.5), abs=0.01)
    assert float(x.var()) == pytest.approx(0.49 * (1 - np.exp(-3.)), rel=0.03)


@EACH
def test_joined_equations_of_which_one_has_noise(method) -> None:
    f = bp.JointEq(lambda V, t, w, I: -V - w + I, lambda w, t, V, a=0.5: a * V - w)
    for g in (lambda V, t: 0.1, bp.JointEq(lambda w, t: None, lambda V, t, w: 0.1), bp.init.noise(0.1, (3,), num_vars=2)):
        V, w = method(f, g, dt=0.1)(bm.ones(3), bm.zeros(3), 0., 2.)
        assert len(set(V.tolist())) == 3 and len(set(w.tolist())) <= 3
        np.testing.assert_allclose(V, 1.1, atol=0.2)
        np.testing.assert_allclose(w, 0.05, atol=0.02)


def test_one_function_for_several_variables() -> None:
    x, y = sdeint(lambda x, y, t: (y, -x), lambda x, y, t: (0.1, None), dt=0.5)(bm.zeros(2), bm.ones(2), 0.)
    assert float(y[0]) == 1. and float(x[0]) != 0.5
    with pytest.raises(DiffEqError, match="one item for each of the variables x, y, but it returned 1"):
        sdeint(lambda x, y, t: (y, -x), lambda *args: 0.1)(0., 1., 0.)
    with pytest.raises(DiffEqError, match=r"has x, y\. Write one function"):
        sdeint(lambda x, y, t: (y, -x), lambda x, y, t: (0.1, None), method="exp_auto")


def test_the_diffusion_may_have_parameters_of_its_own() -> None:
    integral = sdeint(lambda x, t, mu: mu * x, lambda x, t, sigma, mu: sigma * x, dt=0.1)
    assert repr(integral) == "Euler(variables=['x'], parameters=['t', 'mu', 'sigma'], dt=0.1)"
    assert float(integral(1., 0., 2., 0.)) == pytest.approx(1.2)


def test_noise_of_the_shape_of_a_parameter() -> None:
    assert sdeint(lambda x, t: -x, lambda x, t: bm.ones((3, 1)))(bm.zeros(4), 0.).shape == (3, 4)


def test_gradients_by_state_and_parameter() -> None:
    def last(x, a):
        integral = sdeint(lambda x, t: -a * x, lambda x, t: a * x, method="milstein", dt=0.1)
        bm.random.seed(5)
        for _ in range(3):
            x = integral(x, 0.)
        return bm.sum(x)

    x, a, h = bm.asarray([1., 2.]), bm.asarray(0.5), 1e-6
    gx, ga = bm.grad(last, argnums=(0, 1))(x, a)
    assert float(ga) == pytest.approx((float(last(x, a + h)) - float(last(x, a - h))) / (2 * h), rel=1e-7)
    assert float(bm.sum(gx * x)) == pytest.approx(float(last(x, a)), rel=1e-12)  # it is linear in x


def test_as_a_decorator_of_the_drift_or_of_the_diffusion() -> None:
    @sdeint(g=lambda x, t: 0., method="heun", dt=0.1)
    def first(x, t):
        return 1.

    @sdeint(lambda x, t: 1., dt=0.1)
    def second(x, t):
        return 0.

    assert float(first(0., 0.)) == float(second(0., 0.)) == pytest.approx(0.1)
    assert isinstance(first, sde.Heun) and isinstance(second, sde.Euler)
    with pytest.raises(IntegratorError, match="needs the drift f, the diffusion g, or both"):
        sdeint()


def test_the_default_method_takes_effect_and_methods_can_be_added() -> None:
    assert sde.get_default_sdeint() == "euler"
    try:
        sde.set_default_sdeint("srk1w1")
        assert isinstance(sdeint(lambda x, t: x, lambda x, t: x), sde.SRK1W1)
        sde.register_sde_integrator("mine", type("Mine", (sde.Euler,), {}))
        assert "mine" in sde.get_supported_methods()
    finally:
        sde.set_default_sdeint("euler")
        sde.methods.methods.pop("mine", None)
    with pytest.raises(IntegratorError, match="must be a subclass of SDEIntegrator"):
        sde.register_sde_integrator("ode", bp.ode.Euler)
    with pytest.raises(IntegratorError, match=r"must be one of euler, heun, .* but got 'rk4'"):
        sde.set_default_sdeint("rk4")


def test_wrong_options() -> None:
    def f(x, t):
        return x

    with pytest.raises(IntegratorError, match="Milstein: intg_type must be one of Ito, Stratonovich, but got 'ito'"):
        sdeint(f, f, method="milstein", intg_type="ito")
    with pytest.raises(IntegratorError, match="SRK1W1: wiener_type must be one of scalar, but got 'vector'"):
        sdeint(f, f, method="srk1w1", wiener_type="vector")
    with pytest.raises(IntegratorError, match="the diffusion is a number"):
        sdeint(f, lambda x, t: 1., wiener_type="vector")(1., 0.)
    with pytest.raises(IntegratorError, match="var_type must be one of"):
        sdeint(f, f, var_type="vector")
    with pytest.raises(DiffEqError, match="the diffusion has the variables y, but those of the drift are x"):
        sdeint(f, lambda y, t: y)
    with pytest.raises(DiffEqError, match=r"f\(x, t, \.\.\.\)"):
        sdeint(f, lambda x: x)

    class Crooked(sde.StochasticRKIntegrator):
        alpha = [1.]

    with pytest.raises(IntegratorError, match="one weight for every stage"):
        Crooked(f, f)
