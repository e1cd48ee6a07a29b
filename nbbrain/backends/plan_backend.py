"""A backend that carries out plans: it makes the plan of every step once, and runs it.

What such backends share. A backend says how a plan is made ready, and on which device it runs.
"""
from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.base import CompilingBackend
from nbbrain.backends.plan_runner import Parts, PlanRunner
from nbbrain.program.observation import log
from nbbrain.program.plan.instructions import Product
from nbbrain.program.step import ByStructure, Step

__all__ = ["PlanBackend"]


class PlanBackend(CompilingBackend):
    """A backend that carries out plans."""

    def __init__(self) -> None:
        self._plan = ByStructure(self._planned)

    @abstractmethod
    def make_runner(self, step: Step, row_steps: tuple[tuple[int, int], ...]) -> PlanRunner:
        """The plan of a step, ready to be compiled and run; fails for operations that are not known."""

    def _device(self) -> AbstractContextManager[Any]:
        """A ``with`` block in which plans run."""
        return nullcontext()

    def _planned(self, step: Step, row_steps: tuple[tuple[int, int], ...] = ()) -> PlanRunner:
        runner = self.make_runner(step, row_steps)
        if settings.get("debug") >= 2:
            log.warning("program %s\n%s\n%s", step.key[:12], step, runner.plan)
        return runner

    def check(self, step: Step) -> None:
        """Make the plan of a step, which fails for operations that are not known."""
        self._plan(step)

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple,
                 reverse: bool) -> tuple[tuple, tuple, tuple]:
        """Run a step; see `CompilingBackend.run_step`."""
        results = self.run_part(step, length, carried, per_step, constants, reverse, None)
        return *results[:2], self.sum_up(step, results[2])

    def run_part(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple, reverse: bool,
                 sums: Any) -> tuple[tuple, tuple, Any]:
        """See `CompilingBackend.run_part`; sums are `Parts`, with those of tiles, so that they are added up in one order."""
        steps = _row_steps(per_step)
        with self._device():
            plan = self._plan(step, steps) if steps else self._plan(step)
            parts = Parts() if sums is None else sums
            return *plan.run(length, reverse, carried, per_step, constants, parts), parts

    def sum_up(self, step: Step, sums: Any) -> tuple:
        """See `CompilingBackend.sum_up`."""
        with self._device():
            return tuple(self._plan(step).sum_up(sums.sums))

    def turns_at_once(self, step: Step) -> int:
        """See `CompilingBackend.turns_at_once`."""
        return max([i.window for i in self._plan(step).plan.instructions if isinstance(i, Product)], default=1)


def _row_steps(per_step: tuple) -> tuple[tuple[int, int], ...]:
    """The inputs whose turns follow one another within rows, and the elements from row to row."""
    return tuple([(i, row_step) for i, array in enumerate(per_step) if (row_step := _row_step(array))])


def _row_step(array: np.ndarray) -> int:
    """The elements from row to row of an array (time, rows, ...) whose turns follow one another within rows; else 0."""
    if array.ndim < 2 or array.flags.c_contiguous or not array[:, 0].flags.c_contiguous or array.shape[0] < 2:
        return 0
    return array.strides[1] // array.itemsize if array.strides[1] >= array.shape[0] * array.strides[0] else 0
