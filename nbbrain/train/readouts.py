"""The readouts that trainers without back-propagation fit: layers in training mode, and their targets."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.errors import NoImplementationError
from nbbrain.math.array import as_value
from nbbrain.runners.sequence import SequenceRunner

__all__ = ["checked_data", "train_nodes"]


def train_nodes(target: Any) -> dict[str, Any]:
    """The nodes that are to be fitted, by name.

    Raises
    ------
    NoImplementationError
        For a node in training mode that cannot be fitted.
    ValueError
        Where there are none.
    """
    nodes = {node.name: node for node in target.nodes().unique().values()
             if isinstance(getattr(node, "mode", None), bm.TrainingMode)}
    for name, node in nodes.items():
        if not hasattr(node, "offline_fit"):
            raise NoImplementationError(f"{name} is in training mode and has no method offline_fit: build it with "
                                        f"mode=bm.batching_mode if it is not to be fitted.")
    if not nodes:
        raise ValueError(f"{target.name} has no node in training mode, so there is nothing to fit.")
    return nodes


def checked_data(train_data: Any, nodes: dict[str, Any], runner: SequenceRunner) -> tuple[Any, dict[str, bm.Array]]:
    """Inputs, and the targets of every node, checked before anything runs.

    Raises
    ------
    ValueError
        When they are no pair, or targets have other names or shapes.
    """
    if not (isinstance(train_data, (tuple, list)) and len(train_data) == 2):
        raise ValueError("train_data must be a pair (inputs, targets).")
    inputs, targets = train_data
    if not isinstance(targets, dict):
        if len(nodes) != 1:
            raise ValueError(f"there are {len(nodes)} layers to fit, so targets must be a dict with the keys "
                             f"{sorted(nodes)}.")
        targets = dict.fromkeys(nodes, targets)
    if set(targets) != set(nodes):
        raise ValueError(f"targets must have the keys {sorted(nodes)}, but got {sorted(targets)}.")
    length, batch = runner.length(inputs)
    arrays = {name: bm.Array(as_value(target)) for name, target in targets.items()}
    want = (batch, length) if runner.batch_first else (length, batch)
    for name, array in arrays.items():
        features = getattr(nodes[name], "num_out", "features")
        if array.ndim != 3 or array.shape[:2] != want or features not in ("features", array.shape[2]):
            raise ValueError(f"the targets of {name} must have shape ({want[0]}, {want[1]}, {features}), but got "
                             f"{array.shape}.")
    return inputs, arrays
