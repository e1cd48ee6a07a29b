"""A capture finds out by itself what a function reads and writes, and leaves everything as it was."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import CaptureError
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations.symbolic import active_scopes
from nbbrain.program.capture import CapturedStep, capture_step, present, scoped_state
from nbbrain.program.interpret import interpret
from nbbrain.program.tape import trace
from nbbrain.program.tracking import trackers
from tests.program.programs import names, operations

X = np.float32([1.0, -2.0, 3.0])


def captured(body: Any, *inputs: np.ndarray) -> CapturedStep:
    """The step of a function of arrays; it returns one array or None."""
    def function(*symbols: Any) -> list[Any]:
        result = body(*[wrap(symbol) for symbol in symbols])
        return [] if result is None else [raw(result)]

    return capture_step(function, [(x.shape, x.dtype) for x in inputs])


def one_turn(capture: CapturedStep, *inputs: np.ndarray) -> list[np.ndarray]:
    """The results of a turn that starts from the present values outside."""
    step, outside = capture.step, capture.outside()
    n = len(step.carried)
    values = interpret(step.body, dict(zip(step.inputs, [*outside[:n], *inputs, *outside[n:]], strict=True)))
    return [np.asarray(values[symbol]) for symbol in step.results]


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """After every capture, also a failed one, no scope and no tracker is in force."""
    yield
    assert not active_scopes
    assert not trackers


# What is read and written

def test_a_variable_that_is_only_read_is_a_constant() -> None:
    w = bm.Variable(bm.asarray([1.0, 2.0, 3.0]))
    capture = captured(lambda x: x * w, X)
    assert (capture.carried, len(capture.constants), capture.constants[0] is w) == ([], 1, True)
    assert names(capture.step.constants) == ["state0"]
    np.testing.assert_array_equal(one_turn(capture, X)[0], X * [1, 2, 3])
    w.value = bm.zeros(3)  # the variable is read anew by every run
    np.testing.assert_array_equal(one_turn(capture, X)[0], X * 0)


def test_a_variable_that_is_written_is_carried() -> None:
    v = bm.Variable(bm.ones(3))

    def body(x: Any) -> Any:
        old = v * 1
        v.value = v + x
        return old

    capture = captured(body, X)
    (begin, end), = capture.step.carried
    assert (capture.carried[0] is v, begin.name, end.operation.name, capture.constants) == (True, "state0", "add", [])
    assert capture.step.outputs == (begin,)  # what was read before the write
    assert v.tolist() == [1, 1, 1]
    carried, old = one_turn(capture, X)
    np.testing.assert_array_equal(carried, X + 1)
    np.testing.assert_array_equal(old, np.ones(3))


def test_a_variable_can_be_written_without_being_read() -> None:
    v = bm.Variable(bm.ones(3))
    capture = captured(lambda x: setattr(v, "value", x * 2), X)
    (begin, end), = capture.step.carried
    assert begin not in set(end.operands)
    np.testing.assert_array_equal(one_turn(capture, X)[0], X * 2)


def test_the_last_write_counts_and_reads_see_the_one_before() -> None:
    v = bm.Variable(bm.ones(3))

    def body(x: Any) -> Any:
        v.value = v + x
        middle = v * 10
        v.value = v * v
        return middle

    carried, middle = one_turn(captured(body, X), X)
    np.testing.assert_array_equal(middle, (1 + X) * 10)
    np.testing.assert_array_equal(carried, (1 + X) ** 2)


def test_writing_the_old_value_back_is_no_write() -> None:
    v = bm.Variable(bm.ones(3))

    def body(x: Any) -> Any:
        before = v.value
        v.value = v + x
        result = v * 2
        v.value = before
        return result

    capture = captured(body, X)
    assert not capture.carried
    assert capture.constants[0] is v


def test_variables_can_change_places() -> None:
    a, b = bm.Variable(bm.ones(3)), bm.Variable(bm.zeros(3))

    def body(x: Any) -> None:
        a.value, b.value = b.value, a.value

    step = captured(body, X).step
    (a0, a1), (b0, b1) = step.carried
    assert a1 is b0
    assert b1 is a0


def test_parts_are_written_as_a_new_value() -> None:
    v = bm.Variable(bm.zeros(3))

    def body(x: Any) -> None:
        v[1] = x[0]
        v[:1] += 5

    capture = captured(body, X)
    assert operations(capture.step).count("set_item") == 2
    np.testing.assert_array_equal(one_turn(capture, X)[0], [5, 1, 0])


@pytest.mark.parametrize("flag", [True, False])
def test_a_write_under_a_condition(flag: bool) -> None:
    """Both branches start from the same state; what one alone writes keeps its value in the other."""
    v, w = bm.Variable(bm.ones(3)), bm.Variable(bm.zeros(3))

    def grow() -> Any:
        v.value = v + 10
        return v * 2

    def shrink() -> Any:
        w.value = v - 1
        return v * 3

    x = X if flag else -X
    capture = captured(lambda x: bm.cond(x[0] > 0, grow, shrink), X)
    assert [cell is v or cell is w for cell in capture.carried] == [True, True]
    *carried, result = one_turn(capture, x)
    by_cell = {id(cell): value for cell, value in zip(capture.carried, carried, strict=True)}
    np.testing.assert_array_equal(by_cell[id(v)], np.full(3, 11 if flag else 1))
    np.testing.assert_array_equal(by_cell[id(w)], np.full(3, 0))
    np.testing.assert_array_equal(result, np.full(3, 22 if flag else 3))


def test_a_written_variable_keeps_its_kind_of_float() -> None:
    """float64 results are carried in the variable's float32, so that every turn starts from the same dtype."""
    v = bm.Variable(bm.ones(3))
    capture = captured(lambda x: setattr(v, "value", v + x.astype(np.float64)), X)
    (begin, end), = capture.step.carried
    assert begin.dtype == end.dtype == np.float32


