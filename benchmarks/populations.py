"""Times one step of every neuron and synapse model in a large population, compiled and by the reference, as one table.

    python benchmarks/populations.py [--neurons 100000] [--only LIF,HH] [--json FILE]

A number is the time of a step divided by the number of neurons (or synapses, which are one to one), in nanoseconds: the
median of several runs of many steps. The reference runs fewer steps. 'arithmetic' is the least time that the operations of
the step take on as many cores as the step has, each at the speed of a loop that does nothing else (arithmetic.py).
"""
from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arithmetic import limit, operations

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend

NEURONS = ("Leaky", "Integrator", "LeakyIntegrator", "LIF", "ExpIF", "AdExIF", "QuaIF", "AdQuaIF", "GIF", "ALIFBellec2020",
           "Izhikevich", "HindmarshRose", "FHN", "HH", "MorrisLecar", "PinskyRinzelModel", "WangBuzsakiModel", "OUProcess")
SYNAPSES = ("Delta", "Exponential", "DualExponential", "Alpha", "NMDA", "AMPA", "GABAa", "BioNMDA")
INPUT = {"HH": 10., "Izhikevich": 10., "AdExIF": 65., "MorrisLecar": 100., "HindmarshRose": 2., "FHN": 0.8, "GIF": 1.5}
DT = 0.05
"""The time step (ms)."""


def neuron(name: str, size: int) -> Callable[[Any], Any]:
    """A step of neurons under a constant input, which returns nothing."""
    neurons = getattr(bp.neurons, name)(size)
    takes_input = name not in ("PinskyRinzelModel", "OUProcess", "Leaky")

    def step(i: Any) -> None:
        bp.share.save(i=i, t=i * DT, dt=DT)
        neurons(INPUT.get(name, 20.)) if takes_input else neurons()
        neurons.clear_input()

    return step


def synapse(name: str, size: int) -> Callable[[Any], Any]:
    """A step of one-to-one synapses whose pre-synaptic neurons fire now and then."""
    pre, post = bp.neurons.InputGroup(size), bp.neurons.LeakyIntegrator(size)
    synapses = getattr(bp.synapses, name)(pre, post, bp.conn.One2One())
    spikes = bm.random.random(size) < 0.02

    def step(i: Any) -> None:
        bp.share.save(i=i, t=i * DT, dt=DT)
        synapses(bp.share.get_shargs(), spikes)
        post.clear_input()

    return step


def nanoseconds(step: Callable[[Any], Any], size: int, on: str, steps: int) -> float:
    """The time of a step and an element."""
    turns, times = bm.arange(steps), list[float]()
    with backend(on):
        bm.for_loop(step, turns)
        for _ in range(3):
            began = time.perf_counter()
            bm.for_loop(step, turns)
            times.append(time.perf_counter() - began)
    return 1e9 * statistics.median(times) / steps / size


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--neurons", type=int, default=100_000, help="how many neurons, and synapses")
    parser.add_argument("--only", default="", help="names of models, all by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else [*NEURONS, *SYNAPSES]
    rows = []
    cores = settings.get("num_threads")
    print("| model | arithmetic (ns) | compiled (ns) | ratio | reference (ns) | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in wanted:
        bm.random.seed(0)
        make = neuron if name in NEURONS else synapse
        compiled = nanoseconds(make(name, options.neurons), options.neurons, "numba", 100)
        reference = nanoseconds(make(name, options.neurons), options.neurons, "numpy", 5)
        least = limit(operations(bm.for_loop, options.neurons, make(name, options.neurons), bm.arange(2))) / cores
        rows.append({"model": name, "arithmetic_ns": least, "compiled_ns": compiled, "reference_ns": reference})
        print(f"| {name} | {least:.2f} | {compiled:.2f} | {compiled / max(least, 1e-3):.1f} | {reference:.1f} | "
              f"{reference / compiled:.0f} |", flush=True)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
