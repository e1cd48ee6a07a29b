"""The source of the kernels that run a plan: its time loop, and in every turn its instructions with barriers between.

A plan with several tiles has a block of threads for every tile, and barriers of the block. A plan of one tile is shared by
all threads of the grid, with barriers of the grid, where the device can launch it as a whole ('cooperatively'); elsewhere
what stands between two barriers is a kernel of its own, launched in every turn.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from nbbrain.backends.cuda.block_products import BlockForm, Form, form_of, functions_text, listed_at_once, shared_lists
from nbbrain.backends.cuda.block_reductions import (
    Reduction,
    block_functions,
    combine_text,
    reduce_text,
    reduction_of,
    shared_totals,
)
from nbbrain.backends.cuda.thread_kernels import BY_BLOCKS, thread_kernel
from nbbrain.backends.cuda.touches import Touch, Touched, free_loops, touched_by, touched_by_combination
from nbbrain.backends.cuda.transposes import LaidOut
from nbbrain.backends.numba.code import instruction_numbers, instruction_operands
from nbbrain.backends.numba.emit import loop_name, type_name
from nbbrain.backends.numba.sources import KERNEL_NAME, made, plain_source
from nbbrain.program.plan import Plan
from nbbrain.program.plan.instructions import (
    Barrier,
    Batch,
    Computation,
    Instruction,
    Nest,
    Operand,
    Product,
    Random,
    Repeat,
    Sparse,
    Take,
    computations,
)
from nbbrain.program.plan.layout import Buffer, View

__all__ = ["PROGRAM_NAME", "ByColumns", "Sharing", "kept_bytes", "listed_by_columns", "part_bytes", "program_source",
           "widest"]

Sharing = Literal["block", "grid", "phases"]
"""Who shares a tile: a block, the whole grid, or the whole grid with a launch for every phase of a turn."""
PROGRAM_NAME = "PROGRAM"
"""Begins the names of kernels, which are numbered."""

_HEAD = 2
"""What the table begins with: a counter for barriers of the grid, and the address of room for parts of reductions."""
_WRITTEN = {"argsort": 1, "batched_product": 2, "position": 1, "recurrence": 2, "running": 1, "search": 1, "segment": 2,
            "take_along": 2}
"""Which operand a library kernel writes."""


def program_source(laid_out: LaidOut, sharing: Sharing, block: BlockForm) -> str:
    """The functions of a plan's instructions, and the kernels that call them: one, or one for every phase of a turn.

    Where something is to be done before the first turn, the first kernel does it.

    A kernel takes the address of a table, the first turn and the one after the last, how many turns there are in all, and
    whether they run backward in time. The table has a counter for barriers of the grid, the address of room for as many
    bytes as `kept_bytes` says, and the addresses of the buffers.
    """
    plan = laid_out.plan
    writer = _Writer(plan, sharing, block)
    before = [line for nest in laid_out.before for line in writer.called(nest)]
    found = writer.phases()
    phases = [phase.lines for phase in found]
    if sharing != "phases":
        barriers = [*[[writer.barrier()]] * (len(found) - 1), [writer.barrier()] if writer.turns_meet(found) else []]
        phases = [[line for phase, barrier in zip(phases, barriers, strict=True) for line in [*phase, *barrier]]]
    prologue = list(writer.prologue())
    bodies = [["for turn in range(begin, end):", "    time = length - 1 - turn if backward else turn",
               *["    " + line for line in phase]] for phase in phases]
    if before:
        bodies.insert(0, ["own, own_threads, block, blocks = block_place(False)", *before])
    kernels = ["\n    ".join([f"def {PROGRAM_NAME}{number}(table, begin, end, length, backward):", *prologue, *body])
               for number, body in enumerate(bodies)]
    return "\n\n".join([*writer.functions.values(), *kernels, ""])


class ByColumns(NamedTuple):
    """A sparse matrix that is the same in all turns, and whose elements a product wants column by column."""

    columns: View
    starts: View
    rows: int
    size: int


def by_columns(instruction: Instruction) -> ByColumns | None:
    """The matrix of a product with a transpose, where it can be listed by columns before the first turn."""
    if not isinstance(instruction, Sparse) or not instruction.transpose:
        return None
    columns, starts = instruction.columns.view, instruction.indptr.view
    if columns.buffer.role != "constant" or starts.buffer.role != "constant":
        return None
    return ByColumns(columns, starts, instruction.rows, instruction.size)


def listed_by_columns(plan: Plan) -> list[ByColumns]:
    """The matrices of a plan that are listed by columns: three arrays each, which follow the buffers in the table."""
    found = [by_columns(instruction) for instruction in computations(plan.instructions)]
    return list(dict.fromkeys([each for each in found if each is not None]))


def part_bytes(buffer: Buffer) -> int:
    """The bytes of one tile's copy of a private buffer."""
    slots = 2 if buffer.role == "carried" else buffer.window
    return buffer.size * buffer.dtype.itemsize * slots


