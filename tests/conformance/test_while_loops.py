"""While loops inside of loops, compiled and interpreted, against the reference, which runs Python's own."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from nbbrain.math.trees import flatten
from tests.conformance.reference import InterpretingBackend

pytest.importorskip("numba")

from nbbrain.backends.numba.execute import CompiledPlan

ROWS, TURNS = 40, 5


@pytest.fixture(autouse=True, params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> Any:
    """Both precisions."""
    if request.param is np.float64:
        bm.enable_x64()
    return request.param


@pytest.fixture(autouse=True)
def interpreting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the interpreting backend."""
    monkeypatch.setitem(base._loaded, "interpreting", InterpretingBackend())
    monkeypatch.setitem(base._loaders, "interpreting", InterpretingBackend)


class Model:
    """Weights, a state, a counter, a limit, and random numbers."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self.w = bm.Variable(rng.normal(size=(6, 6)) * 0.3)
        self.h = bm.Variable(np.zeros(6))
        self.count = bm.Variable(np.zeros(1, int))
        self.limit = bm.Variable(np.array([3]))
        self.random = bm.random.RandomState(7)


def grows(m: Model, x: Any) -> Any:
    """The condition is a reduction; the number of turns differs from row to row, and is counted."""
    return bm.while_loop(lambda a, n: (a * 2, n + 1), lambda a, n: a.sum() < 30, (abs(x), 0))


def newton(m: Model, x: Any) -> Any:
    """A square root by Newton's method, until it changes no more."""
    a = abs(x).sum() + 1

    def body(root: Any, change: Any) -> Any:
        new = (root + a / root) / 2
        return new, abs(new - root)

    return bm.while_loop(body, lambda root, change: change > 1e-3, (a, a))[0] - bm.sqrt(a)


def no_turn(m: Model, x: Any) -> Any:
    """Operands come back as they are, and variables too."""
    def body(a: Any) -> Any:
        m.h.value = m.h + 1
        return a * 2

    return bm.while_loop(body, lambda a: (a * a).sum() < 0, (x,)), m.h.value


def writes_variables(m: Model, x: Any) -> Any:
    """A variable is read and written by the body, another by the condition, a third is only read."""
    def body(a: Any) -> Any:
        m.h.value = bm.tanh(bm.dot(m.h, m.w) + a)
        return a * 0.5

    def condition(a: Any) -> Any:
        m.count += 1
        return abs(a).max() > 0.3 * m.limit

    m.h.value = m.h * 0.5
    (a,) = bm.while_loop(body, condition, (x,))
    return a, m.h * 2, m.count.value


def no_operands(m: Model, x: Any) -> Any:
    """Variables alone."""
    def body() -> tuple:
        m.count += 1
        return ()

    total = abs(x).sum()
    assert bm.while_loop(body, lambda: m.count[0] < total, ()) == ()
    return m.count.value


def nested(m: Model, x: Any) -> Any:
    """Turns of the inner loop depend on the outer one, and read a value of its turn."""
    def outer(a: Any, n: Any) -> Any:
        b = a + 1
        c, k = bm.while_loop(lambda c, k: (c + b * x[0], k + 1), lambda c, k: k < n + 1, (a, 0))
        return c / 4 + k, n + 1

    return bm.while_loop(outer, lambda a, n: (n < 4) & (a.sum() < 1e6), (x, 0))


def branch_inside(m: Model, x: Any) -> Any:
    """A branch in the body, which writes a variable."""
    def add() -> Any:
        m.h.value = m.h + 1
        return m.h.value

    def body(a: Any, n: Any) -> Any:
        return a + bm.cond(a.sum() > 0, add, lambda: -a - 0.5), n + 1

    return bm.while_loop(body, lambda a, n: n < 2 + (x.sum() > 0), (x, 0)), m.h.value


def endless_elsewhere(m: Model, x: Any) -> Any:
    """In a branch that is not taken, the loop would never end, and the variable would not stay as it is."""
    positive, a = x.sum() > 0, abs(x).max()

    def body(b: Any) -> Any:
        m.count += 1
        return b + bm.where(positive, -1.0, 1.0)

    return bm.cond(positive, lambda: bm.while_loop(body, lambda b: b > 0, (a,))[0],
                   lambda: bm.while_loop(body, lambda b: b < 5, (a,))[0]), m.count.value


