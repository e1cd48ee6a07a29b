"""Plots of what was measured while training."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbbrain.visualization.figures import axes_for, finish

__all__ = ["loss_plot"]

_FEW = 30
"""Curves of fewer epochs have points, too."""


def loss_plot(histories: Any, metric: str = "loss", test: bool = True, ax: Any = None, xlim: Any = None, ylim: Any = None,
              xlabel: str | None = "Epoch", ylabel: str | None = None, log: bool = False, title: str | None = None,
              show: bool = False, **kwargs: Any) -> Any:
    """Plot the loss, or another metric, of one training or of several over the epochs.

    Parameters
    ----------
    histories : History, trainer, or sequence or dict of these
        What was measured: ``trainer.history``, or the trainer that has it. Of several, those in a dict have its names.
    metric : str
        Which column of the histories.
    test : bool
        Whether test data have their curve, too, which is dashed.
    ax : matplotlib.axes.Axes, optional
        Where to plot; by default the current axes.
    xlim, ylim : (float, float), optional
        The limits of the axes.
    xlabel, ylabel : str, optional
        Their labels; that of y is the metric by default.
    log : bool
        Whether the metric has a logarithmic axis.
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
    TypeError
        For what is no history.
    ValueError
        For a metric that was not measured.

    Examples
    --------
    >>> import nbbrain as bp
    >>> slow, fast = bp.train.History(), bp.train.History()
    >>> slow.epochs = [{'epoch': 0, 'loss': 1.}, {'epoch': 1, 'loss': .8}]
    >>> fast.epochs = [{'epoch': 0, 'loss': .5, 'test_loss': .6}, {'epoch': 1, 'loss': .3, 'test_loss': .5}]
    >>> figure, grid = bp.visualize.get_figure(1, 1)
    >>> ax = bp.visualize.loss_plot({'slow': slow, 'fast': fast}, ax=figure.add_subplot(grid[0, 0]))
    >>> [line.get_label() for line in ax.get_lines()]
    ['slow', 'fast', 'fast, test']
    """
    tables = {name: _columns(each) for name, each in _named(histories).items()}
    for name, table in tables.items():
        if metric not in table:
            raise ValueError(f"no metric {metric!r} was measured{f' in {name!r}' if name else ''}; there are: "
                             f"{', '.join(table) or 'none'}.")
    ax = axes_for(ax)
    for name, table in tables.items():
        given = {"marker": "." if len(table["epoch"]) < _FEW else None, **kwargs}
        (line,) = ax.plot(table["epoch"], table[metric], **{"label": name or "training", **given})
        key = f"test_{metric}"
        if test and key in table:
            ax.plot(table["epoch"], table[key], **{**given, "label": f"{name}, test" if name else "test", "linestyle": "--",
                                                   "color": line.get_color()})
    if len(ax.get_lines()) > 1:
        ax.legend()
    return finish(ax, show, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=metric if ylabel is None else ylabel, title=title,
                  yscale="log" if log else None)


def _named(histories: Any) -> dict[str, Any]:
    """Histories by name; one alone has none."""
    if isinstance(histories, Mapping):
        return dict(histories)
    if isinstance(histories, (list, tuple)):
        return {str(i): each for i, each in enumerate(histories)}
    return {"": histories}


def _columns(history: Any) -> dict[str, list[float]]:
    """The columns of a history, or of the trainer that has it."""
    found = getattr(history, "history", history)
    if not callable(getattr(found, "to_dict", None)):
        raise TypeError(f"loss_plot takes histories of trainings, or trainers, but got {history!r}.")
    columns: dict[str, list[float]] = found.to_dict()
    return columns
