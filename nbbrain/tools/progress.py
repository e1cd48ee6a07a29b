"""A bar that shows how far a simulation has come."""
from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from nbbrain.errors import PackageMissingError

__all__ = ["init_progress_bar"]


class _Bar:
    def __init__(self, bar: Any, steps: int, dt: float, every: int) -> None:
        self._bar, self._steps, self._dt, self._every = bar, steps, dt, every

    def __call__(self, i: int) -> None:
        """Step i, counted from 0, is done."""
        done = int(i) + 1
        if done % self._every == 0 or done >= self._steps:
            self._bar.n = min(done, self._steps) * self._dt
            self._bar.refresh()
        if done >= self._steps:
            self.close()

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


def init_progress_bar(duration: float, dt: float, report: float = 0.01, message: str | None = None) -> _Bar:
    """A bar of progress for a simulation, with the package tqdm.

    Parameters
    ----------
    duration : float
        How long is simulated, in ms.
    dt : float
        The length of a step, in ms.
    report : float
        The share of the duration after which the bar is drawn anew.
    message : str, optional
        What stands before the bar.

    Returns
    -------
    callable
        Is called with the number of every step that is done, from 0; its ``close()`` ends the bar early.

    Raises
    ------
    ValueError
        When a time is not positive.
    PackageMissingError
        Without tqdm.

    Examples
    --------
    >>> import nbbrain as bp
    >>> progress = bp.tools.init_progress_bar(duration=1., dt=0.1)
    >>> for i in range(10):
    ...     progress(i)
    """
    if not (duration > 0 and dt > 0 and report > 0):
        raise ValueError(f"duration, dt and report must be positive, but got {duration!r}, {dt!r} and {report!r}.")
    if find_spec("tqdm") is None:
        raise PackageMissingError("a bar of progress needs the package tqdm: pip install tqdm.")
    from tqdm.auto import tqdm

    steps = max(1, round(duration / dt))
    bar = tqdm(total=steps * dt, desc=f"Running a duration of {duration}" if message is None else message, unit="ms",
               bar_format="{desc}: {percentage:3.0f}%|{bar}| {n:.6g}/{total:.6g} [{elapsed}<{remaining}]")
    return _Bar(bar, steps, dt, max(1, round(steps * report)))
