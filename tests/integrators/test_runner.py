"""`IntegratorRunner`: what it solves, what it records, and where it goes on."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import RunningError
from nbbrain.integrators import IntegratorRunner, fdeint, sdeint


@pytest.fixture(autouse=True)
def double_precision() -> None:
    bm.enable_x64()


def circle(**options):
    """A point that goes round in a circle, and an integrator of it."""
    return bp.odeint(bp.JointEq(lambda x, t, y, w: -w * y, lambda y, t, x, w=1.: w * x), method="rk4", dt=0.01, **options)


@pytest.mark.parametrize("jit", [True, False, {"predict": False}])
def test_the_solution_is_recorded_at_the_ends_of_steps(jit) -> None:
    runner = IntegratorRunner(circle(), inits=[1., 0.], monitors=["x", "y"], args=dict(w=2.), jit=jit)
    assert runner.run(1.) is None
    assert isinstance(runner.mon.x, np.ndarray) and runner.mon.x.shape == (100, 1)
    np.testing.assert_allclose(runner.mon.ts, 0.01 * np.arange(1, 101), rtol=1e-12)
    np.testing.assert_allclose(runner.mon.x[:, 0], np.cos(2. * runner.mon.ts), atol=1e-8)
    np.testing.assert_allclose(runner.mon["y"][:, 0], np.sin(2. * runner.mon.ts), atol=1e-8)


def test_it_goes_on_where_it_stopped() -> None:
    whole, parts = [IntegratorRunner(circle(), inits=dict(x=bm.ones(2)), monitors=["x"], args={"w": 1.}) for _ in range(2)]
    whole.run(1.)
    parts.run(0.5)
    first = parts.mon
    parts.run(0.5)
    np.testing.assert_allclose(np.concatenate([first.x, parts.mon.x]), whole.mon.x, rtol=1e-13)
    np.testing.assert_allclose(np.concatenate([first.ts, parts.mon.ts]), whole.mon.ts, rtol=1e-13)
    parts.run(0.1, start_t=5.)
    assert parts.mon.ts[0] == pytest.approx(5.01)


def test_parameters_that_change_and_functions_that_are_recorded() -> None:
    integral = bp.odeint(lambda x, t, I, gain: gain * I, dt=0.5)
    inputs = np.arange(6.)
    runner = IntegratorRunner(integral, monitors={"double": lambda t, dt: 2. * runner.variables["x"], "same": "x"},
                              fun_monitors={"end": lambda t, dt: t + dt}, args=dict(gain=3.), dyn_args=dict(I=inputs))
    seconds = runner.run(3., eval_time=True)
    assert seconds > 0
    np.testing.assert_allclose(runner.mon.same[:, 0], 1.5 * np.cumsum(inputs))
    np.testing.assert_allclose(runner.mon.double, 2. * runner.mon.same)
    np.testing.assert_allclose(runner.mon.end, runner.mon.ts)
    with pytest.raises(RunningError, match=r"2.0 ms has 4 steps, but the rows of dyn_args are \{'I': 6\}"):
        runner.run(2.)


def test_equations_with_noise_and_with_memory() -> None:
    bm.random.seed(1)
    runner = IntegratorRunner(sdeint(lambda x, t: -x, lambda x, t: 1., dt=0.1), inits=bm.zeros(2000), monitors=["x"],
                              numpy_mon_after_run=False)
    runner.run(5.)
    assert isinstance(runner.mon.x, bm.Array)
    assert float(runner.mon.x[-1].var()) == pytest.approx(0.5, rel=0.1)
    runner = IntegratorRunner(fdeint(0.9, 50, [1.], lambda x, t: -x, dt=0.1), inits=[1.], monitors=["x"])
    runner.run(5.)
    assert runner.mon.x.shape == (50, 1) and np.all(np.diff(runner.mon.x[:, 0]) < 0)


def test_nothing_happens_in_no_time() -> None:
    runner = IntegratorRunner(circle(), args={"w": 1.}, monitors=["x"])
    runner.run(0.)
    assert runner.mon == {}


def test_wrong_options() -> None:
    with pytest.raises(TypeError, match="target must be an integrator"):
        IntegratorRunner(lambda x, t: x)
    with pytest.raises(RunningError, match="must not be adaptive"):
        IntegratorRunner(bp.odeint(lambda x, t: x, method="rkf45", adaptive=True))
    with pytest.raises(RunningError, match="args or dyn_args must give w"):
        IntegratorRunner(circle())
    with pytest.raises(RunningError, match="args may give w, but got z"):
        IntegratorRunner(circle(), args=dict(w=1., z=2.))
    with pytest.raises(RunningError, match="monitors may give x, y, but got V"):
        IntegratorRunner(circle(), args=dict(w=1.), monitors=["V"])
    with pytest.raises(RunningError, match="inits must have one value for each of x, y"):
        IntegratorRunner(circle(), args=dict(w=1.), inits=[1.])
    with pytest.raises(TypeError, match="monitors must be a sequence of names"):
        IntegratorRunner(circle(), args=dict(w=1.), monitors="x")
