"""Products by a block of threads: what they give is NumPy's product, whatever the sizes, strides and zeros."""
from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from nbbrain.backends.cuda import toolkit

pytestmark = pytest.mark.skipif(not toolkit.is_simulated(), reason="kernels are launched one by one in the simulator")

TURNS = 2


def multiplied(form: str, left: np.ndarray, right: np.ndarray, start: np.ndarray | None, blocks: int = 1) -> np.ndarray:
    """The sum over turns of left[turn] @ right[turn], added to a start."""
    from nbbrain.backends.cuda.block_products import SIMULATION, functions_text, shared_lists
    from nbbrain.backends.cuda.programs import program_functions

    (turns, m, k), n = left.shape, right.shape[-1]
    item = left.itemsize
    x, y, z = [f"load(pointer(table, int64), {i}, 0)" for i in range(3)]
    steps = [stride // item for stride in (*left.strides[1:], *right.strides[1:])]
    numbers = f"{m}, {k}, {n}, {start is not None}"
    lists = "counts, places, values_float64"
    if form == "tiles":
        ahead = f"{left.strides[0] // item}, {right.strides[0] // item}"
        lines = [f"product_by_tiles_float64(own, block, blocks, {x}, {y}, {z}, {numbers}, {', '.join(map(str, steps))}, "
                 f"{n}, 1, {ahead}, {turns})"]
    else:
        lines = [*[f"{name} = {array}" for name, array in shared_lists("float64", SIMULATION).items()],
                 f"lists_of_float64(own, own_threads, {x}, {lists}, {m}, {k}, {steps[0]}, {steps[1]})",
                 "block_barrier()",
                 f"product_by_lists_float64(thread, threads, {lists}, {y}, {z}, {numbers}, {steps[2]}, {steps[3]}, {n}, 1)"]
    body = "\n    ".join(lines)
    source = f"""{functions_text(form, "float64", SIMULATION)}
def PROGRAM0(table, begin, end, length, backward):
    thread, threads, tile = grid_threads()
    own, own_threads, block, blocks = block_place(False)
    {body}
"""
    result = np.full((m, n), np.nan) if start is None else start.copy()
    table = np.array([array.ctypes.data for array in (left, right, result)], np.int64)
    (function,) = program_functions(source)
    toolkit.launch(toolkit.numba_cuda().jit(function), blocks, SIMULATION.threads, False,
                   table.ctypes.data, 0, 1, 1, 0)
    return result


@pytest.mark.parametrize("adds", [False, True])
@pytest.mark.parametrize("blocks", [1, 3])
@pytest.mark.parametrize("m, k, n", [(4, 4, 4), (9, 6, 5), (1, 3, 2), (5, 1, 13)])
def test_by_tiles(m: int, k: int, n: int, blocks: int, adds: bool) -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(TURNS, k, m)).swapaxes(1, 2), rng.normal(size=(TURNS, k, n))
    start = rng.normal(size=(m, n)) if adds else None
    want = (left @ right).sum(axis=0) + (start if adds else 0)
    np.testing.assert_allclose(multiplied("tiles", left, right, start, blocks), want, rtol=1e-13, atol=1e-13)
    other = multiplied("tiles", left.copy(), right.swapaxes(1, 2).copy().swapaxes(1, 2), start, blocks)
    np.testing.assert_allclose(other, want, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("density", [0., 0.3, 1.])
@pytest.mark.parametrize("m, k, n", [(2, 8, 3), (1, 13, 5), (3, 4, 1)])
def test_by_lists(m: int, k: int, n: int, density: float) -> None:
    rng = np.random.default_rng(1)
    left, right = (rng.random((1, m, k)) < density) * rng.normal(size=(1, m, k)), rng.normal(size=(1, k, n))
    for start in (None, rng.normal(size=(m, n))):
        want = (left @ right)[0] + (0 if start is None else start)
        np.testing.assert_allclose(multiplied("lists", left, right, start, 2), want, rtol=1e-13, atol=1e-13)


def test_what_is_multiplied_by_zero_is_not_read() -> None:
    left, right = np.array([[[0., 2., 0., 0., 1.]]]), np.full((1, 5, 2), np.nan)
    right[:, [1, 4]] = [[1., 2.], [3., 4.]]
    assert multiplied("lists", left, right, None).tolist() == [[5., 8.]]
