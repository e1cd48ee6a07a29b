"""Plans on a GPU, or a simulated one: memory, devices, and what goes wrong. What they compute, the comparisons show."""
from __future__ import annotations

import multiprocessing
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend
from nbbrain.errors import BackendError

pytest.importorskip("numba")

from nbbrain.backends.cuda import execute, memory, toolkit

pytestmark = pytest.mark.skipif(toolkit.missing() is not None, reason="there is neither a GPU nor a simulated one")


@pytest.fixture(autouse=True)
def on_the_device() -> Any:
    """Nothing falls back."""
    with backend("cuda"), settings.using(strict=True):
        yield


def train(rows: int, x: Any) -> list[np.ndarray]:
    """Outputs, last state and gradient of a recurrent network."""
    w = bm.TrainVar(np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32))
    h = bm.Variable(np.zeros((rows, 3), np.float32))

    def turn(row: Any) -> Any:
        h.value = bm.tanh(row + h @ w)
        return h

    def loss() -> Any:
        out = bm.for_loop(turn, x)
        return bm.sum(out**2), out

    gradient, out = bm.grad(loss, grad_vars=w, has_aux=True)()
    return [np.asarray(a) for a in (gradient, out, h)]


def inputs(rows: int) -> Any:
    return bm.asarray(np.random.default_rng(2).normal(size=(4, rows, 3)).astype(np.float32))


@pytest.mark.parametrize("blocks", [1, 2, 5, 100])
def test_any_number_of_blocks_agrees_with_the_reference(blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "_BLOCKS", blocks)
    with backend("numpy"):
        want = train(5, inputs(5))
    for x, y in zip(train(5, inputs(5)), want, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)


def test_tiles_get_more_rows_where_their_sums_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    heights: list[int | None] = []
    original = execute.make_plan

    def noted(*arguments: Any, height: int | None = None) -> Any:
        heights.append(height)
        return original(*arguments, height=height)

    monkeypatch.setattr(execute, "make_plan", noted)
    monkeypatch.setattr(execute, "_SUMS", 100)  # 36 bytes a tile
    train(6, inputs(6))
    assert [height for height in heights if height][-3:] == [1, 2, 4]


def test_results_stay_in_memory_that_the_device_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the next loop that reads them needs no copy."""
    out = bm.for_loop(lambda row: row * 2.0, inputs(4))
    copied = []
    original = memory.reachable
    monkeypatch.setattr(memory, "reachable", lambda a: copied.append(memory.is_reachable(a)) or original(a))
    bm.for_loop(lambda row: row * 3.0, out)
    assert copied and all(copied)


def test_data_with_the_batch_first_are_read_where_they_lie() -> None:
    data = np.random.default_rng(3).normal(size=(5, 4, 3)).astype(np.float32)
    want = np.tanh(data).swapaxes(0, 1)
    for x in (bm.asarray(data).swapaxes(0, 1), bm.Array(data).swapaxes(0, 1), data.swapaxes(0, 1)):
        np.testing.assert_allclose(bm.for_loop(lambda row: bm.tanh(row), x), want, rtol=1e-6)
    placed = bm.asarray(data)
    assert memory.is_reachable(placed.value) and bm.asarray(placed).value is placed.value


def test_other_libraries_find_results_on_the_device() -> None:
    out = bm.for_loop(lambda row: row * 2.0, inputs(4))
    interface = out[1:].__cuda_array_interface__
    assert interface["shape"] == (3, 4, 3) and interface["data"] == (np.asarray(out)[1:].ctypes.data, False)
    assert not hasattr(bm.zeros(3), "__cuda_array_interface__")


def test_a_matrix_that_changes_is_listed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, starts, data = np.array([1, 0, 2], np.int32), np.array([0, 1, 3], np.int32), bm.asarray([1.0, 10.0, 100.0])
    vectors = bm.asarray([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    def run() -> np.ndarray:
        return np.asarray(bm.for_loop(
            lambda v: bm.event_csr_matvec(data, columns, starts, v, shape=(2, 3), transpose=True), vectors))

    np.testing.assert_array_equal(run(), [[0, 1, 0], [10, 0, 100], [10, 1, 100]])
    columns[0] = 2
    np.testing.assert_array_equal(run(), [[0, 0, 1], [10, 0, 100], [10, 0, 101]])


def test_explained() -> None:
    explained = bp.explain(lambda x: bm.for_loop(lambda row: bm.tanh(row), x), inputs(4))
    (loop,) = explained.loops
    assert "block_barrier()" in loop.kernels[0].source and "one kernel, a block a tile" in str(loop.kernels[0].title)
    assert "loop of 4 turns" in str(explained)


def test_too_little_memory_is_said_before_anything_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolkit, "free_bytes", lambda: (100, 200))
    message = r"needs \d.* for 4 turns, but the device has 200 B, of which 100 B are free"
    with pytest.raises(BackendError, match=message) as caught:
        train(4, inputs(4))
    assert "remat=True" in str(caught.value) and "test_execute.py" in str(caught.value)


def test_a_failure_names_the_program_and_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise RuntimeError("an illegal memory access was encountered")

    monkeypatch.setattr(toolkit, "launch", fail)
    with pytest.raises(BackendError, match="failed on the device: an illegal memory access") as caught:
        train(4, inputs(4))
    assert "test_execute.py" in str(caught.value)


def _in_child(queue: Any) -> None:
    try:
        train(4, inputs(4))
    except BackendError as error:
        queue.put(str(error))
    else:
        queue.put("no error")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes do not fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_is_refused_with_advice() -> None:
    train(4, inputs(4))
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()
    said = queue.get()
    child.join(60)
    assert "forked" in said and "spawn" in said


def test_what_is_not_compiled_is_refused_with_the_line_of_the_user() -> None:
    with pytest.raises(bp.errors.UnsupportedOperationError, match=r"test_execute\.py"):
        bm.for_loop(lambda row: bm.linalg.det(row @ row.T), inputs(3))