def draws(m: Model, x: Any) -> Any:
    """Random numbers: every turn has its own, and what follows goes on where the loop stopped."""
    limit = 3 + abs(x).max()
    total, turns = bm.while_loop(lambda s, n: (s + m.random.uniform(size=3), n + 1), lambda s, n: s[0] < limit,
                                 (bm.zeros(3), 0))
    return total, turns, m.random.normal(size=2)


def swaps(m: Model, x: Any) -> Any:
    """Values trade places, one stays, one is replaced by what does not depend on the loop."""
    last = x * 3
    return bm.while_loop(lambda a, b, c, d, n: (b, a, c, last, n + 1), lambda a, b, c, d, n: n < 2 + (x[0] > 0),
                         (x, x + 1, x + 2, x + 3, 0))


def structures(m: Model, x: Any) -> Any:
    """Operands are dicts, lists and tuples of arrays."""
    def body(state: Any, n: Any) -> Any:
        return {"a": [state["a"][0] + state["b"], state["a"][1]], "b": state["b"] * 0.9}, (n[0] + 1,)

    return bm.while_loop(body, lambda state, n: (n[0] < 7) & (state["a"][0].sum() < 5),
                         ({"a": [x, x[:2]], "b": abs(x)}, (0,)))


def many_operations(m: Model, x: Any) -> Any:
    """Products, reductions, running sums, indices, writing in place, joining, views, a reading of what is outside."""
    table, places = bm.arange(12.0).reshape(6, 2), bm.asarray([3, 0, 3])

    def body(a: Any, memory: Any, n: Any) -> Any:
        b = bm.dot(a, m.w) + bm.cumsum(a) - table[:, 0] * 0.01
        c = bm.concatenate([b[3:], bm.flip(b[:3])]) / (1 + abs(b).max())
        memory[n % 4] = c
        picked = memory.T[places].sum(axis=0)
        return c + picked.mean() * bm.softmax(c), bm.asarray(memory), n + 1

    a, memory, n = bm.while_loop(body, lambda a, memory, n: (n < 9) & (abs(a).sum() > 1e-3), (x, bm.zeros((4, 6)), 0))
    return bm.concatenate([a, memory[n % 4]]), bm.dot(memory, m.w)


def peeled(m: Model, x: Any) -> Any:
    """The first turns' conditions are known while the loop is captured."""
    return bm.while_loop(lambda a, n: (a + x.sum(), n + 1), lambda a, n: n < 2 if n is zero else (a < 6) & (n < 50),
                         (bm.asarray(0.0), zero))


zero = bm.asarray(0)


def batch(m: Model, x: Any) -> Any:
    """One condition for all rows of a batch."""
    y = bm.stack([x * i for i in range(1, 1 + ROWS)])
    return bm.while_loop(lambda a: bm.tanh(bm.dot(a, m.w)) * 0.9, lambda a: abs(a).max() > 0.1, (y,))


PROGRAMS: list[Callable[..., Any]] = [grows, newton, no_turn, writes_variables, no_operands, nested, branch_inside,
                                      endless_elsewhere, draws, swaps, structures, many_operations, peeled, batch]


def run(program: Callable[..., Any], name: str, x: np.ndarray) -> list[np.ndarray]:
    """The outputs and the states at the end."""
    with backend(name), settings.using(strict=True):
        m = Model()
        outputs, _ = flatten(bm.for_loop(lambda row: program(m, row), bm.asarray(x)))
        return [np.asarray(a) for a in (*outputs, m.h, m.count, m.random.value)]


X = np.random.default_rng(1).normal(size=(TURNS, 6))


