"""A plan and its memory: arrays for its buffers before it runs, results out of them afterwards.

What every backend that carries out plans shares. A backend says where memory comes from and carries out the instructions.
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.program.observation import log
from nbbrain.program.plan import Plan
from nbbrain.program.plan.layout import Buffer
from nbbrain.program.plan.listing import memory_listing
from nbbrain.program.step import Step

__all__ = ["Parts", "PlanRunner"]


@dataclass
class Parts:
    """What a part of a run hands on to the next one.

    Attributes
    ----------
    sums : dict of int to array
        What was added up so far, by tiles.
    laid_out : dict
        Constants as kernels read them.
    """

    sums: dict[int, np.ndarray] = field(default_factory=dict)
    laid_out: dict[Hashable, Any] = field(default_factory=dict)


class PlanRunner(ABC):
    """A plan that can run."""

    def __init__(self, plan: Plan, step: Step) -> None:
        self.plan, self.step = plan, step
        self.height, self.tiles = plan.height, plan.tiles
        self._announced: set[int] = set()

    def run(self, length: int, reverse: bool, carried: Sequence[Any], per_step: Sequence[Any],
            constants: Sequence[Any], parts: Parts) -> tuple[tuple, tuple]:
        """Run all turns over all tiles: the carried values at the end, and the outputs. Sums are added to the parts'."""
        self._announce(length)
        given = {"carried": carried, "per_step": per_step, "constant": constants}
        arrays = [parts.sums[buffer.index] if buffer.role == "sum" and parts.sums else self._array(buffer, given, length)
                  for buffer in self.plan.buffers]
        if not parts.sums:
            self._clear_sums(arrays)
        if self.plan.instructions:
            self._carry_out(arrays, length, reverse, parts.laid_out)
        return self._results(arrays, length, reverse, parts.sums)

    @abstractmethod
    def _empty(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Memory that kernels reach, whatever it holds."""

    @abstractmethod
    def _carry_out(self, arrays: list[np.ndarray], length: int, reverse: bool, laid_out: dict[Hashable, Any]) -> None:
        """Carry out the instructions of all turns, with an array for every buffer; note what is laid out of constants."""

    def _readable(self, array: np.ndarray) -> np.ndarray:
        """An array that kernels can read, with the same elements and strides."""
        return array

    def _copy(self, target: np.ndarray, source: Any) -> None:
        """Write all elements of an array of its own."""
        target[...] = source

    def _for_each(self, arrays: Sequence[np.ndarray], task: Callable[[int], None]) -> None:
        """Do something with every array, by its position."""
        for i in range(len(arrays)):
            task(i)

    def _announce(self, length: int) -> None:
        """Print how much memory the plan needs, once for every number of turns, where the debug level asks for it."""
        if settings.get("debug") >= 1 and length not in self._announced:
            self._announced.add(length)
            log.warning("program %s, %d turns, needs %s", self.step.key[:12], length, memory_listing(self.plan, length))

    def _array(self, buffer: Buffer, given: dict[str, Sequence[Any]], length: int) -> np.ndarray:
        """The memory of a buffer, with what it begins with."""
        copies = (self.tiles,) if buffer.private else ()
        if buffer.role == "carried":
            array = self._empty((*copies, 2, *buffer.shape), buffer.dtype)
            for part in self._parts(buffer, array):
                self._copy(part[0, ...], given["carried"][buffer.index])
            return array
        if buffer.role == "in_place":
            array = self._empty((*copies, *buffer.shape), buffer.dtype)
            for part in self._parts(buffer, array):
                self._copy(part, given["carried"][buffer.index])
            return array
        if buffer.role == "history":
            array = self._empty((length + 1, *buffer.shape), buffer.dtype)
            self._copy(array[0, ...], given["carried"][buffer.index])
            return array
        if buffer.role == "per_step" and buffer.slot != buffer.size:  # rows first, and the plan knows
            return self._readable(np.asarray(given["per_step"][buffer.index], dtype=buffer.dtype))
        if buffer.role in ("per_step", "constant"):
            return self._readable(np.ascontiguousarray(given[buffer.role][buffer.index], dtype=buffer.dtype))
        if buffer.role == "output":
            return self._empty((length, *buffer.shape), buffer.dtype)
        turns = (buffer.window,) if buffer.window > 1 else ()
        return self._empty((*copies, *turns, *buffer.shape), buffer.dtype)

    def _parts(self, buffer: Buffer, array: np.ndarray) -> list[np.ndarray]:
        """Every tile's copy of a buffer, or the only one."""
        return [array[i, ...] for i in range(self.tiles)] if buffer.private else [array]

    def _clear_sums(self, arrays: list[np.ndarray]) -> None:
        """Sums begin with zeros."""
        cleared = [part for buffer, array in zip(self.plan.buffers, arrays, strict=True) if buffer.role == "sum"
                   for part in self._parts(buffer, array)]
        self._for_each(cleared, lambda i: cleared[i].fill(0))

    def _results(self, arrays: list[np.ndarray], length: int, reverse: bool,
                 sums: dict[int, np.ndarray]) -> tuple[tuple, tuple]:
        carried, outputs = {}, {}
        for buffer, array in zip(self.plan.buffers, arrays, strict=True):
            if buffer.role == "carried":
                carried[buffer.index] = (array[0] if buffer.private else array)[length & 1, ...]
            elif buffer.role == "in_place":
                carried[buffer.index] = array[0, ...] if buffer.private else array
            elif buffer.role == "history":
                carried[buffer.index] = self._empty(buffer.shape, buffer.dtype)  # a view would keep the whole history
                self._copy(carried[buffer.index], array[length, ...])
            elif buffer.role == "output":
                outputs[buffer.index] = array
            elif buffer.role == "sum":
                sums[buffer.index] = array
        for output, number, end in self.plan.kept:
            turns = arrays[number][end:end + length]
            outputs[output] = turns[::-1] if reverse else turns
        return _in_order(carried), _in_order(outputs)

    def sum_up(self, sums: dict[int, np.ndarray]) -> list[np.ndarray]:
        """The sums of all tiles, in the order of tiles."""
        private = {buffer.index: buffer.private for buffer in self.plan.buffers if buffer.role == "sum"}
        partial = [index for index in range(len(sums)) if private[index] and index in self.plan.partial]
        whole = dict(zip(partial, self._add_tiles([sums[index] for index in partial]), strict=True))
        found = [whole[i] if i in whole else sums[i][0, ...] if private[i] else sums[i] for i in range(len(sums))]
        shapes = [symbol.shape for symbol in self.step.sums]
        return [np.asarray(array[..., :shape[-1]] if shape else array)  # without what fills lines
                for array, shape in zip(found, shapes, strict=True)]

    def _add_tiles(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """The sums of arrays over their first axis, in its order."""
        found = list(arrays)

        def add(i: int) -> None:
            found[i] = arrays[i].sum(axis=0, dtype=arrays[i].dtype)

        self._for_each(arrays, add)
        return found


def _in_order(by_index: dict[int, np.ndarray]) -> tuple[np.ndarray, ...]:
    return tuple([by_index[i] for i in range(len(by_index))])
