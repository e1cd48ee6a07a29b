"""What depends on constants only is computed once, before the loop, and nothing else changes."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.hoist import hoist
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step
from tests.program.programs import names, operations, run


class Model:
    """Constants of a loop (w, b), and a state."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.w, self.b = bm.Variable(rng.normal(size=(3, 3))), bm.Variable(rng.normal(size=3))
        self.h = bm.Variable(rng.normal(size=(2, 3)))


def step_of(body: Callable[[Model, Any], Any]) -> Step:
    model = Model()

    def function(x: Any) -> list[Any]:
        results = body(model, wrap(x))
        return [raw(result) for result in (results if isinstance(results, tuple) else (results,))]

    return capture_step(function, [((2, 3), np.dtype(np.float32))]).step


def recurrent(m: Model, x: Any) -> Any:
    m.h.value = bm.tanh(x @ (m.w * 2.0) + m.h * bm.exp(m.b))
    return m.h


def alone(m: Model, x: Any) -> Any:
    return bm.tanh(m.w), x


def viewed(m: Model, x: Any) -> Any:
    return x @ m.w.T + m.b.reshape(1, 3)


def view_of_moved(m: Model, x: Any) -> Any:
    return x @ (m.w * 2.0).T + bm.exp(m.b.reshape(1, 3))


def shared(m: Model, x: Any) -> Any:
    scaled = m.w * 2.0
    return x @ scaled + scaled.sum(axis=0), scaled


def turning(m: Model, x: Any) -> Any:
    m.h.value = m.h + 1.0
    return x * m.h


CASES: list[tuple[Callable[[Model, Any], Any], list[str], list[str]]] = [
    (recurrent, ["multiply", "exp"], ["matmul", "multiply", "add", "tanh"]),
    (alone, ["tanh"], []),
    (viewed, [], ["transpose", "matmul", "reshape", "add"]),             # a view outside would be a copy
    (view_of_moved, ["multiply", "reshape", "exp"], ["transpose", "matmul", "add"]),
    (shared, ["multiply", "sum"], ["matmul", "add"]),
    (turning, [], ["add", "multiply"]),
]


@pytest.mark.parametrize(("body", "moved", "left"), CASES, ids=[body.__name__ for body, _, _ in CASES])
def test_what_is_moved_and_what_is_left(body: Callable, moved: list[str], left: list[str]) -> None:
    step = step_of(body)
    hoisted = hoist(step)
    assert [symbol.operation.name for symbol in hoisted.prologue if symbol.operation is not None] == moved
    assert operations(hoisted.step) == left
    assert hoisted.original is step
    assert (hoisted.step.carried, hoisted.step.outputs) == (step.carried, step.outputs)


@pytest.mark.parametrize("body", [case[0] for case in CASES], ids=lambda body: body.__name__)
def test_values_stay(body: Callable) -> None:
    step = step_of(body)
    hoisted = hoist(step)
    rng = np.random.default_rng(1)
    inputs = [rng.normal(size=symbol.shape).astype(np.float32) for symbol in step.inputs]
    outside = dict(zip(step.constants, inputs[len(step.carried) + len(step.per_step):], strict=True))
    outside = interpret(hoisted.prologue, outside)
    moved = [*inputs[:len(step.carried) + len(step.per_step)], *[outside[symbol] for symbol in hoisted.step.constants]]
    for want, got in zip(run(step, inputs), run(hoisted.step, moved), strict=True):
        np.testing.assert_array_equal(got, want)


def test_constants_that_only_the_prologue_reads_are_dropped() -> None:
    step = step_of(recurrent)
    assert len(step.constants) == 2
    assert names(hoist(step).constants) == ["multiply", "exp"]


def test_random_numbers_of_a_stream_that_advances_stay_inside() -> None:
    stream = bm.random.RandomState(1)
    step = step_of(lambda m, x: x + stream.random((2, 3)))
    assert "random_bits" in operations(hoist(step).step)
    assert not any(name == "random_bits" for name in names(hoist(step).prologue))
