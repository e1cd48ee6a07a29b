"""Systems: how ``update`` is called, what ``>>`` does, and what a reset and a clearing reach."""

from __future__ import annotations

import autograd
import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import MathError
from tests.dynsys.models import Neurons, Scale, Synapses


class Old(bp.DynamicalSystem):
    def update(self, shared, *args, **kwargs):
        return dict(shared), args, kwargs


class New(bp.DynamicalSystemNS):
    def update(self, *args, **kwargs):
        return args, kwargs


class Marked(bp.DynamicalSystem):
    @bp.not_pass_shared
    def update(self, *args, **kwargs):
        return args, kwargs


class OldAgain(Marked):
    def update(self, shared, *args, **kwargs):
        return dict(shared), args, kwargs


@pytest.mark.parametrize("kind", [Old, OldAgain])
def test_the_old_style_gets_the_shared_arguments_first(kind):
    system = kind()
    assert system({"t": 1.0}, 2, x=3) == ({"t": 1.0}, (2,), {"x": 3})
    assert bp.share.load("t") == 1.0
    bp.share.save(t=5.0, fit=True)
    assert system(2) == ({"t": 5.0, "fit": True, "dt": 0.1}, (2,), {})


@pytest.mark.parametrize("kind", [New, Marked])
def test_the_new_style_does_not(kind):
    system = kind()
    assert system({"t": 1.0, "fit": True}, 2, x=3) == ((2,), {"x": 3})
    assert (bp.share.load("t"), bp.share.load("fit")) == (1.0, True)
    assert system(2) == ((2,), {})
    assert system() == ((), {})


def test_shared_arguments_that_are_missing():
    class Clock(bp.DynamicalSystem):
        def update(self, shared):
            return shared["t"] + shared.t + shared["dt"]

    clock = Clock()
    for call in (clock, lambda: clock({"dt": 0.2})):
        with pytest.raises(KeyError, match=r"bp\.share\.save\(t=\.\.\.\)"):
            call()
    assert clock({"t": 1.0}) == 2.1


def test_what_has_no_update():
    with pytest.raises(NotImplementedError, match=r"DynamicalSystem must define update\(\)"):
        bp.DynamicalSystem()()


@pytest.mark.parametrize(
    "x",
    [
        np.array([1.0, 2.0]),
        np.array([1, 2]),
        np.array(3.0),
        np.float32(3.0),
        np.float64(3.0),
        3.0,
        3,
        True,
        [1.0, 2.0],
    ],
    ids=repr,
)
def test_anything_goes_through_a_layer_whole(x):
    (got,), _ = x >> New()
    assert got is x


def test_arrays_of_all_kinds_go_through_layers():
    double = Scale(2.0)
    for x in (bm.Array([1.0, 2.0]), bm.Variable(np.array([1.0, 2.0]))):
        np.testing.assert_array_equal(x >> double >> bp.Sequential(double, double), [8, 16])
    np.testing.assert_array_equal(np.array([1.0, 2.0]) >> double >> double, [4, 8])
    np.testing.assert_array_equal(bm.for_loop(lambda x: x >> double >> double, np.arange(3.0)), [0, 4, 8])
    assert float(bm.grad(lambda x: x >> double >> double)(bm.Array(1.0))) == 4
    assert autograd.grad(lambda x: (x >> double).value)(np.float32(1.0)) == 2


def test_a_system_is_no_array():
    with pytest.raises(TypeError, match="is a model, not an array"):
        np.asarray(Scale(1.0))
    with pytest.raises(TypeError):
        np.ones(2) + Scale(1.0)


def test_the_mode():
    assert bp.DynamicalSystem().mode == bm.nonbatching_mode
    with bm.training_environment():
        inside = bp.DynamicalSystem(name="inside")
        assert bp.DynamicalSystem(mode=bm.batching_mode).mode == bm.batching_mode
    assert repr(inside) == "DynamicalSystem(name=inside, mode=TrainingMode(batch_size=1))"
    with pytest.raises(MathError, match="mode must be a Mode"):
        bp.DynamicalSystem(mode="training")


