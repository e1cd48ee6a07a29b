"""Indices of every sort, and functions outside of NumPy's surface, in compiled loops against the reference."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.backends import backend
from nbbrain.errors import CaptureError

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

X = np.random.default_rng(0).normal(size=(3, 4, 5))
IDS = np.array([0, 2, 0, 1], np.int32)
MASK = np.random.default_rng(1).random((4, 5)) < 0.5


class State:
    """What bodies read from variables, so that it is captured: a number, indices, a mask."""

    def __init__(self) -> None:
        self.two, self.ids, self.mask = [bm.Variable(bm.asarray(value)) for value in (2, IDS, MASK)]


def written(index: Callable[[State, Any], Any], value: Callable[[Any], Any]) -> Callable[[State, Any], Any]:
    """The body that writes at an index."""
    def body(s: State, x: Any) -> Any:
        y = x * 1.0
        y[index(s, x)] = value(x)
        return y * x

    return body


def in_place(function: Callable[..., Any], *arguments: Callable[[State, Any], Any]) -> Callable[[State, Any], Any]:
    """The body that calls a function that writes into its first argument."""
    def body(s: State, x: Any) -> Any:
        y = x * 1.0
        function(y, *[argument(s, x) for argument in arguments])
        return y * x

    return body


def doubled(x: Any) -> Any:
    """With a leading axis of two."""
    return bm.stack([x, x * 2.0])


def apart_written(s: State, x: Any) -> Any:
    z = doubled(x)
    z[s.ids % 2, :, np.array([0, 1, 2, 4])] = x[:, :4]
    return z


def mask_added(s: State, x: Any) -> Any:
    y = x * 1.0
    y[:, MASK[0]] += x[:, MASK[0]] * 3.0
    return y


BODIES: dict[str, Callable[[State, Any], Any]] = {
    "a captured mask": written(lambda s, x: x > 0.0, lambda x: 1.5),
    "a mask in a variable": written(lambda s, x: s.mask, lambda x: bm.sum(x)),
    "a mask of rows": written(lambda s, x: x[:, 0] > 0.0, lambda x: x[0]),
    "a mask of rows, and the rest": written(lambda s, x: (x[:, 0] > 0.0, slice(None)), lambda x: x[1]),
    "a known mask": written(lambda s, x: MASK, lambda x: x[MASK] * 2.0),
    "a known mask as a list": lambda s, x: x[[True, False, True, True]],
    "a known mask added to": mask_added,
    "a number": lambda s, x: x[s.two] * x,
    "a number and a slice": lambda s, x: x[s.two, 1:] * x[:, 1:],
    "a slice that moves": lambda s, x: x[s.two + bm.arange(2) - 1],
    "two arrays": lambda s, x: x[s.ids, s.ids],
    "two arrays apart": lambda s, x: doubled(x)[s.ids % 2, :, IDS] + x[:, 1:5],
    "an array and a number apart": lambda s, x: doubled(x)[0, 1:3, s.ids],
    "apart, with a new axis": lambda s, x: doubled(x)[s.ids % 2, None, :, IDS],
    "apart, with an ellipsis": lambda s, x: doubled(doubled(x))[s.ids % 2, ..., IDS],
    "written apart": apart_written,
    "rolled": lambda s, x: bm.roll(x, s.two, axis=1) * x,
    "rolled, flattened": lambda s, x: bm.roll(x, -s.two) * x,
    "rolled twice": lambda s, x: bm.roll(x, bm.stack([s.two, s.two + 1]), axis=(0, 1)) * x,
    "put": in_place(bm.put, lambda s, x: [1, 2], lambda s, x: 3.0),
    "put at captured places": in_place(bm.put, lambda s, x: s.ids[1:3] + 1, lambda s, x: x[0, :2]),
    "put, clipped": in_place(lambda *a: bm.put(*a, mode="clip"), lambda s, x: s.ids[1:2] * 100, lambda s, x: 3.0),
    "put, wrapped": in_place(lambda *a: bm.put(*a, mode="wrap"), lambda s, x: s.ids[1:2] * 11, lambda s, x: 3.0),
    "place": in_place(bm.place, lambda s, x: x > 0.0, lambda s, x: x[0, :2]),
    "putmask": in_place(bm.putmask, lambda s, x: x > 0.0, lambda s, x: x[::-1]),
    "fill_diagonal": in_place(bm.fill_diagonal, lambda s, x: x[0, 0]),
    "remove_diag": lambda s, x: bm.remove_diag(x),
    "one_hot": lambda s, x: bm.one_hot(bm.argmax(x, axis=1), 5) * x,
    "sparse product": lambda s, x: bm.csr_matvec(x[1, :3], [0, 2, 1], [0, 2, 3], x[0, :3], (2, 3)),
    "events": lambda s, x: bm.event_csr_matvec(x[1, 0], [0, 2, 1], [0, 2, 3], x[0, :2] > 0.0, (2, 3), transpose=True),
    "nested loops": lambda s, x: bm.for_loop(lambda row: bm.cumsum(row) * row, x),
    "segments of a known number": lambda s, x: bm.unsorted_segment_sqrt_n(x, IDS, 3),
}


def run(body: Callable[[State, Any], Any], which: str) -> list[np.ndarray]:
    def loss(x: Any) -> Any:
        state = State()
        out = bm.for_loop(lambda row: body(state, row), x)
        return bm.sum(bm.sin(1.0 + out)), out

    with backend(which):
        gradient, out = bm.grad(loss, has_aux=True)(bm.asarray(X))
    return [np.asarray(out), np.asarray(gradient)]


@pytest.mark.parametrize("case", BODIES)
def test_compiled_like_eager(case: str) -> None:
    bm.enable_x64()
    for want, got in zip(run(BODIES[case], "numpy"), run(BODIES[case], "numba"), strict=True):
        assert (got.shape, got.dtype) == (want.shape, want.dtype)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


def mask_changed(s: State, x: Any) -> Any:
    y = x * 1.0
    y[x > 0.0] += 1.0
    return y


@pytest.mark.parametrize("body", [
    lambda s, x: x[x > 0.0], mask_changed, written(lambda s, x: x > 0.0, lambda x: x[0]), lambda s, x: x[s.two:s.two + 2],
    lambda s, x: bm.compress(s.ids > 0, x, axis=0)], ids=["read", "changed", "a vector written", "slice", "compress"])
def test_what_depends_on_how_many_elements_there_are_is_refused(body: Callable[[State, Any], Any]) -> None:
    with pytest.raises(CaptureError):
        run(body, "numba")
