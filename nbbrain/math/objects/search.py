"""What an object holds: its variables, its children, and all objects below it."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbbrain.math.objects.containers import NodeDict, NodeList, VarDict, VarList
from nbbrain.math.objects.naming import Named
from nbbrain.math.variables import Variable

__all__ = ["children_of", "nodes_below", "variables_of"]


def children_of(node: Any) -> Iterator[tuple[str, Any]]:
    """The children of an object by key, in the order of its attributes, registered ones last."""
    for key, value in vars(node).items():
        yield from _items(key, value, Named, NodeList, NodeDict)
    yield from getattr(node, "implicit_nodes", {}).items()


def variables_of(node: Any) -> Iterator[tuple[str, Variable]]:
    """The variables of an object itself by key, in the alphabetical order of its attributes, registered ones last."""
    for key, value in sorted(vars(node).items()):
        yield from _items(key, value, Variable, VarList, VarDict)
    yield from getattr(node, "implicit_vars", {}).items()


def _items(key: str, value: Any, kind: type, list_kind: type, dict_kind: type) -> Iterator[tuple[str, Any]]:
    if isinstance(value, kind):
        yield key, value
    elif isinstance(value, list_kind):
        yield from [(f"{key}-{i}", item) for i, item in enumerate(value)]  # type: ignore[arg-type, var-annotated]
    elif isinstance(value, dict_kind):
        yield from [(f"{key}-{k}", item) for k, item in value.items()]  # type: ignore[attr-defined]


def nodes_below(root: Any, level: int = -1) -> list[tuple[str, Any]]:
    """An object and those below it, by the path of keys that leads to them (``''`` for the object itself).

    Parameters
    ----------
    root : object
        Where to begin.
    level : int
        How many generations to go down; -1 is all.

    Returns
    -------
    list of (path, object)
        Generation by generation. An object that is reached on several ways is listed under each, and what is below it
        only on the first.
    """
    found = generation = [("", root)]
    expanded: set[int] = set()
    while generation and level != 0:
        below = []
        for path, node in generation:
            if id(node) not in expanded:
                expanded.add(id(node))
                below += [(f"{path}.{key}" if path else key, child) for key, child in children_of(node)]
        found, generation, level = found + below, below, level - 1
    return found
