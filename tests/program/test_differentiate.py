"""The adjoint of a step: right by central differences, no larger than what is asked, and with no needless residuals."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations import named
from nbbrain.program.capture import capture_step
from nbbrain.program.differentiate import Adjoint, differentiate
from nbbrain.program.interpret import interpret
from nbbrain.program.step import Step
from nbbrain.program.symbol import Symbol
from tests.program.programs import FLOAT, names, operations

ROWS, SIZE = 3, 4


@pytest.fixture(autouse=True)
def double_precision() -> None:
    """Central differences need it."""
    bm.enable_x64()


class Model:
    """Two weights, a bias, a state that is written, and a counter of turns."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.w, self.u = [bm.Variable(rng.normal(size=(SIZE, SIZE))) for _ in range(2)]
        self.b = bm.Variable(rng.normal(size=SIZE))
        self.h = bm.Variable(rng.normal(size=(ROWS, SIZE)))
        self.turn = bm.Variable(np.zeros(1, int))


def step_of(body: Callable[[Model, Any], Any]) -> Step:
    """The step of a model's body, whose only input of every turn has shape (ROWS, SIZE)."""
    model = Model()

    def function(x: Symbol) -> list[Any]:
        results = body(model, wrap(x))
        return [raw(result) for result in (results if isinstance(results, tuple) else (results,))]

    return capture_step(function, [((ROWS, SIZE), FLOAT)]).step


def samples(symbols: Sequence[Symbol], seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=symbol.shape) if symbol.dtype.kind == "f"
            else rng.integers(0, 3, symbol.shape).astype(symbol.dtype) for symbol in symbols]


def evaluate(step: Step, inputs: Sequence[np.ndarray]) -> dict[Symbol, np.ndarray]:
    return interpret(step.body, dict(zip(step.inputs, inputs, strict=True)))


def weighted(step: Step, inputs: Sequence[np.ndarray], seeds: Sequence[np.ndarray]) -> float:
    """The results that have a cotangent, made one number by their cotangents."""
    values = evaluate(step, inputs)
    real = [symbol for symbol in step.results if symbol.dtype.kind == "f"]
    return sum(float((values[symbol] * seed).sum()) for symbol, seed in zip(real, seeds, strict=True))


def by_differences(step: Step, inputs: Sequence[np.ndarray], seeds: Sequence[np.ndarray], number: int) -> np.ndarray:
    """The cotangent of one input by central differences."""
    gradient, eps = np.zeros(inputs[number].shape), 1e-5
    for at in np.ndindex(*gradient.shape):
        pair = []
        for sign in (1, -1):
            moved = [x.copy() for x in inputs]
            moved[number][at] += sign * eps
            pair.append(weighted(step, moved, seeds))
        gradient[at] = (pair[0] - pair[1]) / (2 * eps)
    return gradient


def cotangents(step: Step, adjoint: Adjoint, inputs: Sequence[np.ndarray],
               seeds: Sequence[np.ndarray]) -> dict[int, np.ndarray]:
    """One turn forward, one turn backward: the cotangents by the number of their input."""
    forward = evaluate(adjoint.forward, inputs)
    n = len(step.carried)
    real = [symbol for symbol in step.results if symbol.dtype.kind == "f"]
    of_sums = [seed for symbol, seed in zip(real, seeds, strict=True) if symbol in set(step.sums)]
    given = [*seeds[:len(seeds) - len(of_sums)], *[forward[symbol] for symbol in adjoint.residuals],
             *inputs[n:n + len(step.per_step)], *of_sums, *inputs[n + len(step.per_step):], *adjoint.arrays]
    values = evaluate(adjoint.backward, given)
    return dict(zip(adjoint.wanted, [np.asarray(values[symbol]) for symbol in adjoint.backward.results], strict=True))


def rate(m: Model, x: Any) -> Any:
    m.h.value = bm.tanh(x @ m.w + m.h @ m.u + m.b)
    return m.h * 2.0


def gated(m: Model, x: Any) -> Any:
    z = bm.sigmoid(x @ m.w + m.b)
    m.h.value = (1 - z) * m.h + z * bm.tanh(m.h @ m.u)
    m.turn += 1
    return m.h.sum(axis=1), z


def normalised(m: Model, x: Any) -> Any:
    e = bm.exp(x * m.b - (x * m.b).max(axis=-1, keepdims=True))
    m.h.value = m.h * 0.5 + e / e.sum(axis=-1, keepdims=True)
    return bm.sqrt(m.h ** 2 + 1.0)


