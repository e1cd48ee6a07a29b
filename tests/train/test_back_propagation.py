"""Back-propagation through time: against formulas and loops written by hand, what it reports, what it refuses."""
from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import backend, settings
from nbbrain.backends.base import is_installed
from nbbrain.errors import NoLongerSupportError, UnsupportedError
from nbbrain.train.progress import Progress
from tests.train.models import Clock, Shared, Sum, sum_losses

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(2, 8, 5, 2)).astype(np.float32)


def fitted(model, data, loss="mean_squared_error", optimizer=None, *, epochs=1, data_first_axis=None, aux=False, **options):
    """The trainer after a fit."""
    trainer = bp.BPTT(model, loss, bp.optim.SGD(0.1) if optimizer is None else optimizer, loss_has_aux=aux,
                      progress_bar=False, data_first_axis=data_first_axis)
    trainer.fit(data, num_epoch=epochs, **options)
    return trainer


def summing(**options):
    return Sum(mode=bm.training_mode, **options)


# What it computes


@pytest.mark.usefixtures("each_backend")
def test_losses_and_weights_against_formulas():
    model = summing(w=0.5)
    trainer = fitted(model, [(X, Y)], epochs=5)
    losses, w = sum_losses(X.astype(np.float64), Y, np.full(2, 0.5), 0.1, 5)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-5)
    np.testing.assert_allclose(model.w, w, rtol=1e-5)
    assert losses[-1] < losses[0]


@pytest.mark.skipif(not is_installed("numba"), reason="Numba is not installed")
@bm.environment(x64=True)
def test_a_spiking_network_learns_alike_on_both_backends():
    """In double precision the losses of twenty updates are those of the reference, to the ninth digit."""
    rng = np.random.default_rng(6)
    data = [((rng.random((6, 15, 5)) < 0.3).astype(float), rng.integers(0, 2, 6)) for _ in range(20)]
    weights = [rng.normal(size=shape) for shape in ((5, 8), (8, 2))]

    def loss(potentials, labels):
        return bp.losses.cross_entropy_loss(bm.max(potentials, axis=1), labels)

    losses = []
    for name in ("numpy", "numba"):
        with bm.training_environment():
            neurons = bp.neurons.LIF(8, tau=5., V_rest=0., V_reset=0., V_th=0.03)
            model = bp.Sequential(bp.layers.Dense(5, 8, weights[0]), neurons, bp.layers.Dense(8, 2, weights[1]),
                                  bp.neurons.LeakyIntegrator(2, tau=5.))
        with backend(name), settings.using(strict=True):
            trainer = fitted(model, data, loss, bp.optim.Adam(0.01), epochs=1)
        losses.append(trainer.get_hist_metric(which="detailed"))
    assert len(losses[0]) == 20 and losses[0][-1] != losses[0][0]
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-9)


@pytest.mark.usefixtures("each_backend")
@bm.environment(x64=True)
def test_a_recurrent_network_against_a_loop_written_by_hand():
    rng = np.random.default_rng(4)
    parameters = {name: rng.normal(size=shape) for name, shape in
                  {"Wi": (2, 3), "Wh": (3, 3), "b": (3,), "W": (3, 2), "c": (2,)}.items()}
    x, y = rng.normal(size=(2, 8, 5, 2))

    with bm.training_environment():
        cell = bp.layers.RNNCell(2, 3, Wi_initializer=parameters["Wi"], Wh_initializer=parameters["Wh"],
                                 b_initializer=parameters["b"], activation="tanh")
        readout = bp.layers.Dense(3, 2, W_initializer=parameters["W"], b_initializer=parameters["c"])
        model = bp.Sequential(cell, readout)
    batches = [(x[:3], y[:3]), (x[3:], y[3:])]
    trainer = fitted(model, batches, optimizer=bp.optim.Momentum(0.05, momentum=0.8), epochs=3)

    def loss(p, inputs, targets):
        h, total = anp.zeros((len(inputs), 3)), 0.
        for t in range(inputs.shape[1]):
            h = anp.tanh(inputs[:, t] @ p["Wi"] + h @ p["Wh"] + p["b"])
            total = total + anp.sum((h @ p["W"] + p["c"] - targets[:, t]) ** 2)
        return total / targets.size

    by_hand, moved = [], {name: np.zeros_like(value) for name, value in parameters.items()}
    for inputs, targets in batches * 3:
        by_hand.append(loss(parameters, inputs, targets))
        gradients = autograd.grad(loss)(parameters, inputs, targets)
        moved = {name: 0.8 * moved[name] - 0.05 * gradients[name] for name in moved}
        parameters = {name: parameters[name] + moved[name] for name in moved}
    np.testing.assert_allclose(trainer.get_hist_metric(which="detailed"), by_hand, rtol=1e-10)
    np.testing.assert_allclose(trainer.train_losses, np.mean(np.reshape(by_hand, (3, 2)), axis=1), rtol=1e-10)
    for name, variable in {"Wi": cell.Wi, "Wh": cell.Wh, "b": cell.b, "W": readout.W, "c": readout.b}.items():
        np.testing.assert_allclose(variable, parameters[name], rtol=1e-9, err_msg=name)


