"""While loops as operations of a program: what they carry, what they read, when two are one."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.hoist import hoist
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol
from tests.program.programs import names, operations, run

X = np.float32([1.0, 2.0])


def step_of(*bodies: Callable[[Any], Any]) -> Step:
    """The step of functions of one vector."""
    def function(x: Any) -> list[Any]:
        return [raw(result) for body in bodies for result in body(wrap(x))]

    return capture_step(function, [(X.shape, X.dtype)]).step


def loops(step: Step) -> list[Symbol]:
    """The results of while loops."""
    return [symbol for symbol in step.body if symbol.operation is not None and symbol.operation.kind == "repeat"]


def test_only_what_changes_is_carried() -> None:
    """An operand that stays the same is a constant of the loop, what is not needed is left out."""
    unused = bm.Variable(bm.zeros(2))

    def body(a: Any, b: Any, n: Any) -> Any:
        unused.value + 1
        return a + b, b, n + 1

    step = step_of(lambda x: bm.while_loop(body, lambda a, b, n: a.sum() < 9, (x, x * 2, 0)))
    total, turns = loops(step)
    turn = total.parameters["turn"].step
    assert (len(turn.carried), len(turn.constants)) == (3, 1)  # with the condition
    assert [symbol.parameters["index"] for symbol in (total, turns)] == [1, 2]
    assert names(total.operands)[1:] == ["input0", "", "multiply"]
    results = run(step, [X, np.zeros(2, np.float32)][:len(step.inputs)])
    assert [result.tolist() for result in results] == [[3, 6], [2, 4], 1]


def test_what_does_not_depend_on_the_turn_is_computed_before() -> None:
    table = np.float32([3.0, 4.0])
    step = step_of(lambda x: bm.while_loop(lambda a: a + bm.exp(x) * table, lambda a: a.sum() < 1e3, (x,)))
    assert operations(step).count("exp") == 1
    (loop,) = loops(step)
    assert operations(loop.parameters["turn"].step)[:1] == ["add"]
    assert names(loop.operands[2:]) == ["multiply"]


def test_loops_of_one_structure_are_one() -> None:
    def loop(x: Any) -> Any:
        return bm.while_loop(lambda a: a * 2, lambda a: a.sum() < 9, (x,))

    assert len(loops(step_of(loop, loop))) == 1
    assert len(loops(step_of(loop, lambda x: loop(x + 1)))) == 2
    assert len(loops(step_of(loop, lambda x: bm.while_loop(lambda a: a * 3, lambda a: a.sum() < 9, (x,))))) == 2
    assert step_of(loop).key == step_of(loop).key
    assert step_of(loop).key != step_of(lambda x: bm.while_loop(lambda a: a * 3, lambda a: a.sum() < 9, (x,))).key


def test_a_loop_over_constants_stays_in_the_step() -> None:
    """Outside, it would be interpreted turn by turn."""
    limit = bm.Variable(np.float32([5.0]))
    step = step_of(lambda x: [x + bm.while_loop(lambda a: a * 2, lambda a: a[0] < bm.exp(limit)[0], (limit,))[0]])
    hoisted = hoist(step)
    assert "exp" in names(hoisted.prologue) and "while_loop" not in names(hoisted.prologue)
    assert len(loops(hoisted.step)) == 1


def test_turns_that_are_known_are_captured_one_by_one() -> None:
    step = step_of(lambda x: bm.while_loop(lambda a, n: (a * 2, n + 1), lambda a, n: n < 3, (x, 0)))
    assert operations(step) == ["multiply"] * 3


def test_the_text_of_a_step_shows_the_turn() -> None:
    text = str(step_of(lambda x: bm.while_loop(lambda a: bm.tanh(a * 2), lambda a: a.sum() < 9, (x,))))
    assert "tanh(" in text.split("turn ", 1)[1]


def test_a_loop_in_a_branch_runs_no_turn_where_the_other_is_taken() -> None:
    step = step_of(lambda x: [bm.cond(x.sum() > 0, lambda: x.sum(), lambda: bm.while_loop(
        lambda a: a * 2, lambda a: a > 0, (x.max(),))[0])])
    assert run(step, [X])[0] == 3  # else it would never end
