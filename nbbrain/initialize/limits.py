"""An initializer whose values are limited."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import Initializer, as_array
from nbbrain.sizes import Size, to_size

__all__ = ["Clip"]


class Clip(Initializer):
    """The values of another initializer, limited to [min, max].

    Parameters
    ----------
    init : Initializer or callable
        Makes the values.
    min, max : float, optional
        The limits; one that is None does not limit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.Clip(bp.init.Normal(seed=1), min=0.)(1000).min()
    Array(value=Array(0.), dtype=float32)
    """

    def __init__(self, init: Callable[..., Any], min: float | None = None, max: float | None = None) -> None:
        if not callable(init):
            raise ValueError(f"init must be an initializer or a function of a size, but got {init!r}.")
        self.init, self.min, self.max = init, min, max

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Make an array."""
        values = np.asarray(self.init(to_size(shape)))
        if self.min is not None:
            values = np.maximum(values, self.min)
        return as_array(values if self.max is None else np.minimum(values, self.max), dtype)

    def __repr__(self) -> str:
        return f"Clip(init={self.init!r}, min={self.min}, max={self.max})"