@pytest.mark.usefixtures("each_backend")
@bm.environment(x64=True)
def test_the_first_state_is_trained():
    rng = np.random.default_rng(5)
    x, y = bm.asarray(rng.normal(size=(4, 3, 2))), bm.asarray(rng.normal(size=(4, 3, 3)))
    first = rng.normal(size=3)
    with bm.training_environment():
        cell = bp.layers.RNNCell(2, 3, activation="tanh", train_state=True, state_initializer=first)
    before = {name: variable.numpy().copy() for name, variable in cell.train_vars().items()}
    trainer = fitted(cell, [(x, y)], optimizer=bp.optim.SGD(1.))
    moved = first - cell.state2train.numpy()  # the gradient, at a rate of 1
    assert np.all(moved != 0)

    for name, variable in cell.train_vars().items():
        variable.value = before[name]
    expected = []
    for k in range(3):
        ends = []
        for sign in (1, -1):
            cell.state2train.value = first + sign * 1e-6 * np.eye(3)[k]
            ends.append(float(bp.losses.mean_squared_error(trainer.predict(x, reset_state=True), y)))
        expected.append((ends[0] - ends[1]) / 2e-6)
    np.testing.assert_allclose(moved, expected, rtol=1e-6)


@pytest.mark.usefixtures("each_backend")
def test_time_first():
    model = summing(w=0.5)
    trainer = fitted(model, [(X.swapaxes(0, 1), Y.swapaxes(0, 1))], data_first_axis="T", epochs=3)
    losses, _ = sum_losses(X.astype(np.float64), Y, np.full(2, 0.5), 0.1, 3)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-5)


@pytest.mark.usefixtures("each_backend")
def test_states_are_reset_before_every_batch():
    model = summing()
    model.total.value = bm.asarray([[50., 50.]])
    trainer = fitted(model, [(X, Y)] * 3, optimizer=bp.optim.SGD(0.))
    expected = np.mean((np.cumsum(X, axis=1) - Y) ** 2)
    np.testing.assert_allclose(trainer.get_hist_metric(which="detailed"), [expected] * 3, rtol=1e-5)


@pytest.mark.usefixtures("each_backend")
def test_states_and_time_go_on_where_they_are_not_reset():
    model = bp.Sequential(summing(), mode=bm.training_mode)
    model.reset_state(8)
    trainer = fitted(model, [(X, Y), (X, Y)], optimizer=bp.optim.SGD(0.), reset_state=False)
    sums = np.cumsum(X, axis=1)
    expected = [np.mean((sums - Y) ** 2), np.mean((sums + sums[:, -1:] - Y) ** 2)]
    np.testing.assert_allclose(trainer.get_hist_metric(which="detailed"), expected, rtol=1e-5)
    assert trainer.runner.i0 == 10


# What the model is told


def noisy():
    """A layer without loss for its own outputs, and dropout behind it."""
    with bm.training_environment():
        return bp.Sequential(bp.layers.Dense(2, 2, W_initializer=np.eye(2)), bp.layers.Dropout(0.8, seed=1))


@pytest.mark.usefixtures("each_backend")
def test_dropout_is_active_in_fit_and_not_in_tests_and_predictions():
    model = noisy()
    trainer = fitted(model, [(X, X)], optimizer=bp.optim.SGD(0.), test_data=[(X, X)])
    assert trainer.train_losses[0] > 0.1
    assert trainer.test_losses.tolist() == [0.]
    np.testing.assert_array_equal(trainer.predict(X), X)

    trainer.fit([(X, X)], num_epoch=1, shared_args={"fit": False})
    assert trainer.train_losses[1] == 0.


@pytest.mark.usefixtures("each_backend")
def test_dropout_drops_others_in_every_batch():
    losses = fitted(noisy(), [(X, X)] * 3, optimizer=bp.optim.SGD(0.)).get_hist_metric(which="detailed")
    assert len(set(losses.tolist())) == 3


