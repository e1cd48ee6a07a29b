"""Whole steps, compiled, against the reference: products, reductions, views, indices, state, gradients, tiles, threads."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from nbbrain.program.plan import shares
from tests.conformance.reference import InterpretingBackend

pytest.importorskip("numba")

from nbbrain.backends.numba import execute

pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

ROWS, TURNS = 12, 4


@pytest.fixture(autouse=True)
def double_precision() -> None:
    """Compare to the last digits."""
    bm.enable_x64()


@pytest.fixture(autouse=True)
def interpreting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the interpreting backend."""
    monkeypatch.setitem(base._loaded, "interpreting", InterpretingBackend())
    monkeypatch.setitem(base._loaders, "interpreting", InterpretingBackend)


class Model:
    """Weights, a bias, a batched state, an integer counter, and a circular memory."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self.w = bm.TrainVar(rng.normal(size=(5, 6)))
        self.u = bm.TrainVar(rng.normal(size=(6, 6)) * 0.4)
        self.b = bm.TrainVar(rng.normal(size=6))
        self.h = bm.Variable(np.zeros((ROWS, 6)), batch_axis=0)
        self.memory = bm.Variable(np.zeros((3, ROWS, 6)), batch_axis=1)
        self.turn = bm.Variable(np.zeros(1, int))


def recurrent(m: Model, x: Any) -> Any:
    m.h.value = bm.tanh(bm.dot(x, m.w) + bm.dot(m.h, m.u) + m.b)
    return m.h


def gated(m: Model, x: Any) -> Any:
    a = bm.dot(x, m.w) + bm.dot(m.h, m.u)
    f, g = bm.split(a, 2, axis=-1)
    kept = bm.concatenate([f * m.h[:, :3], bm.tanh(g) + m.h[:, 3:]], axis=-1)
    m.h.value = kept * 0.5
    return kept


def circular(m: Model, x: Any) -> Any:
    m.memory[m.turn % 3] = (bm.dot(x, m.w) + m.b)[None]
    m.turn += 1
    older = m.memory[(m.turn + 1) % 3]
    return (older[0] * m.h + m.memory.sum(axis=0)).mean(axis=-1, keepdims=True) * m.b


def normalised(m: Model, x: Any) -> Any:
    a = bm.dot(x, m.w)
    a = a - a.max(axis=-1, keepdims=True)
    e = bm.exp(a)
    m.h.value = e / e.sum(axis=-1, keepdims=True)
    return m.h * bm.arange(6.0)


def across_rows(m: Model, x: Any) -> Any:
    a = bm.dot(x, m.w)
    m.h.value = (a - a.mean(axis=0)) / (a.std(axis=0) + 1.0) + m.h * 0.1
    return m.h


def transposed(m: Model, x: Any) -> Any:
    return bm.dot(m.w.T, x.T).T[:, ::-1] * m.b + x.reshape(ROWS, 5, 1).sum(axis=1)


def gathered(m: Model, x: Any) -> Any:
    first, second = np.array([0, 0, 1, 4, 2]), np.array([1, 3, 3, 4, 0])
    products = x[:, first] * x[:, second]
    return bm.maximum(bm.dot(products, m.w), 0.0)


def several_indices(m: Model, x: Any) -> Any:
    rows, columns = np.arange(ROWS)[::-1], np.arange(ROWS) % 5
    picked = x[rows, columns] + x[1, columns]
    y = bm.zeros((ROWS, 5))
    y[rows, -columns - 1] = picked * 2.0
    m.memory[:, rows, columns] = x[rows, columns] * 0.5
    return bm.dot(x + y, m.w) * m.memory[0:1, :, :1][0] + m.memory.sum(axis=0)


def written(m: Model, x: Any) -> Any:
    y = bm.zeros((ROWS, 6))
    y[:, 1:3] = x[:, :2] * m.b[:2]
    y[:, 4] = 2.0
    m.h.value = m.h * 0.5 + y
    return m.h


def overwritten(m: Model, x: Any) -> Any:
    y = m.h * m.b
    y[:, np.array([1, 3, 1])] = bm.dot(x, m.w)[:, :3]
    m.h.value = y
    return y * 2.0


def constant_state(m: Model, x: Any) -> Any:
    m.h.value = bm.ones((ROWS, 6)) * 0.5
    return bm.dot(x, m.w) * m.h


BODIES: list[Callable[[Model, Any], Any]] = [
    recurrent, gated, circular, normalised, across_rows, transposed, gathered, written, constant_state, several_indices,
    overwritten]


def run(body: Callable[[Model, Any], Any], which: str) -> list[np.ndarray]:
    """Outputs, states and gradients of a body."""
    m = Model()
    x = bm.Array(np.random.default_rng(1).normal(size=(TURNS, ROWS, 5)))

    def loss(x: Any) -> Any:
        out = bm.for_loop(lambda row: body(m, row), x)
        return (out**2).sum() + (m.h * 0.3).sum() + m.memory.sum(), out

    with backend(which):
        gradients, value, out = bm.grad(loss, grad_vars=[m.w, m.u, m.b], argnums=0, has_aux=True, return_value=True)(x)
    leaves = [value, out, m.h, m.memory, m.turn, *gradients[0], gradients[1]]
    return [np.asarray(leaf) for leaf in leaves]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_compiled_agrees_with_reference(body: Callable[[Model, Any], Any]) -> None:
    for which in ("interpreting", "numba"):
        for want, got in zip(run(body, "numpy"), run(body, which), strict=True):
            assert got.dtype == want.dtype
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12, err_msg=which)


@pytest.mark.processor
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_same_bits_for_any_number_of_threads(body: Callable[[Model, Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the threads share one tile, as they else do where it is work enough."""
    monkeypatch.setattr(execute, "_TEAM_CYCLES", -1)
    monkeypatch.setattr(shares, "ALIGNMENT", 2)
    results = []
    for threads in (1, 2, 3):
        settings.set(num_threads=threads)
        results.append(run(body, "numba"))
    for other in results[1:]:
        for x, y in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("reverse", [False, True])
def test_direction(reverse: bool) -> None:
    """A loop in reverse, and its gradient, which runs forward."""
    found = []
    for which in ("numpy", "numba"):
        m = Model()
        with backend(which):
            def loss(x: Any, m: Model = m) -> Any:
                return (bm.for_loop(lambda row: recurrent(m, row), x, reverse=reverse) ** 2).sum()

            found.append(bm.grad(loss, grad_vars=m.w)(bm.Array(np.random.default_rng(1).normal(size=(TURNS, ROWS, 5)))))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-9)


def test_single_elements() -> None:
    """A number read out of a row is a view, not a copy of what lies elsewhere."""
    x = bm.arange(12.0).reshape(4, 3)
    for body in (lambda v: v * v[0], lambda v: v[1] + v[2], lambda v: v[-1] * v[..., 1]):
        with backend("numba"):
            got = bm.for_loop(body, x)
        np.testing.assert_array_equal(got, bm.for_loop(body, x, jit=False))


def test_random_draws_in_a_loop_are_the_reference_s() -> None:
    """One seed, one stream: bit for bit, whatever runs it."""
    drawn = []
    for which in ("numpy", "numba"):
        rng = bm.random.RandomState(7)
        with backend(which):
            drawn.append(np.asarray(bm.for_loop(lambda _, rng=rng: rng.bernoulli(0.3, (ROWS, 5)), bm.arange(TURNS))))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert 0.1 < drawn[0].mean() < 0.5
    assert not (drawn[0][0] == drawn[0][1]).all()
