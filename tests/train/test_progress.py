"""Progress is a bar where tqdm is installed and wanted, and lines of text else."""
from __future__ import annotations

import importlib.util

import pytest

from nbbrain.train.progress import Progress, is_watched


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


def test_a_bar_over_steps(capsys):
    pytest.importorskip("tqdm")
    progress = Progress(2, True, steps=3)
    for _ in range(2):
        for _ in range(3):
            progress.step()
        progress.advance()
    progress.say("a line")
    progress.close()
    out, err = capsys.readouterr()
    assert "6/6" in err and "epoch 2/2" in err and "step/s" in err and out == "a line\n"


def test_the_first_epoch_tells_how_many_steps_there_are(capsys):
    pytest.importorskip("tqdm")
    progress = Progress(3, True)
    for _ in range(2):
        for _ in range(4):
            progress.step()
        progress.advance()
    progress.close()
    assert "8/12" in capsys.readouterr().err


def test_a_training_that_goes_on_begins_in_the_middle(capsys):
    pytest.importorskip("tqdm")
    Progress(4, True, steps=5, done=2).close()
    err = capsys.readouterr().err
    assert "epoch 2/4" in err and "10/20" in err


def test_lines_where_nobody_watches(monkeypatch):
    class Output:
        def __init__(self, terminal):
            self.terminal = terminal

        def isatty(self):
            return self.terminal

    for terminal in (True, False):
        monkeypatch.setattr("sys.stdout", Output(terminal))
        assert is_watched() is terminal


def test_a_bar_shows_the_loss_of_the_last_step(capsys):
    pytest.importorskip("tqdm")
    progress = Progress(1, True, steps=1)
    progress.step({"loss": 0.5})
    progress.close()
    assert "loss=0.5" in capsys.readouterr().err
