"""What a training run has measured so far."""
from __future__ import annotations

from collections import defaultdict

import numpy as np

__all__ = ["History"]


class History:
    """Metrics of batches, and their means as they were reported, for the phases 'fit' and 'test'."""

    def __init__(self) -> None:
        self.reported: dict[str, dict[str, list[float]]] = {"fit": defaultdict(list), "test": defaultdict(list)}
        self.detailed: dict[str, dict[str, list[float]]] = {"fit": defaultdict(list), "test": defaultdict(list)}
        self._pending: dict[str, list[float]] = defaultdict(list)

    def add(self, phase: str, metrics: dict[str, float]) -> None:
        """Note the metrics of one batch."""
        for name, value in metrics.items():
            self.detailed[phase][name].append(value)
            self._pending[name].append(value)

    def report(self, phase: str) -> dict[str, float]:
        """The means since the last report, which are noted as reported."""
        means = {name: float(np.mean(values)) for name, values in self._pending.items()}
        for name, value in means.items():
            self.reported[phase][name].append(value)
        self.forget()
        return means

    def forget(self) -> None:
        """Begin a new report."""
        self._pending.clear()

    def get(self, phase: str, metric: str, which: str) -> np.ndarray:
        """A metric over reports or over batches; a ValueError lists what there is."""
        if phase not in self.reported:
            raise ValueError(f"phase must be 'fit' or 'test', but got {phase!r}.")
        if which not in ("report", "detailed"):
            raise ValueError(f"which must be 'report' or 'detailed', but got {which!r}.")
        table = self.reported[phase] if which == "report" else self.detailed[phase]
        if metric not in table:
            raise ValueError(f"no metric {metric!r} was measured in phase {phase!r}; there are: {sorted(table) or 'none'}.")
        return np.asarray(table[metric])
