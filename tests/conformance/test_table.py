"""Every row of the table, on every backend: values, dtypes, gradients, shapes, special values, and no side effects.

Beside the backends that compile, two ways to run programs are held to the table: the interpreter, and the generated sources
run by Python itself.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.backends import available_backends, backend, base, get_backend
from nbbrain.operations.precision import set_x64
from tests.conformance.reference import InterpretingBackend, UnjittedBackend
from tests.conformance.table import ELEMENTWISE, FLOATS, OTHERS, ROWS, SPECIAL_VALUES, Row

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("error::nbbrain.errors.CaptureWarning")

COMPILED = [name for name in available_backends() if get_backend(name).compiles]
ENGINES = ["numba"] if os.environ.get("NBBRAIN_TEST_BACKEND") else ["interpreting", "unjitted", *COMPILED]
TURNS = 2
CASES = [(name, dtype) for name, row in ROWS.items() for dtype in row.dtypes]
Function = Callable[..., Any]


@pytest.fixture(autouse=True)
def further_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the backends of the tests."""
    for cls in (InterpretingBackend, UnjittedBackend):
        monkeypatch.setitem(base._loaders, cls.name, cls)


def turns(row: Row, dtype: str, form: int = 0) -> list[np.ndarray]:
    """Operands for every turn; dtypes of 64 bits are those of ``x64``."""
    set_x64(dtype == "float64")
    return row.sampler(dtype, tuple([(TURNS, *shape) for shape in row.shapes[form]]))


def run(engine: str, function: Function, operands: Sequence[np.ndarray]) -> np.ndarray:
    """A function of the rows of arrays, in a loop."""
    with backend(engine), np.errstate(all="ignore"):
        return np.asarray(bm.for_loop(lambda *rows: function(*rows), [bm.Array(x, x.dtype) for x in operands]))


def gradients(engine: str, function: Function, operands: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The gradients of a weighted sum of the results by all operands."""
    def loss(*arrays: Any) -> Any:
        results = bm.for_loop(lambda *rows: function(*rows), arrays)
        weights = np.random.default_rng(1).uniform(0.5, 1.5, results.shape)
        return (results * bm.asarray(weights, dtype=results.dtype)).sum()

    with backend(engine), np.errstate(all="ignore"):
        found = bm.grad(loss, argnums=tuple(range(len(operands))))(*[bm.Array(x, x.dtype) for x in operands])
    return [np.asarray(g) for g in found]


def wide(operands: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Operands in the precision in which the reference is as good as exact for float32."""
    return [x.astype(np.float64) if x.dtype == np.float32 else x for x in operands]


def magnitude(row: Row, operands: Sequence[np.ndarray], result: np.ndarray) -> np.ndarray:
    """What the error of a row's results is measured by, turn by turn."""
    if row.magnitude is None:
        return result
    return np.stack([row.magnitude(*rows) for rows in zip(*operands, strict=True)])


def within(got: np.ndarray, exact: np.ndarray, ulp: float, magnitude: np.ndarray, name: str = "") -> None:
    """Compare with the allowed error; infinities and NaN must be at the same places."""
    dtype = got.dtype.type
    with np.errstate(all="ignore"):
        rounded = exact.astype(dtype)
        finite = np.isfinite(rounded) & np.isfinite(got)
        np.testing.assert_array_equal(np.where(finite, 0, got), np.where(finite, 0, rounded))
        size = np.broadcast_to(magnitude, exact.shape)[finite]
        spacing = np.spacing(np.abs(size).astype(dtype)).astype(np.float64)
        distance = np.abs(got[finite].astype(np.float64) - exact[finite].astype(np.float64)) / spacing
    # beside a wider reference, a result that is rounded right is half a unit away; beside an equal one, both may be off
    allowed = ulp + 0.5 if exact.dtype != got.dtype else 2 * ulp
    assert distance.max(initial=0) <= allowed, f"{name}: {distance.max()} ULP"


def check_values(row: Row, operands: list[np.ndarray], got: np.ndarray) -> None:
    """Compare what a row gave with the reference."""
    reference = run("numpy", row.function, operands)
    assert (got.dtype, got.shape) == (reference.dtype, reference.shape)
    if row.ulp == 0 or got.dtype.kind != "f":
        np.testing.assert_array_equal(got, reference)
        return
    bm.enable_x64()
    exact = run("numpy", row.function, wide(operands))
    within(got, exact, row.ulp, magnitude(row, wide(operands), exact))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_values(name: str, dtype: str, engine: str) -> None:
    row = ROWS[name]
    forms = range(1) if name in ELEMENTWISE else range(len(row.shapes))
    for form in forms:
        operands = turns(row, dtype, form)
        check_values(row, operands, run(engine, row.function, operands))


# Element-wise operations take any shapes; several operations share a loop, so that fewer kernels are made

GROUPS = [(count, dtype, [name for name, row in ELEMENTWISE.items() if len(row.shapes[0]) == count and dtype in row.dtypes])
          for count in (1, 2) for dtype in ("float32", "float64", "int32", "bool")]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("count", "dtype", "names"), GROUPS, ids=[f"{dtype} {count}" for count, dtype, _ in GROUPS])
