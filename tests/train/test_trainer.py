"""What all trainers do: predict."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import NoLongerSupportError, RunningError
from tests.train.models import Clock, Shared, Sum

X = np.random.default_rng(1).normal(size=(4, 6, 2)).astype(np.float32)


def trainer_of(model, **options):
    return bp.DSTrainer(model, progress_bar=False, **options)


def test_a_reset_gives_the_state_the_rows_of_the_inputs(each_backend):
    model = Sum(mode=bm.training_mode)
    trainer = trainer_of(model)
    for x in (X, X[:2], X):
        np.testing.assert_allclose(trainer.predict(x, reset_state=True), np.cumsum(x, axis=1), rtol=1e-5)
    assert model.total.shape == (4, 2)


def test_state_and_time_go_on_from_one_prediction_to_the_next(each_backend):
    model, clock = Sum(mode=bm.training_mode), Clock(mode=bm.training_mode)
    model.reset_state(4)
    states, times = trainer_of(model), trainer_of(clock, dt=0.5, t0=1.)
    parts = [np.asarray(states.predict(X[:, part])) for part in (slice(0, 2), slice(2, 6))]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), np.cumsum(X, axis=1), rtol=1e-5)

    told = np.concatenate([times.predict(X[:, :2]), times.predict(X[:, 2:])], axis=1)
    np.testing.assert_array_equal(told[0], [[1 + 0.5 * i, i, 0.5] for i in range(6)])
    assert np.asarray(times.predict(X, reset_state=True))[0, 0].tolist() == [1., 0., 0.5]
    times.reset_state()
    assert np.asarray(times.predict(X))[0, 0].tolist() == [1., 0., 0.5]


def test_a_reset_of_the_time_leaves_the_state_alone():
    model = Sum(mode=bm.training_mode)
    model.reset_state(4)
    trainer = trainer_of(model)
    last = trainer.predict(X)[:, -1]
    trainer.reset_state()
    np.testing.assert_array_equal(model.total, last)


def test_dropout_is_not_active_in_predictions_unless_asked_for(each_backend):
    trainer = trainer_of(bp.Sequential(bp.layers.Dropout(0.5, seed=2, mode=bm.batching_mode), mode=bm.batching_mode))
    ones = np.ones((2, 50, 2), np.float32)
    np.testing.assert_array_equal(trainer.predict(ones), ones)
    assert np.unique(trainer.predict(ones, shared_args={"fit": True})).tolist() == [0., 2.]
    np.testing.assert_array_equal(trainer.predict(ones), ones)


def test_shared_arguments_reach_the_model(each_backend):
    trainer = trainer_of(Shared(mode=bm.batching_mode))
    for gain in (2., 3.):
        np.testing.assert_array_equal(trainer.predict(X, shared_args={"gain": gain}), X * np.float32(gain))
    with pytest.raises(KeyError, match="Cannot found shared data of gain"):
        trainer.predict(X)


def test_time_first(each_backend):
    model = Sum(mode=bm.training_mode)
    outputs = trainer_of(model, data_first_axis="T").predict(X.swapaxes(0, 1), reset_state=True)
    np.testing.assert_allclose(outputs, np.cumsum(X, axis=1).swapaxes(0, 1), rtol=1e-5)
    assert model.total.shape == (4, 2)


def test_time_of_the_evaluation():
    seconds, outputs = trainer_of(Sum(mode=bm.training_mode)).predict(X, reset_state=True, eval_time=True)
    assert 0 < seconds < 60
    np.testing.assert_allclose(outputs, np.cumsum(X, axis=1), rtol=1e-5)


def weighted(model):
    return lambda shared: model.w * shared["t"]


def test_monitors(each_backend):
    """The state of every step; functions get the time at its end; what has no batch keeps its axes."""
    model = Sum(mode=bm.training_mode, w=2.)
    trainer = trainer_of(model, dt=0.5, t0=1., monitors={"total": "total", "second": ("total", 1), "w": weighted(model)})
    for part in (slice(0, 2), slice(2, 6)):
        trainer.predict(X[:, part], reset_state=part.start == 0)
        sums = 2 * np.cumsum(X, axis=1)[:, part]
        times = 1. + 0.5 * np.arange(1, 7)[part]
        np.testing.assert_array_equal(trainer.mon.ts, times)
        np.testing.assert_allclose(trainer.mon.total, sums, rtol=1e-5)
        np.testing.assert_allclose(trainer.mon.second, sums[..., 1:], rtol=1e-5)
        np.testing.assert_allclose(trainer.mon.w, 2 * times[:, None] * np.ones(2))
    assert isinstance(trainer.mon.total, np.ndarray)


def test_the_loss_gets_what_is_monitored(each_backend):
    """The gradient through recordings is that through the same values as outputs."""
    found = []
    for monitors in (None, ["total"]):
        model = Sum(mode=bm.training_mode)

        def loss(outputs, targets, monitors=monitors):
            if monitors:
                assert outputs[0].shape == (4, 6, 2)
            return bm.mean(bm.square((outputs[1]["total"] if monitors else outputs) - targets))

        trainer = bp.BPTT(model, loss, bp.optim.SGD(0.1), monitors=monitors, progress_bar=False)
        trainer.fit([(X, X)], test_data=[(X, X)], num_epoch=2)
        found.append([*trainer.train_losses, *trainer.test_losses, *model.w])
        assert trainer.predict(X, reset_state=True).shape == (4, 6, 2)
        assert set(trainer.mon) == ({"total", "ts"} if monitors else set())
    np.testing.assert_array_equal(*found)


def test_monitors_of_models_without_time_and_of_readouts():
    with bm.training_environment():
        net = bp.layers.Dense(2, 3)
    trainer = bp.BPFF(net, lambda outputs, targets: bm.mean(outputs[1]["W"][0]), bp.optim.SGD(1.), monitors=["W"],
                      progress_bar=False)
    before = net.W.numpy()
    assert trainer.predict(X[:, 0]).shape == (4, 3) and trainer.mon.W.shape == (2, 3)
    trainer.fit([(X[:, 0], X[:, 0])], num_epoch=1)
    np.testing.assert_allclose(before[0] - net.W.numpy()[0], np.full(3, 1 / 3), rtol=1e-5)

    class Readout(Sum):
        def __init__(self):
            super().__init__(mode=bm.batching_mode)
            self.out = bp.layers.Dense(2, 1, mode=bm.training_mode)

        def update(self, x):
            return self.out(super().update(x))

    for kind in (bp.RidgeTrainer, bp.ForceTrainer):
        trainer = kind(Readout(), monitors=["total"], progress_bar=False)
        trainer.fit((X, X[..., :1]), reset_state=True)
        np.testing.assert_allclose(trainer.mon.total, np.cumsum(X, axis=1), rtol=1e-5)
        trainer.predict(X[:, :3], reset_state=True)
        np.testing.assert_allclose(trainer.mon.total, np.cumsum(X, axis=1)[:, :3], rtol=1e-5)


def test_monitors_that_are_refused():
    with pytest.raises(RunningError, match=r"has no variable 'zz'\. It has: .*total"):
        trainer_of(Sum(mode=bm.training_mode), monitors=["zz"])
    with bm.training_environment():
        events = bp.EventPropNetwork(1, 2, 1)
        spiking = bp.EpropNetwork(1, bp.neurons.LIF(2, V_reset=0., V_th=1.), bp.neurons.LeakyIntegrator(1))
    with pytest.raises(ValueError, match="no time steps in which monitors= could record"):
        bp.EventProp(events, monitors=["spike_count"])
    with pytest.raises(ValueError, match="leave monitors= out, or take online=False"):
        bp.Eprop(spiking, "mean_squared_error", monitors=["spike_count"])


def test_without_jit_every_step_is_run_by_itself(each_backend):
    class Watched(Sum):
        def update(self, x):
            seen.append(float(x[0, 0]))  # not possible in a compiled loop
            return super().update(x)

    seen: list[float] = []
    trainer_of(Watched(mode=bm.training_mode), jit=False).predict(X, reset_state=True)
    assert seen == X[0, :, 0].tolist()


def test_the_time_step():
    assert trainer_of(Sum(mode=bm.training_mode)).dt == bm.get_dt()
    assert trainer_of(Sum(mode=bm.training_mode), dt=0.25).dt == 0.25


def test_a_model_without_batches_is_refused():
    with pytest.raises(NoLongerSupportError, match=r"the mode of plain is NonBatchingMode\. Build it inside of "
                                                   r"bm\.training_environment"):
        bp.DSTrainer(Sum(name="plain"))


def test_inputs_that_do_not_fit_leave_the_state_alone(each_backend):
    with bm.training_environment():
        cell = bp.layers.RNNCell(2, 3)
    trainer = trainer_of(cell)
    trainer.predict(X, reset_state=True)
    before = cell.state.numpy().copy()
    with pytest.raises(ValueError, match=rf"{cell.name}: expected input of shape \(\.\.\., 2\), but got \(4, 1\)"):
        trainer.predict(X[..., :1])
    with pytest.raises(ValueError, match=rf"{cell.name}: .* call reset_state\(3\) first"):
        trainer.predict(X[:3])
    np.testing.assert_array_equal(cell.state, before)
    assert trainer.runner.i0 == 6
