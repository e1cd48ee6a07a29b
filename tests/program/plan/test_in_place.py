"""Carried values that one slot is enough for: which they are, and that the results stay the same."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.program.capture import capture_step
from nbbrain.program.plan import make_plan
from nbbrain.program.plan.instructions import Dimension, Nest, Operand
from nbbrain.program.plan.layout import Buffer, View

ROWS, SIZE, TURNS = 4, 6, 5
Turn = Callable[[Any, Any], Any]


def element_by_element(V: Any, x: Any) -> Any:
    V.value = 0.5 * V + x
    return x


def read_before(V: Any, x: Any) -> Any:
    y = bm.dot(V, WEIGHTS)
    V.value = V + bm.tanh(y) + x
    return y


def read_after(V: Any, x: Any) -> Any:
    old = V.value
    V.value = bm.tanh(bm.dot(V, WEIGHTS) + x)
    return bm.dot(V, WEIGHTS) + old


def moved(V: Any, x: Any) -> Any:
    V.value = bm.flip(V, 1) + x
    return x


def shifted(V: Any, x: Any) -> Any:
    V.value = bm.concatenate([V[:, 1:], x[:, :1]], axis=1)
    return x


def written_at_an_index(V: Any, x: Any) -> Any:
    V[:, 2] = x[:, 0]
    return x


WEIGHTS = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(np.float32)
ROLES = {element_by_element: "in_place", read_before: "in_place", read_after: "carried", moved: "carried",
         shifted: "carried", written_at_an_index: "in_place"}


@pytest.mark.parametrize("turn", ROLES, ids=lambda turn: turn.__name__)
def test_which_values_are_overwritten(turn: Turn) -> None:
    V = bm.Variable(np.zeros((ROWS, SIZE), np.float32))
    captured = capture_step(lambda x: [raw(turn(V, wrap(x)))], [((ROWS, SIZE), np.dtype(np.float32))])
    plan = make_plan(captured.step)
    assert [buffer.role for buffer in plan.buffers if buffer.role in ("carried", "in_place", "history")] == [ROLES[turn]]
    assert len(plan.lines) == len(plan.instructions)


def given() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(ROWS, SIZE)).astype(np.float32)


@pytest.mark.parametrize("turn", ROLES, ids=lambda turn: turn.__name__)
@pytest.mark.parametrize("length", [1, 2, TURNS])
def test_results(turn: Turn, length: int) -> None:
    pytest.importorskip("numba")
    inputs = np.random.default_rng(1).normal(size=(length, ROWS, SIZE)).astype(np.float32)
    first = given()

    def run(compiled: bool) -> list[np.ndarray]:
        V = bm.Variable(first)
        out = bm.for_loop(lambda x: turn(V, x), inputs, jit=compiled)
        return [np.asarray(out), np.asarray(V)]

    for got, want in zip(run(True), run(False), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(first, given())  # not overwritten


@pytest.mark.parametrize(("sizes", "strides", "stays", "overlaps"), [
    ((4, 6), (6, 1), False, False), ((4, 6), (1, 4), False, False), ((4, 6), (0, 1), True, False),
    ((4, 6), (1, 1), False, True), ((4, 6), (3, 1), False, True), ((1, 6), (0, 1), False, False)])
def test_loops_that_meet(sizes: tuple[int, ...], strides: tuple[int, ...], stays: bool, overlaps: bool) -> None:
    buffer = Buffer(0, "scratch", 0, (24,), np.dtype(np.float32), False)
    operand = Operand(View(buffer, sizes, strides), strides, 0)
    nest = Nest(tuple([Dimension(size, False) for size in sizes]), (operand,), (), (), ())
    assert (nest.stays(operand), nest.overlaps(operand)) == (stays, overlaps)
