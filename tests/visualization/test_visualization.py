"""Plots show what they were given; without matplotlib an error says what is missing."""
from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.errors import PackageMissingError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

T = np.arange(100) * 0.1
X = np.stack([np.sin(T), np.cos(T), T / 10], axis=1)


@pytest.fixture(autouse=True)
def _style_restored():
    with matplotlib.rc_context():
        yield


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


def test_weight_plot():
    weights = np.random.default_rng(0).normal(size=(4, 7))
    ax = bp.visualize.weight_plot(bm.TrainVar(bm.asarray(weights)), ax=axes(), title="W")
    image = ax.images[0]
    np.testing.assert_allclose(image.get_array(), weights, rtol=1e-6)
    assert image.get_clim() == pytest.approx((-np.abs(weights).max(), np.abs(weights).max()))
    middle = image.cmap(image.norm(0.))
    assert min(middle[:3]) > 0.95  # no weight, no colour
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("Postsynaptic neuron", "Presynaptic neuron", "W")
    assert len(ax.figure.axes) == 2
    ax = bp.visualize.weight_plot(np.zeros((2, 2)), ax=axes(), limit=3., colorbar=False, cmap="gray")
    assert ax.images[0].get_clim() == (-3., 3.) and ax.images[0].cmap.name == "gray" and len(ax.figure.axes) == 1


def test_weight_histogram():
    rng = np.random.default_rng(0)
    both = {"before": rng.normal(size=(20, 10)), "after": rng.normal(2., 1., size=300)}
    ax = bp.visualize.weight_histogram(both, bins=12, ax=axes())
    edges = np.linspace(min(both["before"].min(), both["after"].min()), max(both["before"].max(), both["after"].max()), 13)
    for patch, weights in zip(ax.patches, both.values(), strict=True):
        np.testing.assert_allclose(patch.get_data().edges, edges)
        assert patch.get_data().values.sum() == weights.size
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["before", "after"]
    assert ax.get_ylabel() == "Number of synapses"
    ax = bp.visualize.weight_histogram(both["after"], ax=axes(), density=True, xlim=(-5, 5))
    counts, edges, _ = ax.patches[0].get_data()
    assert counts @ np.diff(edges) == pytest.approx(1.) and ax.get_legend() is None and ax.get_xlim() == (-5, 5)


def history(losses, tests=()):
    """A history of epochs with these losses."""
    found = bp.train.History()
    found.epochs = [{"epoch": i, "loss": loss} | ({"test_loss": tests[i]} if tests else {}) for i, loss in enumerate(losses)]
    return found


def test_loss_plot_of_one_training():
    with bm.training_environment():
        trainer = bp.BPFF(bp.layers.Dense(1, 1), "mean_squared_error", bp.optim.SGD(0.1), progress_bar=False)
    x = np.ones((2, 1), np.float32)
    trainer.fit([(x, x)], test_data=[(x, 2 * x)], num_epoch=3)
    for given in (trainer, trainer.history):
        ax = bp.visualize.loss_plot(given, ax=axes(), log=True)
        training, test = ax.get_lines()
        np.testing.assert_array_equal(training.get_ydata(), trainer.train_losses)
        np.testing.assert_array_equal(test.get_ydata(), trainer.test_losses)
        assert training.get_xdata().tolist() == [0, 1, 2] and ax.get_yscale() == "log"
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "test"]
        assert (ax.get_xlabel(), ax.get_ylabel(), test.get_linestyle()) == ("Epoch", "loss", "--")


def test_loss_plot_of_several_trainings():
    runs = {"a": history([3., 2.]), "b": history([2., 1.], [4., 3.])}
    ax = bp.visualize.loss_plot(runs, ax=axes(), linewidth=2, ylabel="error")
    a, b, tests = ax.get_lines()
    assert [line.get_ydata().tolist() for line in (a, b, tests)] == [[3., 2.], [2., 1.], [4., 3.]]
    assert [line.get_label() for line in (a, b, tests)] == ["a", "b", "b, test"]
    assert b.get_color() == tests.get_color() != a.get_color() and tests.get_linewidth() == 2 and ax.get_ylabel() == "error"
    ax = bp.visualize.loss_plot(list(runs.values()), ax=axes(), test=False)
    assert [line.get_label() for line in ax.get_lines()] == ["0", "1"]
    with pytest.raises(TypeError, match=r"takes histories of trainings, or trainers, but got \[1, 2\]"):
        bp.visualize.loss_plot({"c": [1, 2]}, ax=axes())


