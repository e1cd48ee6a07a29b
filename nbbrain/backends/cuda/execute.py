"""Plans on a GPU: one launch runs all turns, wherever the device can do that."""
from __future__ import annotations

import builtins
import os
import time
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.cuda import blas, memory, toolkit
from nbbrain.backends.cuda.launches import Launch, launch_of
from nbbrain.backends.cuda.program_source import ByColumns, listed_by_columns
from nbbrain.backends.cuda.summed_products import SummedProducts, without_summed_products
from nbbrain.backends.cuda.transposes import LaidOut, laid_out
from nbbrain.backends.numba.reports import is_timed, tell
from nbbrain.backends.plan_runner import Parts, PlanRunner
from nbbrain.errors import BackendError, DeviceMemoryError
from nbbrain.operations.reductions import sum
from nbbrain.program.capture import capture_step
from nbbrain.program.listing import byte_count
from nbbrain.program.observation import Kernel, Run, log
from nbbrain.program.plan import Plan, make_plan
from nbbrain.program.plan.listing import kernel_listing
from nbbrain.program.plan.memory import plan_bytes
from nbbrain.program.step import Step
from nbbrain.threads import made_once, one_at_a_time

__all__ = ["DevicePlan", "plan_of", "runner_of"]

_BLOCKS = 4 if toolkit.is_simulated() else 1024
"""Tiles to aim at: a row each, of most batches."""
_ADDING_BLOCKS = 4 if toolkit.is_simulated() else 256
"""Tiles to aim at that add up products of all turns: enough for all multiprocessors, and no more, as each has its sums."""
_PAGES = 1 << 21
"""Bytes from which arrays have pages of their own, which move as a whole."""
_SUMS = 1 << 28
"""Bytes that the sums of all tiles may take before tiles get more rows."""
_started_in: list[int] = []
"""The process that uses the device."""


