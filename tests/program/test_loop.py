"""The loop primitive: gradients of everything a loop starts from, in both directions, of first and second order."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from nbbrain.errors import CaptureError, CaptureWarning, UnsupportedOperationError
from nbbrain.program.step import Step
from tests.conformance.reference import InterpretingBackend

TURNS, SIZE = 5, 3
RNG = np.random.default_rng(4)
X, W, B, H = [RNG.normal(size=shape) * 0.8 for shape in ((TURNS, SIZE), (SIZE, SIZE), SIZE, SIZE)]


class RecordingBackend(InterpretingBackend):
    """Interprets, and notes what it is asked to run."""

    name = "recording"

    def __init__(self) -> None:
        self.ran: list[tuple[Step, int, bool]] = []
        self.refused: str | None = None

    def check(self, step: Step) -> None:
        """Refuse steps with one operation, where one is named."""
        if any(symbol.operation is not None and symbol.operation.name == self.refused for symbol in step.body):
            raise UnsupportedOperationError(f"no {self.refused} here", operation=self.refused)

    def run_step(self, step: Step, length: int, carried: tuple, per_step: tuple, constants: tuple, reverse: bool) -> Any:
        """Note the step and run it."""
        self.ran.append((step, length, reverse))
        return super().run_step(step, length, carried, per_step, constants, reverse)


@pytest.fixture(autouse=True)
def double_precision() -> None:
    """Central differences need it."""
    bm.enable_x64()


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingBackend]:
    """A backend that interprets and takes notes, in force."""
    made = RecordingBackend()
    monkeypatch.setitem(base._loaded, "recording", made)
    monkeypatch.setitem(base._loaders, "recording", RecordingBackend)
    monkeypatch.setattr(base, "_usable", {})
    with backend("recording"), settings.using(strict=True):
        yield made


@pytest.fixture(params=["recording", "numba"])
def compiling(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both the interpreted and the compiled loop; nothing may fall back to the eager one."""
    if request.param == "numba":
        pytest.importorskip("numba")
        with backend("numba"), settings.using(strict=True):
            yield request.param
    else:
        request.getfixturevalue("recording")
        yield request.param


def network(x: Any, w: Any, b: Any, h: Any, reverse: bool = False) -> tuple[Any, Any]:
    """A rate network: outputs of all turns, and the last state."""
    state = bm.Variable(bm.zeros(SIZE))
    state.value = h

    def turn(row: Any) -> Any:
        state.value = bm.tanh(row + bm.dot(state, w * 0.5) + b)
        return state * 2.0

    outputs = bm.for_loop(turn, x, reverse=reverse)
    return outputs, state.value


def central(function: Callable[..., Any], arguments: list[np.ndarray], number: int, eps: float = 1e-5) -> np.ndarray:
    gradient = np.zeros(arguments[number].shape)
    for at in np.ndindex(*gradient.shape):
        pair = []
        for sign in (1, -1):
            moved = [a.copy() for a in arguments]
            moved[number][at] += sign * eps
            pair.append(float(function(*[bm.asarray(a) for a in moved])))
        gradient[at] = (pair[0] - pair[1]) / (2 * eps)
    return gradient


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "outputs": lambda outputs, end: (outputs**2 * np.arange(1, TURNS + 1)[:, None]).sum(),
    "state": lambda outputs, end: (end * np.arange(SIZE)).sum(),
    "both": lambda outputs, end: (outputs[1] * end).sum() + outputs[-1].sum(),
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_of_inputs_constants_and_initial_values(compiling: str, loss: str, reverse: bool) -> None:
    def value(x: Any, w: Any, b: Any, h: Any) -> Any:
        return LOSSES[loss](*network(x, w, b, h, reverse))

    arguments = [X, W, B, H]
    gradients = bm.grad(value, argnums=(0, 1, 2, 3))(*[bm.asarray(a) for a in arguments])
    with backend("numpy"):
        for number, gradient in enumerate(gradients):
            want = central(value, arguments, number)
            np.testing.assert_allclose(gradient, want, rtol=1e-6, atol=1e-8)


