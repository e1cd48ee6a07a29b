"""Blocks reduce nests together: what they give is what NumPy gives, and the same bits however many blocks there are."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend

pytest.importorskip("numba")

from nbbrain.backends.cuda import block_reductions, execute, launches, program_source, toolkit
from nbbrain.backends.cuda.block_products import DEVICE, SIMULATION
from nbbrain.program.capture import capture_step
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import Nest
from tests.backends.cuda.watched import watched

simulated = pytest.mark.skipif(not toolkit.is_simulated(), reason="kernels are run in Python")


def plan_of(function: Callable[..., Any], *shapes: tuple[int, ...]) -> Plan:
    """The plan of a step of float32 arrays."""
    inputs = [(shape, np.dtype(np.float32)) for shape in shapes]
    return execute.plan_of(capture_step(lambda *values: [function(*map(bm.Array, values)).value], inputs).step).plan


def reductions(plan: Plan, in_parts: bool = True) -> list[block_reductions.Reduction]:
    """Those of a plan, on a device."""
    found = [block_reductions.reduction_of(nest, plan.height, in_parts, DEVICE) for nest in plan.instructions
             if isinstance(nest, Nest)]
    return [each for each in found if each is not None]


def test_a_population_is_reduced_in_parts() -> None:
    (found,) = reductions(plan_of(lambda x: bm.mean(bm.tanh(x)), (1_000_000,)))
    assert (found.free, found.reduced, found.part, found.parts) == ((), (0,), 768, 1303)
    (whole,) = reductions(plan_of(lambda x: bm.mean(bm.tanh(x)), (1_000_000,)), in_parts=False)
    assert whole.parts == 0


def test_what_threads_reduce_alone_as_well_stays_with_them() -> None:
    """Where there are results enough for all threads, or few elements for each."""
    assert reductions(plan_of(lambda x: bm.sum(x, axis=0), (30, 200_000))) == []
    assert reductions(plan_of(lambda x: bm.sum(x), (20,))) == []


def reduced(x: Any) -> list[np.ndarray]:
    """Several reductions of every turn of an array (turns, rows, elements)."""
    def turn(row: Any) -> list[Any]:
        positive = row > 0
        shifted = row - bm.max(row, axis=1, keepdims=True)
        return [bm.sum(row), bm.sum(shifted, axis=1), bm.min(row), bm.max(row), bm.prod(0.1 * row + 1), bm.any(positive),
                bm.all(row > -9), bm.sum(positive), bm.sum(row, axis=0), bm.mean(row * row, axis=1)]

    return [np.asarray(each) for each in bm.for_loop(turn, x)]


def watched_runs(x: Any, blocks: int, whole: bool, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What blocks find that are watched, and do not race."""
    monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda: whole)
    monkeypatch.setattr(execute, "_BLOCKS", 1)
    with watched(monkeypatch, blocks) as grids, backend("cuda"), settings.using(strict=True):
        found = reduced(x)
    assert [race for grid in grids for race in grid.races] == []
    return found


@simulated
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("shape", [(1, 40), (3, 50)])
def test_the_same_bits_by_any_number_of_blocks(shape: tuple[int, int], dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bm.enable_x64()
    noted: list[bool] = []
    original = program_source.reduction_of

    def reduction_of(*arguments: Any) -> Any:
        found = original(*arguments)
        noted.append(found is not None)
        return found

    monkeypatch.setattr(program_source, "reduction_of", reduction_of)
    x = bm.asarray((4 * np.random.default_rng(5).normal(size=(3, *shape))).astype(dtype))
    with backend("numpy"):
        want = reduced(x)
    first, *others = [watched_runs(x, blocks, whole, monkeypatch) for blocks, whole in ((1, True), (3, True), (2, False))]
    assert any(noted)
    for found, expected, *same in zip(first, want, *others, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == "float32" else 1e-12, atol=1e-5)
        assert found.dtype == expected.dtype and [each.tobytes() for each in same] == [found.tobytes()] * 2


@simulated
def test_nan_and_infinity_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(6).normal(size=(2, 1, 40)).astype(np.float32)
    x[0, 0, 7], x[1, 0, 30] = np.nan, np.inf
    with backend("numpy"), np.errstate(invalid="ignore"):
        want = reduced(bm.asarray(x))
    for found, expected in zip(watched_runs(bm.asarray(x), 2, True, monkeypatch), want, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@simulated
def test_a_few_threads_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launches, "SIMULATION", replace(SIMULATION, threads=2))
    x = bm.asarray(np.arange(40.0, dtype=np.float32).reshape(1, 1, 40))
    assert float(watched_runs(x, 2, True, monkeypatch)[0][0]) == 780.0
