"""Runs one workload in one library, a step whenever it is asked: ``worker.py LIBRARY WORKLOAD ARRAYS_FILE``.

Speaks lines of JSON. The first one comes unasked and tells of the first step: ``seconds`` from the import of NumPy and the
library to its result (reading the arrays left out). Every line on the standard input asks for one more step.
"""
from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

BEGAN = time.perf_counter()

import numpy as np  # noqa: E402 (the clock runs first)


def main(library: str, workload: str, arrays_file: str) -> None:
    """Answer until the input ends."""
    answers = _own_output()
    reading = time.perf_counter()
    with np.load(arrays_file) as file:
        arrays = dict(file)
    reading = time.perf_counter() - reading
    runs = importlib.import_module(f"workloads.{library.replace('-', '_')}_runs")
    step = runs.RUNS[workload.partition("-")[0]](arrays)
    first = _timed(step)
    first["seconds"] = time.perf_counter() - BEGAN - reading
    print(json.dumps(first | {"version": runs.VERSION, "variant": workload in runs.VARIANTS,
                               "runs_on": getattr(runs, "RUNS_ON", "")}), file=answers, flush=True)
    for _ in sys.stdin:
        print(json.dumps(_timed(step)), file=answers, flush=True)


def _own_output() -> TextIO:
    """The standard output, for answers alone: what libraries print goes to the standard error instead."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _timed(step: Callable[[], Any]) -> dict[str, Any]:
    """Time one step. A step that returns ``(result, seconds)`` has measured itself."""
    began = time.perf_counter()
    result = step()
    seconds = time.perf_counter() - began
    if isinstance(result, tuple):
        result, seconds = result
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"result": result, "seconds": seconds, "peak_mb": peak}


if __name__ == "__main__":
    main(*sys.argv[1:])
