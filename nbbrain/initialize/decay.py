"""Weights within one population that depend on the distance of two neurons."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import nbbrain.math as bm
from nbbrain.initialize.base import Initializer, as_array
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["DOGDecay", "GaussianDecay"]


def distances(size: tuple[int, ...], encoding_values: Any, periodic_boundary: bool,
              rows: slice = slice(None)) -> np.ndarray:
    """The distance of some neurons from every neuron of a population, shape (rows, n); neurons count in C order.

    Parameters
    ----------
    size : tuple of int
        The size of the population.
    encoding_values : None, (float, float) or sequence of (float, float)
        Where neurons lie along every axis: n neurons at equal distances from the first value up to, and without,
        the second. None means at 0, 1, 2...
    periodic_boundary : bool
        Whether the two ends of every axis meet, so that the shorter way round counts.
    rows : slice
        Which neurons; all by default.
    """
    square = np.zeros((len(range(size2num(size))[rows]), size2num(size)))
    for axis, (start, stop) in enumerate(_ranges(size, encoding_values)):
        line = np.linspace(start, stop, size[axis], endpoint=False)
        place = np.broadcast_to(line.reshape([-1 if i == axis else 1 for i in range(len(size))]), size).reshape(-1)
        apart = np.abs(place[rows, None] - place[None, :])
        if periodic_boundary:
            apart = np.minimum(apart, abs(stop - start) - apart)
        square += apart**2
    return np.sqrt(square)


def _ranges(size: tuple[int, ...], encoding_values: Any) -> list[tuple[float, float]]:
    if encoding_values is None:
        return [(0.0, float(n)) for n in size]
    pairs = [encoding_values] if np.ndim(encoding_values) == 1 else list(encoding_values)
    if np.shape(pairs) != (len(size), 2):
        raise ValueError(f"encoding_values must be a pair of numbers for every axis of the size {size}, but got "
                         f"{encoding_values!r}.")
    return [(float(start), float(stop)) for start, stop in pairs]


class _Decay(Initializer):
    """Weights that are a function of the distance."""

    def __init__(self, min_w: float, encoding_values: Any, periodic_boundary: bool, include_self: bool,
                 normalize: bool) -> None:
        self.min_w, self.encoding_values, self.periodic_boundary = min_w, encoding_values, periodic_boundary
        self.include_self, self.normalize = include_self, normalize

    @abstractmethod
    def weights(self, distance: np.ndarray) -> np.ndarray:
        """The weight of two neurons at a distance."""

    def __call__(self, shape: Size, dtype: DTypeLike | None = None) -> bm.Array:
        """Make the weights ``(n, n)`` within a population of n neurons of a size."""
        weights = self.weights(distances(to_size(shape), self.encoding_values, self.periodic_boundary))
        weights[np.abs(weights) < self.min_w] = 0.0
        if not self.include_self:
            np.fill_diagonal(weights, 0.0)
        return as_array(weights, dtype)


class GaussianDecay(_Decay):
    r"""Weights that fall off with the distance as a Gaussian, :math:`w = w_{max} \exp(-d^2 / 2 \sigma^2)`.

    Parameters
    ----------
    sigma : float
        The width, in the unit of ``encoding_values``.
    max_w : float
        The weight at distance 0.
    min_w : float, optional
        Weights below it (in size) are 0; by default ``0.005 * max_w``.
    encoding_values : (float, float) or sequence of (float, float), optional
        What the neurons encode along every axis of the population, at equal distances from the first value up to, and
        without, the second; by default their index.
    periodic_boundary : bool
        Whether the two ends of every axis meet.
    include_self : bool
        Whether the weight of a neuron with itself is kept; otherwise it is 0.
    normalize : bool
        Accepted for compatibility: the Gaussian is 1 at distance 0, normalized or not.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.GaussianDecay(sigma=1., max_w=1.)(3).round(3).tolist()[0]
    [1.0, 0.6069999933242798, 0.13500000536441803]
    """

    def __init__(self, sigma: float, max_w: float, min_w: float | None = None, encoding_values: Any = None,
                 periodic_boundary: bool = False, include_self: bool = True, normalize: bool = False) -> None:
        super().__init__(0.005 * abs(max_w) if min_w is None else min_w, encoding_values, periodic_boundary,
                         include_self, normalize)
        self.sigma, self.max_w = sigma, max_w

    def weights(self, distance: np.ndarray) -> np.ndarray:
        """The weight of two neurons at a distance."""
        return self.max_w * np.exp(-0.5 * (distance / self.sigma) ** 2)

    def __repr__(self) -> str:
        return f"GaussianDecay(sigma={self.sigma}, max_w={self.max_w})"


class DOGDecay(_Decay):
    r"""Weights that are a difference of Gaussians: excitation nearby, inhibition further away ("Mexican hat").

    .. math:: w = w_1 \exp(-d^2 / 2 \sigma_1^2) - w_2 \exp(-d^2 / 2 \sigma_2^2)

    Parameters
    ----------
    sigmas : (float, float)
        The widths, in the unit of ``encoding_values``.
    max_ws : (float, float)
        The weights of the two Gaussians at distance 0.
    min_w : float, optional
        Weights below it (in size) are 0; by default ``0.005 * min(max_ws)``.
    encoding_values, periodic_boundary, include_self
        See `GaussianDecay`.
    normalize : bool
        Accepted for compatibility: both Gaussians are 1 at distance 0, normalized or not.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.init.DOGDecay(sigmas=(1., 2.5), max_ws=(1., 0.7))(4).round(3).tolist()[0]
    [0.30000001192092896, -0.03999999910593033, -0.37299999594688416, -0.33000001311302185]
    """

    def __init__(self, sigmas: Sequence[float], max_ws: Sequence[float], min_w: float | None = None,
                 encoding_values: Any = None, periodic_boundary: bool = False, normalize: bool = True,
                 include_self: bool = True) -> None:
        if len(sigmas) != 2 or len(max_ws) != 2:
            raise ValueError(f"DOGDecay has two Gaussians, but got sigmas={sigmas!r} and max_ws={max_ws!r}.")
        super().__init__(0.005 * min(abs(w) for w in max_ws) if min_w is None else min_w, encoding_values,
                         periodic_boundary, include_self, normalize)
        self.sigmas, self.max_ws = tuple(sigmas), tuple(max_ws)

    def weights(self, distance: np.ndarray) -> np.ndarray:
        """The weight of two neurons at a distance."""
        near, far = [np.exp(-0.5 * (distance / sigma) ** 2) for sigma in self.sigmas]
        return self.max_ws[0] * near - self.max_ws[1] * far

    def __repr__(self) -> str:
        return f"DOGDecay(sigmas={self.sigmas}, max_ws={self.max_ws})"
