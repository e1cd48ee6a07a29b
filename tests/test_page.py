"""The page 'Building Training Models' of BrainPy 2.4, fragment by fragment, with only the imports changed.

What the page shows is checked as it shows it; what it only defines is called as well. Read it next to the page: the tests
have its order and its headings.
"""
# ruff: noqa: RUF013, UP008 (the page's classes keep the page's style)
from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends import backend
from nbbrain.backends.base import is_installed

COMPILED = pytest.param("numba", marks=pytest.mark.skipif(not is_installed("numba"), reason="Numba is not installed"))


@pytest.fixture(autouse=True, params=["numpy", COMPILED])
def on_backend(request: pytest.FixtureRequest) -> Iterator[None]:
    bm.random.seed(2023)
    with backend(request.param):
        yield


# Building Training Models


def test_platform_and_version() -> None:
    bm.set_platform("cpu")
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", bp.__version__)


# Use built-in models: mode settings


def test_lif_for_simulation() -> None:
    lif = bp.neurons.LIF(1)
    assert repr(lif.mode) == "NonBatchingMode"


def test_lif_for_training() -> None:
    lif = bp.neurons.LIF(1, mode=bm.TrainingMode())
    assert repr(lif.mode) == "TrainingMode(batch_size=1)"
    assert repr(lif) == f"LIF(name={lif.name}, mode=TrainingMode(batch_size=1), size=(1,))"
    assert lif.V.shape == lif.spike.shape == (1, 1)
    assert lif.spike.dtype == np.float32


