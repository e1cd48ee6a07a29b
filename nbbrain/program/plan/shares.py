"""One plan for several threads: every instruction divided among them, and barriers where one needs what another writes.

It serves plans of one tile, such as one large population. Elements are divided, sums are not, so results are the same for
any number of members. Instructions that cannot be divided are carried out by the first member.
"""
from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, NamedTuple

from nbbrain.program.plan.instructions import (
    Barrier,
    Batch,
    Dimension,
    Instruction,
    Nest,
    Operand,
    Plan,
    Product,
    Random,
    Repeat,
    Sparse,
    Take,
)

__all__ = ["accesses", "bounds", "shares", "work"]

ALIGNMENT = 64
"""Shares begin at multiples of so many elements."""


def bounds(size: int, member: int, members: int) -> tuple[int, int]:
    """The elements of a member, from the first up to the last."""
    blocks = -(-size // ALIGNMENT)
    return min(size, blocks * member // members * ALIGNMENT), min(size, blocks * (member + 1) // members * ALIGNMENT)


Numbered = tuple[int, Instruction]
"""An instruction, and its position among those of the plan; -1 for a barrier."""


def shares(plan: Plan, members: int) -> list[list[Numbered]]:
    """The instructions of every member; all have their barriers at the same places."""
    found: list[list[Numbered]] = [[] for _ in range(members)]
    pending = _Pending()
    for number, instruction in enumerate(_of_one_tile(plan)):
        if pending.conflicts(instruction):
            _meet(found)
            pending = _Pending()
        pending.add(instruction)
        for member, mine in enumerate(found):
            share = _share(instruction, member, members)
            if share is not None:
                mine.append((number, share))
    _meet(found)  # before the next turn overwrites what is still read
    return found


def _meet(found: list[list[Numbered]]) -> None:
    for mine in found:
        mine.append((-1, Barrier()))


def work(plan: Plan) -> float:
    """About how many processor cycles a turn takes, which tells whether a team is worth its barriers."""
    return sum(_cycles(instruction) for instruction in _of_one_tile(plan))


def _of_one_tile(plan: Plan) -> tuple[Instruction, ...]:
    """The instructions of a plan whose only tile holds all rows, with the sizes that loops over rows then have."""
    return tuple([_with_rows(instruction, plan.rows) for instruction in plan.instructions])


def _with_rows(instruction: Instruction, rows: int) -> Instruction:
    if isinstance(instruction, Repeat):
        return replace(instruction, body=tuple([_with_rows(each, rows) for each in instruction.body]))
    sized = {field.name: _sized(getattr(instruction, field.name), rows) for field in fields(instruction)}
    return replace(instruction, **sized)


def _sized(value: Any, rows: int) -> Any:
    """Dimensions, alone or in a tuple, by their number of turns."""
    if isinstance(value, tuple):
        return tuple([_sized(each, rows) for each in value])
    return Dimension(value.size * rows, False) if isinstance(value, Dimension) and value.rows else value


def _cycles(instruction: Instruction) -> float:
    if isinstance(instruction, Nest):
        each = len(instruction.calls) + len(instruction.inputs) + len(instruction.stores)
        return _count(instruction.dimensions) * each / 8
    if isinstance(instruction, Product):
        return _count(instruction.sizes) / 16
    if isinstance(instruction, Sparse):
        elements = instruction.columns.view.shape[0]
        return elements / 50 + instruction.rows / 16 if instruction.transpose else elements
    if isinstance(instruction, (Take, Batch)):
        return _count(instruction.sizes[:3] if isinstance(instruction, Take) else (*instruction.loops, *instruction.sizes))
    return 0.0


def _count(dimensions: tuple[Dimension, ...]) -> int:
    count = 1
    for dimension in dimensions:
        count *= dimension.size
    return count


# Division


def _split_axis(nest: Nest) -> int | None:
    """The dimension along which a nest can be divided: every store has elements of its own along it."""
    if any(nest.overlaps(store.operand) for store in nest.stores):
        return None
    axes = [axis for axis in range(len(nest.dimensions)) if all(store.operand.strides[axis] for store in nest.stores)]
    best = max(axes, key=lambda axis: nest.dimensions[axis].size, default=None)
    return best if best is not None and nest.dimensions[best].size > ALIGNMENT else None


def _is_divided(instruction: Instruction) -> bool:
    if isinstance(instruction, Nest):
        return _split_axis(instruction) is not None
    if isinstance(instruction, Product):
        return instruction.sizes[2].size > ALIGNMENT
    if isinstance(instruction, Sparse):
        structure = (instruction.data, instruction.columns, instruction.indptr)
        fixed = all(operand.view.buffer.role == "constant" for operand in structure)
        return instruction.outer.size == 1 and instruction.size > ALIGNMENT and (fixed or not instruction.transpose)
    if isinstance(instruction, Take):
        return instruction.kind == "get" and instruction.sizes[1].size > ALIGNMENT
    return isinstance(instruction, Random) and instruction.size.size > ALIGNMENT


def _share(instruction: Instruction, member: int, members: int) -> Instruction | None:
    """The part of an instruction that a member carries out; None where there is none."""
    if not _is_divided(instruction):
        return instruction if member == 0 else None
    if isinstance(instruction, Nest):
        return _share_of_nest(instruction, member, members)
    if isinstance(instruction, Product):
        return _share_of_product(instruction, member, members)
    if isinstance(instruction, Sparse):
        return _share_of_sparse(instruction, member, members)
    if isinstance(instruction, Take):
        return _share_of_take(instruction, member, members)
    assert isinstance(instruction, Random)
    first, last = bounds(instruction.size.size, member, members)
    return None if first == last else replace(
        instruction, result=_moved(instruction.result, first), size=Dimension(last - first, False), start=first)


def _moved(operand: Operand, by: int, shape: tuple[int, ...] | None = None) -> Operand:
    """An operand that begins so many elements later in its buffer."""
    view = operand.view
    return replace(operand, view=replace(view, offset=view.offset + by, shape=view.shape if shape is None else shape))


def _share_of_nest(nest: Nest, member: int, members: int) -> Nest | None:
    axis = _split_axis(nest)
    assert axis is not None
    first, last = bounds(nest.dimensions[axis].size, member, members)
    if first == last:
        return None
    dimensions = (*nest.dimensions[:axis], Dimension(last - first, False), *nest.dimensions[axis + 1:])
    stores = [replace(store, operand=_moved(store.operand, first * store.operand.strides[axis])) for store in nest.stores]
    return replace(nest, dimensions=dimensions, stores=tuple(stores),
                   inputs=tuple([_moved(operand, first * operand.strides[axis]) for operand in nest.inputs]))


def _share_of_product(product: Product, member: int, members: int) -> Product | None:
    m, k, n = product.sizes
    first, last = bounds(n.size, member, members)
    if first == last:
        return None
    rows = product.y.view.shape[0]
    return replace(product, sizes=(m, k, Dimension(last - first, False)),
                   y=_moved(product.y, first * product.y.strides[1], (rows, last - first)),
                   result=_moved(product.result, first * product.result.strides[1]))


def _share_of_sparse(sparse: Sparse, member: int, members: int) -> Sparse | None:
    first, last = bounds(sparse.size, member, members)
    if first == last:
        return None
    result = _moved(sparse.result, first, (last - first,))
    if sparse.transpose:
        return replace(sparse, result=result, targets=(first, last))
    return replace(sparse, result=result, indptr=_moved(sparse.indptr, first), rows=last - first)


def _share_of_take(take: Take, member: int, members: int) -> Take | None:
    outer, count, inner, size = take.sizes
    first, last = bounds(count.size, member, members)
    return None if first == last else replace(
        take, indices=_moved(take.indices, first * take.indices.strides[-1]),
        picked=_moved(take.picked, first * take.picked.strides[1]),
        sizes=(outer, Dimension(last - first, False), inner, size))


# Who needs what


class _Access(NamedTuple):
    """How the members divide a piece of memory; two accesses that are equal touch the same elements member by member."""

    buffer: int
    next_slot: bool
    pattern: Any


def _pattern(operand: Operand, sizes: tuple[int, ...], strides: tuple[int, ...], axis: int | None) -> _Access:
    view = operand.view
    divided = axis is not None and strides[axis] != 0
    pattern = (view.offset, sizes, strides, axis) if divided else None
    return _Access(view.buffer.number, view.next_slot, pattern)


def accesses(instruction: Instruction) -> tuple[list[_Access], list[_Access]]:
    """What an instruction reads and writes."""
    if isinstance(instruction, Repeat):
        inner = [accesses(each) for each in instruction.body]
        reads, writes = [[access._replace(pattern=None) for pair in inner for access in pair[way]] for way in (0, 1)]
        return [_whole(instruction.going), *reads], writes
    if isinstance(instruction, Nest):
        axis, sizes = _split_axis(instruction), tuple([d.size for d in instruction.dimensions])
        reads = [_pattern(operand, sizes, operand.strides, axis) for operand in instruction.inputs]
        writes = [_pattern(store.operand, sizes, store.operand.strides, axis) for store in instruction.stores]
        return reads, writes
    axis = 0 if _is_divided(instruction) else None
    if isinstance(instruction, Product):
        size = instruction.sizes[2].size if instruction.sizes[0].size == 1 else -1
        written = _pattern(instruction.result, (size,), instruction.result.strides[1:], axis)
        return [_whole(instruction.x), _whole(instruction.y)], [written]
    if isinstance(instruction, Sparse):
        operands = (instruction.data, instruction.vector, instruction.columns, instruction.indptr)
        return [_whole(x) for x in operands], [_pattern(instruction.result, (instruction.size,), (1,), axis)]
    if isinstance(instruction, Batch):
        touched = [_whole(x) for x in instruction.operands]
        return touched, touched
    if isinstance(instruction, Take) and instruction.kind == "get":
        return [_whole(instruction.source), _whole(instruction.indices)], [_whole(instruction.picked)]
    fields = [getattr(instruction, name) for name in instruction.__dataclass_fields__]
    everything = [_whole(x) for x in fields if isinstance(x, Operand)]
    return everything, everything


def _whole(operand: Operand) -> _Access:
    return _Access(operand.view.buffer.number, operand.view.next_slot, None)


class _Pending:
    """What was read and written since the members last met."""

    def __init__(self) -> None:
        self.read: list[_Access] = []
        self.written: list[_Access] = []

    def add(self, instruction: Instruction) -> None:
        """Note an instruction."""
        reads, writes = accesses(instruction)
        self.read += reads
        self.written += writes

    def conflicts(self, instruction: Instruction) -> bool:
        """Whether an instruction needs what another member has not finished, or spoils what another still reads."""
        reads, writes = accesses(instruction)
        return any(_clash(a, b) for a in (*reads, *writes) for b in self.written) or \
            any(_clash(a, b) for a in writes for b in self.read)


def _clash(a: _Access, b: _Access) -> bool:
    return (a.buffer, a.next_slot) == (b.buffer, b.next_slot) and (a.pattern is None or a.pattern != b.pattern)
