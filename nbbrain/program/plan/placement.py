"""Where the values of a step lie: buffers for inputs, results and what is in between, and views of them."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np

from nbbrain.program.plan.fusion import levels
from nbbrain.program.plan.instructions import Instruction, Mode
from nbbrain.program.plan.layout import Buffer, Role, View, contiguous_strides, is_contiguous, transform, view_function
from nbbrain.program.plan.nests import copy_nest
from nbbrain.program.plan.rows import PARTIAL, Label, window_of
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

__all__ = ["Placement"]


_LINE = 64
"""Bytes of a cache line, which the vectors of a row should not cross."""


def in_lines(symbol: Symbol) -> tuple[int, ...]:
    """The shape that begins every row at a cache line, where rows are longer than one."""
    each = _LINE // symbol.dtype.itemsize
    *before, last = symbol.shape
    return (*before, -(-last // each) * each) if before and last > each else symbol.shape


class Placement:
    """The memory of a plan under construction: which buffers there are, and where every value lies in them."""

    def __init__(self, step: Step, rows: int, labels: dict[Symbol, Label], row_steps: dict[int, int],
                 height: int) -> None:
        self.step, self.rows, self.labels, self.height = step, rows, labels, height
        self.row_steps = row_steps
        self.inputs = set(step.inputs)
        self.level = levels(step, labels)
        self.buffers: list[Buffer] = []
        self.instructions: list[Instruction] = []
        self.views: dict[Symbol, View] = {}
        self.targets: dict[Symbol, list[tuple[View, Mode]]] = defaultdict(list)
        self.readers: dict[Symbol, list[Symbol]] = defaultdict(list)
        self.spread: list[tuple[Symbol, View, int | None]] = []
        self.partial: set[int] = set()
        self.kept: list[tuple[int, int, int]] = []
        self.windows: dict[Symbol, int] = {}
        self.totals: dict[Symbol, Symbol] = {}
        self.lines: list[tuple[str, ...]] = []
        self.repeated: dict[Any, list[View]] = {}
        for symbol in step.body:
            for x in symbol.operands:
                self.readers[x].append(symbol)

    def _buffer(self, role: Role, index: int, shape: tuple[int, ...], dtype: np.dtype, label: Label,
                slot: int | None = None, window: int = 1) -> Buffer:
        private = self.rows > 1 and not isinstance(label, int) and role in ("carried", "sum", "scratch")
        slot = int(np.prod(shape, dtype=np.int64)) if slot is None else slot
        buffer = Buffer(len(self.buffers), role, index, tuple(shape), dtype, private, slot, window)
        self.buffers.append(buffer)
        return buffer

    def _place_inputs(self) -> None:
        for role, symbols in (("carried", [begin for begin, _ in self.step.carried]), ("per_step", self.step.per_step),
                              ("constant", self.step.constants)):
            for index, symbol in enumerate(symbols):
                strides, slot = contiguous_strides(symbol.shape), None
                if role == "per_step" and index in self.row_steps:
                    slot = strides[0]
                    strides = (self.row_steps[index], *strides[1:])
                kind = "history" if role == "carried" and self._has_history(index) else role
                buffer = self._buffer(cast(Role, kind), index, symbol.shape, symbol.dtype, self.labels[symbol], slot)
                self.views[symbol] = View(buffer, symbol.shape, strides)

    def _has_history(self, index: int) -> bool:
        """Whether what is carried is asked for turn by turn too, so that it is written once for both."""
        begin, end = self.step.carried[index]
        if self.rows > 1 and not isinstance(self.labels[begin], int):
            return False  # every tile carries a copy of its own
        same = self.labels[begin] == self.labels[end]
        return any(symbol is begin or (symbol is end and same) for symbol in self.step.outputs)

    def _place_results(self) -> None:
        histories: dict[Symbol, tuple[int, int]] = {}
        for begin, end in self.step.carried:
            buffer = self.views[begin].buffer
            if buffer.role == "history":
                histories.setdefault(begin, (buffer.number, 0))
                if self.labels[begin] == self.labels[end]:
                    histories.setdefault(end, (buffer.number, 1))
        for begin, end in self.step.carried:
            target = replace(self.views[begin], next_slot=True)
            if self.labels[begin] == self.labels[end]:
                self.targets[end].append((target, "set"))
            else:  # the same for all rows, kept by row
                self.spread.append((end, target, self._row_axis(begin)))
        for index, symbol in enumerate(self.step.outputs):
            if symbol in histories:
                self.kept.append((index, *histories[symbol]))
                continue
            buffer = self._buffer("output", index, symbol.shape, symbol.dtype, self.labels[symbol])
            self.targets[symbol].append((View(buffer, symbol.shape, contiguous_strides(symbol.shape)), "set"))
        for index, result in enumerate(self.step.sums):
            symbol = result
            shape = in_lines(symbol) if symbol.operation is not None and symbol.operation.name == "matmul" else symbol.shape
            buffer = self._buffer("sum", index, shape, symbol.dtype, self.labels[symbol])
            if self.labels[symbol] == PARTIAL:
                self.partial.add(index)
            while symbol.operation is not None and symbol.operation.name == "reshape" and symbol not in self.views:
                inner = symbol.operands[0]
                if not self.readers[symbol] and sum(result is symbol for result in self.step.results) == 1:
                    self.readers[inner] = [reader for reader in self.readers[inner] if reader is not symbol]
                symbol = inner
            strides = contiguous_strides(symbol.shape if shape == result.shape else shape)
            self.targets[symbol].append((View(buffer, symbol.shape, strides), "sum"))

    def _scratch(self, symbol: Symbol, shape: tuple[int, ...] | None = None) -> View:
        return self._room(symbol.shape if shape is None else shape, symbol.dtype, self.labels[symbol],
                          self.windows.get(symbol, 1))

    def _room(self, shape: tuple[int, ...], dtype: np.dtype, label: Label, window: int = 1) -> View:
        buffer = self._buffer("scratch", len(self.buffers), shape, dtype, label, window=window)
        return View(buffer, shape, contiguous_strides(shape))

    def _choose_totals(self) -> None:
        """Two products that are only added up share their memory, so that the second is added to the first."""
        for symbol in self.step.body:
            if symbol.is_sum_of_products and all(
                    len(self.readers[x]) == 1 and not self.targets.get(x) and self.labels[x] == self.labels[symbol]
                    and self.labels[x] != PARTIAL for x in symbol.operands):
                self.totals |= dict.fromkeys(symbol.operands, symbol)

    def _choose_windows(self) -> None:
        """Sums of products over rows wait for several turns, so that the sum is read and written less often."""
        for symbol in self.targets:
            if not symbol.is_product or not self._is_sum(symbol) or symbol.dtype.kind != "f":
                continue
            rows = self.height if self.labels[symbol] == PARTIAL else symbol.operands[0].shape[1]
            operands = [self._origin(operand) for operand in symbol.operands]
            window = window_of(rows, symbol.shape[0] * symbol.dtype.itemsize)
            if window > 1 and all(self.views[x].buffer.role == "per_step" for x in operands if x in self.views):
                self.windows |= dict.fromkeys((symbol, *operands), window)

    def _window(self, symbol: Symbol, *operands: View) -> int:
        """The turns a sum of products waits for: none where an operand does not last."""
        window = self.windows.get(symbol, 1)
        lasting = [view.buffer.role in ("per_step", "output") or view.buffer.window == window for view in operands]
        return window if all(lasting) else 1

    def _is_sum(self, symbol: Symbol) -> bool:
        """Whether a value is only added up over the turns."""
        targets = self.targets[symbol]
        return len(targets) == 1 and targets[0][1] == "sum" and not self.readers[symbol]

    def _origin(self, symbol: Symbol) -> Symbol:
        """The value whose memory a view shows."""
        while symbol.is_view and symbol not in self.views:
            symbol = symbol.operands[0]
        return symbol

    def _place(self, symbol: Symbol) -> View:
        """Where a value is written: its first target that is simply set, else memory of its own."""
        if symbol not in self.views:
            ready = [view for view, mode in self.targets[symbol] if mode == "set" and (
                symbol not in self.windows or view.buffer.role == "output")]
            if ready:
                self.targets[symbol].remove((ready[0], "set"))
            self.views[symbol] = ready[0] if ready else self._scratch(symbol)
        return self.views[symbol]

    def _locate(self, symbol: Symbol) -> View:
        """Where a value can be read; a view that cannot be had by strides is copied."""
        if symbol in self.views:
            return self.views[symbol]
        if symbol.is_constant:
            view = self._place(symbol)
            self.instructions.append(copy_nest(symbol.value, view, self._row_axis(symbol)))
            return view
        if not symbol.is_view:
            raise AssertionError(f"{symbol!r} is read before it is computed")
        source = self._locate(symbol.operands[0])
        function = view_function(symbol.operation.name, symbol.parameters)  # type: ignore[union-attr]
        found = transform(source, function)
        if found is None:
            found = transform(self._copied(symbol.operands[0], source), function)
            assert found is not None
        self.views[symbol] = found
        return found

    def _source(self, symbol: Symbol) -> Any:
        """What a copy reads: a number, or where a value lies."""
        return symbol.value if symbol.is_constant else self._locate(symbol)

    def _copied(self, symbol: Symbol, view: View) -> View:
        """A value laid out one element after the other."""
        copied = self._scratch(symbol)
        self.instructions.append(copy_nest(view, copied, self._row_axis(symbol)))
        return copied

    def _row_axis(self, symbol: Symbol) -> int | None:
        label = self.labels[symbol]
        return label if isinstance(label, int) else None

    def _contiguous(self, symbol: Symbol) -> View:
        """Where a value can be read element by element; a view in another order is copied."""
        view = self._locate(symbol)
        return view if is_contiguous(view) else self._copied(symbol, view)

    def _place_parts(self) -> None:
        """What is computed only to be joined is written where it will lie."""
        for symbol in self.step.body:
            if symbol.operation is not None and symbol.operation.kind == "joining":
                for x, part in self._parts(symbol):
                    if self._is_written_in_place(x):
                        self.targets[x].append((part, "set"))

    def _is_written_in_place(self, x: Symbol) -> bool:
        return x.operation is not None and not x.is_view and x not in self.inputs

    def _parts(self, symbol: Symbol) -> Iterator[tuple[Symbol, View]]:
        """The operands of a joined value, and where they lie in it."""
        view, axis, start = self._place(symbol), symbol.parameters["axis"], 0
        for x in symbol.operands:
            index = (*[slice(None)] * axis, slice(start, start + x.shape[axis]))
            part = transform(view, lambda v, index=index: v[index])  # type: ignore[misc]
            assert part is not None
            yield x, part
            start += x.shape[axis]
