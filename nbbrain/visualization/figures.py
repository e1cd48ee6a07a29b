"""Figures and what they look like."""
from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from nbbrain.errors import PackageMissingError

__all__ = ["axes_for", "chosen_curves", "finish", "get_figure", "plot_style1", "pyplot", "remove_axis"]

_SIDES = ("left", "right", "top", "bottom")


def pyplot() -> Any:
    """``matplotlib.pyplot``, imported when it is needed.

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    """
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ImportError as error:
        raise PackageMissingError("bp.visualize needs matplotlib, which cannot be imported (pip install matplotlib): "
                                  f"{error}.") from error


def axes_for(ax: Any) -> Any:
    """The axes that were given, or else the current ones."""
    return pyplot().gca() if ax is None else ax


def chosen_curves(count: int, plot_ids: Any, legend: str | None) -> list[tuple[int, dict[str, str]]]:
    """The indices that were chosen among so many, and the label of each curve, as an option for ``Axes.plot``."""
    chosen: list[int] = list(range(count)) if plot_ids is None else np.atleast_1d(np.asarray(plot_ids)).tolist()
    if legend is None:
        return [(index, {}) for index in chosen]
    return [(index, {"label": legend if len(chosen) == 1 else f"{legend}-{index}"}) for index in chosen]


def finish(ax: Any, show: bool, **texts: Any) -> Any:
    """Set limits, labels and the title, those that are given, and show the figure."""
    ax.set(**{name: value for name, value in texts.items() if value is not None})
    if show:
        pyplot().show()
    return ax


def get_figure(row_num: int, col_num: int, row_len: float = 3, col_len: float = 6) -> tuple[Any, Any]:
    """A figure, and a grid of places for axes in it.

    Parameters
    ----------
    row_num, col_num : int
        How many rows and columns the grid has.
    row_len, col_len : float
        The height of a row and the width of a column, in inches.

    Returns
    -------
    figure : matplotlib.figure.Figure
    grid : matplotlib.gridspec.GridSpec
        ``figure.add_subplot(grid[i, j])`` makes axes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(2, 1)
    >>> axes = figure.add_subplot(grid[0, 0])
    >>> figure.get_size_inches().tolist()
    [6.0, 6.0]
    """
    figure = pyplot().figure(figsize=(col_num * col_len, row_num * row_len), constrained_layout=True)
    return figure, figure.add_gridspec(row_num, col_num)


def remove_axis(ax: Any, *pos: str) -> None:
    """Hide sides of the frame around axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes.
    *pos : {'left', 'right', 'top', 'bottom'}
        The sides.

    Raises
    ------
    ValueError
        When a side is none of these.

    Examples
    --------
    >>> import nbbrain as bp
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> axes = figure.add_subplot(grid[0, 0])
    >>> bp.visualize.remove_axis(axes, 'top', 'right')
    >>> axes.spines['top'].get_visible()
    False
    """
    for side in pos:
        if side not in _SIDES:
            raise ValueError(f"a side must be one of {_SIDES}, but got {side!r}.")
        ax.spines[side].set_visible(False)


def plot_style1(fontsize: float = 22, axes_edgecolor: str = "black", figsize: str = "5,4", lw: float = 1) -> None:
    """Make large text and plain frames the default of all figures from now on.

    Parameters
    ----------
    fontsize : float
        The size of all text, in points.
    axes_edgecolor : str
        The colour of frames.
    figsize : str
        The width and the height of a figure in inches, as ``'5,4'``.
    lw : float
        The width of lines, in points.

    Raises
    ------
    ValueError
        When the size of figures cannot be read.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import matplotlib
    >>> with matplotlib.rc_context():
    ...     bp.visualize.plot_style1(fontsize=14)
    ...     matplotlib.rcParams['axes.labelsize']
    14.0
    """
    try:
        width, height = [float(part) for part in figsize.split(",")]
    except (AttributeError, ValueError):
        raise ValueError(f"figsize must be two numbers in a text, as '5,4', but got {figsize!r}.") from None
    text = ("font.size", "axes.labelsize", "axes.titlesize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize",
            "figure.titlesize")
    pyplot().rcParams.update({
        **dict.fromkeys(text, fontsize), "figure.figsize": (width, height), "axes.edgecolor": axes_edgecolor,
        "axes.linewidth": lw, "lines.linewidth": lw, "legend.frameon": False})
