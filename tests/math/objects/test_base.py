"""Objects: which variables and parts are found, under which keys, and what assigning to an attribute does."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError, UnsupportedError


def zeros(n=2):
    return np.zeros(n, np.float32)


class Cell(bm.BrainPyObject):
    def __init__(self, name=None):
        super().__init__(name)
        self.state = bm.Variable(zeros())
        self.b = bm.TrainVar(zeros())
        self.Wi = bm.TrainVar(zeros())
        self.Wh = bm.TrainVar(zeros())
        self.plain = bm.Array(zeros())


class Pair(bm.BrainPyObject):
    def __init__(self):
        super().__init__("pair")
        self.z = Cell("z_cell")
        self.a = Cell("a_cell")
        self.a.inner = Cell("inner")
        self.scale = bm.Variable(zeros())


def test_variables_come_object_by_object_and_alphabetically_in_each():
    keys = list(Pair().vars())
    cell = ["Wh", "Wi", "b", "state"]
    assert keys == [
        "pair.scale",
        *[f"z_cell.{key}" for key in cell],
        *[f"a_cell.{key}" for key in cell],
        *[f"inner.{key}" for key in cell],
    ]
    relative = list(Pair().vars("relative"))
    assert relative[:2] == ["scale", "z.Wh"]
    assert relative[-1] == "a.inner.state"


def test_levels_and_the_object_itself():
    pair = Pair()
    assert list(pair.nodes()) == ["pair", "z_cell", "a_cell", "inner"]
    assert list(pair.nodes(level=1, include_self=False)) == ["z_cell", "a_cell"]
    assert list(pair.nodes(level=0)) == ["pair"]
    assert list(pair.vars(level=0)) == ["pair.scale"]
    assert list(pair.vars(level=1, include_self=False, exclude_types=(bm.TrainVar,))) == ["z_cell.state", "a_cell.state"]
    assert len(pair.train_vars()) == 9
    assert all(isinstance(w, bm.TrainVar) for w in pair.train_vars().values())
    with pytest.raises(ValueError, match="'absolute' or 'relative'"):
        pair.nodes("other")


def test_shared_parts_and_cycles_are_found_once():
    pair = Pair()
    pair.a.back = pair
    pair.other = pair.z
    assert list(pair.nodes()) == ["pair", "z_cell", "a_cell", "inner"]
    assert list(pair.nodes("relative")) == ["", "z", "a", "other", "a.inner", "a.back"]
    assert "other" not in pair.nodes("relative").unique()
    assert pair.nodes("relative", include_self=False).get("a.back") is None


def test_a_shallow_way_to_a_part_counts_for_the_level():
    root, deep, leaf = bm.BrainPyObject("root"), bm.BrainPyObject("deep"), bm.BrainPyObject("leaf")
    middle = bm.BrainPyObject("middle")
    root.a, root.b, middle.c, deep.d = middle, deep, deep, leaf
    assert "leaf" in root.nodes(level=2)


def test_registered_parts_and_variables():
    model = bm.BrainPyObject("model")
    x, y, z = (bm.Variable(zeros()) for _ in range(3))
    model.register_implicit_vars(x, [y], {"named": z})
    model.register_implicit_vars(x)
    assert list(model.vars("relative")) == ["var0", "var1", "named"]
    part = bm.BrainPyObject("part")
    model.register_implicit_nodes(part, key=bm.BrainPyObject("keyed"))
    assert list(model.nodes("relative")) == ["", "key", "node1"]
    for wrong in (lambda: model.register_implicit_vars(x, 1.0), lambda: model.register_implicit_nodes(part, x)):
        with pytest.raises(TypeError, match="is needed"):
            wrong()
    assert len(model.implicit_vars) == 3


def test_assigning_a_value_keeps_the_variable():
    cell = Cell()
    state = cell.state
    cell.state = np.ones(2)
    assert cell.state is state
    np.testing.assert_array_equal(state, [1, 1])
    cell.state = bm.Variable(zeros() + 2)
    assert cell.state is state
    np.testing.assert_array_equal(state, [2, 2])
    cell.state += 1.0
    assert cell.state is state
    np.testing.assert_array_equal(state, [3, 3])
    with pytest.raises(MathError, match="shape"):
        cell.state = zeros(3)


def test_assigning_a_variable_of_another_class_takes_its_place():
    cell = Cell()
    trained = bm.TrainVar(zeros(5))
    cell.state = trained
    assert cell.state is trained
    cell.plain = bm.Variable(zeros())
    assert "plain" in cell.vars("relative")


def test_assigned_values_reach_who_else_knows_the_variable():
    cell, other = Cell(), Cell()
    other.target = cell.state

    def step(x):
        other.target += x
        cell.state = cell.state * 2
        return cell.state

    out = bm.for_loop(step, np.ones((3, 2), np.float32))
    np.testing.assert_array_equal(out[:, 0], [2, 6, 14])
    np.testing.assert_array_equal(other.target, [14, 14])


def test_devices():
    cell = Cell()
    assert cell.cpu() is cell is cell.to("cpu") is cell.to()
    for move in (cell.cuda, lambda: cell.to("tpu")):
        with pytest.raises(UnsupportedError, match="host"):
            move()


def test_a_repr_that_names():
    assert repr(Cell("c")) == "Cell(name=c)"
