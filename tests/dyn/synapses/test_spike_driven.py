"""What holds for all synapses that are driven by spikes: connections, delays, batches, gradients, plasticity, loops."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelUseError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time

PRE, POST, STEPS = 5, 4, 12
MASK = np.random.default_rng(3).random((PRE, POST)) < 0.5
KINDS = [bp.synapses.Delta, bp.synapses.Exponential, bp.synapses.DualExponential, bp.synapses.Alpha, bp.synapses.NMDA,
         bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.BioNMDA]
EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
PLASTICITY = pytest.mark.parametrize("stp", [None, bp.synplast.STD, bp.synplast.STP], ids=["none", "STD", "STP"])


def states(synapse: Any) -> tuple[Any, ...]:
    """Copies of all state variables of a synapse, its plasticity included."""
    return tuple([getattr(part, name) + 0. for part in (synapse, synapse.stp) for name in getattr(part, "starts", {})])


def spikes_of(*shape: int, seed: int = 5) -> np.ndarray:
    return (np.random.default_rng(seed).random(shape) < 0.3).astype(float)


@EVERY
@PLASTICITY
def test_compiled_against_the_reference(kind: Any, stp: Any) -> None:
    """All states and what the neurons receive, with the default output, delays, and one plasticity."""
    bm.enable_x64()
    weights = np.random.default_rng(1).normal(size=(PRE, POST))
    inputs = bm.asarray(spikes_of(40, PRE) * 1000.)
    runs = []
    for looped in (False, True):
        pre = bp.neurons.LIF(PRE, V_th=1., V_reset=0., tau_ref=1.)
        post = bp.neurons.LIF(POST, V_rest=-60., V_reset=-60., V_th=-50., V_initializer=bp.init.Constant(-60.))
        synapse = kind(pre, post, bp.conn.All2All(), g_max=bm.asarray(weights), delay_step=2, stp=stp)
        net = bp.Network(synapse, pre, post)

        def step(x: Any, net: Any = net, pre: Any = pre, post: Any = post, synapse: Any = synapse) -> Any:
            pre.input += x
            net()
            received = post.input + 0., post.V + 0., *states(synapse)
            net.clear_input()
            return received

        runs.append(over_time(step, inputs, looped, dt=0.5))
    assert np.any(runs[0][1].numpy() != -60.)
    for eager, loop in zip(*runs, strict=True):
        np.testing.assert_allclose(loop, eager, rtol=1e-11, atol=1e-12)


@EVERY
@PLASTICITY
@LOOPED
def test_sparse_and_dense_connections_are_the_same(kind: Any, stp: Any, looped: bool) -> None:
    bm.enable_x64()
    matrix = np.random.default_rng(2).normal(size=(PRE, POST)) * MASK
    given = {"sparse": (bp.conn.MatConn(MASK), "sparse", matrix[MASK]), "dense": (bp.conn.MatConn(MASK), "dense", matrix),
             "all": (bp.conn.All2All(), "sparse", matrix)}
    courses = {}
    for name, (conn, comp_method, g_max) in given.items():
        pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LIF(POST)
        synapse = kind(pre, post, conn, comp_method=comp_method, g_max=bm.asarray(g_max), output=None, stp=stp)
        courses[name] = over_time(synapse, bm.asarray(spikes_of(STEPS, PRE)), looped).numpy()
    assert np.any(courses["all"] != 0)
    for name in ("sparse", "dense"):
        np.testing.assert_allclose(courses[name], courses["all"], rtol=1e-12, atol=1e-15)


@EVERY
def test_connections_by_one_number_and_one_to_one(kind: Any) -> None:
    """A number for all is a matrix of this number, and one to one is a diagonal matrix."""
    bm.enable_x64()
    spikes = bm.asarray(spikes_of(STEPS, PRE))
    for conn, g_max, matrix in ((bp.conn.All2All(), 0.3, np.full((PRE, PRE), 0.3)),
                                (bp.conn.All2All(include_self=False), 0.3, 0.3 * (1 - np.eye(PRE))),
                                (bp.conn.One2One(), 0.3, 0.3 * np.eye(PRE)),
                                (bp.conn.One2One(), bm.asarray(np.arange(5.)), np.diag(np.arange(5.)))):
        pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LIF(PRE)
        given = kind(pre, post, conn, g_max=g_max, output=bp.synouts.CUBA("input"))
        plain = kind(pre, post, bp.conn.All2All(), g_max=bm.asarray(matrix), output=None)

        def step(x: Any, given: Any = given, plain: Any = plain, post: Any = post) -> Any:
            given(x)
            received = post.input + 0.
            post.clear_input()
            return received, plain(x)

        np.testing.assert_allclose(*over_time(step, spikes, True), rtol=1e-13, atol=1e-15)


@EVERY
@pytest.mark.parametrize("delay_step", [None, 0, 3, "each"])
def test_delays(kind: Any, delay_step: Any) -> None:
    """With k steps a synapse does k steps later what it would do without a delay."""
    bm.enable_x64()
    steps = np.array([3, 0, 1, 2, 3]) if delay_step == "each" else delay_step
    pre, post = bp.neurons.LIF(PRE), bp.neurons.LIF(POST)
    weights = bm.asarray(np.random.default_rng(1).normal(size=(PRE, POST)))
    late = kind(pre, post, bp.conn.All2All(), g_max=weights, output=None,
                delay_step=bm.asarray(steps) if delay_step == "each" else steps)
    given = kind(pre, post, bp.conn.All2All(), g_max=weights, output=None)
    spikes = spikes_of(STEPS, PRE) > 0
    shift = np.zeros(PRE, int) if steps is None else np.broadcast_to(steps, PRE)
    arriving = np.zeros_like(spikes)
    for neuron, n in enumerate(shift):
        arriving[n:, neuron] = spikes[:STEPS - n, neuron]

    def step(rows: Any) -> Any:
        pre.spike.value = rows[0]
        late.update_local_delays([late])
        return late(), given(rows[1])

    got, want = over_time(step, bm.asarray(np.stack([spikes, arriving], axis=1)), True)
    assert np.any(want.numpy() != 0)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15)


@EVERY
@LOOPED
def test_gradients_by_weights(kind: Any, looped: bool) -> None:
    """In TrainingMode, with plasticity, for sparse weights and for a matrix, against central differences."""
    bm.enable_x64()
    rng = np.random.default_rng(7)
    spikes, c = bm.asarray(spikes_of(6, 2, PRE)), bm.asarray(rng.normal(size=(6, 2, POST)))
    for conn, shape in ((bp.conn.All2All(), (PRE, POST)), (bp.conn.MatConn(MASK), MASK.sum())):
        with bm.training_environment():
            pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LeakyIntegrator(POST, tau=5.)
            synapse = kind(pre, post, conn, g_max=bm.asarray(rng.normal(size=shape)), comp_method="sparse",
                           output=bp.synouts.MgBlock(E=5.), stp=bp.synplast.STP(U=0.3))

        def step(row: Any, synapse: Any = synapse, post: Any = post) -> Any:
            synapse(row)
            out = post()
            post.clear_input()
            return out

        def loss(synapse: Any = synapse, post: Any = post, step: Any = step) -> Any:
            synapse.reset_state(2)
            post.reset_state(2)
            return bm.sum(over_time(step, spikes, looped, dt=0.5) * c)

        assert isinstance(synapse.g_max, bm.TrainVar)
        check_gradients(loss, {"g_max": synapse.g_max})


@pytest.mark.parametrize("kind", KINDS[:5], ids=lambda kind: kind.__name__)
@PLASTICITY
def test_gradients_by_spikes(kind: Any, stp: Any) -> None:
    """Spikes count with their value, also in the plasticity, so that surrogate gradients pass."""
    bm.enable_x64()
    x = bm.TrainVar(bm.asarray(np.random.default_rng(8).random((6, 1, 3))))
    for stop in (False, True):
        synapse = kind(bp.neurons.InputGroup(3), bp.neurons.LIF(2), bp.conn.All2All(), output=None, stp=stp,
                       mode=bm.training_mode, stop_spike_gradient=stop)

        def loss(synapse: Any = synapse) -> Any:
            synapse.reset_state(1)
            return bm.sum(over_time(synapse, x, True) ** 2)

        if stop:
            assert not np.any(bm.grad(loss, grad_vars=x)().numpy())
        else:
            check_gradients(loss, {"x": x})


@EVERY
@PLASTICITY
def test_resets_and_batches(kind: Any, stp: Any) -> None:
    with bm.environment(mode=bm.batching_mode):
        pre, post = bp.neurons.InputGroup(PRE), bp.neurons.LeakyIntegrator(POST)
        synapse = kind(pre, post, bp.conn.All2All(), output=None, stp=stp)
    first = [state.tolist() for state in states(synapse)]
    bp.share.save(t=0., dt=0.1)
    synapse(bm.ones((1, PRE)))
    assert [state.tolist() for state in states(synapse)] != first or (kind is bp.synapses.Delta and stp is None)
    synapse.reset_state()
    assert [state.tolist() for state in states(synapse)] == first
    synapse.reset_state(3)
    assert {state.shape[0] for state in states(synapse)} <= {3}
    rows = spikes_of(3, PRE)
    together = synapse(bm.asarray(rows))
    for row, one in zip(rows, together, strict=True):
        synapse.reset_state(1)
        np.testing.assert_allclose(synapse(bm.asarray(row[None]))[0], one, rtol=1e-6)
    if states(synapse):
        with pytest.raises(ValueError, match=r"reset_state\(4\) first"):
            synapse(bm.ones((4, PRE)))


@EVERY
def test_groups_that_keep_their_size_and_parts_of_groups(kind: Any) -> None:
    weights = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    spikes = spikes_of(STEPS, 6)
    pre, post = bp.neurons.InputGroup((2, 3), keep_size=True), bp.neurons.LIF((2, 2), keep_size=True)
    shaped = kind(pre, post, bp.conn.All2All(), g_max=bm.asarray(weights), output=None)
    flat = kind(bp.neurons.InputGroup(6), bp.neurons.LIF(4), bp.conn.All2All(), g_max=bm.asarray(weights), output=None)
    got = over_time(shaped, bm.asarray(spikes.reshape(STEPS, 2, 3)), True)
    np.testing.assert_allclose(got.reshape(STEPS, 4), over_time(flat, bm.asarray(spikes), True), rtol=1e-5)
    left, right = bp.neurons.LIF(4), bp.neurons.LIF(3)
    part = kind(left[1:3], right[:2], bp.conn.One2One(), stp=bp.synplast.STD)
    bp.share.save(t=0., dt=0.1)
    left.spike.value = bm.asarray([True, True, False, True])
    part()
    assert part.stp.x[0] < 1 and part.stp.x[1] == 1
    with pytest.raises(ValueError, match=r"expected spikes of shape \(..., 2, 3\), but got \(6,\)"):
        shaped(bm.ones(6))


@EVERY
def test_spikes_must_be_given_for_groups_without_their_own(kind: Any) -> None:
    synapse = kind(bp.neurons.InputGroup(2), bp.neurons.LIF(2), bp.conn.All2All())
    bp.share.save(t=0., dt=0.1)
    with pytest.raises(ModelUseError, match="must be given"):
        synapse()
    bp.share.clear_shargs()
    if kind is not bp.synapses.Delta:
        with pytest.raises(KeyError, match="Cannot found shared data of t"):
            synapse(bm.ones(2))
