"""Random programs: values, states and gradients of every way to run a loop agree with the reference.

The reference runs in both widths of floats; what differs between the two is the size of rounding errors in this very
program, and compiled code may differ from the reference by a few times as much. A long run, with other programs every
time: ``make fuzz`` (or ``NBBRAIN_FUZZ=1000 pytest tests/fuzz``).
"""
from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings

import nbbrain.math as bm
from nbbrain import settings as nbbrain_settings
from nbbrain.backends import backend, base
from tests.conformance.reference import InterpretingBackend, UnjittedBackend
from tests.fuzz.failures import FAILURES
from tests.fuzz.programs import Machine, Recipe, recipes

COUNT = int(os.environ.get("NBBRAIN_FUZZ", "0"))
SLACK = 50
"""How many times the rounding error of the reference other code may differ from it."""


def budget(examples: int) -> Callable[[Any], Any]:
    """A number of programs: the same ones every time, or many new ones."""
    return settings(max_examples=COUNT or examples, derandomize=not COUNT, deadline=None, database=None,
                    print_blob=bool(COUNT), suppress_health_check=list(HealthCheck))


def failures(test: Any) -> Any:
    """Let a test run the programs of earlier failures first."""
    for recipe in FAILURES:
        test = example(recipe)(test)
    return test


def run(recipe: Recipe, which: str, single: str, double: str) -> tuple[list[np.ndarray], Machine]:
    """Outputs, states and gradients of a program on a backend, with the dtypes of the two widths of floats."""
    with bm.environment(x64=double == "float64"), backend(which), nbbrain_settings.using(strict=True):
        m = Machine(recipe, np.dtype(single), np.dtype(double))

        def loss(smooth: Any, grid: Any) -> Any:
            outputs = bm.for_loop(m.turn, (smooth, grid, *m.inputs[2:]), reverse=recipe.reverse)
            states = [variable for variable, _ in m.written]
            total: Any = 0.0
            for n, leaf in enumerate([*outputs, *states]):
                if np.dtype(leaf.dtype).kind == "f":
                    total = total + bm.sum(bm.sin(leaf.astype(double) * (1.0 + 0.1 * n))) / leaf.size
            return total, [*outputs, *states]

        (by_variable, by_input), value, leaves = bm.grad(loss, grad_vars=m.trained, argnums=(0, 1), has_aux=True,
                                                        return_value=True)(*m.inputs[:2])
        return [np.asarray(leaf) for leaf in (value, *leaves, *by_variable, *by_input, m.stream)], m


def rounding(narrow: list[np.ndarray], wide: list[np.ndarray]) -> float:
    """The largest difference between two runs, relative to the largest number of each result."""
    return max([float(np.abs(x - y).max(initial=0)) / scale(y)
                for x, y in zip(narrow, wide, strict=True) if y.dtype.kind == "f"])


def scale(x: np.ndarray) -> float:
    return max(float(np.abs(x).max(initial=0)), 1e-2)


def agrees(recipe: Recipe, which: str) -> None:
    """Compare a backend with the reference."""
    (narrow, m), (wide, _) = run(recipe, "numpy", "float32", "float32"), run(recipe, "numpy", "float64", "float64")
    note("\n".join(m.lines))
    error = rounding(narrow, wide)
    assume(error < 1e-3)  # else rounding decides what the program gives
    cases = [("float32", "float64")] if recipe.mixed else [("float32", "float32"), ("float64", "float64")]
    for single, double in cases:
        want = {"float32": narrow, "float64": wide}[single] if not recipe.mixed else run(recipe, "numpy", single, double)[0]
        epsilons = float(np.finfo(single).eps / np.finfo(np.float32).eps)
        tolerance = SLACK * (error + 4 * float(np.finfo(np.float32).eps)) * epsilons
        got, _ = run(recipe, which, single, double)
        for n, (x, y) in enumerate(zip(got, want, strict=True)):
            assert (x.dtype, x.shape) == (y.dtype, y.shape), f"result {n}"
            assert np.isfinite(y).all(), f"result {n}"
            np.testing.assert_allclose(x, y, rtol=0, atol=tolerance * scale(y) if y.dtype.kind == "f" else 0,
                                       err_msg=f"result {n}, {single}")


@failures
@budget(60)
@given(recipes())
def test_interpreted(recipe: Recipe) -> None:
    """Capture, simplification, the adjoint, hoisting: run by NumPy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(base._loaded, "interpreting", InterpretingBackend())
        agrees(recipe, "interpreting")


@failures
@budget(120)
@given(recipes(20))
def test_unjitted(recipe: Recipe) -> None:
    """Plans, tiles and sources too: run by Python."""
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(base._loaded, "unjitted", UnjittedBackend())
        agrees(recipe, "unjitted")


@failures
@budget(60)
@given(recipes(20))
def test_in_a_team(recipe: Recipe) -> None:
    """Plans divided among threads: run by Python."""
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(base._loaded, "unjitted", UnjittedBackend(3))
        agrees(recipe, "unjitted")


@failures
@budget(12)
@given(recipes(20))
def test_compiled(recipe: Recipe) -> None:
    pytest.importorskip("numba")
    agrees(recipe, "numba")
