"""What acts on variables of neurons without being a synapse between two groups."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem, SynConn
from nbbrain.errors import ModelBuildError

__all__ = ["OntoVariables"]


class OntoVariables(SynConn):
    """A connection that is given by the variables on which it acts; a `Network` runs it with the synapses."""

    def __init__(self, targets: Any, name: str | None, mode: bm.Mode | None) -> None:
        DynamicalSystem.__init__(self, name=name, mode=mode)  # there are no groups of neurons
        several = tuple(targets) if isinstance(targets, Sequence) else (targets,)
        if not several or not all(isinstance(target, bm.Variable) for target in several):
            raise ModelBuildError(f"{self.name}: what it acts on must be a Variable or a sequence of them, but got "
                                  f"{targets!r}.")
        self._targets = several

    def add(self, value: Any) -> None:
        """Add a value to all targets."""
        for target in self._targets:
            target += value

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing is reset: there is no state."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, mode={self.mode})"
