"""Steady training steps of the spiking network on both backends."""
from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest

import nbbrain as bp

sys.path.insert(0, str(Path(__file__).parent))

from models import snn_data, snn_trainer


@pytest.mark.parametrize("rate", [0.05, 0.5])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_snn(benchmark, backend: str, rate: float) -> None:
    """784-100-10 neurons, 100 steps, batch of 256."""
    with bp.backend(backend), contextlib.redirect_stdout(io.StringIO()):
        trainer = snn_trainer()
        batch = snn_data(rows=256, steps=100, inputs=784, classes=10, rate=rate)
        benchmark.pedantic(trainer.fit, args=([batch],), kwargs={"num_epoch": 1}, warmup_rounds=1, rounds=5)
