"""The block by magnesium against its formula, and outputs as parts of synapses."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time

V = np.array([-80., -65., -40., 0., 20.])


def current(output: bp.SynOut, g: float = 2.) -> np.ndarray:
    """What a conductance adds to the input of neurons with the potentials V."""
    pre, post = bp.neurons.InputGroup(5), bp.neurons.LIF(5, V_initializer=lambda shape: V)
    bp.synapses.Exponential(pre, post, bp.conn.One2One(), g_max=g, output=output)(dict(t=0., dt=0.1), bm.ones(5))
    return post.input.numpy()


def test_the_block_by_magnesium() -> None:
    bm.enable_x64()
    want = 2. * (10. - V) / (1 + 1.5 / 3. * np.exp(-0.07 * V))
    np.testing.assert_allclose(current(bp.synouts.MgBlock(10., 1.5, 0.07, 3.)), want, rtol=1e-13)
    each = bm.asarray(np.arange(1., 6.))
    want = 2. * (each.numpy() - V) / (1 + 1.5 / each.numpy() * np.exp(-0.07 * V))
    np.testing.assert_allclose(current(bp.synouts.MgBlock(each, 1.5, 0.07, each)), want, rtol=1e-13)


def test_limits_of_the_block() -> None:
    """Without magnesium it is a plain conductance; at the half-block concentration half of the channels at 0 mV is open."""
    bm.enable_x64()
    np.testing.assert_allclose(current(bp.synouts.MgBlock(cc_Mg=0.)), current(bp.synouts.COBA()), rtol=1e-14)
    half = current(bp.synouts.MgBlock(E=50., cc_Mg=4., beta=4.))[3]
    assert half == pytest.approx(0.5 * current(bp.synouts.COBA(E=50.))[3], rel=1e-13)


def test_it_belongs_to_one_synapse() -> None:
    pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3)
    output = bp.synouts.MgBlock(1., 2., 3., 4., membrane_var="input", target_var="V")
    first, second = [bp.synapses.NMDA(pre, post, bp.conn.All2All(), output=output) for _ in range(2)]
    assert first.output is output and second.output is not output
    copy = second.output
    assert isinstance(copy, bp.synouts.MgBlock) and (copy.E, copy.cc_Mg, copy.alpha, copy.beta) == (1., 2., 3., 4.)
    assert copy.target_var is post.V and copy._membrane == ("input",)
    with pytest.raises(ModelBuildError, match="needs a variable 'U'"):
        bp.synapses.NMDA(pre, post, bp.conn.All2All(), output=bp.synouts.MgBlock(membrane_var="U"))
    with pytest.raises(ValueError, match="should be"):
        bp.synapses.NMDA(pre, post, bp.conn.All2All(), output=bp.synouts.MgBlock(beta=bm.ones(2)))


def test_defaults_of_synapses() -> None:
    pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3)
    outputs = {kind: kind(pre, post, bp.conn.All2All()).output
               for kind in (bp.synapses.NMDA, bp.synapses.BioNMDA, bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.Alpha)}
    assert [type(output).__name__ for output in outputs.values()] == ["MgBlock", "MgBlock", "COBA", "COBA", "CUBA"]
    assert outputs[bp.synapses.AMPA].E == 0. and outputs[bp.synapses.GABAa].E == -80.


@LOOPED
def test_gradients_pass_the_block(looped: bool) -> None:
    bm.enable_x64()
    with bm.training_environment():
        pre, post = bp.neurons.InputGroup(3), bp.neurons.LeakyIntegrator(2, V_initializer=bp.init.Constant(-30.))
        synapse = bp.synapses.NMDA(pre, post, bp.conn.All2All(), g_max=bm.asarray(np.random.default_rng(0).random((3, 2))))
    spikes = bm.asarray((np.random.default_rng(1).random((8, 2, 3)) < 0.5).astype(float))

    def step(row):
        synapse(row)
        out = post()
        post.clear_input()
        return out

    def loss():
        synapse.reset_state(2)
        post.reset_state(2)
        return bm.sum(over_time(step, spikes, looped, dt=0.5) ** 2)

    check_gradients(loss, {"g_max": synapse.g_max})