def test_a_loop_runs_as_the_reference_does(compiling: str) -> None:
    got = network(*[bm.asarray(a) for a in (X, W, B, H)])
    with backend("numpy"):
        want = network(*[bm.asarray(a) for a in (X, W, B, H)])
    for x, y in zip(got, want, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12)


def test_one_turn(compiling: str) -> None:
    def value(x: Any, w: Any, b: Any, h: Any) -> Any:
        outputs, end = network(x, w, b, h)
        assert outputs.shape == (1, SIZE)
        return outputs.sum() + end[0]

    arguments = [X[:1], W, B, H]
    gradient = bm.grad(value, argnums=1)(*[bm.asarray(a) for a in arguments])
    with backend("numpy"):
        np.testing.assert_allclose(gradient, central(value, arguments, 1), rtol=1e-6, atol=1e-9)


def test_no_turn(compiling: str) -> None:
    """The state stays, and the outputs have the shapes and dtypes that a turn would give."""
    state = bm.Variable(bm.asarray(H))

    def turn(row: Any) -> Any:
        state.value = state + row
        return {"state": state.value, "count": bm.ones(2, dtype=bm.int32)}

    outputs = bm.for_loop(turn, bm.zeros((0, SIZE)))
    assert (outputs["state"].shape, outputs["state"].dtype) == ((0, SIZE), np.float64)
    assert (outputs["count"].shape, outputs["count"].dtype) == ((0, 2), np.int32)
    np.testing.assert_array_equal(state, H)


def test_a_turn_that_gives_and_changes_nothing(compiling: str) -> None:
    assert bm.for_loop(lambda row: None, bm.asarray(X)) is None
    assert bm.for_loop(lambda row: (), bm.asarray(X)) == ()


def test_a_loop_in_a_loop(compiling: str) -> None:
    """The inner loop becomes part of the outer one's turn."""
    def value(x: Any, w: Any) -> Any:
        total = bm.Variable(bm.zeros(SIZE))

        def outer(row: Any) -> Any:
            inner = bm.for_loop(lambda y: bm.sin(y * row + total), w)
            total.value = total + inner.sum(axis=0)
            return inner[-1]

        return bm.for_loop(outer, x).sum() + (total**2).sum()

    arguments = [X[:2], W]
    gradients = bm.grad(value, argnums=(0, 1))(*[bm.asarray(a) for a in arguments])
    with backend("numpy"):
        for number, gradient in enumerate(gradients):
            np.testing.assert_allclose(gradient, central(value, arguments, number), rtol=1e-6, atol=1e-8)


def test_a_loop_after_a_loop(compiling: str) -> None:
    """The second starts from the state that the first leaves, within one gradient."""
    def value(x: Any, w: Any) -> Any:
        state = bm.Variable(bm.zeros(SIZE))

        def turn(row: Any) -> Any:
            state.value = bm.tanh(row + bm.dot(state, w * 0.5) + 0.1)
            return state * 2.0

        first = bm.for_loop(turn, x)
        return (bm.for_loop(turn, x * 0.5) * first).sum()

    arguments = [X, W]
    gradients = bm.grad(value, argnums=(0, 1))(*[bm.asarray(a) for a in arguments])
    with backend("numpy"):
        for number, gradient in enumerate(gradients):
            np.testing.assert_allclose(gradient, central(value, arguments, number), rtol=1e-6, atol=1e-8)


def test_gradients_keep_float32(compiling: str) -> None:
    bm.disable_x64()
    x, w, b, h = [bm.asarray(a) for a in (X, W, B, H)]
    gradients = bm.grad(lambda *a: LOSSES["both"](*network(*a)), argnums=(0, 1, 2, 3))(x, w, b, h)
    assert [g.dtype for g in gradients] == [np.float32] * 4


# What runs

