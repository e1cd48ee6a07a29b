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
