"""Progress is a bar where tqdm is installed and wanted, and lines of text else."""
from __future__ import annotations

import importlib.util

import pytest

from nbbrain.train.progress import Progress


def show(bar: bool) -> None:
    progress = Progress(2, bar)
    for epoch in range(2):
        progress.report(f"Train {epoch} epoch, loss 0.25", {"loss": 0.25})
        progress.advance()
    progress.close()


def test_lines(capsys):
    show(bar=False)
    assert capsys.readouterr() == ("Train 0 epoch, loss 0.25\nTrain 1 epoch, loss 0.25\n", "")


def test_a_bar(capsys):
    pytest.importorskip("tqdm")
    show(bar=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "2/2" in err and "loss=0.25" in err and "epoch" in err


def test_lines_without_tqdm(capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    show(bar=True)
    assert capsys.readouterr().out.count("Train") == 2
