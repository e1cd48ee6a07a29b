"""Values as firing rates."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.encoding.base import Encoder, check_range, check_steps, scaled

__all__ = ["PoissonEncoder"]


class PoissonEncoder(Encoder):
    """In every step there is a spike with a probability that is the value.

    Parameters
    ----------
    min_val, max_val : float, optional
        The values whose probabilities are 0 and 1, and what lies beyond is taken for them. Without them, values are
        probabilities.
    seed : int, optional
        Makes the spikes reproducible.

    Raises
    ------
    ValueError
        When only one end of the range is given, or they are in the wrong order.

    Examples
    --------
    >>> import nbbrain as bp
    >>> encoder = bp.encoding.PoissonEncoder(min_val=0., max_val=255., seed=1)
    >>> spikes = encoder(bp.math.asarray([0., 51., 255.]), num_step=1000)
    >>> spikes.shape, spikes.mean(axis=0).round(1).tolist()
    ((1000, 3), [0.0, 0.20000000298023224, 1.0])
    """

    def __init__(self, min_val: float | None = None, max_val: float | None = None, seed: int | None = None) -> None:
        super().__init__()
        if (min_val is None) != (max_val is None):
            raise ValueError(f"min_val and max_val must both be given or none, but got {min_val!r} and {max_val!r}.")
        if min_val is not None:
            min_val, max_val = check_range(min_val, max_val)
        self.min_val, self.max_val = min_val, max_val
        self.rng = bm.random.default_rng(seed)

    def __call__(self, x: Any, num_step: int | None = None) -> Any:
        """Draw spikes.

        Parameters
        ----------
        x : array
            The values.
        num_step : int, optional
            The number of steps. Without it, the spikes of one step are returned, in the shape of x.

        Returns
        -------
        Array, shape (num_step, *x.shape)
            1 where there is a spike, else 0.
        """
        values = bm.asarray(x)
        if self.min_val is not None and self.max_val is not None:
            values = scaled(values, self.min_val, self.max_val)
        shape = values.shape if num_step is None else (check_steps("num_step", num_step), *values.shape)
        return bm.asarray(self.rng.random(shape) < values, dtype=bm.float_)
