"""Echo state networks and vector autoregression: against NumPy and scikit-learn's ridge regression, and as they are used."""
from __future__ import annotations

import pickle
from itertools import combinations_with_replacement

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nbbrain.sklearn import ESNRegressor, NVARRegressor

pytestmark = pytest.mark.heavy


def mackey_glass(length, delay=17, skip=200):
    """The Mackey-Glass series (Mackey & Glass, 1977), by Euler steps of 0.1, one value a unit of time."""
    x = np.full((length + skip) * 10 + delay * 10, 1.2)
    for k in range(delay * 10, len(x) - 1):
        late = x[k - delay * 10]
        x[k + 1] = x[k] + 0.1 * (0.2 * late / (1 + late**10) - 0.1 * x[k])
    return x[-length * 10::10]


SERIES = mackey_glass(1001)
X, Y = SERIES[:-1, None], SERIES[1:]


def naive_states(esn, inputs):
    """What a reservoir of the same weights does, step by step in NumPy."""
    weights, state, rows = esn.parameters_, np.zeros(esn.n_units), []
    for x in inputs:
        drive = np.tanh(x @ weights["Win"] + state @ weights["Wrec"] + weights["bias"])
        state = (1 - esn.leaky_rate) * state + esn.leaky_rate * drive
        rows.append(np.concatenate([x, state]))
    return np.array(rows)


def test_an_echo_state_network_is_what_numpy_makes_of_its_weights(each_backend):
    esn = ESNRegressor(60, bias_scaling=0.3, rec_connectivity=0.2, alpha=1e-4, washout=50, random_state=1)
    esn.fit(X[:500], Y[:500])
    states = naive_states(esn, X)
    naive = Ridge(1e-4, solver="svd").fit(states[50:500], Y[50:500]).predict(states)
    predicted = esn.predict(X)
    np.testing.assert_allclose(predicted, naive, rtol=1e-6)
    error, naive_error = np.sqrt(np.mean((predicted[550:] - Y[550:])**2)), np.sqrt(np.mean((naive[550:] - Y[550:])**2))
    assert error == pytest.approx(naive_error, rel=1e-6)
    assert error < 0.005  # a series with a standard deviation of 0.2


def test_weights_are_as_they_were_asked_for():
    esn = ESNRegressor(80, spectral_radius=1.25, input_scaling=0.5, bias_scaling=0.2, in_connectivity=0.5,
                       rec_connectivity=0.2, random_state=0).fit(X[:50], Y[:50])
    weights = esn.parameters_
    assert np.abs(np.linalg.eigvals(weights["Wrec"])).max() == pytest.approx(1.25)
    assert 0.1 < np.mean(weights["Wrec"] != 0) < 0.3 and 0.2 < np.mean(weights["Win"] != 0) < 0.8
    assert 0.4 < np.abs(weights["Win"]).max() <= 0.5 and 0.1 < np.abs(weights["bias"]).max() <= 0.2
    assert not ESNRegressor(random_state=0).fit(X[:50], Y[:50]).parameters_["bias"].any()


def test_vector_autoregression_is_ridge_regression_on_products(each_backend):
    nvar = NVARRegressor(delay=3, order=[2, 3], stride=2, alpha=1e-3).fit(X[:300], Y[:300])
    linear = np.stack([np.concatenate([np.zeros(2 * k), SERIES[:-1 - 2 * k]]) for k in range(3)], axis=1)
    chosen = [list(places) for n in (2, 3) for places in combinations_with_replacement(range(3), n)]
    products = [linear[:, places].prod(axis=1) for places in chosen]
    features = np.column_stack([linear, *products])
    naive = Ridge(1e-3, solver="svd").fit(features[4:300], Y[4:300]).predict(features)
    np.testing.assert_allclose(nvar.predict(X), naive, rtol=1e-6)
    assert np.sqrt(np.mean((nvar.predict(X)[300:] - Y[300:])**2)) < 0.02
    assert nvar.feature_names_[:4] == ["x0(t)", "x0(t-2)", "x0(t-4)", "x0(t)^2"] and len(nvar.coef_) == 19


@pytest.mark.parametrize("estimator", [ESNRegressor(30, random_state=0), NVARRegressor(3)], ids=["esn", "nvar"])
def test_predictions_go_on_where_the_fit_ended(estimator):
    whole = estimator.fit(X[:300], Y[:300]).predict(X[:400])
    going_on = clone(estimator).set_params(initial_state="last").fit(X[:300], Y[:300])
    np.testing.assert_allclose(going_on.predict(X[300:400]), whole[300:], rtol=1e-9)
    np.testing.assert_array_equal(going_on.predict(X[300:400]), going_on.predict(X[300:400]))
    assert np.abs(estimator.predict(X[300:400])[0] - whole[300]) > 1e-3


