"""Containers: the order of a step, what can be indexed, what they look like."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import ModelBuildError
from tests.dynsys.models import Neurons, Scale, Synapses


class Logs(bp.DynamicalSystemNS):
    def __init__(self, log, name):
        super().__init__(name=name)
        self.log = log

    def update(self):
        self.log.append(self.name)

    def reset_state(self, batch_size=None):
        self.log.append(self.name)


def test_a_network_updates_synapses_then_neurons_then_the_rest():
    log = []
    pre, post = Neurons(2, log, name="pre"), Neurons(2, log, name="post")
    net = bp.Network(
        Logs(log, "first"), pre, a=Synapses(pre, post, log=log, name="syn_a"), b=post, c=Logs(log, "last"),
        d=Synapses(post, pre, 1, log=log, name="syn_d"),
    )
    bp.share.save(t=0.0)
    assert net() is None
    # systems without a key are registered ones, which come after the attributes
    assert log == ["syn_a", "syn_d", "post", "pre", "last", "first"]


def test_an_update_of_a_subclass_is_of_the_old_style():
    class Net(bp.Network):
        def __init__(self):
            super().__init__()
            self.n = Neurons(2)

        def update(self, shared, x):
            self.n(shared, x)
            return shared["t"]

    net = Net()
    assert net({"t": 2.0}, np.ones(2)) == 2.0
    np.testing.assert_array_equal(net.n.input, [1, 1])
    assert repr(net) == "Net()"


def test_a_network_has_no_inputs_unless_it_says_so():
    net = bp.Network(n=Neurons(2))
    with pytest.raises(TypeError, match="takes no inputs"):
        net({"t": 0.0}, np.ones(2))
    net.update({"t": 0.0})
    assert bp.share.load("t") == 0.0


def test_a_network_resets_neurons_synapses_the_rest_and_delays():
    with bm.training_environment():
        pre = Neurons(2)
        net = bp.Network(s=Synapses(pre, pre, 2), pre=pre, layer=Scale(2.0))
    for variable in (pre.V, pre.spike, net.s.g):
        variable += 1.0
    net.update_local_delays()
    net.reset_state(5)
    assert pre.V.shape == (5, 2)
    assert not np.any(net.s.g)
    assert not np.any(net.s.local_delay_vars[f"{pre.name}.spike"].data)


def test_a_container_calls_its_children_in_their_order():
    log = []
    both = bp.Container(a=Neurons(2, log, name="a1"), b=Neurons(2, log, name="b1"))
    both({"t": 0.0}, np.ones(2))
    assert log == ["a1", "b1"]
    np.testing.assert_array_equal(both.b.input, [1, 1])


def test_parts_are_found_by_key_and_by_name():
    a, b, c, d = (Neurons(2, name=name) for name in ("aa", "bb", "cc", "dd"))
    net = bp.Network(a, [b], {"key": c}, other=d)
    assert net["aa"] is a
    assert net["bb"] is b
    assert net["key"] is net["cc"] is net.key is c
    assert net["other"] is net.other is d
    assert list(net.nodes("relative", level=1)) == ["", "key", "other", "0", "1"]
    with pytest.raises(KeyError, match="has no part 'x'"):
        net["x"]


@pytest.mark.parametrize(
    ("parts", "named", "text"),
    [
        ((bm.Variable(2),), {}, "a DynamicalSystem is needed"),
        ((), {"update": Scale(1.0)}, "'update' is an attribute of every Network"),
        (({"a b": Scale(1.0)},), {}, "must be an identifier"),
    ],
)
def test_what_cannot_be_a_part(parts, named, text):
    with pytest.raises(ModelBuildError, match=text):
        bp.Network(*parts, **named)


def test_a_container_may_hold_other_objects():
    part = bm.BrainPyObject()
    assert bp.Container(part, must_be_dynsys_subclass=False)["0"] is part


def test_a_network_shows_its_parts():
    net = bp.Network(Scale(1.0, name="one"), n=Neurons(2, name="two"))
    assert repr(net) == (
        "Network(\n  Scale(name=one, mode=NonBatchingMode),\n  n=Neurons(name=two, mode=NonBatchingMode, size=(2,)),\n)"
    )


def test_a_sequence_of_layers():
    model = bp.Sequential(Scale(2.0), np.negative, last=Scale(5.0))
    assert float(model(bm.Array(3.0))) == -30
    assert float(np.float32(3.0) >> model) == -30
    assert list(model.train_vars("relative")) == ["last.w", "0.w"]
    assert len(model) == 3
    assert list(model) == [model[0], np.negative, model.last]


def test_a_sequence_of_old_and_new_style():
    bp.share.save(t=0.0)
    np.testing.assert_array_equal(bp.Sequential(Scale(2.0), Neurons(2), Scale(3.0))(np.array([1.0, -1.0])), [3, 0])


def test_what_a_sequence_can_be_indexed_with():
    first, last = Scale(2.0, name="first"), Scale(5.0)
    model = bp.Sequential(first, abs, last=last, mode=bm.training_mode)
    assert model[0] is model["first"] is model["0"] is first
    assert model[-1] is model["last"] is model.last is last
    part = model[1:]
    assert (type(part), part[0], part["last"], part.mode) == (bp.Sequential, abs, last, bm.training_mode)
    assert float(model[:2](bm.Array(-3.0))) == 6
    assert len(model[::2]) == 2
    with pytest.raises(IndexError):
        model[3]
    with pytest.raises(KeyError, match="no module 'x'"):
        model["x"]


def test_a_sequence_shows_its_modules():
    assert repr(bp.Sequential(Scale(2.0, name="s"), abs)) == (
        "Sequential(\n  [0] Scale(name=s, mode=NonBatchingMode)\n  [1] abs\n)"
    )
    assert repr(bp.Sequential(bp.Sequential(abs))) == "Sequential(\n  [0] Sequential(\n    [0] abs\n  )\n)"


def test_what_cannot_be_a_module():
    with pytest.raises(ModelBuildError, match="a layer or function is needed, but got 3"):
        bp.Sequential(Scale(1.0), 3)
    with pytest.raises(ModelBuildError, match="'reset_state'"):
        bp.Sequential(reset_state=Scale(1.0))


def test_a_sequence_resets_and_trains():
    model = bp.Sequential(Scale(2.0), Scale(3.0))
    model.reset_state(4)
    gradients = bm.grad(lambda: model(bm.Array(1.0)), model.train_vars("relative"))()
    assert {key: float(g) for key, g in gradients.items()} == {"0.w": 3.0, "1.w": 2.0}
