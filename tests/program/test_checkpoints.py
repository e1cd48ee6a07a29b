"""Turns that run again instead of being kept: the same bits, and how long parts are."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend as using_backend
from nbbrain.program import checkpoints
from nbbrain.program.capture import capture_step
from nbbrain.program.differentiate import differentiate
from tests.conformance.reference import InterpretingBackend

LENGTH = 45


class Layer:
    """Leaky units with weights, noise and a counter."""

    def __init__(self, rows: int) -> None:
        rng = np.random.default_rng(0)
        self.w, self.u = bm.TrainVar(rng.normal(size=(3, 4))), bm.TrainVar(rng.normal(size=(4, 4)) * 0.3)
        self.h, self.turn = bm.Variable(np.zeros((rows, 4))), bm.Variable(np.zeros((), int))
        self.noise = bm.random.RandomState(3)

    def step(self, x: Any) -> Any:
        self.turn += 1
        self.h.value = bm.tanh(x @ self.w + self.h @ self.u + 0.1 * self.noise.normal(size=self.h.shape))
        return self.h * (1.0 + 0.01 * self.turn), self.h > 0.5


def gradients(rows: int, remat: Any, reverse: bool = False) -> list[np.ndarray]:
    layer = Layer(rows)
    x = np.random.default_rng(1).normal(size=(LENGTH, rows, 3))

    def loss(inputs: Any) -> Any:
        out, fired = bm.for_loop(layer.step, inputs, reverse=reverse, remat=remat)
        return bm.sum(out ** 2) + bm.sum(layer.h), (out, fired)

    found, aux = bm.grad(loss, grad_vars=[layer.w, layer.u], argnums=0, has_aux=True)(bm.asarray(x))
    return [np.asarray(a) for a in (*aux, *found[0], found[1], layer.h, layer.turn)]


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("remat", [True, 1, 8, 32, 44, 1000, "auto"])
def test_the_same_bits(rows: int, reverse: bool, remat: Any) -> None:
    pytest.importorskip("numba")
    with using_backend("numba"), settings.using(strict=True, memory=1):
        for got, want in zip(gradients(rows, remat, reverse), gradients(rows, False, reverse), strict=True):
            np.testing.assert_array_equal(got, want)


def test_a_backend_that_only_runs_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base class adds up the sums of parts."""
    runs: list[int] = []

    class Counting(InterpretingBackend):
        def run_step(self, step: Any, length: int, *rest: Any) -> Any:
            runs.append(length)
            return super().run_step(step, length, *rest)

    monkeypatch.setattr("nbbrain.math.loops.get_backend", Counting)
    bm.enable_x64()
    kept = gradients(2, False)
    assert runs == [LENGTH, LENGTH]
    runs.clear()
    for got, want in zip(gradients(2, 20), kept, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)
    assert runs == [5, 20, 20, 20, 20, 20, 20, 5, 5]


@pytest.mark.parametrize("remat", [-1, "yes", 2.5, [3]])
def test_what_is_not_allowed_is_said(remat: Any) -> None:
    with pytest.raises(ValueError, match="remat must be True, False, a number of turns or 'auto', but got"):
        bm.for_loop(lambda x: x, bm.arange(3.0), remat=remat)


def test_lengths_of_parts() -> None:
    step = capture_step(lambda x: [np.tanh(x) * x], [((1024, 256), np.dtype(np.float32))]).step
    plan = differentiate(step, (0,))
    assert sum(symbol.size for symbol in plan.residuals) == 1024 * 256  # 1 MiB a turn
    assert checkpoints.part_length(False, 100, plan, 1) == 0
    assert checkpoints.part_length(30, 100, plan, 8) == 32  # whole windows
    assert checkpoints.part_length(100, 100, plan, 1) == 0  # one part is no part
    with settings.using(memory=100):
        assert checkpoints.part_length("auto", 100, plan, 1) == 0
        assert checkpoints.part_length("auto", 101, plan, 1) == 50
    with settings.using(memory=1):
        assert checkpoints.part_length("auto", 1000, plan, 1) == 1
