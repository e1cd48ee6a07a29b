"""A training on one page."""
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from nbbrain.checkpoints.files import replace
from nbbrain.train import page
from nbbrain.train.callbacks import Callback, Fit
from nbbrain.train.history import curves

__all__ = ["HtmlReport"]


class HtmlReport(Callback):
    """Writes a page in HTML when the training ends, however it ends.

    It tells how the training ended, and shows its curves, the weights and their gradients, the firing rates of spiking
    layers, the configuration, and what it ran on. The page is one file without scripts, which needs no other.

    Parameters
    ----------
    path : path
        The file, whose name ends in ``.html``.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.Dense(1, 1)
    >>> x = np.ones((4, 1), np.float32)
    >>> trainer = bp.BPFF(net, 'mean_squared_error', bp.optim.SGD(0.1), progress_bar=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     trainer.fit([(x, x)], num_epoch=1, report=os.path.join(folder, 'run.html'))  # doctest: +ELLIPSIS
    ...     os.listdir(folder)
    Train 0 epoch, ...
    ['run.html']
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, (str, os.PathLike)) or Path(path).suffix not in (".html", ".htm"):
            raise ValueError(f"report must be the path of a file that ends in .html, but got {path!r}.")
        self.path = Path(path)
        self._started = time.perf_counter()
        self._norms: dict[str, float] = {}

    def on_fit_start(self, fit: Fit) -> None:
        """Note the time."""
        self._started, self._norms = time.perf_counter(), {}

    def on_update(self, fit: Fit) -> None:
        """Note the norms of the gradients."""
        self._norms = fit.norms

    def on_fit_end(self, fit: Fit) -> None:
        """Write the page."""
        seconds = time.perf_counter() - self._started
        parts = [self._end(fit), self._figures(fit, seconds), self._curves(fit), self._weights(fit), self._rates(fit),
                 self._configuration(fit), self._environment()]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        written = page.page(f"Training of {fit.trainer.target.name}", [part for part in parts if part])
        replace(self.path, lambda path: _write(path, written))

    def _end(self, fit: Fit) -> str:
        when = time.strftime("%Y-%m-%d %H:%M:%S")
        if fit.error is not None:
            return (f'<p class="problem">Ended at {when} in epoch {fit.epoch} with {page.text(type(fit.error).__name__)}: '
                    f'{page.text(fit.error)}</p>')
        reason = f", because {page.text(fit.stopped)}" if fit.stopped else ""
        return f"<p>Ended at {when} after {fit.epoch} of {fit.num_epoch} epochs{reason}.</p>"

    def _figures(self, fit: Fit, seconds: float) -> str:
        last = fit.history.epochs[-1] if fit.history.epochs else {}
        left_out = ("epoch", "lr", "seconds", "gradient_norm")
        figures: dict[str, Any] = {name.replace("_", " "): value for name, value in last.items()
                                   if name not in left_out and not name.startswith("rate ")}
        return page.cards({**figures, "epochs": len(fit.history.epochs), "batches": fit.steps, "seconds": round(seconds, 2)})

    def _curves(self, fit: Fit) -> str:
        columns = fit.history.to_dict()
        if not columns:
            return ""
        epochs = list(range(1, len(fit.history.epochs) + 1))
        drawings = []
        for name in curves(columns):
            series = {"training": columns[name]} | ({"test": columns[f"test_{name}"]} if f"test_{name}" in columns else {})
            drawings.append(page.chart(name.replace("_", " "), epochs, series))
        return page.section("Curves", f'<div class="charts">{"".join(drawings)}</div>')

    def _weights(self, fit: Fit) -> str:
        rows = []
        for name, variable in fit.trainer.optimizer.vars_to_train.items():
            values = np.asarray(variable, np.float64)
            finite = values[np.isfinite(values)]
            if finite.size:
                drawing = page.bars(f"histogram of {name}", np.histogram(finite, 24)[0].tolist())
                rows.append((name, variable.shape, finite.mean(), finite.std(), finite.min(), finite.max(),
                             self._norms.get(name, "none"), drawing))
        head = ("variable", "shape", "mean", "deviation", "smallest", "largest", "norm of the last gradient", "histogram")
        return page.section("Weights and gradients", page.table(rows, head))

    def _rates(self, fit: Fit) -> str:
        columns = fit.history.to_dict()
        names = [name for name in columns if name.startswith("rate ")]
        if not names:
            return ""
        rows = []
        for name in names:
            known = [value for value in columns[name] if not np.isnan(value)]
            rows.append((name.removeprefix("rate "), known[0], known[-1], known[-1] / fit.trainer.dt * 1000.))
        epochs = list(range(1, len(fit.history.epochs) + 1))
        series = {name.removeprefix("rate "): columns[name] for name in names}
        drawing = page.chart("spikes per step and neuron", epochs, series)
        head = ("layer", "spikes per step at first", "at last", "in Hz")
        return page.section("Firing rates", page.table(rows, head), drawing)

    def _configuration(self, fit: Fit) -> str:
        trainer = fit.trainer
        loss = getattr(trainer.loss_fun, "__name__", type(trainer.loss_fun).__name__)
        rows = {"trainer": type(trainer).__name__, "model": repr(trainer.target), "loss": loss,
                "optimizer": repr(trainer.optimizer), "time step": f"{trainer.dt} ms", "num_epoch": fit.num_epoch,
                **fit.options, "seed": fit.training.seed,
                "callbacks": ", ".join(type(item).__name__ for item in fit.callbacks),
                "trained numbers": sum(variable.size for variable in trainer.optimizer.vars_to_train.values())}
        return page.section("Configuration", page.table(rows.items()))

    def _environment(self) -> str:
        from nbbrain import information  # takes a while, and only a report needs it

        rows = {**information.versions(), **information.machine(), "backend": information.backends()["chosen"],
                **{name: value for name, value in information.chosen().items() if not value.endswith("(default)")}}
        return page.section("Environment", page.table(rows.items()))


def _write(path: Path, written: str) -> None:
    path.write_text(written, encoding="utf-8")
