"""Programs compiled for a real device, and run by a machine on the processor: types, roundings, barriers, shared memory."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from nbbrain.operations.precision import set_x64

pytest.importorskip("numba")

from nbbrain.backends.cuda import launches
from tests.backends.cuda import on_processor
from tests.conformance.table import ELEMENTWISE, FLOATS, ROWS, Row
from tests.conformance.test_table import check_special_values, check_values, special_operands, turns

TRIED = [row for row in ROWS.values() if not row.name.endswith(", kept")]  # which have the programs of those before them
AT_ONCE = 24
"""Rows of the table in one program."""
FUSED = {name: replace(ROWS[name], ulp=1, magnitude=lambda x: np.abs(x.T * x[0, 0]) + np.abs(x[1:2].T)) for name in (
    "diagonal form",)}
"""Rows in which a product is added to something: a device rounds both at once, so they have not the bits of NumPy."""


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> on_processor.BackendOnProcessor:
    """The backend, in use under its name."""
    if (reason := on_processor.missing()) is not None:
        pytest.skip(reason)
    made = on_processor.BackendOnProcessor()
    monkeypatch.setitem(base._usable, made.name, made)
    settings.set(strict=True)
    return made


def computed(device: on_processor.BackendOnProcessor, rows: list[Row], operands: list[list[np.ndarray]]) -> list[np.ndarray]:
    """What rows make of their operands, all in one program."""
    def every(*values: Any) -> list[Any]:
        left = list(values)
        return [row.function(*[left.pop(0) for _ in taken]) for row, taken in zip(rows, operands, strict=True)]

    with backend(device.name):
        results = bm.for_loop(every, [bm.Array(x, x.dtype) for taken in operands for x in taken])
    assert device.launched
    return [np.asarray(result) for result in results]


def with_special_values(row: Row, dtype: str) -> list[np.ndarray]:
    """Operands of two turns: the row's own ones, and special values."""
    special = special_operands(row, dtype)
    own = row.sampler(dtype, tuple([x.shape for x in special]))
    return [np.concatenate(pair) for pair in zip(own, special, strict=True)]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint32", "bool"])
@pytest.mark.parametrize("start", range(0, len(TRIED), AT_ONCE))
def test_every_row_of_the_table(start: int, dtype: str, device: on_processor.BackendOnProcessor) -> None:
    """Also for infinities, NaN, zeros of both signs, the largest, the smallest and denormal numbers."""
    rows = [row for row in TRIED[start:start + AT_ONCE] if dtype in row.dtypes]
    if not rows:
        return
    set_x64(dtype == "float64")
    special = [row.name in ELEMENTWISE and dtype in FLOATS for row in rows]
    operands = [(with_special_values if more else turns)(row, dtype) for row, more in zip(rows, special, strict=True)]
    for row, more, taken, got in zip(rows, special, operands, computed(device, rows, operands), strict=True):
        set_x64(dtype == "float64")
        if more:
            check_special_values(row, [x[1:] for x in taken], got[1:])
            taken, got = [x[:1] for x in taken], got[:1]
        check_values(FUSED.get(row.name, row), taken, got)


Model = Callable[[], tuple[Any, ...]]


def gradients(loss: Callable[[], tuple[Any, Any]], *variables: Any) -> tuple[Any, ...]:
    """Of a loss, and what it computes beside."""
    found, more = bm.grad(loss, grad_vars=list(variables), has_aux=True)()
    return (*found, more)


def normal(*shape: int, scale: float = 1.0, seed: int = 1) -> np.ndarray:
    return (scale * np.random.default_rng(seed).normal(size=shape)).astype(np.float32)


