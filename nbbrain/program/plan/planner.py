"""From a step to a plan: where every value lies, and in which order what is computed."""
from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

import numpy as np

from nbbrain.errors import UnsupportedOperationError
from nbbrain.program.plan.along import along_instructions
from nbbrain.program.plan.fusion import group
from nbbrain.program.plan.in_place import in_place
from nbbrain.program.plan.instructions import (
    Dimension,
    Mode,
    Operand,
    Plan,
    Product,
    Random,
    Repeat,
    Sparse,
    Take,
)
from nbbrain.program.plan.layout import View, transform, view_function
from nbbrain.program.plan.nests import NestBuilder, copy_nest, identity_of
from nbbrain.program.plan.placement import Placement
from nbbrain.program.plan.products import product_instructions
from nbbrain.program.plan.rows import PARTIAL, UNIFORM, Label, label_rows, tile_rows
from nbbrain.program.plan.takes import make_take
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

__all__ = ["make_plan", "unsupported"]


def unsupported(symbol: Symbol, why: str = "") -> UnsupportedOperationError:
    """Return the error for an operation that plans do not know."""
    name = symbol.operation.name if symbol.operation else "input"
    return UnsupportedOperationError(f"the operation {name!r} is not compiled yet{why}", operation=name,
                                     location=symbol.location)


def _without(symbols: list[Symbol], without: list[Symbol]) -> list[Symbol]:
    """Symbols that are not among others, in order; a list's ``in`` would compare symbols element by element."""
    left_out = set(without)
    return [symbol for symbol in symbols if symbol not in left_out]


class _Whole(Exception):
    """Rows cannot be divided into tiles for a reason of layout."""


def make_plan(step: Step, row_steps: tuple[tuple[int, int], ...] = (), height: int | None = None) -> Plan:
    """The plan of a step: by tiles of rows where rows are independent, else as a whole.

    Parameters
    ----------
    step : Step
        The step.
    row_steps : tuple of (int, int)
        The per-step inputs whose turns follow one another within every row, as those of data of shape (batch, time, ...) do,
        and the number of elements from row to row.
    height : int, optional
        The rows of a tile; what suits a processor's caches by default.
    """
    rows, labels = label_rows(step)
    try:
        return _Planner(step, rows, labels, dict(row_steps), height or tile_rows(rows)).plan()
    except _Whole:
        return _Planner(step, 1, dict.fromkeys([*step.inputs, *step.body], UNIFORM), dict(row_steps), 1).plan()


