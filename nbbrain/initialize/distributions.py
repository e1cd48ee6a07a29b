"""Initial values drawn from one distribution, whatever the size."""
from __future__ import annotations

from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import RandomInitializer, as_array
from nbbrain.sizes import Size, to_size

__all__ = ["Exponential", "Gamma", "Normal", "Uniform"]


class Normal(RandomInitializer):
    """Normally distributed values.

    .. warning::
       The first argument is the **mean**. ``Normal(0.01)`` has mean 0.01 and standard deviation 1; write
       ``Normal(scale=0.01)`` for a standard deviation of 0.01.

    Parameters
    ----------
    mean : float
        The mean.
    scale : float
        The standard deviation.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> weights = bp.init.Normal(scale=0.01, seed=1)((200, 300))
    >>> round(float(weights.std()), 3)
    0.01
    """

    def __init__(self, mean: float = 0.0, scale: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.scale = mean, scale

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array."""
        return as_array(self.rng.normal(loc=self.mean, scale=self.scale, size=to_size(shape)), dtype)

    def __repr__(self) -> str:
        return f"Normal({f'mean={self.mean}, ' if self.mean else ''}scale={self.scale})"


class Uniform(RandomInitializer):
    """Uniformly distributed values.

    Parameters
    ----------
    min_val, max_val : float
        The limits.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> values = bp.init.Uniform(-70., -60., seed=1)(1000)
    >>> bool((values >= -70).all() and (values <= -60).all())
    True
    """

    def __init__(self, min_val: float = 0.0, max_val: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.min_val, self.max_val = min_val, max_val

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array."""
        return as_array(self.rng.uniform(low=self.min_val, high=self.max_val, size=to_size(shape)), dtype)

    def __repr__(self) -> str:
        return f"Uniform(min_val={self.min_val}, max_val={self.max_val})"


class Gamma(RandomInitializer):
    """Gamma distributed values, of mean ``shape * scale`` and variance ``shape * scale**2``.

    Parameters
    ----------
    shape : float
        The distribution's shape parameter.
    scale : float, optional
        Its scale; 1 by default.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> round(float(bp.init.Gamma(2., scale=0.5, seed=1)((100, 1000)).mean()), 1)
    1.0
    """

    def __init__(self, shape: float, scale: float | None = None, seed: int | None = None) -> None:
        super().__init__(seed)
        self.shape, self.scale = shape, scale

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array."""
        scale = 1.0 if self.scale is None else self.scale
        return as_array(self.rng.gamma(self.shape, scale=scale, size=to_size(shape)), dtype)

    def __repr__(self) -> str:
        return f"Gamma(shape={self.shape}, scale={self.scale})"


class Exponential(RandomInitializer):
    """Exponentially distributed values.

    Parameters
    ----------
    scale : float, optional
        The mean, that is the inverse of the rate; 1 by default.
    seed : int, optional
        Makes the numbers reproducible; by default they come from ``bm.random.DEFAULT``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> round(float(bp.init.Exponential(scale=0.5, seed=1)((100, 1000)).mean()), 1)
    0.5
    """

    def __init__(self, scale: float | None = None, seed: int | None = None) -> None:
        super().__init__(seed)
        self.scale = scale

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Draw an array."""
        scale = 1.0 if self.scale is None else self.scale
        return as_array(self.rng.exponential(scale=scale, size=to_size(shape)), dtype)

    def __repr__(self) -> str:
        return f"Exponential(scale={self.scale})"