def test_shapes_of_elementwise_operations(count: int, dtype: str, names: list[str], engine: str) -> None:
    """Empty, without axes, of one element, broadcast; and operands that are not contiguous, from within and from without."""
    rows = [ELEMENTWISE[name] for name in names]
    forms = rows[0].shapes[1:]
    operands = {row.name: [row.sampler(dtype, tuple([(TURNS, *shape) for shape in form])) for form in forms] for row in rows}
    set_x64(dtype == "float64")

    def compute(which: str, form: int) -> list[np.ndarray]:
        flat = [bm.Array(x, x.dtype) for row in rows for x in operands[row.name][form]]

        def body(*values: Any) -> list[Any]:
            given = [values[i:i + count] for i in range(0, len(values), count)]
            return [row.function(*some) for row, some in zip(rows, given, strict=True)]

        with backend(which), np.errstate(all="ignore"):
            return [np.asarray(x) for x in bm.for_loop(body, flat)]

    for form in range(len(forms)):
        if engine in COMPILED and dtype != "float32" and form not in (0, len(forms) - 1):
            continue  # forms are the same for all dtypes
        for row, got, want in zip(rows, compute(engine, form), compute("numpy", form), strict=True):
            assert (got.dtype, got.shape) == (want.dtype, want.shape), row.name
            if got.dtype.kind == "f" and row.ulp:
                within(got, want, row.ulp, magnitude(row, operands[row.name][form], want), row.name)
            else:
                np.testing.assert_array_equal(got, want, err_msg=row.name)


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "every second": lambda x: x[..., ::2], "transposed": lambda x: x.swapaxes(-1, -2), "backward": lambda x: x[..., ::-1, :],
    "one row for all": lambda x: bm.broadcast_to(x[..., :1, :], x.shape) if isinstance(x, bm.Array) else np.broadcast_to(
        x[..., :1, :], x.shape),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_operands_that_are_not_contiguous(layout: str, engine: str) -> None:
    """As inputs of the loop, as what it closes over, and as views of values within."""
    view = LAYOUTS[layout]
    rng = np.random.default_rng(3)
    x, closed = rng.normal(size=(TURNS, 4, 6)).astype(np.float32), rng.normal(size=(4, 6)).astype(np.float32)

    def body(row: Any, whole: Any) -> Any:
        inner = view(whole)
        return row * 2.0 - inner + bm.asarray(view(closed)), bm.maximum(row, view(whole * 0.5)), (row * inner).sum(axis=0)

    results = []
    for which in ("numpy", engine):
        with backend(which):
            results.append(bm.for_loop(body, (bm.asarray(view(x)), bm.asarray(x))))
    for want, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)


def special_operands(row: Row, dtype: str) -> list[np.ndarray]:
    """All pairs of special values, as one turn."""
    info = np.finfo(dtype)
    values = np.array([*SPECIAL_VALUES, info.max, info.min, info.tiny, -info.tiny, info.tiny / 4, -info.tiny / 2,
                       info.smallest_subnormal], dtype)
    count = len(row.shapes[0])
    return [x.ravel()[None] for x in (np.meshgrid(values, values) if count == 2 else [values])]


DENORMAL_ULP = 2
"""The error near and below the smallest normal number, where the spacing of numbers does not shrink any more."""


def check_special_values(row: Row, operands: list[np.ndarray], got: np.ndarray) -> None:
    """Compare what a row gave of special values with the reference."""
    want, info = run("numpy", row.function, operands), np.finfo(operands[0].dtype)
    assert got.dtype == want.dtype
    near_zero = DENORMAL_ULP * info.smallest_subnormal if row.ulp else 0
    np.testing.assert_allclose(got, want, rtol=2 * row.ulp * info.eps, atol=near_zero, err_msg=row.name)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", [name for name, row in ELEMENTWISE.items() if "float32" in row.dtypes])
