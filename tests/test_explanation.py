"""Explanations: their parts are there and true, for loops, gradients, teams and what is not compiled."""
from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain import settings
from nbbrain.errors import BackendError, CaptureWarning
from nbbrain.explanation import PARTS
from nbbrain.program.observation import observers
from nbbrain.program.symbol import Symbol

pytest.importorskip("numba")

T, ROWS, IN, OUT = 12, 20, 6, 5
X = np.random.default_rng(0).normal(size=(T, ROWS, IN)).astype(np.float32)


@pytest.fixture(autouse=True)
def compiled() -> None:
    settings.set(backend="numba", strict=True)


class Layer:
    """A leaky layer, whose decay is the same in every turn."""

    def __init__(self) -> None:
        self.weights = bm.TrainVar(np.random.default_rng(1).normal(size=(IN, OUT)))
        self.tau = bm.Variable(bm.ones(1) * 10.)
        self.V = bm.Variable(bm.zeros((ROWS, OUT)))

    def turn(self, x: bm.Array) -> bm.Array:
        decay = bm.exp(-1. / self.tau)
        current = bm.dot(x, self.weights)
        self.V.value = decay * self.V + current * 1. + 0.
        return bm.tanh(self.V)  # kept

    def run(self) -> bm.Array:
        self.V.value = bm.zeros((ROWS, OUT))
        return bm.for_loop(self.turn, X)

    def loss(self) -> bm.Array:
        return bm.sum(self.run() ** 2)


