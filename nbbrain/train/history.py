"""What a training run has measured so far."""
from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbbrain.checkpoints.files import needs

__all__ = ["History"]


class History:
    """Metrics of batches, their means as they were reported, and one row an epoch.

    Attributes
    ----------
    reported, detailed : dict
        For the phases 'fit' and 'test', the means of every report and the values of every batch.
    epochs : list of dict
        A row for every epoch: ``epoch``, ``lr`` (the learning rate at its beginning), the means of the loss and of the
        metrics, those of test data with ``test_`` before their names, ``gradient_norm``, ``seconds``, the rates of spiking
        layers (spikes per step and neuron) as ``rate <path>``.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.Dense(2, 1)
    >>> x = np.ones((4, 2), np.float32)
    >>> trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.SGD(0.1), progress_bar=False)
    >>> trainer.fit([(x, x[:, :1])], num_epoch=2)  # doctest: +ELLIPSIS
    Train 0 epoch, ...
    Train 1 epoch, ...
    >>> table = trainer.history.to_dict()
    >>> list(table), len(table['loss'])
    (['epoch', 'lr', 'loss', 'gradient_norm', 'seconds'], 2)
    """

    def __init__(self) -> None:
        self.reported: dict[str, dict[str, list[float]]] = {"fit": defaultdict(list), "test": defaultdict(list)}
        self.detailed: dict[str, dict[str, list[float]]] = {"fit": defaultdict(list), "test": defaultdict(list)}
        self.epochs: list[dict[str, float]] = []
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

    def counts(self) -> dict[str, int]:
        """How many batches were measured, by metric; with ``test_`` before the names of those of test data."""
        return {name: len(values) for name, values in self._by_name().items()}

    def means_since(self, counts: Mapping[str, int]) -> dict[str, float]:
        """The means of all batches since `counts` were taken."""
        since = {name: values[counts.get(name, 0):] for name, values in self._by_name().items()}
        return {name: float(np.mean(values)) for name, values in since.items() if values}

    def _by_name(self) -> dict[str, list[float]]:
        return {prefix + name: values for phase, prefix in (("fit", ""), ("test", "test_"))
                for name, values in self.detailed[phase].items()}

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

    def to_dict(self) -> dict[str, list[float]]:
        """The rows of all epochs as columns by name; what an epoch lacks is NaN."""
        names = list(dict.fromkeys(name for row in self.epochs for name in row))
        return {name: [row.get(name, float("nan")) for row in self.epochs] for name in names}

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table with a line for every epoch.

        Parameters
        ----------
        path : path
            The file. Numbers are written so that they are read back as they are.
        """
        columns = self.to_dict()
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))

    def plot(self, metrics: list[str] | tuple[str, ...] | None = None) -> Any:
        """Curves over the epochs.

        Parameters
        ----------
        metrics : sequence of str, optional
            Which ones; by default the loss, the metrics, and the learning rate. A curve of test data goes with that of the
            training data.

        Returns
        -------
        matplotlib.figure.Figure
            One panel a metric. It is shown in a notebook; else ``figure.savefig(path)`` writes it.

        Raises
        ------
        PackageMissingError
            Without Matplotlib.
        ValueError
            For a metric that was not measured, or before the first epoch has ended.
        """
        figures = needs("matplotlib.figure", "a plot of the history")
        columns = self.to_dict()
        names = curves(columns) if metrics is None else list(metrics)
        unknown = [name for name in names if name not in columns]
        if unknown or not names:
            raise ValueError(f"no metric {', '.join(unknown)} was measured over epochs; there are: "
                             f"{', '.join(columns) or 'none'}.")
        figure = figures.Figure(figsize=(4 * len(names), 3), layout="constrained")
        for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
            for key, text in ((name, "training"), (f"test_{name}", "test")):
                if key in columns:
                    axes.plot(columns[key], label=text, marker="." if len(self.epochs) < 30 else None)
            axes.set(xlabel="epoch", ylabel=name)
            axes.spines[["top", "right"]].set_visible(False)
            if f"test_{name}" in columns:
                axes.legend()
        return figure

    def state_dict(self) -> dict[str, Any]:
        """All of it, as a checkpoint keeps it."""
        tables = {name: {phase: {metric: np.asarray(values) for metric, values in table.items()}
                         for phase, table in getattr(self, name).items()} for name in ("reported", "detailed")}
        return {**tables, "epochs": [dict(row) for row in self.epochs]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        for name in ("reported", "detailed"):
            for phase, table in getattr(self, name).items():
                table.clear()
                table.update({metric: values.tolist() for metric, values in state[name][phase].items()})
        self.epochs = [dict(row) for row in state["epochs"]]
        self.forget()


def curves(columns: Mapping[str, Any]) -> list[str]:
    """The columns that are worth a curve of their own: losses, metrics and the learning rate."""
    return [name for name in columns if name not in ("epoch", "seconds") and not name.startswith(("test_", "rate "))]
