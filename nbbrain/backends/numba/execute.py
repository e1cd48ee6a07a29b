"""A compiled plan: its instructions as integers, and their execution over tiles of rows by a pool of threads.

Tiles are cut by the number of rows alone, and parts of sums are added in the order of tiles, so results do not depend on
the number of threads.
"""
from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.numba.emit import EXPRESSIONS, kernel_arguments, supported_dtype
from nbbrain.backends.numba.kernels import driver_function, kernel_address, log
from nbbrain.errors import UnsupportedOperationError
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import Batch, Dimension, Instruction, Nest, Operand, Product, Take
from nbbrain.program.plan.layout import Buffer
from nbbrain.program.plan.planner import unsupported
from nbbrain.program.step import Step

__all__ = ["CompiledPlan", "check_step", "tile_rows"]

Number = tuple[int, str]
"""An argument: its value, times the rows of a tile ('rows') or the first of them ('first'), or as it is ('')."""


def tile_rows(rows: int) -> int:
    """How many rows a tile has: an eighth of them, within 8 and 64."""
    return max(1, min(rows, 64, max(8, -(-rows // 8))))


def _operands(instruction: Instruction) -> tuple[Operand, ...]:
    if isinstance(instruction, Nest):
        return (*instruction.inputs, *[store.operand for store in instruction.stores])
    if isinstance(instruction, Product):
        return instruction.x, instruction.y, instruction.result
    if isinstance(instruction, Take):
        return instruction.source, instruction.indices, instruction.picked
    if isinstance(instruction, Batch):
        return instruction.operands
    return instruction.state, instruction.result


def _numbers(instruction: Instruction) -> list[Number]:
    if isinstance(instruction, Nest):
        return [(value, "rows" if rows else "") for value, rows in kernel_arguments(instruction)]
    if isinstance(instruction, Product):
        strides = [s for operand in _operands(instruction) for s in operand.strides]
        return [*_sizes(*instruction.sizes), (int(instruction.accumulate), ""), *[(s, "") for s in strides]]
    if isinstance(instruction, Take):
        strides = [*instruction.source.strides, instruction.indices.strides[-1], *instruction.picked.strides]
        return [*_sizes(*instruction.sizes), *[(s, "") for s in strides]]
    if isinstance(instruction, Batch):
        strides = [s for operand in instruction.operands for s in operand.strides]
        return [*_sizes(*instruction.loops, *instruction.sizes), *[(s, "") for s in strides]]
    return [*_sizes(instruction.size), (instruction.result.row_stride, "first")]


def _sizes(*dimensions: Dimension) -> list[Number]:
    return [(dimension.size, "rows" if dimension.rows else "") for dimension in dimensions]


@dataclass
class _Code:
    """The integers of a plan, and where addresses and sizes go once they are known."""

    integers: list[int] = field(default_factory=list)
    pointers: list[tuple[int, int, int, int]] = field(default_factory=list)
    """position, buffer, bytes of offset, bytes from row to row"""
    scaled: list[tuple[int, int, str]] = field(default_factory=list)
    widest: int = 0

    def add(self, instruction: Instruction) -> None:
        operands, numbers = _operands(instruction), _numbers(instruction)
        self.widest = max(self.widest, len(operands) + len(numbers))
        self.integers += [kernel_address(instruction), len(operands), len(numbers)]
        for operand in operands:
            buffer = operand.view.buffer
            item = buffer.dtype.itemsize
            self.pointers.append((len(self.integers), buffer.number, operand.view.offset * item, operand.row_stride * item))
            mask = {"carried": 1, "per_step": -1, "output": -1}.get(buffer.role, 0)
            self.integers += [0, buffer.size * item, int(operand.view.next_slot), mask, int(buffer.role == "carried")]
        for value, scale in numbers:
            if scale:
                self.scaled.append((len(self.integers), value, scale))
            self.integers.append(value)

    @cached_property
    def template(self) -> np.ndarray:
        """The integers as an array; only once all instructions are added."""
        return np.array(self.integers, np.int64)

    @cached_property
    def columns(self) -> tuple[np.ndarray, ...]:
        """The columns of ``pointers``; only once all instructions are added."""
        return tuple([np.array(column, np.int64) for column in zip(*self.pointers, strict=True)])


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
        self.height = tile_rows(plan.rows)
        self.tiles = -(-plan.rows // self.height)

    def run(self, length: int, reverse: bool, carried: Sequence[Any], per_step: Sequence[Any],
            constants: Sequence[Any]) -> tuple[tuple, tuple, tuple]:
        """Run all turns over all tiles."""
        given = {"carried": carried, "per_step": per_step, "constant": constants}
        arrays = [self._array(buffer, given, length) for buffer in self.plan.buffers]
        started = time.perf_counter()
        if self.plan.instructions:
            self._run_tiles(self._code, arrays, length, reverse)
        if settings.get("debug") >= 4:
            log.warning("loop of %d turns, %d instructions, %d tiles: %.3f ms", length, len(self.plan.instructions),
                         self.tiles, (time.perf_counter() - started) * 1e3)
        return self._results(arrays, length)

    @cached_property
    def _code(self) -> _Code:
        """The integers of the plan; its kernels are compiled here, at the first run."""
        code = _Code()
        for instruction in self.plan.instructions:
            code.add(instruction)
        return code

    def _array(self, buffer: Buffer, given: dict[str, Sequence[Any]], length: int) -> np.ndarray:
        """The memory of a buffer, with what it begins with."""
        copies = (self.tiles,) if buffer.private else ()
        if buffer.role == "carried":
            array = np.empty((*copies, 2, *buffer.shape), buffer.dtype)
            array[(slice(None), 0) if copies else 0] = given["carried"][buffer.index]
            return array
        if buffer.role in ("per_step", "constant"):
            return np.ascontiguousarray(given[buffer.role][buffer.index], dtype=buffer.dtype)
        if buffer.role == "output":
            return np.empty((length, *buffer.shape), buffer.dtype)
        return (np.zeros if buffer.role == "sum" else np.empty)((*copies, *buffer.shape), buffer.dtype)

    def _run_tiles(self, code: _Code, arrays: list[np.ndarray], length: int, reverse: bool) -> None:
        driver = driver_function()
        places, buffers, offsets, row_bytes = code.columns
        bases = np.array([array.ctypes.data for array in arrays], np.int64)[buffers] + offsets
        private = np.array([array.nbytes // self.tiles if buffer.private else 0
                            for buffer, array in zip(self.plan.buffers, arrays, strict=True)], np.int64)[buffers]

        def run_tile(tile: int) -> None:
            first = tile * self.height
            integers = code.template.copy()
            integers[places] = bases + first * row_bytes + tile * private
            for position, value, scale in code.scaled:
                integers[position] = value * (min(self.height, self.plan.rows - first) if scale == "rows" else first)
            room = np.empty(max(code.widest, 1), np.int64)
            row = np.array([integers.ctypes.data, integers.size, length, reverse, room.ctypes.data], np.int64)
            driver(row.ctypes.data)

        workers = thread_count()
        if self.tiles == 1 or workers == 1:
            for tile in range(self.tiles):
                run_tile(tile)
        else:
            list(_pool(workers).map(run_tile, range(self.tiles)))

    def _results(self, arrays: list[np.ndarray], length: int) -> tuple[tuple, tuple, tuple]:
        by_role: dict[str, list[np.ndarray]] = {"carried": [], "output": [], "sum": []}
        for buffer, array in zip(self.plan.buffers, arrays, strict=True):
            if buffer.role == "carried":
                array = (array[0] if buffer.private else array)[length & 1]
            elif buffer.role == "sum" and buffer.private:
                array = array.sum(axis=0, dtype=array.dtype) if buffer.index in self.plan.partial else array[0]
            if buffer.role in by_role:
                by_role[buffer.role].append(array)
        return tuple(by_role["carried"]), tuple(by_role["output"]), tuple(by_role["sum"])


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
