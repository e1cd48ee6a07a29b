"""Loop nests: as few loops as the strides allow, over the same elements in the same order."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbbrain.program.plan.instructions import Nest, Operand
from nbbrain.program.plan.layout import Buffer, View, contiguous_strides, transform
from nbbrain.program.plan.nests import NestBuilder, copy_nest, identity_of, operand_in

FLOAT = np.dtype(np.float32)


def view_of(shape: tuple[int, ...], function: Callable[[Any], Any] = lambda x: x, number: int = 0) -> View:
    """A view of a buffer of a shape."""
    buffer = Buffer(number, "scratch", 0, shape, FLOAT, False)
    view = transform(View(buffer, shape, contiguous_strides(shape)), function)
    assert view is not None
    return view


def nest_of(shape: tuple[int, ...], row_axis: int | None, *views: View) -> Nest:
    """A nest that reads views and writes the last one."""
    builder = NestBuilder(shape, row_axis)
    references = [builder.load(view) for view in views[:-1]]
    builder.store(references[0], views[-1])
    return builder.build()


def visited(nest: Nest, operand: Operand) -> list[int]:
    """The positions in the buffer that the loops reach, in order; a tile of all rows is run."""
    rows = 1 if not any(d.rows for d in nest.dimensions) else ROWS
    sizes = [d.size * (rows if d.rows else 1) for d in nest.dimensions]
    return [operand.view.offset + sum(i * stride for i, stride in zip(at, operand.strides, strict=True))
            for at in np.ndindex(*sizes)]


ROWS = 4
CASES: list[tuple[tuple[int, ...], int | None, list[Callable[[Any], Any]], list[tuple[int, bool]]]] = [
    ((4, 3, 2), None, [lambda x: x, lambda x: x], [(24, False)]),                       # contiguous: one loop
    ((4, 3, 2), 0, [lambda x: x, lambda x: x], [(6, True)]),                            # rows stay countable
    ((4, 3, 2), 1, [lambda x: x, lambda x: x], [(4, False), (2, True)]),
    ((4, 3, 2), 2, [lambda x: x, lambda x: x], [(12, False), (1, True)]),
    ((1, 4, 1, 3), None, [lambda x: x, lambda x: x], [(12, False)]),                    # axes of size one do not count
    ((4, 3, 2), None, [lambda x: x[:, :1], lambda x: x], [(4, False), (3, False), (2, False)]),
    ((4, 3, 2), None, [lambda x: x[:1], lambda x: x], [(4, False), (6, False)]),        # one operand is broadcast
    ((4, 3, 2), None, [lambda x: np.broadcast_to(x[:1, :1, :1], (4, 3, 2)), lambda x: x], [(24, False)]),
    ((4, 3, 2), None, [lambda x: np.flip(x, (0, 1, 2)), lambda x: x], [(24, False)]),   # backward, evenly
    ((4, 3, 2), None, [lambda x: np.flip(x, 0), lambda x: x], [(4, False), (6, False)]),
    ((), None, [lambda x: x, lambda x: x], [(1, False)]),
]


@pytest.mark.parametrize(("shape", "row_axis", "functions", "loops"), CASES)
def test_loops(shape: tuple[int, ...], row_axis: int | None, functions: list[Callable],
               loops: list[tuple[int, bool]]) -> None:
    views = [view_of(shape, function, i) for i, function in enumerate(functions)]
    nest = nest_of(shape, row_axis, *views)
    assert [(d.size, d.rows) for d in nest.dimensions] == loops


def test_a_transposed_operand_keeps_two_loops() -> None:
    nest = nest_of((3, 4), None, view_of((4, 3), np.transpose), view_of((3, 4), number=1))
    assert [d.size for d in nest.dimensions] == [3, 4]
    assert (nest.inputs[0].strides, nest.stores[0].operand.strides) == ((1, 3), (4, 1))


STEPS = st.lists(st.sampled_from([
    lambda x: np.flip(x, 0), lambda x: x[:, ::2], lambda x: x[1:], lambda x: np.swapaxes(x, 1, 2), lambda x: x[..., None],
    lambda x: x[None], lambda x: x[:, :1]]), max_size=3)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(STEPS, STEPS, st.integers(-1, 4))
def test_collapsed_loops_reach_the_same_elements_in_the_same_order(first: list, second: list, row_axis: int) -> None:
    shapes: list[View] = []
    for number, steps in enumerate((first, second)):
        view = view_of((4, 5, 3, 2), number=number)
        for step in steps:
            view = transform(view, step) or view
        shapes.append(view)
    try:
        shape = np.broadcast_shapes(*[view.shape for view in shapes])
    except ValueError:
        return
    rows = row_axis if 0 <= row_axis < len(shape) and shape[row_axis] == ROWS else None
    nest = nest_of(shape, rows, *shapes, view_of(shape, number=2))
    for view, operand in zip(shapes, nest.inputs, strict=False):
        positions = np.zeros(shape, int) + view.offset
        for axis, stride in enumerate(operand_in(view, shape)):
            along = [-1 if i == axis else 1 for i in range(len(shape))]
            positions = positions + (np.arange(shape[axis]) * stride).reshape(along)
        assert visited(nest, operand) == positions.ravel().tolist()
        assert operand.row_stride == (0 if rows is None else operand_in(view, shape)[rows])
    assert visited(nest, nest.stores[0].operand) == list(range(int(np.prod(shape))))


def test_equal_views_are_read_once() -> None:
    builder = NestBuilder((3, 2), None)
    view = view_of((3, 2))
    assert builder.load(view) == builder.load(view_of((3, 2))) == ("input", 0)
    assert builder.load(view_of((2,), number=1)) == ("input", 1)


def test_copies_of_views_and_of_numbers() -> None:
    target = view_of((3, 2), number=1)
    nest = copy_nest(view_of((2, 3), np.transpose), target, None)
    assert (len(nest.inputs), nest.constants, nest.calls, nest.stores[0].mode) == (1, (), (), "set")
    nest = copy_nest(np.float32(2), target, 0, "sum")
    assert (nest.inputs, nest.constants, nest.stores[0].reference, nest.stores[0].mode) == ((), (2,), ("constant", 0), "sum")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bool"])
@pytest.mark.parametrize(("mode", "function"), [
    ("sum", np.add), ("prod", np.multiply), ("max", np.maximum), ("min", np.minimum), ("any", np.logical_or),
    ("all", np.logical_and)])
def test_reductions_begin_with_what_changes_nothing(mode: Any, function: np.ufunc, dtype: str) -> None:
    start = identity_of(mode, np.dtype(dtype))
    assert start.dtype == dtype
    values = np.array([0, 1] if mode in ("any", "all") or dtype == "bool" else [0, 1, 100]).astype(dtype)
    np.testing.assert_array_equal(function(start, values), values)