def test_nvar_does_not_support_training(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        bp.layers.NVAR(1, 1, mode=bm.TrainingMode())
    except Exception as e:
        print(type(e), e)
    assert capsys.readouterr().out == (
        "<class 'NotImplementedError'> NVAR does not support TrainingMode(batch_size=1). "
        "We only support BatchingMode, NonBatchingMode. \n")


def test_weights_that_are_not_trained() -> None:
    l = bp.layers.Dense(3, 4, mode=bm.batching_mode)
    assert type(l.W) is bm.Array and type(l.b) is bm.Array
    shown = r"Array\(value=Array\(\[\[.*\]\],\s+dtype=float32\),\n      dtype=float32\)"
    assert re.fullmatch(shown, repr(l.W), re.DOTALL)


def test_weights_that_are_trained() -> None:
    l = bp.layers.Dense(3, 4, mode=bm.training_mode)
    assert type(l.W) is bm.TrainVar and type(l.b) is bm.TrainVar
    shown = r"TrainVar\(value=Array\(\[\[.*\]\],\s+dtype=float32\),\n         dtype=float32\)"
    assert re.fullmatch(shown, repr(l.W), re.DOTALL)


def test_a_state_that_is_trained() -> None:
    rnn = bp.layers.RNNCell(1, 3, train_state=True, mode=bm.training_mode)
    assert repr(rnn.state2train) == "TrainVar(value=Array([0., 0., 0.]), dtype=float32)"

    rnn.reset_state(batch_size=5)
    assert repr(rnn.state) == """\
Variable(value=Array([[0., 0., 0.],
                      [0., 0., 0.],
                      [0., 0., 0.],
                      [0., 0., 0.],
                      [0., 0., 0.]]),
         dtype=float32)"""
    assert (rnn.state.batch_axis, rnn.state.batch_size, rnn.state.nobatch_shape) == (0, 5, (3,))

    # "All values in the state will be filled with state2train", and it is trained:
    rnn.state2train.value = bm.asarray([1., 2., 3.])
    rnn.reset_state(2)
    assert rnn.state.tolist() == [[1., 2., 3.], [1., 2., 3.]]
    assert rnn.state2train.tolist() == [1., 2., 3.]

    def loss():
        rnn.reset_state(2)
        return bm.sum(rnn(bm.ones((2, 1))))

    rnn.Wi.value, rnn.Wh.value = bm.zeros((1, 3)), bm.asarray([[1., 2., 3.], [0., 1., 0.], [0., 0., 1.]])
    assert bm.grad(loss, grad_vars=rnn.state2train)().tolist() == [12., 2., 2.]


# Naming a node


def test_naming_a_node() -> None:
    for _ in range(2):  # a notebook's cell can be run again
        layer = bp.layers.Dense(128, 100, name="hidden_layer")
        assert repr(layer) == "Dense(name=hidden_layer, num_in=128, num_out=100, mode=NonBatchingMode)"


# Initializing parameters


def test_an_array_is_used_unchanged() -> None:
    weights = bm.random.normal(0, 0.01, size=(10, 50))
    l = bp.layers.Dense(10, 50, W_initializer=weights)
    assert l.W.shape == (10, 50)
    assert l.W is weights
    with pytest.raises(ValueError, match=re.escape("should be (10, 50), but we got (10, 51)")):
        bp.layers.Dense(10, 50, W_initializer=bm.zeros((10, 51)))


def test_a_callable_function() -> None:
    def init(shape):
        return bm.random.random(shape)

    l = bp.layers.Dense(20, 30, W_initializer=init)
    assert l.W.shape == (20, 30)


def test_an_initializer() -> None:
    l = bp.layers.Dense(20, 30, W_initializer=bp.init.Normal(0.01))
    assert l.W.shape == (20, 30)


def test_no_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    l = bp.layers.Dense(20, 100, b_initializer=None)
    print(l.b)
    assert capsys.readouterr().out == "None\n"


# Customize your models


class RecurrentLayer(bp.DynamicalSystemNS):
    def __init__(self, num_in, num_out):
        super(RecurrentLayer, self).__init__()

        bp.check.is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode))

        # parameters
        self.num_in = num_in
        self.num_out = num_out

        # variables
        self.state = bm.Variable(bm.zeros(1, num_out), batch_axis=0)

        # weights
        self.win = bm.TrainVar(bm.random.normal(0., 1. / num_in ** 0.5, size=(num_in, num_out)))
        self.wrec = bm.TrainVar(bm.random.normal(0., 1. / num_out ** 0.5, size=(num_out, num_out)))

    def reset_state(self, batch_size):
        self.state.value = bm.zeros((batch_size, self.num_out))

    def update(self, x):
        out = bm.dot(x, self.win) + bm.dot(self.state, self.wrec)
        self.state.value = bm.tanh(out)
        return self.state.value


def test_recurrent_layer() -> None:
    with bm.training_environment():
        layer = RecurrentLayer(3, 4)
    assert layer.state.shape == (1, 4)
    assert sorted(key.split(".")[1] for key in layer.vars()) == ["state", "win", "wrec"]
    assert sorted(key.split(".")[1] for key in layer.train_vars()) == ["win", "wrec"]

    layer.reset_state(2)
    x = np.array([[0.1, 0.2, 0.3], [-0.4, 0., 0.5]], dtype=np.float32)
    first = np.tanh(x @ layer.win.numpy())
    np.testing.assert_allclose(layer(x), first, rtol=1e-5)
    np.testing.assert_allclose(layer(x), np.tanh(x @ layer.win.numpy() + first @ layer.wrec.numpy()), rtol=1e-5)


def test_recurrent_layer_needs_a_mode_with_batches() -> None:
    with pytest.raises(NotImplementedError) as caught:
        RecurrentLayer(3, 4)
    assert str(caught.value) == " does not support NonBatchingMode. We only support TrainingMode, BatchingMode. "


class Dropout(bp.DynamicalSystemNS):
    def __init__(self, prob: float, seed: int = None, name: str = None):
        super(Dropout, self).__init__(name=name)
        bp.check.is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode))
        self.prob = prob
        self.rng = bm.random.RandomState(seed=seed)

    def update(self, x):
        if bp.share.load('fit'):
            keep_mask = self.rng.bernoulli(self.prob, x.shape)
            return bm.where(keep_mask, x / self.prob, 0.)
        else:
            return x


