"""Plots of weights: who is connected with whom, and how strongly."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nbbrain.visualization.figures import axes_for, finish

__all__ = ["weight_histogram", "weight_plot"]


def weight_plot(weights: Any, ax: Any = None, cmap: Any = "RdBu_r", limit: float | None = None, colorbar: bool = True,
                xlabel: str | None = "Postsynaptic neuron", ylabel: str | None = "Presynaptic neuron",
                title: str | None = None, show: bool = False, **kwargs: Any) -> Any:
    """Plot a matrix of weights, each as a colour; 0 has the colour in the middle.

    Parameters
    ----------
    weights : array, shape (pre, post)
        The weights; NaN is left white.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    cmap : str or matplotlib.colors.Colormap
        The colours, from the most negative to the most positive weight.
    limit : float, optional
        The weight that has the last colour, and less 0 the first; by default the largest absolute value.
    colorbar : bool
        Whether a bar shows what colours mean.
    xlabel, ylabel : str, optional
        The labels of the axes.
    title : str, optional
        A title.
    show : bool
        Whether to show the figure at once.
    **kwargs
        For ``Axes.imshow``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        For weights that are no matrix, and for a limit that is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> ax = bp.visualize.weight_plot(np.array([[0., -2.], [1., 0.]]), ax=figure.add_subplot(grid[0, 0]))
    >>> ax.images[0].get_clim()
    (-2.0, 2.0)
    """
    matrix = np.asarray(weights, dtype=float)
    if matrix.ndim != 2 or not matrix.size:
        raise ValueError(f"weights must have the shape (pre, post), but got {matrix.shape}.")
    sizes = np.abs(matrix[np.isfinite(matrix)])
    largest = float(sizes.max(initial=0.)) or 1. if limit is None else float(limit)
    if not largest > 0.:
        raise ValueError(f"limit must be positive, but got {limit!r}.")
    ax = axes_for(ax)
    image = ax.imshow(matrix, **{"cmap": cmap, "vmin": -largest, "vmax": largest, "aspect": "auto",
                                 "interpolation": "nearest", **kwargs})
    if colorbar:
        ax.figure.colorbar(image, ax=ax)
    return finish(ax, show, xlabel=xlabel, ylabel=ylabel, title=title)


def weight_histogram(weights: Any, bins: int = 50, ax: Any = None, density: bool = False, xlabel: str | None = "Weight",
                     ylabel: str | None = None, xlim: Any = None, ylim: Any = None, title: str | None = None,
                     show: bool = False, **kwargs: Any) -> Any:
    """Plot how often weights of every size are, of one array or of several over one another.

    Parameters
    ----------
    weights : array, or dict of arrays by name
        The weights, of any shape. Several have the same bins, and a legend.
    bins : int
        How many bins there are between the least and the largest weight.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    density : bool
        Whether every histogram has an area of 1.
    xlabel, ylabel : str, optional
        The labels of the axes.
    xlim, ylim : (float, float), optional
        Their limits.
    title : str, optional
        A title.
    show : bool
        Whether to show the figure at once.
    **kwargs
        For ``Axes.stairs``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        For weights that are not finite, or none, and for less than one bin.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> weights = {'before': np.array([0., 0., 1.]), 'after': np.array([0., 2., 2.])}
    >>> ax = bp.visualize.weight_histogram(weights, bins=2, ax=figure.add_subplot(grid[0, 0]))
    >>> [patch.get_data().values.tolist() for patch in ax.patches]
    [[2, 1], [1, 2]]
    """
    named = weights if isinstance(weights, Mapping) else {"": weights}
    arrays = {name: np.asarray(each, dtype=float).ravel() for name, each in named.items()}
    for name, array in arrays.items():
        if not array.size or not np.isfinite(array).all():
            raise ValueError(f"weights must be finite numbers, but {f'those of {name!r}' if name else 'some'} are not, or "
                             f"there are none.")
    if not arrays or bins < 1:
        raise ValueError(f"a histogram needs weights and at least one bin, but got {len(arrays)} arrays and {bins} bins.")
    edges = np.histogram_bin_edges(np.concatenate(list(arrays.values())), bins=bins)
    ax = axes_for(ax)
    for name, array in arrays.items():
        counts, _ = np.histogram(array, edges, density=density)
        ax.stairs(counts, edges, **{"fill": True, "alpha": 0.6 if len(arrays) > 1 else 1., "label": name or None, **kwargs})
    if any(arrays):
        ax.legend()
    label = ("Density" if density else "Number of synapses") if ylabel is None else ylabel
    return finish(ax, show, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=label, title=title)
