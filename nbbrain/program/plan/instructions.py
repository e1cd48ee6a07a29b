"""What a plan consists of: a few kinds of instruction, whose operands are views of buffers."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from nbbrain.program.plan.layout import Buffer, View

__all__ = [
    "Barrier", "Batch", "Call", "Computation", "Dimension", "Instruction", "Mode", "Nest", "Operand", "Plan", "Product",
    "Random", "Reference", "Repeat", "Sparse", "Store", "Take", "computations",
]

Reference = tuple[Literal["input", "constant", "value"], int]
Mode = Literal["set", "sum", "prod", "max", "min", "any", "all"]


@dataclass(frozen=True)
class Dimension:
    """One loop of a nest: ``size`` turns, times the number of rows in a tile where ``rows`` holds."""

    size: int
    rows: bool

    def turns(self, height: int) -> int:
        """The turns in a tile of so many rows."""
        return self.size * height if self.rows else self.size

    def __str__(self) -> str:
        return f"{self.size}·rows" if self.rows and self.size > 1 else "rows" if self.rows else str(self.size)


@dataclass(frozen=True)
class Operand:
    """A view in the loops of a nest: one stride a dimension, and the step from row to row for the start of a tile."""

    view: View
    strides: tuple[int, ...]
    row_stride: int


@dataclass(frozen=True)
class Store:
    """A value written to an operand, or combined with what is there."""

    reference: Reference
    operand: Operand
    mode: Mode = "set"
    location: str = field(default="", compare=False)
    """where the user wrote the reduction"""


@dataclass(frozen=True)
class Call:
    """One element-wise operation in a nest."""

    operation: str
    operands: tuple[Reference, ...]
    parameters: tuple[tuple[str, Any], ...]
    dtype: np.dtype
    location: str = field(default="", compare=False)
    """where the user wrote it, which determines nothing"""


@dataclass(frozen=True)
class Nest:
    """Nested loops over elements: load, compute, store."""

    dimensions: tuple[Dimension, ...]
    inputs: tuple[Operand, ...]
    constants: tuple[np.generic, ...]
    calls: tuple[Call, ...]
    stores: tuple[Store, ...]

    def overlaps(self, operand: Operand) -> bool:
        """Whether loops that move through an operand meet at one element, as those of windows do."""
        reach = 0
        loops = [(abs(stride), d.size) for stride, d in zip(operand.strides, self.dimensions, strict=True) if stride]
        for stride, size in sorted(loops):
            if size > 1 and stride <= reach:
                return True
            reach += stride * (size - 1)
        return False

    def stays(self, operand: Operand) -> bool:
        """Whether some loop does not move through an operand."""
        loops = zip(operand.strides, self.dimensions, strict=True)
        return any(stride == 0 and (dimension.rows or dimension.size > 1) for stride, dimension in loops)

    def __str__(self) -> str:
        names = ", ".join(call.operation for call in self.calls) or "copy"
        return f"nest over {' x '.join(map(str, self.dimensions))}: {names}"


@dataclass(frozen=True)
class Product:
    """A matrix product: result (m, n) of x (m, k) and y (k, n), added to what is there where ``accumulate`` holds.

    It may wait for a ``window`` of turns, whose products are then added up at once.
    """

    x: Operand
    y: Operand
    result: Operand
    sizes: tuple[Dimension, Dimension, Dimension]
    accumulate: bool
    window: int = 1

    def __str__(self) -> str:
        m, k, n = self.sizes
        window = f", {self.window} turns at once" if self.window > 1 else ""
        return f"product {m} x {k} by {k} x {n}{', added up' if self.accumulate else ''}{window}"


@dataclass(frozen=True)
class Take:
    """Elements picked (``get``), written (``set``) or added (``add``) by an index along one axis of (outer, axis, inner)."""

    kind: Literal["get", "set", "add"]
    source: Operand
    indices: Operand
    picked: Operand
    sizes: tuple[Dimension, Dimension, Dimension, Dimension]
    """outer, number of indices, inner, size of the axis"""

    def __str__(self) -> str:
        outer, count, inner, size = self.sizes
        return f"{self.kind} {count} of {size} along an axis, {outer} x {inner} times"


@dataclass(frozen=True)
class Random:
    """Random bits: a state of four words, and the elements of a result, numbered from ``start``."""

    state: Operand
    result: Operand
    size: Dimension
    start: int = 0

    def __str__(self) -> str:
        return f"random bits, {self.size}"


@dataclass(frozen=True)
class Batch:
    """A kernel of the library, run for every index of three outer loops.

    The strides of an operand are one for each outer loop, then those of its own axes.
    """

    kind: str
    operands: tuple[Operand, ...]
    loops: tuple[Dimension, ...]
    sizes: tuple[Dimension, ...]
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        sizes = " x ".join(map(str, (*self.loops, *self.sizes)))
        return f"{self.kind} over {sizes}"


@dataclass(frozen=True)
class Sparse:
    """The product of a matrix of ``rows`` in compressed sparse row form, or of its transpose, and vectors."""

    transpose: bool
    data: Operand
    vector: Operand
    columns: Operand
    indptr: Operand
    result: Operand
    outer: Dimension
    rows: int
    targets: tuple[int, int] | None = None
    """the columns that count, where not all do"""

    @property
    def size(self) -> int:
        """The number of elements of a result."""
        return self.result.view.shape[-1]

    def __str__(self) -> str:
        way = "scattered from what is not zero" if self.transpose else "by rows"
        return f"sparse product, {self.rows} rows, {self.columns.view.shape[0]} elements, {way}, {self.outer} times"


@dataclass(frozen=True)
class Barrier:
    """All members of a team wait for one another."""

    def __str__(self) -> str:
        return "barrier"


@dataclass(frozen=True)
class Repeat:
    """Instructions that are carried out again and again while a truth value holds, which they change."""

    going: Operand
    body: tuple[Instruction, ...]

    def __str__(self) -> str:
        return f"while: {'; '.join(map(str, self.body))}"


Computation = Nest | Product | Take | Random | Sparse | Batch
"""What a kernel carries out."""
Instruction = Computation | Barrier | Repeat


def computations(instructions: Iterable[Instruction]) -> Iterator[Computation]:
    """What instructions compute, also those inside of others."""
    for instruction in instructions:
        if isinstance(instruction, Repeat):
            yield from computations(instruction.body)
        elif not isinstance(instruction, Barrier):
            yield instruction


@dataclass(frozen=True)
class Plan:
    """A step as instructions over buffers, in order.

    ``rows`` is the number of rows that tiles divide, ``height`` the number of rows of a tile; both are 1 where there are no
    rows. ``partial`` lists the sums that are added up over tiles. ``kept`` tells which outputs are a history, by the
    history's buffer, and whether at the end of the turn (1) or at its beginning (0).
    """

    buffers: tuple[Buffer, ...]
    instructions: tuple[Instruction, ...]
    rows: int
    height: int
    partial: frozenset[int]
    kept: tuple[tuple[int, int, int], ...] = ()
    """output, buffer, 0 or 1"""
    lines: tuple[tuple[str, ...], ...] = field(default=(), compare=False)
    """where the user wrote what every instruction computes"""

    @property
    def tiles(self) -> int:
        """The number of tiles."""
        return -(-self.rows // self.height)

    def __str__(self) -> str:
        """The plan as text."""
        from nbbrain.program.plan.listing import plan_listing

        return plan_listing(self)
