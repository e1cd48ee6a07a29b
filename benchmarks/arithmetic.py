"""What the arithmetic of a step takes at the least: its operations, each at the speed of a loop that does nothing else."""
from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain as bp
import nbbrain.math as bm

CHAIN, SIZE, TURNS = {True: 8, False: 2}, 500, 4000
"""Operations in a row (of simple ones, of elementary functions), elements (which stay in the first cache), and turns."""

UNARY = ("exp", "expm1", "tanh", "cosh", "log", "sqrt", "cos", "absolute", "negative")
BINARY = ("add", "subtract", "multiply", "divide", "minimum", "maximum")
FREE = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "cast",
        "broadcast_to", "get_item", "right_shift", "reshape")
"""Not counted: comparisons are measured together with the choice that they are made for."""


def operations(run: Callable[..., Any], size: int, *args: Any) -> Counter[str]:
    """How often a turn of the loop of ``run(*args)`` does every operation on arrays of so many elements."""
    with bp.backend("numba"):
        loop = bp.explain(run, *args).loops[0]
    return Counter(node.operation.name for node in loop.program.body if node.operation is not None and node.shape == (size,))


def limit(counts: Counter[str]) -> float:
    """The nanoseconds that an element of a step takes on one core, at the least.

    Raises
    ------
    KeyError
        For an operation that is not measured here.
    """
    unknown = set(counts) - {*UNARY, *BINARY, *FREE, "where"}
    if unknown:
        raise KeyError(f"no measurement of {', '.join(sorted(unknown))}; add it to benchmarks/arithmetic.py")
    return sum(number * cost(name) for name, number in counts.items() if name not in FREE)


@functools.cache
def cost(name: str) -> float:
    """The nanoseconds of one operation on an element, on one core, in single precision."""
    chain = CHAIN[name not in UNARY]
    others = [bm.asarray(np.linspace(0.5 + k, 1.5 + k, SIZE, dtype=np.float32)) for k in range(chain)]
    x = bm.Variable(bm.ones(SIZE))

    def body(_: Any) -> None:
        value: Any = x
        for other in others:
            if name == "where":
                value = bm.where(value < other, other, value)
            elif name in UNARY:
                value = getattr(bm, name)(other - value)
            else:
                value = getattr(bm, name)(value, other)
        x.value = value

    turns, times = bm.arange(TURNS), list[float]()
    with bp.backend("numba"):
        bm.for_loop(body, turns)
        for _ in range(5):
            x.value = bm.ones(SIZE)
            began = time.perf_counter()
            bm.for_loop(body, turns)
            times.append(time.perf_counter() - began)
    taken = 1e9 * min(times) / TURNS / SIZE / chain
    return max(taken - cost("subtract"), 0.) if name in UNARY else taken


def main() -> None:
    """Print the cost of every operation."""
    for name in (*BINARY, "where", *UNARY):
        print(f"{name:10} {cost(name):.3f} ns")


if __name__ == "__main__":
    main()
