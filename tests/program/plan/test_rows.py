"""How values relate to the rows of a batch: rows along an axis, the same for all, a part of a sum, or coupled."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nbbrain.operations import named
from nbbrain.operations.elementwise import where
from nbbrain.operations.indexing import set_item
from nbbrain.operations.reductions import max as largest
from nbbrain.operations.reductions import sum as total
from nbbrain.operations.shapes import broadcast_to, concatenate, flip, reshape, transpose
from nbbrain.operations.windows import add_windows, windows
from nbbrain.program.plan.rows import PARTIAL, UNIFORM, Label, label_rows
from nbbrain.program.step import Step
from nbbrain.program.symbol import Program, Symbol

ROWS = 6
COUPLED = "coupled"
FLOAT = np.dtype(np.float32)
IDS = np.array([2, 0, 1], np.int32)


def label(function: Callable[[Symbol, Symbol, Symbol], Any]) -> Label:
    """The label of what a function gives of x (rows, 3), w (3, 3) and b (3,), where x alone changes."""
    program = Program()
    x, w, b = [program.input(shape, FLOAT, name) for shape, name in (((ROWS, 3), "x"), ((3, 3), "w"), ((3,), "b"))]
    result = function(x, w, b)
    constants = (w, b, *[symbol for _, symbol in program.captured.values()])
    rows, labels = label_rows(Step(per_step=(x,), constants=constants, sums=(result,)))
    return labels[result] if rows == ROWS else COUPLED


CASES: dict[str, tuple[Callable[[Any, Any, Any], Any], Label]] = {
    "element by element": (lambda x, w, b: np.tanh(x) * x, 0),
    "with a constant": (lambda x, w, b: x + b, 0),
    "of constants": (lambda x, w, b: np.exp(w) + b, UNIFORM),
    "choice": (lambda x, w, b: where(x > 0, x, b), 0),
    "transpose": (lambda x, w, b: transpose(x), 1),
    "transpose of three axes": (lambda x, w, b: transpose(reshape(x, (ROWS, 3, 1)), (2, 0, 1)), 1),
    "a column for each row": (lambda x, w, b: x * reshape(transpose(x), (3, ROWS, 1))[0], 0),
    "new axis": (lambda x, w, b: x[None], 1),
    "reshape, rows first": (lambda x, w, b: reshape(x, (ROWS, 1, 3)), 0),
    "reshape, rows second": (lambda x, w, b: reshape(x, (1, ROWS, 3)), 1),
    "reshape that mixes rows": (lambda x, w, b: reshape(x, (3, ROWS)), COUPLED),
    "reshape to one axis": (lambda x, w, b: reshape(x, (-1,)), COUPLED),
    "broadcast": (lambda x, w, b: broadcast_to(x, (2, ROWS, 3)), 1),
    "flip within rows": (lambda x, w, b: flip(x, 1), 0),
    "flip of rows": (lambda x, w, b: flip(x, 0), COUPLED),
    "columns": (lambda x, w, b: x[:, 1:], 0),
    "one column": (lambda x, w, b: x[:, 0], 0),
    "one column after a new axis": (lambda x, w, b: x[None, :, 0], 1),
    "the last columns": (lambda x, w, b: x[..., :2], 0),
    "one row": (lambda x, w, b: x[0], COUPLED),
    "some rows": (lambda x, w, b: x[1:], COUPLED),
    "columns by an index": (lambda x, w, b: x[:, IDS], 0),
    "rows by an index": (lambda x, w, b: x[IDS], COUPLED),
    "columns written": (lambda x, w, b: set_item(np.zeros((ROWS, 3), FLOAT) + b, (slice(None), slice(0, 2)), x[:, 1:]), 0),
    "columns written by an index": (lambda x, w, b: set_item(x, (slice(None), IDS), 1.0), 0),
    "a row written": (lambda x, w, b: set_item(x, 0, b), COUPLED),
    "sum over columns": (lambda x, w, b: total(x, axis=1), 0),
    "sum over columns, kept": (lambda x, w, b: total(x, axis=1, keepdims=True), 0),
    "largest of columns": (lambda x, w, b: largest(x, axis=1), 0),
    "sum over rows": (lambda x, w, b: total(x, axis=0), PARTIAL),
    "sum over everything": (lambda x, w, b: total(x), PARTIAL),
    "largest of rows": (lambda x, w, b: largest(x, axis=0), COUPLED),
    "part of a sum, scaled": (lambda x, w, b: total(x, axis=0) * b, PARTIAL),
    "part of a sum, divided": (lambda x, w, b: total(x, axis=0) / b, PARTIAL),
    "parts added": (lambda x, w, b: total(x, axis=0) - total(x * x, axis=0), PARTIAL),
    "part negated and reshaped": (lambda x, w, b: reshape(-total(x, axis=0), (3, 1)), PARTIAL),
    "part transposed": (lambda x, w, b: transpose(transpose(x) @ x), PARTIAL),
    "part and constant added": (lambda x, w, b: total(x, axis=0) + b, COUPLED),
    "divided by a part": (lambda x, w, b: b / total(x, axis=0), COUPLED),
    "parts multiplied": (lambda x, w, b: total(x, axis=0) * total(x, axis=0), COUPLED),
    "function of a part": (lambda x, w, b: np.tanh(total(x, axis=0)), COUPLED),
    "rows less their mean": (lambda x, w, b: x - total(x, axis=0), COUPLED),
    "product from the right": (lambda x, w, b: x @ w, 0),
    "product from the left": (lambda x, w, b: w @ transpose(x), 1),
    "product over rows": (lambda x, w, b: transpose(x) @ x, PARTIAL),
    "product of all rows": (lambda x, w, b: x @ transpose(x), COUPLED),
    "joined columns": (lambda x, w, b: concatenate([x, x], axis=1), 0),
    "joined rows": (lambda x, w, b: concatenate([x, x], axis=0), COUPLED),
    "joined with constants": (lambda x, w, b: concatenate([x, broadcast_to(b, (ROWS, 3))], axis=1), 0),
    "running sum": (lambda x, w, b: np.cumsum(x, axis=1), 0),
    "running sum over rows": (lambda x, w, b: np.cumsum(x, axis=0), COUPLED),
    "order within rows": (lambda x, w, b: np.argsort(x, axis=1), 0),
    "order of rows": (lambda x, w, b: np.sort(x, axis=0), COUPLED),
    "where the largest stands": (lambda x, w, b: np.argmax(transpose(x), axis=0), 0),
    "where the largest row stands": (lambda x, w, b: np.argmax(x, axis=0), COUPLED),
    "places in a constant": (lambda x, w, b: np.searchsorted(b, x), 0),
    "places in a row": (lambda x, w, b: np.searchsorted(total(x, axis=0), b), COUPLED),
    "picked within rows": (lambda x, w, b: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), 0),
    "picked from a constant": (lambda x, w, b: np.take_along_axis(broadcast_to(b, (ROWS, 3)), np.argsort(x, axis=1), 1), 0),
    "products side by side": (lambda x, w, b: reshape(x, (ROWS, 1, 3)) @ w, 0),
    "products of rows": (lambda x, w, b: reshape(x, (ROWS, 1, 3)) @ reshape(x, (ROWS, 3, 1)), 0),
    "products over a leading axis": (lambda x, w, b: reshape(w, (3, 1, 3)) @ transpose(x), 2),
    "products over rows side by side": (lambda x, w, b: broadcast_to(transpose(x), (2, 3, ROWS)) @ x, PARTIAL),
    "sum of products over rows": (lambda x, w, b: named["matmul_summed"](reshape(x, (ROWS, 1, 3)),
                                                                         reshape(x, (ROWS, 1, 3))), PARTIAL),
    "windows within rows": (lambda x, w, b: windows(x, (1,), (2,)), 0),
    "windows over rows": (lambda x, w, b: windows(x, (0,), (2,)), COUPLED),
    "sum of windows": (lambda x, w, b: add_windows(windows(x, (1,), (2,)), shape=(ROWS, 3), axes=(1,), sizes=(2,),
                                                   strides=(1,), dilations=(1,)), 0),
}


@pytest.mark.parametrize("case", CASES)
def test_labels(case: str) -> None:
    function, want = CASES[case]
    assert label(function) == want


def test_random_numbers_of_a_constant_state_have_rows() -> None:
    program = Program()
    x, state = program.input((ROWS, 3), FLOAT, "x"), program.input((4,), np.uint32, "state")
    bits = named["random_bits"](state, shape=(ROWS, 3))
    rows, labels = label_rows(Step(per_step=(x,), constants=(state,), outputs=(x * bits.astype(FLOAT),)))
    assert (rows, labels[bits]) == (ROWS, 0)


def test_a_part_of_a_sum_cannot_be_an_output_or_a_state() -> None:
    """Another tile's turn would need the whole."""
    program = Program()
    x, h = program.input((ROWS, 3), FLOAT, "x"), program.input((3,), FLOAT, "h")
    part = total(x, axis=0)
    assert label_rows(Step(per_step=(x,), outputs=(part,)))[0] == 1
    assert label_rows(Step(carried=((h, part),), per_step=(x,)))[0] == 1
    assert set(label_rows(Step(per_step=(x,), outputs=(part,)))[1].values()) == {UNIFORM}