def test_dropout() -> None:
    dropout = Dropout(0.2, seed=123)
    x = bm.ones((10, 100))
    with pytest.raises(KeyError, match="Cannot found shared data of fit"):
        dropout(x)

    bp.share.save(fit=True)
    dropped = dropout(x).numpy()
    assert set(dropped.ravel()) == {0., 5.}
    assert 0.1 < np.mean(dropped == 5.) < 0.3  # `prob` is the probability to keep
    bp.share.save(fit=False)
    np.testing.assert_array_equal(dropout(x), x)

    # Shared arguments can stand first in the call, and arrays of NumPy on the left of >>.
    assert set(dropout({"fit": True}, x).numpy().ravel()) == {0., 5.}
    bp.share.save(fit=False)
    np.testing.assert_array_equal(np.ones(3) >> dropout, np.ones(3))


# Examples of training models: artificial neural networks


class DeepRNN(bp.DynamicalSystemNS):
    def __init__(self, num_in, num_recs, num_out):
        super(DeepRNN, self).__init__()

        self.l1 = bp.layers.LSTMCell(num_in, num_recs[0])
        self.d1 = bp.layers.Dropout(0.2)
        self.l2 = bp.layers.LSTMCell(num_recs[0], num_recs[1])
        self.d2 = bp.layers.Dropout(0.2)
        self.l3 = bp.layers.LSTMCell(num_recs[1], num_recs[2])
        self.d3 = bp.layers.Dropout(0.2)
        self.l4 = bp.layers.LSTMCell(num_recs[2], num_recs[3])
        self.d4 = bp.layers.Dropout(0.2)
        self.lout = bp.layers.Dense(num_recs[3], num_out)

    def update(self, x):
        x = x >> self.l2 >> self.d1
        x = x >> self.l2 >> self.d2
        x = x >> self.l3 >> self.d3
        x = x >> self.l4 >> self.d4
        return self.lout(x)


class CorrectedDeepRNN(DeepRNN):
    def update(self, x):
        x = x >> self.l1 >> self.d1
        x = x >> self.l2 >> self.d2
        x = x >> self.l3 >> self.d3
        x = x >> self.l4 >> self.d4
        return self.lout(x)


def test_deep_rnn() -> None:
    with bm.training_environment():
        model = DeepRNN(100, [200, 200, 200, 100], 10)
    assert repr(model) == f"DeepRNN(name={model.name}, mode=TrainingMode(batch_size=1))"
    shapes = {key: variable.shape for key, variable in model.train_vars().items()}
    assert len(shapes) == 14
    assert shapes[f"{model.l1.name}.Wi"] == (100, 800)
    assert shapes[f"{model.l1.name}.Wh"] == (200, 800)
    assert shapes[f"{model.l1.name}.b"] == (800,)
    assert shapes[f"{model.lout.name}.W"] == (100, 10)


def test_deep_rnn_as_printed_enters_at_the_second_layer() -> None:
    with bm.training_environment():
        model = DeepRNN(100, [200, 200, 200, 100], 10)
    model.reset_state(2)
    bp.share.save(fit=False)
    with pytest.raises(ValueError) as caught:
        model(bm.ones((2, 100)))
    assert str(caught.value) == f"{model.l2.name}: expected input of shape (..., 200), but got (2, 100)"


@pytest.mark.parametrize("fit", [False, True])
def test_deep_rnn_corrected(fit: bool) -> None:
    with bm.training_environment():
        model = CorrectedDeepRNN(100, [200, 200, 200, 100], 10)
    model.reset_state(3)
    bp.share.save(fit=fit)
    outputs = bm.for_loop(model, bm.random.random((2, 3, 100)))
    assert outputs.shape == (2, 3, 10)
    assert model.l1.state.shape == (3, 400)


