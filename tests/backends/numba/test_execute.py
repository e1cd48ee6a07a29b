"""Tiles are cut by the number of rows, threads only share them out: the bits are the same for any number of threads."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend

pytest.importorskip("numba")

from nbbrain.backends.numba import workers
from nbbrain.backends.numba.execute import CompiledPlan

TURNS = 4
W = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def compiled() -> Any:
    """Nothing falls back to the reference."""
    with backend("numba"), settings.using(strict=True):
        yield


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[CompiledPlan]:
    """The plans that were run."""
    ran: list[CompiledPlan] = []
    original = CompiledPlan.run

    def run(self: CompiledPlan, *args: Any) -> Any:
        ran.append(self)
        return original(self, *args)

    monkeypatch.setattr(CompiledPlan, "run", run)
    return ran


def train(rows: int, coupled: bool = False) -> list[np.ndarray]:
    """Outputs, state and gradients of a small network with a batch of rows."""
    w, b = bm.TrainVar(W), bm.TrainVar(np.float32([0.1, 0.2, 0.3]))
    h = bm.Variable(np.zeros((rows, 3), np.float32))
    x = bm.asarray(np.random.default_rng(1).normal(size=(TURNS, rows, 3)))

    def turn(row: Any) -> Any:
        inputs = row - row.mean(axis=0) if coupled else row
        h.value = bm.tanh(bm.dot(inputs, w) + h * b)
        return h

    def loss(x: Any) -> Any:
        out = bm.for_loop(turn, x)
        return (out**2).mean(), out

    gradients, out = bm.grad(loss, grad_vars=[w, b], argnums=0, has_aux=True)(x)
    return [np.asarray(a) for a in (out, h, *gradients[0], gradients[1])]


@pytest.mark.parametrize(("rows", "tiles"), [(1, 1), (7, 1), (16, 1), (17, 2), (40, 3), (256, 8)])
def test_every_row_is_computed_once(rows: int, tiles: int, plans: list[CompiledPlan]) -> None:
    """The last tile is smaller; sums over tiles hold every row."""
    got = train(rows)
    assert {plan.tiles for plan in plans} == {tiles}
    with backend("numpy"):
        want = train(rows)
    for x, y in zip(got, want, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_allclose(x, y, rtol=2e-5, atol=2e-6)


def test_the_bits_do_not_depend_on_the_number_of_threads() -> None:
    results = []
    for threads in (1, 2, 3, 8, 2, 1):
        settings.set(num_threads=threads)
        results.append([a.tobytes() for a in train(70)])
    assert all(other == results[0] for other in results)


def test_a_row_does_not_depend_on_the_others() -> None:
    """In a batch of another size the same rows give the same bits."""
    whole = bm.asarray(np.random.default_rng(2).normal(size=(TURNS, 24, 3)))

    def run(x: Any) -> np.ndarray:
        h = bm.Variable(np.zeros(x.shape[1:], np.float32))

        def turn(row: Any) -> Any:
            h.value = bm.tanh(bm.dot(row, W) + h)
            return h

        return np.asarray(bm.for_loop(turn, x))

    np.testing.assert_array_equal(run(whole)[:, 5:15], run(whole[:, 5:15]))


def test_rows_that_meet_run_as_one_tile(plans: list[CompiledPlan]) -> None:
    got = train(20, coupled=True)
    assert {plan.tiles for plan in plans} == {1}
    with backend("numpy"):
        for x, y in zip(got, train(20, coupled=True), strict=True):
            np.testing.assert_allclose(x, y, rtol=2e-5, atol=2e-6)


def test_threads_are_used_where_there_are_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    original = workers._run_beside

    def run_beside(work: Any, others: Any) -> None:
        asked.append(1 + len(others))
        original(work, others)

    monkeypatch.setattr(workers, "_run_beside", run_beside)
    settings.set(num_threads=2)
    train(20)
    assert set(asked) == {2}
    asked.clear()
    train(5)
    settings.set(num_threads=1)
    train(20)
    assert set(asked) <= {1}


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("reverse", [False, True])
def test_turns_and_directions(length: int, reverse: bool) -> None:
    """Carried values lie in two slots in turn; inputs and outputs of row t belong to one another."""
    h, old = bm.Variable(np.zeros((9, 2), np.float32)), bm.Variable(np.zeros((9, 2), np.float32))
    x = np.random.default_rng(3).normal(size=(length, 9, 2)).astype(np.float32)

    def turn(row: Any) -> Any:
        old.value, h.value = h.value, h * 0.5 + row
        return h + 2.0 * old

    got = bm.for_loop(turn, bm.asarray(x), reverse=reverse)
    a, b, want = np.zeros((9, 2), np.float32), np.zeros((9, 2), np.float32), np.empty_like(x)
    for t in range(length)[::-1] if reverse else range(length):
        b, a = a, a * np.float32(0.5) + x[t]
        want[t] = a + 2 * b
    np.testing.assert_allclose(got, want, rtol=1e-6)
    np.testing.assert_allclose(h, a, rtol=1e-6)
    np.testing.assert_allclose(old, b, rtol=1e-6)


@pytest.mark.parametrize("layout", [lambda x: x[:, ::2], lambda x: x.transpose(0, 2, 1).copy().transpose(0, 2, 1),
                                    lambda x: x[::-1], lambda x: np.broadcast_to(x[:1], x.shape), np.asfortranarray])
def test_inputs_of_any_layout(layout: Callable[[np.ndarray], np.ndarray]) -> None:
    x = layout(np.random.default_rng(4).normal(size=(TURNS, 6, 3)).astype(np.float32))
    np.testing.assert_allclose(bm.for_loop(lambda row: row * 2.0 + 1.0, bm.asarray(x)), x * 2 + 1, rtol=1e-6)


def test_inputs_are_not_written_to() -> None:
    x = np.random.default_rng(5).normal(size=(TURNS, 9, 3)).astype(np.float32)
    h = bm.Variable(np.ones((9, 3), np.float32))
    before, start = x.copy(), h.value
    kept = start.copy()

    def turn(row: Any) -> Any:
        row[0] = 0.0
        h.value = h + row
        return row

    out = bm.for_loop(turn, bm.asarray(x))
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(start, kept)
    assert not np.asarray(out)[:, 0].any()


def test_memory_of_results_is_their_own() -> None:
    """A second run does not change the results of the first."""
    h = bm.Variable(np.zeros((9, 3), np.float32))

    def turn(row: Any) -> Any:
        h.value = h + row
        return h

    first = np.asarray(bm.for_loop(turn, bm.ones((TURNS, 9, 3))))
    kept, state, state_kept = first.copy(), h.value, h.value.copy()
    bm.for_loop(turn, bm.ones((TURNS, 9, 3)))
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(state, state_kept)
    np.testing.assert_array_equal(h, np.full((9, 3), 2 * TURNS))