def sliced(m: Model, x: Any) -> Any:
    y = bm.concatenate([x[:, 2:], m.h[:, :2] * m.b[:2]], axis=-1)
    y[:, 1] = m.h[:, 0] * 3.0
    m.h.value = y[:, ::-1] + m.w[0]
    return y.reshape(-1) * 2, y.T @ x


def chosen(m: Model, x: Any) -> Any:
    m.h.value = bm.where(x > 0, m.h * m.b, bm.sin(m.h)) + bm.maximum(x, m.h)
    return m.w[m.turn] * x, m.h.mean(axis=0)


def unchanged(m: Model, x: Any) -> Any:
    m.h.value = m.h + 0.0 * x
    return x


def overwritten(m: Model, x: Any) -> Any:
    """Where indices repeat the last value stays, and the others have the gradient zero."""
    y = m.h * m.b
    y[:, np.array([1, 3, 1])] = bm.sin(x[:, :3])
    m.h.value = y
    return y ** 2


BODIES = [rate, gated, normalised, sliced, chosen, unchanged, overwritten]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_adjoint_agrees_with_differences(body: Callable) -> None:
    step = step_of(body)
    inputs = samples(step.inputs, 2)
    seeds = samples([symbol for symbol in step.results if symbol.dtype.kind == "f"], 3)
    real = tuple([i for i, symbol in enumerate(step.inputs) if symbol.dtype.kind == "f"])
    found = cotangents(step, differentiate(step, real), inputs, seeds)
    assert sorted(found) == list(real)
    for number, gradient in found.items():
        want = by_differences(step, inputs, seeds, number)
        assert np.abs(gradient - want).max() <= 1e-6 * max(np.abs(want).max(), 1e-3), step.inputs[number]


SMOOTH: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (1.5 + b * b), lambda a, b: bm.tanh(a),
    lambda a, b: bm.exp(-a * a), lambda a, b: bm.sin(a) * b, lambda a, b: a.sum(axis=1, keepdims=True) * b * 0.2,
    lambda a, b: a[:, ::-1] - b.mean(axis=0), lambda a, b: bm.concatenate([a[:, 1:], b[:, :1]], axis=1),
    lambda a, b: bm.logaddexp(a, b), lambda a, b: bm.cosh(a * 0.3), lambda a, b: (a.T @ b)[:ROWS] * 0.2,
]


@pytest.mark.parametrize("seed", range(12))
def test_adjoint_of_random_steps_agrees_with_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    recipe = [(rng.integers(len(SMOOTH)), rng.integers(100), rng.integers(100)) for _ in range(10)]

    def body(m: Model, x: Any) -> Any:
        values = [x, m.h * 1.0, m.b + x, x @ m.w * 0.3]
        for function, i, j in recipe:
            values.append(SMOOTH[function](values[i % len(values)], values[j % len(values)]) + bm.zeros((ROWS, SIZE)))
        m.h.value = bm.tanh(values[-1])
        return values[-2], values[-3].sum()

    step = step_of(body)
    inputs, seeds = samples(step.inputs, seed), samples(step.results, seed + 100)
    everything = tuple(range(len(step.inputs)))
    for number, gradient in cotangents(step, differentiate(step, everything), inputs, seeds).items():
        want = by_differences(step, inputs, seeds, number)
        assert np.abs(gradient - want).max() <= 1e-6 * max(np.abs(want).max(), 1e-3), step.inputs[number]


# Residuals

@pytest.mark.parametrize(("body", "kept"), [
    (lambda m, x: x + m.b, []),
    (lambda m, x: x * m.b + 2.0, []),                                    # inputs are at hand
    (lambda m, x: x @ m.w, []),
    (lambda m, x: bm.tanh(x @ m.w), ["tanh"]),                           # not the product
    (lambda m, x: bm.exp(x @ m.w) * m.b, ["exp"]),
    (lambda m, x: bm.exp(x * m.b), ["exp"]),
    (lambda m, x: (x * m.b) ** 3, []),                                   # cheap to compute again
    (lambda m, x: bm.where(x > 0, x * m.b, x), []),
    (lambda m, x: bm.sin(x @ m.w), ["matmul"]),
    (lambda m, x: ((x @ m.w) ** 2).sum() + (x @ m.w).T ** 2, ["matmul"]),  # a view of what is kept costs nothing
    (lambda m, x: bm.tanh(bm.tanh(x)), ["tanh", "tanh"]),
])
def test_residuals_are_what_the_backward_step_cannot_have_otherwise(body: Callable, kept: list[str]) -> None:
    step = step_of(body)
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    assert names(adjoint.residuals) == kept
    assert adjoint.forward.outputs == (*step.outputs, *adjoint.residuals)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_residual_is_used_and_none_is_an_input(body: Callable) -> None:
    step = step_of(body)
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    read = {x for symbol in adjoint.backward.body for x in symbol.operands} | set(adjoint.backward.results)
    for symbol in adjoint.residuals:
        assert symbol in read
        assert symbol not in set(step.per_step) | set(step.constants)
        assert not symbol.is_constant
    needed = {x for symbol in adjoint.backward.body if not symbol.operands and symbol.operation is None for x in [symbol]}
    assert all(symbol.is_constant for symbol in needed)  # nothing else comes from the forward step


