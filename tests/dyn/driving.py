"""Models driven over time, eagerly and as a loop that the backend may compile."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm

LOOPED = pytest.mark.parametrize("looped", [False, True], ids=["eager", "loop"])


def over_time(step: Callable[[Any], Any], inputs: Any, looped: bool, dt: float = 0.1) -> Any:
    """What ``step(row)`` returns for every row of the inputs, with t and dt shared, stacked over time."""
    def turn(t: Any, row: Any) -> Any:
        bp.share.save(t=t, dt=dt)
        return step(row)

    return bm.for_loop(turn, (bm.asarray(np.arange(len(inputs)) * dt), inputs), jit=looped)


def driven(neurons: Any, *names: str) -> Callable[[Any], Any]:
    """A step that calls a group, clears its input, and returns its output, or some of its variables."""
    def step(row: Any) -> Any:
        out = neurons(row)
        neurons.clear_input()
        return tuple([getattr(neurons, name) for name in names]) if names else out

    return step


def solve_ivp(*args: Any, **options: Any) -> Any:
    """SciPy's solution of an initial value problem; the test is left out where SciPy is not installed."""
    return pytest.importorskip("scipy.integrate").solve_ivp(*args, **options)
