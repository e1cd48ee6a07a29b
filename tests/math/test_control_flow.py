"""Loops and branches mean the same eagerly and captured."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.errors import CaptureError, CaptureWarning
from nbbrain.math.loops import Loop

X = np.arange(8, dtype=np.float32).reshape(4, 2) - 3

pytestmark = pytest.mark.usefixtures("either_way")


# for_loop

def test_rows_go_in_and_are_stacked() -> None:
    result = bm.for_loop(lambda row: row * 2, bm.asarray(X))
    assert isinstance(result, bm.Array)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, X * 2)


@pytest.mark.parametrize("operands", [X, bm.Array(X), (X,), [bm.Array(X)]], ids=["numpy", "bm", "tuple", "list"])
def test_forms_of_one_operand(operands: Any) -> None:
    np.testing.assert_array_equal(bm.for_loop(lambda row: row + 1, operands), X + 1)


def test_several_operands_are_several_arguments() -> None:
    n = np.arange(4)
    result = bm.for_loop(lambda i, row: row * i, (n, bm.asarray(X)))
    np.testing.assert_array_equal(result, X * n[:, None])
    np.testing.assert_array_equal(bm.for_loop(lambda i, row: row * i, [n, X]), X * n[:, None])


def test_nested_operands_and_results() -> None:
    def turn(given: Any, scale: Any) -> Any:
        assert sorted(given) == ["a", "b"]
        return {"sum": given["a"] + given["b"][0]}, [scale, None, "text"], ()

    named, (scales, nothing, text), empty = bm.for_loop(turn, ({"a": X, "b": (X,)}, np.arange(4.0)))
    np.testing.assert_array_equal(named["sum"], 2 * X)
    np.testing.assert_array_equal(scales, np.arange(4))
    assert (nothing, text, empty) == (None, "text", ())


def test_numbers_and_constants_are_stacked_too() -> None:
    number, flag, array = bm.for_loop(lambda row: (1.5, True, bm.ones(2)), X)
    assert (number.shape, number.dtype, number.tolist()) == ((4,), np.float32, [1.5] * 4)
    assert (flag.shape, flag.dtype) == ((4,), np.bool_)
    assert array.shape == (4, 2)


def test_states_are_carried_from_turn_to_turn() -> None:
    total, last = bm.Variable(bm.zeros(2)), bm.Variable(bm.zeros(2))

    def turn(row: Any) -> Any:
        total.value = total + row
        last.value = row
        return total

    result = bm.for_loop(turn, X)
    np.testing.assert_array_equal(result, X.cumsum(axis=0))
    np.testing.assert_array_equal(total, X.sum(axis=0))
    np.testing.assert_array_equal(last, X[-1])
    np.testing.assert_array_equal(bm.for_loop(turn, X), X.cumsum(axis=0) + X.sum(axis=0))


def test_reverse_runs_from_the_last_row_and_keeps_the_order_of_rows() -> None:
    total = bm.Variable(bm.zeros(2))

    def turn(row: Any) -> Any:
        total.value = total + row
        return total

    np.testing.assert_array_equal(bm.for_loop(turn, X, reverse=True), X[::-1].cumsum(axis=0)[::-1])


def test_a_body_without_result() -> None:
    seen = bm.Variable(bm.zeros(2))
    assert bm.for_loop(lambda row: setattr(seen, "value", row), X) is None
    np.testing.assert_array_equal(seen, X[-1])


def test_jit_false_runs_turn_by_turn(either_way: str) -> None:
    seen = []

    def turn(row: Any) -> Any:
        seen.append(float(row.sum()))
        return row if row[0] > 0 else -row

    result = bm.for_loop(turn, X, jit=False)
    assert seen == X.sum(axis=1).tolist()
    np.testing.assert_array_equal(result, np.where(X[:, :1] > 0, X, -X))


def test_a_captured_loop_calls_its_body_once(either_way: str) -> None:
    calls = []
    bm.for_loop(lambda row: calls.append(1) or row, X)
    assert len(calls) == (4 if either_way == "eager" else 1)


def test_random_numbers_differ_from_turn_to_turn_and_continue_after_the_loop() -> None:
    rng, same = bm.random.RandomState(3), bm.random.RandomState(3)
    drawn = bm.for_loop(lambda row: rng.random(2), X)
    want = np.stack([np.asarray(same.random(2)) for _ in range(5)])
    np.testing.assert_array_equal(drawn, want[:4])
    np.testing.assert_array_equal(rng.random(2), want[4])


def test_shared_arguments_of_a_turn_end_with_it() -> None:
    bp.share.save(t=5.0)

    def turn(t: Any) -> Any:
        bp.share.save(t=t)
        return bp.share.load("t") * 2

    np.testing.assert_array_equal(bm.for_loop(turn, np.arange(3.0)), [0, 2, 4])
    assert bp.share.load("t") == 5.0


@pytest.mark.parametrize("operands", [(X, X[:3]), (X, 1.0), (), np.float32(1), []])
def test_operands_need_one_length(operands: Any) -> None:
    with pytest.raises(ValueError, match="the operands of a loop must have one size along their first axis"):
        bm.for_loop(lambda *rows: rows[0], operands)


def test_an_error_in_the_body_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError):
        bm.for_loop(lambda row: row / (1 // 0), X)


def test_a_variable_that_is_made_in_a_turn_is_new_in_every_turn() -> None:
    def turn(row: Any) -> Any:
        v = bm.Variable(bm.zeros(2))
        v += row
        return v.value

    np.testing.assert_array_equal(bm.for_loop(turn, X), X)


def test_no_turn_gives_empty_arrays() -> None:
    a, b = bm.for_loop(lambda row: (row.sum(), row > 0), np.zeros((0, 3), np.float32))
    assert (a.shape, a.dtype) == ((0,), np.float32)
    assert (b.shape, b.dtype) == ((0, 3), np.bool_)


# scan

def test_scan_carries_and_stacks() -> None:
    carry, ys = bm.scan(lambda c, x: (c + x, c * x), bm.zeros(2), X)
    np.testing.assert_array_equal(carry, X.sum(axis=0))
    before = np.concatenate([np.zeros((1, 2)), X.cumsum(axis=0)[:-1]])
    np.testing.assert_array_equal(ys, before * X)


def test_scan_of_structures() -> None:
    def turn(carry: Any, x: Any) -> Any:
        return {"n": carry["n"] + 1, "pair": (x["a"], carry["pair"][0])}, [carry["n"]]

    carry, (ns,) = bm.scan(turn, {"n": bm.asarray(0), "pair": (bm.zeros(2), bm.ones(2))}, {"a": X})
    assert (int(carry["n"]), carry["n"].dtype, ns.tolist()) == (4, np.int32, [0, 1, 2, 3])
    np.testing.assert_array_equal(carry["pair"][0], X[-1])
    np.testing.assert_array_equal(carry["pair"][1], X[-2])


def test_scan_starts_from_numbers_and_in_reverse() -> None:
    carry, ys = bm.scan(lambda c, x: (c * 0.5 + x, c), 1.0, np.arange(3.0), reverse=True)
    assert float(carry) == ((1 * 0.5 + 2) * 0.5 + 1) * 0.5
    assert ys.tolist() == [2.25, 2.5, 1.0]


def test_scan_keeps_a_dtype_that_was_given() -> None:
    carry, _ = bm.scan(lambda c, x: (c + x, None), bm.zeros(2, dtype=bm.float64), X)
    assert carry.dtype == np.float64


def test_scan_in_a_loop_starts_anew_in_every_turn() -> None:
    result = bm.for_loop(lambda row: bm.scan(lambda c, x: (c + x * row, None), bm.zeros(2), X)[0], X)
    np.testing.assert_array_equal(result, X * X.sum(axis=0))
    nested = bm.for_loop(lambda row: bm.scan(lambda c, x: (c + x, c), row, X)[1], X)
    np.testing.assert_array_equal(nested[:, 0], X)


def test_gradients_through_scan() -> None:
    def loss(c: Any, x: Any) -> Any:
        carry, ys = bm.scan(lambda c, x: (c * x, c + x), c, x)
        return carry.sum() + (ys**2).sum()

    c, x = np.float32([1.5, -0.5]), X[:3] * 0.5 + 0.25
    gradients = bm.grad(loss, argnums=(0, 1))(bm.asarray(c), bm.asarray(x))
    carries = np.stack([c, c * x[0], c * x[0] * x[1]])
    ys = carries + x
    want_c = x.prod(axis=0) + 2 * (ys[0] + ys[1] * x[0] + ys[2] * x[0] * x[1])
    np.testing.assert_allclose(gradients[0], want_c, rtol=1e-5)
    want_last = carries[2] + 2 * ys[2]
    np.testing.assert_allclose(gradients[1][2], want_last, rtol=1e-5)


@pytest.mark.parametrize(("body", "error", "message"), [
    (lambda c, x: ((c, c), x), TypeError, "scan: the carry was"),
    (lambda c, x: (c[:1], x), Exception, "shape"),
])
def test_the_carry_must_keep_its_form(body: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        bm.scan(body, bm.zeros(2), X)


# while_loop

def test_while_loop() -> None:
    a, n = bm.while_loop(lambda a, n: (a * 2, n + 1), lambda a, n: n < 5, (bm.ones(2), 0))
    assert a.tolist() == [32, 32]
    assert n == 5
    (x,) = bm.while_loop(lambda x: x - 3, lambda x: x > 0, bm.asarray(7.0))
    assert float(x) == -2
    assert bm.while_loop(lambda x: x, lambda x: False, [1]) == (1,)


def test_while_loop_on_values_of_a_turn() -> None:
    """The number of turns follows from the row."""
    def turn(row: Any) -> Any:
        return bm.while_loop(lambda x, n: (x * 2, n + 1), lambda x, n: x.sum() < 10, (row + 4, 0))

    x, n = bm.for_loop(turn, X)
    assert n.tolist() == [2, 1, 0, 0]
    np.testing.assert_array_equal(x, (X + 4) * 2.0**np.array([2, 1, 0, 0])[:, None])


def test_while_loop_writes_variables_and_keeps_shared_values() -> None:
    """The body runs once while it is captured, and what it leaves in the share afterwards is not its own."""
    total = bm.Variable(bm.zeros(()))

    def turn(x: Any) -> Any:
        bp.share.save(step=x)

        def body(k: Any) -> Any:
            bp.share.save(step=k)
            total.value = total + k
            return k + 1

        (k,) = bm.while_loop(body, lambda k: k < x, (bm.asarray(0.0),))
        return k

    assert bm.for_loop(turn, bm.asarray([0.0, 2.0, 4.0])).tolist() == [0, 2, 4]
    assert float(total) == 1 + 6


def test_make_while_inside_of_a_loop() -> None:
    v = bm.Variable(bm.zeros(1))

    def grow(x: Any) -> None:
        v.value = v + x

    run = bm.make_while(lambda x: v[0] < 10.0, grow)
    bm.for_loop(run, bm.asarray([4.0, 1.0]))
    assert v.tolist() == [12]


@pytest.mark.parametrize(("body", "error", "message"), [
    (lambda x: (x, x), TypeError, r"while_loop: the operands were \(\*,\), and body_fun returned \(\*, \*\)"),
    (lambda x: bm.concatenate([x, x]), CaptureError, r"operand 0 .* float32 of shape \(2,\), .* float32 of shape \(4,\)"),
    (lambda x: (x * 2).astype(bool), CaptureError, r"operand 0 of bm.while_loop was float32 .* became bool"),
])
def test_operands_of_a_captured_while_loop_keep_their_form(body: Any, error: type, message: str, either_way: str) -> None:
    if either_way == "captured":
        with pytest.raises(error, match=message):
            bm.for_loop(lambda row: bm.while_loop(body, lambda x: x.sum() < 10, (row,)), X)


def test_the_condition_of_a_while_loop_is_one_truth_value() -> None:
    with pytest.raises(ValueError, match="truth value"):
        bm.for_loop(lambda row: bm.while_loop(lambda x: x * 2, lambda x: x < 10, (row,)), X)


def test_what_a_turn_of_a_while_loop_keeps_is_refused_outside(either_way: str) -> None:
    kept: list[Any] = []

    def turn(row: Any) -> Any:
        def body(x: Any) -> Any:
            kept.append(x + 1)
            return x + 1

        return bm.while_loop(body, lambda x: x.sum() < 10, (row,))[0] + kept[-1]

    if either_way == "captured":
        with pytest.raises(CaptureError, match=r"used outside of it \(at .*test_control_flow"):
            bm.for_loop(turn, X)


# while_loop and gradients

def loss(w: Any, detached: bool) -> Any:
    """A sum over turns that each hold a while loop."""
    def turn(row: Any) -> Any:
        a, n = bm.while_loop(lambda a, n: (a * 2, n + 1), lambda a, n: a.sum() < 10, (row + 4 + w, 0))
        return (bm.stop_gradient(a) if detached else a) * w * n

    return bm.for_loop(turn, X).sum()


W = np.float32([0.5, 0.25])
TURNS = np.array([2, 1, 0, 0])[:, None]
"""of the while loop, row by row: until the sum of 2^n (x + 4 + w) is 10"""


def test_a_gradient_beside_a_while_loop() -> None:
    """The loop's results are constants of the gradient: d/dw a w n = a n."""
    want = ((X + 4 + W) * 2.0**TURNS * TURNS).sum(axis=0)
    np.testing.assert_allclose(bm.grad(lambda w: loss(w, True))(W), want, rtol=1e-6)


