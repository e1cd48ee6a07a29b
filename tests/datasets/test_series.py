"""Chaotic series follow their equations: SciPy, analytic solutions, and exponents that are known."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import datasets
from nbbrain.backends.base import is_installed
from nbbrain.errors import IntegratorError


@pytest.fixture
def double_precision():
    bm.enable_x64()


@pytest.fixture
def reference():
    """The backend that needs no time to compile."""
    with bp.backend("numpy"):
        yield


def duffing(t, x, y, m0=-0.0845, m1=0.66):
    return y, -m1 * x - (m0 - m1) * (abs(x + 1) - abs(x - 1)) / 2 - 0.25 * y + (0.14 - 14 / 20) * np.cos(t)


def double_scroll(t, x, y, z):
    current = (x - y) / 3.44 + 9e-5 * np.sinh(11.6 * (x - y))
    return x / 1.2 - current, current - z, y - 0.193 * z


def modified_lorenz(t, x, y, z, a=10, b=8 / 3, c=137 / 5):
    r = np.sqrt(x**2 + y**2)
    dx = (-(a + 1) * x + a - c + z * y) / 3 + ((1 - a) * (x**2 - y**2) + 2 * (a + c - z) * x * y) / (3 * r)
    dy = ((c - a - z) * x - (a + 1) * y) / 3 + (2 * (a - 1) * x * y + (a + c - z) * (x**2 - y**2)) / (3 * r)
    return dx, dy, (3 * x**2 * y - y**3) / 2 - b * z


def chua(t, x, y, z, a=-1.197, b=-0.646):
    line = b * x + (b - a) if x < -1 else b * x + (a - b) if x > 1 else a * x
    return 10 * (y - x - line), x - y + z, -14.514 * y


FLOWS = {
    "lorenz_series": (lambda t, x, y, z: (10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z), (8, 1, 1)),
    "rossler_series": (lambda t, x, y, z: (-y - z, x + 0.2 * y, 0.2 + z * (x - 5.7)), (1, 1, 1)),
    "rabinovich_fabrikant_series": (lambda t, x, y, z: (y * (z - 1 + x**2) + 0.803 * x, x * (3 * z + 1 - x**2) + 0.803 * y,
                                                        -2 * z * (1.1 + x * y)), (-1, 0, 0.5)),
    "double_scroll_series": (double_scroll, (0.37926545, 0.058339, -0.08167691)),
    "modified_Lorenz_series": (modified_lorenz, (-8, 4, 10)),
    "chen_chaotic_series": (lambda t, x, y, z: (40 * (y - x), -12 * x - x * z + 28 * y, x * y - 3 * z), (-0.1, 0.5, -0.6)),
    "lu_chen_chaotic_series": (lambda t, x, y, z: (36 * (y - x), x - x * z + 20 * y - 15.15, x * y - 3 * z),
                               (0.1, 0.3, -0.6)),
    "modified_lu_chen_series": (lambda t, x, y, z: (36 * (y - x), -16 * x - x * (z + 14) + 20 * y, x * y - 3 * z),
                                (1, 1, 14)),  # up to tau, while the past is 14
    "chua_chaotic_series": (chua, (0.001, 0, 0)),
    "modified_chua_series": (lambda t, x, y, z: (10.82 * (y + 0.11 * np.sin(np.pi * x / 2.6)), x - y + z, -14.286 * y),
                             (1, 1, 0)),
    "PWL_duffing_series": (duffing, (0, 0)),
}


@pytest.mark.parametrize("name", FLOWS)
def test_solutions_are_those_of_scipy(name, double_precision, reference) -> None:
    integrate = pytest.importorskip("scipy.integrate")
    equation, first = FLOWS[name]
    made = getattr(datasets, name)(duration=0.08, dt=0.001, method="rk4", numpy_mon=True)
    right = integrate.solve_ivp(lambda t, values: equation(t, *values), (0., 0.08), first, method="DOP853", rtol=1e-11,
                                atol=1e-12, t_eval=made.ts)
    names = ["x", "y", "z"][:len(first)]
    np.testing.assert_allclose(np.stack([made[name][:, 0] for name in names]), right.y, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk2", 2), ("rk4", 4)])
def test_errors_shrink_with_the_order_of_the_method(method, order, double_precision, reference) -> None:
    ends = [float(datasets.lorenz_series(0.32, dt=dt, method=method).x[-1, 0]) for dt in (0.02, 0.01, 0.0025)]
    assert np.log2(abs(ends[0] - ends[2]) / abs(ends[1] - ends[2])) == pytest.approx(order, abs=0.6)


def test_nearby_solutions_of_the_lorenz_system_part_as_they_should(double_precision) -> None:
    start = datasets.lorenz_series(16., dt=0.02, numpy_mon=True)  # on the attractor after a while
    first = {name: start[name][200::25, 0] for name in "xyz"}
    pairs = {name: np.concatenate([values, values + (1e-8 if name == "x" else 0.)]) for name, values in first.items()}
    ends = datasets.lorenz_series(12., dt=0.02, inits=pairs, numpy_mon=True)
    apart = np.sqrt(sum(np.diff(ends[name].reshape(600, 2, -1), axis=1)**2 for name in "xyz"))[:, 0]
    growth = np.log(apart[-1] / apart[99]) / 10.
    assert growth.mean() == pytest.approx(0.906, abs=0.1)  # the largest Lyapunov exponent (Sprott, 2003)


def test_fixed_points_stay(double_precision, reference) -> None:
    root = np.sqrt(8 / 3 * 27)
    made = datasets.lorenz_series(0.2, dt=0.01, inits=dict(x=[root, -root, 0.], y=[root, -root, 0.], z=[27., 27., 0.]))
    np.testing.assert_allclose(made.x, np.full((20, 3), [[root, -root, 0.]]), atol=1e-12)


@pytest.mark.skipif(not is_installed("numba"), reason="it takes long without Numba")
@pytest.mark.parametrize(("name", "limit"), [("double_scroll_series", 2.), ("lorenz_series", 20.)])
def test_both_scrolls_are_visited(name, limit) -> None:
    x = getattr(datasets, name)(duration=200., dt=0.01, numpy_mon=True).x
    assert -limit < x.min() < -0.7 * limit and 0.7 * limit < x.max() < limit
    assert abs((x > 0).mean() - 0.5) < 0.15


@pytest.mark.usefixtures("each_backend")
def test_backends_agree_and_precision_is_double() -> None:
    rough = datasets.lorenz_series(0.5, dt=0.01, numpy_mon=True)
    assert {values.dtype for values in rough.values()} == {np.dtype(np.float32)}
    with bm.environment(x64=True), bp.backend("numpy"):
        fine = datasets.lorenz_series(0.5, dt=0.01, numpy_mon=True)
    assert fine.x.dtype == np.float64
    np.testing.assert_array_equal(rough.x, fine.x.astype(np.float32))


def test_what_is_returned(reference) -> None:
    made = datasets.lorenz_series(0.7, dt=0.1, inits=dict(x=[1., 2.], y=[1., 2.], z=[1., 2.]))
    assert list(made) == ["ts", "x", "y", "z"] and isinstance(made.x, bm.Array)
    assert made.x.shape == (7, 2) and made["ts"].shape == (7,)  # although 0.7 / 0.1 is 6.999...
    np.testing.assert_allclose(made.ts, 0.1 * np.arange(1, 8), rtol=1e-6)
    assert isinstance(datasets.lorenz_series(0.1, numpy_mon=True).x, np.ndarray)


def test_mackey_glass_with_a_constant_past(double_precision, reference) -> None:
    made = datasets.mackey_glass_series(34., dt=0.1, beta=0.2, gamma=0.1, tau=17., n=10, inits=0.5, before=0.5,
                                        numpy_mon=True)
    limit = 0.2 * 0.5 / (1 + 0.5**10) / 0.1
    early = made.ts <= 17.0001
    solution = limit + (0.5 - limit) * np.exp(-0.1 * made.ts)  # while the past is constant
    np.testing.assert_allclose(made.x[early, 0], solution[early], rtol=1e-8)
    np.testing.assert_allclose(made.x_tau[early, 0], 0.5)
    np.testing.assert_allclose(made.x_tau[170:], made.x[:-170])

    integrate = pytest.importorskip("scipy.integrate")

    def later(t, x):
        old = limit + (0.5 - limit) * np.exp(-0.1 * (t - 17.))
        return 0.2 * old / (1 + old**10) - 0.1 * x

    right = integrate.solve_ivp(later, (17., 34.), [made.x[169, 0]], rtol=1e-10, atol=1e-12, t_eval=made.ts[170:-1])
    np.testing.assert_allclose(made.x[170:-1, 0], right.y[0], rtol=1e-5)


def test_the_past_of_mackey_glass_comes_from_the_seed(reference) -> None:
    made = [datasets.mackey_glass_series(6., seed=seed, numpy_mon=True) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(made[0].x, made[1].x)
    past = made[0].x_tau[:20, 0]
    assert not np.array_equal(past, made[2].x_tau[:20, 0])
    assert 1.1 <= past.min() < past.max() <= 1.3 and past.std() > 0.03
    assert datasets.mackey_glass_series(1., inits=np.full(3, 0.9), seed=0).x.shape == (10, 3)


def test_the_delay_of_the_modified_lu_chen_system(double_precision, reference) -> None:
    made = datasets.modified_lu_chen_series(0.5, dt=0.005, d2=1., numpy_mon=True)
    np.testing.assert_allclose(made.z_tau[40:], made.z[:-40])
    np.testing.assert_allclose(made.z_tau[:39], 14.)


def test_henon_map(double_precision) -> None:
    made = datasets.henon_map_series(3000, numpy_mon=True)
    x, y = 0., 0.
    for i in range(30):
        x, y = 1 - 1.4 * x**2 + y, 0.3 * x
        assert (made.x[i, 0], made.y[i, 0]) == pytest.approx((x, y), rel=1e-9)
    tangent, growth = np.array([1., 0.]), 0.
    for x in made.x[:, 0]:
        tangent = np.array([-2.8 * x * tangent[0] + tangent[1], 0.3 * tangent[0]])
        growth += np.log(np.hypot(*tangent))
        tangent /= np.hypot(*tangent)
    assert growth / 3000 == pytest.approx(0.419, abs=0.03)  # the largest Lyapunov exponent (Sprott, 2003)
    fixed = (-0.7 + np.sqrt(0.49 + 5.6)) / 2.8
    still = datasets.henon_map_series(5, inits=dict(x=fixed, y=0.3 * fixed), numpy_mon=True)
    np.testing.assert_allclose(still.x, fixed, rtol=1e-12)
    assert made.ts[[0, -1]].tolist() == [1., 3000.]


def test_logistic_map(double_precision) -> None:
    made = datasets.logistic_map_series(20, mu=4., inits=np.array([0.2, 0.7]))
    exact = np.sin(2.**np.arange(1, 21)[:, None] * np.arcsin(np.sqrt([0.2, 0.7])))**2
    np.testing.assert_allclose(made.x, exact, atol=1e-8)
    assert datasets.logistic_map_series(2).x.shape == (2, 1)


@pytest.mark.parametrize(("order", "options"), [(10, {}), (20, dict(d=0.01, squash=True)),
                                                (30, dict(a=0.2, b=0.004, c=1.5, d=0.001))])
def test_narma(order, options, double_precision) -> None:
    made = datasets.narma_series(200, order=order, num=2, seed=3, numpy_mon=True, **options)
    assert made.u.min() >= 0. and made.u.max() < 0.5 and made.u.mean() == pytest.approx(0.25, abs=0.03)
    a, b, c, d = [options.get(name, value) for name, value in dict(a=0.3, b=0.05, c=1.5, d=0.1).items()]
    u, y = made.u[:, 1], np.zeros(200)
    for k in range(200):
        y[k] = d + (a * y[k - 1] + b * y[k - 1] * sum(y[max(k - order, 0):k]) if k else 0.)
        y[k] += c * u[k - order + 1] * u[k] if k >= order - 1 else 0.
        y[k] = np.tanh(y[k]) + 0.2 if "squash" in options else y[k]
    np.testing.assert_allclose(made.y[:, 1], y, rtol=1e-12)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: datasets.lorenz_series(1., inits=dict(x=1., y=1.)), "inits must be a dict with the values of x, y, z"),
    (lambda: datasets.lorenz_series(1., inits=[1., 1., 1.]), "inits must be a dict with the values of x, y, z"),
    (lambda: datasets.rossler_series(1., inits=dict(x=[1., 2.], y=1., z=1.)), r"one shape for x, y, z, but got \[\(2,\), "),
    (lambda: datasets.lorenz_series(0.), "duration must be at least one step of 0.001, but got 0.0"),
    (lambda: datasets.lorenz_series(1., dt=-1.), "dt must be positive"),
    (lambda: datasets.chen_chaotic_series(2., dt=0.1), "the series of x, y, z left the range of numbers"),
    (lambda: datasets.mackey_glass_series(1., dt=0.1, tau=0.01), "tau must be at least one step of 0.1, but got 0.01"),
    (lambda: datasets.mackey_glass_series(1., seed=-1), "seed must be an integer of at least 0, but got -1"),
    (lambda: datasets.logistic_map_series(0), "num_step must be an integer of at least 1, but got 0"),
    (lambda: datasets.logistic_map_series(30, mu=5., inits=0.3), "the series of x left the range of numbers"),
    (lambda: datasets.narma_series(500, order=60, seed=0), "the series of y left the range of numbers"),
])
def test_wrong_arguments(make, message, reference) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_an_unknown_method() -> None:
    with pytest.raises(IntegratorError, match="wrong"):
        datasets.lorenz_series(1., method="wrong")
