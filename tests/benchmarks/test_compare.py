"""The side-by-side benchmark: every workload runs in nbbrain at a tiny size, and results have the fields they should."""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TRAINED = ["W1", "W2", "W3", "W4", "W5"]
SIMULATED = ["W6-100", "W6-1000", "W7-4000", "W7-40000", "L"]


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("compare")


@pytest.fixture
def results(compare: ModuleType, tmp_path: Path, request: pytest.FixtureRequest) -> list[float]:
    """The results of 20 steps of a tiny workload in a process of its own."""
    arrays = tmp_path / "arrays.npz"
    np.savez(arrays, **compare.WORKLOADS[request.param].arrays("tiny"))
    worker = compare.Worker(compare.sys.executable, "nbbrain", request.param, arrays,
                            request.config.rootpath / "build" / "kernels")
    try:
        return [worker.first["result"], *(worker.step()["result"] for _ in range(19))]
    finally:
        worker.close()


@pytest.mark.parametrize("results", TRAINED, indirect=True)
def test_training_lowers_the_loss(results: list[float]) -> None:
    assert 0 < results[-1] < results[0] < math.inf


@pytest.mark.parametrize("results", SIMULATED, indirect=True)
def test_simulations_begin_anew_in_every_step(results: list[float]) -> None:
    assert results[0] > 0
    assert set(results) == {results[0]}


def test_json_and_table(compare: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.json"
    compare.main(["--scale", "tiny", "--workload", "W5", "--firsts", "1", "--steps", "2", "--turns", "3", "--json",
                  str(file)])
    (line,) = json.loads(file.read_text())
    assert {"workload": "W5", "library": "nbbrain", "device": "cpu"}.items() <= line.items()
    assert isinstance(line["version"], str)
    assert all(line[name] > 0 for name in ("first_cold_s", "first_warm_s", "step_ms", "peak_mb"))
    assert line["first_warm_s"] > 1e-3 * line["step_min_ms"]
    assert "GRU 1-100-1" in capfd.readouterr().out


def test_libraries_that_compute_something_else_are_not_compared(compare: ModuleType) -> None:
    def worker(library: str, result: float, variant: bool = False) -> Any:
        return SimpleNamespace(library=library, first={"result": result, "variant": variant})

    compare.check_agreement("W1", [worker("nbbrain", 2.), worker("torch", 2.001), worker("snntorch", 3., variant=True)])
    with pytest.raises(SystemExit, match=r"W1: the first step gives 2 in nbbrain, but 2\.01 in torch"):
        compare.check_agreement("W1", [worker("nbbrain", 2.), worker("torch", 2.01)])


def test_a_library_that_stops_is_told_with_its_message(compare: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"(?s)nbbrain stopped.*nowhere\.npz"):
        compare.Worker(compare.sys.executable, "nbbrain", "W1", tmp_path / "nowhere.npz", tmp_path)


@pytest.mark.parametrize(("arguments", "message"), [
    (["--python", "numpy=/usr/bin/python"], "--python needs LIBRARY=PATH with one of nbbrain, nbbrain-remat, brainpy"),
    (["--python", "torch"], "but got 'torch'"),
    (["--workload", "W1,W9"], "but got W9"),
])
def test_wrong_options(compare: ModuleType, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        compare.parse(arguments)
    assert message in capsys.readouterr().err


def test_workloads_are_selected_by_name_or_by_number(compare: ModuleType) -> None:
    assert compare.parse(["--workload", "W6,W1"]).workloads == ["W1", "W6-100", "W6-1000"]
    assert compare.parse(["--workload", "W7-4000"]).workloads == ["W7-4000"]
    assert len(compare.parse([]).workloads) == 10