# Arrays around the function

def test_arrays_closed_over_are_constants() -> None:
    weights, one = bm.asarray([1.0, 2.0, 3.0]), bm.ones(3)
    capture = captured(lambda x: x * weights + one, X)
    assert names(capture.step.constants) == ["array0"]
    assert capture.constants[0] is weights.value
    np.testing.assert_array_equal(one_turn(capture, X)[0], X * [1, 2, 3] + 1)


def test_what_is_being_differentiated_outside_becomes_an_input() -> None:
    """A box of an outer gradient is lifted once, whether it is closed over or is the value of a variable."""
    v = bm.Variable(bm.ones(3))
    with trace() as tape:
        box, state = tape.watch(np.float32([1, 2, 3])), tape.watch(np.float32([4, 5, 6]))
        v._value = state
        capture = captured(lambda x: (x * wrap(box)).sum() + (wrap(box) * v).sum(), X)
    assert set(names(capture.step.constants)) == {"outside0", "state0"}
    outside = capture.outside()
    assert {id(value) for value in outside} == {id(box), id(state)}
    assert not capture.fits()  # a box belongs to one run of the outer gradient


def test_a_capture_fits_until_a_shape_changes() -> None:
    v = bm.Variable(bm.zeros((1, 3)), batch_axis=0)
    w = bm.Variable(bm.zeros((1, 3)), batch_axis=0)
    capture = captured(lambda x: v.update(v + w + x), X)
    assert capture.fits()
    v.value = bm.ones((1, 3))
    assert capture.fits()
    w.value = bm.ones((4, 3))
    assert not capture.fits()


# What is left as it was

def test_the_variable_is_untouched_when_the_body_raises() -> None:
    v = bm.Variable(bm.ones(3))
    before = v.value

    def body(x: Any) -> Any:
        v.value = v + x
        raise KeyError("wrong")

    with pytest.raises(KeyError, match="wrong"):
        captured(body, X)
    assert v.value is before


def test_a_variable_that_changes_its_shape_is_refused() -> None:
    v = bm.Variable(bm.zeros((1, 3)), batch_axis=0)
    with pytest.raises(CaptureError, match=r"a variable of shape \(1, 3\) became \(4, 3\) inside of a loop") as caught:
        captured(lambda x: setattr(v, "value", bm.ones((4, 1)) * x), X)
    assert "reset_state" in str(caught.value)
    assert v.shape == (1, 3)


def test_shared_arguments_are_restored() -> None:
    bp.share.save(t=1.0, fit=False)

    def body(x: Any) -> Any:
        bp.share.save(t=x, more=2)
        assert not isinstance(bp.share.load("t"), float)
        return x

    captured(body, X)
    assert (bp.share.load("t"), bp.share.load("fit")) == (1.0, False)
    with pytest.raises(KeyError):
        bp.share.load("more")


def test_scoped_state_is_restored_after_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def note() -> Any:
        events.append("noted")
        return lambda: events.append("restored")

    monkeypatch.setattr("nbbrain.program.capture.scoped_state", [*scoped_state, note])
    with pytest.raises(ZeroDivisionError):
        captured(lambda x: 1 // 0, X)
    assert events == ["noted", "restored"]


# Variables that are made inside

def test_a_variable_made_inside_is_made_anew_in_every_turn() -> None:
    def body(x: Any) -> Any:
        v = bm.Variable(bm.zeros(3))
        v += x
        v.value = v * 2
        return v.value

    capture = captured(body, X)
    assert not capture.carried
    assert not capture.constants
    np.testing.assert_array_equal(one_turn(capture, X)[0], X * 2)


def test_a_variable_made_of_a_captured_value() -> None:
    def body(x: Any) -> Any:
        v = bm.Variable(x * 2)
        v[0] = 0.0
        return v + 1

    np.testing.assert_array_equal(one_turn(captured(body, X), X)[0], [1, -3, 7])


def test_a_variable_made_inside_and_kept_is_refused() -> None:
    """It would have to last from turn to turn, or not: nobody can tell."""
    kept = {}

    def body(x: Any) -> Any:
        kept["v"] = bm.Variable(bm.zeros(3))
        kept["v"] += x
        return kept["v"] * 1

    with pytest.raises(CaptureError, match="a Variable was made inside of a loop and kept") as caught:
        captured(body, X)
    assert caught.value.location == f"{__file__}:{body.__code__.co_firstlineno + 1}"
    assert kept["v"].tolist() == [0, 0, 0]  # usable for an eager run


def test_a_cycle_of_garbage_does_not_count_as_kept() -> None:
    class Holder:
        def __init__(self) -> None:
            self.v, self.me = bm.Variable(bm.zeros(3)), self

    np.testing.assert_array_equal(one_turn(captured(lambda x: Holder().v + x, X), X)[0], X)


def test_the_present_value_of_a_variable_is_the_innermost_tracker_s() -> None:
    v = bm.Variable(bm.ones(3))
    seen = []

    def loss(w: Any) -> Any:
        v.value = w * 2
        seen.append(present(v))
        return v.sum()

    bm.grad(loss)(bm.ones(3))
    assert not isinstance(seen[0], np.ndarray)
    assert isinstance(present(v), np.ndarray)
    np.testing.assert_array_equal(present(v), np.full(3, 2))
