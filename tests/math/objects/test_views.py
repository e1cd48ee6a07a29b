"""Views of a part of a variable: reading, writing, gradients, and loops."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError


def test_a_view_reads_and_writes_the_variable():
    whole = bm.Variable(np.arange(5.0))
    part = bm.VariableView(whole, slice(1, 3))
    assert isinstance(part, bm.Variable)
    assert part.shape == (2,)
    np.testing.assert_array_equal(part, [1, 2])
    part.value = np.array([10.0, 20.0])
    part += 1.0
    part[0] = 0.0
    np.testing.assert_array_equal(whole, [0, 0, 21, 3, 4])
    whole.value = np.zeros(5)
    np.testing.assert_array_equal(part, [0, 0])


@pytest.mark.parametrize("value", [np.zeros(3), np.zeros(()), np.zeros((2, 2))])
def test_a_value_of_another_shape_changes_nothing(value):
    whole = bm.Variable(np.ones(5, np.float32))
    part = bm.VariableView(whole, slice(0, 2))
    with pytest.raises(MathError, match="shape"):
        part.value = value
    np.testing.assert_array_equal(whole, np.ones(5))


def test_the_batch_axis_stays_where_it_is():
    whole = bm.Variable(np.zeros((4, 5), np.float32), batch_axis=0)
    part = bm.VariableView(whole, (slice(None), slice(0, 2)))
    assert (part.batch_axis, part.batch_size, part.nobatch_shape) == (0, 4, (2,))
    whole.value = np.zeros((3, 5), np.float32)
    assert part.batch_size == 3
    with pytest.raises(ValueError, match=r"shape \(3, 2\)"):
        part.value = np.zeros((1, 2), np.float32)
    assert bm.VariableView(whole, np.array([0, 1])).batch_axis is None


def test_views_are_no_variables_of_their_own():
    model = bm.BrainPyObject()
    model.whole = bm.Variable(np.zeros(5, np.float32))
    model.part = bm.VariableView(model.whole, slice(0, 2))
    assert list(model.vars("relative")) == ["whole"]
    assert list(model.vars("relative", exclude_types=())) == ["part", "whole"]


def test_a_view_in_a_loop_and_in_a_gradient():
    whole = bm.Variable(np.zeros(3, np.float32))
    part = bm.VariableView(whole, slice(0, 2))

    def step(x):
        part.value = part + x
        return part

    out = bm.for_loop(step, np.ones((4, 2), np.float32))
    np.testing.assert_array_equal(out[-1], [4, 4])
    np.testing.assert_array_equal(whole, [4, 4, 0])
    gradient = bm.grad(lambda: (whole**2).sum(), grad_vars=part)()
    np.testing.assert_array_equal(gradient, [8, 8])
    np.testing.assert_array_equal(whole, [4, 4, 0])


def test_what_cannot_be_viewed():
    with pytest.raises(TypeError, match="needs a Variable"):
        bm.VariableView(bm.Array(np.zeros(3)), 0)
    with pytest.raises(IndexError):
        bm.VariableView(bm.Variable(3), (0, 0))


def test_a_view_is_copied_with_its_variable():
    part = pickle.loads(pickle.dumps(bm.VariableView(bm.Variable(np.arange(3.0)), slice(1, 3))))
    part.value = np.zeros(2)
    np.testing.assert_array_equal(part.variable, [0, 0, 0])
