"""How the time of a call grows with turns, rows and neurons, and what a second thread is worth.

    python benchmarks/scaling.py --figure docs/images/scaling.png

The first part times the gradient of a layer of LIF neurons from 1e2 to 1e6 neuron-steps a call, by more turns, rows or
neurons. The second part runs workloads of compare.py with one thread and with two, in turn.
"""
from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from compare import Worker
from workloads.data import WORKLOADS

import nbbrain as bp
import nbbrain.math as bm

SIZES = [10**2, 10**3, 10**4, 10**5, 10**6]
SHAPES: dict[str, Callable[[int], tuple[int, int, int]]] = {  # (turns, rows, neurons) of so many neuron-steps
    "turns": lambda size: (size // 100, 10, 10), "rows": lambda size: (10, size // 100, 10),
    "neurons": lambda size: (10, 1, size // 10)}


def gradient_of_a_layer(turns: int, rows: int, neurons: int) -> Callable[[], object]:
    """The gradient by the input current of the mean potential of LIF neurons."""
    with bm.training_environment():
        layer = bp.neurons.LIF(neurons, tau=10., V_rest=0., V_reset=0., V_th=1.)
    current = bm.asarray(np.random.default_rng(0).normal(2., 1., (turns, rows, neurons)).astype(np.float32))

    def step(x: bm.Array) -> bm.Array:
        layer.input += x
        layer.update()
        layer.clear_input()
        return layer.V

    def loss(inputs: bm.Array) -> bm.Array:
        layer.reset_state(rows)
        bp.share.save(t=0., dt=1.)
        return bm.mean(bm.for_loop(step, inputs))

    return lambda: bm.grad(loss)(current)


def milliseconds(function: Callable[[], object], repeats: int = 7) -> float:
    """The median time of a call after two that are not counted."""
    times = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        function()
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times[2:])


def curves() -> dict[str, list[float]]:
    """Milliseconds of every size, along every way to grow."""
    found = {name: [milliseconds(gradient_of_a_layer(*shape(size))) for size in SIZES] for name, shape in SHAPES.items()}
    print(f"{'neuron-steps':>14}" + "".join(f"{name:>12}" for name in found))
    for row, size in enumerate(SIZES):
        print(f"{size:14,}" + "".join(f"{times[row]:9.2f} ms" for times in found.values()))
    return found


def draw(found: dict[str, list[float]], path: Path) -> None:
    """The curves in double logarithmic axes, with a line of slope one."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for marker, (name, times) in zip("osv", found.items(), strict=True):
        axes.loglog(SIZES, times, marker + "-", label=f"more {name}")
    last = max(times[-1] for times in found.values())
    axes.loglog(SIZES, [last * size / SIZES[-1] for size in SIZES], "k:", label="proportional")
    axes.set(xlabel="neuron-steps of a call", ylabel="time of a call (ms)", title="Gradient of a layer of LIF neurons")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def threads(workloads: list[str], steps: int) -> None:
    """The median step with one thread and with two, and their ratio."""
    print(f"\n{'':10}{'1 thread':>14}{'2 threads':>14}{'ratio':>8}")
    for workload in workloads:
        with tempfile.TemporaryDirectory() as folder:
            arrays = Path(folder, "arrays.npz")
            np.savez(arrays, **WORKLOADS[workload].arrays("full"))
            workers = []
            for count in ("1", "2"):
                os.environ["NBBRAIN_NUM_THREADS"] = count
                workers.append(Worker(sys.executable, "nbbrain", workload, arrays, Path(folder, "cache")))
            times = [[1e3 * worker.step()["seconds"] for worker in workers] for _ in range(steps + 2)][2:]
            one, two = [statistics.median(column) for column in zip(*times, strict=True)]
            for worker in workers:
                worker.close()
            print(f"{workload:10}{one:11.1f} ms{two:11.1f} ms{one / two:7.2f}x")


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw the curves (needs matplotlib)")
    parser.add_argument("--workload", default="W1,W2,W3,W4", help="for the threads")
    parser.add_argument("--steps", type=int, default=11, help="timed steps with each number of threads")
    options = parser.parse_args()
    found = curves()
    if options.figure:
        draw(found, options.figure)
    threads(options.workload.split(","), options.steps)


if __name__ == "__main__":
    main()
