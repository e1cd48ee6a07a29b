"""The page of a training holds all that it shows, and nothing that is executed or fetched."""
from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.train import page

X = np.random.default_rng(3).random((6, 20, 2)).astype(np.float32)
VOID = {"meta", "line", "circle", "rect", "polyline"}
NAMES = ("chromium", "chromium-browser", "google-chrome", "firefox")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)


class Page(HTMLParser):
    """The tags, text and addresses of a page; every tag is closed in its order."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.words, self.attributes = [], [], [], []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        assert "url(" not in data and "@import" not in data
        self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


def needs_nothing(read):
    """Whether a page runs nothing and fetches nothing."""
    names = {name for name, _ in read.attributes}
    return (not {"script", "link", "iframe", "object", "embed", "img", "form", "a"} & set(read.tags)
            and not {"src", "href", "srcset", "data", "xlink:href"} & names
            and not any(name.startswith("on") for name in names))


def model():
    with bm.training_environment():
        return bp.Sequential(bp.layers.Dense(2, 2, W_initializer=np.eye(2) * 3),
                             bp.neurons.LIF(2, V_th=1., V_reset=0., tau=1.), bp.layers.Dense(2, 1), name="tiny")


def trained(path, loss="mean_squared_error", **options):
    trainer = bp.BPTT(model(), loss, bp.optim.Adam(0.01), progress_bar=False, dt=1.)
    trainer.fit([(X, X[..., :1])], [(X, X[..., :1])], **{"num_epoch": 3, "report": path, **options})
    return trainer


def test_what_is_on_the_page(tmp_path):
    file = tmp_path / "pages" / "run.html"
    trainer = trained(file, metrics={"largest": lambda p, t: np.abs(np.asarray(p) - t).max()})
    read = Page(file.read_text(encoding="utf-8"))
    assert needs_nothing(read)
    assert [path.name for path in file.parent.iterdir()] == ["run.html"]
    for word in ("Training of tiny", "after 3 of 3 epochs", "Curves", "Weights and gradients", "Firing rates",
                 "Configuration", "Environment", "mean_squared_error",
                 "Adam(lr=Constant(lr=0.01)", "python", "numpy", "StopOnNonFinite"):
        assert word in read.text, word
    labels = [value for name, value in read.attributes if name == "aria-label"]
    assert labels[:4] == ["lr", "loss", "largest", "gradient norm"] and "spikes per step and neuron" in labels
    for name, variable in trainer.train_vars.items():
        assert name in read.text and str(variable.shape) in read.text and f"histogram of {name}" in labels
    assert f"{trainer.history.epochs[-1]['test_loss']:.5g}" in read.text


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_training_that_failed_has_its_page_too(tmp_path):
    def loss(predictions, targets):
        return bm.mean(bm.log(-bm.abs(predictions - 1)))

    with pytest.raises(bp.train.NonFiniteError):
        trained(tmp_path / "run.html", loss)
    read = Page((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert "in epoch 0 with NonFiniteError: the loss is nan" in " ".join(read.text.split()) and needs_nothing(read)


def test_all_text_is_escaped(tmp_path):
    class Stop(bp.train.Callback):
        def on_epoch_end(self, fit):
            fit.row['<b>"&'] = 1.
            fit.stop("<script>alert(1)</script>")

    trained(tmp_path / "run.html", callbacks=[Stop()], metrics={"<i>m</i>": lambda p, t: 1.})
    read = Page((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert needs_nothing(read) and not {"b>", "i"} & set(read.tags)
    assert "<script>alert(1)</script>" in read.text and "<i>m</i>" in read.text


@pytest.mark.parametrize("path", ["run.txt", 3, "run"])
def test_other_files_are_refused(path):
    with pytest.raises(ValueError, match=r"report must be the path of a file that ends in \.html"):
        trained(path)


def points(drawing):
    """The places of the curves of a drawing."""
    found = [value for name, value in Page(drawing).attributes if name == "points"]
    return [np.array([pair.split(",") for pair in one.split()], float) for one in found]


def test_a_curve_goes_through_its_points():
    """Places on the drawing depend on the numbers by two straight lines."""
    x, y = [1, 2, 3, 5], [2., 4., 3., 1.]
    (where,) = points(page.chart("title", x, {"a": y}))
    for given, drawn, sign in ((x, where[:, 0], 1), (y, where[:, 1], -1)):
        slope, offset = np.polyfit(given, drawn, 1)
        np.testing.assert_allclose(np.polyval([slope, offset], given), drawn, atol=0.11)
        assert sign * slope > 0
    assert where.min() >= 0 and np.all(where.max(axis=0) <= (340, 200))


def test_a_wide_range_is_drawn_logarithmically():
    (where,) = points(page.chart("title", [1, 2, 3], {"a": [1., 100., 10000.]}))
    np.testing.assert_allclose(np.diff(where[:, 1], 2), 0, atol=0.11)


@pytest.mark.parametrize("y, curves", [([np.nan, 1., np.inf, 2.], 1), ([1., 1., 1., 1.], 1), ([np.nan] * 4, 0),
                                       ([0., 0., 0., 0.], 1), ([np.nan, 1e-300, np.nan, np.nan], 0)])
def test_numbers_that_cannot_be_drawn_are_left_out(y, curves):
    drawing = page.chart("title", [1, 2, 3, 4], {"a": y})
    assert len(points(drawing)) == curves
    assert "nan" not in drawing and "inf" not in drawing


@pytest.mark.skipif(BROWSER is None, reason="no browser is installed")
def test_a_browser_draws_it(tmp_path):
    trained(tmp_path / "run.html")
    picture = tmp_path / "picture.png"
    options = (["--headless", f"--screenshot={picture}"] if "firefox" in str(BROWSER) else
               ["--headless", "--no-sandbox", "--disable-gpu", f"--screenshot={picture}"])
    subprocess.run([str(BROWSER), *options, (tmp_path / "run.html").as_uri()], capture_output=True, check=True, timeout=120)
    assert picture.stat().st_size > 5000