# Reservoir computing models


class NGRC(bp.DynamicalSystemNS):
    def __init__(self, num_in, num_out):
        super(NGRC, self).__init__(mode=bm.batching_mode)
        self.r = bp.layers.NVAR(num_in, delay=4, order=2, stride=5, mode=bm.batching_mode)
        self.o = bp.layers.Dense(self.r.num_out, num_out, mode=bm.training_mode)

    def update(self, x):
        return x >> self.r >> self.o


def test_ngrc() -> None:
    model = NGRC(3, 2)
    assert repr(model) == f"NGRC(name={model.name}, mode=BatchingMode(batch_size=1))"
    assert (model.r.linear_dim, model.r.nonlinear_dim, model.r.num_out, model.r.num_delay) == (12, 78, 90, 16)
    assert model(bm.ones((1, 3))).shape == (1, 2)

    model.reset_state(4)
    assert model(bm.ones((4, 3))).shape == (4, 2)
    shapes = {key: variable.shape for key, variable in model.vars().items()}
    assert shapes == {f"{model.r.name}.idx": (1,), f"{model.r.name}.store": (16, 4, 3), f"{model.o.name}.W": (90, 2),
                      f"{model.o.name}.b": (2,)}
    assert isinstance(model.o.W, bm.TrainVar)


# Spiking neural networks


class SNN(bp.Network):
    def __init__(self, num_in, num_rec, num_out):
        super(SNN, self).__init__()

        # neuron groups
        self.i = bp.neurons.InputGroup(num_in)
        self.r = bp.neurons.LIF(num_rec, tau=10, V_reset=0, V_rest=0, V_th=1.)
        self.o = bp.neurons.LeakyIntegrator(num_out, tau=5)

        # synapse: i->r
        self.i2r = bp.synapses.Exponential(self.i, self.r, bp.conn.All2All(),
                                           output=bp.synouts.CUBA(), tau=10.,
                                           g_max=bp.init.KaimingNormal(scale=20.))
        # synapse: r->o
        self.r2o = bp.synapses.Exponential(self.r, self.o, bp.conn.All2All(),
                                           output=bp.synouts.CUBA(), tau=10.,
                                           g_max=bp.init.KaimingNormal(scale=20.))

    def update(self, tdi, spike):
        self.i2r(tdi, spike)
        self.r2o(tdi)
        self.r(tdi)
        self.o(tdi)
        return self.o.V.value


def test_snn() -> None:
    with bm.training_environment():
        snn = SNN(10, 100, 2)
    assert repr(snn) == "SNN()"
    assert all(node.mode == bm.training_mode for node in snn.nodes().subset(bp.DynamicalSystem).values())
    assert {key: variable.shape for key, variable in snn.train_vars().items()} == {
        f"{snn.i2r.name}.g_max": (10, 100), f"{snn.r2o.name}.g_max": (100, 2)}
    assert snn.r.V.shape == snn.r.input.shape == snn.r.spike.shape == snn.i2r.g.shape == (1, 100)
    assert snn.o.V.shape == snn.o.input.shape == snn.r2o.g.shape == (1, 2)


def test_snn_is_called() -> None:
    with bm.training_environment():
        snn = SNN(10, 100, 2)
    spikes = bm.ones((1, 10))
    first = snn({"t": 0., "dt": 0.1, "i": 0}, spikes)  # no spike of the hidden layer has arrived yet
    np.testing.assert_array_equal(first, np.zeros((1, 2)))

    bp.share.save(t=0.1, i=1, dt=0.1)  # or the shared arguments are saved
    assert snn(spikes).shape == (1, 2)

    snn.reset_state(7)
    assert (snn.r.V.shape, snn.o.V.shape, snn.i2r.g.shape) == ((7, 100), (7, 2), (7, 100))


