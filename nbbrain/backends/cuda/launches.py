"""The kernels of a plan, and how many blocks of how many threads run them."""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from nbbrain.backends.cuda import memory, toolkit
from nbbrain.backends.cuda.block_products import DEVICE, SIMULATION, BlockForm, form_of
from nbbrain.backends.cuda.program_source import Sharing, kept_bytes, program_source, widest
from nbbrain.backends.cuda.programs import launchable
from nbbrain.backends.cuda.transposes import LaidOut
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import Product, Repeat, computations

__all__ = ["Launch", "launch_of"]

_MOST_THREADS = {False: 1024, True: 4}
"""Threads of a block that has a tile of its own, on a device and simulated."""
_BLOCKS_BEFORE = {False: 264, True: 2}
"""Blocks of what is done before the first turn."""
_WARP = 32
"""Threads that a device runs together."""
_SIMULATED_BLOCKS = 2
"""Blocks that share a tile at most."""


@dataclass(frozen=True)
class Launch:
    """Compiled kernels, and what they are launched with.

    Attributes
    ----------
    sharing : {'block', 'grid', 'phases'}
        Who shares a tile.
    source : str
        Of the kernels.
    kernels : list
        One that runs all turns, or one for every phase of a turn.
    before : kernel or None
        What is done before the first turn, by the whole grid.
    blocks, threads : int
        How many blocks of how many threads.
    kept : int
        The bytes for parts of reductions.
    """

    sharing: Sharing
    source: str
    kernels: list[Any]
    before: Any
    blocks: int
    threads: int
    kept: int

    def run(self, addresses: list[int], length: int, reverse: bool) -> tuple[np.ndarray, ...]:
        """Have all turns run, with the addresses of buffers. What is returned has to live until then."""
        kept, table = memory.empty((self.kept,), np.uint8), memory.empty((2 + len(addresses),), np.int64)
        table[:] = [0, kept.ctypes.data, *addresses]
        if self.before is not None:
            self._launch(self.before, _BLOCKS_BEFORE[toolkit.is_simulated()], False, table, 0, 0, length, 0)
        turns = [(turn, turn + 1) for turn in range(length)] if self.sharing == "phases" else [(0, length)]
        for begin, end in turns:
            for kernel in self.kernels:
                self._launch(kernel, self.blocks, self.sharing == "grid", table, begin, end, length, int(reverse))
        return table, kept

    def _launch(self, kernel: Any, blocks: int, together: bool, table: np.ndarray, *numbers: int) -> None:
        toolkit.launch(kernel, blocks, self.threads, together, table.ctypes.data, *numbers)


def launch_of(laid_out: LaidOut) -> Launch:
    """The kernels of a plan, compiled for the current device."""
    plan = laid_out.plan
    form = SIMULATION if toolkit.is_simulated() else DEVICE
    sharing = _sharing(plan, -(-widest(plan) // form.threads))
    if sharing == "block" and not _goes_by_tiles(plan, form):
        form = replace(form, threads=min(_MOST_THREADS[toolkit.is_simulated()], -(-widest(plan) // _WARP) * _WARP))
    threads = form.threads if not toolkit.is_simulated() or _goes_by_tiles(plan, form) else form.threads - 1
    source = program_source(laid_out, sharing, form)
    kernels = list(_compiled(source, threads, toolkit.architecture()))
    before = kernels.pop(0) if laid_out.before else None
    blocks = plan.tiles if plan.tiles > 1 or sharing == "block" else -(-widest(plan) // threads)
    if sharing == "grid":
        blocks = min(blocks, toolkit.most_blocks(kernels[0], threads))
    elif sharing == "phases" and toolkit.is_simulated():
        blocks = min(blocks, _SIMULATED_BLOCKS)
    return Launch(sharing, source, kernels, before, blocks, threads, kept_bytes(plan, sharing, form))


def _goes_by_tiles(plan: Plan, form: BlockForm) -> bool:
    """Whether a product does, which takes a certain number of threads."""
    products = [each for each in computations(plan.instructions) if isinstance(each, Product)]
    return any(form_of(product, plan.height, form) == "tiles" for product in products)


def _sharing(plan: Plan, wanted: int) -> Sharing:
    """One block a tile where there are several tiles, or little to do; the grid where it can wait; else launches."""
    if plan.tiles > 1 or wanted == 1:
        return "block"
    if toolkit.waits_as_a_whole():
        return "grid"
    repeats = any(isinstance(instruction, Repeat) for instruction in plan.instructions)
    return "block" if repeats else "phases"  # between launches nobody knows whether a loop goes on


@cache
def _compiled(source: str, threads: int, capability: tuple[int, int]) -> list[Any]:
    return launchable(source, threads, capability)