def recurrent_network() -> tuple[Any, ...]:
    """A batch, each row of which is a tile of its own; weights get their gradient afterwards, by tiles of products."""
    with bm.training_environment():
        cell = bp.layers.LSTMCell(5, 4, Wi_initializer=normal(5, 16), Wh_initializer=normal(4, 16, seed=2),
                                  b_initializer=normal(16, seed=3))
    cell.reset_state(6)

    def loss() -> tuple[Any, Any]:
        out = bm.for_loop(cell, bm.asarray(normal(7, 6, 5)))
        return bm.sum(out**2), out

    return gradients(loss, *cell.train_vars().values())


def population() -> tuple[Any, ...]:
    """Neurons that send spikes to one another, on a grid; the vector of spikes is mostly zeros."""
    size = 600
    w, V = bm.TrainVar(normal(size, size, scale=0.1)), bm.Variable(bm.zeros(size))
    lif = bp.neurons.LIF(size, V_th=1.0, V_reset=0.0, V_rest=0.0, tau=5.0)
    lif.V.value = bm.asarray(np.linspace(0, 1, size, dtype=np.float32))

    def turn(i: Any, current: Any) -> Any:
        bp.share.save(i=i, t=i * 0.1, dt=0.1)
        spikes = lif(current)
        V.value = 0.9 * V + bm.matmul(bm.asarray(spikes, dtype=bm.float32), w)
        return spikes, V

    spikes, out = bm.for_loop(turn, (np.arange(4), bm.asarray(8 * np.abs(normal(4, size, seed=4)))))
    total = np.asarray(spikes).sum()
    assert 10 < total < 2000

    def loss() -> tuple[Any, Any]:
        V.value = bm.zeros(size)

        def smooth(current: Any) -> Any:
            V.value = 0.9 * V + current + bm.surrogate.sigmoid(V - 1.0) @ w
            return bm.tanh(V)

        found = bm.for_loop(smooth, bm.asarray(normal(3, size, seed=4)))
        return bm.mean(found**2), found

    return (spikes, out, *gradients(loss, w))


def wide_products() -> tuple[Any, ...]:
    """By tiles: a batch that is one tile of the plan, because its rows are summed up in every turn."""
    w, u = bm.TrainVar(normal(100, 70, scale=0.1)), bm.TrainVar(normal(70, 70, scale=0.1, seed=2))
    h = bm.Variable(bm.zeros((40, 70)))

    def turn(x: Any) -> Any:
        h.value = bm.tanh(x @ w + h @ u + (h.T @ h)[:40] * 0.01)
        return h

    def loss() -> tuple[Any, Any]:
        out = bm.for_loop(turn, bm.asarray(normal(2, 40, 100, seed=3)))
        return bm.sum(out**2), out

    return gradients(loss, w, u)


def long_products() -> tuple[Any, ...]:
    """Of vectors that have no room in the lists of a block, with zeros and without."""
    w, u = bm.asarray(normal(2500, 30, scale=0.1)), bm.asarray(normal(2500, 30, scale=0.1, seed=2))

    def turn(x: Any) -> Any:
        return (x > 1.0) @ w + x @ u, u.T @ x

    return tuple(bm.for_loop(turn, bm.asarray(normal(2, 2500, seed=3))))


def events() -> tuple[Any, ...]:
    """A sparse matrix, in both directions."""
    rng = np.random.default_rng(6)
    counts = rng.integers(0, 6, 300)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    columns = rng.integers(0, 200, starts[-1]).astype(np.int32)
    data = bm.asarray(rng.normal(size=starts[-1]).astype(np.float32))
    across, down = [bm.asarray((rng.random((3, size)) < 0.3).astype(np.float32)) for size in (200, 300)]
    return tuple(bm.for_loop(lambda x, y: (
        bm.event_csr_matvec(data, columns, starts, x, shape=(300, 200)),
        bm.event_csr_matvec(data, columns, starts, y, shape=(300, 200), transpose=True)), (across, down)))


def sums_of_many() -> tuple[Any, ...]:
    """Reductions of a whole population, in parts, between what every neuron does by itself."""
    v = bm.Variable(normal(5000))

    def turn(x: Any) -> Any:
        v.value = v * 0.5 + x * bm.tanh(bm.sum(v) / 5000.0)
        return bm.sum(v), bm.max(v), v.argmax(), bm.cumsum(v)[::7]

    return (*bm.for_loop(turn, bm.asarray(normal(3, 5000, seed=3))), v)


