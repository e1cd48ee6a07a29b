"""Generated sources, run by plain Python on the memory of real plans, compute what NumPy computes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends.numba import code, emit, interpreted
from nbbrain.backends.numba.execute import CompiledPlan, check_step
from nbbrain.backends.numba.sources import instruction_source
from nbbrain.backends.plan_runner import Parts
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations import named
from nbbrain.operations.convolution import conv_general
from nbbrain.program.capture import capture_step
from nbbrain.program.differentiate import differentiate
from nbbrain.program.plan import Plan, make_plan
from nbbrain.program.plan.instructions import Nest
from nbbrain.program.plan.layout import Buffer, View, contiguous_strides
from nbbrain.program.plan.nests import NestBuilder
from nbbrain.program.step import Step
from tests.backends.numba import unjitted
from tests.conformance.reference import InterpretingBackend
from tests.conformance.table import arity, cases, sample
from tests.conformance.test_programs import BODIES, Model

TURNS = 3


@pytest.fixture(autouse=True)
def python_runs_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans call Python's functions instead of machine code."""
    monkeypatch.setattr(code, "kernel_address", lambda item: unjitted.kernel_address(instruction_source(item)))
    settings.set(num_threads=1)


def run(step: Step, inputs: Sequence[np.ndarray], length: int = TURNS, reverse: bool = False) -> list[np.ndarray]:
    """The results of a step that Python runs from the sources of its kernels."""
    check_step(step)
    n, m = len(step.carried), len(step.per_step)
    compiled = CompiledPlan(make_plan(step), step)
    parts = Parts()
    carried, outputs = compiled.run(length, reverse, inputs[:n], inputs[n:n + m], inputs[n + m:], parts)
    return [*carried, *outputs, *compiled.sum_up(parts.sums)]


def reference(step: Step, inputs: Sequence[np.ndarray], length: int = TURNS, reverse: bool = False) -> list[np.ndarray]:
    """The same by NumPy."""
    n, m = len(step.carried), len(step.per_step)
    with np.errstate(all="ignore"):
        carried, per_step, constants = [tuple(part) for part in (inputs[:n], inputs[n:n + m], inputs[n + m:])]
        parts = InterpretingBackend().run_step(step, length, carried, per_step, constants, reverse)
    return [np.asarray(result) for part in parts for result in part]


def agree(step: Step, inputs: Sequence[np.ndarray], reverse: bool = False, tolerance: float = 1e-12) -> None:
    for got, want in zip(run(step, inputs, reverse=reverse), reference(step, inputs, reverse=reverse), strict=True):
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def step_of(function: Callable[..., Any], *rows: np.ndarray) -> Step:
    """The step of a function of arrays, each of which gives one row a turn."""
    def listed(*symbols: Any) -> list[Any]:
        results = function(*[wrap(symbol) for symbol in symbols])
        return [raw(result) for result in (results if isinstance(results, tuple) else (results,))]

    return capture_step(listed, [(x.shape[1:], x.dtype) for x in rows]).step


# Every operation

@pytest.mark.parametrize(("name", "dtype"), cases())
def test_operations(name: str, dtype: str) -> None:
    operation = named[name]
    operands = [x[:TURNS] for x in sample(name, dtype, arity(operation))]
    step = step_of(lambda *rows: wrap(operation(*[raw(row) for row in rows])), *operands)
    agree(step, operands, tolerance={"float64": 1e-12}.get(dtype, 2e-6))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_choice_cast_and_spike(dtype: str) -> None:
    x = np.random.default_rng(0).normal(size=(TURNS, 4)).astype(dtype)

    def body(row: Any) -> Any:
        spike = bm.surrogate.sigmoid(row)
        return bm.where(row > 0.2, row, 1), spike, (row * 3).astype(bm.int32), (row > 0).astype(bm.int8), row.astype(bm.bool)

    agree(step_of(body, x), [x], tolerance=1e-6)


def test_every_operation_is_covered() -> None:
    assert {name for name, _ in cases()} | {"where", "cast", "spike", "stop_gradient", "float_power", "ldexp"} >= {
        name for name in emit.EXPRESSIONS if isinstance(named[name].function, np.ufunc)}


# Every kernel over lines and matrices

