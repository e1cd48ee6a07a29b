"""Times the same workloads in nbbrain and in other libraries, side by side.

    python benchmarks/compare.py --python brainpy=/path/to/python --python torch=/path/to/python --json results.json

README.md says how to set up the environments, and what is measured.
"""
from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from workloads.data import WORKLOADS

HERE = Path(__file__).resolve().parent
LIBRARIES = {  # which workloads each can run
    "nbbrain": ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "M", "L"),
    "nbbrain-remat": ("M",),
    "brainpy": ("W1", "W2", "W3", "W4", "W5", "W7", "M", "L"),
    "torch": ("W1", "W2", "W3", "W4", "W5", "L"),
    "snntorch": ("W1", "W2", "W4"),
    "reservoirpy": ("W6",),
    "brian2": ("W7",),
    "brian2-cpp": ("W7",),
}
BY_DEVICE = {"cpu": "W1,W2,W3,W4,W5,W6,W7,M", "gpu": "W1,W2,W3,W4,L"}
"""The workloads that are run where none are chosen."""


class Worker:
    """A library in a process of its own, which has made its first step."""

    def __init__(self, python: str, library: str, workload: str, arrays: Path, cache: Path, device: str = "cpu") -> None:
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "NBBRAIN_CACHE_DIR": str(cache),
                       "BENCHMARK_CACHE_DIR": str(cache), "BENCHMARK_DEVICE": device}
        environment |= {"NBBRAIN_BACKEND": "cuda"} if device == "gpu" else {}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.library = library
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), library, workload, str(arrays)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors)
        self.first = self._answer()

    def step(self) -> dict[str, Any]:
        """One more step."""
        assert self._process.stdin is not None
        self._process.stdin.write("step\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> str:
        """End the process; return what it wrote beside its answers."""
        self._process.communicate()
        with self._errors as errors:
            errors.seek(0)
            return errors.read()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.library} stopped:\n{self.close()}")
        return json.loads(line)


def write_bytecode(library: str, python: str, device: str) -> None:
    """Run the library once, unmeasured: the first import of all writes bytecode to disk, or reads it for the first time."""
    workload = next(name for name in WORKLOADS if name.partition("-")[0] in LIBRARIES[library])
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder, "arrays.npz")
        np.savez(arrays, **WORKLOADS[workload].arrays("tiny"))
        Worker(python, library, workload, arrays, Path(folder, "cache"), device).close()


def compare(workload: str, pythons: dict[str, str], options: argparse.Namespace) -> list[dict[str, Any]]:
    """One row for each library."""
    libraries = {name: python for name, python in pythons.items() if workload.partition("-")[0] in LIBRARIES[name]}
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder, "arrays.npz")
        np.savez(arrays, **WORKLOADS[workload].arrays(options.scale))
        cold: dict[str, list[float]] = {name: [] for name in libraries}
        warm: dict[str, list[float]] = {name: [] for name in libraries}
        for turn in range(options.firsts):
            for name, python in libraries.items():
                for seconds in (cold, warm):
                    worker = Worker(python, name, workload, arrays, Path(folder, f"cache-{name}-{turn}"), options.device)
                    seconds[name].append(worker.first["seconds"])
                    worker.close()
        with contextlib.ExitStack() as stack:
            workers = []
            for name, python in libraries.items():
                workers.append(Worker(python, name, workload, arrays, Path(folder, f"cache-{name}-0"), options.device))
                stack.callback(workers[-1].close)
            check_agreement(workload, workers)
            steps = alternate(workers, options)
        return [row(workload, worker, cold[worker.library], warm[worker.library], made) | {"device": options.device}
                for worker, made in zip(workers, steps, strict=True)]


def check_agreement(workload: str, workers: list[Worker]) -> None:
    """Stop where a library has computed something else."""
    expected = workers[0].first["result"]
    for worker in workers:
        result = worker.first["result"]
        if not worker.first["variant"] and abs(result - expected) > WORKLOADS[workload].agreement * abs(expected):
            raise SystemExit(f"{workload}: the first step gives {expected:.6g} in {workers[0].library}, but {result:.6g} in "
                             f"{worker.library}.")


