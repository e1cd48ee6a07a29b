"""Progress on long work: a bar in a terminal where tqdm is installed, lines of text else."""
from __future__ import annotations

import importlib.util
import sys
from typing import Any

from nbbrain.train.callbacks import Callback, Fit

__all__ = ["Progress", "ShowProgress", "is_watched"]


class Progress:
    """A bar over epochs, or lines.

    Parameters
    ----------
    total : int
        The number of epochs.
    bar : bool
        Whether a bar is wanted; without tqdm there are lines.
    steps : int, optional
        The number of steps of an epoch, where it is known. The bar counts them, so that it tells their speed and the time
        that is left.
    done : int
        The number of epochs that were done before.
    """

    def __init__(self, total: int, bar: bool, steps: int | None = None, done: int = 0) -> None:
        self._bar: Any = None
        self._total, self._done, self._steps, self._taken = total, done, steps, 0
        if bar and importlib.util.find_spec("tqdm") is not None:
            from tqdm.auto import tqdm

            whole = None if steps is None else steps * total
            self._bar = tqdm(total=whole, initial=(steps or 0) * done, unit="step", dynamic_ncols=True)
            self._describe()

    def _describe(self) -> None:
        self._bar.set_description(f"epoch {self._done}/{self._total}", refresh=False)

    def step(self, metrics: dict[str, float] | None = None) -> None:
        """One step is done; the bar shows its metrics when it is drawn next."""
        self._taken += 1
        if self._bar is not None:
            if metrics:
                self._show(metrics, refresh=False)
            self._bar.update()

    def report(self, line: str, metrics: dict[str, float]) -> None:
        """Show what was reached."""
        if self._bar is None:
            print(line)
        else:
            self._show(metrics)

    def _show(self, metrics: dict[str, float], refresh: bool = True) -> None:
        self._bar.set_postfix({name: f"{value:.5g}" for name, value in metrics.items()}, refresh=refresh)

    def say(self, line: str) -> None:
        """Show a line, whether there is a bar or not."""
        if self._bar is None:
            print(line)
        else:
            self._bar.write(line, file=sys.stdout)

    def advance(self) -> None:
        """One epoch is done."""
        self._done += 1
        if self._bar is not None:
            if self._steps is None:  # the first epoch tells
                self._steps, self._bar.total = self._taken, self._taken * self._total
            self._describe()
            self._bar.refresh()

    def close(self) -> None:
        """All is done."""
        if self._bar is not None:
            self._bar.close()


class ShowProgress(Callback):
    """Shows the progress of a training.

    Parameters
    ----------
    bar : bool
        Whether a bar is wanted where somebody watches; there is a line for every report else.
    """

    def __init__(self, bar: bool) -> None:
        self.bar = bar
        self._progress: Progress | None = None
        self._shown: dict[str, float] = {}

    def on_fit_start(self, fit: Fit) -> None:
        """Show an empty bar."""
        self._progress = Progress(fit.num_epoch, self.bar and is_watched(), fit.training.length, fit.epoch)

    def on_batch_end(self, fit: Fit) -> None:
        """Count a step, and show its loss and metrics."""
        if self._progress is not None:
            self._progress.step({**self._shown, **fit.metrics})

    def on_report(self, fit: Fit) -> None:
        """Show what was reached."""
        if self._progress is not None:
            prefix = "test_" if fit.phase == "test" else ""
            self._shown |= {prefix + name: value for name, value in fit.reported.items()}
            self._progress.report(fit.line, self._shown)

    def on_epoch_end(self, fit: Fit) -> None:
        """Count an epoch."""
        if self._progress is not None:
            self._progress.advance()
            if fit.stopped is not None:
                self._progress.say(f"Training ends after epoch {fit.epoch}: {fit.stopped}.")

    def on_fit_end(self, fit: Fit) -> None:
        """Leave the bar as it is."""
        if self._progress is not None:
            self._progress.close()


def is_watched() -> bool:
    """Whether what is written appears before somebody's eyes, in a terminal or a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return sys.stdout.isatty() or type(shell).__name__ == "ZMQInteractiveShell"
