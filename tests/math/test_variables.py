"""Variables keep their shape and kind of dtype, and stay as they were after an error; trackers see reads and writes."""

from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError
from nbbrain.program.tracking import WriteLog, trackers, tracking

KINDS = [bm.Variable, bm.TrainVar, bm.Parameter]


# Making

@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: type) -> None:
    v = kind(bm.arange(3.0))
    assert isinstance(v, bm.Variable)
    assert isinstance(v, bm.Array)
    assert isinstance(v, bm.TrainVar) == (kind is bm.TrainVar)
    assert repr(v) == f"{kind.__name__}(value=Array([0., 1., 2.]), dtype=float32)"


@pytest.mark.parametrize(("size", "shape"), [(5, (5,)), ((2, 2), (2, 2)), ((), ()), (np.int64(3), (3,)), ((0, 4), (0, 4))])
def test_a_size_makes_zeros(size: Any, shape: tuple[int, ...]) -> None:
    v = bm.Variable(size)
    assert (v.shape, v.dtype) == (shape, np.float32)
    assert not np.asarray(v).any()
    assert bm.Variable(size, dtype=bm.int32).dtype == np.int32


@pytest.mark.parametrize(("value", "shape", "dtype"), [
    ([1, 2], (2,), np.int32), ([1.5], (1,), np.float32), (np.ones(2), (2,), np.float32), (True, (), np.bool_),
    (2.5, (), np.float32), (np.arange(3), (3,), np.int32),
])
def test_a_value_is_converted_as_arrays_are(value: Any, shape: tuple[int, ...], dtype: type) -> None:
    v = bm.Variable(value)
    assert (v.shape, v.dtype) == (shape, dtype)


def test_a_dtype_that_is_given_is_kept() -> None:
    assert bm.Variable(np.ones(2), dtype=np.float64).dtype == np.float64
    assert bm.Variable([1, 2], dtype=bm.float32).dtype == np.float32


def test_the_first_value_is_a_copy() -> None:
    given = np.ones(3, np.float32)
    v, w = bm.Variable(given), bm.Variable(bm.Array(given))
    given[0] = 7
    assert v.tolist() == w.tolist() == [1, 1, 1]
    u = bm.Variable(v)
    v.value = bm.zeros(3)
    assert u.tolist() == [1, 1, 1]


# Writing

def test_a_value_of_the_same_shape_and_dtype_is_taken_over() -> None:
    v = bm.Variable(bm.zeros(3))
    v.value = np.float32([1, 2, 3])
    assert v.tolist() == [1, 2, 3]
    v.update(bm.ones(3))
    assert v.tolist() == [1, 1, 1]
    v[1] = 5
    v += 1
    assert v.tolist() == [2, 6, 2]
    assert isinstance(v, bm.Variable)


@pytest.mark.parametrize(("have", "given"), [
    ("float32", "float64"), ("float64", "float32"), ("int32", "int64"), ("float32", "float16")])
def test_another_width_of_the_same_kind_is_cast(have: str, given: str) -> None:
    v = bm.Variable(np.zeros(2), dtype=have)
    v.value = bm.Array([1, 2], dtype=given)
    assert (v.dtype, v.tolist()) == (have, [1, 2])


WRONG: list[tuple[bm.Variable, Any, str]] = [
    (bm.Variable(bm.zeros(3)), bm.zeros(4),
     "The shape of the original data is (3,), while we got (4,) with batch_axis=None."),
    (bm.Variable(bm.zeros((1, 3)), batch_axis=0), bm.zeros((1, 4)),
     "The shape of the original data is (1, 3), while we got (1, 4) with batch_axis=0."),
    (bm.Variable(bm.zeros((3, 1)), batch_axis=1), bm.zeros((4, 1)),
     "The shape of the original data is (3, 1), while we got (4, 1) with batch_axis=1."),
    (bm.Variable(bm.zeros(3)), 2.0, "The shape of the original data is (3,), while we got () with batch_axis=None."),
    (bm.Variable(bm.zeros((1, 3)), batch_axis=0), bm.zeros(3),
     "The shape of the original data is (1, 3), while we got (3,) with batch_axis=0."),
    (bm.Variable(bm.zeros(3)), bm.arange(3), "The dtype of the original data is float32, while we got int32."),
    (bm.Variable(bm.arange(3)), bm.zeros(3), "The dtype of the original data is int32, while we got float32."),
    (bm.Variable(bm.zeros(3)), bm.zeros(3, dtype=bm.bool), "The dtype of the original data is float32, while we got bool."),
    (bm.Variable(bm.zeros(3, dtype=bm.bool)), bm.arange(3), "The dtype of the original data is bool, while we got int32."),
    (bm.Variable(bm.zeros(3)), bm.zeros(3) * 1j, "The dtype of the original data is float32, while we got complex64."),
]


