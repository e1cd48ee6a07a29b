"""The Numba backend: captured steps compiled into loops over all turns, run on all cores.

Numba is imported when the first step is compiled, not before.
"""
from __future__ import annotations

from nbbrain.backends.base import is_installed
from nbbrain.backends.plan_backend import PlanBackend
from nbbrain.backends.plan_runner import PlanRunner
from nbbrain.program.step import Step

__all__ = ["NumbaBackend", "backend"]


class NumbaBackend(PlanBackend):
    """Compiles with Numba for the CPU."""

    name = "numba"
    description = "compiled loops on all cores of the CPU"

    def unavailable_reason(self) -> str | None:
        """Numba itself is all that is needed."""
        return None if is_installed("numba") else "Numba is not installed (pip install numba)."

    def make_runner(self, step: Step, row_steps: tuple[tuple[int, int], ...]) -> PlanRunner:
        """See `PlanBackend.make_runner`."""
        from nbbrain.backends.numba.execute import CompiledPlan, check_step
        from nbbrain.program.plan import make_plan

        check_step(step)
        return CompiledPlan(make_plan(step, row_steps), step)


backend = NumbaBackend()
