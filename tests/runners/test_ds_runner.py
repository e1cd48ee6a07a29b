"""DSRunner: inputs, recordings, time, batches, parts, and what it refuses. BrainPy's numbers are in tests/golden."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import RunningError
from nbbrain.runners import progress

pytestmark = pytest.mark.usefixtures("each_backend")


def neurons(**options: Any) -> bp.neurons.LIF:
    return bp.neurons.LIF(3, tau=10., V_th=20., V_reset=-5., **options)


def run(model: Any, duration: float = 20., **options: Any) -> bp.DSRunner:
    runner = bp.DSRunner(model, dt=0.1, progress_bar=False, **options)
    runner.run(duration)
    return runner


def test_an_input_for_every_step_or_a_function_of_time() -> None:
    currents = np.linspace(0., 40., 200)
    by_rows = run(neurons(), inputs=("input", currents[:, None] * np.ones(3), "iter"), monitors=["V"])
    model = neurons()
    by_function = run(model, inputs=(model.input, lambda shared: 40. * shared["i"] / 199, "func"), monitors=["V"])
    np.testing.assert_allclose(by_rows.mon.V, by_function.mon.V, rtol=1e-4, atol=1e-4)
    assert by_rows.mon.V.shape == (200, 3) and isinstance(by_rows.mon.V, np.ndarray)
    np.testing.assert_allclose(by_rows.mon.ts, 0.1 * np.arange(1, 201))


def test_recordings_are_made_before_inputs_are_cleared() -> None:
    model = neurons()
    runner = run(model, 1., inputs=("input", 7.), monitors={"I": model.input, "two": (model.V, [0, 2]),
                                                            "end": lambda shared: shared["t"]})
    assert (runner.mon.I == 7.).all() and (model.input.numpy() == 0.).all()
    assert runner.mon.two.shape == (10, 2)
    np.testing.assert_allclose(runner.mon.end, runner.mon.ts, rtol=1e-6)


def test_the_second_run_goes_on_and_a_reset_begins_anew() -> None:
    model = neurons()
    runner = bp.DSRunner(model, inputs=("input", 25.), monitors=["V"], dt=0.1, progress_bar=False)
    runner.run(5.)
    first = runner.mon.V
    runner.run(5.)
    assert runner.i0 == 100 and runner.mon.ts[0] == pytest.approx(5.1)
    assert not np.array_equal(runner.mon.V, first)
    runner.run(5., reset_state=True)
    np.testing.assert_array_equal(runner.mon.V, first)
    assert runner.i0 == 50


def test_a_long_run_in_parts_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = ("input", np.random.default_rng(0).normal(20., 5., (300, 3)), "iter")
    whole = run(neurons(), 30., inputs=inputs, monitors=["V", "spike"])
    monkeypatch.setattr(progress, "_SHORT", 10)
    parts = bp.DSRunner(neurons(), inputs=inputs, monitors=["V", "spike"], dt=0.1)
    parts.run(30.)
    assert len(progress.parts_of(300, True)) == 20
    np.testing.assert_array_equal(parts.mon.V, whole.mon.V)
    np.testing.assert_array_equal(parts.mon.spike, whole.mon.spike)
    np.testing.assert_allclose(parts.mon.ts, whole.mon.ts)


def test_batches_come_first() -> None:
    model = neurons(mode=bm.batching_mode)
    runner = bp.DSRunner(model, monitors={"V": model.V, "total": lambda shared: bm.sum(model.V)}, dt=0.1, progress_bar=False)
    outputs = runner.run(inputs=bm.ones((4, 7, 3)), reset_state=True)
    assert outputs.shape == runner.mon.V.shape == (4, 7, 3)
    assert runner.mon.total.shape == (7,)


@pytest.mark.parametrize(("options", "message"), [
    ({"inputs": ("current", 1.)}, r"has no variable 'current'. It has: V, input, spike"),
    ({"inputs": ("input",)}, "an input is"),
    ({"inputs": ("input", 1., "sometimes")}, "one of fix, func, iter, but got 'sometimes'"),
    ({"inputs": ("input", 1., "fix", "^")}, "one of = "),
    ({"inputs": ("input", 1., "func")}, "needs a function"),
    ({"inputs": ("input", 1., "iter")}, "needs an array"),
    ({"inputs": 3.}, "inputs must be"),
    ({"monitors": "V"}, "monitors must be"),
    ({"monitors": ["W"]}, "has no variable 'W'"),
    ({"monitors": [3]}, "a monitor in a sequence"),
    ({"monitors": {"a": 3}}, "a monitor is a variable"),
])
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RunningError, match=message):
        bp.DSRunner(neurons(), **options)


def test_runs_that_are_refused() -> None:
    runner = bp.DSRunner(neurons(), inputs=("input", np.ones((10, 3)), "iter"), dt=0.1, progress_bar=False)
    with pytest.raises(RunningError, match="needs a duration"):
        runner.run()
    with pytest.raises(RunningError, match="rows for 10 steps, but the run has 20"):
        runner.run(2.)
    with pytest.raises(RunningError, match="target must be a DynamicalSystem"):
        bp.DSRunner(3)


def test_loop_over_time_is_a_function_of_time_courses() -> None:
    model = bp.neurons.LeakyIntegrator(2, tau=5.)
    loop = bp.LoopOverTime(model, out_vars={"V": model.V}, no_state=True, dt=0.1)
    x = bm.asarray(np.random.default_rng(1).normal(size=(20, 2)))
    outputs, values = loop(x)
    np.testing.assert_array_equal(outputs, values["V"])
    np.testing.assert_array_equal(loop(x)[0], outputs)  # it begins anew
    gradient = bm.grad(lambda x: bm.sum(loop(x)[0][-1]))(x)
    decay = np.exp(-0.1 / 5.)
    np.testing.assert_allclose(gradient, np.outer(decay ** np.arange(20)[::-1], np.ones(2)) * (1 - decay), rtol=2e-3)
