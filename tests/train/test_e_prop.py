"""Eligibility propagation: against its equations written out, against the cut gradient through time, and what it refuses."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import base
from tests.conftest import COMPILED

RNG = np.random.default_rng(0)
TAU, TAU_A, TAU_OUT, THRESHOLD, RISE, GAIN = 20., 200., 15., 0.6, 0.3, 20.
X = (RNG.random((3, 40, 4)) < 0.2).astype(float)
Y = RNG.normal(size=(3, 40, 2))


def psi(distance):
    """The derivative of a spike."""
    return 0.8 * np.maximum(THRESHOLD - np.abs(distance), 0.)


def network(*, tau_ref=None, lif=5, alif=4, **options):
    """LIF and ALIF neurons, with weights of their own seeds."""
    common = {"V_rest": 0., "V_th": THRESHOLD, "tau": TAU, "R": GAIN, "tau_ref": tau_ref,
              "V_initializer": bp.init.ZeroInit(),
              "spike_fun": bm.surrogate.ReluGrad(0.8, THRESHOLD)}
    with bm.training_environment():
        groups = [bp.neurons.LIF(lif, V_reset=0., spike_reset="soft", **common)] if lif else []
        if alif:
            groups.append(bp.neurons.ALIFBellec2020(alif, beta=RISE, tau_a=TAU_A, a_initializer=bp.init.ZeroInit(),
                                                    eprop=True, **common))
        weights = {name: bp.init.Normal(0., scale, seed=seed) for name, scale, seed in
                   (("W_in", 0.5, 1), ("W_rec", 0.4, 2), ("W_out", 0.5, 3), ("b_out", 0.1, 4))}
        return bp.EpropNetwork(4, groups, bp.neurons.LeakyIntegrator(2, tau=TAU_OUT), **weights, **options)


def trainer(net, loss="mean_squared_error", **options):
    return bp.Eprop(net, loss, bp.optim.SGD(0.1), dt=1., progress_bar=False,
                    feedback_initializer=bp.init.Normal(0., 1., seed=5), **options)


def gradients(net, **options):
    """The gradients of all weights by their names in the network, and the loss."""
    found, loss, _ = trainer(net, **options)._gradient(X, Y, {"fit": True}, True)
    return {name.split(".")[-1]: np.asarray(value) for name, value in found.items()}, float(loss)


def by_the_equations(net, feedback, rate_cost):
    """The gradients by equations 1 to 4, 13, 14 and 22 to 25 of the paper, one sample, step and neuron after the other."""
    w_in, w_rec, w_out, b_out = [np.asarray(w) for w in (net.W_in, net.W_rec, net.W_out, net.b_out)]
    w_rec = w_rec * (1 - np.eye(9))
    alpha, rho, kappa = np.exp(-1 / TAU), np.exp(-1 / TAU_A), np.exp(-1 / TAU_OUT)
    rise = np.where(np.arange(9) < 5, 0., RISE)
    back = w_out if feedback is None else feedback
    count = np.zeros((3, 9))
    g = {"W_in": np.zeros((4, 9)), "W_rec": np.zeros((9, 9)), "W_out": np.zeros((9, 2)), "b_out": np.zeros(2)}
    total, spiking = 0., np.zeros((13, 9))
    for x, y in zip(X, Y, strict=True):
        v, a, z, out, z_filtered, one = np.zeros(9), np.zeros(9), np.zeros(9), np.zeros(2), np.zeros(9), 0.
        pre, slow, filtered = np.zeros((13, 1)), np.zeros((13, 9)), np.zeros((13, 9))
        row = len(count) - np.count_nonzero(count.sum(axis=1) == 0)
        for now, target in zip(x, y, strict=True):
            received = np.concatenate([now, z])
            v = alpha * v + (1 - alpha) * GAIN * (now @ w_in + z @ w_rec)
            a = rho * a
            pre = alpha * pre + (1 - alpha) * GAIN * received[:, None]
            slow = rho * slow
            h = psi(v - THRESHOLD - rise * a)
            z = (v >= THRESHOLD + rise * a) * 1.
            eligible = h * (pre - rise * slow)
            slow = slow + eligible
            v, a = v - THRESHOLD * z, a + z
            out = kappa * out + (1 - kappa) * (z @ w_out + b_out)
            z_filtered, one = kappa * z_filtered + (1 - kappa) * z, kappa * one + 1 - kappa
            filtered = kappa * filtered + (1 - kappa) * eligible
            error = 2 * (out - target) / Y.size
            total += np.sum((out - target) ** 2) / Y.size
            both = filtered * (back @ error)
            g["W_in"] += both[:4]
            g["W_rec"] += both[4:]
            g["W_out"] += np.outer(z_filtered, error)
            g["b_out"] += one * error
            spiking += eligible
            count[row] += z
    above = count.mean(axis=0) / 40 - 0.01
    both = spiking * 2 * rate_cost * above / (3 * 40)
    g["W_in"], g["W_rec"] = g["W_in"] + both[:4], (g["W_rec"] + both[4:]) * (1 - np.eye(9))
    return g, total + rate_cost * np.sum(above ** 2)


@pytest.mark.parametrize("backend", ["numpy", COMPILED])
@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize("feedback", ["symmetric", "random"])
@bm.environment(x64=True)
def test_the_equations_of_the_paper(backend, online, feedback):
    net = network()
    with base.backend(backend), settings.using(strict=True):
        found, loss = gradients(net, online=online, feedback=feedback, rate_cost=2.)
    expected, total = by_the_equations(net, None if net.feedback is None else np.asarray(net.feedback), 2.)
    assert np.asarray(net.spike_count).sum() > 20
    assert loss == pytest.approx(total, rel=1e-12)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-14, err_msg=name)


@bm.environment(x64=True)
def test_traces_and_the_cut_gradient_agree_with_refractory_neurons_and_adaptive_feedback():
    options = {"feedback": "adaptive", "rate_cost": 1.}
    forward, loss = gradients(network(tau_ref=3., self_connections=True), online=True, **options)
    backward, same = gradients(network(tau_ref=3., self_connections=True), online=False, **options)
    assert loss == pytest.approx(same, rel=1e-12)
    for name, value in backward.items():
        np.testing.assert_allclose(forward[name], value, rtol=1e-9, atol=1e-14, err_msg=name)
    np.testing.assert_array_equal(backward["feedback"], backward["W_out"])


@bm.environment(x64=True)
def test_firing_rates_are_those_of_the_spikes_either_way():
    """Of both groups, in the first batch, by running the network once more."""
    tables = []
    for online in (True, False):
        net = network()
        net.reset_state(3)
        running = bp.LoopOverTime(net, out_vars=[group.spike for group in net.groups], dt=1., data_first_axis="B")
        spikes = [np.asarray(spike) for spike in running(bm.asarray(X))[1]]
        teaching = trainer(net, online=online)
        teaching.fit([(X, Y)], num_epoch=1)
        tables.append(teaching.history.to_dict())
        found = [tables[-1][f"rate groups-{i}"][0] for i in range(2)]
        assert found == pytest.approx([spike.mean() for spike in spikes], rel=1e-12) and min(found) > 0
    assert list(tables[0]) == list(tables[1])


@bm.environment(x64=True)
def test_neurons_with_further_states_need_no_code_of_their_own():
    def net():
        with bm.training_environment():
            neurons = bp.neurons.AdExIF(4, V_rest=0., V_reset=0., V_T=.5, V_th=1., delta_T=.2, a=.1, b=.1, tau=10.,
                                        tau_w=50., R=20., V_initializer=bp.init.ZeroInit(),
                                        spike_fun=bm.surrogate.ReluGrad(0.5, 1.))
            weights = {name: bp.init.Normal(0.2, 0.5, seed=i) for i, name in enumerate(("W_in", "W_rec", "W_out"))}
            return bp.EpropNetwork(4, neurons, bp.neurons.LeakyIntegrator(2, tau=TAU_OUT), **weights)

    forward, backward = gradients(net(), online=True)[0], gradients(net(), online=False)[0]
    for name, value in backward.items():
        np.testing.assert_allclose(forward[name], value, rtol=1e-9, atol=1e-14, err_msg=name)


@bm.environment(x64=True)
def test_without_recurrent_weights_it_is_the_whole_gradient():
    nets = [network(), network()]
    for net in nets:
        net.W_rec.value = np.zeros((9, 9))
    found = gradients(nets[0], online=False)[0]
    through_time = bp.BPTT(nets[1], "mean_squared_error", bp.optim.SGD(0.1), dt=1., progress_bar=False)
    whole = through_time._gradient(X, Y, {"fit": True}, True)[0]
    for name in ("W_in", "W_out"):
        np.testing.assert_allclose(found[name], np.asarray(whole[f"{nets[1].name}.{name}"]), rtol=1e-9, atol=1e-14)
    nets[1].W_rec.value = nets[0].W_rec.value = np.asarray(network().W_rec)
    whole = through_time._gradient(X, Y, {"fit": True}, True)[0]
    assert not np.allclose(gradients(nets[0], online=False)[0]["W_in"], np.asarray(whole[f"{nets[1].name}.W_in"]), rtol=1e-3)


def test_states_and_traces_go_on_where_they_are_not_reset():
    def collected(parts):
        model = trainer(network(), online=True)
        model._online_gradient(X[:, :1], Y[:, :1], {}, True)
        total = 0.
        for part in parts:
            found = model._online_gradient(X[:, part], Y[:, part], {}, False)[0]
            total = total + np.asarray(next(iter(found.values()))) * X[0, part].shape[0]
        return total

    np.testing.assert_allclose(collected([slice(1, 20), slice(20, 40)]), collected([slice(1, 40)]), rtol=1e-3, atol=1e-6)


@pytest.mark.usefixtures("each_backend")
@pytest.mark.parametrize("feedback", ["symmetric", "random", "adaptive"])
def test_it_learns(feedback):
    model = bp.Eprop(network(), "mean_squared_error", bp.optim.Adam(0.01), feedback=feedback, dt=1.,
                     online=feedback == "random", feedback_initializer=bp.init.Normal(0., 1., seed=5), progress_bar=False)
    model.fit([(X[:, :25], np.tile(np.sin(np.arange(25.) / 8.)[None, :, None], (3, 1, 2)))], num_epoch=5)
    assert model.train_losses[-1] < 0.98 * model.train_losses[0]


def test_metrics_and_time_first():
    def loss(outputs, targets):
        return bp.losses.mean_squared_error(outputs, targets), {"error": bm.abs(outputs - targets).mean()}

    rows = []
    for options, swap in (({}, False), ({"data_first_axis": "T"}, True), ({"online": False}, False)):
        model = trainer(network(), loss, loss_has_aux=True, **options)
        data = (X.swapaxes(0, 1), Y.swapaxes(0, 1)) if swap else (X, Y)
        model.fit([data], num_epoch=2, metrics={"mean": lambda outputs, targets: outputs.mean()})
        rows.append([model.get_hist_metric(metric=name) for name in ("loss", "error", "mean")])
    np.testing.assert_allclose(rows[1], rows[0], rtol=1e-4)
    np.testing.assert_allclose(rows[2], rows[0], rtol=1e-4)


def test_what_is_refused():
    net = network()
    with pytest.raises(TypeError, match="Eprop trains an EpropNetwork"):
        bp.Eprop(net.readout, "mean_squared_error")
    with pytest.raises(ValueError, match="feedback must be one of symmetric, random, adaptive"):
        trainer(net, feedback="direct")
    with pytest.raises(ValueError, match="loss_auto_run must be True"):
        trainer(net, loss_auto_run=False)
    with bm.training_environment():
        readout = bp.neurons.LeakyIntegrator(2, tau=np.array([5., 10.]))
        neurons = bp.neurons.LIF(3)
        with pytest.raises(ValueError, match="takes a SpikingGroup"):
            bp.EpropNetwork(4, readout, readout)
        with pytest.raises(ValueError, match="takes a LeakyIntegrator"):
            bp.EpropNetwork(4, neurons, neurons)
        with pytest.raises(ValueError, match="need one tau for all"):
            trainer(bp.EpropNetwork(4, neurons, readout))
    with pytest.raises(ValueError, match="is for training"):
        bp.EpropNetwork(4, neurons, readout)
    with pytest.raises(ValueError, match="expected input of shape"):
        trainer(network()).fit([(X[..., :3], Y)], num_epoch=1)
