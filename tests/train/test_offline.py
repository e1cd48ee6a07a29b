"""Regression of readouts: against the normal equations in NumPy, several readouts, what is refused before anything runs."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import NoImplementationError, NoLongerSupportError

RNG = np.random.default_rng(6)
X = RNG.normal(size=(2, 30, 3))
Y = RNG.normal(size=(2, 30, 2))


@pytest.fixture(autouse=True)
def double_precision():
    with bm.environment(x64=True):
        yield


class Reservoir(bp.DynamicalSystemNS):
    """Leaky sums of the inputs, and one linear readout of them, or two."""

    def __init__(self, bias=True, second=False):
        super().__init__(mode=bm.batching_mode)
        options = {"mode": bm.training_mode, "W_initializer": bp.init.OneInit(),
                   "b_initializer": bp.init.ZeroInit() if bias else None}
        self.h = bm.Variable(bm.zeros((1, 3), dtype=bm.float_), batch_axis=0)
        self.first = bp.layers.Dense(3, 2, **options)
        self.second = bp.layers.Dense(3, 1, **options) if second else None

    def reset_state(self, batch_size=None):
        self.h.value = bm.zeros((batch_size or 1, 3), dtype=bm.float_)

    def update(self, x):
        self.h.value = 0.5 * self.h + x
        return self.first(self.h) if self.second is None else (self.first(self.h), self.second(self.h))


def reservoir(**options):
    model = Reservoir(**options)
    model.reset_state(2)
    return model


def features(x, h=0.):
    """What the readouts of a reservoir get."""
    rows = []
    for t in range(x.shape[1]):
        h = 0.5 * h + x[:, t]
        rows.append(h)
    return np.stack(rows, axis=1)


def ridge(x, y, alpha, bias):
    """The weights by the normal equations; with a bias, a 1 stands before the features."""
    x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
    x = np.hstack([np.ones((len(x), 1)), x]) if bias else x
    return np.linalg.solve(x.T @ x + alpha * np.eye(x.shape[1]), x.T @ y)


@pytest.mark.usefixtures("each_backend")
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("alpha", [1e-6, 2.])
def test_ridge_regression_against_the_normal_equations(alpha, bias):
    model = reservoir(bias=bias)
    trainer = bp.RidgeTrainer(model, alpha=alpha, progress_bar=False)
    h = features(X)
    outputs = trainer.fit((X, Y))
    np.testing.assert_allclose(outputs, np.repeat(h.sum(axis=-1, keepdims=True), 2, axis=-1), rtol=1e-12)  # before the fit

    weights = ridge(h, Y, alpha, bias)
    np.testing.assert_allclose(model.first.W, weights[-3:], rtol=1e-9)
    if bias:
        np.testing.assert_allclose(model.first.b, weights[0], rtol=1e-9)
    expected = h @ weights[-3:] + (weights[0] if bias else 0.)
    np.testing.assert_allclose(trainer.predict(X, reset_state=True), expected, rtol=1e-9)


@pytest.mark.usefixtures("each_backend")
def test_several_readouts_have_targets_by_name():
    model = reservoir(second=True)
    trainer = bp.OfflineTrainer(model, progress_bar=False)
    trainer.fit((X, {model.second.name: Y[..., :1], model.first.name: Y}))
    h = features(X)
    for layer, y in ((model.first, Y), (model.second, Y[..., :1])):
        weights = ridge(h, y, 1e-7, bias=True)
        np.testing.assert_allclose(layer.W, weights[1:], rtol=1e-9)
        np.testing.assert_allclose(layer.b, weights[0], rtol=1e-9)


@pytest.mark.usefixtures("each_backend")
def test_a_fit_goes_on_from_the_state_unless_it_is_reset():
    model = reservoir()
    trainer = bp.RidgeTrainer(model, progress_bar=False)
    trainer.predict(X[:, :10])
    trainer.fit((X[:, 10:], Y[:, 10:]))
    np.testing.assert_allclose(model.first.W, ridge(features(X)[:, 10:], Y[:, 10:], 1e-7, bias=True)[1:], rtol=1e-9)
    assert trainer.runner.i0 == 30

    trainer.fit((X, Y), reset_state=True)
    np.testing.assert_allclose(model.first.W, ridge(features(X), Y, 1e-7, bias=True)[1:], rtol=1e-9)
    assert trainer.runner.i0 == 30


@pytest.mark.usefixtures("each_backend")
def test_time_first():
    model = reservoir()
    x, y = X.swapaxes(0, 1), Y.swapaxes(0, 1)
    outputs = bp.RidgeTrainer(model, data_first_axis="T", progress_bar=False).fit((x, y))
    assert outputs.shape == (30, 2, 2)
    np.testing.assert_allclose(model.first.W, ridge(features(X), Y, 1e-7, bias=True)[1:], rtol=1e-9)


def test_a_layer_is_only_fitted_in_training_mode():
    model = reservoir(second=True)
    model.second.mode = bm.batching_mode
    trainer = bp.RidgeTrainer(model, progress_bar=False)
    assert list(trainer.train_nodes) == [model.first.name]
    trainer.fit((X, Y))
    assert np.all(model.second.W.numpy() == 1.) and np.all(model.first.W.numpy() != 1.)


def test_nothing_is_recorded_in_predictions():
    model = reservoir()
    trainer = bp.RidgeTrainer(model, progress_bar=False)
    trainer.fit((X, Y))
    trainer.predict(X)
    assert model.first.fit_record == {}


@pytest.mark.parametrize("method", ["linear", bp.algorithms.LinearRegression(), bp.algorithms.linear_regression.__call__])
def test_methods_of_regression(method):
    model = reservoir()
    bp.OfflineTrainer(model, fit_method=method, progress_bar=False).fit((X, Y))
    np.testing.assert_allclose(model.first.W, ridge(features(X), Y, 0., bias=True)[1:], rtol=1e-9)


@pytest.mark.parametrize("method, error, message", [
    ("stepwise", ValueError, r"an offline method must be one of linear, ridge, .*, but got 'stepwise'"),
    (3, TypeError, "fit_method must be an OfflineAlgorithm, the name of one or a function, but got 3"),
])
def test_methods_that_there_are_not(method, error, message):
    with pytest.raises(error, match=message):
        bp.OfflineTrainer(reservoir(), fit_method=method)


def test_models_that_cannot_be_fitted():
    with pytest.raises(NoImplementationError, match="cell is in training mode and has no method offline_fit: build"):
        cell = bp.layers.RNNCell(3, 3, mode=bm.training_mode, name="cell")
        bp.RidgeTrainer(bp.Sequential(cell, bp.layers.Dense(3, 2, mode=bm.training_mode), mode=bm.batching_mode))
    with pytest.raises(ValueError, match="idle has no node in training mode, so there is nothing to fit"):
        bp.RidgeTrainer(bp.Sequential(bp.layers.Dense(3, 2, mode=bm.batching_mode), mode=bm.batching_mode, name="idle"))
    with pytest.raises(NoLongerSupportError, match="needs a model in BatchingMode or TrainingMode"):
        bp.RidgeTrainer(bp.layers.Dense(3, 2))
    with pytest.raises(ValueError, match="alpha must be at least 0, but got -1"):
        bp.RidgeTrainer(reservoir(), alpha=-1.)


@pytest.mark.usefixtures("each_backend")
@pytest.mark.parametrize("second, data, message", [
    (False, X, r"train_data must be a pair \(inputs, targets\)"),
    (False, (X, Y, Y), r"train_data must be a pair \(inputs, targets\)"),
    (False, (X, Y[0]), r"the targets of first must have shape \(2, 30, 2\), but got \(30, 2\)"),
    (False, (X, Y[:, :29]), r"must have shape \(2, 30, 2\), but got \(2, 29, 2\)"),
    (False, (X, Y[:1]), r"must have shape \(2, 30, 2\), but got \(1, 30, 2\)"),
    (False, (X, Y[..., :1]), r"must have shape \(2, 30, 2\), but got \(2, 30, 1\)"),
    (False, (X, {"other": Y}), r"targets must have the keys \['first'\], but got \['other'\]"),
    (True, (X, Y), r"2 layers to fit, so targets must be a dict with the keys \['first', 'second'\]"),
    (True, (X, {"first": Y}), r"targets must have the keys \['first', 'second'\], but got \['first'\]"),
    (True, (X, {"first": Y, "second": Y}), r"the targets of second must have shape \(2, 30, 1\), but got \(2, 30, 2\)"),
    (False, (X[0, 0], Y), r"inputs must have axes \(batch, time, \.\.\.\)"),
])
def test_data_that_are_refused_before_anything_runs(second, data, message):
    model = reservoir(second=second)
    for name in ("first", "second") if second else ("first",):
        getattr(model, name).name = name
    trainer = bp.RidgeTrainer(model, progress_bar=False)
    with pytest.raises(ValueError, match=message):
        trainer.fit(data, reset_state=True)
    assert not np.any(model.h.numpy()) and np.all(model.first.W.numpy() == 1.)
    assert trainer.runner.i0 == 0
