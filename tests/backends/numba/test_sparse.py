"""Sparse products by rows: both ways, any number of threads and any length of the loop give the same bits."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend

pytest.importorskip("numba")

from nbbrain.backends.numba import execute, machine_code, pool, prepared
from nbbrain.backends.numba.kernels import helper_function
from nbbrain.backends.numba.sources import Assembled, lanes_of, lay_out_source
from nbbrain.backends.numba.sparse import windows_of

KINDS = ["float32", "float64"]
avx512 = pytest.mark.skipif(machine_code.vector_bytes() != 64, reason="needs a processor with AVX-512")


class Matrix(NamedTuple):
    """A matrix in compressed sparse row form."""

    data: np.ndarray
    columns: np.ndarray
    indptr: np.ndarray
    shape: tuple[int, int]

    def dense(self) -> np.ndarray:
        """All elements, with those of one place added up."""
        dense = np.zeros(self.shape)
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        np.add.at(dense, (rows, self.columns), self.data)
        return dense


def matrix(lists: Sequence[Sequence[int]], columns: int, kind: str = "float32", each: bool = True) -> Matrix:
    """Random elements in the columns that are listed by rows."""
    joined = np.array([column for row in lists for column in row], np.int32)
    data = np.random.default_rng(5).normal(size=joined.size if each else 1).astype(kind)
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in lists])]).astype(np.int64)
    return Matrix(data, joined, indptr, (len(lists), columns))


def ascending(rows: int, columns: int, seed: int = 0) -> list[list[int]]:
    """Columns by rows, some of them more than once, in rows of very different lengths; every fourth row is empty."""
    rng = np.random.default_rng(seed)
    return [sorted(rng.integers(0, columns, rng.integers(0, 2 * columns))) if r % 4 else [] for r in range(rows)]


def _addresses(*arrays: np.ndarray) -> list[int]:
    return [array.ctypes.data for array in arrays]


def plain(a: Matrix, x: np.ndarray) -> np.ndarray:
    """The product element by element, for every row of x."""
    result = np.full((len(x), a.shape[0]), np.nan, x.dtype)
    numbers = [len(x), *a.shape, a.data.shape != (1,), x.shape[1], a.shape[0]]
    row = np.array([*_addresses(x, result, a.data, a.columns, a.indptr), *numbers], np.int64)
    source = Assembled("sparse", "gather", (x.dtype.name, x.dtype.name, a.data.shape != (1,), 0))
    helper_function(source)(row.ctypes.data)
    return result


def by_windows(a: Matrix, x: np.ndarray) -> np.ndarray | None:
    """The product by windows, for every row of x; None where an element has no place."""
    lanes, told = lanes_of(x.dtype), np.empty(2, np.int64)
    counts = np.empty(windows_of(*a.shape, lanes), np.int32)
    values, places = np.empty((0, lanes), x.dtype), np.empty((0, lanes), np.int8)
    each = a.data.shape != (1,)
    for writes in (False, True):
        given = _addresses(a.data, a.columns, a.indptr, values, places, counts, told)
        row = np.array([*given, *a.shape, each, writes], np.int64)
        helper_function(lay_out_source(x.dtype))(row.ctypes.data)
        if not told[1]:
            return None
        assert counts.sum() == told[0]
        if not writes:
            values, places = np.full((told[0], lanes), np.nan, x.dtype), np.empty((told[0], lanes), np.int8)
    result = np.full((len(x), a.shape[0] + 1), np.nan, x.dtype)
    numbers = [len(x), *a.shape, each, x.shape[1], a.shape[0] + 1]
    row = np.array([*_addresses(x, result, a.data, a.columns, a.indptr, values, places, counts), *numbers], np.int64)
    helper_function(Assembled("sparse", "gather", (x.dtype.name, x.dtype.name, each, lanes)))(row.ctypes.data)
    assert np.isnan(result[:, -1]).all()  # nothing is written behind the last row
    return result[:, :-1]


def vectors(columns: int, kind: str, count: int = 1) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(count, columns)).astype(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("each", [True, False], ids=["elements", "one number"])
@pytest.mark.parametrize("rows", [1, 3, 4, 16, 65, 130])
@pytest.mark.parametrize("columns", [1, 7, 32, 33, 100])
def test_both_ways_give_the_same_bits(rows: int, columns: int, each: bool, kind: str) -> None:
    a, x = matrix(ascending(rows, columns), columns, kind, each), vectors(columns, kind, 3)
    result = plain(a, x)
    size = np.abs(x.astype(float)) @ np.abs(a.dense()).T  # of what is added up
    np.testing.assert_array_less(np.abs(result - x.astype(float) @ a.dense().T), 1e-30 + 20 * np.finfo(kind).eps * size)
    if machine_code.vector_bytes() == 64:
        windows = by_windows(a, x)
        assert windows is not None
        assert windows.tobytes() == result.tobytes()


@pytest.mark.parametrize("way", [plain, pytest.param(by_windows, marks=avx512)])
def test_elements_are_added_in_their_order_with_one_rounding_each(way: Callable[[Matrix, np.ndarray], np.ndarray]) -> None:
    """Products of float32 numbers are exact in float64, and so are sums of two numbers that are not far apart."""
    a = matrix([sorted(np.random.default_rng(r).integers(0, 40, 3 * r)) for r in range(23)], 40)
    x = np.random.default_rng(2).integers(1 << 22, 1 << 23, (1, 40)).astype(np.float32)
    data = np.random.default_rng(3).integers(1 << 22, 1 << 23, a.data.size).astype(np.float32)
    want = []
    for start, stop in zip(a.indptr, a.indptr[1:], strict=False):
        total = np.float32(0)
        for e in range(start, stop):
            total = np.float32(np.float64(total) + np.float64(data[e]) * np.float64(x[0, a.columns[e]]))
        want.append(total)
    assert way(a._replace(data=data), x)[0].tolist() == want


@avx512
def test_what_no_element_refers_to_does_not_count() -> None:
    lists = [[c for c in row if c % 5] for row in ascending(40, 90)]
    a, x = matrix(lists, 90), vectors(90, "float32")
    x[:, ::10], x[:, 5::10] = np.inf, np.nan
    result = by_windows(a, x)
    assert result is not None
    assert np.isfinite(result).all()
    assert result.tobytes() == plain(a, x).tobytes()


@avx512
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_an_element_refers_to_counts_in_its_row_only(value: float) -> None:
    a, x = matrix([[2, 40], [40], [3, 41, 41], [], [41]], 50), vectors(50, "float32")
    x[0, 40] = value
    result = by_windows(a, x)
    assert result is not None
    assert np.isfinite(result[0]).tolist() == [False, False, True, True, True]
    assert result.tobytes() == plain(a, x).tobytes()


@avx512
def test_an_order_that_windows_cannot_follow_is_told() -> None:
    x = vectors(100, "float32")
    assert by_windows(matrix([[1, 2], [3, 99, 0]], 100), x) is None
    near = matrix([[1, 2], [3, 1, 2, 0]], 100)  # all in one window
    result = by_windows(near, x)
    assert result is not None
    assert result.tobytes() == plain(near, x).tobytes()


# In loops


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether windows were used, for every matrix of every run."""
    found: list[bool] = []
    original = prepared.Windows.make

    def make(self: prepared.Windows, arrays: Any, turns: int) -> Any:
        made = original(self, arrays, turns)
        found.append(made[2].flat[0] >= 0)
        return made

    monkeypatch.setattr(prepared.Windows, "make", make)
    return found


