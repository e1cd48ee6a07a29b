"""Exponential synapses: the course of the conductance, delays, outputs, gradients, errors."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import MathError, ModelBuildError, ModelUseError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time


def groups(pre: int = 3, post: int = 2, **kwargs):
    return bp.neurons.InputGroup(pre), bp.neurons.LeakyIntegrator(post, **kwargs)


@LOOPED
def test_the_conductance_after_one_spike(looped: bool) -> None:
    bm.enable_x64()
    synapse = bp.synapses.Exponential(*groups(), bp.conn.All2All(), g_max=bm.asarray([[1., 2.]] * 3), tau=10., output=None)
    spikes = np.zeros((20, 3))
    spikes[2, 1] = 1.
    g = over_time(synapse, bm.asarray(spikes), looped)
    decay = np.where(np.arange(20) >= 2, np.exp(-(np.arange(20) - 2) * 0.01), 0.)
    np.testing.assert_allclose(g, decay[:, None] * [1., 2.], rtol=1e-13)


def test_the_jump_reaches_the_neurons_in_the_same_step() -> None:
    pre, post = groups()
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=2.)
    bp.share.save(t=0., dt=0.1)
    assert synapse(bm.asarray([True, False, True])) is None
    assert post.input.tolist() == [4., 4.]


@LOOPED
@pytest.mark.parametrize("delay_step", [None, 0, 1, 4])
def test_delays_in_a_network(delay_step: int | None, looped: bool) -> None:
    pre = bp.neurons.LIF(1, V_th=1., V_reset=0., input_var=True)
    post = bp.neurons.LeakyIntegrator(1)
    synapse = bp.synapses.Exponential(pre, post, bp.conn.One2One(), delay_step=delay_step, tau=1e9)
    net = bp.Network(synapse, pre, post)

    def step(x):
        pre.input += x
        net()
        fired, g = pre.spike + 0., synapse.g + 0.
        net.clear_input()
        return fired, g

    inputs = np.zeros((12, 1), np.float32)
    inputs[3] = 1000.
    for _ in range(2):  # a reset forgets what was under way
        fired, g = over_time(step, bm.asarray(inputs[:5]), looped)
        net.reset_state()
        fired, g = over_time(step, bm.asarray(inputs), looped)
        assert np.flatnonzero(fired.numpy()).tolist() == [3]
        # The synapses of a network come first, so a spike arrives one step late, and then delay_step more.
        assert np.flatnonzero(g.numpy() > 0.5)[0] == 3 + 1 + (delay_step or 0)
        net.reset_state()


def test_one_delay_for_every_presynaptic_neuron() -> None:
    pre, post = bp.neurons.LIF(3), bp.neurons.LIF(1)
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=bm.asarray([[1.], [10.], [100.]]), tau=1e9,
                                      delay_step=bm.asarray([2, 0, 1]), output=None)
    g = []
    for i in range(4):
        bp.share.save(t=i * 0.1, dt=0.1)
        pre.spike.value = bm.asarray([i == 0] * 3)
        synapse.update_local_delays([synapse])
        g.append(round(float(synapse()[0])))
    assert g == [10, 110, 111, 111]


def test_delays_that_an_initializer_makes() -> None:
    pre, post = bp.neurons.LIF(4), bp.neurons.LIF(1)
    for make in (bp.init.Constant(3.), lambda shape: np.arange(np.prod(shape)).reshape(shape)):
        synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), delay_step=make)
        assert synapse.delay_step.shape == (4,) and synapse.delay_step.dtype.kind == "i"
        assert synapse.local_delay_vars[f"{pre.name}.spike"].delay_len == 3
    with pytest.raises(MathError, match="a number of steps is an integer"):
        bp.synapses.Exponential(pre, post, bp.conn.All2All(), delay_step=bp.init.Constant(0.5))


def test_a_delay_that_is_changed_becomes_valid_at_the_reset() -> None:
    pre, post = bp.neurons.LIF(1, V_th=1., V_reset=0.), bp.neurons.LIF(1)
    synapse = bp.synapses.Exponential(pre, post, bp.conn.One2One(), tau=1e9)
    net = bp.Network(synapse, pre, post)
    for delay_step in (None, 3, 1, 5, None):
        synapse.delay_step = delay_step
        net.reset_state()
        arrived = []
        for i in range(9):
            pre.input += 1000. * (i == 0)
            net(dict(t=i * 0.1, dt=0.1))
            arrived.append(float(synapse.g[0]) > 0.5)
            net.clear_input()
        assert arrived.index(True) == 1 + (delay_step or 0)


@LOOPED
def test_conductance_based_output(looped: bool) -> None:
    bm.enable_x64()
    pre, post = groups(V_initializer=bp.init.Constant(-60.))
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.1, tau=5.,
                                      output=bp.synouts.COBA(E=bm.asarray([0., -80.])))

    def step(x):
        synapse(x)
        current, V = post.input + 0., post.V + 0.
        post()
        post.clear_input()
        return current, V

    current, V = over_time(step, bm.asarray(np.eye(3)[[0, 1, 1, 2]]), looped)
    g = np.zeros((4, 1))
    for i in range(4):
        g[i] = 0.1 + (g[i - 1] * np.exp(-0.02) if i else 0.)
    np.testing.assert_allclose(current, g * ([0., -80.] - V.numpy()), rtol=1e-12)
    assert np.all(current.numpy()[:, 0] > 0) and np.all(current.numpy()[:, 1] < 0)


def test_outputs_belong_to_one_synapse() -> None:
    pre, post = groups()
    for output in (bp.synouts.CUBA(), bp.synouts.COBA(E=3., membrane_var="V")):
        first, second = [bp.synapses.Exponential(pre, post, bp.conn.All2All(), output=output) for _ in range(2)]
        assert first.output is output and second.output is not output
        assert type(second.output) is type(output) and second.output.target_var is post.input
    first, second = [bp.synapses.Exponential(pre, post, bp.conn.All2All()) for _ in range(2)]
    assert isinstance(first.output, bp.synouts.CUBA) and first.output is not second.output
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), output=bp.synouts.CUBA(target_var=None))
    bp.share.save(t=0., dt=0.1)
    assert synapse(bm.ones(3)).tolist() == [3.]  * 2
    target = bm.Variable(bm.zeros(2))
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), output=bp.synouts.CUBA(target_var=target))
    synapse(bm.ones(3))
    assert target.tolist() == [3., 3.] and post.input.tolist() == [0., 0.]
    bp.share.clear_shargs()
    with pytest.raises(ModelBuildError, match="needs a variable 'current'"):
        bp.synapses.Exponential(pre, post, bp.conn.All2All(), output=bp.synouts.CUBA(target_var="current"))


@LOOPED
@pytest.mark.parametrize("output", [bp.synouts.CUBA, lambda: bp.synouts.COBA(E=2.)], ids=["CUBA", "COBA"])
@pytest.mark.parametrize("kind", ["matrix", "scalar", "dense", "sparse", "one2one"])
def test_gradients_by_weights_and_spikes(kind: str, output, looped: bool) -> None:
    bm.enable_x64()
    rng = np.random.default_rng(7)
    conn, method, g_max = {
        "matrix": (bp.conn.All2All(), "sparse", rng.normal(size=(3, 3))), "scalar": (bp.conn.All2All(), "sparse", 0.7),
        "dense": (bp.conn.MatConn(np.eye(3) + np.eye(3, k=1)), "dense", rng.normal(size=(3, 3))),
        "sparse": (bp.conn.MatConn(np.eye(3) + np.eye(3, k=1)), "sparse", rng.normal(size=5)),
        "one2one": (bp.conn.One2One(), "sparse", rng.normal(size=3))}[kind]
    with bm.training_environment():
        pre, post = groups(3, 3, tau=5.)
        synapse = bp.synapses.Exponential(pre, post, conn, output=output(), comp_method=method, tau=10.,
                                          g_max=g_max if kind == "scalar" else bm.asarray(g_max))
    x = bm.TrainVar(bm.asarray(rng.normal(size=(5, 2, 3))))
    c = bm.asarray(rng.normal(size=(5, 2, 3)))

    def step(row):
        synapse(row)
        out = post()
        post.clear_input()
        return out

    def loss():
        synapse.reset_state(2)
        post.reset_state(2)
        return bm.sum(over_time(step, x, looped, dt=0.5) * c)

    assert isinstance(synapse.g_max, bm.TrainVar)
    check_gradients(loss, {"g_max": synapse.g_max, "x": x})


def test_the_gradient_of_spikes_can_be_stopped() -> None:
    bm.enable_x64()
    for stop in (False, True):
        synapse = bp.synapses.Exponential(*groups(), bp.conn.All2All(), output=None, stop_spike_gradient=stop)
        bp.share.save(t=0., dt=0.1)
        gradient = bm.grad(lambda x, synapse=synapse: bm.sum(synapse(x)))(bm.ones(3))
        assert gradient.tolist() == ([0.] * 3 if stop else [2.] * 3)


@pytest.mark.parametrize("mode", [bm.nonbatching_mode, bm.batching_mode, bm.training_mode])
def test_weights_are_trained_in_training_mode_only(mode) -> None:
    with bm.environment(mode=mode):
        pre, post = groups()
        for g_max in (0.5, 1, bp.init.Normal(0., 1.), bm.ones((3, 2)), np.ones((3, 2))):
            synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=g_max)
            assert isinstance(synapse.g_max, bm.TrainVar) == (mode == bm.training_mode)
            if isinstance(g_max, (int, float)):
                assert float(synapse.g_max) == g_max
    assert synapse.g.shape == ((2,) if mode == bm.nonbatching_mode else (1, 2))


def test_neurons_that_keep_their_size() -> None:
    weights = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    spikes = np.arange(6.).reshape(2, 3)
    pre, post = bp.neurons.InputGroup((2, 3), keep_size=True), bp.neurons.LIF((2, 2), keep_size=True)
    bp.share.save(t=0., dt=0.1)
    bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=bm.asarray(weights))(spikes)
    np.testing.assert_allclose(post.input, (np.arange(6.) @ weights).reshape(2, 2), rtol=1e-5)
    post.clear_input()
    bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.5)(spikes)
    assert post.input.tolist() == [[7.5, 7.5], [7.5, 7.5]]


def test_parts_of_groups() -> None:
    pre, post = bp.neurons.LIF(4), bp.neurons.LIF(3)
    synapse = bp.synapses.Exponential(pre[1:3], post[:2], bp.conn.One2One(), g_max=2.)
    pre.spike.value = bm.asarray([True, True, False, True])
    bp.share.save(t=0., dt=0.1)
    synapse()
    assert synapse.g.tolist() == [2., 0.] and post.input.tolist() == [2., 0., 0.]


def test_the_text() -> None:
    pre, post = bp.neurons.InputGroup(3, name="a"), bp.neurons.LIF(2, name="b")
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), name="ab")
    assert repr(synapse) == "Exponential(name=ab, mode=NonBatchingMode, pre=a, post=b)"


def test_wrong_arguments() -> None:
    pre, post = groups()
    make = bp.synapses.Exponential
    with pytest.raises(ValueError, match=r"tau must be one number, but got an array of shape \(2,\)"):
        make(pre, post, bp.conn.All2All(), tau=bm.ones(2))
    with pytest.raises(ModelBuildError, match="stp must be a SynSTP"):
        make(pre, post, bp.conn.All2All(), stp=object())
    with pytest.raises(ValueError, match="comp_method must be 'sparse' or 'dense', but got 'csr'"):
        make(pre, post, bp.conn.All2All(), comp_method="csr")
    with pytest.raises(ValueError, match=r"should be \(3, 2\), but we got \(2, 3\)"):
        make(pre, post, bp.conn.All2All(), g_max=bm.ones((2, 3)))
    with pytest.raises(ValueError, match="conn must say"):
        make(pre, post, None)
    with pytest.raises(ModelBuildError, match="needs spike of"):
        make(bp.neurons.LeakyIntegrator(3), post, bp.conn.All2All())


def test_wrong_spikes() -> None:
    pre, post = groups(mode=bm.training_mode)
    synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), mode=bm.training_mode, name="wrongly_called")
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ModelUseError, match="must be given"):
        synapse()
    with pytest.raises(ValueError, match=r"wrongly_called: expected spikes of shape \(..., 3\), but got \(1, 2\)"):
        synapse(bm.ones((1, 2)))
    with pytest.raises(ValueError, match=r"reset_state\(4\) first"):
        synapse(bm.ones((4, 3)))
    assert not np.any(synapse.g.numpy()) and not np.any(post.input.numpy())