def widest(plan: Plan) -> int:
    """The elements of a tile's largest value, at least one."""
    def elements(buffer: Buffer) -> int:
        return buffer.size if buffer.private or plan.tiles == 1 else buffer.size * plan.height // plan.rows

    return max([1, *[elements(buffer) for buffer in plan.buffers if buffer.role != "constant"]])


@dataclass
class _Turn:
    """How a turn is named in the source: the number of the turn, and its row in time."""

    turn: str = "turn"
    time: str = "time"


@dataclass
class _Phase:
    """What is done between two barriers, and what of the buffers that touches."""

    lines: list[str] = field(default_factory=list)
    touched: Touched = field(default_factory=Touched)


@dataclass
class _Writer:
    """Writes the kernels of a plan."""

    plan: Plan
    sharing: Sharing
    block: BlockForm
    functions: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    _lists_read: bool = True  # in the turn before
    _kept: int = 0

    def prologue(self) -> Iterator[str]:
        """Who this thread is, the rows of its tile, and where its buffers are."""
        plan = self.plan
        yield "entries = pointer(table, int64)"
        yield "arrived, kept = table, load(entries, 1, 0)"
        yield f"thread, threads, tile = {'block_threads()' if self.sharing == 'block' else 'grid_threads()'}"
        yield f"own, own_threads, block, blocks = block_place({self.sharing == 'block'})"
        yield from [f"{name} = {array}" for name, array in self.shared.items()]
        if plan.tiles > 1:
            yield f"first = tile * {plan.height}"
            yield f"height = min({plan.height}, {plan.rows} - first)"
        else:
            yield f"first, height = 0, {plan.rows}"
        yield "direction = -1 if backward else 1"
        for buffer in plan.buffers:
            part = f" + tile * {part_bytes(buffer)}" if buffer.private and plan.tiles > 1 else ""
            yield f"b{buffer.number} = load(entries, {_HEAD + buffer.number}, 0){part}"

    def phases(self) -> list[_Phase]:
        """What is done in a turn between two barriers."""
        phases = [_Phase()]
        for instruction in self.plan.instructions:
            for touched, lines in self._stages(instruction):
                if phases[-1].touched.conflicts(touched):
                    phases.append(_Phase())
                    self._lists_read = False
                phases[-1].touched |= touched
                phases[-1].lines += lines
        return phases

    def turns_meet(self, phases: list[_Phase]) -> bool:
        """Whether threads wait for one another at the end of a turn."""
        last, first = phases[-1].touched, phases[0].touched
        two_slots = [buffer.number for buffer in self.plan.buffers if buffer.role in ("carried", "history")]
        later = first.a_turn_later([*two_slots, *range(-self._kept, 0)])
        return last.conflicts(later) or (len(phases) == 1 and last.conflicts(first))  # with the turn after the next one

    def barrier(self) -> str:
        """All threads that share a tile wait for one another."""
        return "block_barrier()" if self.sharing == "block" else "grid_barrier(arrived, blocks)"

    def _stages(self, instruction: Instruction) -> Iterator[tuple[Touched, Iterator[str]]]:
        """What carries out an instruction, in one step or in several, with what each of them touches.

        Lines are written when they are asked for, which is when it is known whether a barrier stands before them.
        """
        if isinstance(instruction, Barrier):  # which only members of a team have
            return
        reduction = _reduction(instruction, self.plan, self.sharing, self.block)
        touched = touched_by(instruction, self.plan.height, reduction)
        if reduction is None:
            yield touched, self._carried_out(instruction)
            return
        self.functions |= block_functions(reduction, self.block)
        self.shared |= shared_totals(reduction, self.block)
        number = self._kept
        self._kept += reduction.parts
        kept = f"kept + ({2 * number} + (turn & 1) * {reduction.parts}) * 8"  # the next turn spoils nothing that is read
        result = touched_by_combination(reduction, self.plan.height)
        if not reduction.parts:
            yield touched | result, self._by_blocks(reduction, reduce_text(reduction), kept)
            return
        room = frozenset([Touch(-1 - number, True, None)])
        yield touched | Touched(writes=room), self._by_blocks(reduction, reduce_text(reduction), kept)
        yield result | Touched(reads=room), self._by_blocks(reduction, combine_text(reduction), kept)

    def _by_blocks(self, reduction: Reduction, function: tuple[str, int], kept: str) -> Iterator[str]:
        yield self._call(reduction.nest, _Turn(), *function, (*BY_BLOCKS, kept, *shared_totals(reduction, self.block)))

    def _carried_out(self, instruction: Computation | Repeat) -> Iterator[str]:
        if isinstance(instruction, Repeat):
            yield from self._repeated(instruction)
        elif isinstance(instruction, Product) and instruction.window > 1:
            yield from self._in_window(instruction)
        else:
            yield from self.called(instruction)

    def _in_window(self, product: Product) -> Iterator[str]:
        """A product that waits for several turns."""
        last = product.window - 1
        yield f"inside = turn & {last}"
        yield f"if inside == {last} or turn == length - 1:"
        for line in self.called(product, _Turn("(turn - inside)", "(time - direction * inside)"), "inside + 1"):
            yield "    " + line

    def _repeated(self, repeat: Repeat) -> Iterator[str]:
        barrier = self.barrier()
        self._lists_read = False
        yield barrier
        yield f"while truth_at({self._address(repeat.going, _Turn())}):"
        yield "    " + barrier  # all have seen that it goes on
        for instruction in repeat.body:
            for _, lines in self._stages(instruction):
                yield from ["    " + line for line in lines]
                self._lists_read = False
                yield "    " + barrier

    def called(self, instruction: Computation, turn: _Turn | None = None, turns: str = "1") -> Iterator[str]:
        """The lines that carry out an instruction."""
        turn = turn or _Turn()
        form: Form = "elements"
        if isinstance(instruction, Product) and instruction.result.view.buffer.dtype.kind == "f":
            form = form_of(instruction, self.plan.height, self.block)
        if form == "elements":
            function = thread_kernel(*_source(instruction, self.plan), self.block.threads)
            yield self._call(instruction, turn, *function, BY_BLOCKS, turns)
            return
        assert isinstance(instruction, Product)
        dtype = type_name(instruction.result.view.buffer.dtype)
        self.functions.setdefault((form, (dtype,)), functions_text(form, dtype, self.block))
        x, y, z = [self._address(operand, turn) for operand in instruction_operands(instruction)]
        numbers = self._numbers(instruction)
        m, k, n, accumulate = numbers[:4]
        strides, steps = numbers[5:11], numbers[-2:]
        if form == "tiles":
            yield (f"product_by_tiles_{dtype}(own, block, blocks, {x}, {y}, {z}, {m}, {k}, {n}, {accumulate}, "
                   f"{', '.join(strides)}, {', '.join(steps)}, {turns})")
            return
        self.shared |= shared_lists(dtype, self.block)
        lists, indent = f"counts, places, values_{dtype}", ""
        if (some := listed_at_once(instruction, self.plan.height, self.block)) is not None:
            yield f"for begins in range(0, {k}, {some}):"
            item, indent, accumulate = instruction.x.view.buffer.dtype.itemsize, "    ", f"{accumulate} | (begins > 0)"
            k = f"min({some}, {k} - begins)"
            x, y = [f"{side} + begins * {int(stride) * item}" for side, stride in ((x, strides[1]), (y, strides[2]))]
        if self._lists_read or indent:
            yield f"{indent}block_barrier()"
        self._lists_read = True
        yield f"{indent}lists_of_{dtype}(own, own_threads, {x}, {lists}, {m}, {k}, {strides[0]}, {strides[1]})"
        yield f"{indent}block_barrier()"
        yield (f"{indent}product_by_lists_{dtype}(thread, threads, {lists}, {y}, {z}, {m}, {k}, {n}, {accumulate}, "
               f"{', '.join(strides[2:])})")

    def _call(self, instruction: Computation, turn: _Turn, text: str, size: int, who: tuple[str, ...],
              turns: str = "1") -> str:
        """The call of an instruction's function, with everything but addresses as numbers."""
        name = self._function(text)
        arguments = [self._address(operand, turn) for operand in instruction_operands(instruction)]
        if isinstance(instruction, Product):
            arguments.append("0")  # panels, which the CPU has
        if (columns := by_columns(instruction)) is not None:
            first = _HEAD + len(self.plan.buffers) + 3 * listed_by_columns(self.plan).index(columns)
            arguments[3:] = [f"load(entries, {first + i}, 0)" for i in range(3)]
        arguments += [*self._numbers(instruction), turns]
        return f"{name}({', '.join([*who, *arguments[:size]])})"

    def _numbers(self, instruction: Computation) -> list[str]:
        """The arguments of a kernel after its addresses."""
        factors = {"rows": "height * ", "first": "first * ", "time": "direction * ", "": ""}
        return [f"{factors[scale]}{value}" for value, scale in instruction_numbers(instruction)]

    def _function(self, text: str) -> str:
        """The name of a function; those with the same text are one."""
        key = (text, ())
        name = f"f{list(self.functions).index(key) if key in self.functions else len(self.functions)}"
        self.functions.setdefault(key, text.replace(KERNEL_NAME, name))
        return name

    def _address(self, operand: Operand, turn: _Turn) -> str:
        """The address of an operand's first element in a turn."""
        view, buffer = operand.view, operand.view.buffer
        item = buffer.dtype.itemsize
        parts = [f"b{buffer.number}"]
        if view.offset:
            parts.append(str(view.offset * item))
        if operand.row_stride and self.plan.tiles > 1:
            parts.append(f"first * {operand.row_stride * item}")
        number = turn.time if buffer.role in ("per_step", "output") else turn.turn
        number = f"({number} + 1)" if view.next_slot else number
        if buffer.role in ("per_step", "output", "history"):
            parts.append(f"{number} * {buffer.slot * item}")
        elif buffer.role == "carried" or buffer.window > 1:
            mask = 1 if buffer.role == "carried" else buffer.window - 1
            parts.append(f"({number} & {mask}) * {buffer.slot * item}")
        return " + ".join(parts)


