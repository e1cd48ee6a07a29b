"""The integers of a plan: what the driver walks, with places for addresses and sizes that a run fills in."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nbbrain.backends.numba.emit import kernel_arguments
from nbbrain.backends.numba.kernels import kernel_address
from nbbrain.backends.numba.prepared import Panels, Prepared, Targets, Windows
from nbbrain.backends.numba.sources import has_windows
from nbbrain.program.plan.instructions import (
    Barrier,
    Batch,
    Dimension,
    Instruction,
    Nest,
    Operand,
    Product,
    Random,
    Repeat,
    Sparse,
    Take,
)
from nbbrain.threads import made_once

__all__ = ["Code", "instruction_numbers", "instruction_operands"]

Number = tuple[int, str]
"""An argument: its value, times the rows of a tile ('rows'), their first ('first') or the direction of time ('time'), or as
it is ('')."""


def instruction_operands(instruction: Instruction) -> tuple[Operand, ...]:
    """What the pointers of a kernel point to, in their order."""
    if isinstance(instruction, Nest):
        return (*instruction.inputs, *[store.operand for store in instruction.stores])
    if isinstance(instruction, Product):
        return instruction.x, instruction.y, instruction.result
    if isinstance(instruction, Take):
        return instruction.source, instruction.indices, instruction.picked
    if isinstance(instruction, Sparse):
        return instruction.vector, instruction.result, instruction.data, instruction.columns, instruction.indptr
    if isinstance(instruction, Batch):
        return instruction.operands
    if isinstance(instruction, Barrier):
        return ()
    assert isinstance(instruction, Random)
    return instruction.state, instruction.result


def instruction_numbers(instruction: Instruction) -> list[Number]:
    """The arguments of a kernel after its pointers."""
    if isinstance(instruction, Barrier):
        return []
    if isinstance(instruction, Batch):
        strides = [s for operand in instruction.operands for s in operand.strides]
        return [*_sizes(*instruction.loops, *instruction.sizes), *[(s, "") for s in strides]]
    if isinstance(instruction, Nest):
        return [(value, "rows" if rows else "") for value, rows in kernel_arguments(instruction)]
    if isinstance(instruction, Product):
        strides = [s for operand in instruction_operands(instruction) for s in operand.strides]
        return [*_sizes(*instruction.sizes), (int(instruction.accumulate), ""), (int(is_packed(instruction)), ""),
                *[(s, "") for s in strides], _ahead(instruction),
                *[_from_turn_to_turn(operand) for operand in (instruction.x, instruction.y)]]
    if isinstance(instruction, Take):
        strides = [*instruction.source.strides, instruction.indices.strides[-1], *instruction.picked.strides]
        return [*_sizes(*instruction.sizes), *[(s, "") for s in strides]]
    if isinstance(instruction, Sparse):
        size = (instruction.result if instruction.transpose else instruction.vector).view.shape[-1]
        steps = (instruction.data.strides[-1], instruction.vector.strides[0], instruction.result.strides[0])
        return [*_sizes(instruction.outer), *[(number, "") for number in (instruction.rows, size, *steps)]]
    assert isinstance(instruction, Random)
    first = (instruction.start, "") if instruction.start else (instruction.result.row_stride, "first")
    return [*_sizes(instruction.size), first]


def _sizes(*dimensions: Dimension) -> list[Number]:
    return [(dimension.size, "rows" if dimension.rows else "") for dimension in dimensions]


def _from_turn_to_turn(operand: Operand) -> Number:
    """How far the same element of the next turn is, where there is a slot for every turn."""
    buffer = operand.view.buffer
    if buffer.role in ("per_step", "output"):
        return buffer.slot, "time"
    return (buffer.slot if buffer.window > 1 else 0), ""


def _ahead(product: Product) -> Number:
    """How far what the next execution reads from memory is; nothing where it is in the cache anyway."""
    step, scale = _from_turn_to_turn(product.x)
    return (step * product.window if scale else 0), "time"


def is_packed(product: Product) -> bool:
    """Whether the right side of a product is the same in all turns, so that laying it out in panels pays."""
    buffer = product.y.view.buffer
    return buffer.role == "constant" and buffer.dtype.kind == "f"


def _prepared(instruction: Instruction) -> Prepared | None:
    """What an instruction needs of constants in another layout."""
    if isinstance(instruction, Product) and is_packed(instruction):
        return Panels(instruction.y.view)
    if isinstance(instruction, Sparse) and instruction.targets is not None:
        return Targets(instruction.data.view, instruction.columns.view, instruction.indptr.view, instruction.rows,
                       instruction.targets)
    if isinstance(instruction, Sparse) and has_windows(instruction):
        return Windows(instruction.data.view, instruction.columns.view, instruction.indptr.view, instruction.rows,
                       instruction.vector.view.shape[-1])
    return None


@dataclass
class Code:
    """The integers of a plan, and where addresses and sizes go once they are known.

    ``buffers`` is the number of the plan's buffers; what is prepared of constants is numbered after them.
    """

    buffers: int
    integers: list[int] = field(default_factory=list)
    pointers: list[tuple[int, int, int, int]] = field(default_factory=list)
    """position, buffer, bytes of offset, bytes from row to row"""
    scaled: list[tuple[int, int, str]] = field(default_factory=list)
    prepared: dict[Prepared, int] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    """where every instruction begins, with all that belongs to it"""
    numbers: list[int] = field(default_factory=list)
    """which instruction of the plan it is, or a part of; -1 for a barrier"""
    widest: int = 1

    def add(self, number: int, instruction: Instruction) -> None:
        """Append an instruction, which is, or is a part of, the one of that number."""
        self.starts.append(len(self.integers))
        self.numbers.append(number)
        self._append(instruction)

    def _append(self, instruction: Instruction) -> None:
        if isinstance(instruction, Repeat):
            self._repeat(instruction)
            return
        operands, numbers = instruction_operands(instruction), instruction_numbers(instruction)
        prepared = _prepared(instruction)
        if isinstance(prepared, Targets):
            operands = operands[:-prepared.count]
        pointers = len(operands) + (prepared.count if prepared else isinstance(instruction, Product))
        self.widest = max(self.widest, pointers + len(numbers) + 1)
        every = instruction.window - 1 if isinstance(instruction, Product) else 0
        address = 0 if isinstance(instruction, Barrier) else kernel_address(instruction)
        self.integers += [address, pointers, len(numbers), every]
        for operand in operands:
            self._point(operand)
        if prepared is not None:
            self._point_to_prepared(prepared)
        elif isinstance(instruction, Product):
            self.integers += [0] * 5  # no panels
        for value, scale in numbers:
            if scale:
                self.scaled.append((len(self.integers), value, scale))
            self.integers.append(value)

    def _repeat(self, repeat: Repeat) -> None:
        """A jump over the body where there is no first turn, the body, and a jump back to it where another turn follows."""
        over = self._jump(repeat.going, False)
        first = len(self.integers)
        for instruction in repeat.body:
            self._append(instruction)
        back = self._jump(repeat.going, True)
        self.integers[over] = len(self.integers) - first
        self.integers[back] = first - len(self.integers)

    def _jump(self, going: Operand, when: bool) -> int:
        """Append a jump that is taken where a truth value is as given, and return where its distance is to be written."""
        self.integers += [0, 1, 2, 0]
        self._point(going)
        self.integers += [int(when), 0]
        self.widest = max(self.widest, 4)
        return len(self.integers) - 1

    def _point(self, operand: Operand) -> None:
        buffer = operand.view.buffer
        item = buffer.dtype.itemsize
        self.pointers.append((len(self.integers), buffer.number, operand.view.offset * item, operand.row_stride * item))
        mask = {"carried": 1, "history": -1, "per_step": -1, "output": -1}.get(buffer.role, buffer.window - 1)
        by_time = buffer.role in ("per_step", "output")
        self.integers += [0, buffer.slot * item, int(operand.view.next_slot), mask, int(not by_time)]

    def _point_to_prepared(self, prepared: Prepared) -> None:
        first = self.prepared.setdefault(prepared, self.buffers + sum(other.count for other in self.prepared))
        for number in range(first, first + prepared.count):
            self.pointers.append((len(self.integers), number, 0, 0))
            self.integers += [0] * 5

    @made_once
    def template(self) -> np.ndarray:
        """The integers as an array; only once all instructions are added."""
        return np.array(self.integers, np.int64)

    @made_once
    def columns(self) -> Sequence[np.ndarray]:
        """The columns of ``pointers``; only once all instructions are added."""
        return tuple(np.array(self.pointers, np.int64).reshape(-1, 4).T.copy())  # a member may have nothing but barriers
