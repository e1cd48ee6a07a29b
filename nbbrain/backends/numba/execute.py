"""A compiled plan: its instructions as integers, and their execution over tiles of rows by a pool of threads.

Tiles are cut by the number of rows alone, and parts of sums are added in the order of tiles, so results do not depend on
the number of threads.
"""
from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.numba import pool
from nbbrain.backends.numba.code import Code, Panels
from nbbrain.backends.numba.emit import EXPRESSIONS, supported_dtype
from nbbrain.backends.numba.kernels import driver_function, log, pack_function
from nbbrain.errors import UnsupportedOperationError
from nbbrain.program.plan import Plan
from nbbrain.program.plan.layout import Buffer
from nbbrain.program.plan.planner import unsupported
from nbbrain.program.step import Step

__all__ = ["CompiledPlan", "check_step"]

def check_step(step: Step) -> None:
    """Raise the error for the first value of a step that kernels cannot compute."""
    for symbol in (*step.inputs, *step.body):
        operation = symbol.operation
        if not supported_dtype(symbol.dtype):
            raise UnsupportedOperationError(f"arrays of dtype {symbol.dtype} are not compiled", location=symbol.location,
                                            operation=operation.name if operation else "input")
        if operation is not None and operation.kind == "elementwise" and operation.name not in EXPRESSIONS:
            raise unsupported(symbol)


