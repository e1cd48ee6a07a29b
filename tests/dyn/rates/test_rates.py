"""Rate models: their equations against SciPy, inputs, noise, delays, batches, gradients, and compiled loops."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time, solve_ivp

X0, Y0, IX, IY = np.array([0.1, 0.4]), np.array([0.2, 0.05]), np.array([0.7, 1.2]), np.array([0.1, -0.2])


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()
    bm.random.seed(4)


def fhn(x, y):
    return -3. * x ** 3 + 4. * x ** 2 - 1.5 * x - y + IX, (x - 0.5 * y) / 20. + IY


def qif(x, y, tau=2.):
    return ((x ** 2 - 5. + 15. * tau * y - (np.pi * tau * y) ** 2 + IX) / tau,
            (1. / (np.pi * tau) + 2. * x * y + IY) / tau)


def stuart_landau(x, y):
    r = 0.25 - x ** 2 - y ** 2
    return r * x - 0.2 * y + IX, r * y + 0.2 * x + IY


def wilson_cowan(x, y):
    def F(u, a, theta):
        return 1 / (1 + np.exp(-a * (u - theta))) - 1 / (1 + np.exp(a * theta))

    return (-x + (1 - x) * F(12. * x - 4. * y + IX, 1.2, 2.8),
            (-y + (1 - y) * F(13. * x - 11. * y + IY, 1., 4.)) / 1.5)


MODELS = {"FHN": (fhn, {}), "QIF": (qif, {"tau": 2.}), "StuartLandauOscillator": (stuart_landau, {}),
          "WilsonCowanModel": (wilson_cowan, {"I_tau": 1.5})}
PLANAR = [*MODELS, "FeedbackFHN"]
EACH = pytest.mark.parametrize("name", PLANAR)


def make(name: str, **options):
    """A model that starts from X0 and Y0."""
    given = {"x_initializer": bm.asarray(X0), "y_initializer": bm.asarray(Y0), **MODELS.get(name, (None, {}))[1], **options}
    return getattr(bp.rates, name)(2, **given)


def run(model, steps: int, looped: bool = True, dt: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """x and y of a model with constant inputs."""
    def step(_):
        model(bm.asarray(IX), bm.asarray(IY))
        model.clear_input()
        return model.x.value, model.y.value

    return over_time(step, np.zeros(steps), looped, dt)


@LOOPED
@pytest.mark.parametrize("name", MODELS)
def test_equations_against_scipy(name: str, looped: bool) -> None:
    equations = MODELS[name][0]
    solution = solve_ivp(lambda t, z: np.concatenate(equations(z[:2], z[2:])), (0., 3.), [*X0, *Y0], rtol=1e-11, atol=1e-12,
                         t_eval=np.linspace(0., 3., 31)[1:])
    x, y = run(make(name, method="rk4"), 30, looped)
    np.testing.assert_allclose(x, solution.y[:2].T, rtol=3e-3, atol=1e-4)
    np.testing.assert_allclose(y, solution.y[2:].T, rtol=3e-3, atol=1e-4)
    errors = [np.abs(run(make(name, method="rk4"), 30 * n, looped, 0.1 / n)[0][n - 1::n] - solution.y[:2].T).max()
              for n in (1, 2)]
    assert errors[1] < errors[0] / 9 + 1e-10


@LOOPED
def test_delayed_feedback_by_the_method_of_steps(looped: bool) -> None:
    # Up to the delay the past is zero, then it is the first part of the solution.
    def equations(t, z, past):
        x, y = z[:2], z[2:]
        return np.concatenate([x - x ** 3 / 3 - y + 1.6886 * (past(t) + 1.) + IX, (x + 0.7 - 0.8 * y + IY) / 12.5])

    first = solve_ivp(lambda t, z: equations(t, z, lambda t: 0.), (0., 2.), [*X0, *Y0], rtol=1e-11, atol=1e-12,
                      dense_output=True)
    second = solve_ivp(lambda t, z: equations(t, z, lambda t: first.sol(t - 2.)[:2]), (2., 4.), first.y[:, -1], rtol=1e-11,
                       atol=1e-12, t_eval=[4.])
    with bm.environment(dt=0.01):
        model = make("FeedbackFHN", delay=2., method="rk4")
    x, y = run(model, 400, looped, 0.01)
    np.testing.assert_allclose(x[199], first.y[:2, -1], rtol=2e-2)  # the delayed x jumps in the last step
    np.testing.assert_allclose(x[-1], second.y[:2, -1], rtol=1e-2)
    np.testing.assert_allclose(y[-1], second.y[2:, -1], rtol=1e-2)


def test_delays_of_elements_and_between_steps() -> None:
    model = make("FeedbackFHN", delay=bm.asarray([0.25, 0.4]), method="euler")
    xs = [X0]
    for i in range(8):
        bp.share.save(t=7. + i * 0.1, dt=0.1)
        before = [np.zeros(2)] * 6 + xs
        past = np.array([0.5 * before[-3][0] + 0.5 * before[-4][0], before[-5][1]])
        x, y = model.x.numpy().copy(), model.y.numpy().copy()
        model(bm.asarray(IX))
        model.clear_input()
        np.testing.assert_allclose(model.x, x + 0.1 * (x - x ** 3 / 3 - y + 1.6886 * (past + 1.) + IX), rtol=1e-10)
        xs.append(model.x.numpy().copy())
    with pytest.raises(ValueError, match=r"delay must be at least the time step of 0\.1 ms, but got 0\.0"):
        bp.rates.FeedbackFHN(2, delay=0.)


@LOOPED
def test_threshold_linear_rates_approach_the_rectified_input(looped: bool) -> None:
    model = bp.rates.ThresholdLinearModel(2, tau_e=20., tau_i=10., e_initializer=bp.init.OneInit(3.))

    def step(_):
        model(bm.asarray([50., -50.]), bm.asarray([-1., 2.]))
        model.clear_input()
        return model.e.value, model.i.value

    e, i = over_time(step, np.zeros(50), looped)
    n = np.arange(1, 51)[:, None]
    np.testing.assert_allclose(e, [3.3, 0.] + (3. - np.array([3.3, 0.])) * (1 - 0.1 / 20) ** n, rtol=1e-10)
    np.testing.assert_allclose(i, [0., 0.702] * (1 - (1 - 0.1 / 10) ** n), rtol=1e-10)


@pytest.mark.parametrize("dt", [0.1, 0.4])
def test_noise_of_threshold_linear_rates_does_not_depend_on_the_time_step(dt: float) -> None:
    model = bp.rates.ThresholdLinearModel(4000, tau_e=20., tau_i=10., noise_e=2., beta_e=1., seed=3)

    def step(_):
        model(bm.asarray(50.))
        model.clear_input()
        return model.e.value

    before = np.asarray(bm.random.DEFAULT).copy()
    e = over_time(step, np.zeros(int(120 / dt)), True, dt)[-1]
    assert float(e.std()) == pytest.approx(2. / np.sqrt(2. * 20.), rel=0.06)
    assert float(e.mean()) == pytest.approx(50., rel=0.01) and np.all(model.i.numpy() == 0.)
    np.testing.assert_array_equal(bm.random.DEFAULT, before)  # it has a stream of its own


@EACH
def test_noise_is_added_to_inputs(name: str) -> None:
    quiet = make(name)
    assert quiet.x_ou is None and quiet.y_ou is None
    noisy = make(name, x_ou_mean=-0.5, y_ou_mean=bm.asarray([0.25, 0.]), method="rk4")
    steady = make(name, method="rk4")
    for model, shift in ((noisy, 0.), (steady, 1.)):
        bp.share.save(t=0., dt=0.1)
        model(bm.asarray(IX) - 0.5 * shift, bm.asarray(IY) + shift * bm.asarray([0.25, 0.]))
    np.testing.assert_allclose(noisy.x, steady.x, rtol=1e-12)
    np.testing.assert_allclose(noisy.y, steady.y, rtol=1e-12)
    assert np.all(noisy.input.numpy() == IX)
    random = make(name, x_ou_sigma=1.)
    random()
    random()
    first = random.x.numpy().copy()
    random.reset_state()
    np.testing.assert_array_equal(random.x_ou.x, [0., 0.])
    random()
    random()
    assert np.all(random.x.numpy() != first)


@EACH
def test_inputs_are_collected_until_they_are_cleared(name: str) -> None:
    bp.share.save(t=0., dt=0.1)
    model, without = make(name), make(name, input_var=False)
    model.input += 0.5
    model(bm.asarray(IX) - 0.5, bm.asarray(IY))
    np.testing.assert_allclose(without(bm.asarray(IX), bm.asarray(IY)), model.x, rtol=1e-14)
    assert np.all(model.input.numpy() == IX) and np.all(model.input_y.numpy() == IY) and not hasattr(without, "input")
    model.clear_input()
    assert np.all(model.input.numpy() == 0.) and np.all(model.input_y.numpy() == 0.)
    without.clear_input()
    without()


@EACH
@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
def test_compiled_against_the_reference(name: str) -> None:
    runs = []
    for which in ("numpy", "numba"):
        bm.random.seed(8)
        model = make(name, x_ou_sigma=0.3, mode=bm.BatchingMode(3))
        with backend(which), settings.using(strict=True):
            runs.append(run(model, 20))
    for reference, compiled in zip(*runs, strict=True):
        assert reference.shape == (20, 3, 2)
        np.testing.assert_allclose(compiled, reference, rtol=1e-9)


@EACH
@LOOPED
def test_gradients_by_first_value_and_parameter(name: str, looped: bool) -> None:
    key = {"FHN": "gamma", "QIF": "J", "StuartLandauOscillator": "a", "WilsonCowanModel": "wEE", "FeedbackFHN": "mu"}[name]
    parameter = bm.TrainVar(bm.asarray([0.6, 1.1]))
    options = {"delay": 0.2} if name == "FeedbackFHN" else {}
    model = make(name, mode=bm.training_mode, **{key: parameter}, **options)

    def loss():
        model.reset_state(1)
        return sum(bm.sum(part ** 2) for part in run(model, 6, looped))

    check_gradients(loss, {key: parameter})


@EACH
def test_state_and_batch(name: str) -> None:
    model = getattr(bp.rates, name)((2, 3), keep_size=True, mode=bm.BatchingMode(2), x_ou_sigma=0.1)
    assert isinstance(model, bp.rates.RateModel)
    assert model.x.shape == model.input_y.shape == model.x_ou.x.shape == (2, 2, 3)
    bp.share.save(t=0., dt=0.1)
    model.reset_state(5)
    assert model(1.).shape == model.y.shape == model.x_ou.x.shape == (5, 2, 3)
    assert np.all((model.reset_state(), model.x.numpy())[1] <= 0.5)


def test_state_of_threshold_linear_rates() -> None:
    model = bp.rates.ThresholdLinearModel((2, 3), mode=bm.BatchingMode(2), input_var=False)
    bp.share.save(t=0., dt=1e-3)
    model.reset_state(4)
    assert model(1., 2.).shape == model.i.shape == (4, 6)
    assert float(model.i[0, 0]) > 0.
    model.reset_state()
    assert np.all(model.e.numpy() == 0.) and not hasattr(model, "Ie")