@pytest.mark.usefixtures("each_backend")
def test_shared_arguments_reach_the_model():
    model = bp.Sequential(summing(), Shared(mode=bm.training_mode), mode=bm.training_mode)
    trainer = fitted(model, [(X, Y)], optimizer=bp.optim.SGD(0.), test_data=[(X, Y)], shared_args={"gain": 3.})
    expected = np.mean((3 * np.cumsum(X, axis=1) - Y) ** 2)
    np.testing.assert_allclose([trainer.train_losses[0], trainer.test_losses[0]], expected, rtol=1e-5)


@pytest.mark.usefixtures("each_backend")
def test_a_loss_that_runs_the_model_itself():
    model, phases = summing(w=0.5), []

    def loss(inputs, targets):
        phases.append(bp.share.load("fit"))
        outputs = bm.for_loop(model, inputs.swapaxes(0, 1))
        return bp.losses.mean_squared_error(outputs.swapaxes(0, 1), targets)

    trainer = bp.BPTT(model, loss, bp.optim.SGD(0.1), loss_auto_run=False, progress_bar=False)
    trainer.fit([(X, Y)], [(X, Y)], num_epoch=2)
    losses, _ = sum_losses(X.astype(np.float64), Y, np.full(2, 0.5), 0.1, 3)
    np.testing.assert_allclose(trainer.train_losses, losses[:2], rtol=1e-5)
    np.testing.assert_allclose(trainer.test_losses, losses[1:], rtol=1e-5)
    assert phases == [True, False] * 2
    assert "fit" not in bp.share


# Data


def test_a_function_is_called_for_every_epoch():
    calls = []

    def batches():
        calls.append(len(calls))
        yield X, Y
        yield X[:3], Y[:3]

    trainer = fitted(summing(), batches, epochs=3)
    assert calls == [0, 1, 2]
    assert len(trainer.train_losses) == 3 and len(trainer.get_hist_metric(which="detailed")) == 6


def test_a_list_of_two_batches_is_two_batches():
    trainer = fitted(summing(), [(X, Y), (X, Y)])
    losses, _ = sum_losses(X.astype(np.float64), Y, np.ones(2), 0.1, 2)
    np.testing.assert_allclose(trainer.get_hist_metric(which="detailed"), losses, rtol=1e-5)


def test_an_iterable_that_can_be_gone_through_again():
    class Loader:
        def __iter__(self):
            return iter([(X, Y)])

    assert len(fitted(summing(), Loader(), epochs=3).train_losses) == 3


def test_a_generator_that_is_used_up_is_an_error():
    model = summing()
    trainer = bp.BPTT(model, "mean_squared_error", bp.optim.SGD(0.1), progress_bar=False)
    with pytest.raises(ValueError, match=r"no batches in epoch 1\. A generator gives its batches only once"):
        trainer.fit((batch for batch in [(X, Y)]), num_epoch=3)
    assert len(trainer.train_losses) == 1
    with pytest.raises(ValueError, match="no batches in epoch 0"):
        trainer.fit([(X, Y)], (batch for batch in ()), num_epoch=1)


@pytest.mark.parametrize("container", [tuple, list])
def test_a_pair_of_arrays_is_cut_into_batches(container):
    trainer = fitted(summing(), container([X, Y]), optimizer=bp.optim.SGD(0.), batch_size=3, test_data=(X, Y))
    squares = (np.cumsum(X, axis=1) - Y) ** 2
    expected = [np.mean(squares[rows]) for rows in (slice(0, 3), slice(3, 6), slice(6, 8))]
    for phase in ("fit", "test"):
        np.testing.assert_allclose(trainer.get_hist_metric(phase, which="detailed"), expected, rtol=1e-5)


def test_targets_can_be_of_any_structure():
    def loss(outputs, targets):
        return bm.mean(targets["weight"] * bm.square(outputs[:, -1] - targets["last"]))

    weight = np.arange(8.)[:, None]
    trainer = fitted(summing(), [(X, {"last": Y[:, 0], "weight": weight})], loss)
    np.testing.assert_allclose(trainer.train_losses, np.mean(weight * (X.sum(axis=1) - Y[:, 0]) ** 2), rtol=1e-5)


