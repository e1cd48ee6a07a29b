"""The Numba backend: captured steps compiled into loops over all turns, run on all cores.

Numba is imported when the first step is compiled, not before.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.base import CompilingBackend, is_installed
from nbbrain.program.step import ByStructure, Step

__all__ = ["NumbaBackend", "backend"]


class NumbaBackend(CompilingBackend):
    """Compiles with Numba for the CPU."""

    name = "numba"
    description = "compiled loops on all cores of the CPU"

    def __init__(self) -> None:
        self._plan = ByStructure(_compiled_plan)

    def unavailable_reason(self) -> str | None:
        """Numba itself is all that is needed."""
        return None if is_installed("numba") else "Numba is not installed (pip install numba)."

    def check(self, step: Step) -> None:
        """Make the plan of a step, which fails for operations that are not known."""
        self._plan(step)

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """Run a step; see `CompilingBackend.run_step`."""
        rows_first = frozenset(i for i, array in enumerate(per_step) if _is_rows_first(array))
        plan = self._plan(step, rows_first, length) if rows_first else self._plan(step)
        return plan.run(length, reverse, carried, per_step, constants)


def _is_rows_first(array: np.ndarray) -> bool:
    """Whether an array of shape (time, rows, ...) is stored as (rows, time, ...)."""
    return array.ndim > 1 and not array.flags.c_contiguous and array.swapaxes(0, 1).flags.c_contiguous


def _compiled_plan(step: Step, rows_first: frozenset[int] = frozenset(), length: int = 0) -> Any:
    """The plan of a step, ready to be compiled and run."""
    from nbbrain.backends.numba.execute import CompiledPlan, check_step
    from nbbrain.backends.numba.kernels import log
    from nbbrain.program.plan import make_plan

    if settings.get("debug") >= 2:
        log.warning("program %s\n%s", step.key[:12], step)
    check_step(step)
    return CompiledPlan(make_plan(step, rows_first, length))


backend = NumbaBackend()