@pytest.mark.parametrize("name", ["interpreting", "numba"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_while_loops(program: Callable[..., Any], name: str, dtype: Any) -> None:
    want, got = run(program, "numpy", X), run(program, name, X)
    assert len(want) == len(got)
    for x, y in zip(want, got, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_allclose(y, x, rtol=1e-9 if dtype is np.float64 else 2e-4, atol=1e-6)


def test_the_programs_run_some_turns_and_not_always_the_same_number() -> None:
    """Else the loops above would prove little."""
    assert len(set(run(grows, "numpy", X)[1].tolist())) > 1
    for program, output in ((writes_variables, 2), (no_operands, 0), (endless_elsewhere, 1)):
        counts = run(program, "numpy", X)[output]
        assert len(np.unique(np.diff(counts.ravel()))) > 1
    _, turns, *_ = run(draws, "numpy", X)
    assert turns.min() > 1


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[CompiledPlan]:
    """The plans that were run."""
    ran: list[CompiledPlan] = []
    original = CompiledPlan.run

    def noted(self: CompiledPlan, *args: Any) -> Any:
        ran.append(self)
        return original(self, *args)

    monkeypatch.setattr(CompiledPlan, "run", noted)
    return ran


def batched(condition: Callable[[Model, Any], Any], name: str, threads: int = 1) -> list[np.ndarray]:
    """A batch of rows, and a while loop beside it."""
    with backend(name), settings.using(strict=True, num_threads=threads):
        m = Model()
        h = bm.Variable(bm.zeros((ROWS, 6)), batch_axis=0)

        def turn(x: Any) -> Any:
            m.count += 1
            (k,) = bm.while_loop(lambda k: (k * 2,), lambda k: k < condition(m, h), (m.count[0],))
            h.value = bm.tanh(bm.dot(h, m.w) + x) * k
            return h.value

        out = bm.for_loop(turn, bm.asarray(np.random.default_rng(2).normal(size=(TURNS, ROWS, 6))))
        return [np.asarray(out), np.asarray(h), np.asarray(m.count)]


@pytest.mark.processor
@pytest.mark.parametrize(("condition", "tiles"), [
    (lambda m, h: m.count[0] * m.limit[0], 3),
    (lambda m, h: abs(h).max() * 10 + 2, 1),
])
def test_rows_stay_independent_where_the_loop_does_not_read_them(condition: Any, tiles: int, plans: list[CompiledPlan],
                                                                 dtype: Any) -> None:
    got, want = batched(condition, "numba"), batched(condition, "numpy")
    assert {plan.tiles for plan in plans} == {tiles}
    for x, y in zip(got, want, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-9 if dtype is np.float64 else 2e-4)
    assert [a.tobytes() for a in batched(condition, "numba", threads=2)] == [a.tobytes() for a in got]


def population(threads: int, name: str = "numba") -> list[np.ndarray]:
    """A population large enough for a team, whose parts wait for a while loop."""
    size = 40_000
    with backend(name), settings.using(strict=True, num_threads=threads):
        v = bm.Variable(np.random.default_rng(0).normal(size=size))

        def turn(x: Any) -> Any:
            v.value = bm.tanh(v + x) * 2
            a, n = bm.while_loop(lambda a, n: (a * 0.5 + v.mean() * 0.01, n + 1), lambda a, n: abs(a).max() > 0.1,
                                 (v, 0))
            v.value = bm.exp(-abs(a * v)) - n * 0.1
            return v.sum(), n

        out = bm.for_loop(turn, bm.asarray([0.1, 0.2, 3.0, 0.4]))
        return [*[np.asarray(a) for a in out], np.asarray(v)]


@pytest.mark.processor
def test_a_team_waits_for_the_loop(plans: list[CompiledPlan], dtype: Any) -> None:
    one = population(1)
    assert [a.tobytes() for a in population(3)] == [a.tobytes() for a in one]
    assert all(len(codes) == members for plan in plans[-1:] for members, codes in plan._known.items())
    assert 3 in plans[-1]._known  # a team of three did run
    for x, y in zip(one, population(1, "numpy"), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-9 if dtype is np.float64 else 1e-3, atol=1e-4)


@pytest.mark.heavy
def test_a_million_turns_are_quick() -> None:
    """No Python and no memory for a turn."""
    with backend("numba"), settings.using(strict=True):
        count = bm.jit(lambda limit: bm.while_loop(lambda n: n + 1, lambda n: n < limit, (0,))[0])
        assert int(count(bm.asarray(1_000_000))) == 1_000_000


@pytest.mark.processor
def test_time_is_counted_for_the_loop_as_a_whole(caplog: pytest.LogCaptureFixture) -> None:
    """The share of a loop's instructions is reported as the loop's."""
    with settings.using(debug=4, num_threads=1), caplog.at_level("WARNING", "nbbrain"):
        run(nested, "numba", X)
    lines = [line for record in caplog.records for line in record.getMessage().splitlines() if " %  " in line]
    shares = [float(line.split("%")[0]) for line in lines]
    assert sum(shares) == pytest.approx(100, abs=1)
    assert [share > 20 for line, share in zip(lines, shares, strict=True) if "  while: " in line] == [True]