class Root(bp.DynamicalSystemNS):
    """A root that is no Network, with systems at every depth."""

    def __init__(self):
        super().__init__()
        self.a = Neurons(2)
        self.inner = bp.DynamicalSystem()
        self.inner.list = bm.NodeList([Neurons(3)])
        self.inner.net = bp.Network(n=Neurons(4))
        self.syn = Synapses(self.a, Neurons(2))

    def neurons(self):
        return list(self.nodes().subset(Neurons).values())

    def fill(self):
        for group in self.neurons():
            group.input += 1.0
            group.V += 1.0


def test_inputs_are_cleared_at_every_depth_whatever_the_root():
    root = Root()
    assert len(root.neurons()) == 4
    for clear in (root.clear_input, root.inner.clear_input, root.inner.net.clear_input, root.syn.clear_input):
        root.fill()
        clear()
        below = clear.__self__.nodes().subset(Neurons).values()
        assert below
        for group in root.neurons():
            cleared = any(group is node for node in below)
            assert np.all(np.asarray(group.input) == (0 if cleared else np.asarray(group.input)))
            assert np.all(np.asarray(group.input) != 0) or cleared
            assert np.all(np.asarray(group.V) > 0)


def test_a_class_with_an_input_of_its_own_can_call_super():
    class Outer(bp.DynamicalSystem):
        def __init__(self):
            super().__init__()
            self.inner = Neurons(2)
            self.inner.back = self
            self.current = bm.Variable(np.ones(2, np.float32))

        def clear_input(self):
            super().clear_input()
            self.current[:] = 0.0

    for root in (Outer(), bp.Network(Outer())):
        outer = next(iter(root.nodes().subset(Outer).values()))
        outer.inner.input += 1.0
        root.clear_input()
        assert not np.any(outer.current)
        assert not np.any(outer.inner.input)


def test_an_error_while_clearing_leaves_the_next_clearing_alone():
    class Fails(bp.DynamicalSystem):
        def clear_input(self):
            raise RuntimeError

    root = bp.Network(Neurons(2), Fails())
    with pytest.raises(RuntimeError):
        root.clear_input()
    good = bp.Network(n=Neurons(2))
    good.n.input += 1.0
    good.clear_input()
    assert not np.any(good.n.input)


def test_a_reset_reaches_the_children():
    class Model(bp.DynamicalSystemNS):
        def __init__(self):
            super().__init__()
            self.a = Neurons(2, mode=bm.batching_mode)
            self.layer = Scale(2.0)

    model = Model()
    model.a.V += 5.0
    model.reset_state(7)
    assert model.a.V.shape == (7, 2)
    assert not np.any(model.a.V)
    model.reset(batch_size=3)
    assert model.a.V.shape == (3, 2)
    assert float(model.layer.w) == 2


def test_a_state_without_a_reset_is_an_error():
    class Stateful(bp.DynamicalSystem):
        def __init__(self):
            super().__init__()
            self.V = bm.Variable(2)

    with pytest.raises(NotImplementedError, match=r"Stateful has variables, so it must define reset_state\(\)"):
        bp.Network(Stateful()).reset_state()


def test_a_model_trains_through_both_styles():
    class Model(bp.DynamicalSystem):
        def __init__(self):
            super().__init__()
            self.cell, self.layer = Neurons(2), Scale(3.0)

        def update(self, shared, x):
            self.cell(shared, x >> self.layer)
            return self.cell.V

    model = Model()

    def loss():
        model.reset_state()
        out = bm.for_loop(lambda i, x: model({"t": i}, x), (np.arange(3.0), np.ones((3, 2), np.float32)))
        return out.sum()

    gradients, value = bm.grad(loss, model.train_vars(), return_value=True)()
    # inputs add up without clearing: V after each step is 1, 3, 6 times w, for each of 2 neurons
    assert float(value) == 2 * 3 * (1 + 3 + 6)
    assert {key: float(g) for key, g in gradients.items()} == {f"{model.layer.name}.w": 20.0}
