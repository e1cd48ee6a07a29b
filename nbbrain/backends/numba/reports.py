"""What can be said of compiled plans: their kernels, with the user's lines, and what a run took."""
from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from nbbrain import settings
from nbbrain.backends.numba.code import Code
from nbbrain.backends.numba.emit import kernel_source
from nbbrain.backends.numba.kernels import kernel_name, ready_in
from nbbrain.backends.numba.sources import KERNEL_NAME, Assembled, instruction_source
from nbbrain.program.listing import WIDTH, cut, source_line
from nbbrain.program.observation import Kernel, Run, log, observers
from nbbrain.program.plan.instructions import Computation, Nest, Plan, computations
from nbbrain.program.plan.layout import Buffer
from nbbrain.program.plan.listing import kernel_listing, lines_listing, role_of, time_listing

__all__ = ["annotated", "cycles_by_instruction", "is_timed", "kernels_of", "show_kernels", "tell"]

_LINE = re.compile(r"\s*(?:(?P<kind>[ncvp])|store\(p)(?P<number>\d+)[ ,]")
"""A line about a size, a constant, an operation or a pointer of a number, or one that stores through a pointer."""
_COMMENT = 50
"""Where comments begin."""


def kernels_of(plan: Plan) -> tuple[Kernel, ...]:
    """The kernels of a plan, each with the instructions that it carries out."""
    users: dict[str, list[tuple[int, Computation]]] = {}
    sources: dict[str, str | Assembled] = {}
    for number, outer in enumerate(plan.instructions):
        for instruction in computations([outer]):
            source = instruction_source(instruction)
            name = kernel_name(source)
            users.setdefault(name, []).append((number, instruction))
            sources[name] = source
    found = []
    for name, uses in users.items():
        title, text = _shown([instruction for _, instruction in uses], sources[name])
        numbers = tuple(dict.fromkeys(number for number, _ in uses))
        found.append(Kernel(name, title, text, numbers, ready_in.get(name, 0.0)))
    return tuple(found)


def _shown(instructions: list[Computation], source: str | Assembled) -> tuple[str, str]:
    """The title of a kernel and its source to read."""
    if isinstance(source, Assembled):
        return f"{source.title}, assembled", ""
    nests = [instruction for instruction in instructions if isinstance(instruction, Nest)]
    if nests:
        return "loop nest", annotated(nests)
    return source.rstrip().rpartition(f"{KERNEL_NAME} = ")[2], source


def annotated(nests: Sequence[Nest]) -> str:
    """The source of the kernel of one or more nests, with sizes, buffers and the user's lines as comments."""
    text, last = [], ""
    for line in kernel_source(nests[0]).splitlines():
        found = _LINE.match(line)
        comment, code = _comment(nests, found["kind"] or "store", int(found["number"])) if found else ("", "")
        if code and code != last:
            comment, last = f"{comment}  {source_line(code)}", code
        text.append(cut(f"{line:{_COMMENT}}  # {comment}", WIDTH - 4).rstrip() if comment else line)
    return "\n".join(text) + "\n"


def _comment(nests: Sequence[Nest], kind: str, number: int) -> tuple[str, str]:
    """What a line of a kernel is about, and the line of the user that it comes from."""
    first = nests[0]
    if kind == "n":
        return _either([str(nest.dimensions[number]) for nest in nests]), ""
    if kind == "c":
        return _either([str(nest.constants[number]) for nest in nests]), ""
    if kind == "p":
        operands = [(*nest.inputs, *[store.operand for store in nest.stores])[number] for nest in nests]
        return _either([_described(operand.view.buffer) for operand in operands]), ""
    what = [nest.calls[number] if kind == "v" else nest.stores[number - len(first.inputs)] for nest in nests]
    lines = [each.location for each in what if each.location]
    return lines_listing(list(dict.fromkeys(lines))) if lines else "", lines[0] if lines else ""


def _either(texts: list[str]) -> str:
    different = list(dict.fromkeys(texts))
    return " or ".join(different[:2]) + (" or ..." if len(different) > 2 else "")


def _described(buffer: Buffer) -> str:
    return f"buffer {buffer.number}: {role_of(buffer)}"


def is_timed() -> bool:
    """Whether the cycles of instructions are counted."""
    return bool(observers) or settings.get("debug") >= 4


def cycles_by_instruction(codes: Sequence[Code], counted: Sequence[np.ndarray], count: int) -> tuple[tuple[int, ...], int]:
    """The cycles of every instruction of a plan, and those of barriers, from what tiles or members have counted."""
    totals = np.zeros(count + 1, np.int64)
    for code, cycles in zip(codes, counted, strict=True):
        np.add.at(totals, code.numbers, np.add.reduceat(cycles.sum(axis=0), code.starts))  # barriers have the number -1
    return tuple(totals[:-1].tolist()), int(totals[-1])


def tell(run: Run) -> None:
    """Tell the observer, or whoever reads the log, of a run."""
    if observers:
        observers[-1].runs.append(run)
    if settings.get("debug") >= 4:
        log.warning("%s", time_listing([run]))


def show_kernels(plan: Plan) -> None:
    """Print the kernels of a plan where the debug level asks for sources."""
    if settings.get("debug") >= 3:
        for kernel in kernels_of(plan):
            log.warning("%s", kernel_listing(kernel))
