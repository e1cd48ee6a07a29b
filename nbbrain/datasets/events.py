"""Events, such as spikes with times and channels, as arrays."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nbbrain.check import is_float
from nbbrain.datasets.timing import count

__all__ = ["bin_events", "dense"]


def bin_events(times: Sequence[Any], channels: Sequence[Any], num_channel: int, num_step: int = 100,
               duration: float | None = None, binary: bool = False, dtype: type[np.generic] = np.float32) -> np.ndarray:
    """Count the events of samples in steps of time.

    Parameters
    ----------
    times : sequence of arrays
        When the events of every sample are.
    channels : sequence of arrays of int
        In which channel they are, from 0.
    num_channel : int
        The number of channels.
    num_step : int
        The number of steps.
    duration : float, optional
        The time that all steps take, in the unit of the times; by default up to the last event, which is in the last step.
        Events before 0, and those that come later, are left out.
    binary : bool
        Whether several events of one step count as one.
    dtype : dtype
        That of the array. Where more events are in a step than it can count, it holds the largest number that it can.

    Returns
    -------
    numpy.ndarray, shape (samples, steps, channels)

    Raises
    ------
    ValueError
        When times and channels do not belong together, channels do not exist, or times are no numbers.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.datasets.bin_events([[0., 0.1, 1.9]], [[0, 0, 1]], num_channel=2, num_step=2, duration=2.)
    array([[[2., 0.],
            [0., 1.]]], dtype=float32)
    """
    steps, wide = count(num_step, "num_step"), count(num_channel, "num_channel")
    when = [np.asarray(row) if np.size(row) else np.zeros(0) for row in times]
    where = [np.asarray(row) if np.size(row) else np.zeros(0, dtype=np.int64) for row in channels]
    if len(when) != len(where):
        raise ValueError(f"times and channels must have one number of samples, but got {len(when)} and {len(where)}.")
    for i, (row, channel) in enumerate(zip(when, where, strict=True)):
        if row.ndim != 1 or row.shape != channel.shape:
            raise ValueError(f"sample {i}: times and channels must be sequences of one length, but got the shapes "
                             f"{row.shape} and {channel.shape}.")
        if channel.dtype.kind not in "iu" or (channel.size and not 0 <= channel.min() <= channel.max() < wide):
            raise ValueError(f"sample {i}: channels must be integers from 0 to {wide - 1}, but got {channel!r}.")
        if row.dtype.kind not in "biuf" or not np.isfinite(row).all():
            raise ValueError(f"sample {i}: times must be finite numbers, but got {row!r}.")
    if duration is None:
        last = max([float(row.max()) for row in when if row.size], default=0.)
        whole = last if last > 0. else 1.
    else:
        whole = float(is_float(duration, "duration", min_bound=0.))
        if not 0. < whole < np.inf:
            raise ValueError(f"duration must be larger than 0 and finite, but got {duration!r}.")

    def counted() -> Iterable[tuple[np.ndarray, np.ndarray]]:
        for row, channel in zip(when, where, strict=True):
            inside = (row >= 0) & ((row < whole) | (duration is None))
            bins = (row[inside].astype(np.float64) * steps / whole).astype(np.int64)
            yield np.minimum(bins, steps - 1), channel[inside]

    return dense(counted(), steps, wide, dtype, 1 if binary else None, len(when))


def dense(events: Iterable[tuple[np.ndarray, np.ndarray]], steps: int, channels: int, dtype: Any,
          most: int | None = None, samples: int | None = None) -> np.ndarray:
    """Events, as pairs of arrays (steps, channels) for every sample, counted in an array; a cell holds at most ``most``."""
    kind = np.dtype(dtype)
    if kind.kind not in "fiu":
        raise ValueError(f"dtype must be one of numbers, but got {kind}.")
    rows = events if samples is not None else list(events)
    made = np.zeros((samples if samples is not None else len(rows), steps, channels), dtype=kind)  # type: ignore[arg-type]
    largest = np.iinfo(kind).max if kind.kind in "iu" else np.inf
    for cells, (step, channel) in zip(made.reshape(len(made), -1), rows, strict=True):
        place, number = np.unique(np.asarray(step, np.int64) * channels + np.asarray(channel, np.int64), return_counts=True)
        cells[place] = np.minimum(number, largest if most is None else most)
    return made
