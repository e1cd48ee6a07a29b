"""Numbers that are none end the training, and the error names step, variable and operation; silent layers are told."""
from __future__ import annotations

import sys

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.backends.base import is_installed
from nbbrain.operations import operation
from nbbrain.train import FiringRateWarning, NonFiniteError, WatchFiringRates
from tests.train.models import Sum

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy tells of them, too
HERE = __file__
ZEROS = np.zeros((2, 6, 2), np.float32)


class Logarithm(bp.DynamicalSystemNS):
    """Takes a logarithm, which is none where an input is above 1."""

    def __init__(self):
        super().__init__(name="logarithm", mode=bm.training_mode)
        self.w, self.h = bm.TrainVar(bm.ones(2)), bm.Variable(bm.ones((1, 2)), batch_axis=0)

    def reset_state(self, batch_size=1):
        self.h.value = bm.ones((batch_size, 2))

    def update(self, x):
        self.h.value = self.h + bm.log(self.w - x)  # THE LINE
        return self.h * 1.


def line_of(text):
    with open(HERE, encoding="utf-8") as file:
        return next(i for i, line in enumerate(file, 1) if line.rstrip().endswith(text))


def trainer_of(model, loss="mean_squared_error", optimizer=None, **options):
    return bp.BPTT(model, loss, bp.optim.SGD(0.) if optimizer is None else optimizer, progress_bar=False, dt=1., **options)


def caught(trainer, data, **options):
    with pytest.raises(NonFiniteError) as error:
        trainer.fit(data, **options)
    return error.value


@pytest.mark.usefixtures("each_backend")
def test_the_first_operation_in_a_step_is_named():
    model = Logarithm()
    bad = ZEROS.copy()
    bad[1, 4, 0] = 2.
    trainer = trainer_of(model)
    error = caught(trainer, [(ZEROS, ZEROS)] * 3 + [(bad, ZEROS)], num_epoch=2)
    assert (error.epoch, error.step, error.variable) == (0, 3, "logarithm.h")
    origin = error.origin
    assert (origin.operation, origin.part, origin.time_step, origin.in_derivative) == ("log", "logarithm", 4, False)
    assert origin.location == f"{HERE}:{line_of('# THE LINE')}"
    assert str(error).startswith("the loss is nan in step 3 (epoch 0). It comes from the operation 'log' of logarithm at ")
    assert "The first variable that it reaches is logarithm.h." in str(error)
    assert len(trainer.get_hist_metric(which="detailed")) == 3


@pytest.mark.usefixtures("each_backend")
def test_only_what_reaches_the_loss_counts():
    """A logarithm of 0, which bm.where leaves out, comes before the root that is to blame."""
    def loss(outputs, targets):
        harmless = bm.where(targets > 1., bm.log(targets), 0.)
        return bm.mean(harmless) + bm.mean(bm.sqrt(outputs - 100.))

    error = caught(trainer_of(Sum(mode=bm.training_mode), loss), [(ZEROS, ZEROS)])
    assert error.origin.operation == "sqrt" and error.origin.time_step is None


@pytest.mark.usefixtures("each_backend")
def test_a_gradient_that_is_not_finite_where_the_loss_is():
    def loss(outputs, targets):
        return bm.mean(bm.sqrt(bm.abs(outputs)))  # THE ROOT

    model = Sum(mode=bm.training_mode, name="adding")
    error = caught(trainer_of(model, loss), [(ZEROS, ZEROS)])
    assert error.variable == "adding.w" and error.origin.in_derivative and error.origin.operation == "sqrt"
    assert error.origin.location == f"{HERE}:{line_of('# THE ROOT')}"
    assert "the gradient of adding.w is not finite" in str(error) and "as that of a root at 0" in str(error)


