"""Plots of recordings over time."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.measure import raster_plot as raster_points
from nbbrain.visualization.figures import axes_for, chosen_curves, finish

__all__ = ["line_plot", "raster_plot"]


def line_plot(ts: Any, val_matrix: Any, plot_ids: Any = None, ax: Any = None, xlim: Any = None, ylim: Any = None,
              xlabel: str | None = "Time (ms)", ylabel: str | None = None, legend: str | None = None,
              title: str | None = None, show: bool = False, **kwargs: Any) -> Any:
    """Plot recorded values over time, a line for each neuron.

    Parameters
    ----------
    ts : array, shape (time,)
        The times.
    val_matrix : array, shape (time, ...)
        The values; all axes but the first count as one.
    plot_ids : int or sequence of int, optional
        Which neurons; all by default.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    xlim, ylim : (float, float), optional
        The limits of the axes.
    xlabel, ylabel : str, optional
        Their labels.
    legend : str, optional
        A name for the lines, to which the index is added where there are several.
    title : str, optional
        A title.
    show : bool
        Whether to show the figure at once.
    **kwargs
        For ``Axes.plot``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        When there are not as many times as values.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> t = np.arange(0., 10., .1)
    >>> ax = bp.visualize.line_plot(t, np.stack([np.sin(t), np.cos(t)], 1), legend='x', ax=figure.add_subplot(grid[0, 0]))
    >>> [line.get_label() for line in ax.get_lines()]
    ['x-0', 'x-1']
    """
    times, values = np.asarray(ts), np.asarray(val_matrix)
    if times.shape != values.shape[:1]:
        raise ValueError(f"ts must be the times of the first axis of val_matrix, but they have the shapes {times.shape} "
                         f"and {values.shape}.")
    lines = values.reshape(len(values), -1)
    ax = axes_for(ax)
    for index, label in chosen_curves(lines.shape[1], plot_ids, legend):
        ax.plot(times, lines[:, index], **{**label, **kwargs})
    if legend is not None:
        ax.legend()
    return finish(ax, show, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel, title=title)


def raster_plot(ts: Any, sp_matrix: Any, ax: Any = None, marker: str = ".", markersize: float = 2, color: Any = "k",
                xlabel: str | None = "Time (ms)", ylabel: str | None = "Neuron index", xlim: Any = None,
                ylim: Any = None, title: str | None = None, show: bool = False, **kwargs: Any) -> Any:
    """Plot who fires, and when: a point for each spike.

    Parameters
    ----------
    ts : array, shape (time,)
        The times.
    sp_matrix : array, shape (time, neurons)
        Above 0 where a neuron fires.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    marker, markersize, color
        What a point looks like.
    xlabel, ylabel : str, optional
        The labels of the axes.
    xlim, ylim : (float, float), optional
        Their limits.
    title : str, optional
        A title.
    show : bool
        Whether to show the figure at once.
    **kwargs
        For ``Axes.plot``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        When there are not as many times as rows.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> spikes = np.eye(5)
    >>> ax = bp.visualize.raster_plot(np.arange(5) * .1, spikes, ax=figure.add_subplot(grid[0, 0]))
    >>> ax.get_lines()[0].get_ydata().tolist()
    [0, 1, 2, 3, 4]
    """
    index, time = raster_points(sp_matrix, ts)
    ax = axes_for(ax)
    ax.plot(time, index, linestyle="none", marker=marker, markersize=markersize, color=color, **kwargs)
    return finish(ax, show, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel, title=title)
