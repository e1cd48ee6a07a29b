"""Plots of what neurons do for different stimuli."""
from __future__ import annotations

from typing import Any

from nbbrain.measure import tuning_curves
from nbbrain.visualization.figures import axes_for, chosen_curves, finish

__all__ = ["tuning_plot"]


def tuning_plot(stimuli: Any, responses: Any, plot_ids: Any = None, ax: Any = None, deviation: bool = True, xlim: Any = None,
                ylim: Any = None, xlabel: str | None = "Stimulus", ylabel: str | None = "Response",
                legend: str | None = None, title: str | None = None, show: bool = False, **kwargs: Any) -> Any:
    """Plot the mean response to every stimulus, a curve for each neuron, and a band of one standard deviation around it.

    Parameters
    ----------
    stimuli : array, shape (trials,)
        What was shown in every trial; a stimulus may be shown more than once.
    responses : array, shape (trials, ...)
        What neurons did, such as their firing rates; all axes but the first count as one.
    plot_ids : int or sequence of int, optional
        Which neurons; all by default.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    deviation : bool
        Whether there are bands; see `bp.measure.tuning_curves`.
    xlim, ylim : (float, float), optional
        The limits of the axes.
    xlabel, ylabel : str, optional
        Their labels.
    legend : str, optional
        A name for the curves, to which the index is added where there are several.
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
        When there are not as many stimuli as responses.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> angles = np.tile([0., 45., 90.], 2)
    >>> rates = np.array([[1.], [4.], [1.], [2.], [6.], [1.]])
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> ax = bp.visualize.tuning_plot(angles, rates, ax=figure.add_subplot(grid[0, 0]), xlabel='orientation (degrees)')
    >>> ax.get_lines()[0].get_ydata().tolist()
    [1.5, 5.0, 1.0]
    """
    values, means, deviations = tuning_curves(stimuli, responses)
    ax = axes_for(ax)
    for index, label in chosen_curves(means.shape[1], plot_ids, legend):
        (line,) = ax.plot(values, means[:, index], **{"marker": ".", **label, **kwargs})
        if deviation:
            ax.fill_between(values, means[:, index] - deviations[:, index], means[:, index] + deviations[:, index],
                            color=line.get_color(), alpha=0.2, linewidth=0)
    if legend is not None:
        ax.legend()
    return finish(ax, show, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel, title=title)
