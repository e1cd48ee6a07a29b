"""How much recordings of several neurons, or matrices, have in common."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = ["cross_correlation", "functional_connectivity", "matrix_correlation", "voltage_fluctuation",
           "weighted_correlation"]

_METHODS = ("loop", "vmap")


def recording(name: str, values: Any, axes: int = 2, dtype: Any = None) -> np.ndarray:
    """A recording as an array, or a ValueError if it has another number of axes."""
    array = np.asarray(values, dtype=dtype)
    if array.ndim != axes:
        raise ValueError(f"{name} must have {axes} axes, but got an array of shape {array.shape}.")
    return array


def given_back(values: Any, numpy: bool) -> Any:
    """A result as NumPy's array, or as nbbrain's."""
    return np.asarray(values) if numpy else bm.Array(np.asarray(values), bm.float_)


def _check_method(method: str) -> None:
    if method not in _METHODS:
        raise ValueError(f"method must be one of {_METHODS}, but got {method!r}.")


def cross_correlation(spikes: Any, bin: float, dt: float | None = None, numpy: bool = True, method: str = "loop") -> Any:
    r"""How synchronous neurons fire: the mean over all pairs of their cross correlation at zero lag.

    Time is divided into K bins of width :math:`\tau`. With :math:`X_i(l) = 1` where neuron i fires in bin l, else 0,

    .. math:: \kappa_{ij}(\tau) = \frac{\sum_l X_i(l) X_j(l)}{\sqrt{\sum_l X_i(l) \sum_l X_j(l)}}

    is 1 where two neurons fire in the same bins. (Wang & Buzsaki, 1996, "Gamma oscillation by synaptic inhibition in a
    hippocampal interneuronal network model".)

    Parameters
    ----------
    spikes : array, shape (time, neurons)
        Non-zero where a neuron fires.
    bin : float
        The width of a bin, in ms.
    dt : float, optional
        The time step, in ms; the environment's by default.
    numpy : bool
        Whether the result is NumPy's or an `Array`.
    method : {'loop', 'vmap'}
        Accepted for compatibility; all pairs are computed at once.

    Returns
    -------
    float
        The mean over pairs. A neuron that never fires has no correlation with any other: 0.

    Raises
    ------
    ValueError
        When there are less than two neurons, or a bin is shorter than a step.

    Examples
    --------
    >>> import numpy as np
    >>> spikes = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 1, 0]])
    >>> float(cross_correlation(spikes, bin=.2, dt=.1).round(3))
    0.805
    """
    _check_method(method)
    fired = recording("spikes", spikes) != 0
    step = bm.get_dt() if dt is None else dt
    length = math.floor(bin / step + 1e-6)
    if length < 1 or fired.shape[1] < 2:
        raise ValueError(f"cross_correlation needs two neurons or more and bins of one step or more, but got "
                         f"{fired.shape[1]} neurons and a bin of {bin} ms with dt = {step} ms.")
    binned = np.zeros((-(-len(fired) // length) * length, fired.shape[1]), dtype=bool)
    binned[:len(fired)] = fired
    states = np.any(binned.reshape(-1, length, fired.shape[1]), axis=1).astype(np.float64)
    counts = states.sum(axis=0)
    size = np.sqrt(np.outer(counts, counts))
    pairs = np.divide(states.T @ states, size, out=np.zeros_like(size), where=size > 0)
    return given_back(pairs[np.triu_indices_from(pairs, 1)].mean(), numpy)


def voltage_fluctuation(potentials: Any, numpy: bool = True, method: str = "loop") -> Any:
    r"""How synchronous potentials are: the variance of their mean, compared with the mean of their variances.

    .. math:: \chi^2 = \frac{\sigma_V^2}{\frac 1 N \sum_i \sigma_{V_i}^2}, \qquad V(t) = \frac 1 N \sum_i V_i(t)

    is 1 where all neurons do the same, and about 1 / N where they are independent (Golomb & Rinzel, 1993, "Dynamics of
    globally coupled inhibitory neurons with heterogeneity").

    Parameters
    ----------
    potentials : array, shape (time, neurons)
        The membrane potentials.
    numpy : bool
        Whether the result is NumPy's or an `Array`.
    method : {'loop', 'vmap'}
        Accepted for compatibility; all neurons are computed at once.

    Returns
    -------
    float
        The measure; 1 where no potential changes at all.

    Examples
    --------
    >>> import numpy as np
    >>> V = np.sin(np.arange(100))[:, None]
    >>> float(voltage_fluctuation(V * np.array([1., 1.])).round(9))
    1.0
    >>> float(voltage_fluctuation(V * np.array([1., -1.])).round(9))
    0.0
    """
    _check_method(method)
    V = recording("potentials", potentials, dtype=np.float64)
    each = V.var(axis=0).mean()
    return given_back(V.mean(axis=1).var() / each if each > 0 else 1.0, numpy)


def matrix_correlation(x: Any, y: Any, numpy: bool = True) -> Any:
    """Pearson's correlation of what stands above the diagonals of two matrices, such as functional connectivities.

    Parameters
    ----------
    x, y : array, shape (n, n)
        The matrices.
    numpy : bool
        Whether the result is NumPy's or an `Array`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        When x or y is no matrix, or they have different shapes.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.).reshape(3, 3)
    >>> float(matrix_correlation(x, -x).round(9))
    -1.0
    """
    first, second = recording("x", x), recording("y", y)
    if first.shape != second.shape:
        raise ValueError(f"x and y must have one shape, but got {first.shape} and {second.shape}.")
    above = np.triu_indices_from(first, 1)
    return given_back(np.corrcoef(first[above], second[above])[0, 1], numpy)


def functional_connectivity(activities: Any, numpy: bool = True) -> Any:
    """Pearson's correlation of the activities of every two neurons, or regions.

    Parameters
    ----------
    activities : array, shape (time, neurons)
        The activities.
    numpy : bool
        Whether the result is NumPy's or an `Array`.

    Returns
    -------
    array, shape (neurons, neurons)
        The correlations; 0 with an activity that does not change.

    Raises
    ------
    ValueError
        When the activities have not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> functional_connectivity(np.array([[0., 1., 5.], [1., 0., 5.]])).round(9).tolist()
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    apart = recording("activities", activities, dtype=np.float64)
    constant = apart.max(axis=0, initial=-np.inf) == apart.min(axis=0, initial=np.inf)
    apart = np.where(constant, 0.0, apart - apart.mean(axis=0))
    size = np.sqrt((apart**2).sum(axis=0))
    norm = np.outer(size, size)
    return given_back(np.clip(np.divide(apart.T @ apart, norm, out=np.zeros_like(norm), where=norm > 0), -1.0, 1.0), numpy)


def weighted_correlation(x: Any, y: Any, w: Any, numpy: bool = True) -> Any:
    r"""Pearson's correlation of two series in which values have weights.

    .. math:: \frac{c(x, y)}{\sqrt{c(x, x)\, c(y, y)}}, \quad c(x, y) = m((x - m(x)) (y - m(y))), \quad
              m(x) = \frac{\sum_i w_i x_i}{\sum_i w_i}

    Parameters
    ----------
    x, y : array, shape (n,)
        The series.
    w : array, shape (n,)
        The weights.
    numpy : bool
        Whether the result is NumPy's or an `Array`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        When x, y and w are not vectors of one length.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.array([1., 2., 3., 9.]), np.array([2., 4., 6., 0.])
    >>> float(weighted_correlation(x, y, w=np.array([1., 1., 1., 0.])).round(9))
    1.0
    """
    first, second, weights = [recording(name, values, 1, np.float64) for name, values in (("x", x), ("y", y), ("w", w))]
    if not first.shape == second.shape == weights.shape:
        raise ValueError(f"x, y and w must have one length, but got {first.size}, {second.size} and {weights.size}.")
    a, b = first - np.average(first, weights=weights), second - np.average(second, weights=weights)
    covariance = np.average(a * b, weights=weights)
    return given_back(covariance / np.sqrt(np.average(a * a, weights=weights) * np.average(b * b, weights=weights)), numpy)
