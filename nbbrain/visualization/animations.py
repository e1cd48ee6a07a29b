"""Recordings as moving pictures."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.measure import raster_plot as raster_points
from nbbrain.visualization.figures import pyplot

__all__ = ["animate_1D", "animate_2D", "animate_raster"]


def _animated(figure: Any, draw: Callable[[int], Any], steps: int, *, title_of: Any, dt: float | None, frame_delay: float,
              frame_step: int, title_size: float, gif_dpi: int | None, video_fps: int | None, save_path: str | None,
              show: bool) -> Any:
    """An animation of some steps of a recording, saved and shown if wanted."""
    from matplotlib.animation import FuncAnimation, PillowWriter

    step = bm.get_dt() if dt is None else dt

    def frame(i: int) -> None:
        draw(i)
        title_of.set_title(f"Time: {(i + 1) * step:.2f} ms", fontsize=title_size, fontweight="bold")

    animation = FuncAnimation(figure, frame, frames=range(0, steps, frame_step), init_func=lambda: None,
                              interval=frame_delay, repeat_delay=3000)
    if save_path is not None:
        path = str(save_path)
        rate = max(1, round(1000.0 / frame_delay)) if video_fps is None else video_fps
        if path.endswith(".gif"):
            animation.save(path, dpi=gif_dpi, writer=PillowWriter(fps=rate))
        else:
            animation.save(path if path.endswith(".mp4") else f"{path}.mp4", writer="ffmpeg", fps=rate, bitrate=3000)
    if show:
        pyplot().show()
    return animation


def _checked(frame_step: int, save_path: str | None) -> Any:
    """``matplotlib.pyplot``, where the animation can be made with it."""
    plt = pyplot()
    from matplotlib.animation import writers

    if frame_step < 1:
        raise ValueError(f"frame_step must be at least 1, but got {frame_step}.")
    if save_path is not None and not str(save_path).endswith(".gif") and not writers.is_available("ffmpeg"):
        raise ValueError(f"save_path must end with '.gif' where the program ffmpeg is not installed, but got "
                         f"{str(save_path)!r}.")
    return plt


def _curves(given: Any) -> list[dict[str, Any]]:
    """Curves as dictionaries of 'ys', 'xs' and 'legend'."""
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    curves = []
    for item in items:
        curve = dict(item) if isinstance(item, dict) else {"ys": item}
        unknown = set(curve) - {"ys", "xs", "legend"}
        if "ys" not in curve or unknown:
            raise ValueError(f"a curve must be an array or a dict of 'ys' and, if wanted, 'xs' and 'legend', but got one of "
                             f"{sorted(curve)}.")
        ys = np.asarray(curve["ys"])
        xs = np.arange(ys.shape[-1]) if curve.get("xs") is None else np.asarray(curve["xs"])
        curves.append({"ys": ys, "xs": xs, "legend": curve.get("legend")})
    return curves


def animate_1D(dynamical_vars: Any, static_vars: Any = (), dt: float | None = None, xlim: Any = None, ylim: Any = None,
               xlabel: str | None = None, ylabel: str | None = None, frame_delay: float = 50., frame_step: int = 1,
               title_size: float = 10, figsize: Any = None, gif_dpi: int | None = None, video_fps: int | None = None,
               save_path: str | None = None, show: bool = True, **kwargs: Any) -> Any:
    """Curves that change in time, such as the activity along a line of neurons.

    Parameters
    ----------
    dynamical_vars : array, dict, or sequence of these
        What changes: an array (time, neurons), or a dict of it as ``'ys'``, and, if wanted, of ``'xs'``, where the
        neurons are, and ``'legend'``, a name.
    static_vars : array, dict, or sequence of these
        What does not: an array (neurons,), or a dict as above.
    dt : float, optional
        The time step, in ms; the environment's by default.
    xlim, ylim : (float, float), optional
        The limits of the axes; by default all values are within.
    xlabel, ylabel : str, optional
        Their labels.
    frame_delay : float
        How long a picture is shown, in ms.
    frame_step : int
        Every how many steps there is a picture.
    title_size : float
        The size of the title, in points.
    figsize : (float, float), optional
        The size of the figure, in inches.
    gif_dpi : int, optional
        The resolution, in dots per inch, when saved as GIF.
    video_fps : int, optional
        Pictures per second when saved; by default, what ``frame_delay`` says.
    save_path : str, optional
        A file to save the animation to: a ``.gif``, or, with the program ffmpeg, an ``.mp4``.
    show : bool
        Whether to show it at once.
    **kwargs
        For ``Axes.plot``.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        It moves as long as it is kept.

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        When a curve is none, curves have different numbers of steps, or the file cannot be written.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> x = np.linspace(0., 6.28, 50)
    >>> waves = np.sin(x + np.arange(4)[:, None])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'waves.gif')
    ...     animation = bp.visualize.animate_1D({'ys': waves, 'xs': x}, show=False, save_path=path)
    ...     os.path.getsize(path) > 1000
    True
    """
    moving, still = _curves(dynamical_vars), _curves(static_vars)
    steps = {len(curve["ys"]) for curve in moving}
    if len(steps) != 1 or any(curve["ys"].ndim != 2 for curve in moving) or any(curve["ys"].ndim != 1 for curve in still):
        raise ValueError(f"dynamical_vars must be arrays (time, neurons) with one number of steps, and static_vars arrays "
                         f"(neurons,), but they have the shapes {[curve['ys'].shape for curve in moving]} and "
                         f"{[curve['ys'].shape for curve in still]}.")
    plt = _checked(frame_step, save_path)
    figure, ax = plt.subplots(figsize=figsize or (6, 6), constrained_layout=True)
    lines = [ax.plot(curve["xs"], curve["ys"][0], label=curve["legend"], **kwargs)[0] for curve in moving]
    for curve in still:
        ax.plot(curve["xs"], curve["ys"], label=curve["legend"], **kwargs)
    if any(curve["legend"] for curve in moving + still):
        ax.legend(loc="upper right")
    ax.set(xlim=_around([curve["xs"] for curve in moving + still], 0.0) if xlim is None else xlim,
           ylim=_around([curve["ys"] for curve in moving + still], 0.05) if ylim is None else ylim,
           xlabel=xlabel or "", ylabel=ylabel or "")

    def draw(i: int) -> None:
        for line, curve in zip(lines, moving, strict=True):
            line.set_ydata(curve["ys"][i])

    return _animated(figure, draw, steps.pop(), title_of=ax, dt=dt, frame_delay=frame_delay, frame_step=frame_step,
                     title_size=title_size, gif_dpi=gif_dpi, video_fps=video_fps, save_path=save_path, show=show)


def _around(arrays: Sequence[np.ndarray], margin: float) -> tuple[float, float]:
    """Limits that all values are within."""
    low, high = min(float(array.min()) for array in arrays), max(float(array.max()) for array in arrays)
    room = margin * (high - low) or (0.5 if low == high else 0.0)
    return low - room, high + room


def animate_2D(values: Any, net_size: Any, dt: float | None = None, val_min: float | None = None,
               val_max: float | None = None, cmap: Any = None, frame_delay: float = 10, frame_step: int = 1,
               title_size: float = 10, figsize: Any = None, gif_dpi: int | None = None, video_fps: int | None = None,
               save_path: str | None = None, show: bool = True) -> Any:
    """A plane of neurons whose values change in time, shown as colours.

    Parameters
    ----------
    values : array, shape (time, neurons)
        The values.
    net_size : (int, int)
        How many rows and columns of neurons there are.
    dt : float, optional
        The time step, in ms; the environment's by default.
    val_min, val_max : float, optional
        The values of the first and the last colour; by default the smallest and the largest value there is.
    cmap : str or matplotlib.colors.Colormap, optional
        The colours.
    frame_delay : float
        How long a picture is shown, in ms.
    frame_step : int
        Every how many steps there is a picture.
    title_size : float
        The size of the title, in points.
    figsize : (float, float), optional
        The size of the figure, in inches.
    gif_dpi : int, optional
        The resolution, in dots per inch, when saved as GIF.
    video_fps : int, optional
        Pictures per second when saved; by default, what ``frame_delay`` says.
    save_path : str, optional
        A file to save the animation to: a ``.gif``, or, with the program ffmpeg, an ``.mp4``.
    show : bool
        Whether to show it at once.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        It moves as long as it is kept.

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        When the values do not fit the size, or the file cannot be written.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'noise.gif')
    ...     animation = bp.visualize.animate_2D(np.random.rand(3, 12), net_size=(3, 4), show=False, save_path=path)
    ...     os.path.getsize(path) > 1000
    True
    """
    recorded, size = np.asarray(values, dtype=np.float64), tuple(net_size)
    if len(size) != 2 or recorded.size == 0 or recorded.shape[1:] not in (size, (size[0] * size[1],)):
        raise ValueError(f"values must have the shape (time, rows * columns) for a net_size (rows, columns), but got "
                         f"{recorded.shape} and {net_size!r}.")
    pictures = recorded.reshape(-1, *size)
    plt = _checked(frame_step, save_path)
    figure, ax = plt.subplots(figsize=figsize or (6, 6 * size[0] / size[1]), constrained_layout=True)
    mesh = ax.pcolormesh(pictures[0], cmap=cmap, vmin=recorded.min() if val_min is None else val_min,
                         vmax=recorded.max() if val_max is None else val_max)
    ax.set_aspect("equal")
    ax.set_axis_off()
    figure.colorbar(mesh, ax=ax)
    return _animated(figure, lambda i: mesh.set_array(pictures[i]), len(pictures), title_of=ax, dt=dt,
                     frame_delay=frame_delay, frame_step=frame_step, title_size=title_size, gif_dpi=gif_dpi,
                     video_fps=video_fps, save_path=save_path, show=show)


def animate_raster(sp_matrix: Any, window: float | None = None, dt: float | None = None, marker: str = ".",
                   markersize: float = 2, color: Any = "k", xlabel: str | None = "Time (ms)",
                   ylabel: str | None = "Neuron index", frame_delay: float = 50., frame_step: int = 1,
                   title_size: float = 10, figsize: Any = None, gif_dpi: int | None = None, video_fps: int | None = None,
                   save_path: str | None = None, show: bool = True, **kwargs: Any) -> Any:
    """Spikes as they are fired: a point for each, and a line at the present time.

    Parameters
    ----------
    sp_matrix : array, shape (time, neurons)
        Above 0 where a neuron fires.
    window : float, optional
        How long a spike is seen, in ms: the axis of time moves. By default all of the time is shown, and it fills.
    dt : float, optional
        The time step, in ms; the environment's by default.
    marker, markersize, color
        What a point looks like.
    xlabel, ylabel : str, optional
        The labels of the axes.
    frame_delay : float
        How long a picture is shown, in ms.
    frame_step : int
        Every how many steps there is a picture.
    title_size : float
        The size of the title, in points.
    figsize : (float, float), optional
        The size of the figure, in inches.
    gif_dpi : int, optional
        The resolution, in dots per inch, when saved as GIF.
    video_fps : int, optional
        Pictures per second when saved; by default, what ``frame_delay`` says.
    save_path : str, optional
        A file to save the animation to: a ``.gif``, or, with the program ffmpeg, an ``.mp4``.
    show : bool
        Whether to show it at once.
    **kwargs
        For ``Axes.plot``.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        It moves as long as it is kept.

    Raises
    ------
    PackageMissingError
        When matplotlib is not installed.
    ValueError
        When there are no steps or neurons, the window is not positive, or the file cannot be written.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import nbbrain as bp
    >>> spikes = np.random.default_rng(0).random((20, 30)) < 0.1
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'spikes.gif')
    ...     animation = bp.visualize.animate_raster(spikes, dt=1., frame_step=5, show=False, save_path=path)
    ...     os.path.getsize(path) > 1000
    True
    """
    fired = np.asarray(sp_matrix)
    if fired.ndim != 2 or not fired.size:
        raise ValueError(f"sp_matrix must have the shape (time, neurons), but got {fired.shape}.")
    if window is not None and not window > 0.:
        raise ValueError(f"window must be a time above 0 ms, but got {window!r}.")
    step = bm.get_dt() if dt is None else dt
    index, times = raster_points(fired, np.arange(1, len(fired) + 1) * step)
    plt = _checked(frame_step, save_path)
    figure, ax = plt.subplots(figsize=figsize or (6, 4), constrained_layout=True)
    (points,) = ax.plot([], [], linestyle="none", marker=marker, markersize=markersize, color=color, **kwargs)
    present = ax.axvline(0., color="0.6", linewidth=1)
    ax.set(xlim=(0., len(fired) * step), ylim=(-0.5, fired.shape[1] - 0.5), xlabel=xlabel or "", ylabel=ylabel or "")

    def draw(i: int) -> None:
        now = (i + 1) * step
        seen = slice(0 if window is None else np.searchsorted(times, now - window, "right"),
                     np.searchsorted(times, now, "right"))
        points.set_data(times[seen], index[seen])
        present.set_xdata([now, now])
        if window is not None:
            ax.set_xlim(now - window, now)

    return _animated(figure, draw, len(fired), title_of=ax, dt=step, frame_delay=frame_delay, frame_step=frame_step,
                     title_size=title_size, gif_dpi=gif_dpi, video_fps=video_fps, save_path=save_path, show=show)
