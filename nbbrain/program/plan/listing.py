"""Plans as text: their memory, their instructions, and what share of the time each of these took."""
from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from nbbrain.program.listing import WIDTH, abstract, byte_count, columns, cut, indented, short
from nbbrain.program.observation import Kernel, Run
from nbbrain.program.plan.instructions import Plan
from nbbrain.program.plan.layout import Buffer
from nbbrain.program.plan.memory import buffer_bytes, plan_bytes

__all__ = ["kernel_listing", "lines_listing", "memory_listing", "plan_listing", "role_of", "time_listing"]

_GIVEN = ("per_step", "constant")
_ROLES = {"carried": "carried values", "in_place": "overwritten values", "history": "histories",
          "output": "outputs and residuals", "sum": "sums", "scratch": "scratch", "per_step": "inputs",
          "constant": "constants"}


def memory_listing(plan: Plan, length: int) -> str:
    """The bytes that a plan needs for a number of turns, in one line."""
    found = plan_bytes(plan, length)
    parts = [f"{_ROLES[role]} {byte_count(count)}" for role, count in found.items() if role not in _GIVEN and count]
    needed = sum(count for role, count in found.items() if role not in _GIVEN)
    given = sum(count for role, count in found.items() if role in _GIVEN)
    return f"{byte_count(needed)} ({', '.join(parts) or 'nothing'}); given: {byte_count(given)}"


def lines_listing(lines: Sequence[str]) -> str:
    """Lines of the user in a few words: the numbers of one file together."""
    by_file: dict[str, list[str]] = {}
    for line in lines:
        file, _, number = short(line).rpartition(":")
        by_file.setdefault(file, []).append(number)
    return ", ".join(f"{file}:{','.join(sorted(numbers, key=lambda n: n.zfill(9)))}" for file, numbers in by_file.items())


def plan_listing(plan: Plan, length: int | None = None) -> str:
    """Rows and tiles, buffers (with their bytes for a number of turns), and the instructions of a turn in order."""
    tiles = f"{plan.rows} rows in {plan.tiles} tiles of {plan.height}" if plan.rows > 1 else "no rows: one tile"
    rows = [(str(b.number), role_of(b), abstract(b.shape, b.dtype), _slots(b, plan.tiles),
             "" if length is None else byte_count(buffer_bytes(b, length, plan.tiles)))
            for b in plan.buffers]
    parts = [tiles, "buffers", indented(columns(rows, (0, 4))) if rows else "  none", "instructions of a turn"]
    for number, instruction in enumerate(plan.instructions):
        text = wrap(f"{number:4d}  {instruction}", WIDTH, subsequent_indent=" " * 8)
        lines = f"  # {lines_listing(plan.lines[number])}" if plan.lines and plan.lines[number] else ""
        parts += [*text[:-1], text[-1] + lines] if len(text[-1] + lines) <= WIDTH else [*text, " " * 6 + lines]
    return "\n".join(parts)


def role_of(buffer: Buffer) -> str:
    """The role of a buffer, and which of its kind it is."""
    return buffer.role if buffer.role == "scratch" else f"{buffer.role.replace('_', ' ')} {buffer.index}"


def _slots(buffer: Buffer, tiles: int) -> str:
    slots = {"carried": "two slots", "history": "a slot for every turn and one more", "per_step": "a slot for every turn",
             "output": "a slot for every turn"}.get(buffer.role, "")
    if buffer.window > 1:
        slots = f"slots for {buffer.window} turns"
    return ", ".join(part for part in (slots, f"{tiles} copies" if buffer.private and tiles > 1 else "") if part)


def kernel_listing(kernel: Kernel) -> str:
    """A kernel, what uses it, and its source."""
    users = ", ".join(map(str, kernel.instructions))
    head = f"{kernel.name[:12]}  {kernel.title}; for instruction{'s' if len(kernel.instructions) > 1 else ''} {users}"
    return f"{cut(f'{head} (ready after {kernel.seconds * 1e3:.1f} ms)', WIDTH)}\n{indented(kernel.source)}".rstrip()


def time_listing(runs: Sequence[Run]) -> str:
    """How long runs of a plan took, and the share of every instruction, the largest first."""
    plan, seconds = runs[0].plan, sum(run.seconds for run in runs)
    cycles = [sum(each) for each in zip(*[run.cycles for run in runs], strict=True)]
    waiting = sum(run.waiting for run in runs)
    whole = max(sum(cycles) + waiting, 1)
    who = f"{runs[0].members} threads as a team" if runs[0].members > 1 else f"{plan.tiles} tiles"
    often = "" if len(runs) == 1 else f" in {len(runs)} runs"
    lines = [f"loop of {runs[0].length} turns, {len(plan.instructions)} instructions, {who}: {seconds * 1e3:.3f} ms{often}"]
    shares = [(count / whole, f"{number:4d}  {instruction}")
              for number, (count, instruction) in enumerate(zip(cycles, plan.instructions, strict=True))]
    shares += [(waiting / whole, "      waiting for one another")] if waiting else []
    if not any(cycles):
        return lines[0]
    lines += [cut(f"{100 * share:6.1f} %  {text}", WIDTH) for share, text in sorted(shares, key=lambda pair: -pair[0])]
    return "\n".join(lines)