@pytest.mark.parametrize(("variable", "value", "message"), WRONG, ids=range(len(WRONG)))
def test_a_value_that_does_not_fit_is_refused(variable: bm.Variable, value: Any, message: str) -> None:
    before = variable.value
    kept = before.copy()
    with pytest.raises(MathError) as caught:
        variable.value = value
    assert str(caught.value) == message
    assert variable.value is before
    np.testing.assert_array_equal(variable, kept)


@pytest.mark.parametrize("write", [
    lambda v: v.__setitem__(5, 1.0), lambda v: v.__setitem__(slice(None), bm.ones(4)), lambda v: v.__iadd__(bm.ones((2, 3))),
    lambda v: v.__iadd__("x"), lambda v: v.update(None), lambda v: v.update("abc"), lambda v: v.__imul__(1j),
])
def test_a_write_that_fails_changes_nothing(write: Any) -> None:
    v = bm.Variable(bm.arange(3.0))
    before = v.value
    with pytest.raises((TypeError, ValueError, IndexError)):
        write(v)
    assert v.value is before
    assert v.tolist() == [0, 1, 2]


def test_whole_numbers_do_not_lose_fractions_in_silence() -> None:
    n = bm.Variable(bm.arange(3))
    with pytest.raises(TypeError, match="array of dtype int32 would give float32, which it cannot hold"):
        n += 0.5
    assert n.tolist() == [0, 1, 2]
    n += 2
    assert n.tolist() == [2, 3, 4]


# The batch

def test_the_batch_may_change_its_size() -> None:
    v = bm.Variable(bm.zeros((1, 3)), batch_axis=0)
    assert (v.batch_axis, v.batch_size, v.nobatch_shape) == (0, 1, (3,))
    v.value = bm.ones((4, 3))
    assert (v.shape, v.batch_size, v.nobatch_shape) == ((4, 3), 4, (3,))
    w = bm.Variable(bm.zeros((2, 5, 3)), batch_axis=-2)
    assert (w.batch_axis, w.batch_size, w.nobatch_shape) == (1, 5, (2, 3))


def test_without_a_batch() -> None:
    v = bm.Variable(bm.zeros(3))
    assert (v.batch_axis, v.batch_size, v.nobatch_shape) == (None, None, (3,))
    for name in ("batch_axis", "batch_size", "nobatch_shape"):
        with pytest.raises(AttributeError):
            setattr(v, name, 1)


@pytest.mark.parametrize("axis", [1, -2, 7])
def test_an_axis_that_is_not_there_is_refused(axis: int) -> None:
    with pytest.raises(MathError, match=f"batch_axis must be an axis of an array with 1 axes, but got {axis}"):
        bm.Variable(bm.zeros(3), batch_axis=axis)


# Identity, copies

def test_variables_are_compared_by_element_and_have_no_hash() -> None:
    v = bm.Variable(bm.arange(3.0))
    assert (v == 1).tolist() == [False, True, False]
    with pytest.raises(TypeError):
        hash(v)
    assert weakref.ref(v)() is v


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies(kind: type, duplicate: Any) -> None:
    v = kind(np.arange(6.0).reshape(2, 3), dtype=np.float64, batch_axis=1)
    w = duplicate(v)
    assert (type(w), w.dtype, w.batch_axis, w.tolist()) == (kind, np.float64, 1, v.tolist())
    w.value = w * 2
    assert v.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_results_are_arrays_and_no_variables() -> None:
    v = bm.Variable(bm.ones(3))
    for result in (v + 1, -v, v[0], v.sum(), v.copy(), bm.tanh(v), np.exp(v), v.reshape(3, 1)):
        assert type(result) is bm.Array


# Trackers

def test_reads_and_writes_go_through_the_innermost_tracker() -> None:
    v, w = bm.Variable(bm.zeros(2)), bm.Variable(bm.ones(2))
    outer, inner = WriteLog(), None
    with tracking(outer):
        v.value = w + 1
        inner = WriteLog()
        with tracking(inner):
            v.value = v + 10
            w.value = w * 0
            made = bm.Variable(bm.ones(1))
            made += 1
        assert {id(cell) for cell, _ in inner.cells.values()} == {id(v), id(w), id(made)}
        inner.restore()
        assert (v.tolist(), w.tolist()) == ([2, 2], [1, 1])
    assert not trackers
    outer.restore()
    assert v.tolist() == [0, 0]


def test_a_log_changes_the_values_of_what_was_written() -> None:
    v, w = bm.Variable(bm.zeros(2)), bm.Variable(bm.ones(2))
    log = WriteLog()
    with tracking(log):
        v.value = w + 1
    log.map(lambda value: value * 3)
    assert (v.tolist(), w.tolist()) == ([6, 6], [1, 1])
