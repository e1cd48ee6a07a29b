"""Gap junctions, against sums over all junctions."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time

MASK = np.random.default_rng(1).random((4, 3)) < 0.6
WEIGHTS = np.random.default_rng(2).random((4, 3))


@LOOPED
@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("comp_method", ["dense", "sparse"])
@pytest.mark.parametrize("single", [False, True])
def test_currents_on_both_sides(comp_method: str, single: bool, batch: int | None, looped: bool) -> None:
    bm.enable_x64()
    mode = bm.nonbatching_mode if batch is None else bm.BatchingMode(batch)
    pre, post = bp.neurons.LIF(4, mode=mode), bp.neurons.LIF(3, mode=mode)
    g_max = 0.3 if single else bm.asarray(WEIGHTS if comp_method == "dense" else WEIGHTS[MASK])
    junctions = bp.synapses.GapJunction(pre, post, bp.conn.MatConn(MASK), comp_method, g_max)
    V = np.random.default_rng(3).normal(-60., 5., size=(5, 7) if batch is None else (5, batch, 7))

    def step(row):
        pre.V.value, post.V.value = row[..., :4], row[..., 4:]
        junctions()
        currents = pre.input + 0., post.input + 0.
        pre.clear_input()
        post.clear_input()
        return currents

    to_pre, to_post = over_time(step, bm.asarray(V), looped)
    matrix = MASK * (0.3 if single else WEIGHTS)
    flow = (V[..., :4, None] - V[..., None, 4:]) * matrix
    np.testing.assert_allclose(to_post, flow.sum(-2), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(to_pre, -flow.sum(-1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(to_pre.numpy().sum(-1), -to_post.numpy().sum(-1), rtol=1e-10)  # nothing is lost


def test_inside_of_one_group() -> None:
    neurons = bp.neurons.LIF(3, V_initializer=lambda shape: np.array([0., 1., 5.], np.float32))
    once = np.triu(np.ones((3, 3)), 1)
    bp.synapses.GapJunction(neurons, neurons, once, g_max=2.)()
    assert neurons.input.tolist() == [12., 6., -18.]


@LOOPED
@pytest.mark.parametrize("comp_method", ["dense", "sparse"])
def test_gradients(comp_method: str, looped: bool) -> None:
    bm.enable_x64()
    with bm.training_environment():
        pre = bp.neurons.LeakyIntegrator(4, V_initializer=lambda shape: np.broadcast_to(np.arange(4.), shape))
        post = bp.neurons.LeakyIntegrator(3)
        junctions = bp.synapses.GapJunction(pre, post, bp.conn.MatConn(MASK), comp_method,
                                            bm.asarray(WEIGHTS if comp_method == "dense" else WEIGHTS[MASK]))
    net = bp.Network(pre=pre, post=post, junctions=junctions)

    def step(_):
        net()
        V = post.V + 0.
        net.clear_input()
        return V

    def loss():
        net.reset_state(1)
        return bm.sum(over_time(step, bm.zeros((4, 1)), looped) ** 2)

    check_gradients(loss, {"weights": junctions.weights})


def test_wrong_arguments() -> None:
    pre, post = bp.neurons.LIF(4), bp.neurons.LIF(3)
    with pytest.raises(ValueError, match="conn must say"):
        bp.synapses.GapJunction(pre, post, None)
    with pytest.raises(ValueError, match="comp_method must be 'sparse' or 'dense'"):
        bp.synapses.GapJunction(pre, post, bp.conn.All2All(), "csr")
    with pytest.raises(ValueError, match="should be"):
        bp.synapses.GapJunction(pre, post, bp.conn.All2All(), g_max=bm.ones((3, 4)))
    with pytest.raises(ModelBuildError, match="needs V, input of"):
        bp.synapses.GapJunction(bp.neurons.InputGroup(4), post, bp.conn.All2All())
