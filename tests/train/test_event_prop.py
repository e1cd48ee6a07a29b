"""Event-based gradients: spike times against root finding and an integrator, gradients against central differences."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.errors import CaptureError
from nbbrain.train.event_loops import crossing_delay

X = np.random.default_rng(2).uniform(0., 12., (3, 3, 2))


def network(*, hidden=(5, 4), **options):
    """A small network, each of whose neurons fires a few times at most."""
    with bm.training_environment():
        bm.random.seed(1)
        return bp.EventPropNetwork(3, hidden, 2, **{"tau_mem": 10., "tau_syn": 5., "V_reset": -2., "t_max": 40., **options})


@pytest.mark.parametrize("tau_mem, tau_syn", [(20., 5.), (10., 5.), (5., 20.), (10., 9.)])
@bm.environment(x64=True)
def test_the_time_of_a_crossing(tau_mem, tau_syn):
    rng = np.random.default_rng(0)
    V, I = rng.uniform(-3., 1., 2000), rng.uniform(-1., 30., 2000)
    V[:50], I[:50] = -300. * np.abs(V[:50]), I[:50] * 300.
    found = np.asarray(crossing_delay(bm.asarray(V), bm.asarray(I), 1., tau_mem, tau_syn))
    ratio = tau_syn / (tau_mem - tau_syn)

    def potential(delay):
        return (V + ratio * I) * np.exp(-delay / tau_mem) - ratio * I * np.exp(-delay / tau_syn)

    fires = np.isfinite(found)
    grid = np.linspace(0., 150., 3001)[:, None]
    highest = potential(grid).max(axis=0)
    assert np.all(highest[~fires] <= 1.) and np.all(fires[highest > 1.]) and 200 < fires.sum() < 2000
    delay = np.where(fires, found, 0.)
    np.testing.assert_allclose(potential(delay)[fires], 1., atol=1e-12 * np.abs(V).max())
    earlier = potential(np.linspace(0., 1., 50, endpoint=False)[:, None] * delay)[:, fires]
    assert np.all(earlier < 1. + 1e-9)


@bm.environment(x64=True)
def test_spike_times_against_an_integrator():
    net = network(hidden=4, recurrent=True, t_max=30., W_rec_initializer=bp.init.Normal(0., 1., seed=3))
    first = np.asarray(net(X))
    matrix = net.matrix([np.asarray(w) for w in (*net.weights, *net.recurrent_weights)])
    dt = 5e-3
    V, I, times, count = np.zeros((3, 6)), np.zeros((3, 6)), np.full((3, 6), 30.), np.zeros((3, 6))
    membrane, synapse = np.exp(-dt / 10.), np.exp(-dt / 5.)
    for k in range(round(30. / dt)):
        arrived = ((k * dt <= X) & ((k + 1) * dt > X)).sum(axis=2)
        V, I = V * membrane + I * (membrane - synapse), I * synapse
        fired = V >= 1.
        times, count = np.where(fired & (times == 30.), (k + 1) * dt, times), count + fired
        V, I = np.where(fired, -2., V), I + np.concatenate([arrived, fired], axis=1) @ matrix
    assert np.abs(np.asarray(net.spike_count) - count).sum() <= 1  # one may just touch the threshold
    np.testing.assert_allclose(first, times[:, -2:], atol=0.05)
    assert count.sum() > 20


@pytest.mark.usefixtures("each_backend")
@pytest.mark.parametrize("output", ["first_spike", "potential"])
@pytest.mark.parametrize("recurrent, tau_mem, V_reset", [(False, 10., 0.), (True, 20., -2.)])
@bm.environment(x64=True)
def test_gradients_against_central_differences(output, recurrent, tau_mem, V_reset):
    net = network(hidden=(3, 3), t_max=18., output=output, recurrent=recurrent, tau_mem=tau_mem, V_reset=V_reset,
                  W_rec_initializer=bp.init.Normal(0., .5, seed=3))
    weights = [*net.weights, *net.recurrent_weights]
    share = np.random.default_rng(3).normal(size=(3, 2))

    def loss():
        return (net(X) * share).sum() + bm.square(net(X)).mean()

    with settings.using(strict=True):
        found = bm.grad(loss, grad_vars=weights)()
        assert np.asarray(net.spike_count).sum() > 10
        for k, (weight, gradient) in enumerate(zip(weights, found, strict=True)):
            begin, along = weight.numpy().copy(), np.random.default_rng(k).normal(size=weight.shape)
            ends = []
            for sign in (1., -1.):
                weight.value = begin + sign * 1e-6 * along
                ends.append(float(loss()))
            weight.value = begin
            assert np.sum(np.asarray(gradient) * along) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5)


@bm.environment(x64=True)
def test_the_gradient_of_one_spike_time_by_its_formula():
    net = network(hidden=(), W_initializer=bp.init.Constant(np.array(6.)))
    x = np.array([[1., np.inf, np.nan]])
    u = (1. + np.sqrt(1. - 4. / 6.)) / 2.  # 6 (u - u^2) = 1, where u = exp(-t / 10)
    np.testing.assert_allclose(net(x), np.full((1, 2), 1. - 10. * np.log(u)), rtol=1e-12)
    gradient = np.asarray(bm.grad(lambda: net(x).sum(), grad_vars=net.weights[0])())
    slope = 6. * (2. * u ** 2 - u) / 10.
    np.testing.assert_allclose(gradient, [[-(u - u ** 2) / slope] * 2, [0., 0.], [0., 0.]], rtol=1e-10)


@pytest.mark.usefixtures("each_backend")
def test_it_learns_which_input_was_first():
    rng = np.random.default_rng(0)
    times = rng.uniform(0., 10., (64, 2))
    labels = (times[:, 0] < times[:, 1]).astype(np.int32)
    with bm.training_environment():
        bm.random.seed(0)
        net = bp.EventPropNetwork(2, 15, 2, tau_mem=10., V_reset=-100., t_max=30.)
    trainer = bp.EventProp(net, optimizer=bp.optim.Adam(0.04), progress_bar=False)
    trainer.fit((times, labels), num_epoch=8, batch_size=32, test_data=(times, labels))
    assert np.mean(np.asarray(trainer.predict(times)).argmin(axis=1) == labels) > 0.6
    assert trainer.test_losses[-1] < 0.5 * trainer.test_losses[0]


def test_neurons_that_do_not_fire():
    net = network(W_initializer=bp.init.ZeroInit())
    np.testing.assert_array_equal(net(X), np.full((3, 2), 40., dtype=np.float32))
    gradient = bm.grad(lambda: net(X).sum(), grad_vars=list(net.weights))()
    assert not any(np.any(g) for g in gradient)


def test_what_is_refused():
    net = network()
    with pytest.raises(TypeError, match="EventProp trains an EventPropNetwork"):
        bp.EventProp(bp.layers.Dense(2, 2, mode=bm.training_mode))
    for options, message in (({"tau_syn": 10.}, "must differ"), ({"V_th": 0.}, "V_th must be positive"),
                             ({"V_reset": 1.}, "V_reset must be lower"), ({"output": "rate"}, "output must be one of"),
                             ({"W_initializer": [bp.init.ZeroInit()]}, "one initializer a layer")):
        with pytest.raises(ValueError, match=message):
            network(**options)
    with pytest.raises(ValueError, match="takes spike times of shape"):
        net(X[:, :2])
    with pytest.raises(ValueError, match="not be earlier than 0 ms"):
        net(-X)
    with pytest.raises(RuntimeError, match="more than 32 events"):
        network(W_initializer=bp.init.Constant(50.), V_reset=0., max_events=32)(X)
    with pytest.raises(ValueError, match="tau_0 must be positive"):
        bp.train.first_spike_cross_entropy(bm.zeros((1, 2)), bm.asarray([0]), tau_0=0.)


@bm.environment(x64=True)
def test_the_cross_entropy_of_first_spikes():
    """Against its formula, sample by sample; with t_max those whose own neuron is silent count as 0 and have no gradient."""
    times, labels = np.random.default_rng(0).uniform(5., 9., (6, 3)), np.array([0, 1, 2, 0, 1, 2])
    times[1, 1] = times[2, 0] = times[5, 2] = 9.
    each = []
    for row, label in zip(times, labels, strict=True):
        shares = np.exp(-row / 0.7)
        each.append(-np.log(shares[label] / shares.sum()) + 0.01 * (np.exp(row[label] / 5.) - 1))
    options = {"tau_0": 0.7, "tau_1": 5., "alpha": 0.01}
    loss = bp.train.first_spike_cross_entropy
    assert float(loss(bm.asarray(times), labels, **options)) == pytest.approx(np.mean(each), rel=1e-12)
    each[1] = each[5] = 0.
    assert float(loss(bm.asarray(times), labels, t_max=9., **options)) == pytest.approx(np.mean(each), rel=1e-12)
    gradient = np.asarray(bm.grad(lambda x: loss(x, labels, t_max=9., **options), argnums=0)(bm.asarray(times)))
    assert not gradient[[1, 5]].any() and gradient[[0, 2, 3, 4]].all()


@pytest.mark.skipif(not bp.backends.base.is_installed("numba"), reason="Numba is not installed")
def test_it_is_not_part_of_another_loop():
    net = network()
    with bp.backend("numba"), settings.using(strict=True), pytest.raises(CaptureError):
        bm.for_loop(net, bm.asarray(X[None]))
