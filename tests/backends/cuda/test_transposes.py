"""Weights that gradients read column by column are transposed first; what comes out is the same."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.program.capture import capture_step
from nbbrain.program.plan.instructions import Product

pytest.importorskip("numba")

from nbbrain.backends.cuda import execute, launches, toolkit, transposes
from tests.backends.cuda.watched import watched


def laid_out(rows: int, inner: int, outer: int) -> transposes.LaidOut:
    """The plan of a product with the transpose of weights."""
    weights = bm.Variable(np.zeros((outer, inner), np.float32))
    step = capture_step(lambda x: [(bm.Array(x) @ weights.T).value], [((rows, inner), np.dtype(np.float32))]).step
    return execute.plan_of(step)


def test_large_weights_are_transposed_once() -> None:
    found = laid_out(8, 80, 64)
    (product,) = [each for each in found.plan.instructions if isinstance(each, Product)]
    (copy,) = found.before
    assert product.y.strides == (64, 1) and product.y.view.buffer.role == "scratch"
    assert copy.inputs[0].strides == (1, 80) and copy.stores[0].operand == product.y


def test_small_ones_stay_as_they_are() -> None:
    assert laid_out(8, 9, 7).before == ()


@pytest.mark.skipif(not toolkit.is_simulated(), reason="kernels are run in Python")
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("rows", [1, 5])
def test_gradients_are_those_of_the_reference(rows: int, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transposes, "_WORTH", 2)
    monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda: whole)
    rng = np.random.default_rng(8)
    w = bm.TrainVar(rng.normal(size=(6, 6)).astype(np.float32))
    h = bm.Variable(np.zeros((rows, 6) if rows > 1 else 6, np.float32))
    x = bm.asarray(rng.normal(size=(3, *h.shape)).astype(np.float32))

    def turn(row: Any) -> Any:
        h.value = bm.tanh(row + h @ w)
        return h

    def loss() -> Any:
        h.value = bm.zeros(h.shape)
        return bm.sum(bm.for_loop(turn, x) ** 2)

    with backend("numpy"):
        want = bm.grad(loss, grad_vars=w)()
    made: list[launches.Launch] = []
    original = launches.launch_of
    monkeypatch.setattr(execute, "launch_of", lambda laid_out: made.append(original(laid_out)) or made[-1])
    with watched(monkeypatch, 3) as grids, backend("cuda"), settings.using(strict=True):
        found = bm.grad(loss, grad_vars=w)()
    assert any(launch.before is not None for launch in made)
    assert [race for grid in grids for race in grid.races] == []
    np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-6)