class CompiledPlan:
    """A plan that can run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.height = plan.height
        self.tiles = -(-plan.rows // self.height)

    def run(self, length: int, reverse: bool, carried: Sequence[Any], per_step: Sequence[Any],
            constants: Sequence[Any]) -> tuple[tuple, tuple, tuple]:
        """Run all turns over all tiles."""
        given = {"carried": carried, "per_step": per_step, "constant": constants}
        arrays = [self._array(buffer, given, length) for buffer in self.plan.buffers]
        started = time.perf_counter()
        if self.plan.instructions:
            panels = [_panels(item, arrays[item.view.buffer.number]) for item in self._code.panels]
            self._run_tiles(self._code, [*arrays, *panels], length, reverse)
        if settings.get("debug") >= 4:
            log.warning("loop of %d turns, %d instructions, %d tiles: %.3f ms", length, len(self.plan.instructions),
                         self.tiles, (time.perf_counter() - started) * 1e3)
        return self._results(arrays, length, reverse)

    @cached_property
    def _code(self) -> Code:
        """The integers of the plan; its kernels are compiled here, at the first run."""
        code = Code(len(self.plan.buffers))
        for instruction in self.plan.instructions:
            code.add(instruction)
        return code

    def _array(self, buffer: Buffer, given: dict[str, Sequence[Any]], length: int) -> np.ndarray:
        """The memory of a buffer, with what it begins with."""
        copies = (self.tiles,) if buffer.private else ()
        if buffer.role == "carried":
            array = pool.empty((*copies, 2, *buffer.shape), buffer.dtype)
            array[(slice(None), 0) if copies else 0] = given["carried"][buffer.index]
            return array
        if buffer.role == "history":
            array = pool.empty((length + 1, *buffer.shape), buffer.dtype)
            array[0] = given["carried"][buffer.index]
            return array
        if buffer.role == "per_step" and buffer.slot != buffer.size:
            return np.asarray(given["per_step"][buffer.index], dtype=buffer.dtype)  # rows first, and the plan knows
        if buffer.role in ("per_step", "constant"):
            return np.ascontiguousarray(given[buffer.role][buffer.index], dtype=buffer.dtype)
        if buffer.role == "output":
            return pool.empty((length, *buffer.shape), buffer.dtype)
        turns = (buffer.window,) if buffer.window > 1 else ()
        array = pool.empty((*copies, *turns, *buffer.shape), buffer.dtype)
        if buffer.role == "sum":
            array.fill(0)
        return array

    def _run_tiles(self, code: Code, arrays: list[np.ndarray], length: int, reverse: bool) -> None:
        driver = driver_function()
        places, buffers, offsets, row_bytes = code.columns
        bases = np.array([array.ctypes.data for array in arrays], np.int64)[buffers] + offsets
        shares = [array.nbytes // self.tiles if buffer.private else 0
                  for buffer, array in zip(self.plan.buffers, arrays, strict=False)]
        private = np.array(shares + [0] * len(code.panels), np.int64)[buffers]
        cycles = np.zeros((self.tiles, code.template.size if settings.get("debug") >= 4 else 0), np.int64)

        def run_tile(tile: int) -> None:
            first = tile * self.height
            integers = code.template.copy()
            integers[places] = bases + first * row_bytes + tile * private
            scales = {"rows": min(self.height, self.plan.rows - first), "first": first, "time": -1 if reverse else 1}
            for position, value, scale in code.scaled:
                integers[position] = value * scales[scale]
            room = np.empty(code.widest, np.int64)
            timed = cycles[tile].ctypes.data if cycles.size else 0
            row = np.array([integers.ctypes.data, integers.size, length, reverse, room.ctypes.data, timed], np.int64)
            driver(row.ctypes.data)

        workers = thread_count()
        if self.tiles == 1 or workers == 1:
            for tile in range(self.tiles):
                run_tile(tile)
        else:
            list(_pool(workers).map(run_tile, range(self.tiles)))
        if cycles.size:
            self._report(cycles.sum(axis=0)[code.starts])

    def _report(self, cycles: np.ndarray) -> None:
        """Tell what share of the time every instruction took."""
        shares = cycles / max(cycles.sum(), 1)
        for share, instruction in sorted(zip(shares, self.plan.instructions, strict=True), key=lambda pair: -pair[0]):
            log.warning("%5.1f %%  %s", 100 * share, instruction)

    def _results(self, arrays: list[np.ndarray], length: int, reverse: bool) -> tuple[tuple, tuple, tuple]:
        carried, outputs, sums = {}, {}, {}
        for buffer, array in zip(self.plan.buffers, arrays, strict=True):
            if buffer.role == "carried":
                carried[buffer.index] = (array[0] if buffer.private else array)[length & 1]
            elif buffer.role == "history":
                carried[buffer.index] = array[length].copy()  # or it would keep the whole history
            elif buffer.role == "output":
                outputs[buffer.index] = array
            elif buffer.role == "sum":
                summed = buffer.private and buffer.index in self.plan.partial
                sums[buffer.index] = (array.sum(axis=0, dtype=array.dtype) if summed else
                                      array[0] if buffer.private else array)
        for output, number, end in self.plan.kept:
            turns = arrays[number][end:end + length]
            outputs[output] = turns[::-1] if reverse else turns
        return _in_order(carried), _in_order(outputs), _in_order(sums)


def _in_order(by_index: dict[int, np.ndarray]) -> tuple[np.ndarray, ...]:
    return tuple([by_index[i] for i in range(len(by_index))])


def _panels(panels: Panels, constant: np.ndarray) -> np.ndarray:
    """A constant right side of products, laid out for them."""
    view = panels.view
    packed = pool.empty((panels.size,), view.buffer.dtype)
    row = np.array([constant.ctypes.data + view.offset * constant.itemsize, packed.ctypes.data, *view.shape, *view.strides],
                   np.int64)
    pack_function(view.buffer.dtype)(row.ctypes.data)
    return packed


def thread_count() -> int:
    """How many threads run tiles: the setting, or the processors this process may use."""
    wanted = settings.get("num_threads")
    if wanted:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_pools: dict[int, ThreadPoolExecutor] = {}


def _pool(workers: int) -> ThreadPoolExecutor:
    if workers not in _pools:
        _pools[workers] = ThreadPoolExecutor(workers, thread_name_prefix="nbbrain")
    return _pools[workers]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)  # threads do not survive a fork