def run(a: Matrix, turns: int, lead: tuple[int, ...] = (), name: str = "numba") -> np.ndarray:
    """The states of a reservoir."""
    x = np.random.default_rng(1).normal(size=(turns, *lead, a.shape[0])).astype(a.data.dtype)
    state = bm.Variable(np.zeros((*lead, a.shape[1]), a.data.dtype))

    def turn(row: Any) -> Any:
        state.value = bm.tanh(row + bm.csr_matvec(a.data, a.columns, a.indptr, state.value, a.shape))
        return state

    with backend(name), settings.using(strict=True):
        return np.asarray(bm.for_loop(turn, x))


def reservoir(units: int, density: float, kind: str = "float32") -> Matrix:
    rng = np.random.default_rng(4)
    a = matrix([np.flatnonzero(row).tolist() for row in rng.random((units, units)) < density], units, kind)
    return a._replace(data=(a.data / np.sqrt(density * units)).astype(kind))


@pytest.mark.parametrize("lead", [(), (3,), (40,)])
def test_long_and_short_runs_give_the_same_bits(laid_out: list[bool], lead: tuple[int, ...]) -> None:
    a = reservoir(90, 0.3)
    long, short = run(a, 130, lead), run(a, 20, lead)
    assert laid_out == ([True, False] if machine_code.vector_bytes() == 64 else [])
    assert long[:20].tobytes() == short.tobytes()
    np.testing.assert_allclose(short, run(a, 20, lead, "numpy"), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_does_not_change_the_bits(laid_out: list[bool], kind: str,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "_TEAM_CYCLES", 0)
    if kind == "float64":
        bm.enable_x64()
    a, results = reservoir(150, 0.3, kind), []
    for threads in (1, 2, 3):
        settings.set(num_threads=threads)
        results.append(run(a, 110).tobytes())
    assert all(other == results[0] for other in results)
    assert laid_out == [True] * 6 if machine_code.vector_bytes() == 64 else not laid_out  # one for every member


def test_matrices_for_which_windows_do_not_pay(laid_out: list[bool]) -> None:
    """Few elements, columns in another order, or rows so different that most lanes would idle."""
    full = list(range(90))
    for a in (reservoir(200, 0.01), matrix([full[::-1]] * 90, 90), matrix([full if r % 16 == 0 else [] for r in full], 90)):
        a = a._replace(data=a.data / 10)
        np.testing.assert_allclose(run(a, 120)[:10], run(a, 10, name="numpy"), rtol=1e-4, atol=1e-5)
    assert not any(laid_out)


def test_truth_values_are_added_up_element_by_element(laid_out: list[bool]) -> None:
    a = reservoir(90, 0.3)
    fired = np.random.default_rng(1).random((120, 90)) < 0.2
    with backend("numba"), settings.using(strict=True):
        result = np.asarray(bm.for_loop(lambda row: bm.event_csr_matvec(a.data, a.columns, a.indptr, row, a.shape), fired))
    np.testing.assert_allclose(result, fired @ a.dense().T, rtol=1e-4, atol=1e-5)
    assert not laid_out


def test_memory_that_is_used_again_begins_at_a_cache_line() -> None:
    kept = [pool.empty((1 << 17, i), np.int8) for i in range(1, 5)]
    assert [array.ctypes.data % 64 for array in kept] == [0] * 4
