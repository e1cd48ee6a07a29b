"""Reverse mode on autograd's tape, for several inputs, several outputs, and operations with several results.

autograd records every primitive as a node that can pull a cotangent back to its parents. This is its backward pass (Baydin
et al., 2018, "Automatic differentiation in machine learning: a survey", section 3.2), with more than one root.
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.core import VJPNode
from autograd.extend import Box, defvjp_argnums, primitive
from autograd.tracer import TraceStack, isbox, new_box, trace_stack
from autograd.util import toposort

from nbbrain.operations.elementwise import add

__all__ = ["Bundle", "Tape", "pick", "trace"]


class _Level(threading.local):
    """How many traces are under way in this thread, less one."""

    top = -1


_level = _Level()
TraceStack.top = property(lambda stack: _level.top, lambda stack, top: setattr(_level, "top", top))
"""autograd counts traces for all threads together, and would take one thread's for the enclosing one of another's."""


class Bundle(tuple):
    """Several results of one operation; in a cotangent, None stands for a result that nobody used."""

    __slots__ = ()


class BundleBox(Box):
    """autograd's box around a bundle."""

    __slots__ = ()


BundleBox.register(Bundle)


@primitive
def pick(bundle: Bundle, index: int, size: int) -> Any:
    """One result of a bundle of a size."""
    return bundle[index]


def _pick_vjp(argnums: Any, result: Any, arguments: tuple, parameters: dict) -> Callable[[Any], tuple]:
    _, index, size = arguments
    return lambda g: (Bundle([g if i == index else None for i in range(size)]),)


defvjp_argnums(pick, _pick_vjp)


def accumulate(x: Any, y: Any) -> Any:
    """The sum of two cotangents, either of which may be absent."""
    if x is None or y is None:
        return y if x is None else x
    if isinstance(x, Bundle):
        return Bundle([accumulate(a, b) for a, b in zip(x, y, strict=True)])
    return add(x, y)


class _End:
    """A node behind all outputs."""

    def __init__(self, parents: list[Any]) -> None:
        self.parents = parents


class Tape:
    """A trace of autograd: values put on it are watched, and cotangents of results are pulled back to them."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.roots: list[Any] = []

    def watch(self, value: Any) -> Any:
        """A value whose cotangent will be wanted."""
        root = VJPNode.new_root()
        self.roots.append(root)
        return new_box(value, self.level, root)

    def value(self, x: Any) -> Any:
        """A value without this tape's box."""
        return x._value if isbox(x) and x._trace == self.level else x

    def pull_back(self, results: Sequence[Any], cotangents: Sequence[Any],
                  before: Callable[[Any], None] | None = None) -> list[Any]:
        """The cotangents of the watched values, None where the results do not depend on one.

        ``before`` is told of every node before its derivative is taken.
        """
        pairs = [(x._node, g) for x, g in zip(results, cotangents, strict=True)
                 if isbox(x) and x._trace == self.level and g is not None]
        end = _End([node for node, _ in pairs])
        gathered: dict[Any, Any] = {}
        for node, g in pairs:
            gathered[node] = accumulate(gathered.get(node), g)
        for node in toposort(end):
            if node is end or not node.parents:
                continue
            g = gathered.pop(node, None)
            if g is None:
                continue
            if before is not None:
                before(node)
            for parent, ingredient in zip(node.parents, node.vjp(g), strict=True):
                gathered[parent] = accumulate(gathered.get(parent), ingredient)
        return [gathered.get(root) for root in self.roots]


@contextmanager
def trace() -> Iterator[Tape]:
    """A new tape, in force within the block; cotangents can be pulled back after it."""
    before = trace_stack.top
    try:
        with trace_stack.new_trace() as level:
            yield Tape(level)
    finally:
        trace_stack.top = before  # autograd leaves its counter raised when an error passes through