def loops_within() -> tuple[Any, ...]:
    """A while loop in every turn, whose condition all threads of the grid see."""
    def turn(x: Any) -> Any:
        return bm.while_loop(lambda y, n: (y * 1.5 + 1, n + 1), lambda y, n: bm.sum(y) < 4000.0, (x, 0))

    return tuple(bm.for_loop(turn, bm.asarray(np.abs(normal(3, 700)))))


def random_numbers() -> tuple[Any, ...]:
    bm.random.seed(3)
    return tuple(bm.for_loop(lambda x: (bm.random.normal(size=500) + x, bm.random.randint(0, 9, 500), bm.random.rand(500)),
                             bm.asarray(normal(3, 500))))


MODELS: dict[Model, bool] = {
    recurrent_network: False, wide_products: True, long_products: False, population: True, events: True, sums_of_many: True,
    loops_within: True, random_numbers: True}
"""And whether blocks of a grid wait for one another in them."""


@pytest.mark.parametrize("model", MODELS)
def test_models(model: Model, device: on_processor.BackendOnProcessor) -> None:
    """Whatever the order in which threads run between two barriers."""
    with backend("numpy"):
        want = model()
    for device.backward in (False, True):
        with backend(device.name):
            found = model()
        assert device.launched and (any(together for together, *_ in device.launched) or not MODELS[model])
        for one, other in zip(found, want, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_spike_trains_are_those_of_the_reference(device: on_processor.BackendOnProcessor) -> None:
    """In float64, roundings differ by what a device fuses, and no spike moves."""
    set_x64(True)
    rng = np.random.default_rng(7)
    w = bm.asarray(rng.normal(-0.5, 1.5, size=(60, 60)))
    currents = bm.asarray(rng.uniform(0.0, 25.0, size=(150, 60)))

    def run() -> np.ndarray:
        lif = bp.neurons.LIF(60, V_initializer=bp.init.Constant(-60.0), method="exp_auto")
        spikes = bm.Variable(bm.zeros(60))

        def turn(i: Any, current: Any) -> Any:
            bp.share.save(i=i, t=i * 0.5, dt=0.5)
            spikes.value = bm.asarray(lif(current + spikes @ w), dtype=bm.float64)
            return spikes

        return np.asarray(bm.for_loop(turn, (np.arange(150), currents)))

    with backend("numpy"):
        want = run()
    with backend(device.name):
        found = run()
    assert found.dtype == np.float64 and 0.02 < want.mean() < 0.4
    np.testing.assert_array_equal(found, want)


@pytest.mark.parametrize("blocks", [0, 1, 5])
def test_any_number_of_blocks(blocks: int, device: on_processor.BackendOnProcessor) -> None:
    """Also where they cannot wait for one another, so that what stands between barriers is a launch of its own."""
    device.blocks = blocks
    with backend("numpy"):
        want = random_numbers()
    with backend(device.name):
        found = random_numbers()
    assert {(together, count) for together, count, _ in device.launched} == {(blocks > 0, min(blocks or 4, 4))}
    for one, other in zip(found, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_barrier_that_is_missing_is_noticed(device: on_processor.BackendOnProcessor,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    original = launches.program_source
    monkeypatch.setattr(launches, "program_source", lambda *given: re.sub(r"\n +\w+_barrier\(.*\)", "", original(*given)))
    x = bm.asarray(normal(2, 700))
    with backend("numpy"):
        want = bm.for_loop(lambda row: bm.tanh(row)[::-1] * bm.sum(row), x)
    with backend(device.name):
        found = bm.for_loop(lambda row: bm.tanh(row)[::-1] * bm.sum(row), x)
    assert not np.allclose(found, want, rtol=1e-4, atol=1e-5)