def test_snn_runs_over_time_and_has_gradients() -> None:
    with bm.training_environment():
        snn = SNN(10, 100, 2)
    spikes = bm.asarray(np.random.default_rng(5).random((60, 7, 10)) < 0.2, dtype=np.float32)
    times = bm.arange(60.)

    def step(t, x):
        bp.share.save(t=t, dt=1.)
        out = snn(x)
        fired = snn.r.spike.sum()
        snn.clear_input()
        return out, fired

    def loss():
        snn.reset_state(7)
        outputs, fired = bm.for_loop(step, (times, spikes))
        return bm.mean(outputs[-1] ** 2), bm.sum(fired)

    gradients, value, fired = bm.grad(loss, grad_vars=snn.train_vars(), has_aux=True, return_value=True)()
    assert float(fired) > 0 and float(value) > 0
    assert set(gradients) == set(snn.train_vars())
    assert all(np.any(g.numpy() != 0) for g in gradients.values())


# Training what was built


@pytest.mark.heavy
def test_deep_rnn_is_trained() -> None:
    with bm.training_environment():
        model = CorrectedDeepRNN(100, [200, 200, 200, 100], 10)
    before = {key: variable.numpy().copy() for key, variable in model.train_vars().items()}
    rng = np.random.default_rng(7)
    batches = [(rng.normal(size=(3, 4, 100)), rng.normal(size=(3, 4, 10))) for _ in range(2)]

    trainer = bp.BPTT(model, loss_fun="mean_squared_error", optimizer=bp.optim.Adam(lr=1e-3), progress_bar=False)
    trainer.fit(batches, num_epoch=1)
    assert len(trainer.get_hist_metric(which="detailed")) == 2
    for key, variable in model.train_vars().items():
        assert np.any(variable.numpy() != before[key]), key

    predicted = trainer.predict(batches[0][0], reset_state=True)  # without dropout
    assert predicted.shape == (3, 4, 10)
    np.testing.assert_array_equal(trainer.predict(batches[0][0], reset_state=True), predicted)


@pytest.mark.heavy
def test_ngrc_is_fitted() -> None:
    model = NGRC(3, 2)
    x = np.random.default_rng(8).uniform(-1., 1., size=(2, 1, 400, 3))
    past = np.concatenate([np.zeros((2, 1, 5, 3)), x[:, :, :-5]], axis=2)  # five steps ago
    y = np.stack([x[..., 0] * past[..., 1] + 0.5, x[..., 2] ** 2 - past[..., 0]], axis=-1)

    trainer = bp.RidgeTrainer(model, alpha=1e-6, progress_bar=False)
    before = trainer.fit((x[0], y[0]), reset_state=True)
    np.testing.assert_allclose(trainer.predict(x[1], reset_state=True), y[1], atol=1e-3)  # of inputs it has not seen
    assert bm.max(bm.abs(before - y[0])) > 0.5


@pytest.mark.heavy
def test_snn_is_trained() -> None:
    with bm.training_environment():
        snn = SNN(10, 100, 2)
    rng = np.random.default_rng(9)
    labels = np.arange(16) % 2
    rates = np.where(np.arange(10) // 5 == labels[:, None], 0.3, 0.1)  # of two classes, each fires in its own half
    spikes = (rng.random((16, 40, 10)) < rates[:, None]).astype(np.float32)

    def loss(potentials, targets):
        return bp.losses.cross_entropy_loss(bm.max(potentials, axis=1), targets)

    trainer = bp.BPTT(snn, loss, bp.optim.Adam(lr=5e-3), dt=1., progress_bar=False)
    trainer.fit([(spikes, labels)], num_epoch=15)
    assert trainer.train_losses[-1] < 0.5 * trainer.train_losses[0]
    predicted = bm.argmax(bm.max(trainer.predict(spikes, reset_state=True), axis=1), axis=1)
    assert np.mean(predicted == labels) > 0.9
