"""A compiled plan: its instructions as integers, and their execution over tiles of rows by a pool of threads.

Tiles are cut by the number of rows alone, and parts of sums are added in the order of tiles, so results do not depend on
the number of threads.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from nbbrain.backends.numba import pool
from nbbrain.backends.numba.code import Code
from nbbrain.backends.numba.emit import EXPRESSIONS, supported_dtype
from nbbrain.backends.numba.kernels import assembling_beside_import, driver_function
from nbbrain.backends.numba.reports import cycles_by_instruction, is_timed, kernels_of, show_kernels, tell
from nbbrain.backends.numba.sources import driver_source, instruction_source
from nbbrain.backends.numba.workers import run_all, run_team, thread_count, yield_address
from nbbrain.backends.plan_runner import PlanRunner
from nbbrain.errors import UnsupportedOperationError
from nbbrain.program.observation import Run
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import computations
from nbbrain.program.plan.planner import unsupported
from nbbrain.program.plan.shares import shares, work
from nbbrain.program.step import Step
from nbbrain.threads import made_once, one_at_a_time

__all__ = ["CompiledPlan", "check_step"]

_TEAM_CYCLES = 20000
"""Work of a turn below which members would mostly wait for one another."""
_MUCH = 1 << 20
"""Bytes that are worth a second thread."""


def check_step(step: Step) -> None:
    """Raise the error for the first value of a step that kernels cannot compute."""
    for symbol in (*step.inputs, *step.body):
        operation = symbol.operation
        if not supported_dtype(symbol.dtype):
            raise UnsupportedOperationError(f"arrays of dtype {symbol.dtype} are not compiled", location=symbol.location,
                                            operation=operation.name if operation else "input")
        if operation is not None and operation.kind == "elementwise" and operation.name not in EXPRESSIONS:
            raise unsupported(symbol)
        if operation is not None and operation.kind == "repeat":
            check_step(symbol.parameters["turn"].step)


class CompiledPlan(PlanRunner):
    """A plan carried out by compiled kernels."""

    def __init__(self, plan: Plan, step: Step) -> None:
        super().__init__(plan, step)
        self._known: dict[int, list[Code]] = {}

    def _empty(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        return pool.empty(shape, dtype)

    def _for_each(self, arrays: Sequence[np.ndarray], task: Callable[[int], None]) -> None:
        """By several threads where there is much to do."""
        if sum(array.nbytes for array in arrays) >= _MUCH:
            run_all(task, len(arrays))
        else:
            super()._for_each(arrays, task)

    def _carry_out(self, arrays: list[np.ndarray], length: int, reverse: bool, laid_out: dict[Hashable, Any]) -> None:
        codes = self._codes(self._members())
        started = time.perf_counter()
        for prepared in [prepared for code in codes for prepared in code.prepared]:
            if prepared not in laid_out:
                laid_out[prepared] = prepared.make(arrays, length)
        counted = (self._run_team if len(codes) > 1 else self._run_tiles)(codes, arrays, length, reverse, laid_out)
        if is_timed():
            seconds = time.perf_counter() - started
            cycles = cycles_by_instruction(codes, counted, len(self.plan.instructions))
            tell(Run(self.step, self.plan, length, reverse, len(codes), seconds, *cycles, kernels_of(self.plan)))

    def _members(self) -> int:
        """How many threads share the plan: several where there is one tile, and work enough."""
        return thread_count() if self.tiles == 1 and self._work > _TEAM_CYCLES else 1

    @made_once
    def _work(self) -> float:
        return work(self.plan)

    @one_at_a_time
    def _codes(self, members: int) -> list[Code]:
        """The integers of the plan, or of every member's share of it; kernels are compiled here, at the first run."""
        if members not in self._known:
            parts = [list(enumerate(self.plan.instructions))] if members == 1 else shares(self.plan, members)
            codes = [Code(len(self.plan.buffers)) for _ in parts]
            kernels = computations([instruction for part in parts for _, instruction in part])
            with assembling_beside_import([driver_source(), *map(instruction_source, kernels)]):
                for code, part in zip(codes, parts, strict=True):
                    for number, instruction in part:
                        code.add(number, instruction)
                driver_function()  # ready before threads ask for it
            show_kernels(self.plan)
            self._known[members] = codes
        return self._known[members]

    def _run_tiles(self, codes: list[Code], arrays: list[np.ndarray], length: int, reverse: bool,
                   laid_out: dict[Hashable, Any]) -> list[np.ndarray]:
        """Run all tiles, and count the cycles of each."""
        code = codes[0]
        arrays = _with_prepared(code, arrays, laid_out)
        cycles = _cycles(code, self.tiles)
        drive, places = driver_function(), self._addresses(code, arrays)
        run_all(lambda tile: _drive(drive, self._rows(code, places, length, reverse, tile, (cycles[tile], 0, 1))),
                self.tiles)
        return [cycles]

    def _run_team(self, codes: list[Code], arrays: list[np.ndarray], length: int, reverse: bool,
                  laid_out: dict[Hashable, Any]) -> list[np.ndarray]:
        """Run the only tile by a team, and count the cycles of each member."""
        counter = np.zeros(1, np.int64)
        counted = [_cycles(code, 1) for code in codes]
        drive = driver_function()

        def member(code: Code, cycles: np.ndarray) -> Callable[[], None]:
            everything, team = _with_prepared(code, arrays, laid_out), (cycles[0], counter.ctypes.data, len(codes))
            places = self._addresses(code, everything)
            rows = self._rows(code, places, length, reverse, 0, team)  # before any thread waits for this one
            return lambda: _drive(drive, (*rows, *everything))

        run_team([member(code, cycles) for code, cycles in zip(codes, counted, strict=True)])
        return counted

    def _addresses(self, code: Code, arrays: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """What the pointers of the first tile point to, and how far it is to the next tile's."""
        _, buffers, offsets, row_bytes = code.columns
        parts = np.array([array.nbytes // self.tiles if buffer.private else 0 for buffer, array in
                          zip(self.plan.buffers, arrays, strict=False)] + [0] * (len(arrays) - len(self.plan.buffers)))
        addresses = np.array([array.ctypes.data for array in arrays], np.int64)
        return addresses[buffers] + offsets, parts[buffers] + self.height * row_bytes

    def _rows(self, code: Code, addresses: tuple[np.ndarray, np.ndarray], length: int, reverse: bool, tile: int,
              team: tuple[np.ndarray, int, int]) -> tuple[np.ndarray, ...]:
        """The driver's row of arguments, and what it points to."""
        first, integers = tile * self.height, code.template.copy()
        integers[code.columns[0]] = addresses[0] + tile * addresses[1]
        scales = {"rows": min(self.height, self.plan.rows - first), "first": first, "time": -1 if reverse else 1}
        for position, value, scale in code.scaled:
            integers[position] = value * scales[scale]
        room = np.empty(code.widest, np.int64)
        cycles, counter, members = team
        row = np.array([integers.ctypes.data, integers.size, length, reverse, room.ctypes.data,
                        cycles.ctypes.data if cycles.size else 0, counter, members, yield_address()], np.int64)
        return row, integers, room


def _drive(driver: Callable[[int], None], rows: tuple[np.ndarray, ...]) -> None:
    """Run all turns of a tile, or of a member's share; the arrays given live as long as this runs."""
    driver(rows[0].ctypes.data)


def _with_prepared(code: Code, arrays: list[np.ndarray], laid_out: dict[Hashable, Any]) -> list[np.ndarray]:
    """The arrays of the plan, and what is made of its constants."""
    return [*arrays, *[array for prepared in code.prepared for array in laid_out[prepared]]]


def _cycles(code: Code, tiles: int) -> np.ndarray:
    """Where every tile counts the cycles of its instructions; without elements where nobody asks."""
    return np.zeros((tiles, code.template.size if is_timed() else 0), np.int64)