def test_special_values(name: str, dtype: str, engine: str) -> None:
    """Infinities, NaN, zeros of both signs, the largest, the smallest and denormal numbers."""
    set_x64(dtype == "float64")
    row = ELEMENTWISE[name]
    operands = special_operands(row, dtype)
    check_special_values(row, operands, run(engine, row.function, operands))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "dtype"), [
    (name, dtype) for name, dtype in CASES if dtype in FLOATS and ROWS[name].differentiable])
def test_gradients(name: str, dtype: str, engine: str) -> None:
    """Within a few times the reference's own rounding error, which a wider run shows; in the operands' dtype."""
    row = ROWS[name]
    forms = range(1) if name in ELEMENTWISE else range(len(row.shapes))
    for form in forms:
        operands = turns(row, dtype, form)
        if run("numpy", row.function, operands).dtype.kind != "f":
            return
        reference, got = gradients("numpy", row.function, operands), gradients(engine, row.function, operands)
        bm.enable_x64()
        exact = gradients("numpy", row.function, wide(operands))
        bm.disable_x64()
        single = gradients("numpy", row.function, [x.astype(np.float32) for x in operands])
        for x, g, want, e, s in zip(operands, got, reference, exact, single, strict=True):
            assert (g.dtype, g.shape) == (x.dtype, x.shape)
            with np.errstate(all="ignore"):
                error = float(np.nanmax(np.abs(s - e), initial=0)) * np.finfo(dtype).eps / np.finfo(np.float32).eps
            np.testing.assert_allclose(g, want, rtol=16 * np.finfo(dtype).eps, atol=4 * error + 1e-30)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kinks])
def test_gradients_where_there_is_no_derivative(name: str, engine: str) -> None:
    """One convention for all backends: at kinks, jumps and ends of the domain."""
    row = ROWS[name]
    operands = [np.array(column, np.float32)[None] for column in zip(*row.kinks, strict=True)]
    if not row.differentiable:
        return
    for want, got in zip(gradients("numpy", row.function, operands), gradients(engine, row.function, operands), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.differentiable and "float32" in row.dtypes])
def test_what_is_not_differentiable_stops_gradients(name: str, engine: str) -> None:
    row = ROWS[name]
    operands = turns(row, "float32")
    for g in gradients(engine, lambda *rows: row.function(*rows) * 1.0 + 0.0 * rows[0].sum(), operands):
        assert not g.any()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_inputs_are_not_changed(name: str, engine: str) -> None:
    """Neither what a loop runs over, nor what it closes over."""
    row = ROWS[name]
    operands = turns(row, row.dtypes[0])
    before = [x.copy() for x in operands]
    closed = [x[0] for x in operands[1:]]
    run(engine, row.function, operands)
    run(engine, lambda first: row.function(first, *[bm.Array(x, x.dtype) for x in closed]), operands[:1])
    for x, kept in zip(operands, before, strict=True):
        np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_compiled_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call makes no plan, no adjoint and no kernel, and gives the same bits."""
    from nbbrain.backends.numba import backend as numba_backend
    from nbbrain.backends.numba import kernels

    row = ROWS[name]
    operands = turns(row, row.dtypes[0])
    differentiated = row.differentiable and run("numpy", row.function, operands).dtype.kind == "f"

    def compute() -> list[np.ndarray]:
        pulled = gradients("numba", row.function, operands) if differentiated else []
        return [run("numba", row.function, operands), *pulled]

    first = compute()
    monkeypatch.setattr(kernels, "address_of", lambda source: pytest.fail("a kernel was made again"))
    monkeypatch.setattr(numba_backend._plan, "function", lambda step: pytest.fail("a plan was made again"))
    monkeypatch.setattr("nbbrain.program.loop.adjoint.function", lambda *args: pytest.fail("an adjoint was made again"))
    for x, y in zip(first, compute(), strict=True):
        np.testing.assert_array_equal(x, y)


def test_the_table_is_whole() -> None:
    """Every operation that backends know of is in the table, and every row is used by something."""
    from nbbrain.backends.numba.emit import EXPRESSIONS
    from tests.conformance.table import KINKS, NOT_IN_CASES, ULP

    assert set(ELEMENTWISE) | NOT_IN_CASES == set(EXPRESSIONS)
    assert set(ULP) | set(KINKS) <= set(ELEMENTWISE)
    assert {f"cast to {name}" for name in ("int8", "float64", "bool")} | {"where", "spike"} <= set(OTHERS)