@pytest.mark.parametrize("data, options, error, message", [
    ((X, Y), {}, UnsupportedError, "a pair of arrays needs batch_size"),
    ((X, Y), {"batch_size": 0}, ValueError, "batch_size must be an integer of at least 1, but got 0"),
    ((X, Y), {"batch_size": 2.5}, ValueError, "batch_size must be an integer of at least 1, but got 2.5"),
    ((X, Y[:7]), {"batch_size": 4}, ValueError, "one number of samples, but got 8 and 7"),
    ([(X, Y), X], {}, UnsupportedError, r"a batch must be a pair \(inputs, targets\), but got ndarray"),
    ([(X, Y), (X, Y, Y)], {}, UnsupportedError, r"a batch must be a pair \(inputs, targets\), but got tuple"),
    ([], {}, ValueError, "no batches in epoch 0"),
    ([(X[0, 0], Y)], {}, ValueError, r"inputs must have axes \(batch, time, \.\.\.\)"),
    ([(X[..., :1], Y)], {}, ValueError, "shape"),
    ([(X, Y[:, :4])], {}, ValueError, r"one shape, but got \(8, 5, 2\) and \(8, 4, 2\)"),
])
@pytest.mark.usefixtures("each_backend")
def test_data_that_are_refused_change_nothing(data, options, error, message):
    with bm.training_environment():
        model = bp.layers.RNNCell(2, 2)
    trainer = bp.BPTT(model, "mean_squared_error", bp.optim.Momentum(0.1), progress_bar=False)
    before = {key: variable.numpy().copy() for key, variable in (model.vars() + trainer.optimizer.vars()).items()}
    with pytest.raises(error, match=message):
        trainer.fit(data, num_epoch=1, **options)
    for key, variable in (model.vars() + trainer.optimizer.vars()).items():
        np.testing.assert_array_equal(variable, before[key], err_msg=key)
    assert trainer.train_losses is None


# Reports


