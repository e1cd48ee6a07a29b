"""Losses of nested structures, and what becomes of the loss of every example."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["arrays_of", "check_shapes", "reduce", "sum_over_leaves"]


def sum_over_leaves(loss: Callable[[bm.Array, bm.Array], Any], predicts: Any, targets: Any) -> Any:
    """The loss of two arrays; of two structures of arrays, the sum over their leaves.

    Raises
    ------
    ValueError
        When the structures differ.
    """
    losses = [loss(x, y) for x, y in _pairs(predicts, targets, "")]
    if not losses:
        raise ValueError(f"a loss needs at least one array, but got {predicts!r}.")
    total = losses[0]
    for further in losses[1:]:
        total = total + further
    return total


def _pairs(predicts: Any, targets: Any, place: str) -> Iterator[tuple[bm.Array, bm.Array]]:
    if isinstance(predicts, dict):
        if not isinstance(targets, dict) or set(predicts) != set(targets):
            raise ValueError(f"predicts{place} has the keys {list(predicts)}, but targets{place} is "
                             f"{list(targets) if isinstance(targets, dict) else type(targets).__name__}.")
        for key in predicts:
            yield from _pairs(predicts[key], targets[key], f"{place}[{key!r}]")
    elif isinstance(predicts, (list, tuple)):
        if not isinstance(targets, (list, tuple)) or len(predicts) != len(targets):
            raise ValueError(f"predicts{place} has {len(predicts)} items, but targets{place} is a "
                             f"{type(targets).__name__}{f' of {len(targets)}' if hasattr(targets, '__len__') else ''}.")
        for i, (x, y) in enumerate(zip(predicts, targets, strict=True)):
            yield from _pairs(x, y, f"{place}[{i}]")
    else:
        yield bm.Array(predicts), bm.Array(targets)


def arrays_of(tree: Any) -> list[bm.Array]:
    """The arrays of a nested structure."""
    if isinstance(tree, dict):
        return [array for item in tree.values() for array in arrays_of(item)]
    if isinstance(tree, (list, tuple)):
        return [array for item in tree for array in arrays_of(item)]
    return [bm.Array(tree)]


def check_shapes(predicts: bm.Array, targets: bm.Array) -> None:
    """Raise a ValueError where two arrays would broadcast to something larger than both, such as (n, 1) with (n,)."""
    try:
        shape = np.broadcast_shapes(predicts.shape, targets.shape)
    except ValueError:
        shape = None
    if shape not in (predicts.shape, targets.shape):
        raise ValueError(f"predicts and targets must have one shape, but got {predicts.shape} and {targets.shape}.")


def reduce(values: Any, reduction: str, axis: Any = None) -> Any:
    """The mean or the sum over axes, or the values themselves.

    Parameters
    ----------
    values : Array
        What is reduced.
    reduction : {'mean', 'sum', 'none'}
        How.
    axis : int or tuple of int, optional
        The axes; all by default.
    """
    if reduction == "mean":
        return bm.mean(values, axis=axis)
    if reduction == "sum":
        return bm.sum(values, axis=axis)
    if reduction == "none":
        return values
    raise ValueError(f"reduction must be 'mean', 'sum' or 'none', but got {reduction!r}.")
