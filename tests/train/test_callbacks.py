"""Callbacks: when they are called, what they see and change; those that are made of them."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.train.gradients import global_norm, norms
from tests.train.models import Sum, sum_losses

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(2, 8, 5, 2)).astype(np.float32)
MOMENTS = [name for name in vars(bp.train.Callback) if name.startswith("on_")]


def fit(*callbacks, rate=0.1, w=0.5, data=None, **options):
    model = Sum(mode=bm.training_mode, w=w)
    trainer = bp.BPTT(model, "mean_squared_error", bp.optim.SGD(rate), progress_bar=False)
    trainer.fit([(X, Y)] if data is None else data, callbacks=callbacks, **{"num_epoch": 2, **options})
    return trainer


class Log(bp.train.Callback):
    """Writes down what it is told."""

    def __init__(self):
        self.lines = []


for _moment in MOMENTS:
    setattr(Log, _moment, lambda self, fit, moment=_moment: self.lines.append((moment[3:], fit.epoch, fit.steps)))


def test_the_moments_in_their_order():
    log = Log()
    fit(log, data=[(X, Y)] * 2, test_data=[(X, Y)], num_epoch=1)
    batch = ["batch_start", "gradients", "update", "batch_end"]
    assert [line[0] for line in log.lines] == ["fit_start", "epoch_start", *batch, *batch, "report", "test_batch", "report",
                                               "epoch_end", "fit_end"]
    assert [line[2] for line in log.lines if line[0] == "batch_end"] == [1, 2]


def test_the_end_is_told_whatever_happens_and_to_all():
    class Failing(bp.train.Callback):
        def on_batch_end(self, fit):
            raise KeyboardInterrupt

        def on_fit_end(self, fit):
            ends.append(type(fit.error))
            raise RuntimeError("this, too")

    class Last(bp.train.Callback):
        def on_fit_end(self, fit):
            ends.append("last")

    ends: list = []
    with pytest.raises(RuntimeError, match="this, too"):
        fit(Failing(), Last())
    assert ends == [KeyboardInterrupt, "last"]


def test_a_callback_stops_the_training_after_the_epoch(capsys):
    class Stop(bp.train.Callback):
        def on_batch_end(self, fit):
            fit.stop("it is enough")

    trainer = fit(Stop(), data=[(X, Y)] * 3, num_epoch=5)
    assert len(trainer.get_hist_metric(which="detailed")) == 3
    assert capsys.readouterr().out.splitlines()[-1] == "Training ends after epoch 0: it is enough."


def test_a_callback_may_change_gradients_and_add_to_the_history():
    class Freeze(bp.train.Callback):
        def on_update(self, fit):
            fit.gradients = {key: 0 * gradient for key, gradient in fit.gradients.items()}

        def on_epoch_end(self, fit):
            fit.row["mine"] = 7.

    trainer = fit(Freeze())
    assert trainer.target.w.tolist() == [0.5, 0.5] and trainer.history.to_dict()["mine"] == [7., 7.]
    assert trainer.history.to_dict()["gradient_norm"][0] > 0


def test_what_is_no_callback():
    with pytest.raises(TypeError, match=r"callbacks must be instances of bp\.train\.Callback, but got <class"):
        fit(Log)


# Gradients


def test_accumulated_gradients_are_those_of_one_large_batch():
    whole = fit(num_epoch=3)
    parts = fit(data=[(X[i:i + 2], Y[i:i + 2]) for i in range(0, 8, 2)], accumulate=4, num_epoch=3)
    np.testing.assert_allclose(parts.target.w, whole.target.w, rtol=1e-5)
    np.testing.assert_allclose(parts.train_losses, whole.train_losses, rtol=1e-5)
    np.testing.assert_allclose(parts.history.to_dict()["gradient_norm"], whole.history.to_dict()["gradient_norm"], rtol=1e-5)


def test_what_is_left_at_the_end_of_an_epoch_counts_too():
    """Three batches with two an update: the mean of two, then the third by itself."""
    class Updates(bp.train.Callback):
        def on_update(self, fit):
            seen.append(fit.steps)

    seen: list = []
    trainer = fit(Updates(), data=[(X, Y)] * 3, accumulate=2, num_epoch=1)
    assert seen == [1, 3]
    _, w = sum_losses(X.astype(np.float64), Y, np.full(2, 0.5), 0.1, 2)
    np.testing.assert_allclose(trainer.target.w, w, rtol=1e-5)


def change_of(**options):
    trainer = fit(num_epoch=1, rate=1., **options)
    return 0.5 - trainer.target.w.numpy()


def test_the_norm_of_all_gradients_is_clipped():
    gradient = change_of()
    norm = np.linalg.norm(gradient)
    np.testing.assert_allclose(change_of(clip_norm=norm / 4), gradient / 4, rtol=1e-4)
    np.testing.assert_allclose(change_of(clip_norm=norm * 4), gradient, rtol=1e-6)


def test_elements_of_gradients_are_clipped():
    gradient = change_of()
    limit = float(np.abs(gradient).mean())
    np.testing.assert_allclose(change_of(clip_value=limit), np.clip(gradient, -limit, limit), rtol=1e-4)


@pytest.mark.parametrize("scale", [1., 1e-30, 1e30])
def test_norms(scale):
    arrays = {"a": (np.array([[3., -1.], [0., 2.]]) * scale).astype(np.float32), "b": np.full(3, 5 * scale, np.float32),
              "c": np.zeros(2, np.float32)}
    found = norms(arrays)
    expected = {name: np.linalg.norm(array.astype(np.float64)) for name, array in arrays.items()}
    assert found == pytest.approx(expected, rel=1e-6)
    assert global_norm(found) == pytest.approx(np.sqrt(sum(norm ** 2 for norm in expected.values())), rel=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_norm_is_finite_only_where_all_elements_are(value):
    assert not np.isfinite(norms({"a": np.array([1., value, 2.], np.float32)})["a"])


@pytest.mark.parametrize("options, message", [
    ({"clip_norm": 1., "clip_value": 1.}, "give clip_norm or clip_value, not both"),
    ({"clip_norm": 0.}, r"clip_norm must be a positive number, but got 0\.0"),
    ({"clip_value": "1"}, "clip_value must be a positive number, but got '1'"),
    ({"accumulate": 0}, "accumulate must be a number of batches of at least 1, but got 0"),
])
def test_options_of_gradients_that_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit(**options)


# Metrics and the learning rate


@pytest.mark.usefixtures("each_backend")
def test_metrics_are_functions_of_predictions_and_targets():
    def largest(predictions, targets):
        assert isinstance(predictions, bm.Array) and predictions.shape == targets.shape
        return np.abs(np.asarray(predictions) - targets).max()

    trainer = fit(rate=0., w=1., metrics={"largest": largest}, test_data=[(X[:4], Y[:4])])
    errors = np.abs(np.cumsum(X, axis=1) - Y)
    np.testing.assert_allclose(trainer.get_hist_metric("fit", "largest"), [errors.max()] * 2, rtol=1e-5)
    np.testing.assert_allclose(trainer.history.to_dict()["test_largest"], [errors[:4].max()] * 2, rtol=1e-5)


@pytest.mark.parametrize("metrics, error, message", [
    (["accuracy"], TypeError, "metrics must be a dict of functions"),
    ({"loss": len}, ValueError, "must not be named 'loss'"), ({"lr": len}, ValueError, "must not be named 'lr'"),
    ({"error": lambda p, t: p - t}, TypeError, r"'error' must be one number a batch, but it has the shape \(8, 5, 2\)"),
])
def test_metrics_that_are_refused(metrics, error, message):
    with pytest.raises(error, match=message):
        fit(metrics=metrics)
    trainer = bp.BPTT(Sum(mode=bm.training_mode), lambda x, y: bm.mean(x), loss_auto_run=False, progress_bar=False)
    with pytest.raises(ValueError, match="return them with the loss"):
        trainer.fit([(X, Y)], metrics={"a": lambda p, t: 0.})


def test_the_history_has_the_learning_rate_of_every_epoch():
    trainer = fit(rate=bp.optim.StepLR(0.1, step_size=1, gamma=0.5), num_epoch=3)
    np.testing.assert_allclose(trainer.history.to_dict()["lr"], [0.1, 0.05, 0.025], rtol=1e-6)


# Early stopping


def test_it_stops_when_patience_ends_and_the_best_variables_return(capsys):
    """A rate that is far too large: the loss is best at first, and grows from epoch to epoch."""
    stop = bp.train.EarlyStopping("test_loss", patience=2, restore_best=True)
    trainer = fit(stop, rate=2., w=0., test_data=[(X, Y)], num_epoch=10)
    losses = trainer.history.to_dict()["test_loss"]
    assert len(losses) == 3 and np.argmin(losses) == 0 == stop.best_epoch and stop.best == losses[0]
    again = float(bp.losses.mean_squared_error(trainer.predict(X, reset_state=True), Y))
    assert again == pytest.approx(losses[0], rel=1e-5)
    assert "test_loss has not become better than" in capsys.readouterr().out


@pytest.mark.parametrize("monitor, mode, values, epochs, best", [
    ("metric", "auto", [3., 2., 2.5, 2.5, 1.], 4, 1),
    ("metric", "max", [1., 2., 1.5, 1.5, 3.], 4, 1),
    ("my_accuracy", "auto", [1., 2., 1.5, 1.5, 3.], 4, 1),
    ("metric", "min", [3., 2., 1., 0.5, 0.4], 5, 4),
    ("metric", "min", [3., np.nan, 1., np.nan, np.nan], 5, 2),
    ("metric", "min", [np.nan, 3., 2., 2., 2.], 5, 2),
])
def test_what_is_better(monitor, mode, values, epochs, best):
    stop = bp.train.EarlyStopping(monitor, patience=2, mode=mode)
    trainer = fit(Given(monitor, values), stop, num_epoch=len(values))
    assert (len(trainer.history.epochs), stop.best_epoch) == (epochs, best)


class Given(bp.train.Callback):
    """A metric with given values."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def on_epoch_end(self, fit):
        fit.row[self.name] = self.values[fit.epoch]


def test_a_small_change_does_not_count():
    stop = bp.train.EarlyStopping("metric", patience=2, min_delta=0.3)
    fit(Given("metric", [1., 0.9, 0.8, 0.2]), stop, num_epoch=4)
    assert stop.best_epoch == 0


@pytest.mark.parametrize("options, message", [
    ({"patience": 0}, "patience must be a number of epochs of at least 1, but got 0"),
    ({"min_delta": -1.}, r"min_delta must be at least 0, but got -1\.0"),
    ({"mode": "best"}, "mode must be 'auto', 'min' or 'max', but got 'best'"),
])
def test_early_stopping_that_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        bp.train.EarlyStopping(**options)


def test_a_metric_that_is_not_measured():
    with pytest.raises(ValueError, match=r"cannot monitor 'test_loss'; an epoch has epoch, lr, loss, .* Pass test_data"):
        fit(bp.train.EarlyStopping())