@pytest.mark.usefixtures("each_backend")
def test_nothing_changes_in_the_step_that_failed():
    bm.random.seed(0)
    with bm.training_environment():
        model = bp.Sequential(bp.layers.RNNCell(2, 2), bp.layers.Dropout(0.5), Logarithm())
    trainer = trainer_of(model, optimizer=bp.optim.Momentum(0.1))
    good, bad = np.full((2, 6, 2), -0.1, np.float32), np.full((2, 6, 2), 1e30, np.float32)
    trainer.fit([(good, ZEROS)], num_epoch=1)
    before = {key: np.array(variable) for key, variable in (model.vars() + trainer.optimizer.vars()).items()}
    caught(trainer, [(bad, ZEROS)])
    for key, variable in (model.vars() + trainer.optimizer.vars()).items():
        if not key.endswith("last_epoch"):
            np.testing.assert_array_equal(variable, before[key], err_msg=key)
    assert trainer.runner.i0 == 6


@pytest.mark.parametrize("place, text", [(0, r"The inputs of the batch hold .* not finite, first at \(0, 2, 1\)"),
                                         (1, r"The targets of the batch hold .* not finite, first at \(0, 2, 1\)")])
def test_data_that_are_not_finite(place, text):
    data = [ZEROS.copy(), ZEROS.copy()]
    data[place][0, 2, 1] = np.inf
    with pytest.raises(NonFiniteError, match=text):
        trainer_of(Sum(mode=bm.training_mode)).fit([tuple(data)])


@pytest.mark.parametrize("place, text", [(0, "The inputs of the batch hold"), (1, "The targets of the batch hold")])
def test_test_data_that_are_not_finite(place, text):
    data = [ZEROS.copy(), ZEROS.copy()]
    data[place][0, 2, 1] = np.nan
    trainer = trainer_of(Sum(mode=bm.training_mode))
    error = caught(trainer, [(ZEROS, ZEROS)] * 3, test_data=[(ZEROS, ZEROS), tuple(data)])
    assert str(error).startswith(f"the loss of test data is nan after step 2 (epoch 0). {text} numbers that are not finite, "
                                 f"first at (0, 2, 1).")
    assert (error.epoch, error.step, error.variable) == (0, 3, "")
    trainer.fit([(ZEROS, ZEROS)], test_data=[tuple(data)], num_epoch=1, guard=False)
    assert np.isnan(trainer.test_losses[-1])


@pytest.mark.usefixtures("each_backend")
def test_the_first_operation_is_named_for_test_data_too():
    model = Logarithm()
    bad = ZEROS.copy()
    bad[1, 4, 0] = 2.
    trainer = trainer_of(model)
    error = caught(trainer, [(ZEROS, ZEROS)], test_data=[(bad, ZEROS)])
    assert (error.origin.operation, error.origin.part, error.origin.time_step) == ("log", "logarithm", 4)
    assert "All variables are as they were before this batch." in str(error)
    assert np.isfinite(np.asarray(model.h)).all() and trainer.runner.i0 == 6


def test_a_variable_that_was_not_finite_before():
    model = Sum(mode=bm.training_mode, name="spoilt")
    model.w.value = bm.asarray([1., np.nan])
    error = caught(trainer_of(model), [(ZEROS, ZEROS)])
    assert error.variable == "spoilt.w" and "The variable spoilt.w was not finite before it" in str(error)


def test_numbers_that_are_finite_on_the_reference():
    """The loss is infinite in the first run alone, as where a compiled loop adds in another order."""
    calls = []

    def loss(outputs, targets):
        calls.append(None)
        return bm.mean(outputs) + (np.inf if len(calls) == 1 else 0.)

    with pytest.raises(NonFiniteError, match="Run again on the reference, the batch gives finite numbers"):
        trainer_of(Sum(mode=bm.training_mode), loss).fit([(ZEROS, ZEROS)])


def test_without_a_guard_it_goes_on():
    trainer = trainer_of(Logarithm())
    trainer.fit([(ZEROS + 2, ZEROS)], num_epoch=2, guard=False)
    assert np.isnan(trainer.train_losses).all()


def test_operations_are_as_before_after_the_search():
    functions = {name: one.function for name, one in operation.named.items()}
    caught(trainer_of(Logarithm()), [(ZEROS + 2, ZEROS)])
    assert functions == {name: one.function for name, one in operation.named.items()}


# Firing rates


def spiking(scale, **options):
    """One neuron a feature, which fires where its input is large."""
    with bm.training_environment():
        layer = bp.layers.Dense(2, 2, W_initializer=np.eye(2) * scale, b_initializer=None)
        return bp.Sequential(layer, bp.neurons.LIF(2, V_th=1., V_reset=0., tau=1., name="layer", **options))


