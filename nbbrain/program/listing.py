"""Programs as text: operations in columns, below the lines of the user that they come from."""
from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nbbrain.program.differentiate import Adjoint
    from nbbrain.program.hoist import Hoisted
    from nbbrain.program.step import Step
    from nbbrain.program.symbol import Symbol

__all__ = ["WIDTH", "abstract", "adjoint_listing", "byte_count", "capture_listing", "columns", "cut", "indented", "listing",
           "residuals_listing", "short", "source_line", "step_listing"]

WIDTH = 116
"""The longest line."""


def short(location: str) -> str:
    """A line of the user, without the folder of its file."""
    return Path(location).name


def source_line(location: str) -> str:
    """What is written in a line of the user, where that can be found."""
    file, _, number = location.rpartition(":")
    return linecache.getline(file, int(number)).strip() if number.isdigit() else ""


def cut(text: str, width: int) -> str:
    """A text that is no longer than a width."""
    return text if len(text) <= width else text[:width - 1] + "…"


def indented(text: str, by: int = 2) -> str:
    """A text some columns further to the right."""
    return "\n".join(" " * by + line if line else line for line in text.splitlines())


def byte_count(count: float) -> str:
    """A number of bytes, to read."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


def columns(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Rows as aligned columns, of which those named are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    adjust: list[Callable[[str, int], str]] = [str.rjust if i in right else str.ljust for i in range(len(widths))]
    lines = ["  ".join(put(cell, width) for put, cell, width in zip(adjust, row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def abstract(shape: tuple[int, ...], dtype: np.dtype) -> str:
    """The dtype and the shape of an array."""
    return f"{dtype} {shape}"


def _name(symbol: Symbol) -> str:
    return str(symbol.value) if symbol.is_constant else symbol.name or f"%{symbol.number}"


def _kind(symbol: Symbol) -> str:
    return abstract(symbol.shape, symbol.dtype)


def _expression(symbol: Symbol) -> str:
    operation = symbol.operation.name if symbol.operation is not None else "input"
    parts = [*map(_name, symbol.operands), *[f"{key}={value}" for key, value in symbol.parameters.items()]]
    return f"{operation}({', '.join(parts)})"


def _names(symbols: Iterable[Symbol]) -> str:
    return ", ".join(map(_name, symbols))


def listing(symbols: Iterable[Symbol], most: int = WIDTH) -> str:
    """Operations in order, each with its dtype and shape."""
    symbols = list(symbols)
    kinds = [_kind(symbol) for symbol in symbols]
    texts = [f"{_name(symbol)} = {_expression(symbol)}" for symbol in symbols]
    widest = most - 6 - max(map(len, kinds), default=0)
    width = max([min(len(text), widest) for text in texts], default=0)
    lines, location = [], ""
    for symbol, text, kind in zip(symbols, texts, kinds, strict=True):
        if symbol.location != location:
            location = symbol.location
            lines.append(cut(f"{short(location)}  {source_line(location)}".rstrip(), most))
        lines.append(f"    {cut(text, widest):{width}}  {kind}")
    return "\n".join(lines)


def step_listing(step: Step) -> str:
    """What one turn of a loop reads, computes and hands on."""
    rows = [(f"carried {i}", _name(begin), _kind(begin), f"becomes {_name(end)}", f"# {short(begin.location)}")
            for i, (begin, end) in enumerate(step.carried)]
    rows += [(f"{role} {i}", _name(s), _kind(s), "", f"# {short(s.location)}")
             for role, symbols in (("per step", step.per_step), ("constant", step.constants)) for i, s in enumerate(symbols)]
    parts = [columns(rows)] if rows else []
    parts.append(listing(symbol for symbol in step.body if symbol.operation is not None))
    turns = {symbol.parameters["turn"]: None for symbol in step.body if "turn" in symbol.parameters}
    parts += [f"{turn!r}, turn by turn:\n{indented(step_listing(turn.step), 4)}" for turn in turns]
    results = [(f"output {i}", _name(s), _kind(s), "kept of every turn") for i, s in enumerate(step.outputs)]
    results += [(f"sum {i}", _name(s), _kind(s), "added up over the turns") for i, s in enumerate(step.sums)]
    parts += [columns(results)] if results else []
    return "\n".join(part for part in parts if part)


def _counted(tally: tuple[int, int, int]) -> str:
    recorded, simplified, shared = tally
    return f"{_number(recorded, 'operation')} recorded, {simplified} replaced by simpler ones, {shared} found again"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _operations(symbols: Iterable[Symbol]) -> list[Symbol]:
    return [symbol for symbol in symbols if symbol.operation is not None]


def _entry(title: str, text: str, symbols: Iterable[Symbol] = ()) -> str:
    """A pass, what it did, and the operations that it did it to."""
    return "\n".join([cut(f"{title:10} {text}", WIDTH), *indented(listing(symbols, WIDTH - 11), 11).splitlines()])


def capture_listing(step: Step, tally: tuple[int, int, int], hoisted: Hoisted) -> str:
    """What capture, simplification and hoisting did."""
    needed, moved = len(_operations(step.body)), _operations(hoisted.prologue)
    what = f"{len(moved)} of these give the same in every turn: computed once, before the loop"
    return "\n".join([_entry("capture", f"{_counted(tally)}; {needed} lead to a result"), _entry("hoisting", what, moved)])


def residuals_listing(adjoint: Adjoint) -> str:
    """What the forward step of a differentiated loop keeps for the adjoint."""
    kept = adjoint.residuals
    count = sum(symbol.size * symbol.dtype.itemsize for symbol in kept)
    what = f"{_number(len(kept), 'value')} kept of every turn for the adjoint, {byte_count(count)} a turn"
    return _entry("residuals", what, kept)


def adjoint_listing(adjoint: Adjoint) -> str:
    """What differentiation did, and which values are computed again."""
    every, again = len(_operations(adjoint.backward.body)), adjoint.recomputed
    what = f"{len(again)} of these are forward operations, computed again rather than kept"
    return "\n".join([_entry("adjoint", f"{_counted(adjoint.tally)}; the backward step has {every}"),
                      _entry("again", what, again)])
