"""Lists and dicts of variables and objects: what they hold, how items are set, that models find them."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


def variable(n=2):
    return bm.Variable(np.zeros(n, np.float32))


class Model(bm.BrainPyObject):
    def __init__(self):
        super().__init__(name="model")
        self.states = bm.VarList([variable(), variable()])
        self.more = bm.VarDict(V=variable())
        self.layers = bm.NodeList([bm.BrainPyObject("first")])
        self.parts = bm.NodeDict(a=bm.BrainPyObject("second"))
        self.unseen = [variable(), bm.BrainPyObject("third")]


def test_a_model_finds_what_its_containers_hold():
    model = Model()
    assert list(model.vars()) == ["model.more-V", "model.states-0", "model.states-1"]
    assert list(model.nodes("relative")) == ["", "layers-0", "parts-a"]


@pytest.mark.parametrize(("container", "wrong"), [(bm.VarList, 1.0), (bm.NodeList, variable())])
def test_lists_hold_one_kind_of_things(container, wrong):
    items = container()
    for add in (items.append, lambda x: items.insert(0, x), lambda x: items.extend([x]), lambda x: container([x])):
        with pytest.raises(TypeError, match=f"a {container.__name__} holds"):
            add(wrong)
    with pytest.raises(TypeError):
        items += [wrong]
    with pytest.raises(TypeError):
        items[:] = [wrong]
    assert items == []


@pytest.mark.parametrize(("container", "wrong"), [(bm.VarDict, 1.0), (bm.NodeDict, variable())])
def test_dicts_hold_one_kind_of_things(container, wrong):
    items = container()
    for add in (lambda x: items.update(a=x), lambda x: items.setdefault("a", x), lambda x: container(a=x)):
        with pytest.raises(TypeError, match=f"a {container.__name__} holds"):
            add(wrong)
    with pytest.raises(TypeError):
        items |= {"a": wrong}
    assert items == {}


@pytest.mark.parametrize("key", ["a.b", "a/b", "", 1.5, None])
def test_keys_become_a_part_of_names(key):
    with pytest.raises(TypeError, match="keys must be integers, or texts"):
        bm.VarDict({key: variable()})


def test_assigning_to_an_item_sets_the_value_of_its_variable():
    listed, keyed = bm.VarList([variable()]), bm.VarDict({0: variable()})
    for items in (listed, keyed):
        held = items[0]
        items[0] = np.ones(2)
        assert items[0] is held
        np.testing.assert_array_equal(held, [1, 1])


def test_gradients_come_in_the_container_of_the_variables():
    w = bm.VarDict(w=bm.TrainVar(np.ones(2, np.float32)))
    gradients = bm.grad(lambda: (w["w"] ** 2).sum(), grad_vars=w)()
    np.testing.assert_array_equal(gradients["w"], [2, 2])
