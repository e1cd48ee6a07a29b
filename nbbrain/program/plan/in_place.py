"""Carried values that are overwritten where they lie: nothing reads the old value once the new one is being written."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from nbbrain.program.plan.instructions import Instruction, Nest, Operand, Plan, Repeat
from nbbrain.program.plan.layout import Buffer, View

__all__ = ["in_place"]


def in_place(plan: Plan) -> Plan:
    """The plan with one slot for every carried value that does not need two; copies to itself are left out."""
    own = {buffer: replace(buffer, role="in_place") for buffer in plan.buffers
           if buffer.role == "carried" and _is_overwritten(plan.instructions, buffer)}

    def moved(view: View) -> View:
        return replace(view, buffer=own[view.buffer], next_slot=False) if view.buffer in own else view

    instructions = [_with_views(instruction, moved) for instruction in plan.instructions]
    kept = [i for i, instruction in enumerate(instructions) if not _copies_to_itself(instruction)]
    return replace(plan, buffers=tuple([own.get(buffer, buffer) for buffer in plan.buffers]),
                   instructions=tuple([instructions[i] for i in kept]), lines=tuple([plan.lines[i] for i in kept]))


def _is_overwritten(instructions: tuple[Instruction, ...], buffer: Buffer) -> bool:
    """Whether all that reads the old value comes before what writes the new one, or reads each element just before."""
    used = [(i, view) for i, instruction in enumerate(instructions) for view in _views(instruction) if view.buffer == buffer]
    old, new = [i for i, view in used if not view.next_slot], [i for i, view in used if view.next_slot]
    if not new or any(isinstance(instructions[i], Repeat) for i, _ in used):
        return False
    first = instructions[min(new)]
    return max(old, default=-1) < min(new) or (
        max(old) == min(new) and isinstance(first, Nest) and _reads_just_before(first, buffer))


def _reads_just_before(nest: Nest, buffer: Buffer) -> bool:
    """Whether a nest reads of a buffer only the element that it writes in the same turn of its loops, and never again."""
    read = [_place(operand) for operand in nest.inputs if operand.view.buffer == buffer]
    stores = [store for store in nest.stores if store.operand.view.buffer == buffer]
    if any(store.mode != "set" or nest.stays(store.operand) or nest.overlaps(store.operand) for store in stores):
        return False
    return len({*read, *[_place(store.operand) for store in stores]}) == 1


def _place(operand: Operand) -> tuple[Any, ...]:
    return operand.view.offset, operand.strides, operand.row_stride


def _copies_to_itself(instruction: Instruction) -> bool:
    return (isinstance(instruction, Nest) and not instruction.calls
            and all(store.operand in instruction.inputs for store in instruction.stores))


def _views(item: Any) -> Iterator[View]:
    """All views in an instruction."""
    if isinstance(item, View):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _views(part)
    elif is_dataclass(item):
        for field in fields(item):
            yield from _views(getattr(item, field.name))


def _with_views(item: Any, change: Callable[[View], View]) -> Any:
    """An instruction with all its views changed."""
    if isinstance(item, View):
        return change(item)
    if isinstance(item, tuple):
        return tuple([_with_views(part, change) for part in item])
    if is_dataclass(item) and not isinstance(item, type):
        return replace(item, **{field.name: _with_views(getattr(item, field.name), change) for field in fields(item)})
    return item