def test_a_line_for_every_epoch(capsys):
    fitted(summing(), [(X, Y)], epochs=2, test_data=[(X, Y)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == ["Train 0 epoch", "Test 0 epoch", "Train 1 epoch", "Test 1 epoch"]
    losses, _ = sum_losses(X.astype(np.float64), Y, np.ones(2), 0.1, 3)
    shown = [float(line.rsplit(" ", 1)[1]) for line in lines]
    np.testing.assert_allclose(shown, losses[[0, 1, 1, 2]], rtol=1e-5)


def test_num_report_counts_batches_and_the_loss_of_every_batch_is_kept(capsys):
    reports = []
    trainer = fitted(summing(), [(X, Y)] * 3, epochs=2, num_report=2,
                     fun_after_report=lambda index, metrics, phase: reports.append((index, metrics["loss"], phase)))
    losses, _ = sum_losses(X.astype(np.float64), Y, np.ones(2), 0.1, 6)
    np.testing.assert_allclose(trainer.get_hist_metric(which="detailed"), losses, rtol=1e-5)

    # Reports come after batches 2, 4 and 6; a report is a mean within its epoch (batches 0 to 2 and 3 to 5).
    expected = [losses[:2].mean(), losses[3], losses[4:].mean()]
    np.testing.assert_allclose(trainer.train_losses, expected, rtol=1e-5)
    assert [(index, phase) for index, _, phase in reports] == [(2, "fit"), (4, "fit"), (6, "fit")]
    assert [loss for _, loss, _ in reports] == trainer.train_losses.tolist()
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [f"Train {n} steps" for n in (2, 4, 6)]


def test_a_function_is_called_after_every_report():
    reports = []
    trainer = fitted(summing(), [(X, Y)], epochs=2, test_data=[(X, Y)],
                     fun_after_report=lambda *arguments: reports.append(arguments))
    train, test = trainer.train_losses, trainer.test_losses
    assert reports == [(0, {"loss": train[0]}, "fit"), (0, {"loss": test[0]}, "test"),
                       (1, {"loss": train[1]}, "fit"), (1, {"loss": test[1]}, "test")]


@pytest.mark.usefixtures("each_backend")
def test_further_metrics(capsys):
    def loss(outputs, targets):
        return bp.losses.mean_squared_error(outputs, targets), {"largest": bm.max(bm.abs(outputs - targets))}

    trainer = fitted(summing(), [(X, Y)], loss, aux=True, test_data=[(X, Y)])
    largest = np.abs(np.cumsum(X, axis=1) - Y).max()
    np.testing.assert_allclose(trainer.get_hist_metric("fit", "largest"), [largest], rtol=1e-5)
    assert trainer.get_hist_metric("test", "largest").shape == (1,)
    assert [line.split(", ")[2:][1].split()[0] for line in capsys.readouterr().out.splitlines()] == ["largest"] * 2


def test_losses_add_up_over_fits_and_are_none_before_the_first():
    trainer = bp.BPTT(summing(), "mean_squared_error", bp.optim.SGD(0.1), progress_bar=False)
    assert trainer.train_losses is None and trainer.test_losses is None
    for _ in range(2):
        trainer.fit([(X, Y)], num_epoch=2)
    losses, _ = sum_losses(X.astype(np.float64), Y, np.ones(2), 0.1, 4)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-5)
    assert trainer.test_losses is None


def test_a_bar_in_place_of_lines_where_somebody_watches(capsys, monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr("nbbrain.train.progress.is_watched", lambda: True)
    bp.BPTT(summing(), "mean_squared_error", bp.optim.SGD(0.1)).fit([(X, Y)], num_epoch=2)
    out, err = capsys.readouterr()
    assert out == "" and "2/2" in err and "loss=" in err


def test_the_progress_is_closed_whatever_happens(monkeypatch):
    closed = []
    monkeypatch.setattr(Progress, "close", lambda self: closed.append(True))
    fitted(summing(), [(X, Y)])
    with pytest.raises(ValueError, match="no batches"):
        fitted(summing(), [])
    assert closed == [True, True]


# The optimizer


def test_the_rate_counts_epochs():
    rate = bp.optim.StepLR(0.1, step_size=1, gamma=0.5)
    model = summing(w=0.5)
    fitted(model, [(X, Y)], optimizer=bp.optim.SGD(rate), epochs=2)
    _, w = sum_losses(X.astype(np.float64), Y, np.full(2, 0.5), 0.1, 1)
    _, w = sum_losses(X.astype(np.float64), Y, w, 0.05, 1)
    np.testing.assert_allclose(model.w, w, rtol=1e-5)


def test_by_default_it_is_adam_with_a_decaying_rate():
    trainer = bp.BPTT(summing(), "mean_squared_error", progress_bar=False)
    assert repr(trainer.optimizer).startswith("Adam(lr=ExponentialDecay(")
    trainer.fit([(X, Y)], num_epoch=3)
    assert float(trainer.optimizer.lr()) == pytest.approx(0.025 * 0.99975 ** 3)


def test_an_optimizer_of_some_variables_changes_only_those():
    with bm.training_environment():
        model = bp.layers.Dense(2, 2)
    before = model.W.numpy().copy()
    fitted(model, [(X, Y)], optimizer=bp.optim.SGD(0.1, train_vars={"b": model.b}))
    np.testing.assert_array_equal(model.W, before)
    assert np.all(model.b.numpy() != 0)


def test_a_variable_of_two_layers_is_trained_once():
    with bm.training_environment():
        first = bp.layers.Dense(2, 2, b_initializer=None)
        model = bp.Sequential(first, bp.layers.Dense(2, 2, W_initializer=first.W, b_initializer=None))
    before = first.W.numpy().copy()
    gradient = bm.grad(lambda: bp.losses.mean_squared_error(model(bm.asarray(X)), Y), grad_vars=first.W)()
    trainer = fitted(model, [(X, Y)])
    np.testing.assert_allclose(first.W, before - 0.1 * gradient, rtol=1e-5)
    assert len(trainer.optimizer.vars_to_train) == 1


# What is refused


@pytest.mark.parametrize("loss", ["mean_squared_errors", "regression", 5, None])
def test_unknown_losses(loss):
    with pytest.raises(ValueError, match=f"must be a function or one of .*mean_squared_error, .* but got {loss!r}"):
        bp.BPTT(summing(), loss)


def test_models_that_cannot_be_trained():
    with pytest.raises(NoLongerSupportError, match="needs a model in BatchingMode or TrainingMode"):
        bp.BPTT(Sum(), "mean_squared_error")
    with pytest.raises(ValueError, match="still has no trainable variables: build it inside of"):
        bp.BPTT(Clock(mode=bm.training_mode, name="still"), "mean_squared_error")


@pytest.mark.parametrize("option", [{"shuffle_data": True}, {"seed": 1}])
def test_data_are_shuffled_by_fit_and_not_by_the_trainer(option):
    with pytest.raises(NoLongerSupportError, match="does not shuffle data"):
        bp.BPTT(summing(), "mean_squared_error", **option)


@pytest.mark.parametrize("loss, aux, message", [
    (lambda outputs, targets: bm.square(outputs - targets), False, r"one scalar output, but got .* \[\(8, 5, 2\)\]"),
    (lambda outputs, targets: bm.mean(outputs), True, r"must return \(value, aux\), but it returned Array"),
    (lambda outputs, targets: (bm.mean(outputs), 3.), True, r"must return \(number, dict\), but the second is a float"),
])
def test_losses_that_return_something_else(loss, aux, message):
    model = summing()
    trainer = bp.BPTT(model, loss, bp.optim.SGD(0.1), loss_has_aux=aux, progress_bar=False)
    with pytest.raises(TypeError, match=message):
        trainer.fit([(X, Y)], num_epoch=1)
    assert model.w.tolist() == [1., 1.]
