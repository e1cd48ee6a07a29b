"""What the threads of a program touch, which tells where they have to wait for one another.

An instruction that goes through elements in a certain order gives the same elements to the same threads as another one that
goes through equally many (see thread_kernels.py). So it needs not wait for what the other has written, if both reach the
same place at every element.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nbbrain.backends.cuda.block_reductions import Reduction
from nbbrain.program.plan.instructions import Instruction, Nest, Operand
from nbbrain.program.plan.shares import accesses

__all__ = ["Touched", "free_loops", "touched_by", "touched_by_combination"]

Order = tuple[int, tuple[tuple[int, int], ...]]
"""Where the first element lies, and the sizes and strides of the loops that lead to the others."""


class Touch(NamedTuple):
    """A slot of a buffer, and where in it every thread works; None where threads share elements."""

    buffer: int
    next_slot: bool
    order: Order | None

    def meets(self, other: Touch) -> bool:
        """Whether a thread may reach what another thread has reached."""
        same_thread = self.order is not None and self.order == other.order
        return self[:2] == other[:2] and not same_thread


@dataclass(frozen=True)
class Touched:
    """What is read and written."""

    reads: frozenset[Touch] = frozenset()
    writes: frozenset[Touch] = frozenset()

    def __or__(self, other: Touched) -> Touched:
        return Touched(self.reads | other.reads, self.writes | other.writes)

    def conflicts(self, later: Touched) -> bool:
        """Whether what is done later needs what other threads may not have finished, or spoils what they still read."""
        return _meet(later.reads | later.writes, self.writes) or _meet(later.writes, self.reads)

    def a_turn_later(self, turning: Iterable[int]) -> Touched:
        """The same as the next turn calls it: buffers with two slots have exchanged them."""
        two = set(turning)

        def later(touches: frozenset[Touch]) -> frozenset[Touch]:
            return frozenset([each._replace(next_slot=each.next_slot != (each.buffer in two)) for each in touches])

        return Touched(later(self.reads), later(self.writes))


def _meet(some: frozenset[Touch], others: frozenset[Touch]) -> bool:
    return any(one.meets(other) for one in some for other in others)


def touched_by(instruction: Instruction, height: int, reduction: Reduction | None) -> Touched:
    """What an instruction touches; of a nest that blocks reduce, all but its results."""
    if not isinstance(instruction, Nest):
        reads, writes = [frozenset([Touch(access.buffer, access.next_slot, None) for access in each])
                         for each in accesses(instruction)]
        return Touched(reads, writes)
    sizes = _sizes(instruction, height)
    if reduction is None:
        loops: Sequence[int] | None = free_loops(instruction, height)
    else:
        loops = None if reduction.free else range(len(sizes))
    stores = [store.operand for store in instruction.stores if reduction is None or store.mode == "set"]
    return Touched(frozenset([_touch(operand, sizes, loops) for operand in instruction.inputs]),
                   frozenset([_touch(operand, sizes, loops) for operand in stores]))


def touched_by_combination(reduction: Reduction, height: int) -> Touched:
    """What a thread touches that writes the result of a reduction: the first one, where there is one result."""
    sizes, loops = _sizes(reduction.nest, height), None if reduction.free else ()
    return Touched(writes=frozenset([_touch(store.operand, sizes, loops) for store in reduction.nest.stores
                                     if store.mode != "set"]))


def _sizes(nest: Nest, height: int) -> list[int]:
    return [dimension.turns(height) for dimension in nest.dimensions]


def _touch(operand: Operand, sizes: Sequence[int], loops: Sequence[int] | None) -> Touch:
    """How threads that share certain loops touch an operand."""
    view = operand.view
    shared = [axis for axis, size in enumerate(sizes) if size > 1 and loops is not None and axis in loops]
    alone = loops is not None and all(stride == 0 or size == 1 or axis in shared
                                      for axis, (stride, size) in enumerate(zip(operand.strides, sizes, strict=True)))
    order = (view.offset, _merged([(sizes[axis], operand.strides[axis]) for axis in shared])) if alone else None
    return Touch(view.buffer.number, view.next_slot, order)


def _merged(loops: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Loops of which no two go through memory as one would."""
    found: list[tuple[int, int]] = []
    for size, stride in loops:
        if found and found[-1][1] == stride * size:
            found[-1] = (found[-1][0] * size, stride)
        else:
            found.append((size, stride))
    return tuple(found)


def free_loops(nest: Nest, height: int) -> list[int]:
    """The loops of a nest along which every store has elements of its own."""
    sizes = _sizes(nest, height)
    free = set(range(len(sizes)))
    for store in nest.stores:
        reach, below = 0, list[int]()
        for axis in sorted(range(len(sizes)), key=lambda axis: abs(store.operand.strides[axis])):
            stride = abs(store.operand.strides[axis])
            if stride == 0 and sizes[axis] > 1:
                free.discard(axis)
            elif sizes[axis] > 1:
                if stride <= reach:  # it meets what smaller strides reach
                    free -= {axis, *below}
                below.append(axis)
                reach += stride * (sizes[axis] - 1)
    return sorted(free)
