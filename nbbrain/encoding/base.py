"""`Encoder`: what turns values into spikes."""
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["Encoder", "check_range", "check_steps", "scaled"]


class Encoder(bm.BrainPyObject, ABC):
    """Turns values into spikes over several steps; a subclass defines ``__call__``.

    Parameters
    ----------
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> class Threshold(bp.encoding.Encoder):
    ...     def __call__(self, x, num_step=1):
    ...         return bm.stack([x > 0.5] * num_step)
    >>> Threshold()(bm.asarray([0.2, 0.7]), num_step=2).tolist()
    [[False, True], [False, True]]
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)

    @abstractmethod
    def __call__(self, x: Any, num_step: int | None = None) -> Any:
        """The spikes of some values, in a number of steps.

        Parameters
        ----------
        x : array
            The values.
        num_step : int, optional
            The number of steps.

        Returns
        -------
        Array, shape (num_step, *x.shape)
            1 where there is a spike, else 0.
        """


def scaled(x: Any, min_val: float, max_val: float) -> Any:
    """Values as parts of a range, within [0, 1]."""
    return bm.clip((bm.asarray(x) - min_val) / (max_val - min_val), 0., 1.)


def check_range(min_val: Any, max_val: Any) -> tuple[float, float]:
    """The two ends of a range, or a ValueError where they are none."""
    if not (np.ndim(min_val) == np.ndim(max_val) == 0 and min_val < max_val):
        raise ValueError(f"min_val must be a number below max_val, but got {min_val!r} and {max_val!r}.")
    return float(min_val), float(max_val)


def check_steps(name: str, value: Any) -> int:
    """A number of steps, or a ValueError where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, but got {value!r}.")
    return int(value)
