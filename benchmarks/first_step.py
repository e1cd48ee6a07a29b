"""Import nbbrain, build the spiking network, and train it on one batch: what a user waits for at first.

Prints the seconds since the process began to import. Run it in a fresh process.
"""
from __future__ import annotations

import contextlib
import io
import sys
import time
from pathlib import Path

started = time.perf_counter()
sys.path.insert(0, str(Path(__file__).parent))

from models import snn_data, snn_trainer  # noqa: E402 (the clock runs first)

spikes, labels = snn_data(rows=64, steps=100, inputs=100, classes=10, rate=0.05)
with contextlib.redirect_stdout(io.StringIO()):
    snn_trainer(inputs=100).fit([(spikes, labels)], num_epoch=1)
print(f"{time.perf_counter() - started:.3f}")
