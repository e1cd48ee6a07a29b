"""Which element-wise operations run in one loop.

Every computed value gets a level: operations of one level and one shape that feed each other directly are one kernel; all
else (a product, another shape, a view between them) raises the level. Groups made this way are convex: no path leaves a
group and comes back. Values are then moved to the latest level that their readers allow, next to where they are used.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nbbrain.program.plan.rows import Label
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol

__all__ = ["fusable", "group", "levels"]


def fusable(reader: Symbol, operand: Symbol, labels: dict[Symbol, Label]) -> bool:
    """Whether an operation can run in the loop that computes its operand: over the same elements, by the same rows."""
    kinds = [symbol.operation.kind if symbol.operation is not None else "" for symbol in (reader, operand)]
    if kinds[1] != "elementwise":
        return False
    if kinds[0] == "elementwise":
        return reader.shape == operand.shape and labels[reader] == labels[operand]
    return kinds[0] == "reduction"


def levels(step: Step, labels: dict[Symbol, Label]) -> dict[Symbol, int]:
    """The level of every symbol that is computed."""
    found: dict[Symbol, int] = {}
    inputs = set(step.inputs)
    for symbol in step.body:
        if symbol.operation is None:
            continue
        needs = [found[x] + (0 if symbol.is_view or fusable(symbol, x, labels) else 1)
                 for x in symbol.operands if x not in inputs and x in found]
        found[symbol] = max(needs, default=-1 if symbol.is_view else 0)  # a view of an input costs no level
    readers: dict[Symbol, list[Symbol]] = defaultdict(list)
    for symbol in step.body:
        for x in symbol.operands:
            readers[x].append(symbol)
    for symbol in reversed(step.body):
        movable = readers[symbol] and not any(r.is_view for r in readers[symbol])
        if movable and symbol.operation is not None and symbol.operation.kind == "elementwise":
            found[symbol] = min(found[r] - (0 if fusable(r, symbol, labels) else 1) for r in readers[symbol])
    return found


def group(symbols: Iterable[Symbol], level: dict[Symbol, int], labels: dict[Symbol, Label]) -> list[list[Symbol]]:
    """Connected element-wise operations (and reductions of them) of one level, in computable order."""
    leader: dict[Symbol, Symbol] = {}

    def find(symbol: Symbol) -> Symbol:
        while leader[symbol] is not symbol:
            symbol = leader[symbol]
        return symbol

    members = list(symbols)
    for symbol in members:
        leader[symbol] = symbol
        for x in symbol.operands:
            if x in leader and level[x] == level[symbol] and fusable(symbol, x, labels):
                leader[find(symbol)] = find(x)
    groups: dict[Symbol, list[Symbol]] = defaultdict(list)
    for symbol in members:
        groups[find(symbol)].append(symbol)
    return list(groups.values())
