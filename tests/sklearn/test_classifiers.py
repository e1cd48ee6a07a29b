"""Spiking and recurrent classifiers: what they learn, how they are used, and what they leave as it was."""
from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.sklearn import ESNRegressor, RNNClassifier, SNNClassifier
from nbbrain.sklearn.base import _kept_runner

pytestmark = pytest.mark.heavy
IRIS, KINDS = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": 8, "learning_rate": 0.05, "max_iter": 4, "random_state": 0}
CLASSIFIERS = [SNNClassifier(n_steps=8, **QUICK), RNNClassifier(cell="rnn", **QUICK)]
EACH = pytest.mark.parametrize("classifier", CLASSIFIERS, ids=["snn", "rnn"])


@pytest.fixture(scope="module")
def digits():
    """A part of the digits: features and labels for training, and for tests."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images.astype(np.float32), labels, train_size=700, test_size=300, random_state=0)


@pytest.mark.parametrize("encoding", ["current", "rate"])
def test_a_spiking_network_reads_digits(digits, encoding):
    images, tests, labels, answers = digits
    snn = SNNClassifier(n_steps=10, encoding=encoding, learning_rate=0.02, max_iter=8, random_state=0).fit(images, labels)
    assert snn.score(tests, answers) > 0.9
    assert snn.parameters_["0.W"].dtype == np.float32


def test_a_recurrent_network_reads_digits_row_by_row(digits):
    images, tests, labels, answers = [part.reshape(-1, 8, 8) / 16. if part.ndim == 2 else part for part in digits]
    rnn = RNNClassifier(32, learning_rate=0.02, max_iter=8, random_state=0).fit(images, labels)
    assert rnn.n_features_in_ == 8
    assert rnn.score(tests, answers) > 0.85


@EACH
def test_what_a_fit_leaves_behind(classifier):
    fitted = clone(classifier).fit(IRIS, np.array(["a", "b", "c"])[KINDS])
    assert list(fitted.classes_) == ["a", "b", "c"] and fitted.n_features_in_ == 4
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 4 and fitted.loss_ == fitted.loss_curve_[-1] < fitted.loss_curve_[0]
    chances = fitted.predict_proba(IRIS)
    assert chances.shape == (150, 3) and chances.dtype == np.float64
    np.testing.assert_allclose(chances.sum(axis=1), 1.)
    assert (fitted.classes_[chances.argmax(axis=1)] == fitted.predict(IRIS)).all()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(IRIS), chances)


@EACH
def test_a_pipeline_in_a_search(classifier):
    pipeline = make_pipeline(StandardScaler(), classifier)
    name = type(classifier).__name__.lower()
    search = GridSearchCV(pipeline, {f"{name}__learning_rate": [1e-6, 0.1]}, cv=2).fit(IRIS, KINDS)
    assert search.best_params_ == {f"{name}__learning_rate": 0.1}
    assert search.score(IRIS, KINDS) > 0.8


@EACH
def test_backends_agree(classifier):
    results = []
    for name in ("numpy", pytest.importorskip("numba").__name__):
        with bp.backend(name):
            results.append(clone(classifier).set_params(max_iter=2).fit(IRIS, KINDS).predict_proba(IRIS))
    np.testing.assert_allclose(results[1], results[0], atol=1e-7)


@EACH
def test_training_ends_where_the_loss_stays(classifier):
    fitted = clone(classifier).set_params(learning_rate=0., max_iter=50, n_iter_no_change=3).fit(IRIS, KINDS)
    assert fitted.n_iter_ == 4


def test_progress_is_printed_where_it_is_asked_for(capsys):
    quick = RNNClassifier(**{**QUICK, "max_iter": 2})
    quick.fit(IRIS, KINDS)
    assert capsys.readouterr().out == ""
    quick.set_params(verbose=True).fit(IRIS, KINDS)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Epoch 1, loss ") and second == f"Epoch 2, loss {quick.loss_:.6g}"


def test_regular_spikes():
    snn = SNNClassifier(4, n_steps=10, encoding="rate", max_iter=1, random_state=0)
    snn.fit(np.array([[0., 5.], [1., 5.]]), [0, 1])
    spikes = snn._sequences(np.array([[0., 5.], [1., 5.], [0.3, 7.], [2., -1.]]))
    assert spikes.shape == (4, 10, 2) and set(np.unique(spikes)) == {0., 1.}
    assert spikes.sum(axis=1).tolist() == [[0., 0.], [10., 0.], [3., 10.], [10., 0.]]
    assert set(np.diff(np.flatnonzero(spikes[2, :, 0]))) <= {3, 4}


def test_sequences_for_a_spiking_network():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 6, 2))
    y = (X[:, :, 0].sum(axis=1) > 0).astype(int)
    snn = SNNClassifier(16, n_steps=4, learning_rate=0.05, max_iter=10, random_state=0).fit(X, y)
    assert snn.n_features_in_ == 2 and snn.offset_.shape == (2,)
    assert snn.score(X, y) > 0.8


def test_columns_are_steps_or_features():
    steps = RNNClassifier(**QUICK).fit(IRIS, KINDS)
    assert steps.parameters_["0.Wi"].shape == (1, 24)  # gated units have three blocks of weights
    features = RNNClassifier(columns="features", **QUICK).fit(IRIS, KINDS)
    assert features.parameters_["0.Wi"].shape == (4, 24)
    longer = features.predict(np.repeat(IRIS[:, None], 3, axis=1))
    assert longer.shape == (150,)
    with pytest.raises(ValueError, match="reads 1 features a step, but got 4: X must have as many axes"):
        steps.predict(IRIS[:, None])


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_layers_of_each_cell(cell):
    rnn = RNNClassifier((6, 5), cell=cell, max_iter=1, random_state=0).fit(IRIS, KINDS)
    assert [rnn.parameters_[name].shape[0] for name in ("0.Wh", "1.Wi", "1.Wh", "2.W")] == [6, 6, 5, 5]


def test_nothing_of_the_users_changes():
    bm.random.seed(3)
    bp.share.save(t=7., fit="mine")
    expected = bm.random.RandomState(3).random(2)
    CLASSIFIERS[0].fit(IRIS, KINDS)
    ESNRegressor(20).fit(IRIS, KINDS)
    assert (bm.random.random(2) == expected).all()
    assert (bp.share["t"], bp.share["fit"]) == (7., "mine")
    assert bm.get_float() is np.float32 and isinstance(bm.get_mode(), bm.NonBatchingMode)


def test_random_states():
    quick = clone(CLASSIFIERS[1]).set_params(max_iter=1)
    first, second, other = [quick.set_params(random_state=seed).fit(IRIS, KINDS).predict_proba(IRIS)
                            for seed in (5, np.random.RandomState(5), 6)]
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, other)


def test_networks_are_kept_for_the_next_fit():
    classifier = clone(CLASSIFIERS[1]).fit(IRIS, KINDS)
    made = _kept_runner.cache_info().misses
    cross_val_score(classifier, IRIS, KINDS, cv=2)
    other = clone(classifier).set_params(learning_rate=0.01, random_state=7).fit(IRIS, KINDS)
    with classifier._running() as first, other._running() as second:
        assert first is second
    assert _kept_runner.cache_info().misses == made
    other.set_params(hidden_layer_sizes=9).fit(IRIS, KINDS)
    assert _kept_runner.cache_info().misses == made + 1


def test_threads_take_turns():
    expected = [clone(classifier).fit(IRIS, KINDS).predict_proba(IRIS) for classifier in CLASSIFIERS]
    single = IRIS.astype(np.float32)
    results: dict[int, np.ndarray] = {}

    def fit(k):
        results[k] = clone(CLASSIFIERS[k % 2]).fit(single if k > 1 else IRIS, KINDS).predict_proba(IRIS)

    threads = [threading.Thread(target=fit, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal([results[0], results[1]], expected)


@pytest.mark.parametrize(("classifier", "message"), [
    (SNNClassifier((8, 0)), "hidden_layer_sizes must be an integer of at least 1, but got 0"),
    (SNNClassifier(encoding="spikes"), "encoding must be one of 'current', 'rate', but got 'spikes'"),
    (SNNClassifier(surrogate="step"), "surrogate"), (SNNClassifier(n_steps=0), "n_steps"), (SNNClassifier(tau=-1.), "tau"),
    (RNNClassifier(cell="mgu"), "cell must be one of 'rnn', 'gru', 'lstm', but got 'mgu'"),
    (RNNClassifier(columns="rows"), "columns"), (RNNClassifier(max_iter=0), "max_iter"),
    (RNNClassifier(batch_size=0.5), "batch_size"), (RNNClassifier(learning_rate=-1.), "learning_rate"),
])
def test_what_is_refused(classifier, message):
    with pytest.raises(ValueError, match=message):
        classifier.fit(IRIS, KINDS)


def test_labels_that_do_not_fit():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        RNNClassifier().fit(IRIS[:, None], KINDS[:-1])
    with pytest.raises(ValueError, match="Unknown label type"):
        RNNClassifier().fit(IRIS[:, None], IRIS[:, 0])