def orders(x: Any) -> tuple[Any, ...]:
    order = bm.argsort(x, axis=1)
    return order, bm.sort(x.T, axis=0), bm.argmax(x, axis=1), bm.argmin(x, axis=0), bm.searchsorted(bm.arange(3.0), x)


def runs(x: Any) -> tuple[Any, ...]:
    return bm.cumsum(x, axis=0), bm.cumprod(x, axis=1), bm.cumsum(x > 0.0)


def matrices(x: Any) -> tuple[Any, ...]:
    whole = x[:, :6].reshape(18, 2, 3)
    return whole @ bm.swapaxes(whole, 1, 2), whole[:2] @ x[:3, :5]


def neighbours(x: Any) -> tuple[Any, ...]:
    return (bm.convolve(x[0], x[1, :4]), wrap(conv_general(raw(x)[..., None], raw(x)[:2, None, :3], padding="VALID")))


def segments(x: Any) -> tuple[Any, ...]:
    return tuple([function(x.T, np.arange(40) % 3, 4) for function in (bm.segment_max, bm.segment_min, bm.segment_prod)])


@pytest.mark.parametrize("function", [orders, runs, matrices, neighbours, segments], ids=lambda function: function.__name__)
def test_lines_and_matrices(function: Callable[[Any], tuple[Any, ...]]) -> None:
    """Forward and backward; lines are long enough for sorted runs to be merged."""
    x = np.random.default_rng(0).normal(size=(TURNS, 18, 40))
    x[:, ::5, ::7] = np.nan if function is orders else 0.0
    step = step_of(function, x)
    agree(step, [x, *[value for value, _ in step.results[0].program.captured.values()]])
    if function is not orders:
        rng, backward = np.random.default_rng(2), differentiate(step, (0,)).backward
        inputs = [_sample(symbol, rng, i >= len(backward.inputs) - len(backward.constants))
                  for i, symbol in enumerate(backward.inputs)]
        agree(backward, inputs, reverse=True)


# Every form of a nest

FORMS: dict[str, Callable[[Any], Any]] = {
    "contiguous": lambda x: x * 2.0 + x,
    "row against column": lambda x: x[:, :1] * x[:1],
    "number against all": lambda x: x[0, 0] * x,
    "transposed": lambda x: x.T * 2.0 + bm.arange(4.0, dtype=bm.float64)[:, None],
    "backward": lambda x: x[::-1, ::-2] + 1.0,
    "new axes": lambda x: x[None, :, None] * x[:, None, :],
    "three loops": lambda x: x[:, :2].reshape(3, 2, 1) * x[:, None, 2:],
    "sum of all": lambda x: (x * x).sum(),
    "sum of rows": lambda x: (x * x).sum(axis=0),
    "sum of columns": lambda x: (x * x).sum(axis=1, keepdims=True),
    "product": lambda x: x.prod(axis=1),
    "largest": lambda x: x.max(axis=0),
    "smallest": lambda x: bm.where(x > 5, bm.nan, x).min(axis=1),
    "any and all": lambda x: ((x > 1).any(axis=0), (x > -1).all(axis=1)),
    "sum of truth values": lambda x: (x > 0).sum(axis=0),
    "sum of small integers": lambda x: x.astype(bm.int8).sum(axis=1),
    "copies": lambda x: (x, x.T, bm.ones((2, 2)), x[0]),
    "joined": lambda x: bm.concatenate([x, x * 2.0, bm.zeros((3, 1))], axis=1),
    "view that needs a copy": lambda x: x.T.reshape(-1) * 2.0,
    "products of matrices": lambda x: (x @ x.T, x.T @ x, x @ bm.asarray(np.arange(8.0).reshape(4, 2), dtype=x.dtype)),
    "picked": lambda x: (x[:, np.array([0, 2, -1])], x[np.array([2, 0])]),
    "written": lambda x: written(x),
    "sigmoid": lambda x: bm.sigmoid(x) * bm.tanh(-x),
}


def written(x: Any) -> Any:
    y = x * 1.0
    y[:, 1:3] = x[:, :2] * 2.0
    y[np.array([0, 2])] = 7.0
    return y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str, dtype: str) -> None:
    bm.enable_x64()
    x = (np.random.default_rng(1).normal(size=(TURNS, 3, 4)) * 3).astype(dtype)
    step = step_of(FORMS[form], x)
    agree(step, [x, *[value for value, _ in step.outputs[0].program.captured.values()]],
          tolerance=1e-12 if dtype == "float64" else 2e-5)


