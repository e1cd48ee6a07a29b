"""The first training step in a fresh process, import included, with and without kernels in the cache."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def first_step(folder: Path) -> None:
    """One fresh process with a cache folder."""
    environment = {**os.environ, "NBBRAIN_BACKEND": "numba", "NBBRAIN_CACHE_DIR": str(folder)}
    subprocess.run([sys.executable, str(HERE / "first_step.py")], check=True, env=environment, capture_output=True)


def test_cold(benchmark, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No kernel is in the cache."""
    benchmark.pedantic(first_step, setup=lambda: ((tmp_path_factory.mktemp("cache"),), {}), rounds=3)


def test_warm(benchmark, tmp_path: Path) -> None:
    """All kernels are in the cache."""
    first_step(tmp_path)
    benchmark.pedantic(first_step, args=(tmp_path,), rounds=5)


def test_import(benchmark) -> None:
    """The import alone."""
    benchmark.pedantic(subprocess.run, args=([sys.executable, "-c", "import nbbrain"],), kwargs={"check": True}, rounds=5)
