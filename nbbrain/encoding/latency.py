"""Values as times of a first spike."""
from __future__ import annotations

import math
from typing import Any

import nbbrain.math as bm
from nbbrain.encoding.base import Encoder, check_range, check_steps, scaled

__all__ = ["LatencyEncoder"]

_METHODS = ("linear", "log")
_LEAST = 1e-37


class LatencyEncoder(Encoder):
    r"""Every value has one spike in a period; the larger the value, the earlier.

    With x the value as a part of the range, and T steps in a period, the spike is in step

    .. math:: t = (T - 1) (1 - x)

    or, with ``method='log'``, in step

    .. math:: t = T - 1 - \ln(\alpha x + 1), \qquad \alpha = e^{T - 1} - 1,

    rounded to a whole number. Both go from T - 1 for the smallest value to 0 for the largest.

    Parameters
    ----------
    min_val, max_val : float
        The range of values; what lies beyond is taken for its ends.
    num_period : int
        The number T of steps.
    method : {'linear', 'log'}
        How times depend on values.

    Raises
    ------
    ValueError
        When an argument is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> encoder = bp.encoding.LatencyEncoder(min_val=0., max_val=1., num_period=3)
    >>> encoder(bp.math.asarray([0., 0.5, 1.])).tolist()
    [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """

    def __init__(self, min_val: float, max_val: float, num_period: int, method: str = "linear") -> None:
        super().__init__()
        if method not in _METHODS:
            raise ValueError(f"method must be one of {_METHODS}, but got {method!r}.")
        self.min_val, self.max_val = check_range(min_val, max_val)
        self.num_period, self.method = check_steps("num_period", num_period), method

    def __call__(self, x: Any, num_step: int | None = None) -> Any:
        """The spikes of some values.

        Parameters
        ----------
        x : array
            The values.
        num_step : int, optional
            The number of steps; one period by default. Beyond the period there are no spikes.

        Returns
        -------
        Array, shape (num_step, *x.shape)
            1 where there is a spike, else 0.
        """
        part = scaled(x, self.min_val, self.max_val)
        last = self.num_period - 1
        if self.method == "linear":
            late = (1. - part) * last
        else:  # without a power of e that overflows; the logarithm of 0 is not needed
            late = bm.where(part > 0., -bm.log(bm.maximum(part + (1. - part) * math.exp(-last), _LEAST)), last)
        steps = self.num_period if num_step is None else check_steps("num_step", num_step)
        return bm.one_hot(bm.asarray(bm.round(bm.minimum(late, last)), dtype=bm.int_), steps, axis=0)
