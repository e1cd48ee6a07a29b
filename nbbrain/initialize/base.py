"""`Initializer`: what makes the first values of a parameter or a state."""
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.sizes import Size

__all__ = ["Initializer", "RandomInitializer", "as_array"]


class Initializer(ABC):
    """Makes an array of a size; a subclass defines ``__call__``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> class Ramp(bp.init.Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return bm.linspace(0., 1., shape[0])
    >>> bp.init.parameter(Ramp(), (3,))
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """

    @abstractmethod
    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> Any:
        """Make an array.

        Parameters
        ----------
        shape : int or sequence of int
            Its size.
        dtype : dtype-like, optional
            Its dtype; by default ``bm.float_``.

        Returns
        -------
        Array
        """

    def __repr__(self) -> str:
        return type(self).__name__


class RandomInitializer(Initializer):
    """An initializer that draws random numbers.

    Parameters
    ----------
    seed : int, optional
        Makes the numbers reproducible; by default they come from the global ``bm.random.DEFAULT``.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._own = None if seed is None else bm.random.RandomState(seed)

    @property
    def rng(self) -> Any:
        """The generator that the numbers come from."""
        return bm.random.DEFAULT if self._own is None else self._own


def as_array(values: Any, dtype: DTypeLike | None) -> bm.Array:
    """An array of numbers in a dtype, by default ``bm.float_``."""
    return bm.Array(values, np.dtype(bm.float_ if dtype is None else dtype))