def test_without_a_gradient_no_residuals_are_kept(recording: RecordingBackend) -> None:
    network(*[bm.asarray(a) for a in (X, W, B, H)])
    (step, length, reverse), = recording.ran
    assert (length, reverse, len(step.outputs)) == (TURNS, False, 1)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_gradient_runs_two_loops_in_opposite_directions(recording: RecordingBackend, reverse: bool) -> None:
    bm.grad(lambda w: network(bm.asarray(X), w, bm.asarray(B), bm.asarray(H), reverse)[0].sum())(bm.asarray(W))
    (forward, _, there), (backward, _, back) = recording.ran
    assert (there, back) == (reverse, not reverse)
    assert len(forward.outputs) > 1
    assert (len(backward.outputs), len(backward.sums)) == (0, 1)  # nothing but the weights was asked for


def test_what_is_constant_is_computed_once(recording: RecordingBackend) -> None:
    """w * 0.5 is outside of the loop, and its gradient too."""
    bm.grad(lambda w: network(bm.asarray(X), w, bm.asarray(B), bm.asarray(H))[0].sum())(bm.asarray(W))
    scaled = [symbol for step, _, _ in recording.ran for symbol in step.body if symbol.operation is not None
              and symbol.operation.name == "multiply" and any(x.is_constant and x.value == 0.5 for x in symbol.operands)]
    assert scaled == []


def test_a_step_that_cannot_be_compiled_is_refused_before_anything_runs(recording: RecordingBackend) -> None:
    """Also where only its adjoint cannot: the state is not half a run ahead."""
    recording.refused = "cos"  # in the derivative of sin
    state = bm.Variable(bm.asarray(H))

    def turn(row: Any) -> Any:
        state.value = bm.sin(state * row)
        return state.value

    bm.for_loop(turn, bm.asarray(X))
    before = np.asarray(state)
    with pytest.raises(UnsupportedOperationError, match="no cos here"):
        bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X))
    np.testing.assert_array_equal(state, before)
    assert len(recording.ran) == 1
    with settings.using(strict=False), pytest.warns(CaptureWarning, match="no cos here"):
        gradient = bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X))
    state.value = before
    with backend("numpy"):
        np.testing.assert_array_equal(gradient, bm.grad(lambda x: bm.for_loop(turn, x).sum())(bm.asarray(X)))


# Second derivatives

def energy(b: Any) -> Any:
    return (network(bm.asarray(X), bm.asarray(W), b, bm.asarray(H))[0] ** 2).sum()


def test_a_second_derivative_falls_back_with_one_warning_and_is_right(compiling: str,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbbrain.math.loops._warned", set())
    with settings.using(strict=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hessian = bm.hessian(energy)(bm.asarray(B))
        again = bm.hessian(energy)(bm.asarray(B))
    assert [w.category for w in caught] == [CaptureWarning]
    assert "a loop is differentiated twice" in str(caught[0].message)
    with backend("numpy"):
        want = np.array([central(lambda b, i=i: bm.grad(energy)(b)[i], [B], 0) for i in range(SIZE)])
    np.testing.assert_allclose(hessian, want, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(hessian, again)


def test_the_warning_names_the_user_s_line(recording: RecordingBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbbrain.math.loops._warned", set())
    line = network.__code__.co_firstlineno + 9
    with settings.using(strict=False), pytest.warns(CaptureWarning, match=f"{__file__}:{line}"):
        bm.hessian(energy)(bm.asarray(B))


def test_a_second_derivative_is_an_error_where_strict(compiling: str) -> None:
    with pytest.raises(CaptureError, match="a loop is differentiated twice"):
        bm.hessian(energy)(bm.asarray(B))


def test_forward_mode_differentiates_the_compiled_adjoint(compiling: str) -> None:
    """A pull-back of a pull-back: the adjoint loop, which has sums, is differentiated itself."""
    def function(b: Any) -> Any:
        outputs, end = network(bm.asarray(X), bm.asarray(W), b, bm.asarray(H))
        return bm.concatenate([outputs[2], end])

    forward, reverse = bm.jacfwd(function)(bm.asarray(B)), bm.jacrev(function)(bm.asarray(B))
    assert forward.shape == (2 * SIZE, SIZE)
    np.testing.assert_allclose(forward, reverse, rtol=1e-10)
    with backend("numpy"):
        want = np.array([central(lambda b, i=i: function(b)[i], [B], 0) for i in range(2 * SIZE)])
    np.testing.assert_allclose(forward, want, rtol=1e-6, atol=1e-8)
