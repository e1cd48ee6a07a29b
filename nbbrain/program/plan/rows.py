"""Which values of a step can be computed row by row of a batch.

Rows of a batch are independent of one another through a whole sequence, so a tile of rows can run all turns by itself. A
label says how a value relates to the rows: it has them along an axis, it is the same for all rows, or every tile holds a
part of a sum over them. What fits none of these couples rows, and the step then runs as one tile.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

__all__ = ["PARTIAL", "UNIFORM", "Label", "label_rows", "tile_rows", "window_of"]

Label = int | str
UNIFORM = "uniform"
"""The same for all rows."""
PARTIAL = "partial"
"""A sum over rows, of which every tile holds its own rows' part."""


WINDOW_ROWS = 128
"""Rows of several turns that a sum of products takes at once."""
WINDOW_BYTES = 1 << 18
"""Bytes of the left side that it takes at once."""


def tile_rows(rows: int) -> int:
    """How many rows a tile has: an eighth of them, within 16 and 64; by their number alone, whatever runs them."""
    return max(1, min(rows, 64, max(16, -(-rows // 8))))


def window_of(height: int, row_bytes: int) -> int:
    """How many turns of tiles of so many rows are multiplied at once: a power of two, for what stays in the cache."""
    window = 1
    while window < 32 and 2 * window * height <= WINDOW_ROWS and 2 * window * height * row_bytes <= WINDOW_BYTES:
        window *= 2
    return window


class _Coupled(Exception):
    """A value couples rows."""


def label_rows(step: Step) -> tuple[int, dict[Symbol, Label]]:
    """The number of rows and the labels of all symbols; one row and uniform labels where rows are coupled."""
    everything = [*step.inputs, *step.body]
    for rows in _candidates(step):
        try:
            return rows, _labels(step, rows)
        except _Coupled:
            continue
    return 1, dict.fromkeys(everything, UNIFORM)


def _candidates(step: Step) -> list[int]:
    """Numbers of rows to try: the commonest first sizes of what changes from turn to turn."""
    changing = [*[begin for begin, _ in step.carried], *step.per_step]
    sizes = Counter(symbol.shape[0] for symbol in changing if symbol.ndim > 1 and symbol.shape[0] > 1)
    return [size for size, _ in sizes.most_common(2)]


def _labels(step: Step, rows: int) -> dict[Symbol, Label]:
    labels: dict[Symbol, Label] = dict.fromkeys(step.constants, UNIFORM)
    for symbol in (*[begin for begin, _ in step.carried], *step.per_step):
        labels[symbol] = _of_input(symbol, rows)
    for symbol in step.body:
        labels[symbol] = UNIFORM if symbol.operation is None else _of_result(symbol, labels, rows)
    for begin, end in step.carried:
        if labels[end] not in (labels[begin], UNIFORM):
            raise _Coupled
    if any(labels[symbol] == PARTIAL for symbol in step.outputs):
        raise _Coupled
    return labels


def _of_input(symbol: Symbol, rows: int) -> Label:
    if symbol.ndim > 1 and symbol.shape[0] == rows:
        return 0
    return 1 if symbol.ndim > 2 and symbol.shape[1] == rows else UNIFORM


def _of_result(symbol: Symbol, labels: dict[Symbol, Label], rows: int) -> Label:
    given = [labels[x] for x in symbol.operands]
    operation = symbol.operation
    assert operation is not None
    if operation.kind == "random":
        return 0 if symbol.ndim > 1 and symbol.shape[0] == rows else UNIFORM
    if all(label == UNIFORM for label in given):
        return UNIFORM
    rule = _rules.get(operation.name) or _rules.get(operation.kind)
    if rule is None:
        raise _Coupled
    label = rule(symbol, given, rows)
    if isinstance(label, int) and symbol.shape[label] != rows:
        raise _Coupled
    return label


_LINEAR = {"add", "subtract", "negative", "positive", "cast"}


def _elementwise(symbol: Symbol, given: list[Label], rows: int) -> Label:
    name = symbol.operation.name  # type: ignore[union-attr]
    if PARTIAL in given:
        scaled = name in ("multiply", "divide") and given.count(PARTIAL) == 1 and given[0 if name == "divide" else
                                                                                       given.index(PARTIAL)] == PARTIAL
        if (name in _LINEAR and all(label == PARTIAL for label in given)) or \
                (scaled and all(label in (PARTIAL, UNIFORM) for label in given)):
            return PARTIAL
        raise _Coupled
    axes = {label + symbol.ndim - x.ndim for x, label in zip(symbol.operands, given, strict=True)
            if isinstance(label, int)}
    if len(axes) != 1:
        raise _Coupled
    return axes.pop()


def _reduction(symbol: Symbol, given: list[Label], rows: int) -> Label:
    label, axis = given[0], symbol.parameters["axis"]
    axis = (axis,) if isinstance(axis, int) else axis
    if label == PARTIAL or label in axis:
        if symbol.operation.name != "sum":  # type: ignore[union-attr]
            raise _Coupled
        return PARTIAL
    assert isinstance(label, int)
    return label if symbol.parameters["keepdims"] else label - sum(i < label for i in axis)


def _reshape(symbol: Symbol, given: list[Label], rows: int) -> Label:
    if given[0] == PARTIAL:
        return PARTIAL
    assert isinstance(given[0], int)
    before = int(np.prod(symbol.operands[0].shape[:given[0]], dtype=np.int64))
    for axis in range(symbol.ndim):
        if symbol.shape[axis] == rows and int(np.prod(symbol.shape[:axis], dtype=np.int64)) == before:
            return axis
    raise _Coupled


def _transpose(symbol: Symbol, given: list[Label], rows: int) -> Label:
    return PARTIAL if given[0] == PARTIAL else symbol.parameters["axes"].index(given[0])


def _broadcast_to(symbol: Symbol, given: list[Label], rows: int) -> Label:
    if not isinstance(given[0], int):
        return given[0]
    return given[0] + symbol.ndim - symbol.operands[0].ndim


def _flip(symbol: Symbol, given: list[Label], rows: int) -> Label:
    if given[0] in symbol.parameters["axis"]:
        raise _Coupled
    return given[0]


def _index(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """The axis of rows must be taken whole; arrays in the index must be the same for all rows."""
    source, static = symbol.operands[0], symbol.parameters["static"]
    writes = symbol.operation.name != "get_item"  # type: ignore[union-attr]
    arrays = symbol.operands[2 if writes else 1:]
    if writes and given == [UNIFORM, PARTIAL] and symbol.operands[0].is_constant and symbol.operands[0].value == 0 and \
            symbol.operation.name == "add_item":  # type: ignore[union-attr]
        return PARTIAL
    if PARTIAL in given or any(label != UNIFORM for label in given[len(given) - len(arrays):]):
        raise _Coupled
    axis_in, axis_out = 0, 0
    items = list(static)
    if Ellipsis in items:
        place = items.index(Ellipsis)
        missing = source.ndim - sum(item is not None and item is not Ellipsis for item in items)
        items[place:place + 1] = [("slice", None, None, None)] * missing
    items += [("slice", None, None, None)] * (source.ndim - sum(item is not None for item in items))
    where: dict[int, int] = {}
    for item in items:
        if item is None:
            axis_out += 1
            continue
        if isinstance(item, tuple):
            if item[1:] == (None, None, None):
                where[axis_in] = axis_out
            axis_out += 1
        elif item == "array":
            if len(arrays) > 1:
                raise _Coupled
            axis_out += arrays[0].ndim
        axis_in += 1
    if not writes:
        if given[0] not in where:
            raise _Coupled
        return where[given[0]]
    for axis, position in where.items():
        written = given[1]
        aligned = not isinstance(written, int) or written + axis_out - symbol.operands[1].ndim == position
        if (given[0] == axis or given[0] == UNIFORM) and aligned and source.shape[axis] == rows:
            return axis
    raise _Coupled


def _joining(symbol: Symbol, given: list[Label], rows: int) -> Label:
    if all(label == PARTIAL for label in given):
        return PARTIAL
    axes = {label for label in given if label != UNIFORM}
    if len(axes) != 1 or PARTIAL in axes or symbol.parameters["axis"] in axes:
        raise _Coupled
    return axes.pop()


def _along(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """Every line by itself: rows must be another axis than that of the lines, the same one in all operands."""
    axes, axis = {label for label in given if label != UNIFORM}, symbol.parameters.get("axis", 0)
    if len(axes) != 1 or PARTIAL in axes or axis in axes:
        raise _Coupled
    label: Any = axes.pop()
    gone = symbol.ndim < symbol.operands[0].ndim and label > axis  # the position of an extremum
    return label - 1 if gone else label


def _searchsorted(symbol: Symbol, given: list[Label], rows: int) -> Label:
    if given[0] != UNIFORM or given[1] == PARTIAL:
        raise _Coupled
    return given[1]


def _windows(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """The axes that windows move over are not that of rows; those within windows come last."""
    if not isinstance(given[0], int) or given[0] in symbol.parameters["axes"] or given[0] >= min(
            symbol.ndim, symbol.operands[0].ndim):
        raise _Coupled
    return given[0]


def _matmul(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """Axes count from the last: x (..., m, k) @ y (..., k, n). Rows along k are summed, a leading axis of rows stays."""
    left, right = [label if isinstance(label, str) else label - x.ndim
                   for label, x in zip(given, symbol.operands, strict=True)]
    if (left, right) == (-1, -2):
        return PARTIAL
    leading = [label for label in (left, right) if isinstance(label, int)]
    stays = (left, right) in ((-2, UNIFORM), (UNIFORM, -1)) or (
        PARTIAL not in (left, right) and len(set(leading)) == 1 and leading[0] < -2)
    if not stays:
        raise _Coupled
    return leading[0] + symbol.ndim


def _matmul_summed(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """Sums over all axes but the last ones, which those of the result are."""
    if given[0] == given[1] and isinstance(given[0], int) and given[0] < symbol.operands[0].ndim - 1:
        return PARTIAL
    last = symbol.operands[0].ndim - 1
    if given == [last, UNIFORM]:
        return 0
    if given == [UNIFORM, last]:
        return 1
    raise _Coupled


def _sparse(symbol: Symbol, given: list[Label], rows: int) -> Label:
    """Vectors along the last axis; the matrix must be the same for all rows."""
    if given[1] != 0 or any(label != UNIFORM for label in (given[0], *given[2:])) or symbol.ndim < 2:
        raise _Coupled
    return 0


_rules: dict[str, Callable[[Symbol, list[Any], int], Label]] = {
    "elementwise": _elementwise, "reduction": _reduction, "reshape": _reshape, "transpose": _transpose,
    "broadcast_to": _broadcast_to, "flip": _flip, "indexing": _index, "joining": _joining, "along": _along,
    "searchsorted": _searchsorted, "windows": _windows, "add_windows": _windows, "matmul": _matmul,
    "matmul_summed": _matmul_summed, "sparse": _sparse,
}
