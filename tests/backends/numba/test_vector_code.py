"""Loops become vector code where nothing but an order of additions, or the names of equal addresses, stands against it."""
from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.backends.numba import compiler
from nbbrain.backends.numba.sources import HEADER

VECTORS = re.compile(r"= (?:tail )?(?:fadd|fmul|call)[^=]*<(?:4|8|16) x float>")


def kernels(step: Any, rows: int = 8, size: int = 40) -> list[str]:
    """The sources of the nests with a reduction or a state of a loop over a batch of rows."""
    x = bm.asarray(np.random.default_rng(0).normal(size=(3, rows, size)).astype(np.float32))
    with bp.backend("numba"):
        (loop,) = bp.explain(bm.for_loop, step, x).loops
    return [kernel.source for kernel in loop.kernels if "for i0 in" in kernel.source]


def is_vector_code(source: str) -> bool:
    compiler.compile_kernel("a_kernel_of_a_test", HEADER + source)
    return bool(VECTORS.search(compiler._kept[-1].inspect_llvm()))


@pytest.mark.parametrize("reduce", ["sum", "prod", "max", "min"])
def test_a_state_that_is_overwritten_and_reduced_row_by_row(reduce: str) -> None:
    state = bm.Variable(bm.zeros((8, 40)))

    def step(x: Any) -> Any:
        state.value = 0.9 * state + x
        return getattr(bm, reduce)(state, axis=1)

    sources = [source for source in kernels(step) if source.count("store(") > 1]
    assert sources and all(is_vector_code(source) for source in sources)


def test_in_order_additions_would_not_be() -> None:
    """So the test above can fail."""
    state = bm.Variable(bm.zeros((8, 40)))

    def step(x: Any) -> Any:
        state.value = 0.9 * state + x
        return state.sum(axis=1)

    source = next(source for source in kernels(step) if "plus(" in source)
    assert not is_vector_code(re.sub(r"plus\((load\([^)]*\)), (\w+)\)", r"\1 + \2", source))