def test_tuning_plot():
    rng = np.random.default_rng(0)
    angles = rng.permutation(np.repeat([0., 30., 60., 90.], 5))
    rates = np.stack([angles, 90 - angles], axis=1) + rng.normal(size=(20, 2))
    ax = bp.visualize.tuning_plot(angles, rates, ax=axes(), legend="neuron")
    for line, band, neuron in zip(ax.get_lines(), ax.collections, range(2), strict=True):
        assert line.get_xdata().tolist() == [0., 30., 60., 90.]
        for x, mean in line.get_xydata():
            shown = rates[angles == x, neuron]
            assert mean == pytest.approx(shown.mean())
            edges = sorted({y for a, y in band.get_paths()[0].vertices if a == x})
            assert (edges[0], edges[-1]) == pytest.approx((shown.mean() - shown.std(), shown.mean() + shown.std()))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["neuron-0", "neuron-1"]
    ax = bp.visualize.tuning_plot(angles, rates, 1, ax=axes(), deviation=False, color="k", xlabel="orientation")
    assert len(ax.get_lines()) == 1 and not ax.collections and ax.get_xlabel() == "orientation"


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


@pytest.mark.parametrize("window", [None, 2.])
def test_animate_raster(tmp_path, window):
    """The last picture has all spikes, or those in the window."""
    spikes = np.random.default_rng(0).random((9, 5)) < 0.4
    path = tmp_path / "spikes.gif"
    animation = bp.visualize.animate_raster(spikes, window, dt=0.5, frame_step=2, figsize=(3, 2), gif_dpi=40,
                                            save_path=path, show=False, color="r")
    assert len(list(pictures(path))) == 5
    ax = animation._fig.axes[0]
    points, present = ax.get_lines()
    times, index = np.nonzero(spikes)
    seen = times >= (0 if window is None else 5)  # a step begins 0.5 ms before its spikes
    np.testing.assert_array_equal(points.get_xdata(), 0.5 * (times[seen] + 1))
    np.testing.assert_array_equal(points.get_ydata(), index[seen])
    assert present.get_xdata() == [4.5, 4.5] and ax.get_xlim() == ((0., 4.5) if window is None else (2.5, 4.5))
    assert ax.get_title() == "Time: 4.50 ms" and points.get_color() == "r"


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
    (lambda: bp.visualize.animate_raster(T), r"shape \(time, neurons\), but got \(100,\)"),
    (lambda: bp.visualize.animate_raster(X, window=0.), "window must be a time above 0 ms, but got 0.0"),
    (lambda: bp.visualize.weight_plot(T), r"shape \(pre, post\), but got \(100,\)"),
    (lambda: bp.visualize.weight_plot(X, limit=-1.), "limit must be positive, but got -1.0"),
    (lambda: bp.visualize.weight_histogram({"W": X, "V": X + np.nan}), "those of 'V' are not"),
    (lambda: bp.visualize.weight_histogram(X, bins=0), "1 arrays and 0 bins"),
    (lambda: bp.visualize.loss_plot(history([1.]), "accuracy"), "no metric 'accuracy' was measured; there are: epoch, loss"),
    (lambda: bp.visualize.loss_plot({"a": bp.train.History()}), "was measured in 'a'; there are: none"),
    (lambda: bp.visualize.tuning_plot(T[:5], X), r"\(5,\) and \(100, 3\)"),
])
def test_what_cannot_be_plotted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for call in (lambda: bp.visualize.get_figure(1, 1), lambda: bp.visualize.line_plot(T, X), bp.visualize.plot_style1,
                 lambda: bp.visualize.raster_plot(T, X), lambda: bp.visualize.animate_2D(X, (1, 3)),
                 lambda: bp.visualize.animate_1D(X), lambda: bp.visualize.animate_raster(X),
                 lambda: bp.visualize.weight_plot(X), lambda: bp.visualize.weight_histogram(X),
                 lambda: bp.visualize.loss_plot(history([1.])), lambda: bp.visualize.tuning_plot(T, X)):
        with pytest.raises(PackageMissingError, match="pip install matplotlib"):
            call()
