"""Kernels for threads: every element is computed by one thread, whatever their number; sums keep their order."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from nbbrain.backends.cuda.thread_kernels import part_of, thread_kernel
from nbbrain.backends.numba import interpreted
from nbbrain.backends.numba.sources import KERNEL_NAME

NEST = """\
def KERNEL(a):
    p0 = pointer(a, 0, float64)
    p1 = pointer(a, 1, float64)
    n0 = a[2]
    n1 = a[3]
    s0_0 = a[4]
    c0 = constant(a, 5, float64)
    for i0 in range(n0):
        b0 = i0 * s0_0
        for i in range(n1):
            x0 = load(p0, b0 + i, 0)
            store(p1, {to}, {value}, 1)
"""
ONE = int(np.float64(1.0).view(np.int64))
"""The bits of 1."""


THREADS = 4
"""Of a block at most."""


def run(source: str, independent: tuple[str, ...], blocks: int, threads: int, *arguments: Any) -> None:
    """Run a kernel by one thread after the other, the last one first."""
    text, size = thread_kernel(source, independent, THREADS)
    assert size == len(arguments)
    names = {**interpreted.names(), "pointer": interpreted.Pointer, "constant": interpreted.constant,
             "on_device": lambda function: function}
    exec(compile(text, "<kernel>", "exec"), names)
    given = [x.ctypes.data if isinstance(x, np.ndarray) else x for x in arguments]
    for block in reversed(range(blocks)):
        for own in reversed(range(threads)):
            names[KERNEL_NAME](own, threads, block, blocks, *given)


@pytest.mark.parametrize("blocks", [1, 2, 30])
@pytest.mark.parametrize("threads", [1, 3, 4])
def test_every_element_once(threads: int, blocks: int) -> None:
    x, y = np.arange(15.0).reshape(3, 5), np.zeros((3, 5))
    source = NEST.format(to="b0 + i", value="load(p1, b0 + i, 1) + c0 * x0")
    run(source, ("i0", "i"), blocks, threads, x, y, 3, 5, 5, int(np.float64(2.0).view(np.int64)))
    np.testing.assert_array_equal(y, 2 * x)


def test_parts_grow_with_what_is_to_be_done() -> None:
    assert [part_of(elements, THREADS) for elements in (1, 4096, 8191, 8192, 40000)] == [4, 4, 4, 8, 36]
    x, y = np.arange(10000.0), np.zeros(10000)
    source = NEST.format(to="b0 + i", value="load(p1, b0 + i, 1) + c0 * x0")
    run(source, ("i0", "i"), 3, 2, x, y, 1, 10000, 10000, ONE)
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize("threads", [1, 4])
def test_sums_stay_loops(threads: int) -> None:
    x, y = np.random.default_rng(0).normal(size=(200, 5)), np.zeros(5)
    run(NEST.format(to="i", value="load(p1, i, 1) + c0 * x0"), ("i",), 2, threads, x, y, 200, 5, 5, ONE)
    want = np.zeros(5)
    for row in x:
        want += row
    assert y.tobytes() == want.tobytes()


def test_without_independent_loops_the_first_thread_works_alone() -> None:
    x, y = np.ones((3, 5)), np.zeros(1)
    run(NEST.format(to="0", value="load(p1, 0, 1) + c0 * x0"), (), 2, 4, x, y, 3, 5, 5, ONE)
    assert y == 15
