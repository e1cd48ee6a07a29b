"""The examples with published results run, cut down, and leave the figures and the pictures that they promise."""
from __future__ import annotations

import json
import math
import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

# A script, the options that cut it down, and the packages that it needs beyond those of nbbrain.
SCRIPTS = [
    ("adding_problem", "--seeds 1 --batches 20", ()),
    ("copy_memory", "--seeds 1 --batches 2", ()),
    ("digits_compared", "--seeds 1 --epochs 1 --images 200", ("sklearn",)),
    ("esn_mackey_glass", "--seeds 2", ()),
    pytest.param("evidence_accumulation", "--seeds 1 --iterations 1 --batch 2", (), marks=pytest.mark.heavy),
    ("force_learning", "--seeds 1 --units 40 --periods 2", ()),
    ("integrator_rnn", "--seeds 1 --epochs 1", ()),
    ("ng_rc_lorenz", "--seeds 1", ("scipy",)),
    ("random_spike_patterns", "--seeds 1 --iterations 3", ()),
    ("store_recall", "--seeds 1 --updates 1 --batch 4", ()),
    ("yin_yang", "--seeds 1 --epochs 1", ()),
    ("yin_yang_eventprop", "--seeds 1 --epochs 1 --points 64", ()),
    ("yin_yang_spiking", "--seeds 1 --epochs 1 --points 128", ()),
]


@pytest.mark.parametrize(("name", "options", "packages"), SCRIPTS, ids=str)
def test_results(name, options, packages, monkeypatch, tmp_path, capsys):
    for package in ("matplotlib", *packages):
        pytest.importorskip(package)
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *options.split(), "--output", str(tmp_path / "results")])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")

    printed = capsys.readouterr().out
    found = json.loads((tmp_path / "results" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["script"] == f"examples/{name}.py"
    assert found["task"] and found["recipe"] and found["source"] and found["seconds"] > 0
    assert found["figures"]
    for figure in found["figures"]:
        assert figure["name"] and figure["goal"] and figure["published"]
        assert figure["values"] and all(math.isfinite(value) for value in figure["values"])
        assert figure["name"] in printed
    picture = tmp_path / "results" / f"{name}.png"
    assert picture.exists() == found["picture"]
    if found["picture"]:
        assert picture.read_bytes().startswith(b"\x89PNG")
