"""Kernels of the cuda backend run by threads of Python that are watched: who reads and writes what between which barriers.

All blocks run at the same time, so grids can wait for one another here. Two threads race where both reach an element, at
least one of them writes it, and no barrier that both pass stands between.
"""
from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nbbrain.backends import base
from nbbrain.backends.cuda import CUDABackend, launches, programs, toolkit
from nbbrain.backends.numba import interpreted

__all__ = ["Grid", "watched"]


class Grid:
    """One launch: barriers, shared memory, and for every element who has reached it since when."""

    def __init__(self, blocks: int, threads: int) -> None:
        self.blocks, self.threads = blocks, threads
        self.all = threading.Barrier(blocks * threads)
        self.each = [threading.Barrier(threads) for _ in range(blocks)]
        self.shared: dict[tuple[int, str], _Shared] = {}
        self.reached: dict[Any, dict[tuple[int, int], tuple[int, int, bool]]] = {}
        self.lock, self.local = threading.Lock(), threading.local()
        self.races: list[str] = []
        self.errors: list[BaseException] = []

    def run(self, function: Any, arguments: tuple[int, ...]) -> None:
        """Run all threads of all blocks."""
        def one(block: int, own: int) -> None:
            self.local.who, self.local.grid_waits, self.local.waits = (block, own), 0, 0
            try:
                function(*arguments)
            except BaseException as error:
                self.errors.append(error)
                self.all.abort()
                for barrier in self.each:
                    barrier.abort()

        workers = [threading.Thread(target=one, args=(block, own)) for block in range(self.blocks)
                   for own in range(self.threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        broken = [error for error in self.errors if not isinstance(error, threading.BrokenBarrierError)]
        if broken:
            raise broken[0]

    def block_barrier(self) -> None:
        """The threads of a block wait for one another."""
        self.each[self.local.who[0]].wait(60)
        self.local.waits += 1

    def grid_barrier(self, arrived: int, blocks: int) -> None:
        """All threads do."""
        assert blocks == self.blocks
        self.all.wait(60)
        self.local.grid_waits += 1
        self.local.waits += 1

    def note(self, place: Any, writes: bool) -> None:
        """A thread reaches an element."""
        me, now = self.local.who, (self.local.grid_waits, self.local.waits)
        with self.lock:
            others = self.reached.setdefault(place, {})
            for other, (grid_waits, waits, wrote) in others.items():
                same = waits == now[1] if other[0] == me[0] else grid_waits == now[0]
                if other != me and same and (writes or wrote):
                    self.races.append(f"{place}: {other} {'wrote' if wrote else 'read'}, "
                                      f"{me} {'writes' if writes else 'reads'}")
            before = others.get(me)
            wrote_too = before is not None and before[:2] == now and before[2]
            others[me] = (*now, writes or wrote_too)


class _Shared:
    """An array in the memory of a block."""

    def __init__(self, grid: Grid, name: tuple[int, str], array: np.ndarray) -> None:
        self.grid, self.name, self.array = grid, name, array

    def __getitem__(self, index: int) -> Any:
        self.grid.note((*self.name, int(index)), False)
        return self.array[int(index)]

    def __setitem__(self, index: int, value: Any) -> None:
        self.grid.note((*self.name, int(index)), True)
        self.array[int(index)] = value


class _Kernel:
    """A kernel of a program's source."""

    def __init__(self, source: str, number: int) -> None:
        self.source, self.number = source, number

    def names(self, grid: Grid) -> dict[str, Any]:
        """What the source calls, watched."""
        def place(pointer: interpreted.Pointer, index: int) -> int:
            return int(pointer.elements.ctypes.data) + (pointer.middle + int(index)) * pointer.elements.itemsize

        def load(pointer: interpreted.Pointer, index: int, number: int) -> Any:
            grid.note(place(pointer, index), False)
            return interpreted.load(pointer, index, number)

        def store(pointer: interpreted.Pointer, index: int, value: Any, number: int) -> None:
            grid.note(place(pointer, index), True)
            interpreted.store(pointer, index, value, number)

        def shared_array(name: str, size: int, dtype: type) -> _Shared:
            key = (grid.local.who[0], f"{name} {np.dtype(dtype)}")
            with grid.lock:
                return grid.shared.setdefault(key, _Shared(grid, key, np.empty(size, dtype)))

        here = SimpleNamespace(
            threads=lambda: (grid.local.who[1], grid.threads, grid.local.who[0]),
            all=lambda: (grid.local.who[0] * grid.threads + grid.local.who[1], grid.blocks * grid.threads, 0),
            place=lambda alone: (grid.local.who[1], grid.threads, 0 if alone else grid.local.who[0],
                                 1 if alone else grid.blocks))
        return {"load": load, "store": store, "shared_array": shared_array, "block_threads": here.threads,
                "grid_threads": here.all, "block_place": here.place, "block_barrier": grid.block_barrier,
                "grid_barrier": grid.grid_barrier, "cuda": SimpleNamespace(ffs=lambda word: int(word & -word).bit_length())}

    def function(self, grid: Grid) -> Any:
        """The kernel as a function of one thread."""
        names = programs.simulated_names() | self.names(grid)
        exec(compile(self.source, "<program>", "exec"), names)
        found = names[f"{programs.PROGRAM_NAME}{self.number}"]

        def quietly(*arguments: int) -> None:
            with np.errstate(all="ignore"):
                found(*arguments)

        return quietly


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, blocks: int) -> Iterator[list[Grid]]:
    """Have kernels run so; a grid has so many blocks. Gives the launches."""
    ran: list[Grid] = []

    def launch(kernel: _Kernel, blocks: int, threads: int, together: bool, *arguments: int) -> None:
        grid = Grid(blocks, threads)
        grid.run(kernel.function(grid), arguments)
        ran.append(grid)

    def kernels(source: str, threads: int, capability: tuple[int, int]) -> list[_Kernel]:
        return [_Kernel(source, number) for number in range(source.count(f"def {programs.PROGRAM_NAME}"))]

    with monkeypatch.context() as patch:
        patch.setitem(base._usable, "cuda", CUDABackend())  # which has no plans yet
        patch.setattr(launches, "_compiled", kernels)
        patch.setattr(launches, "_SIMULATED_BLOCKS", blocks)
        patch.setattr(toolkit, "launch", launch)
        patch.setattr(toolkit, "most_blocks", lambda kernel, threads: blocks)
        yield ran
