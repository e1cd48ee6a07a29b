"""Progress on long work: a bar where tqdm is installed, lines of text else."""
from __future__ import annotations

import importlib.util
from typing import Any

__all__ = ["Progress"]


class Progress:
    """A bar over epochs, or lines.

    Parameters
    ----------
    total : int
        The number of epochs.
    bar : bool
        Whether a bar is wanted; without tqdm there are lines.
    """

    def __init__(self, total: int, bar: bool) -> None:
        self._bar: Any = None
        if bar and importlib.util.find_spec("tqdm") is not None:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit="epoch")

    def report(self, line: str, metrics: dict[str, float]) -> None:
        """Show what was reached."""
        if self._bar is None:
            print(line)
        else:
            self._bar.set_postfix({name: f"{value:.5g}" for name, value in metrics.items()})

    def advance(self) -> None:
        """One epoch is done."""
        if self._bar is not None:
            self._bar.update()

    def close(self) -> None:
        """All is done."""
        if self._bar is not None:
            self._bar.close()