def test_random_bits() -> None:
    stream = bm.random.RandomState(11)
    captured = capture_step(lambda: [raw(stream.random((5, 3))), raw(stream.randint(0, 7, (4,)))], [])
    agree(captured.step, captured.outside(), tolerance=0)


# Whole steps, forward and backward, in tiles

@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_whole_steps(body: Callable[[Model, Any], Any]) -> None:
    bm.enable_x64()
    model, rng = Model(), np.random.default_rng(2)
    x = rng.normal(size=(TURNS, 12, 5))
    captured = capture_step(lambda row: [raw(body(model, wrap(row)))], [(x.shape[1:], x.dtype)])
    n = len(captured.carried)
    outside = [np.asarray(value) for value in captured.outside()]
    agree(captured.step, [*outside[:n], x, *outside[n:]], tolerance=1e-9)
    backward = differentiate(captured.step, tuple(range(len(captured.step.inputs)))).backward
    inputs = [_sample(symbol, rng, i < len(backward.carried) or i >= len(backward.inputs) - len(backward.constants))
              for i, symbol in enumerate(backward.inputs)]
    agree(backward, inputs, reverse=True, tolerance=1e-9)


def _sample(symbol: Any, rng: np.random.Generator, once: bool) -> np.ndarray:
    shape = symbol.shape if once else (TURNS, *symbol.shape)
    return rng.normal(size=shape) if symbol.dtype.kind == "f" else rng.integers(0, 2, shape).astype(symbol.dtype)


# The text itself

def nest(shape: tuple[int, ...], row_axis: int | None = None, scale: float = 2.0) -> Nest:
    """y = x * scale over a shape."""
    buffers = [Buffer(i, "scratch", i, shape, np.dtype(np.float32), False) for i in (0, 1)]
    views = [View(buffer, shape, contiguous_strides(shape)) for buffer in buffers]
    builder = NestBuilder(shape, row_axis)
    product = builder.call("multiply", (builder.load(views[0]), builder.constant(np.float32(scale))), np.dtype(np.float32))
    builder.store(product, views[1])
    return builder.build()


def test_sizes_and_numbers_are_arguments() -> None:
    """Nests of one form share a kernel."""
    assert emit.kernel_source(nest((5, 7))) == emit.kernel_source(nest((100,), scale=3.0))
    assert emit.kernel_source(nest((5, 7), row_axis=0)) == emit.kernel_source(nest((64, 9), row_axis=0))
    assert emit.kernel_arguments(nest((5, 7)))[:1] == [(35, False)]
    assert emit.kernel_arguments(nest((5, 7), row_axis=0))[0] == (7, True)


def test_the_source_of_a_simple_nest() -> None:
    assert emit.kernel_source(nest((5,))) == """\
def KERNEL(a):
    p0 = pointer(a, 0, float32)
    p1 = pointer(a, 1, float32)
    n0 = a[2]
    c0 = constant(a, 5, float32)
    for i in range(n0):
        x0 = load(p0, i, 0)
        v0 = x0 * c0
        store(p1, i, v0, 1)
"""


@pytest.mark.parametrize("number", [np.float32(0.1), np.float64(-1e300), np.float64(np.nan), np.float32(-0.0), np.int32(-5),
                                    np.uint64(2**64 - 1), np.int64(-2**63), np.bool_(True), np.uint8(255)])
def test_numbers_survive_as_integers(number: np.generic) -> None:
    bits = emit.bits_of(number)
    assert -2**63 <= bits < 2**63
    back = interpreted.constant(bits, type(number))
    assert back.dtype == number.dtype
    assert back.tobytes() == number.tobytes()


@pytest.mark.parametrize(("dtype", "supported"), [
    ("float32", True), ("float64", True), ("int8", True), ("uint64", True), ("bool", True), ("float16", False),
    ("complex64", False), ("longdouble", False), ("U3", False)])
def test_dtypes(dtype: str, supported: bool) -> None:
    assert emit.supported_dtype(np.dtype(dtype)) == supported


def test_plans_without_work_run() -> None:
    assert CompiledPlan(Plan((), (), 1, 1, frozenset()), Step()).run(3, False, (), (), (), Parts()) == ((), ())
