"""Which operations share a loop: those of one level and shape that feed each other, and no other."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbbrain.operations.reductions import sum as total
from nbbrain.operations.shapes import concatenate, reshape, transpose
from nbbrain.program.plan.fusion import fusable, group, levels
from nbbrain.program.plan.rows import label_rows
from nbbrain.program.step import Step
from nbbrain.program.symbol import Program, Symbol

ROWS = 4
FLOAT = np.dtype(np.float32)


def step_of(function: Callable[..., Any]) -> Step:
    """The step of a function of x (rows, 3), y (rows, 3) and w (3, 3)."""
    program = Program()
    x, y, w = [program.input(shape, FLOAT, name) for shape, name in (((ROWS, 3), "x"), ((ROWS, 3), "y"), ((3, 3), "w"))]
    result = function(x, y, w)
    return Step(per_step=(x, y), constants=(w,), outputs=result if isinstance(result, tuple) else (result,))


def planned(step: Step) -> tuple[dict[Symbol, int], list[list[Symbol]]]:
    """Levels, and the groups of all levels in the order in which they run."""
    _, labels = label_rows(step)
    level = levels(step, labels)
    kernels = [s for s in step.body if s.operation is not None and s.operation.kind in ("elementwise", "reduction")]
    groups = []
    for number in sorted({level[s] for s in kernels}):
        groups += group([s for s in kernels if level[s] == number], level, labels)
    return level, groups


def grouped(function: Callable[..., Any]) -> list[list[str]]:
    """The names of the operations that share a loop."""
    return [[s.operation.name for s in members if s.operation is not None] for members in planned(step_of(function))[1]]


CASES: dict[str, tuple[Callable[..., Any], list[list[str]]]] = {
    "a chain": (lambda x, y, w: np.tanh(x * y) + x, [["multiply", "tanh", "add"]]),
    "two results of one value": (lambda x, y, w: (np.exp(x), np.exp(x) * y), [["exp", "multiply"]]),
    "nothing in common": (lambda x, y, w: (np.exp(x), np.sin(y)), [["exp"], ["sin"]]),
    "around a product": (lambda x, y, w: np.tanh(np.exp(x) @ w), [["exp"], ["tanh"]]),
    "past a product": (lambda x, y, w: np.exp(x) * (np.sin(x) @ w), [["sin"], ["exp", "multiply"]]),
    "another shape": (lambda x, y, w: np.exp(w)[0] + x, [["exp"], ["add"]]),
    "a reduction ends a loop": (lambda x, y, w: total(x * y, axis=1), [["multiply", "sum"]]),
    "and another begins": (lambda x, y, w: np.exp(total(x * y, axis=1)), [["multiply", "sum"], ["exp"]]),
    "softmax": (lambda x, y, w: np.exp(x) / total(np.exp(x), axis=1, keepdims=True), [["exp", "sum"], ["divide"]]),
    "a view between": (lambda x, y, w: transpose(np.exp(x)) * 2.0, [["exp"], ["multiply"]]),
    "a view of an input": (lambda x, y, w: transpose(transpose(x)[1:]) * np.exp(x[:, 1:]), [["exp", "multiply"]]),
    "no rows against rows": (lambda x, y, w: np.exp(w[:1]) * np.exp(x), [["exp"], ["exp", "multiply"]]),
    "joined": (lambda x, y, w: concatenate([np.exp(x), y], axis=1) * 2.0, [["exp"], ["multiply"]]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_shares_a_loop(case: str) -> None:
    function, want = CASES[case]
    assert grouped(function) == want


def test_values_are_computed_next_to_where_they_are_read() -> None:
    """exp(x) could run first; it waits for the product that its reader waits for, and is never stored."""
    step = step_of(lambda x, y, w: np.exp(x) * (y @ w @ w))
    level, _ = planned(step)
    by_name = {symbol.operation.name: symbol for symbol in step.body if symbol.operation is not None}
    assert level[by_name["exp"]] == level[by_name["multiply"]]


def test_rows_that_tiles_divide_do_not_share_a_loop_with_what_is_whole() -> None:
    program = Program()
    x, w = program.input((ROWS, ROWS), FLOAT, "x"), program.input((ROWS, ROWS), FLOAT, "w")
    doubled = w * 2.0
    step = Step(per_step=(x,), constants=(w,), outputs=(x + doubled,))
    _, labels = label_rows(step)
    assert not fusable(step.outputs[0], doubled, labels)
    assert fusable(step.outputs[0], doubled, dict.fromkeys(labels, "uniform"))


def test_views() -> None:
    program = Program()
    x, index = program.input((4, 3), FLOAT, "x"), program.input((2,), np.int32, "index")
    assert transpose(x).is_view
    assert x[1:].is_view
    assert not x[index].is_view
    assert not np.exp(x).is_view
    assert not x.is_view


OPERATIONS: list[Callable[[Any, Any, Any], Any]] = [
    lambda a, b, w: a + b, lambda a, b, w: a * b, lambda a, b, w: np.tanh(a), lambda a, b, w: a @ w,
    lambda a, b, w: total(a, axis=1, keepdims=True) * b, lambda a, b, w: a[:, ::-1] - b,
    lambda a, b, w: transpose(transpose(a) + 1.0),
    lambda a, b, w: concatenate([a[:, :1], b[:, 1:]], axis=1), lambda a, b, w: a + np.exp(w[0]),
    lambda a, b, w: reshape(reshape(a, (ROWS, 3, 1)) * 3.0, (ROWS, 3)),
]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(OPERATIONS) - 1), st.integers(0, 30), st.integers(0, 30)), min_size=2,
                max_size=15))
def test_every_loop_finds_its_operands_ready(recipe: list[tuple[int, int, int]]) -> None:
    """Groups are convex: no value of a group waits for something that waits for the group."""
    def build(x: Any, y: Any, w: Any) -> Any:
        values = [x, y]
        for function, i, j in recipe:
            values.append(OPERATIONS[function](values[i % len(values)], values[j % len(values)], w))
        return tuple(values[2:])

    step = step_of(build)
    level, groups = planned(step)
    ready: set[Symbol] = {*step.inputs, *[s for s in step.body if s.operation is None]}

    def is_ready(symbol: Symbol) -> bool:
        return symbol in ready or (symbol.is_view and is_ready(symbol.operands[0]))

    others = [s for s in step.body if s.operation is not None and s.operation.kind not in ("elementwise", "reduction")
              and not s.is_view]
    for number in sorted(set(level.values())):
        for members in [g for g in groups if level[g[0]] == number] + [[s] for s in others if level[s] == number]:
            inside = {s for s in members if s.operation is not None and s.operation.kind == "elementwise"}
            for i, symbol in enumerate(members):
                assert all(x in inside & set(members[:i]) or is_ready(x) for x in symbol.operands), symbol
            ready.update(members)
            assert len({s.shape if s in inside else s.operands[0].shape for s in members}) == 1
    assert all(is_ready(symbol) for symbol in step.body)
