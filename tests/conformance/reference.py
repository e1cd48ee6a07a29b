"""Backends that compile nothing: the same capture, adjoint and hoisting as the compiled ones, run by NumPy or by Python."""
from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from nbbrain import settings
from nbbrain.backends.base import CompilingBackend
from nbbrain.backends.plan_runner import Parts
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step

THREADS = (1,) if os.environ.get("NBBRAIN_TEST_BACKEND") else (1, 2)
"""How many threads of the processor comparisons are made with; what runs on a GPU knows of none."""


class InterpretingBackend(CompilingBackend):
    """Runs every turn of a step through `interpret`."""

    name = "interpreting"
    description = "interprets programs, for tests"

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """One turn after the other."""
        carried = tuple(carried)
        rows: list[Any] = [None] * length
        sums: list[Any] = [np.zeros(symbol.shape, symbol.dtype) for symbol in step.sums]
        for time in range(length)[::-1] if reverse else range(length):
            values = dict(zip(step.inputs, [*carried, *[x[time] for x in per_step], *constants], strict=True))
            interpret(step.body, values)
            carried = tuple([values[end] for _, end in step.carried])
            rows[time] = [values[symbol] for symbol in step.outputs]
            sums = [total + values[symbol] for total, symbol in zip(sums, step.sums, strict=True)]
        return carried, tuple([np.stack(column) for column in zip(*rows, strict=True)]), tuple(sums)


class UnjittedBackend(CompilingBackend):
    """The numba backend with its generated sources run by Python itself, in memory that begins with anything but zeros.

    With several members, every plan of one tile is divided, however small it is.
    """

    name = "unjitted"
    description = "runs generated sources un-jitted, for tests"

    def __init__(self, members: int = 1) -> None:
        self.members = members

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """The library's own plans, buffers and tiles around them."""
        from nbbrain.backends.numba import code, execute, pool
        from nbbrain.backends.numba.sources import instruction_source
        from nbbrain.backends.pool import Pool
        from nbbrain.program.plan import make_plan, shares
        from tests.backends.numba import unjitted

        with pytest.MonkeyPatch.context() as patch, settings.using(num_threads=self.members):
            patch.setattr(pool, "_pool", Pool(_littered))
            patch.setattr(execute, "_TEAM_CYCLES", -1)
            patch.setattr(shares, "ALIGNMENT", 2)
            patch.setattr(code, "kernel_address", lambda item: unjitted.kernel_address(instruction_source(item)))
            execute.check_step(step)
            plan = execute.CompiledPlan(make_plan(step), step)
            parts = Parts()
            carried, outputs = plan.run(length, reverse, carried, per_step, constants, parts)
            return carried, outputs, tuple(plan.sum_up(parts.sums))


def _littered(size: int) -> np.ndarray:
    """Memory whose floats are huge and whose truth values are neither true nor false."""
    return np.full(size, 0x7f, np.uint8)