def alternate(workers: list[Worker], options: argparse.Namespace) -> list[list[dict[str, Any]]]:
    """Steps of every library: several in a row, then those of the next one, for three turns or more until the time is up.

    The first of them is not counted: it finds the caches full of what another process has computed.
    """
    steps: list[list[dict[str, Any]]] = [[] for _ in workers]
    for worker in workers:
        worker.step()  # the second step may compile once more
    began = time.perf_counter()
    for turn in range(options.turns):
        if turn >= 3 and time.perf_counter() - began > options.seconds:
            break
        for worker, made in zip(workers, steps, strict=True):
            worker.step()
            made += [worker.step() for _ in range(options.steps)]
    return steps


def row(workload: str, worker: Worker, cold: list[float], warm: list[float], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The medians of one library, and its shortest step."""
    times = [1e3 * step["seconds"] for step in steps]
    return {"workload": workload, "library": worker.library, "version": worker.first["version"],
            "first_cold_s": statistics.median(cold), "first_warm_s": statistics.median(warm),
            "step_ms": statistics.median(times), "step_min_ms": min(times), "peak_mb": steps[-1]["peak_mb"],
            "first_result": worker.first["result"], "runs_on": worker.first["runs_on"]}


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text; ``ratio`` is the step over nbbrain's."""
    lines = [f"{'':14}{'version':>10}{'first cold':>12}{'first warm':>12}{'step':>12}{'best':>12}{'ratio':>8}{'peak':>9}"]
    reference = 0.
    for line in rows:
        if line["library"] == "nbbrain":
            reference = line["step_ms"]
            lines += ["", f"{line['workload']}  {WORKLOADS[line['workload']].title}", *filter(None, [line["runs_on"]])]
        lines.append(f"{line['library']:14}{line['version']:>10}{line['first_cold_s']:10.2f} s{line['first_warm_s']:10.2f} s"
                     f"{line['step_ms']:9.1f} ms{line['step_min_ms']:9.1f} ms{line['step_ms'] / reference:7.1f}x"
                     f"{line['peak_mb']:6.0f} MB")
    return "\n".join(lines)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options; ``pythons`` is a dictionary, and ``workloads`` a list."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", action="append", default=[], metavar="LIBRARY=PATH",
                        help=f"an interpreter that can import the library: one of {', '.join(LIBRARIES)}")
    parser.add_argument("--workload", help="such as W1,W4 or W6-1000; " + "; ".join(
        [f"on a {device} {names} by default" for device, names in BY_DEVICE.items()]))
    parser.add_argument("--device", choices=[*BY_DEVICE], default="cpu", help="what the libraries compute on")
    parser.add_argument("--scale", choices=["full", "tiny"], default="full", help="tiny: to see that everything runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results")
    parser.add_argument("--steps", type=int, default=4, help="timed steps of each library in a row")
    parser.add_argument("--turns", type=int, default=8, help="how often libraries take turns")
    parser.add_argument("--seconds", type=float, default=60., help="after which a workload ends, with three turns or more")
    parser.add_argument("--firsts", type=int, default=3, help="first steps, each in a fresh process")
    options = parser.parse_args(arguments)
    options.pythons = {"nbbrain": sys.executable, "nbbrain-remat": sys.executable}
    for pair in options.python:
        library, _, path = pair.partition("=")
        if library not in LIBRARIES or not path:
            parser.error(f"--python needs LIBRARY=PATH with one of {', '.join(LIBRARIES)}, but got {pair!r}")
        options.pythons[library] = path
    wanted = (options.workload or BY_DEVICE[options.device]).split(",")
    options.workloads = [name for name in WORKLOADS if name in wanted or name.partition("-")[0] in wanted]
    unknown = [name for name in wanted if name not in WORKLOADS and name not in LIBRARIES["nbbrain"]]
    if unknown:
        parser.error(f"--workload must be of {', '.join(WORKLOADS)}, but got {', '.join(unknown)}")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Compare, print, and write."""
    options = parse(arguments)
    rows: list[dict[str, Any]] = []
    for library, python in options.pythons.items():
        write_bytecode(library, python, options.device)
    for workload in options.workloads:
        print(f"{workload} ...", file=sys.stderr)
        rows += compare(workload, options.pythons, options)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1) + "\n")
    print(table(rows))


if __name__ == "__main__":
    main()