class _Planner(Placement):
    """What is computed in which order."""

    def plan(self) -> Plan:
        """Place inputs and results, then emit instructions."""
        self._place_inputs()
        self._place_results()
        self._choose_totals()
        self._choose_windows()
        self._emit()
        self._note_lines([])
        return in_place(Plan(tuple(self.buffers), tuple(self.instructions), self.rows, self.height,
                             frozenset(self.partial), tuple(self.kept), tuple(self.lines)))

    def _emit(self) -> None:
        """Emit instructions level by level."""
        self._place_parts()
        by_level: dict[int, list[Symbol]] = defaultdict(list)
        totals = set(self.totals.values())
        for symbol in self.step.body:
            if symbol.operation is not None and not symbol.is_view and symbol not in totals:
                by_level[self.level[symbol]].append(symbol)
        for level in sorted(by_level):
            self._emit_level(by_level[level])
        self._copy_remaining()

    def _note_lines(self, symbols: list[Symbol]) -> None:
        """Say where the user wrote what the new instructions compute."""
        lines = tuple(dict.fromkeys([symbol.location for symbol in symbols]))
        self.lines += [lines] * (len(self.instructions) - len(self.lines))

    # Instructions

    def _emit_level(self, symbols: list[Symbol]) -> None:
        nests = [s for s in symbols if s.operation is not None and s.operation.kind in ("elementwise", "reduction")]
        for members in group(nests, self.level, self.labels):
            self._emit_nest(members)
            self._note_lines(members)
        for symbol in _without(symbols, nests):
            self._emit_other(symbol)
            self._note_lines([symbol])

    def _emit_other(self, symbol: Symbol) -> None:
        operation = symbol.operation
        assert operation is not None
        if symbol.is_product:
            self._emit_product(symbol)
        elif operation.kind == "contraction":
            self._emit_products(symbol)
        elif operation.kind == "joining":
            self._emit_joining(symbol)
        elif operation.kind == "sparse":
            self._emit_sparse(symbol)
        elif operation.kind == "random":
            self._emit_random(symbol)
        elif operation.kind == "indexing":
            self._emit_indexing(symbol)
        elif operation.kind == "along":
            self._emit_along(symbol)
        elif operation.kind == "convolution":
            self._emit_overlapping(symbol)
        elif operation.kind == "repeat":
            self._emit_repeat(symbol)
        else:
            raise unsupported(symbol)
        self._copy_to_targets(symbol)

    def _read_elsewhere(self, symbol: Symbol, members: set[Symbol]) -> bool:
        return (any(reader not in members for reader in self.readers[symbol])
                or any(end is symbol for end, _, _ in self.spread))

    def _emit_nest(self, members: list[Symbol]) -> None:
        first = members[0]
        elementwise = first.operation is not None and first.operation.kind == "elementwise"
        shape = first.shape if elementwise else first.operands[0].shape
        labels = [self._row_axis(s if s.operation.kind == "elementwise" else s.operands[0])  # type: ignore[union-attr]
                  for s in members]
        row_axis = next((axis for axis in labels if axis is not None), None)
        builder = NestBuilder(shape, row_axis)
        for symbol in members:
            if symbol.operation.kind == "reduction":  # type: ignore[union-attr]
                self._emit_reduction(builder, symbol)
                continue
            reference = builder.compute(symbol, self._locate)
            if self._read_elsewhere(symbol, set(members)):
                builder.store(reference, self._place(symbol))
            for view, mode in self.targets.pop(symbol, ()):
                builder.store(reference, view, mode)
        self.instructions.append(builder.build())
        for symbol in members:
            self._copy_to_targets(symbol)  # those of reductions, which are there only now

    def _emit_reduction(self, builder: NestBuilder, symbol: Symbol) -> None:
        operation = symbol.operation
        assert operation is not None
        if operation.name not in ("sum", "prod", "max", "min", "any", "all"):
            raise unsupported(symbol)
        mode, source = cast(Mode, operation.name), symbol.operands[0]
        reference = builder.read(source, self._locate)
        if source.dtype != symbol.dtype:
            reference = builder.call("cast", (reference,), symbol.dtype, (("dtype", symbol.dtype),))
        targets = self.targets[symbol]
        summed = mode == "sum" and len(targets) == 1 and targets[0][1] == "sum" and not self.readers[symbol]
        if summed:
            view = targets.pop()[0]
        else:
            view = self._place(symbol)
            self.instructions.append(copy_nest(identity_of(mode, symbol.dtype), view, self._row_axis(symbol)))
        axis = symbol.parameters["axis"]
        kept = tuple([1 if i in axis else n for i, n in enumerate(source.shape)])
        whole = transform(view, lambda x: np.reshape(x, kept, copy=False))
        assert whole is not None
        spread = transform(whole, lambda x: np.broadcast_to(x, source.shape))
        assert spread is not None
        builder.store(reference, view, mode, spread.strides, symbol.location)

    def _copy_to_targets(self, symbol: Symbol) -> None:
        """Copy a value that lies somewhere to its further targets."""
        for view, mode in self.targets.pop(symbol, ()):
            self.instructions.append(copy_nest(self._locate(symbol), view, self._row_axis(symbol), mode))

    def _copy_remaining(self) -> None:
        """Results that nothing computed here: inputs, constants, views, reductions."""
        pending = [(symbol, view, self._row_axis(symbol), mode) for symbol in list(self.targets)
                   for view, mode in self.targets.pop(symbol)]
        pending += [(symbol, view, row_axis, "set") for symbol, view, row_axis in self.spread]
        for symbol, view, row_axis, mode in pending:
            self.instructions.append(copy_nest(self._source(symbol), view, row_axis, mode))

    def _emit_product(self, symbol: Symbol) -> None:
        x, y = symbol.operands
        whole, is_sum = self.totals.get(symbol, symbol), self._is_sum(symbol)
        accumulate = is_sum or whole in self.views  # by the other product of a sum of two
        result = self.targets[symbol].pop()[0] if is_sum else self._place(whole)
        left, right, label = self.labels[x], self.labels[y], self.labels[symbol]
        m, k, n = x.shape[0], x.shape[1], y.shape[1]
        by_rows = [label == 0, label == PARTIAL, label == 1]
        sizes = [Dimension(1, True) if rows else Dimension(size, False)
                 for size, rows in zip((m, k, n), by_rows, strict=True)]

        def operand(view: View, axis: Label) -> Operand:
            return Operand(view, view.strides, view.strides[axis] if isinstance(axis, int) else 0)

        left = 0 if by_rows[0] else 1 if by_rows[1] else UNIFORM
        right = 0 if by_rows[1] else 1 if by_rows[2] else UNIFORM
        x_view, y_view = self._locate(x), self._locate(y)
        self.instructions.append(Product(
            operand(x_view, left), operand(y_view, right), operand(result, label if isinstance(label, int) else UNIFORM),
            (sizes[0], sizes[1], sizes[2]), accumulate, self._window(symbol, x_view, y_view) if is_sum else 1))
        if whole is not symbol and accumulate:
            self._copy_to_targets(whole)

    def _emit_products(self, symbol: Symbol) -> None:
        """Products over leading axes, whose results stand side by side ('matmul') or are added up ('matmul_summed')."""
        x, y = [self._locate(operand) for operand in symbol.operands]
        accumulate = self._is_sum(symbol)
        result: View | None = self.targets[symbol].pop()[0] if accumulate else self._place(symbol)
        assert result is not None
        if symbol.operation.name == "matmul_summed":  # type: ignore[union-attr]
            if not accumulate:
                self.instructions.append(copy_nest(identity_of("sum", symbol.dtype), result, self._row_axis(symbol)))
            lead, accumulate = x.shape[:-2], True
            turned = transform(x, lambda v: np.swapaxes(v, -1, -2))
            result = transform(result, lambda v: np.broadcast_to(v, (*lead, *v.shape)))
            assert turned is not None and result is not None
            x = turned
        varies = [isinstance(self.labels[s], int) for s in (*symbol.operands, symbol)]
        row = self._row_of_products(symbol)
        self.instructions += product_instructions(x, y, result, row, varies, accumulate, self._room)

    def _row_of_products(self, symbol: Symbol) -> int | str | None:
        """The axis of rows in products: a leading one, or one of the matrices."""
        label = self._row_axis(symbol)
        if symbol.operation.name == "matmul_summed":  # type: ignore[union-attr]
            if label is not None:
                return "mn"[label]
            summed, lead = self._row_axis(symbol.operands[0]), symbol.operands[0].ndim - 2
            return "k" if summed == lead else summed
        if label is None:
            return "k" if self.labels[symbol] == PARTIAL else None
        return label if label < symbol.ndim - 2 else "mn"[label - symbol.ndim + 2]

    def _emit_overlapping(self, symbol: Symbol) -> None:
        """Sums whose terms meet: 'convolve', where z[i + j] gets a[i] v[j], and 'add_windows'."""
        view, row_axis = self._place(symbol), self._row_axis(symbol)
        self.instructions.append(copy_nest(identity_of("sum", symbol.dtype), view, row_axis))
        operands = [self._locate(x) for x in symbol.operands]
        if symbol.operation.name == "add_windows":  # type: ignore[union-attr]
            parts = transform(view, view_function("windows", symbol.parameters))
            assert parts is not None
            self.instructions.append(copy_nest(operands[0], parts, row_axis, "sum"))
            return
        a, v = operands
        column = transform(a, lambda x: x[:, None])
        assert column is not None
        builder = NestBuilder((a.shape[0], v.shape[0]), None)
        product = builder.call("multiply", (builder.load(column), builder.load(v)), symbol.dtype)
        builder.store(product, view, "sum", view.strides * 2)
        self.instructions.append(builder.build())

    def _emit_along(self, symbol: Symbol) -> None:
        views = [self._locate(x) for x in symbol.operands]
        values = (*symbol.operands, symbol)
        row_axis = next((axis for axis in map(self._row_axis, values) if axis is not None), None)
        varies = [self._row_axis(value) is not None for value in values]
        self.instructions += along_instructions(symbol, views, self._place(symbol), varies, row_axis, self._room)

    def _emit_joining(self, symbol: Symbol) -> None:
        for x, part in self._parts(symbol):
            if not self._is_written_in_place(x):
                self.instructions.append(copy_nest(self._source(x), part, self._row_axis(symbol)))

    def _emit_sparse(self, symbol: Symbol) -> None:
        data, vector, columns, indptr, _ = [x if x.is_constant else self._contiguous(x) for x in symbol.operands]
        result, rows = self._place(symbol), self.labels[symbol] == 0
        outer = int(np.prod(symbol.shape[:-1], dtype=np.int64)) // (symbol.shape[0] if rows else 1)

        def operand(x: View | Symbol) -> Operand:
            view = x if isinstance(x, View) else self._locate(x)
            by_rows = rows and view is not None and view.shape[0] == symbol.shape[0] and len(view.shape) > 1
            step = view.shape[-1] if len(view.shape) > 1 else 0
            return Operand(view, (step, view.strides[-1] if view.shape != (1,) else 0), view.strides[0] if by_rows else 0)

        self.instructions.append(Sparse(
            symbol.parameters["transpose"], operand(data), operand(vector), operand(columns), operand(indptr),
            operand(result), Dimension(outer, rows), symbol.parameters["shape"][0]))

    def _emit_random(self, symbol: Symbol) -> None:
        state, view = self._locate(symbol.operands[0]), self._place(symbol)
        rows = self.labels[symbol] == 0
        size = view.buffer.size // (symbol.shape[0] if rows else 1)
        self.instructions.append(Random(Operand(state, (1,), 0), Operand(view, (1,), size if rows else 0),
                                        Dimension(size, rows)))

    # Loops of their own

    def _emit_repeat(self, symbol: Symbol) -> None:
        """One result of a while loop; the first that is asked for brings all of them."""
        turn, index = symbol.parameters["turn"], symbol.parameters["index"]
        if (turn, symbol.operands) not in self.repeated:
            self.repeated[turn, symbol.operands] = self._repeat(turn.step, symbol.operands)
        self.views[symbol] = self.repeated[turn, symbol.operands][index]

    def _repeat(self, turn: Step, operands: tuple[Symbol, ...]) -> list[View]:
        """A while loop: its state in memory of its own, which every turn reads, and overwrites when all else is done."""
        inner = _Planner(turn, self.rows, dict.fromkeys([*turn.inputs, *turn.body], UNIFORM), {}, self.height)
        inner.buffers = self.buffers
        count = len(turn.carried)
        state = [self._room(begin.shape, begin.dtype, UNIFORM) for begin, _ in turn.carried]
        after = [self._room(end.shape, end.dtype, UNIFORM) for _, end in turn.carried]
        for operand, view in zip(operands, state, strict=False):
            self.instructions.append(copy_nest(self._source(operand), view, None))
        constants = [self._locate(operand) for operand in operands[count:]]
        inner.views = dict(zip(turn.inputs, (*state, *constants), strict=True))
        for (_, end), view in zip(turn.carried, after, strict=True):
            inner.targets[end].append((view, "set"))
        inner._emit()
        body = (*inner.instructions, *[copy_nest(new, old, None) for new, old in zip(after, state, strict=True)])
        self.instructions.append(Repeat(Operand(state[0], (), 0), body))
        return state

    # Indexing

    def _emit_indexing(self, symbol: Symbol) -> None:
        name = symbol.operation.name  # type: ignore[union-attr]
        static = symbol.parameters["static"]
        arrays = symbol.operands[1:] if name == "get_item" else symbol.operands[2:]
        view = self._place(symbol)
        row_axis = self._row_axis(symbol)
        if name == "get_item":
            self.instructions.append(self._take("get", symbol, symbol.operands[0], symbol, arrays))
            return
        source, written = symbol.operands[:2]
        self.instructions.append(copy_nest(self._source(source), view, row_axis))
        if not arrays:
            part = transform(view, view_function("get_item", {"static": static}))
            assert part is not None
            inner_axis = self._axis_after(static, symbol, row_axis)
            mode: Mode = "set" if name == "set_item" else "sum"
            self.instructions.append(copy_nest(self._source(written), part, inner_axis, mode))
            return
        kind = "set" if name == "set_item" else "add"
        self.instructions.append(self._take(kind, symbol, symbol, written, arrays))

    def _axis_after(self, static: tuple, symbol: Symbol, row_axis: int | None) -> int | None:
        """The axis of rows after an index that takes it whole."""
        if row_axis is None:
            return None
        marker = np.lib.stride_tricks.as_strided(np.empty(1, np.int8), symbol.shape,
                                                 [1 if i == row_axis else 0 for i in range(symbol.ndim)])
        result = view_function("get_item", {"static": static})(marker)
        return next(i for i, stride in enumerate(result.strides) if stride)

    def _take(self, kind: Any, symbol: Symbol, source: Symbol, picked: Symbol, arrays: tuple[Symbol, ...]) -> Take:
        """An index with one array: the basic part is a view, the array picks along one axis of it."""
        static, indices = symbol.parameters["static"], arrays[0]
        if len(arrays) != 1 or indices.dtype.kind not in "iu" or any(isinstance(item, int) for item in static):
            raise unsupported(symbol, " for this index")
        basic = tuple([("slice", None, None, None) if item == "array" else item for item in static])
        whole = transform(self._locate(source), view_function("get_item", {"static": basic}))
        assert whole is not None
        axis = self._axis_of_array(static, len(whole.shape))
        before, after = whole.shape[:axis], whole.shape[axis + 1:]
        row_axis = self._row_axis(symbol)
        if row_axis is not None and row_axis >= axis:
            row_axis -= (indices.ndim if kind == "get" else 1) - 1

        def flattened(view: View) -> View | None:
            return transform(view, lambda v: np.reshape(v, (*before, indices.size, *after), copy=False))

        shape = (*before, *indices.shape, *after)
        spread = picked.is_constant or picked.shape != shape
        elements = flattened(self._spread(picked, shape, symbol) if spread else self._locate(picked))
        where = transform(self._locate(indices), lambda v: np.reshape(v, (-1,), copy=False))
        if where is None:
            raise unsupported(symbol, " for this index")
        take = None if elements is None else make_take(kind, whole, elements, axis, row_axis, where)
        if take is None and kind == "get":
            copied = self._scratch(source, whole.shape)
            self.instructions.append(copy_nest(whole, copied, row_axis))
            whole = copied
        elif take is None:
            elements = flattened(self._spread(picked, shape, symbol))
        if take is None and elements is not None:
            take = make_take(kind, whole, elements, axis, row_axis, where)
        if take is None:
            raise _Whole if self.rows > 1 else unsupported(symbol, " for this layout")
        return take

    def _axis_of_array(self, static: tuple, ndim: int) -> int:
        position = static.index("array")
        if Ellipsis in static[:position]:
            return ndim - len(static[position:])
        return position

    def _spread(self, picked: Symbol, shape: tuple[int, ...], owner: Symbol) -> View:
        """What is written at an index, broadcast and laid out."""
        view = self._room(shape, picked.dtype, self.labels[owner])
        label = self.labels[picked]
        row_axis = label + len(shape) - picked.ndim if isinstance(label, int) else None
        if row_axis is None and isinstance(self.labels[owner], int):
            row_axis = next((i for i, n in enumerate(shape) if n == self.rows), None)
        self.instructions.append(copy_nest(self._source(picked), view, row_axis))
        return view
