"""Delayed variables of a model: None, 0 and k steps, and that models do not share anything."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import MathError, ModelUseError
from tests.dynsys.models import Neurons, Synapses


def network(delay_step, n=2):
    pre, post = Neurons(n), Neurons(n)
    return bp.Network(pre=pre, post=post, syn=Synapses(pre, post, delay_step))


def arrivals(net, steps=8, loop=False):
    """In which steps the synapse passes on a spike that the presynaptic neurons emit in step 0."""
    drive = np.zeros((steps, 2), np.float32)
    drive[0] = 1.0

    def step(x):
        net.pre.input += x
        net()
        g = net.syn.g + 0.0
        net.clear_input()
        return g

    rows = bm.for_loop(step, drive) if loop else np.stack([np.asarray(step(x)) for x in drive])
    return np.flatnonzero(np.asarray(rows)[:, 0]).tolist()


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize(("delay_step", "step"), [(None, 1), (0, 1), (1, 2), (2, 3), (5, 6)])
def test_a_spike_arrives_after_one_step_and_the_delay(delay_step, step, loop):
    bp.share.save(t=0.0)
    assert arrivals(network(delay_step), loop=loop) == [step]


def test_one_object_that_is_delayed_twice_keeps_the_longest():
    pre = Neurons(2)
    reader = bp.DynamicalSystem()
    assert reader.register_delay("x", 2, pre.spike) == 2
    assert reader.register_delay("x", 5, pre.spike) == 5
    assert reader.register_delay("x", None, pre.spike) is None
    assert reader.register_delay("x", 1, pre.spike) == 1
    assert reader.local_delay_vars["x"].delay_len == 5
    assert len(reader.nodes().subset(bm.LengthDelay)) == 1


def test_delays_for_pairs_of_elements():
    pre = Neurons(2)
    reader = bp.DynamicalSystem()
    steps = reader.register_delay("x", bp.init.Constant(2.0), pre.spike, steps_shape=(2, 3))
    assert steps.shape == (2, 3) and steps.dtype.kind == "i"
    for i in range(3):
        pre.spike.value = np.array([i, 10 * i], np.float32)
        reader.update_local_delays([reader])
    got = reader.get_delay_data("x", np.array([[0, 1, 2], [2, 1, 0]]), np.arange(2)[:, None])
    assert got.tolist() == [[2, 1, 0], [0, 10, 20]]
    with pytest.raises(MathError, match=r"of shape \(2, 3\)"):
        reader.register_delay("x", np.ones((3, 2), int), pre.spike, steps_shape=(2, 3))
    with pytest.raises(MathError, match="a number of steps is an integer"):
        reader.register_delay("y", bp.init.Constant(0.5), pre.spike)


def test_models_of_one_variable_do_not_share_their_delays():
    pre, post = Neurons(2), Neurons(2)
    nets = [bp.Network(pre=pre, post=post, syn=Synapses(pre, post, 2)) for _ in range(2)]
    inner = bp.Network(net=bp.Network(syn=Synapses(pre, post, 2)), syn=Synapses(pre, post, 2), pre=pre, post=post)
    bp.share.save(t=0.0)
    for net in (*nets, inner):
        assert arrivals(net) == [3]


def test_a_model_that_is_gone_leaves_nothing_behind():
    pre = Neurons(2)
    net = bp.Network(pre=pre, syn=Synapses(pre, Neurons(2), 3))
    gone = weakref.ref(net.syn)
    del net
    gc.collect()
    assert gone() is None


def test_every_element_may_have_its_own_delay():
    pre = Neurons(3)
    reader = bp.DynamicalSystem()
    steps = reader.register_delay("x", np.array([0, 1, 2]), pre.V)
    for i in range(4):
        pre.V.value = np.full(3, i, np.float32)
        reader.update_local_delays([reader])
    np.testing.assert_array_equal(reader.get_delay_data("x", steps), [3, 2, 1])
    np.testing.assert_array_equal(reader.get_delay_data("x", 1, slice(0, 2)), [2, 2])
    np.testing.assert_array_equal(reader.get_delay_data("x", None, slice(0, 2)), [3, 3])


def test_delays_follow_a_reset_to_another_batch_size():
    with bm.training_environment():
        net = network(3)
    net.reset_state(4)
    assert net.syn.local_delay_vars[f"{net.pre.name}.spike"].data.shape == (4, 4, 2)


def test_what_is_given_by_hand_needs_no_variable():
    reader = bp.DynamicalSystem(name="reader")
    assert reader.register_delay("x", None, None) is None
    with pytest.raises(ModelUseError, match="the value must be given when reader is called"):
        reader.get_delay_data("x")
    with pytest.raises(TypeError, match="only a Variable can be delayed"):
        reader.register_delay("y", 1, None)


def test_what_cannot_be_delayed():
    reader, x = bp.DynamicalSystem(name="reader"), bm.Variable(2)
    reader.register_delay("x", None, x)
    with pytest.raises(ModelUseError, match="'x' stands for another variable"):
        reader.register_delay("x", None, bm.Variable(2))
    with pytest.raises(ModelUseError, match="without a delay, but 2"):
        reader.get_delay_data("x", 2)
    with pytest.raises(KeyError, match=r"no delay is registered as 'z'; there are \['x'\]"):
        reader.get_delay_data("z")
    for wrong in (1.5, -1, np.array([-1, 1])):
        with pytest.raises(MathError):
            bp.DynamicalSystem().register_delay("x", wrong, x)


def test_states_of_delays_have_names_that_do_not_depend_on_names():
    a, b = network(2), network(2)
    assert a.state_dict().keys() == b.state_dict().keys()
    assert "syn.delay0" in a.state_dict()
