"""Plots show what they were given; without matplotlib an error says what is missing."""
from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

import nbbrain as bp
from nbbrain.errors import PackageMissingError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

T = np.arange(100) * 0.1
X = np.stack([np.sin(T), np.cos(T), T / 10], axis=1)


@pytest.fixture(autouse=True)
def _clean_figures():
    import matplotlib.pyplot as plt

    with matplotlib.rc_context():
        yield
    plt.close("all")


def axes():
    figure, grid = bp.visualize.get_figure(1, 1)
    return figure.add_subplot(grid[0, 0])


def pictures(path):
    """The frames of a GIF, as arrays."""
    image = pytest.importorskip("PIL.Image").open(path)
    with image:
        for i in range(image.n_frames):
            image.seek(i)
            yield np.asarray(image.convert("RGB"), dtype=int)


def test_get_figure():
    figure, grid = bp.visualize.get_figure(2, 3, row_len=2, col_len=4)
    assert figure.get_size_inches().tolist() == [12, 4] and grid.get_geometry() == (2, 3)


def test_remove_axis():
    ax = axes()
    bp.visualize.remove_axis(ax, "top", "right")
    assert [ax.spines[side].get_visible() for side in ("top", "right", "left", "bottom")] == [False, False, True, True]
    with pytest.raises(ValueError, match=r"a side must be one of .* but got 'middle'"):
        bp.visualize.remove_axis(ax, "middle")


def test_plot_style1():
    bp.visualize.plot_style1(fontsize=11, axes_edgecolor="red", figsize="7,3", lw=2)
    figure = __import__("matplotlib.pyplot").pyplot.figure()
    assert figure.get_size_inches().tolist() == [7, 3]
    ax = figure.add_subplot()
    ax.set_xlabel("x")
    assert ax.xaxis.label.get_fontsize() == 11 and ax.spines["left"].get_edgecolor() == (1, 0, 0, 1)
    with pytest.raises(ValueError, match="as '5,4', but got '5x4'"):
        bp.visualize.plot_style1(figsize="5x4")


@pytest.mark.parametrize("plot_ids, expected", [(None, [0, 1, 2]), (1, [1]), ([2, 0], [2, 0]), (np.arange(2), [0, 1])])
def test_line_plot(plot_ids, expected):
    ax = axes()
    given = bp.visualize.line_plot(T, X.reshape(100, 3, 1), plot_ids, ax=ax, xlim=(0, 5), ylabel="y", title="title",
                                   legend="V", lw=3)
    assert given is ax
    assert all(np.array_equal(line.get_ydata(), X[:, i]) for line, i in zip(ax.get_lines(), expected, strict=True))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == \
        (["V"] if len(expected) == 1 else [f"V-{i}" for i in expected])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("Time (ms)", "y", "title")
    assert ax.get_xlim() == (0, 5) and ax.get_lines()[0].get_linewidth() == 3


def test_a_plot_goes_to_the_current_axes_and_is_shown_if_wanted(monkeypatch):
    import matplotlib.pyplot as plt

    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.gcf()))
    figure, ax = plt.subplots()
    assert bp.visualize.line_plot(T, X[:, 0]) is ax and not shown
    assert bp.visualize.raster_plot(T, X > 0.9, show=True) is ax and shown == [figure]


def test_raster_plot():
    spikes = X > 0.95
    ax = bp.visualize.raster_plot(T, spikes, ax=axes(), color="r", ylim=(-1, 3))
    (points,) = ax.get_lines()
    rows, index = np.nonzero(spikes)
    assert np.array_equal(points.get_xdata(), T[rows]) and np.array_equal(points.get_ydata(), index)
    assert points.get_linestyle() == "None" and points.get_color() == "r" and points.get_marker() == "."
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_ylim()) == ("Time (ms)", "Neuron index", (-1, 3))


def test_animate_1d(tmp_path):
    waves = np.sin(np.arange(30) / 5 + np.arange(9)[:, None])
    path = tmp_path / "waves.gif"
    animation = bp.visualize.animate_1D([waves, {"ys": -waves, "xs": np.arange(30) * 2, "legend": "twice"}],
                                        {"ys": np.zeros(30), "legend": "zero"}, frame_step=2, figsize=(2, 2), gif_dpi=40,
                                        save_path=path, show=False, xlabel="x", color="k")
    ax = animation._fig.axes[0]
    assert len(list(pictures(path))) == 5
    assert np.array_equal(ax.get_lines()[0].get_ydata(), waves[8]) and ax.get_title() == "Time: 0.90 ms"
    assert ax.get_xlim() == (0, 58) and ax.get_ylim()[0] < -1 and ax.get_xlabel() == "x"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["twice", "zero"]


def test_animate_2d(tmp_path):
    values = np.zeros((4, 2, 3))
    values[np.arange(4), [0, 0, 1, 1], [0, 2, 0, 2]] = 1.0
    path = tmp_path / "plane.gif"
    animation = bp.visualize.animate_2D(values.reshape(4, 6), (2, 3), dt=1.0, cmap="gray", frame_delay=100, figsize=(3, 2),
                                        gif_dpi=50, save_path=str(path), show=False)
    frames = list(pictures(path))
    assert len(frames) == 4 and not any(np.array_equal(a, b) for a, b in itertools.pairwise(frames))
    (mesh,) = animation._fig.axes[0].collections
    assert np.array_equal(mesh.get_array(), values[3]) and mesh.get_clim() == (0, 1)


def test_an_animation_is_shown_if_wanted(monkeypatch, tmp_path):
    import matplotlib.pyplot as plt

    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(True))
    bp.visualize.animate_2D(np.zeros((1, 4)), (2, 2), save_path=tmp_path / "one.gif")
    assert shown == [True]


def test_a_video_needs_ffmpeg(monkeypatch):
    import matplotlib.animation as animation

    monkeypatch.setattr(animation.writers, "is_available", lambda name: False)
    with pytest.raises(ValueError, match=r"must end with '.gif' where .* ffmpeg is not installed, but got 'a.mp4'"):
        bp.visualize.animate_2D(np.zeros((2, 4)), (2, 2), save_path="a.mp4", show=False)


@pytest.mark.parametrize("call, message", [
    (lambda: bp.visualize.line_plot(T[:5], X), r"\(5,\) and \(100, 3\)"),
    (lambda: bp.visualize.raster_plot(T[:5], X), r"times has the shape \(5,\)"),
    (lambda: bp.visualize.animate_1D({"y": X}), r"dict of 'ys' .* one of \['y'\]"),
    (lambda: bp.visualize.animate_1D([X, X[:5]]), r"one number of steps.*\(100, 3\), \(5, 3\)"),
    (lambda: bp.visualize.animate_2D(X, (1, 3), frame_step=0), "frame_step must be at least 1, but got 0"),
    (lambda: bp.visualize.animate_2D(X, (2, 2)), r"\(100, 3\) and \(2, 2\)"),
])
def test_what_cannot_be_plotted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for call in (lambda: bp.visualize.get_figure(1, 1), lambda: bp.visualize.line_plot(T, X), bp.visualize.plot_style1,
                 lambda: bp.visualize.raster_plot(T, X), lambda: bp.visualize.animate_2D(X, (1, 3)),
                 lambda: bp.visualize.animate_1D(X)):
        with pytest.raises(PackageMissingError, match="pip install matplotlib"):
            call()
