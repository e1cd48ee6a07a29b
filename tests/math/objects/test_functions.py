"""Functions as objects: called as before, and their variables are found."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


def test_a_function_as_an_object():
    w, part = bm.TrainVar(np.ones(2, np.float32)), bm.BrainPyObject("part")
    part.v = bm.Variable(2)
    f = bm.FunAsObject(lambda x, y=1.0: x * w + y, child_objs=part, dyn_vars={"w": w}, name="f")
    np.testing.assert_array_equal(f(3.0, y=2.0), [5, 5])
    assert list(f.vars()) == ["f.w", "part.v"]
    assert repr(f).startswith("FunAsObject(name=f, target=<lambda>")
    with pytest.raises(TypeError, match="callable"):
        bm.FunAsObject(3)


def test_the_decorator_with_and_without_arguments():
    w = bm.TrainVar(np.ones(2, np.float32))

    @bm.to_object(dyn_vars=[w], name="scaled")
    def scaled(x):
        return x * w

    @bm.to_object
    def plain(x):
        return x

    assert list(scaled.vars()) == ["scaled.var0"]
    assert plain(1.0) == 1.0
    assert len(bm.function(lambda: 0, nodes=scaled, dyn_vars=w).vars().unique()) == 1


def test_a_model_finds_the_variables_of_its_functions():
    w = bm.TrainVar(np.ones(2, np.float32))
    model = bm.BrainPyObject("model")
    model.f = bm.to_object(lambda x: x * w, dyn_vars={"w": w})
    assert list(model.vars("relative")) == ["f.w"]


def test_a_partial_function():
    f = bm.Partial(lambda *args, **kwargs: (args, kwargs), 1, 2, a=3, dyn_vars=bm.Variable(1))
    assert f(4, b=5) == ((1, 2, 4), {"a": 3, "b": 5})
    assert f(a=6) == ((1, 2), {"a": 6})
    assert len(f.vars()) == 1
