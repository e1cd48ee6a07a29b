"""Nested tuples, lists and dicts of arrays, taken apart and put together."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.math.lifting import ArrayBase, raw
from nbbrain.operations.symbolic import Symbolic

__all__ = ["Leaf", "flatten", "tree_map", "unflatten"]


class Leaf:
    """The place of an array in a structure."""

    def __init__(self, position: int) -> None:
        self.position = position

    def __repr__(self) -> str:
        return "*"


def _is_array(x: Any) -> bool:
    return isinstance(x, (ArrayBase, np.ndarray, np.generic, Symbolic, bool, int, float, complex)) or isbox(x)


def flatten(tree: Any, *, convert: Callable[[Any], Any] = raw, leaves: tuple[type, ...] = ()) -> tuple[list[Any], Any]:
    """The arrays of a nested structure as raw values, and the structure with a `Leaf` in the place of each.

    Parameters
    ----------
    tree : nested structure
        Tuples, lists, dicts, arrays; anything else (None, strings) is part of the structure.
    convert : callable
        Makes a raw value of an array-like.
    leaves : tuple of types
        What counts as an array; by default, arrays of every kind and numbers.
    """
    found: list[Any] = []
    return found, _take_apart(tree, found, convert, leaves)


def _take_apart(node: Any, found: list[Any], convert: Callable[[Any], Any], leaves: tuple[type, ...]) -> Any:
    """The structure of a node; not a function inside of `flatten`, which would keep all arrays until they are collected."""
    if isinstance(node, leaves) if leaves else _is_array(node):
        found.append(convert(node) if not isinstance(node, (bool, int, float, complex)) else convert(np.asarray(node)))
        return Leaf(len(found) - 1)
    if isinstance(node, tuple):
        items = [_take_apart(item, found, convert, leaves) for item in node]
        return type(node)(*items) if hasattr(node, "_fields") else tuple(items)
    if isinstance(node, list):
        return [_take_apart(item, found, convert, leaves) for item in node]
    if isinstance(node, dict):
        return {key: _take_apart(item, found, convert, leaves) for key, item in node.items()}
    return node


def unflatten(structure: Any, values: list[Any]) -> Any:
    """The structure with values in the places of its leaves."""
    if isinstance(structure, Leaf):
        return values[structure.position]
    if isinstance(structure, tuple):
        items = [unflatten(item, values) for item in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    if isinstance(structure, list):
        return [unflatten(item, values) for item in structure]
    if isinstance(structure, dict):
        return {key: unflatten(item, values) for key, item in structure.items()}
    return structure


def tree_map(function: Callable[..., Any], tree: Any, *rest: Any) -> Any:
    """Apply a function to the arrays of structures of one form."""
    leaves, structure = flatten(tree)
    others = [flatten(other)[0] for other in rest]
    return unflatten(structure, [function(*row) for row in zip(leaves, *others, strict=True)])
