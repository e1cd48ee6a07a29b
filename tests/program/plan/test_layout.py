"""Views of buffers have NumPy's shapes, strides and offsets, and say where a copy would be needed."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbbrain.operations.indexing import get_item
from nbbrain.program.plan.layout import Buffer, View, contiguous_strides, is_contiguous, transform, view_function

SHAPE = (4, 3, 2)


def whole(shape: tuple[int, ...] = SHAPE) -> View:
    """A view of all of a buffer."""
    return View(Buffer(0, "scratch", 0, shape, np.dtype(np.float32), False), shape, contiguous_strides(shape))


def elements(view: View) -> np.ndarray:
    """The positions in the buffer of what a view shows, one by one."""
    found = np.empty(view.shape, int)
    for at in np.ndindex(*view.shape):
        found[at] = view.offset + sum(i * stride for i, stride in zip(at, view.strides, strict=True))
    return found


def numbered(shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """The array that is a buffer's positions."""
    return np.arange(np.prod(shape)).reshape(shape)


VIEWS: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda x: np.reshape(x, (2, 12), copy=False),
    "split axis": lambda x: np.reshape(x, (2, 2, 3, 2), copy=False),
    "transpose": lambda x: np.transpose(x, (2, 0, 1)),
    "broadcast": lambda x: np.broadcast_to(x[:, :1], (5, 4, 3, 2)),
    "flip": lambda x: np.flip(x, (0, 2)),
    "slice": lambda x: x[1:, ::2],
    "integer": lambda x: x[2, :, 1],
    "negative step": lambda x: x[::-2, 1:0:-1],
    "new axis": lambda x: x[None, ..., 0],
    "nothing": lambda x: x[4:],
    "merge after flip": lambda x: np.reshape(np.flip(x, (0, 1, 2)), (24,), copy=False),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shows_what_numpy_shows(name: str) -> None:
    view = transform(whole(), VIEWS[name])
    assert view is not None
    np.testing.assert_array_equal(elements(view), VIEWS[name](numbered()))


@pytest.mark.parametrize("function", [
    lambda x: np.reshape(np.transpose(x), (24,), copy=False),
    lambda x: np.reshape(x[:, :2], (16,), copy=False),
    lambda x: np.reshape(np.broadcast_to(x[:1], (4, 3, 2)), (24,), copy=False),
])
def test_where_numpy_would_copy_there_is_no_view(function: Callable) -> None:
    assert transform(whole(), function) is None


STEPS = st.lists(st.sampled_from([*VIEWS.values(), lambda x: x.T, lambda x: x[..., :1], lambda x: np.squeeze(x),
                                  lambda x: np.reshape(x, (-1,), copy=False), lambda x: x[None]]), max_size=5)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(STEPS)
def test_views_of_views(steps: list[Callable]) -> None:
    view, array = whole(), numbered()
    for step in steps:
        try:
            array = step(array)
        except (ValueError, IndexError):  # it does not fit the shape, or needs a copy
            continue
        found = transform(view, step)
        assert found is not None
        view = found
    np.testing.assert_array_equal(elements(view), array)


@pytest.mark.parametrize(("name", "parameters", "function"), [
    ("reshape", {"shape": (6, 4)}, lambda x: x.reshape(6, 4)),
    ("transpose", {"axes": (1, 2, 0)}, lambda x: x.transpose(1, 2, 0)),
    ("broadcast_to", {"shape": (2, 4, 3, 2)}, lambda x: np.broadcast_to(x, (2, 4, 3, 2))),
    ("flip", {"axis": (1,)}, lambda x: np.flip(x, 1)),
    ("get_item", {"static": (("slice", 1, None, 2), Ellipsis, None, 0)}, lambda x: x[1::2, ..., None, 0]),
])
def test_operations_that_are_views(name: str, parameters: dict[str, Any], function: Callable) -> None:
    view = transform(whole(), view_function(name, parameters))
    assert view is not None
    np.testing.assert_array_equal(elements(view), function(numbered()))


@pytest.mark.parametrize(("function", "contiguous"), [
    (lambda x: x, True), (lambda x: x[:2], True), (lambda x: x[1:], True), (lambda x: x[:, :1][:1], True),
    (lambda x: x[:, :2], False), (lambda x: x.T, False), (lambda x: np.flip(x, 0), False), (lambda x: x[..., 0], False),
])
def test_contiguity(function: Callable, contiguous: bool) -> None:
    view = transform(whole(), function)
    assert view is not None
    assert is_contiguous(view) == contiguous


def test_strides_of_c_order() -> None:
    assert contiguous_strides((4, 3, 2)) == (6, 2, 1)
    assert contiguous_strides(()) == ()
    assert whole().buffer.size == 24
    np.testing.assert_array_equal(get_item(numbered(), 1), numbered()[1])