def test_states_keep_their_rows() -> None:
    program = Program()
    x, h = program.input((ROWS, ROWS), FLOAT, "x"), program.input((ROWS, ROWS), FLOAT, "h")
    memory = program.input((4, ROWS, 3), FLOAT, "memory")
    rows, labels = label_rows(Step(carried=((h, h + x), (memory, memory * 0.5)), per_step=(x,)))
    assert (rows, labels[h], labels[memory]) == (ROWS, 0, 1)
    assert label_rows(Step(carried=((h, transpose(h)),), per_step=(x,)))[0] == 1
    rows, labels = label_rows(Step(carried=((h, program.constant(0.0, (ROWS, ROWS), FLOAT)),), per_step=(x,)))
    assert (rows, labels[h]) == (ROWS, 0)  # the same for all rows is fine, too


def test_the_commonest_first_size_is_the_number_of_rows() -> None:
    program = Program()
    a, b, c = [program.input(shape, FLOAT, "x") for shape in ((4, 3), (ROWS, 3), (ROWS, 2))]
    assert label_rows(Step(per_step=(a, b, c), outputs=(total(b, axis=1),)))[0] == ROWS
    assert label_rows(Step(per_step=(a, b, c), outputs=(b[0] * 2.0, a * 2.0)))[0] == 4  # the second, where b is coupled
    assert label_rows(Step(per_step=(program.input((5,), FLOAT, "x"),)))[0] == 1  # one axis is no batch
