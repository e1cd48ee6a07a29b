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
from nbbrain.errors import BackendError, DeviceMemoryError

pytest.importorskip("numba")

from nbbrain.backends.cuda import blas, execute, launches, memory, toolkit

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


def recurrent_population(size: int) -> np.ndarray:
    """Potentials of neurons that send spikes to one another, and the gradient of their weights."""
    rng = np.random.default_rng(4)
    w = bm.TrainVar(rng.normal(size=(size, size)).astype(np.float32))
    V = bm.Variable(np.zeros(size, np.float32))
    currents = rng.normal(size=(4, size)).astype(np.float32)

    def turn(current: Any) -> Any:
        V.value = 0.9 * V + current + w @ bm.surrogate.sigmoid(V - 1.0)
        return V

    def loss() -> Any:
        out = bm.for_loop(turn, currents)
        return bm.sum(bm.tanh(out)), out

    gradient, out = bm.grad(loss, grad_vars=w, has_aux=True)()
    return np.concatenate([np.asarray(gradient), np.asarray(out)])


@pytest.mark.parametrize("whole", [False, True])
def test_one_population_on_many_blocks(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a launch for every phase of a turn, and by one launch where blocks can wait for one another."""
    monkeypatch.setattr(toolkit, "waits_as_a_whole", lambda: whole)
    monkeypatch.setattr(toolkit, "most_blocks", lambda kernel, threads: 1)  # more cannot be simulated
    monkeypatch.setattr(launches, "_SIMULATED_BLOCKS", 3)
    with backend("numpy"):
        want = recurrent_population(9)
    np.testing.assert_allclose(recurrent_population(9), want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("remat", [None, 3])
def test_weights_get_their_gradient_when_the_loop_has_run(remat: int | None) -> None:
    """By a loop without them, whose parts, of other lengths, each have a product."""
    x = np.random.default_rng(5).normal(size=(7, 5, 3)).astype(np.float32)
    w, b = bm.TrainVar(np.full((3, 3), 0.5, np.float32)), bm.TrainVar(np.zeros(3, np.float32))
    h = bm.Variable(np.zeros((5, 3), np.float32))

    def turn(row: Any) -> Any:
        h.value = bm.tanh(row @ w + h @ w + b)  # the weights take part twice
        return h

    def loss() -> Any:
        h.value = bm.zeros((5, 3))
        return bm.sum(bm.for_loop(turn, x, remat=remat) ** 2)

    explained = bp.explain(bm.grad(loss, grad_vars=[w, b]))
    assert any("matmul" in loop.show("program") and "sum 1" not in loop.show("program") for loop in explained.loops)
    found = bm.grad(loss, grad_vars=[w, b])()
    with backend("numpy"):
        want = bm.grad(loss, grad_vars=[w, b])()
    for one, other in zip(found, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


class _Device:
    """What of CuPy's interface products use, with NumPy for a device."""

    def __init__(self) -> None:
        self.cuda, self.products = self, 0

    def UnownedMemory(self, pointer: int, size: int, owner: np.ndarray) -> np.ndarray:
        assert memory.is_reachable(owner) and pointer == owner.ctypes.data and size == owner.nbytes
        return owner

    def MemoryPointer(self, owned: np.ndarray, offset: int) -> np.ndarray:
        return owned

    def ndarray(self, shape: tuple[int, ...], dtype: Any, owned: np.ndarray, strides: tuple[int, ...]) -> np.ndarray:
        self.products += 1
        assert (owned.shape, owned.dtype, owned.strides) == (shape, dtype, strides)
        return owned

    def get_current_stream(self) -> Any:
        return self

    def synchronize(self) -> None:
        pass


def test_large_products_go_to_a_library_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    device = _Device()
    monkeypatch.setattr(blas, "is_there", lambda: True)
    monkeypatch.setattr(blas, "_cupy", lambda: device)
    found = train(5, inputs(5))
    assert device.products == 3  # two sides and the result
    monkeypatch.undo()
    with backend("numpy"):
        want = train(5, inputs(5))
    for x, y in zip(found, want, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)


def test_tiles_get_more_rows_where_their_sums_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    heights: list[int | None] = []
    original = execute.make_plan

    def noted(*arguments: Any, height: int | None = None) -> Any:
        heights.append(height)
        return original(*arguments, height=height)

    monkeypatch.setattr(execute, "make_plan", noted)
    monkeypatch.setattr(execute, "_ADDING_BLOCKS", 100)
    monkeypatch.setattr(execute, "_SUMS", 100)  # 36 bytes a tile
    train(6, inputs(6))
    assert [height for height in heights if height][-5:] == [1, 2, 4, 8, 16]  # of 24 rows: of all turns


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


def test_large_variables_are_kept_where_loops_compute() -> None:
    """From the first on, so that weights which no loop writes are not copied again and again."""
    data = np.ones(1 << 14, np.float32)
    large, small = bm.TrainVar(data), bm.Variable(np.ones(3, np.float32))
    assert memory.is_reachable(large.value) and not memory.is_reachable(small.value)
    data[0] = 5
    assert large[0] == 1


def test_zeros_without_memory_of_their_own_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    cleared = []
    monkeypatch.setattr(toolkit, "fill_with_zeros", lambda target: (cleared.append(target), target.fill(0)))
    zero = np.zeros((), np.float32)
    with toolkit.on_device(0):
        target = memory.empty((3, 4), np.float32)
        target.fill(1)
        toolkit.copy(target, np.broadcast_to(zero, (3, 4)))
        assert len(cleared) == 1 and not target.any()
        for source in (np.broadcast_to(zero + 1, (3, 4)), np.broadcast_to(-zero, (3, 4)),
                       np.arange(12, dtype=np.float32).reshape(3, 4)):
            toolkit.copy(target, source)
            toolkit.wait()
            assert target.tobytes() == source.tobytes()
    assert len(cleared) == 1


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
    (kernel,) = loop.kernels
    assert "for turn in range(begin, end):" in kernel.source and "one kernel, a block a tile" in str(kernel.title)
    assert "loop of 4 turns" in str(explained)


def test_too_little_memory_is_said_before_anything_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    x = inputs(4)
    monkeypatch.setattr(toolkit, "free_bytes", lambda: (100, 200))
    message = r"needs \d.* for 4 turns, but the device has 200 B, of which 100 B are free"
    with pytest.raises(BackendError, match=message) as caught:
        train(4, x)
    assert "remat=True" in str(caught.value) and "test_execute.py" in str(caught.value)


def test_memory_that_others_have_taken_is_noticed_when_it_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a loop that fitted before, and by data."""
    x = inputs(4)
    train(4, x)
    memory.let_go()
    monkeypatch.setattr(toolkit, "free_bytes", lambda: (10, 200))
    with pytest.raises(DeviceMemoryError, match=r"program \w+ needs .* the device has 200 B, of which 10 B are free"):
        train(4, x)
    with pytest.raises(DeviceMemoryError, match=r"4\.1 kB do not fit .* has 200 B, of which 10 B are free"):
        bm.asarray(np.zeros(1024, np.float32))


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
