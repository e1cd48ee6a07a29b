"""Loop nests: element-wise groups and copies turned into as few dimensions as their strides allow."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain.program.plan.instructions import Call, Dimension, Mode, Nest, Operand, Reference, Store
from nbbrain.program.plan.layout import View, transform
from nbbrain.program.symbol import Symbol

__all__ = ["NestBuilder", "collapse", "copy_nest", "operand_in"]

Loops = list[tuple[int, bool]]


def operand_in(view: View, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a view when it is broadcast to a shape."""
    spread = transform(view, lambda x: np.broadcast_to(x, shape))
    assert spread is not None
    return spread.strides


def collapse(shape: tuple[int, ...], row_axis: int | None, strides: list[list[int]]) -> tuple[Loops, list[list[int]]]:
    """Drop axes of size one and merge neighbours that every operand steps through evenly.

    The axis of rows is never merged into an outer one, because a tile holds only some of its rows.
    """
    loops: Loops = []
    merged: list[list[int]] = [[] for _ in strides]
    for axis, size in enumerate(shape):
        rows = axis == row_axis
        if size == 1 and not rows:
            continue
        if loops and not rows and all(m[-1] == s[axis] * size for m, s in zip(merged, strides, strict=True)):
            loops[-1] = (loops[-1][0] * size, loops[-1][1])
            for m, s in zip(merged, strides, strict=True):
                m[-1] = s[axis]
            continue
        loops.append((1 if rows else size, rows))
        for m, s in zip(merged, strides, strict=True):
            m.append(s[axis])
    if not loops:
        loops = [(1, False)]
        merged = [[0] for _ in strides]
    return loops, merged


class NestBuilder:
    """Collects the loads, operations and stores of one nest over a shape."""

    def __init__(self, shape: tuple[int, ...], row_axis: int | None) -> None:
        self.shape, self.row_axis = shape, row_axis
        self.inputs: list[tuple[View, tuple[int, ...]]] = []
        self.constants: list[np.generic] = []
        self.calls: list[Call] = []
        self.stores: list[tuple[Reference, View, tuple[int, ...], Mode, str]] = []
        self.references: dict[Symbol, Reference] = {}

    def load(self, view: View) -> Reference:
        """Read a view, broadcast to the shape of the nest."""
        entry = (view, operand_in(view, self.shape))
        if entry not in self.inputs:
            self.inputs.append(entry)
        return "input", self.inputs.index(entry)

    def constant(self, value: np.generic) -> Reference:
        """A number."""
        self.constants.append(value)
        return "constant", len(self.constants) - 1

    def read(self, symbol: Symbol, locate: Callable[[Symbol], View]) -> Reference:
        """The value of a symbol: computed here, a number, or read from where it lies."""
        if symbol not in self.references:
            self.references[symbol] = (self.constant(symbol.value) if symbol.is_constant else self.load(locate(symbol)))
        return self.references[symbol]

    def compute(self, symbol: Symbol, locate: Callable[[Symbol], View]) -> Reference:
        """Add the operation of a symbol."""
        operation = symbol.operation
        assert operation is not None
        used = symbol.operands[:1] if operation.name == "spike" else symbol.operands
        operands = tuple([self.read(x, locate) for x in used])
        parameters: tuple[tuple[str, Any], ...] = () if operation.name == "spike" else tuple(symbol.parameters.items())
        self.references[symbol] = self.call(operation.name, operands, symbol.dtype, parameters, symbol.location)
        return self.references[symbol]

    def call(self, name: str, operands: tuple[Reference, ...], dtype: np.dtype,
             parameters: tuple[tuple[str, Any], ...] = (), location: str = "") -> Reference:
        """Add an operation."""
        self.calls.append(Call(name, operands, parameters, dtype, location))
        return "value", len(self.calls) - 1

    def store(self, reference: Reference, view: View, mode: Mode = "set", strides: tuple[int, ...] | None = None,
              location: str = "") -> None:
        """Write a value to a view of the nest's shape, or with strides of its own to a reduced one."""
        self.stores.append((reference, view, strides or operand_in(view, self.shape), mode, location))

    def build(self) -> Nest:
        """The nest."""
        all_strides = [list(strides) for _, strides in self.inputs] + [list(strides) for _, _, strides, *_ in self.stores]
        loops, merged = collapse(self.shape, self.row_axis, all_strides)

        def operand(view: View, index: int) -> Operand:
            row = 0 if self.row_axis is None else all_strides[index][self.row_axis]
            return Operand(view, tuple(merged[index]), row)

        count = len(self.inputs)
        return Nest(tuple([Dimension(size, rows) for size, rows in loops]),
                    tuple([operand(view, i) for i, (view, _) in enumerate(self.inputs)]), tuple(self.constants),
                    tuple(self.calls),
                    tuple([Store(reference, operand(view, count + i), mode, location)
                           for i, (reference, view, _, mode, location) in enumerate(self.stores)]))


def copy_nest(source: View | np.generic, target: View, row_axis: int | None, mode: Mode = "set") -> Nest:
    """A nest that copies a view (or a number) to another, which has the shape."""
    builder = NestBuilder(target.shape, row_axis)
    reference = builder.load(source) if isinstance(source, View) else builder.constant(source)
    builder.store(reference, target, mode)
    return builder.build()


def identity_of(mode: Mode, dtype: np.dtype) -> np.generic:
    """What a reduction begins with."""
    lowest: Sequence[Any] = (-np.inf, np.inf) if dtype.kind == "f" else (
        (False, True) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max))
    start = {"sum": 0, "prod": 1, "max": lowest[0], "min": lowest[1], "any": False, "all": True}[mode]
    return dtype.type(start)
