"""Groups of neurons: sizes and shapes, and views of a part of a group."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.dynsys import DSView, NeuGroupView
from nbbrain.errors import ModelUseError
from tests.dynsys.models import Neurons, Synapses


def test_sizes():
    flat, kept = bp.NeuGroup((3, 4)), bp.NeuGroup([3, 4], keep_size=True)
    assert (flat.size, flat.num, flat.varshape) == ((3, 4), 12, (12,))
    assert (kept.size, kept.num, kept.varshape) == ((3, 4), 12, (3, 4))
    assert bp.NeuGroup(5).size == (5,)
    assert bp.NeuGroup(5, mode=bm.TrainingMode(7)).get_batch_shape() == (7, 5)
    assert bp.NeuGroup(5).get_batch_shape() == (5,)
    assert bp.NeuGroup(5).get_batch_shape(2) == (2, 5)
    for size in (None, -1, 2.5, "ab", True):
        with pytest.raises(ValueError, match="size"):
            bp.NeuGroup(size)


def test_a_group_shows_its_size():
    group = Neurons(1, name="n", mode=bm.training_mode)
    assert repr(group) == "Neurons(name=n, mode=TrainingMode(batch_size=1), size=(1,))"


def test_the_new_style():
    class Group(bp.NeuGroupNS):
        def update(self, x):
            return x

    assert Group(2)({"t": 0.0}, 3) == 3


@pytest.mark.parametrize(
    ("index", "size"),
    [
        (slice(0, 2), (2,)),
        (1, (1,)),
        (-1, (1,)),
        ([0, 3], (2,)),
        (np.array([True, False, True, True]), (3,)),
        (bm.Array([1]), (1,)),
    ],
    ids=str,
)
def test_a_view_of_some_neurons(index, size):
    group = Neurons(4)
    view = group[index]
    assert isinstance(view, bp.NeuGroup)
    assert (type(view), view.size, view.num, view.varshape) == (NeuGroupView, size, size[0], size)
    view.input += 2.0
    where = np.asarray(index) if not isinstance(index, (int, slice)) else index
    assert np.all(np.asarray(group.input)[where] == 2)
    assert np.asarray(group.input).sum() == 2 * size[0]
    assert not group.V.value.any()


def test_a_view_keeps_axes_and_batches():
    group = Neurons((3, 4), keep_size=True, mode=bm.training_mode)
    view = group[0:2, 1:3]
    assert (view.size, view.V.shape, view.mode) == ((2, 2), (1, 2, 2), bm.training_mode)
    group.reset_state(6)
    assert (view.V.shape, view.V.batch_size) == ((6, 2, 2), 6)
    view.V += 1.0
    assert np.asarray(group.V).sum() == 6 * 4


def test_a_view_stands_for_a_group_in_a_synapse():
    pre, post = Neurons(4), Neurons(4)
    net = bp.Network(syn=Synapses(pre[0:2], post[1:3], 1), pre=pre, post=post, part=post[2:])
    bp.share.save(t=0.0)
    pre.input += np.array([1.0, 0.0, 1.0, 1.0])
    for _ in range(3):
        net.post.clear_input()
        net()
        net.pre.clear_input()
    np.testing.assert_array_equal(post.input, [0, 1, 0, 0])
    net.reset_state()
    assert not np.any(post.input)
    keys = list(net.vars())
    assert len(keys) == len(net.vars().unique())


def test_a_view_is_not_updated_itself():
    group = Neurons(4, name="group")
    view = group[:2]
    with pytest.raises(ModelUseError, match="update that instead"):
        view()
    group.input += 1.0
    view.clear_input()
    view.reset_state()
    np.testing.assert_array_equal(group.input, np.ones(4))
    assert repr(view).startswith("NeuGroupView(target=Neurons(name=group")


@pytest.mark.parametrize("index", [np.array([9]), (0, 0), "a", 1.5, np.zeros((2, 2), int)], ids=str)
def test_what_does_not_fit(index):
    with pytest.raises(IndexError):
        Neurons(4)[index]


def test_a_view_of_chosen_variables():
    group = Neurons(4)
    view = DSView(group, slice(0, 2), varset=["V"])
    assert isinstance(view.V, bm.VariableView)
    assert not hasattr(view, "input")
    with pytest.raises(TypeError, match="needs a Variable"):
        DSView(group, slice(0, 2), varset=["name"])
    with pytest.raises(TypeError, match="needs a DynamicalSystem"):
        DSView(bm.BrainPyObject(), 0)