def plan_of(step: Step, row_steps: tuple[tuple[int, int], ...] = (), blocks: int | None = None) -> LaidOut:
    """The plan of a step with tiles for a GPU: by the number of rows, and by what tiles add up."""
    plan = make_plan(step, row_steps)
    rows = plan.rows
    height = max(1, -(-rows // (blocks or _BLOCKS)))
    if rows > 1:
        plan = make_plan(step, row_steps, height=height)
        if _mostly_without_rows(plan):
            return laid_out(make_plan(step, row_steps, height=rows))
        while height < rows and plan_bytes(plan, 1).get("sum", 0) > _SUMS:
            height *= 2
            plan = make_plan(step, row_steps, height=min(height, rows))
    return laid_out(plan)


def _mostly_without_rows(plan: Plan) -> bool:
    """Whether tiles would each compute anew what is larger than their rows, as of parameters that differ in shape."""
    computed = [buffer for buffer in plan.buffers if buffer.role not in ("constant", "per_step", "sum")]
    alone, shared = [builtins.sum([each.size for each in computed if each.private == which]) for which in (True, False)]
    return alone > shared * plan.height // plan.rows


def runner_of(step: Step, row_steps: tuple[tuple[int, int], ...] = ()) -> DevicePlan:
    """What runs a step: a plan, and products that are taken when it has run."""
    found = without_summed_products(step, [i for i, _ in row_steps])
    return DevicePlan(plan_of(step, row_steps), step) if found is None else LoopThenProducts(found, row_steps)


class DevicePlan(PlanRunner):
    """A plan carried out by one kernel."""

    def __init__(self, laid_out: LaidOut, step: Step) -> None:
        super().__init__(laid_out.plan, step)
        self._laid_out = laid_out
        self._known_to_fit: set[int] = set()
        self._listed: dict[ByColumns, tuple[np.ndarray, ...]] = {}

    def _empty(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        array = memory.empty(shape, dtype)
        if array.nbytes >= _PAGES:
            toolkit.fetch(array)  # the processor may have read what was there before
        return array

    def _readable(self, array: np.ndarray) -> np.ndarray:
        return memory.reachable(array)

    def _copy(self, target: np.ndarray, source: Any) -> None:
        toolkit.copy(target, np.asarray(source, dtype=target.dtype))

    def _clear_sums(self, arrays: list[np.ndarray]) -> None:
        for buffer, array in zip(self.plan.buffers, arrays, strict=True):
            if buffer.role == "sum":
                toolkit.fill_with_zeros(array)  # of all tiles

    def run(self, length: int, reverse: bool, carried: Sequence[Any], per_step: Sequence[Any], constants: Sequence[Any],
            parts: Parts) -> tuple[tuple, tuple]:
        """See `PlanRunner.run`; before, see to it that the device can be used and has the memory, and wait for it after."""
        _check_process()
        if length not in self._known_to_fit:
            self._check_memory(length, (*per_step, *constants))
            self._known_to_fit.add(length)
        try:
            result = super().run(length, reverse, carried, per_step, constants, parts)
        except DeviceMemoryError as error:  # others have taken it since
            raise self._too_large(length, self._bytes(length, (*per_step, *constants))) from error
        toolkit.wait()  # for copies
        return result

    def _carry_out(self, arrays: list[np.ndarray], length: int, reverse: bool, laid_out: dict[Hashable, Any]) -> None:
        launch = self._launch
        arrays = [*arrays, *[array for matrix in listed_by_columns(self.plan) for array in self._by_columns(matrix, arrays)]]
        started = time.perf_counter()
        try:
            used = launch.run([array.ctypes.data for array in arrays], length, reverse)
            toolkit.wait()
        except DeviceMemoryError:
            raise
        except Exception as error:
            raise self._failure(error) from error
        del used
        if is_timed():
            plan, nothing = self.plan, (0,) * len(self.plan.instructions)
            tell(Run(self.step, plan, length, reverse, 1, time.perf_counter() - started, nothing, 0, (self._described,)))

    def _by_columns(self, matrix: ByColumns, arrays: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        """The row and the place of every element, column by column, and where columns begin."""
        columns, starts = [arrays[view.buffer.number].reshape(-1)[view.offset:view.offset + view.shape[0]]
                           for view in (matrix.columns, matrix.starts)]
        known = self._listed.get(matrix)
        if known is None or not (np.array_equal(known[0], columns) and np.array_equal(known[1], starts)):
            places = np.argsort(columns, kind="stable")
            rows = np.repeat(np.arange(matrix.rows), np.diff(starts))[places]
            begins = np.searchsorted(columns[places], np.arange(matrix.size + 1))
            made = [memory.reachable(array.astype(dtype)) for array, dtype in
                    ((rows, np.int32), (places, np.int32), (begins, np.int64))]
            known = self._listed[matrix] = (columns.copy(), starts.copy(), *made)
        return known[2:]

    def _add_tiles(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """By the device, as a step of its own."""
        if not arrays:
            return []
        _, outputs = self._adding.run(1, False, (), [array[None] for array in arrays], (), Parts())
        return [output[0, ...] for output in outputs]

    @made_once
    def _adding(self) -> DevicePlan:
        private = [buffer for buffer in self.plan.buffers if buffer.role == "sum" and buffer.private
                   and buffer.index in self.plan.partial]
        parts = [((self.tiles, *buffer.shape), buffer.dtype) for buffer in sorted(private, key=lambda buffer: buffer.index)]
        step = capture_step(lambda *parts: [sum(part, axis=0, dtype=part.dtype) for part in parts], parts).step
        return DevicePlan(plan_of(step), step)

    @made_once
    @one_at_a_time
    def _launch(self) -> Launch:
        started = time.perf_counter()
        launch = launch_of(self._laid_out)
        shared = {"block": "one kernel, a block a tile", "grid": "one kernel, the whole grid",
                  "phases": f"{len(launch.kernels)} kernels a turn, the whole grid"}[launch.sharing]
        self._described = Kernel(f"program {self.step.key[:12]}", shared, launch.source,
                                 tuple(range(len(self.plan.instructions))), time.perf_counter() - started)
        if settings.get("debug") >= 3:
            log.warning("%s", kernel_listing(self._described))
        return launch

    def _check_memory(self, length: int, inputs: Sequence[Any]) -> None:
        """Refuse what does not fit on the device, before anything is allocated."""
        needed = self._bytes(length, inputs)
        if needed > toolkit.free_bytes()[0]:
            memory.let_go()
        if needed > toolkit.free_bytes()[0]:
            raise self._too_large(length, needed)

    def _bytes(self, length: int, inputs: Sequence[Any]) -> int:
        """The bytes that a run allocates."""
        by_role = plan_bytes(self.plan, length)
        return (builtins.sum(size for role, size in by_role.items() if role not in ("per_step", "constant"))
                + builtins.sum(x.nbytes for x in map(np.asarray, inputs) if not memory.is_reachable(x)))

    def _too_large(self, length: int, needed: int) -> DeviceMemoryError:
        free, total = toolkit.free_bytes()
        return DeviceMemoryError(
            f"the program {self.step.key[:12]} needs {byte_count(needed)} for {length} turns, but the device has "
            f"{byte_count(total)}, of which {byte_count(free)} are free. Take smaller batches, fewer steps at once, or "
            f"remat=True, which keeps less for the gradient.{self._lines()}")

    def _failure(self, error: Exception) -> BackendError:
        return BackendError(f"the program {self.step.key[:12]} failed on the device: {error}.{self._lines()}")

    def _lines(self) -> str:
        lines = dict.fromkeys([line for each in self.plan.lines for line in each])
        return "".join(["\n  it computes ", *"\n              ".join(lines)]) if lines else ""


class LoopThenProducts(DevicePlan):
    """A plan, and products of matrices of all turns when it has run; their sums are numbered behind those of the plan."""

    def __init__(self, found: SummedProducts, row_steps: tuple[tuple[int, int], ...]) -> None:
        super().__init__(plan_of(found.step, row_steps), found.step)
        self._found = found
        self._products: dict[int, DevicePlan] = {}

    def run(self, length: int, reverse: bool, carried: Sequence[Any], per_step: Sequence[Any], constants: Sequence[Any],
            parts: Parts) -> tuple[tuple, tuple]:
        """See `PlanRunner.run`."""
        ends, outputs = super().run(length, reverse, carried, per_step, constants, parts)
        for i, total in enumerate(self._totals(self._found.stacked(per_step, outputs), length), len(self.step.sums)):
            parts.sums[i] = total + parts.sums[i] if i in parts.sums else total
        return ends, outputs[:self._found.outputs]

    def _totals(self, stacked: list[np.ndarray], length: int) -> list[np.ndarray]:
        """The sums of products: by cuBLAS where it is there, else by a plan whose rows are those of all turns."""
        if blas.is_there():
            matrices = [blas.on_device(memory.reachable(array)[0]) for array in stacked]
            return [blas.array_of(total) for total in self._found.computed(matrices, blas.product)]
        if length not in self._products:
            step = self._found.products(length)
            self._products[length] = DevicePlan(plan_of(step, blocks=_ADDING_BLOCKS), step)
        runner, parts = self._products[length], Parts()
        runner.run(1, False, (), stacked, (), parts)
        return runner.sum_up(parts.sums)

    def sum_up(self, sums: dict[int, np.ndarray]) -> list[np.ndarray]:
        """See `PlanRunner.sum_up`; products are whole."""
        first = len(self.step.sums)
        whole = [*super().sum_up({i: array for i, array in sums.items() if i < first}),
                 *[sums[i] for i in range(first, len(sums))]]
        return [whole[place] for place in self._found.places]


def _check_process() -> None:
    """CUDA does not survive a fork."""
    if not _started_in:
        _started_in.append(os.getpid())
    if _started_in[0] != os.getpid():
        raise BackendError(
            "this process was forked from one that uses the GPU, and CUDA does not work in it. Start processes with "
            "multiprocessing.get_context('spawn'), or choose another backend in the forked one.")