def line_of(text: str) -> str:
    """Where a text stands in this file, as explanations say it."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    number, = [i for i, line in enumerate(lines, 1) if text in line and "line_of(" not in line]
    return f"test_explanation.py:{number}"


def names(symbols: Iterable[Symbol]) -> list[str]:
    return [symbol.operation.name for symbol in symbols if symbol.operation is not None]


def gradient(layer: Layer) -> Callable[[], bm.Array]:
    return bm.grad(layer.loss, grad_vars=layer.weights)


# What is explained

def test_the_explained_run_gives_the_result_of_any_other() -> None:
    layer = Layer()
    explained = bp.explain(layer.run)
    after = layer.V.numpy()
    np.testing.assert_array_equal(explained.result, layer.run())
    np.testing.assert_array_equal(after, layer.V)
    np.testing.assert_array_equal(bp.explain(gradient(layer)).result, gradient(layer)())


def test_arguments_are_handed_on() -> None:
    def f(x: np.ndarray, scale: float) -> bm.Array:
        return bm.for_loop(lambda row: row * scale, x)

    np.testing.assert_array_equal(bp.explain(f, X, scale=2., show="time").result, X * 2)


def test_capture_and_hoisting_are_counted() -> None:
    """Of eight operations, ``* 1.`` and ``+ 0.`` vanish; the division and exp are the same in every turn."""
    loop, = bp.explain(Layer().run).loops
    assert loop.kind == "forward"
    assert loop.captured is not None
    assert loop.captured.tally == (8, 2, 0)
    assert names(loop.captured.hoisted.prologue) == ["divide", "exp"]
    assert names(loop.program.body) == ["matmul", "multiply", "add", "tanh"]
    text = loop.show("passes")
    assert "8 operations recorded, 2 replaced by simpler ones, 0 found again; 6 lead to a result" in text
    assert "hoisting   2 of these" in text


def test_an_operation_that_is_written_twice_is_found_again() -> None:
    loop, = bp.explain(lambda: bm.for_loop(lambda x: bm.exp(x) + bm.exp(x), X)).loops
    assert loop.captured is not None
    assert loop.captured.tally == (3, 0, 1)


def test_a_gradient_has_a_forward_and_a_backward_loop() -> None:
    forward, backward = bp.explain(gradient(Layer())).loops
    assert (forward.kind, backward.kind) == ("forward, with residuals", "backward")
    assert forward.adjoint is backward.adjoint
    assert forward.adjoint is not None
    assert forward.program is forward.adjoint.forward
    assert backward.program is forward.adjoint.backward
    assert [run.reverse for run in (*forward.runs, *backward.runs)] == [False, True]
    kept = forward.adjoint.residuals
    assert f"{len(kept)} value{'s' * (len(kept) != 1)} kept of every turn" in forward.show("passes")
    assert set(kept) <= set(forward.program.outputs) & set(backward.program.per_step)


def test_what_is_computed_again_is_a_part_of_both_steps() -> None:
    layer = Layer()

    def turn(x: bm.Array) -> bm.Array:
        layer.V.value = bm.maximum(layer.V * 0.5 + x[:, :OUT], 0.)
        return layer.V

    loss = bm.grad(lambda scale: bm.sum(bm.for_loop(turn, X * scale)))
    forward, backward = bp.explain(loss, bm.ones(1)).loops
    assert forward.adjoint is not None
    again = forward.adjoint.recomputed
    assert again
    assert set(again) <= set(forward.program.body) & set(backward.program.body)
    assert not set(again) & set(forward.adjoint.residuals)
    assert f"{len(again)} of these are forward operations" in backward.show("passes")


def test_equal_loops_are_one_loop_with_several_runs() -> None:
    def f() -> None:
        for _ in range(3):
            bm.for_loop(lambda x: bm.sin(x) * 2., X)
        bm.for_loop(lambda x: bm.sin(x) * 2., X)

    first, second = bp.explain(f).loops
    assert (len(first.runs), len(second.runs)) == (3, 1)
    assert first.program.key == second.program.key
    assert first.program.body[0].location != second.program.body[0].location
    assert "loop 0: forward, 12 turns, 3 runs" in str(bp.explain(f))


def test_recomputation_in_parts_is_seen() -> None:
    layer = Layer()

    def loss() -> bm.Array:
        layer.V.value = bm.zeros((ROWS, OUT))
        return bm.sum(bm.for_loop(layer.turn, X, remat=8))

    kinds = [(loop.kind, len(loop.runs)) for loop in bp.explain(bm.grad(loss, grad_vars=layer.weights)).loops]
    assert kinds == [("forward", 2), ("forward, with residuals", 2), ("backward", 2)]


def test_a_function_captured_before_is_explained() -> None:
    f = bm.jit(lambda x: bm.cos(x) + 1.)
    f(X)
    loop, = bp.explain(f, X).loops
    assert loop.captured is not None
    assert loop.length == 1


# Plan, kernels, time

def test_plan_and_memory() -> None:
    loop, = bp.explain(Layer().run).loops
    assert (loop.plan.rows, loop.plan.tiles) == (20, 2)
    assert [str(i).split(":")[0] for i in loop.plan.instructions] == ["product rows x 6 by 6 x 5", "nest over 5·rows"]
    assert loop.bytes == {"in_place": 4 * ROWS * OUT, "per_step": X.nbytes, "constant": 4 * (IN * OUT + 1),
                          "output": 4 * T * ROWS * OUT, "scratch": 4 * ROWS * OUT}
    assert "memory of 12 turns: 5.6 kB (" in loop.show("plan")
    assert f"# {line_of('current = bm.dot')}" in loop.show("plan")


def test_kernels_show_the_users_lines() -> None:
    loop, = bp.explain(Layer().run).loops
    product, nest = loop.kernels
    assert (product.instructions, nest.instructions) == ((0,), (1,))
    assert product.title.startswith("product.product(")
    assert product.source == ""
    tanh, = [line for line in nest.source.splitlines() if "tanh_float32(" in line]
    assert tanh.endswith(f"# {line_of('# kept')}  return bm.tanh(self.V)  # kept")
    assert "# 5·rows" in nest.source


def test_comments_do_not_change_the_code() -> None:
    from nbbrain.backends.numba.emit import kernel_source
    from nbbrain.backends.numba.reports import annotated

    loop, = bp.explain(Layer().run).loops
    nest = loop.plan.instructions[1]
    without = re.sub(r" +# .*", "", annotated([nest]))
    assert without == kernel_source(nest)


def test_adjoints_point_to_the_forward_lines() -> None:
    layer = Layer()
    _, backward = bp.explain(gradient(layer)).loops
    assert {Path(line).name for symbol in backward.program.body if (line := symbol.location) and symbol.operation} == {
        line_of("# kept"), line_of("self.V.value = decay"), line_of("current = bm.dot")}


def test_lines_are_those_of_this_code_though_plans_are_shared() -> None:
    def first(x: bm.Array) -> bm.Array:
        return bm.arctan(x) * 3.  # first

    def second(x: bm.Array) -> bm.Array:
        return bm.arctan(x) * 3.  # second

    bm.for_loop(first, X)
    loop, = bp.explain(bm.for_loop, second, X).loops
    assert line_of("* 3.  # second") in loop.kernels[0].source
    assert line_of("* 3.  # first") not in str(loop.show("kernels"))


@pytest.mark.parametrize("threads", [1, 2])
def test_shares_add_up(threads: int) -> None:
    settings.set(num_threads=threads)
    loops = bp.explain(gradient(Layer())).loops
    for loop in loops:
        assert len(loop.shares) == len(loop.plan.instructions)
        assert min(loop.shares) > 0
        assert sum(loop.shares) == pytest.approx(1)
        assert loop.seconds > 0


def test_a_team_is_explained() -> None:
    """One large population: threads share every turn, and what they wait for one another is a share too."""
    settings.set(num_threads=2)
    V = bm.Variable(bm.zeros(40_000))

    def turn(x: bm.Array) -> bm.Array:
        V.value = bm.tanh(V * 0.9 + x)
        return bm.sum(V)

    loop, = bp.explain(bm.for_loop, turn, np.ones(50)).loops
    assert loop.runs[0].members == 2
    assert loop.runs[0].waiting > 0
    waiting, = [float(line.split()[0]) for line in loop.show("time").splitlines() if "waiting for one another" in line]
    assert sum(loop.shares) + waiting / 100 == pytest.approx(1, abs=1e-3)


# Text

def test_the_text_has_the_parts_that_were_asked_for() -> None:
    layer = Layer()
    everything = str(bp.explain(gradient(layer)))
    for title in ("program of a turn", "passes", "plan", "kernels", "time"):
        assert len(re.findall(rf"^{title}$", everything, re.MULTILINE)) == 2
    assert max(map(len, everything.splitlines())) <= 120
    assert f"{line_of('current = bm.dot')}  current = bm.dot(x, self.weights)" in everything
    some = repr(bp.explain(layer.run, show=("time", "passes")))
    assert [line for line in some.splitlines() if line in (*PARTS, "program of a turn")] == ["passes", "time"]


def test_a_part_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="program, passes, plan, kernels, time, but got 'tims'"):
        bp.explain(Layer().run, show=("time", "tims"))


def test_nothing_is_printed_by_default(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "nbbrain"):
        bp.explain(gradient(Layer()))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


# Where there is nothing to explain

def test_a_backend_that_does_not_compile_is_an_error() -> None:
    calls: list[int] = []
    with bp.backend("numpy"), pytest.raises(BackendError, match=r"'numpy' runs every operation by itself.*bp.backend"):
        bp.explain(calls.append, 1)
    assert not calls


def test_without_loops_the_text_says_so() -> None:
    explained = bp.explain(bm.sin, 0.)
    assert (explained.loops, float(explained.result)) == ((), 0.)
    assert str(explained).startswith("no loop ran compiled")


def test_why_a_loop_ran_eagerly_is_told() -> None:
    settings.set(strict=False)
    with pytest.warns(CaptureWarning):
        explained = bp.explain(bm.for_loop, lambda x: x if x.sum() > 0 else -x, X)
    assert len(explained.refused) == 1
    assert "a loop ran eagerly: 'if' needs the value" in str(explained)
    assert not observers


def test_an_error_ends_the_observation() -> None:
    with pytest.raises(ZeroDivisionError):
        bp.explain(lambda: 1 / 0)
    assert not observers
