"""Delta synapses: no memory, refractory neurons, delays."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dyn.derivatives import check_gradients
from tests.dyn.driving import LOOPED, over_time


@LOOPED
def test_a_spike_acts_in_one_step(looped: bool) -> None:
    pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3)
    synapse = bp.synapses.Delta(pre, post, bp.conn.All2All(), g_max=bm.asarray([[1., 2., 3.], [4., 5., 6.]]), output=None)
    received = over_time(synapse, bm.asarray([[1., 0.], [0., 0.], [1., 1.]]), looped)
    assert received.tolist() == [[1., 2., 3.], [0., 0., 0.], [5., 7., 9.]]


def test_by_default_a_spike_moves_the_potential() -> None:
    pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3)
    synapse = bp.synapses.Delta(pre, post, bp.conn.All2All(), g_max=bm.asarray([[1., 2., 3.], [4., 5., 6.]]))
    assert synapse(bm.asarray([True, False])) is None
    assert post.V.tolist() == [1., 2., 3.] and not np.any(post.input.numpy())


def test_refractory_neurons_receive_nothing() -> None:
    pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(3, tau_ref=5., ref_var=True)
    synapse = bp.synapses.Delta(pre, post, bp.conn.All2All(), post_ref_key="refractory", output=None)
    post.refractory.value = bm.asarray([True, False, True])
    assert synapse(bm.ones(2)).tolist() == [0., 2., 0.]
    with pytest.raises(ModelBuildError, match="needs refractory of"):
        bp.synapses.Delta(pre, bp.neurons.LIF(3), bp.conn.All2All(), post_ref_key="refractory")


def test_a_delay() -> None:
    pre, post = bp.neurons.LIF(2), bp.neurons.LIF(1)
    synapse = bp.synapses.Delta(pre, post, bp.conn.All2All(), delay_step=2, output=None)
    received = []
    for i in range(5):
        pre.spike.value = bm.asarray([i == 0, False])
        synapse.update_local_delays([synapse])
        received.append(float(synapse()[0]))
    assert received == [0., 0., 1., 0., 0.]


def test_gradients_by_the_weights() -> None:
    bm.enable_x64()
    with bm.training_environment():
        pre, post = bp.neurons.InputGroup(2), bp.neurons.LeakyIntegrator(3)
        synapse = bp.synapses.Delta(pre, post, bp.conn.All2All(), g_max=bm.asarray(np.arange(6.).reshape(2, 3)))
    bp.share.save(t=0., dt=0.1)

    def loss():
        post.reset_state(2)
        synapse.reset_state(2)
        synapse(bm.asarray([[1., 0.], [0.5, 2.]]))
        return bm.sum(post() ** 2)

    check_gradients(loss, {"g_max": synapse.g_max})