@pytest.mark.usefixtures("each_backend")
def test_rates_are_those_of_the_spikes():
    model = spiking(3.)
    trainer = trainer_of(model)
    x = np.random.default_rng(1).random((8, 20, 2)).astype(np.float32)
    trainer.fit([(x, x)], num_epoch=2)
    spikes = np.asarray(trainer.predict(x, reset_state=True))
    assert 0.1 < spikes.mean() < 0.9
    np.testing.assert_allclose(trainer.history.to_dict()["rate 1"], [spikes.mean(), np.nan], rtol=1e-6)


@pytest.mark.usefixtures("each_backend")
def test_watching_changes_no_bit():
    x = np.random.default_rng(1).random((8, 20, 2)).astype(np.float32)
    found = []
    for guard in (True, False):
        bm.random.seed(0)
        model = spiking(3.)
        trainer = trainer_of(model, optimizer=bp.optim.Adam(0.01))
        trainer.fit([(x, x)] * 3, num_epoch=2, guard=guard, callbacks=[WatchFiringRates(every=2)] if guard else ())
        weights = np.asarray(model.vars("relative")["0.W"])
        found.append((trainer.get_hist_metric(which="detailed").tobytes(), weights.tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("scale, state", [(0., "silent"), (100., "saturated")])
@pytest.mark.usefixtures("each_backend")
def test_layers_that_are_silent_or_saturated(scale, state):
    trainer = trainer_of(spiking(scale))
    with pytest.warns(FiringRateWarning) as told:
        trainer.fit([(ZEROS + 1, ZEROS)] * 2, num_epoch=20)
    assert len(told) == 1  # and not once more in every epoch
    rate = 1. if scale else 0.
    assert str(told[0].message).startswith(f"the spiking layer layer (1) is {state} in epoch 0: its neurons fire "
                                           f"{1000 * rate:.3g} times a second ({rate:.3g} spikes a step).")
    assert told[0].filename == HERE


def test_a_model_that_is_a_layer_itself():
    with bm.training_environment():
        model = bp.neurons.LIF(2, V_th=1e6, name="alone", V_initializer=bp.init.ZeroInit())
        model.w = bm.TrainVar(bm.ones(1))
    with pytest.warns(FiringRateWarning, match="the spiking layer alone is silent"):
        trainer_of(model, lambda p, t: bm.mean(p) + bm.sum(model.w)).fit([(ZEROS, ZEROS)], num_epoch=1)


@pytest.mark.parametrize("options, message", [
    ({"silent": -1.}, "silent must be a rate of at least 0"), ({"saturated": 2.}, "saturated must be above 0 and at most 1"),
    ({"every": 0}, "every must be a number of batches of at least 1"),
])
def test_limits_that_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        WatchFiringRates(**options)


# What it costs


def calls_of(function):
    """How many Python functions are called."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_a_training_does_nothing_per_time_step():
    """A training of four times as many steps calls no more functions, and not many more than a loop without guards."""
    if not is_installed("numba"):
        pytest.skip("Numba is not installed")
    counts = {}
    with backend("numba"), settings.using(strict=True):
        for length in (10, 40):
            x = np.full((2, length, 2), 0.5, np.float32)
            trainer = trainer_of(spiking(3.), optimizer=bp.optim.Adam(0.01))
            arguments = x, x, {"fit": True}, True

            def loop(count, trainer=trainer, arguments=arguments):
                for _ in range(count):
                    gradients, _, _ = trainer._gradient(*arguments)
                    trainer.optimizer.update(gradients)

            def fit(count, trainer=trainer, x=x):
                trainer.fit([(x, x)] * count, num_epoch=1)

            for run in (loop, fit):
                run(18)  # captures what is captured once
                few, many = [calls_of(lambda run=run, count=count: run(count)) for count in (18, 34)]
                counts[run.__name__, length] = (many - few) / 16
    assert counts["fit", 40] == counts["fit", 10]
    assert counts["fit", 40] < 1.1 * counts["loop", 40]
