"""What neurons do, stimulus by stimulus."""
from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["tuning_curves"]


def tuning_curves(stimuli: Any, responses: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean response of every neuron to every stimulus, and how much single responses deviate from it.

    Parameters
    ----------
    stimuli : array, shape (trials,)
        What was shown in every trial, such as the orientation of a grating; a stimulus may be shown more than once.
    responses : array, shape (trials, ...)
        What neurons did, such as their firing rates; all axes but the first count as one.

    Returns
    -------
    values : array, shape (stimuli,)
        The distinct stimuli in ascending order.
    means, deviations : array, shape (stimuli, neurons)
        The mean and the standard deviation over the trials of a stimulus; the latter is 0 where there was one trial.

    Raises
    ------
    ValueError
        When there are not as many stimuli as responses, or a stimulus is NaN.

    Examples
    --------
    >>> import nbbrain as bp
    >>> values, means, deviations = bp.measure.tuning_curves([90., 0., 90.], [[4.], [1.], [6.]])
    >>> values.tolist(), means.tolist(), deviations.tolist()
    ([0.0, 90.0], [[1.0], [5.0]], [[0.0], [1.0]])
    """
    shown, given = np.asarray(stimuli), np.asarray(responses, dtype=float)
    if shown.ndim != 1 or shown.shape != given.shape[:1] or not shown.size:
        raise ValueError(f"stimuli must have one value for every row of responses, but they have the shapes {shown.shape} "
                         f"and {given.shape}.")
    if (shown != shown).any():
        raise ValueError(f"a stimulus must not be NaN, but that of trial {int(np.flatnonzero(shown != shown)[0])} is.")
    rows = given.reshape(len(given), -1)
    values, which = np.unique(shown, return_inverse=True)
    groups = [rows[which == i] for i in range(len(values))]
    return values, np.stack([group.mean(axis=0) for group in groups]), np.stack([group.std(axis=0) for group in groups])
