"""What the compiler does not know: one warning that names operation and line, then the reference's results; or an error."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend as using_backend
from nbbrain.errors import CaptureError, CaptureWarning, UnsupportedOperationError

pytest.importorskip("numba")

from nbbrain.backends.numba import backend, emit, kernels

X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing was warned about before, and no plan is known."""
    monkeypatch.setattr("nbbrain.math.loops._warned", set())
    monkeypatch.setattr(backend._plan, "known", {})
    with using_backend("numba"):
        yield


def told(run: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What a function returns, and what it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run()
    assert all(w.category is CaptureWarning for w in caught)
    return result, [str(w.message) for w in caught]


CASES: list[tuple[str, Callable[[Any], Any], str]] = [
    ("operation without a rule for shapes", lambda row: bm.fft.rfft(row), "the operation 'rfft' cannot be captured"),
    ("dtype", lambda row: bm.abs(row * 1j), "arrays of dtype complex64 are not compiled"),
    ("half precision", lambda row: row.astype(bm.float16) * 2, "arrays of dtype float16 are not compiled"),
    ("function of the host", lambda row: bm.nonzero(row)[0].sum(), "'nonzero' needs the value"),
    ("choice by Python", lambda row: row if row.sum() > 0 else -row, "'if' needs the value"),
]


@pytest.mark.parametrize(("body", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_warning_names_operation_and_line_and_the_result_is_right(body: Callable, message: str) -> None:
    line = f"{__file__}:{body.__code__.co_firstlineno}"
    result, warned = told(lambda: bm.for_loop(body, bm.asarray(X)))
    assert len(warned) == 1
    assert warned[0].startswith(message)
    assert f"(at {line})" in warned[0]
    assert "runs eagerly on the reference instead" in warned[0]
    assert "NBBRAIN_STRICT=1" in warned[0]
    with using_backend("numpy"):
        np.testing.assert_array_equal(result, bm.for_loop(body, bm.asarray(X)))
    again, warned = told(lambda: bm.for_loop(body, bm.asarray(X)))
    assert not warned  # said once
    np.testing.assert_array_equal(again, result)


@pytest.mark.parametrize("body", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_strict_raises(body: Callable) -> None:
    with settings.using(strict=True), pytest.raises(CaptureError) as caught:
        bm.for_loop(body, bm.asarray(X))
    assert caught.value.location == f"{__file__}:{body.__code__.co_firstlineno}"
    assert caught.value.operation


ALIKE: list[Callable[[Any], Any]] = [
    lambda row: row.astype(bm.float16) + 1.0,
    lambda row: row.astype(bm.float16) + 1.0,
]


def forward(body: Callable) -> Any:
    return bm.for_loop(body, bm.asarray(X))


def backward(body: Callable) -> Any:
    return bm.grad(lambda x: bm.for_loop(lambda row: body(row * x), bm.asarray(X)).sum())(bm.ones(3))


@pytest.mark.parametrize("run", [forward, backward])
def test_equal_steps_at_different_lines_are_told_apart(run: Callable) -> None:
    with settings.using(strict=True):
        for body in ALIKE:
            with pytest.raises(UnsupportedOperationError) as caught:
                run(body)
            assert caught.value.location == f"{__file__}:{body.__code__.co_firstlineno}"


def test_an_input_of_an_unknown_dtype() -> None:
    x = bm.Array(X, dtype=np.float16)
    result, warned = told(lambda: bm.for_loop(lambda row: row.astype(bm.float32) * 2, x))
    assert [w.startswith("arrays of dtype float16") for w in warned] == [True]
    np.testing.assert_array_equal(result, X.astype(np.float16).astype(np.float32) * 2)


def test_an_operation_that_only_the_derivative_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forward loop compiles, its adjoint does not: it is noticed before anything has run."""
    monkeypatch.delitem(emit.EXPRESSIONS, "cosh")
    state = bm.Variable(bm.ones(3))

    def turn(row: Any) -> Any:
        state.value = bm.sinh(state * 0.1 + row)
        return state.value

    with settings.using(strict=True):
        bm.for_loop(turn, bm.asarray(X))
        before = np.asarray(state)
        with pytest.raises(UnsupportedOperationError, match="'cosh' is not compiled yet"):
            bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X))
        np.testing.assert_array_equal(state, before)
    gradient, warned = told(lambda: bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X)))
    assert len(warned) == 1
    after, state.value = np.asarray(state), before
    with using_backend("numpy"):
        np.testing.assert_array_equal(gradient, bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X)))
    np.testing.assert_array_equal(state, after)


def test_a_compiled_function_that_cannot_be_compiled_warns_once_and_runs() -> None:
    function = bm.jit(lambda x: bm.fft.rfft(x).real + 1)
    (first, second), warned = told(lambda: (function(bm.asarray(X[0])), function(bm.asarray(X[1]))))
    assert len(warned) == 1
    np.testing.assert_allclose(first, np.fft.rfft(X[0]).real + 1, rtol=1e-6)
    np.testing.assert_allclose(second, np.fft.rfft(X[1]).real + 1, rtol=1e-6)


def test_errors_of_the_user_are_passed_on() -> None:
    """A shape that does not fit is no reason to run eagerly."""
    state = bm.Variable(bm.ones(3))

    def turn(row: Any) -> Any:
        state.value = state + row
        return row @ bm.ones((7, 7))

    with pytest.raises(ValueError):
        bm.for_loop(turn, bm.asarray(X))
    assert state.tolist() == [1, 1, 1]


def test_indices_out_of_range_are_moved_to_the_end() -> None:
    """Compiled code cannot raise; what is known while the step is captured still does."""
    table = bm.asarray([10.0, 20.0, 30.0])
    with settings.using(strict=True):
        got = bm.for_loop(lambda i: table[i], bm.asarray([0, 5, -1, -7]))
        assert got.tolist() == [10, 30, 30, 10]
        with pytest.raises(IndexError):
            bm.for_loop(lambda row: row[5], bm.asarray(X))


def test_the_backend_compiles_nothing_before_a_step_is_known_to_be_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "address_of", lambda source: pytest.fail("compiled too early"))
    kernels.kernel_address.cache_clear()
    _, warned = told(lambda: bm.for_loop(lambda row: bm.exp(row).astype(bm.float16), bm.asarray(X)))
    assert len(warned) == 1