@pytest.mark.parametrize("estimator", [ESNRegressor(30, washout=10, random_state=0), NVARRegressor(3)], ids=["esn", "nvar"])
def test_many_sequences(estimator):
    many, targets = X.reshape(10, 100, 1), np.stack([Y, Y**2], axis=1).reshape(10, 100, 2)
    fitted = clone(estimator).fit(many, targets)
    predicted = fitted.predict(many)
    assert predicted.shape == (10, 100, 2) and fitted.n_features_in_ == 1
    np.testing.assert_allclose(predicted[3], fitted.predict(many[3]), rtol=1e-9)
    np.testing.assert_allclose(clone(estimator).fit(many, targets[:, :, 1]).predict(many), predicted[:, :, 1], rtol=1e-6)
    skipped, weight = fitted.washout_, np.ones((10, 100))
    expected = r2_score(targets[:, skipped:].reshape(-1, 2), predicted[:, skipped:].reshape(-1, 2))
    assert skipped > 0 and fitted.score(many, targets) == pytest.approx(expected)
    assert fitted.score(many, targets, weight) == pytest.approx(expected) and expected > 0.95
    with pytest.raises(ValueError, match="leaves nothing to measure"):
        fitted.score(many[:, :skipped], targets[:, :skipped])
    search = GridSearchCV(estimator, {"alpha": [1e-4, 10.]}, cv=2).fit(many, targets)
    assert search.best_params_ == {"alpha": 1e-4}
    going_on = clone(estimator).set_params(initial_state="last").fit(many, targets)
    with pytest.raises(ValueError, match="as many of them, but got 2"):
        going_on.predict(many[:2])


def test_a_pipeline_in_a_search():
    pipeline = make_pipeline(StandardScaler(), ESNRegressor(30, initial_state="last", random_state=0))
    grid = {"esnregressor__spectral_radius": [0.5, 0.9], "esnregressor__alpha": [1e-6, 1e3]}
    search = GridSearchCV(pipeline, grid, cv=TimeSeriesSplit(3)).fit(X[:600], Y[:600])
    assert search.best_params_["esnregressor__alpha"] == 1e-6
    assert search.score(X[600:], Y[600:]) > 0.99


def test_a_fitted_network_is_stored_and_does_not_change_with_parameters():
    esn = ESNRegressor(30, random_state=0).fit(X[:200], Y[:200])
    expected = esn.predict(X)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(esn)).predict(X), expected)
    esn.set_params(leaky_rate=0.9, n_units=10, input_to_readout=False)
    np.testing.assert_array_equal(esn.predict(X), expected)


def test_single_precision():
    single = ESNRegressor(30, random_state=0).fit(X[:300].astype(np.float32), Y[:300])
    assert single.dtype_ == single.parameters_["Wrec"].dtype == np.float32
    np.testing.assert_allclose(single.predict(X.astype(np.float32)), Y, atol=0.05)


@pytest.mark.parametrize(("estimator", "message"), [
    (ESNRegressor(0), "n_units must be an integer of at least 1, but got 0"),
    (ESNRegressor(leaky_rate=2), "leaky_rate"), (ESNRegressor(spectral_radius=None), "spectral_radius"),
    (ESNRegressor(input_scaling=-1.), "input_scaling"), (ESNRegressor(activation="none"), "activation"),
    (ESNRegressor(alpha=-1.), "alpha must be a real number of at least 0"),
    (ESNRegressor(initial_state="first"), "initial_state must be one of 'zero', 'last', but got 'first'"),
    (ESNRegressor(washout=50), "a washout of 50 steps leaves nothing to fit of sequences of 50 steps"),
    (NVARRegressor(0), "delay"), (NVARRegressor(order=1), "order"), (NVARRegressor(stride=0), "stride"),
])
def test_what_is_refused(estimator, message):
    with pytest.raises(ValueError, match=message):
        estimator.fit(X[:50], Y[:50])


def test_targets_that_do_not_fit():
    with pytest.raises(ValueError, match=r"need the shape \(10, 100\) or \(10, 100, outputs\), but got \(1000,\)"):
        ESNRegressor().fit(X.reshape(10, 100, 1), Y)
    with pytest.raises(ValueError, match="requires y"):
        ESNRegressor().fit(X.reshape(10, 100, 1), None)