def test_arrays_that_rules_bring_in_are_constants_of_the_backward_step() -> None:
    step = step_of(overwritten)
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    array, = adjoint.arrays
    assert adjoint.backward.constants[-1].shape == array.shape == (ROWS, 3)
    assert differentiate(step_of(rate), (0,)).arrays == ()


def test_a_state_at_the_begin_of_a_turn_is_kept_where_its_value_is_needed() -> None:
    """It is carried, so the backward step, which runs the other way, does not have it."""
    step = step_of(lambda m, x: m.h.update(m.h * m.b) or x)
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    assert adjoint.residuals == (step.carried[0][0],)


# Only what is asked

def test_only_asked_gradients_are_computed() -> None:
    step = step_of(rate)
    by_name = {symbol.name: i for i, symbol in enumerate(step.inputs)}
    w, x = by_name["state0"], by_name["input0"]
    everything = differentiate(step, tuple(range(len(step.inputs))))
    only_w = differentiate(step, (w,))
    assert everything.wanted == (0, x, *range(x + 1, len(step.inputs)))
    assert only_w.wanted == (0, w)  # cotangents of carried values are always passed on
    assert (len(only_w.backward.outputs), len(only_w.backward.sums)) == (0, 1)
    assert (len(everything.backward.outputs), len(everything.backward.sums)) == (1, 3)
    products = operations(only_w.backward).count("matmul")
    assert (products, operations(everything.backward).count("matmul")) == (2, 4)
    assert differentiate(step, ()).wanted == (0,)


def test_results_without_cotangent_are_left_out() -> None:
    """The residuals stay those that the forward step has kept."""
    step = step_of(gated)
    everything = tuple(range(len(step.inputs)))
    full, partly = differentiate(step, everything), differentiate(step, everything, (1,))
    assert partly.residuals == full.residuals
    assert len(full.backward.per_step) == len(partly.backward.per_step) + 1
    assert len(partly.backward.body) < len(full.backward.body)


def test_an_input_that_nothing_depends_on_gets_zeros() -> None:
    step = step_of(lambda m, x: (x * 2, m.turn * 1)[0] + 0.0 * bm.stop_gradient(m.b))
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    b = next(i for i, symbol in enumerate(step.inputs) if symbol.shape == (SIZE,))
    gradient = cotangents(step, adjoint, samples(step.inputs, 0), samples(step.results, 1))[b]
    np.testing.assert_array_equal(gradient, np.zeros(SIZE))


def test_integers_have_no_cotangent() -> None:
    step = step_of(gated)
    adjoint = differentiate(step, tuple(range(len(step.inputs))))
    assert [symbol.dtype.kind for symbol in adjoint.backward.results] == ["f"] * len(adjoint.wanted)
    assert all(symbol.dtype.kind == "f" for begin, end in adjoint.backward.carried for symbol in (begin, end))


# Second derivatives: the adjoint of an adjoint, which has sums

def test_adjoint_of_an_adjoint_agrees_with_differences() -> None:
    step = step_of(rate)
    backward = differentiate(step, tuple(range(len(step.inputs)))).backward
    assert backward.sums
    inputs, seeds = samples(backward.inputs, 4), samples(backward.results, 5)
    twice = differentiate(backward, tuple(range(len(backward.inputs))))
    assert twice.forward.sums == backward.sums
    for number, gradient in cotangents(backward, twice, inputs, seeds).items():
        want = by_differences(backward, inputs, seeds, number)
        assert np.abs(gradient - want).max() <= 1e-6 * max(np.abs(want).max(), 1e-3), backward.inputs[number]


def test_rules_are_those_of_the_operations() -> None:
    """The derivative of a captured operation is its one rule, run on symbols."""
    step = step_of(lambda m, x: named["tanh"](x.value))
    adjoint = differentiate(step, (0,))
    assert operations(adjoint.backward) == ["multiply", "subtract", "multiply"]
