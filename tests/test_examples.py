"""The examples run, and leave behind what they promise."""
from __future__ import annotations

import json
import math
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nbbrain.backends import get_backend

EXAMPLES = Path(__file__).parents[1] / "examples"


class Resources(HTMLParser):
    """Gathers the tags of a page, and the addresses in their attributes and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "poster")]

    def handle_data(self, data):
        assert "url(" not in data and "@import" not in data


def test_digits(tmp_path):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    run = subprocess.run([sys.executable, str(EXAMPLES / "digits.py"), "--epochs", "2", "--output", str(tmp_path / "demo")],
                         capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stderr

    metrics = json.loads((tmp_path / "demo" / "metrics.json").read_text())
    assert metrics["backend"] == get_backend().name
    assert metrics["test_accuracy"] > 0.7  # of ten digits, after two epochs
    assert metrics["train_seconds"] > 0 and math.isclose(metrics["seconds_per_epoch"], metrics["train_seconds"] / 2)
    first, second = metrics["loss"]
    assert second < first

    page = tmp_path / "demo" / "index.html"
    resources = Resources()
    resources.feed(page.read_text())
    assert resources.tags.count("img") == 3 and not {"script", "link", "iframe"} & set(resources.tags)
    assert len(resources.addresses) == 3
    assert all(address.startswith("data:image/png;base64,") for address in resources.addresses)
    assert f"Test accuracy on 360 digits: {metrics['test_accuracy']:.3f}" in run.stdout
    assert run.stdout.rstrip().endswith(f"Page: {page.resolve()}")
