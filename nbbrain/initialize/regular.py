"""Initial values without chance."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import Initializer, as_array
from nbbrain.sizes import Size, to_size

__all__ = ["Constant", "Identity", "OneInit", "ZeroInit"]


class ZeroInit(Initializer):
    """Zeros.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.ZeroInit()(3)
    Array(value=Array([0., 0., 0.]), dtype=float32)
    """

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Make an array of zeros."""
        return as_array(np.zeros(to_size(shape)), dtype)


class OneInit(Initializer):
    """One value everywhere.

    Parameters
    ----------
    value : float or array-like
        The value; an array is broadcast to the size.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.OneInit(-65.)(2)
    Array(value=Array([-65., -65.]), dtype=float32)
    """

    def __init__(self, value: Any = 1.0) -> None:
        self.value = value

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Make an array of the value."""
        return as_array(np.full(to_size(shape), np.asarray(self.value)), dtype)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(value={self.value})"


class Constant(OneInit):
    """One value everywhere; another name of `OneInit`.

    Parameters
    ----------
    value : float or array-like
        The value; an array is broadcast to the size.
    """


class Identity(Initializer):
    """A multiple of the identity matrix (Le, Jaitly & Hinton, 2015, "A simple way to initialize recurrent networks").

    Parameters
    ----------
    value : float
        The value on the diagonal.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.Identity(value=0.4)((2, 3)).tolist()
    [[0.4000000059604645, 0.0, 0.0], [0.0, 0.4000000059604645, 0.0]]
    """

    def __init__(self, value: float = 1.0) -> None:
        self.value = value

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Make a matrix; one integer n is the size (n, n). More than two axes are a ValueError."""
        size = to_size(shape)
        if not 1 <= len(size) <= 2:
            raise ValueError(f"Identity makes a matrix, but got the size {size}.")
        return as_array(np.eye(size[0], size[-1]) * self.value, dtype)

    def __repr__(self) -> str:
        return f"Identity(value={self.value})"