def test_a_gradient_through_a_while_loop(either_way: str) -> None:
    """Eagerly: d/dw (x + w) 2^n w n = 2^n n (x + 2 w)."""
    if either_way == "eager":
        np.testing.assert_allclose(bm.grad(lambda w: loss(w, False))(W), (2.0**TURNS * TURNS * (X + 4 + 2 * W)).sum(axis=0),
                                   rtol=1e-6)
    else:
        with pytest.raises(CaptureError, match=r"bm.while_loop has no derivative .*at .*test_control_flow.*\n.*bm.where"):
            bm.grad(lambda w: loss(w, False))(W)


def test_a_gradient_through_a_while_loop_inside_of_a_turn(either_way: str) -> None:
    def turn(row: Any) -> Any:
        return bm.grad(lambda y: bm.while_loop(lambda a: a * y, lambda a: a.sum() < 10, (row + 5,))[0].sum())(row + 6)

    if either_way == "captured":
        with pytest.raises(CaptureError, match=r"bm.while_loop has no derivative .*at .*test_control_flow"):
            bm.for_loop(turn, X)


def test_a_gradient_falls_back_to_the_reference(either_way: str) -> None:
    with settings.using(strict=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        got = bm.grad(lambda w: loss(w, False))(W)
    assert [w.category for w in caught] == ([CaptureWarning] if either_way == "captured" else [])
    np.testing.assert_allclose(got, (2.0**TURNS * TURNS * (X + 4 + 2 * W)).sum(axis=0), rtol=1e-6)


# cond and ifelse

@pytest.mark.parametrize("pred", [True, False, np.bool_(True), bm.asarray(True), bm.asarray([False]), bm.asarray(0.0), 1])
def test_cond_of_known_values_runs_one_branch(pred: Any) -> None:
    ran = []
    result = bm.cond(pred, lambda x: ran.append("yes") or x + 1, lambda x: ran.append("no") or x - 1, (bm.ones(2),))
    expected = bool(np.all(np.asarray(pred)))
    assert ran == ["yes" if expected else "no"]
    assert result.tolist() == [2, 2] if expected else [0, 0]


def test_cond_in_a_loop_chooses_results_and_states() -> None:
    count, total = bm.Variable(bm.zeros(1)), bm.Variable(bm.zeros(2))

    def positive(x: Any) -> Any:
        count.value = count + 1
        return x * 10, {"sign": bm.asarray(1)}

    def negative(x: Any) -> Any:
        total.value = total + x
        return -x, {"sign": bm.asarray(-1)}

    def turn(row: Any) -> Any:
        return bm.cond(row.sum() > 0, positive, negative, row)

    values, named = bm.for_loop(turn, X)
    mask = X.sum(axis=1) > 0
    np.testing.assert_array_equal(values, np.where(mask[:, None], X * 10, -X))
    assert named["sign"].tolist() == np.where(mask, 1, -1).tolist()
    assert named["sign"].dtype == np.int32
    assert count.tolist() == [mask.sum()]
    np.testing.assert_array_equal(total, X[~mask].sum(axis=0))


def test_both_branches_start_from_the_state_before() -> None:
    v = bm.Variable(bm.ones(2))

    def turn(row: Any) -> Any:
        bm.cond(row[0] > 0, lambda: v.update(v * 2), lambda: v.update(v + row))
        return v

    result, state = bm.for_loop(turn, X), np.ones(2)
    for row, got in zip(X, np.asarray(result), strict=True):
        state = state * 2 if row[0] > 0 else state + row
        np.testing.assert_array_equal(got, state)


def test_cond_of_values_and_without_operands() -> None:
    assert bm.cond(True, 1.0, 2.0) == 1.0
    result = bm.for_loop(lambda row: bm.cond(row[0] > 0, 1.0, lambda: row[1]), X)
    assert result.tolist() == [row[1] if row[0] <= 0 else 1.0 for row in X.tolist()]


def test_gradients_go_through_the_branch_that_was_chosen() -> None:
    def loss(x: Any) -> Any:
        return bm.for_loop(lambda row: bm.cond(row.sum() > 0, lambda: row * 3, lambda: row * row), x).sum()

    gradient = bm.grad(loss)(bm.asarray(X))
    np.testing.assert_allclose(gradient, np.where(X.sum(axis=1, keepdims=True) > 0, 3, 2 * X))


def test_conds_within_conds() -> None:
    v = bm.Variable(bm.zeros(2))

    def turn(row: Any) -> Any:
        def outer() -> Any:
            v.value = v + 1
            return bm.cond(row[0] > 1, lambda: setattr(v, "value", v * 10) or row, lambda: row * 0)

        return bm.cond(row[0] > 0, outer, lambda: -row)

    result = bm.for_loop(turn, X)
    want, state = [], np.zeros(2)
    for row in X:
        if row[0] > 0:
            state = state + 1
            if row[0] > 1:
                state = state * 10
            want.append(row if row[0] > 1 else row * 0)
        else:
            want.append(-row)
    np.testing.assert_array_equal(result, want)
    np.testing.assert_array_equal(v, state)


def test_cond_needs_one_truth_value() -> None:
    with pytest.raises(ValueError, match=r"pred must be one truth value, but got an array of shape \(2,\)"):
        bm.cond(bm.asarray([True, False]), 1.0, 2.0)
    with pytest.raises(ValueError, match=r"bm\.where chooses by element"):
        bm.for_loop(lambda row: bm.cond(row > 0, 1.0, 2.0), X)


def test_branches_must_have_one_structure(either_way: str) -> None:
    def turn(row: Any) -> Any:
        return bm.cond(row[0] > 0, lambda: row, lambda: (row, row))

    if either_way == "captured":
        with pytest.raises(TypeError, match="the branches return different structures"):
            bm.for_loop(turn, X)


@pytest.mark.parametrize(("a", "want"), [(11, "large"), (5, "middle"), (0, "small")])
def test_ifelse_of_known_values(a: int, want: str) -> None:
    assert bm.ifelse([a > 10, a > 2], ["large", "middle", "small"]) == want
    assert bm.ifelse(a > 10, [lambda x: x, lambda x: -x], a) == (a if a > 10 else -a)


def test_ifelse_in_a_loop() -> None:
    v = bm.Variable(bm.zeros(1))

    def first(x: Any) -> Any:
        v.value = v + 1
        return x

    branches = [first, lambda x: x * 10, lambda x: x * 100]
    result = bm.for_loop(lambda row: bm.ifelse([row[0] > 1, row[0] > -2], branches, (row,)), X)
    want = [row if row[0] > 1 else row * 10 if row[0] > -2 else row * 100 for row in X]
    np.testing.assert_array_equal(result, want)
    assert v.tolist() == [sum(row[0] > 1 for row in X)]


def test_ifelse_needs_one_branch_more_than_conditions() -> None:
    with pytest.raises(ValueError, match="2 conditions need 3 branches, but got 2"):
        bm.ifelse([True, False], [1, 2])


# What cannot be captured

def test_a_loop_falls_back_with_one_warning(either_way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbbrain.math.loops._warned", set())

    def turn(row: Any) -> Any:
        return row if row.sum() > 0 else -row

    with settings.using(strict=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            result = bm.for_loop(turn, X)
    np.testing.assert_array_equal(result, np.where(X.sum(axis=1, keepdims=True) > 0, X, -X))
    assert [w.category for w in caught] == ([] if either_way == "eager" else [CaptureWarning])
    assert all(w.filename == __file__ for w in caught)


def test_a_variable_made_once_and_kept_falls_back_to_the_right_result(either_way: str) -> None:
    kept: dict[str, Any] = {}

    def turn(row: Any) -> Any:
        if not kept:
            kept["total"] = bm.Variable(bm.zeros(2))
        kept["total"] += row
        return kept["total"] * 1

    with settings.using(strict=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = bm.for_loop(turn, X)
    np.testing.assert_array_equal(result, X.cumsum(axis=0))
    np.testing.assert_array_equal(kept["total"], X.sum(axis=0))
    if either_way == "captured":
        assert "a Variable was made inside of a loop and kept" in str(caught[0].message)


def test_a_kept_capture_is_used_again_until_shapes_or_defaults_change(either_way: str) -> None:
    calls = []
    state = bm.Variable(bm.zeros((1, 2)), batch_axis=0)

    def turn(row: Any) -> Any:
        calls.append(1)
        state.value = state + row
        return state + bm.zeros(2)

    loop = Loop(turn, keep=True)
    if either_way == "captured":
        for _ in range(3):
            loop([X], 4)
        assert len(calls) == 1
        loop([X[:2]], 2)  # the number of turns is no shape
        assert len(calls) == 1
        state.value = bm.zeros((3, 2))
        loop([X], 4)
        assert len(calls) == 2
        with bm.environment(x64=True):
            assert loop([X], 4).dtype == np.float64
        assert len(calls) == 3
