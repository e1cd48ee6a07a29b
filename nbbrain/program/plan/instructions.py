"""What a plan consists of: a few kinds of instruction, whose operands are views of buffers."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nbbrain.program.plan.layout import Buffer, View

__all__ = ["Batch", "Call", "Dimension", "Instruction", "Nest", "Operand", "Plan", "Random", "Reference", "Store", "Take"]

Reference = tuple[Literal["input", "constant", "value"], int]
Mode = Literal["set", "sum", "prod", "max", "min", "any", "all"]


@dataclass(frozen=True)
class Dimension:
    """One loop of a nest: ``size`` turns, times the number of rows in a tile where ``rows`` holds."""

    size: int
    rows: bool


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


@dataclass(frozen=True)
class Call:
    """One element-wise operation in a nest."""

    operation: str
    operands: tuple[Reference, ...]
    parameters: tuple[tuple[str, Any], ...]
    dtype: np.dtype


@dataclass(frozen=True)
class Nest:
    """Nested loops over elements: load, compute, store."""

    dimensions: tuple[Dimension, ...]
    inputs: tuple[Operand, ...]
    constants: tuple[np.generic, ...]
    calls: tuple[Call, ...]
    stores: tuple[Store, ...]


@dataclass(frozen=True)
class Product:
    """A matrix product: result (m, n) of x (m, k) and y (k, n), added to what is there where ``accumulate`` holds."""

    x: Operand
    y: Operand
    result: Operand
    sizes: tuple[Dimension, Dimension, Dimension]
    accumulate: bool


@dataclass(frozen=True)
class Take:
    """Elements picked (``get``), written (``set``) or added (``add``) by an index along one axis of (outer, axis, inner)."""

    kind: Literal["get", "set", "add"]
    source: Operand
    indices: Operand
    picked: Operand
    sizes: tuple[Dimension, Dimension, Dimension, Dimension]
    """outer, number of indices, inner, size of the axis"""


@dataclass(frozen=True)
class Random:
    """Random bits: a state of four words, and the elements of a result."""

    state: Operand
    result: Operand
    size: Dimension


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


Instruction = Nest | Product | Take | Random | Batch


@dataclass(frozen=True)
class Plan:
    """A step as instructions over buffers, in order.

    ``rows`` is the number of rows that tiles divide; 1 where there are none. ``partial`` lists the sums that are added up
    over tiles.
    """

    buffers: tuple[Buffer, ...]
    instructions: tuple[Instruction, ...]
    rows: int
    partial: frozenset[int]