def _reduction(instruction: Instruction, plan: Plan, sharing: Sharing, block: BlockForm) -> Reduction | None:
    """How blocks reduce an instruction together, if they do."""
    if not isinstance(instruction, Nest):
        return None
    return reduction_of(instruction, plan.height, sharing != "block", block)


def kept_bytes(plan: Plan, sharing: Sharing, block: BlockForm) -> int:
    """The bytes that parts of reductions need, of two turns."""
    found = [_reduction(each, plan, sharing, block) for each in computations(plan.instructions)]
    return 16 * sum([reduction.parts for reduction in found if reduction is not None])


def _source(instruction: Computation, plan: Plan) -> tuple[str, tuple[str, ...]]:
    """The source of an instruction's kernel for the CPU, or one like it, and its independent loops."""
    own = Path(__file__).parent / "products.py"
    if isinstance(instruction, Sparse):
        types = [type_name(x.view.buffer.dtype) for x in (instruction.result, instruction.vector)]
        if by_columns(instruction) is not None:
            return made(own, "collect", *types), ("i", "c")
        if instruction.transpose:
            return made(own, "scatter", *types), ("i",)
        return made(own, "gather", *types, str(int(instruction.data.view.shape != (1,)))), ("i", "r")
    if isinstance(instruction, Product) and (dtype := instruction.result.view.buffer.dtype).kind == "f":
        return made(own, "product", type_name(dtype)), ("i", "j")
    source = plain_source(instruction)
    assert source is not None
    return source, _independent(instruction, plan.height)


def _independent(instruction: Computation, height: int) -> tuple[str, ...]:
    """The loops of a kernel whose turns neither write what others write nor read what they write."""
    if isinstance(instruction, Nest):
        depth = len(instruction.dimensions)
        return tuple([loop_name(axis, depth) for axis in free_loops(instruction, height)])
    if isinstance(instruction, Take):
        return ("o", "q", "i") if instruction.kind == "get" else ("o", "i")
    if isinstance(instruction, Random):
        return ("step",)
    if isinstance(instruction, Product):
        return ("i", "j")
    assert isinstance(instruction, Batch)
    adds = instruction.options == ("True",)
    written = instruction.operands[0 if instruction.kind == "take_along" and adds else _WRITTEN[instruction.kind]]
    outer = [name for name, stride, loop in zip("ijk", written.strides, instruction.loops, strict=False)
             if stride or (loop.size == 1 and not loop.rows)]
    inner = {"take_along": () if adds else ("p",), "batched_product": ("r",)}.get(instruction.kind, ())
    return () if instruction.kind == "argsort" else (*outer, *inner)  # which has room for one line
