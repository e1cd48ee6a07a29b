"""Metrics of batches, and their means as reported."""
from __future__ import annotations

import numpy as np
import pytest

from nbbrain.train.history import History


def test_a_report_is_the_mean_since_the_last_one():
    history = History()
    for loss in (1., 3., 8.):
        history.add("fit", {"loss": loss, "accuracy": loss / 10})
    means = history.report("fit")
    assert means == pytest.approx({"loss": 4., "accuracy": 0.4})
    history.add("fit", {"loss": 6., "accuracy": 0.1})
    history.report("fit")
    np.testing.assert_allclose(history.get("fit", "loss", "report"), [4., 6.])
    np.testing.assert_allclose(history.get("fit", "accuracy", "report"), [0.4, 0.1])
    np.testing.assert_array_equal(history.get("fit", "loss", "detailed"), [1., 3., 8., 6.])


def test_what_is_forgotten_is_in_no_report_and_stays_in_detail():
    history = History()
    history.add("fit", {"loss": 100.})
    history.forget()
    history.add("fit", {"loss": 2.})
    assert history.report("fit") == {"loss": 2.}
    np.testing.assert_array_equal(history.get("fit", "loss", "detailed"), [100., 2.])


def test_phases_are_kept_apart():
    history = History()
    history.add("fit", {"loss": 1.})
    history.report("fit")
    history.add("test", {"loss": 2.})
    history.report("test")
    assert history.get("fit", "loss", "report").tolist() == [1.]
    assert history.get("test", "loss", "report").tolist() == [2.]


@pytest.mark.parametrize("phase, metric, which, message", [
    ("train", "loss", "report", "phase must be 'fit' or 'test', but got 'train'"),
    ("fit", "loss", "all", "which must be 'report' or 'detailed', but got 'all'"),
    ("fit", "accuracy", "report", r"no metric 'accuracy' was measured in phase 'fit'; there are: \['loss'\]"),
    ("test", "loss", "detailed", "no metric 'loss' was measured in phase 'test'; there are: none"),
])
def test_what_was_not_measured(phase, metric, which, message):
    history = History()
    history.add("fit", {"loss": 1.})
    history.report("fit")
    for _ in range(2):  # asking leaves no trace
        with pytest.raises(ValueError, match=message):
            history.get(phase, metric, which)


def test_rows_of_epochs_as_columns():
    history = History()
    history.epochs = [{"epoch": 0, "loss": 2.}, {"epoch": 1, "loss": 1., "rate 0": 0.5}]
    table = history.to_dict()
    assert table["loss"] == [2., 1.] and table["epoch"] == [0, 1]
    np.testing.assert_array_equal(table["rate 0"], [np.nan, 0.5])


def test_a_file_with_a_line_for_every_epoch(tmp_path):
    history = History()
    history.epochs = [{"epoch": 0, "loss": 0.1}, {"epoch": 1, "loss": 1 / 3}]
    history.to_csv(tmp_path / "history.csv")
    lines = (tmp_path / "history.csv").read_text().splitlines()
    assert lines[0] == "epoch,loss" and [float(line.split(",")[1]) for line in lines[1:]] == [0.1, 1 / 3]


def test_a_plot_has_a_panel_for_every_metric():
    pytest.importorskip("matplotlib")
    history = History()
    with pytest.raises(ValueError, match="there are: none"):
        history.plot()
    row = {"lr": 0.1, "test_loss": 2., "rate 0": 0.2, "seconds": 1.}
    history.epochs = [{"epoch": i, **row, "loss": 1. / (i + 1)} for i in range(4)]
    panels = history.plot().axes
    assert [panel.get_ylabel() for panel in panels] == ["lr", "loss"]
    training, test = panels[1].lines
    np.testing.assert_allclose(training.get_xydata(), [[i, 1 / (i + 1)] for i in range(4)])
    np.testing.assert_allclose(test.get_ydata(), 2.)
    assert [panel.get_ylabel() for panel in history.plot(["rate 0"]).axes] == ["rate 0"]
    with pytest.raises(ValueError, match="no metric accuracy was measured over epochs; there are: epoch, lr, test_loss"):
        history.plot(["accuracy"])


def test_all_of_it_in_a_checkpoint(tmp_path):
    from nbbrain import checkpoints

    first, second = History(), History()
    for loss in (1. / 3, float("nan"), 1e-300):
        first.add("fit", {"loss": loss})
        first.report("fit")
    first.epochs = [{"epoch": 0, "loss": 1. / 3, "other": float("inf")}]
    checkpoints.save(tmp_path, first.state_dict(), step=0)
    second.add("test", {"loss": 5.})
    second.load_state_dict(checkpoints.load(tmp_path))
    assert second.epochs == first.epochs and dict(second.reported["test"]) == {}
    np.testing.assert_array_equal(second.get("fit", "loss", "detailed"), first.get("fit", "loss", "detailed"))
    second.add("fit", {"loss": 2.})
    assert second.report("fit") == {"loss": 2.}
