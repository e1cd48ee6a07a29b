"""Compiled functions and methods: captured once for each combination of shapes and static arguments, right every time."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain import settings
from nbbrain.backends import backend, base
from nbbrain.errors import CaptureError, CaptureWarning
from nbbrain.math import loops

X = np.float32([1.0, -2.0, 3.0])

pytestmark = pytest.mark.usefixtures("either_way")


def counted(function: Callable[..., Any]) -> tuple[Callable[..., Any], list[int]]:
    """A function, and a list that grows with every call of it."""
    calls: list[int] = []

    def noted(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return function(*args, **kwargs)

    return noted, calls


def test_a_compiled_function_gives_what_the_function_gives() -> None:
    function = bm.jit(lambda x, y: bm.tanh(x) * y + 1)
    x, y = bm.asarray(X), bm.asarray(X[::-1].copy())
    result = function(x, y)
    assert isinstance(result, bm.Array)
    np.testing.assert_allclose(result, np.tanh(X) * X[::-1] + 1, rtol=1e-6)
    np.testing.assert_allclose(function(x, y=x), np.tanh(X) * X + 1, rtol=1e-6)


def test_it_keeps_name_and_text() -> None:
    @bm.jit
    def scale(x: Any) -> Any:
        """Twice x."""
        return x * 2

    assert (scale.__name__, scale.__doc__) == ("scale", "Twice x.")
    assert scale(bm.ones(1)).tolist() == [2]


@pytest.mark.parametrize("decorate", [bm.jit, bm.jit(static_argnums=1), bm.jit(dyn_vars=None)])
def test_options_of_the_original_are_accepted(decorate: Callable) -> None:
    assert decorate(lambda x, n: x * n)(bm.ones(2), 3).tolist() == [3, 3]


# Captures

def test_captured_once_for_each_shape_and_dtype(either_way: str) -> None:
    noted, calls = counted(lambda x: x.sum(axis=0) * 2)
    function = bm.jit(noted)
    for x in (X, X + 1, X * 0):
        assert float(function(bm.asarray(x))) == x.sum() * 2
    assert len(calls) == (3 if either_way == "eager" else 1)
    calls.clear()
    for x in (np.ones((2, 3), np.float32), np.ones(3, np.int32), X):
        np.testing.assert_array_equal(function(bm.asarray(x)), x.sum(axis=0) * 2)
    assert len(calls) == (3 if either_way == "eager" else 2)


@pytest.mark.parametrize("values", [(1, 2, 1), (1, True, 1.0), ("a", "b", "a"), (None, 0, None), ((1, 2), (1, 3), (1, 2)),
                                    ({"k": 1}, {"k": 2}, {"k": 1}), (1.0, 1.5, 1.0)])
def test_other_arguments_are_part_of_what_is_compiled(either_way: str, values: tuple) -> None:
    noted, calls = counted(lambda x, option: (x, option))
    function = bm.jit(noted)
    for value in values:
        result, option = function(bm.asarray(X), value)
        assert option == value
        assert type(option) is type(value)
        np.testing.assert_array_equal(result, X)
    different = {repr(value) for value in values}
    assert len(calls) == (3 if either_way == "eager" else len(different))


def test_objects_that_look_alike_are_told_apart() -> None:
    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        def __repr__(self) -> str:
            return "Model()"

    function = bm.jit(lambda model, x: x * model.scale)
    assert function(Model(1.0), bm.ones(1)).tolist() == [1]
    assert function(Model(2.0), bm.ones(1)).tolist() == [2]


def test_numpy_arrays_are_arrays(either_way: str) -> None:
    """Also large ones, of which text shows only the ends."""
    noted, calls = counted(lambda x, scale: x.sum() * scale)
    function = bm.jit(noted)
    x = np.zeros(5000, np.float32)
    assert float(function(x, np.float32(2))) == 0
    x[2500] = 1
    assert float(function(x, np.float32(2))) == 2
    assert float(function(x, np.float32(3))) == 3
    assert len(calls) == (3 if either_way == "eager" else 1)


def test_results_of_another_structure_for_another_shape() -> None:
    function = bm.jit(lambda x: x if x.shape[0] == 1 else {"pair": (x, None)})
    for _ in range(2):
        assert function(bm.ones(1)).tolist() == [1]
        result = function(bm.ones(2))["pair"]
        assert (result[0].tolist(), result[1]) == ([1, 1], None)


@pytest.mark.parametrize(("function", "want"), [
    (lambda x: None, None), (lambda x: (), ()), (lambda x: 3, 3), (lambda x: "text", "text"), (lambda x: [x.shape], [(3,)])])
def test_results_that_are_no_arrays(function: Callable, want: Any) -> None:
    assert bm.jit(function)(bm.asarray(X)) == want


def test_raw_values_among_the_results() -> None:
    np.testing.assert_array_equal(bm.jit(lambda x: x.value * 2)(bm.asarray(X)), X * 2)


def test_without_arguments() -> None:
    v = bm.Variable(bm.zeros(2))
    function = bm.jit(lambda: v.update(v + 1))
    function()
    function()
    assert v.tolist() == [2, 2]


# Variables

def test_variables_are_read_and_written_anew_by_every_call() -> None:
    w, n = bm.Variable(bm.ones(3)), bm.Variable(bm.zeros(1, dtype=bm.int32))

    @bm.jit
    def function(x: Any) -> Any:
        n.value = n + 1
        return x * w

    np.testing.assert_array_equal(function(bm.asarray(X)), X)
    w.value = bm.full(3, 5.0)
    np.testing.assert_array_equal(function(bm.asarray(X)), X * 5)
    assert n.tolist() == [2]


def test_a_batch_of_another_size_is_captured_anew() -> None:
    h = bm.Variable(bm.zeros((1, 3)), batch_axis=0)

    @bm.jit
    def step(x: Any) -> Any:
        h.value = h + x
        return h.value

    for batch in (1, 4, 1):
        h.value = bm.zeros((batch, 3))
        np.testing.assert_array_equal(step(bm.ones((batch, 3))), np.ones((batch, 3)))


def test_random_streams_go_on() -> None:
    rng, same = bm.random.RandomState(1), bm.random.RandomState(1)
    draw = bm.jit(lambda: rng.random(3))
    for _ in range(3):
        np.testing.assert_array_equal(draw(), same.random(3))


def test_an_error_leaves_variables_as_they_were(either_way: str) -> None:
    v = bm.Variable(bm.zeros(2))

    @bm.jit
    def function(x: Any) -> Any:
        v.value = v + 1
        raise KeyError("wrong")

    with pytest.raises(KeyError):
        function(bm.ones(2))
    assert v.tolist() == ([1, 1] if either_way == "eager" else [0, 0])


# With gradients and loops

def test_gradients_go_through() -> None:
    w = bm.TrainVar(bm.asarray(X))
    function = bm.jit(lambda x: (x * w) ** 2)
    for _ in range(2):
        g_w, g_x = bm.grad(lambda x: function(x).sum(), grad_vars=w, argnums=0)(bm.asarray(X))
        np.testing.assert_allclose(g_w, 2 * X**3)
        np.testing.assert_allclose(g_x, 2 * X**3)
    outside = bm.grad(lambda scale: bm.jit(lambda x: x * scale)(bm.asarray(X)).sum())(bm.asarray(2.0))
    assert float(outside) == X.sum()


def test_gradients_inside() -> None:
    w = bm.TrainVar(bm.asarray(X))

    @bm.jit
    def train(x: Any) -> Any:
        g, loss = bm.grad(lambda: ((w - x) ** 2).sum(), grad_vars=w, return_value=True)()
        w.value = w - 0.25 * g
        return loss

    losses = [float(train(bm.ones(3))) for _ in range(3)]
    np.testing.assert_allclose(losses, [((X - 1) ** 2).sum() / 4**n for n in range(3)], rtol=1e-6)
    np.testing.assert_allclose(w, 1 + (X - 1) / 8, rtol=1e-6)


def test_inside_of_a_loop_and_around_one() -> None:
    double = bm.jit(lambda x: x * 2)
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(bm.for_loop(lambda row: double(row) + 1, rows), rows * 2 + 1)
    around = bm.jit(lambda rows: bm.for_loop(lambda row: double(row).sum(), rows))
    np.testing.assert_array_equal(around(rows), rows.sum(axis=1) * 2)


# Methods

class Counter:
    """Counts by steps."""

    def __init__(self, step: float) -> None:
        self.step, self.n = step, bm.Variable(bm.zeros(1))

    @bm.cls_jit
    def add(self, times: Any = 1) -> Any:
        """Add steps."""
        self.n += self.step * times
        return self.n * 10

    @bm.cls_jit(inline=True)
    def reset(self) -> None:
        """Start again."""
        self.n.value = bm.zeros(1)


class Twice(Counter):
    """Counts twice."""

    @bm.cls_jit
    def add(self, times: Any = 1) -> Any:
        """Add steps, twice."""
        super().add(times)
        return super().add(times)


def test_methods_are_compiled_for_each_instance() -> None:
    a, b = Counter(1.0), Counter(5.0)
    assert [float(a.add()[0]), float(a.add(3)[0]), float(b.add()[0]), float(a.add(times=bm.ones(1))[0])] == [10, 40, 50, 50]
    a.reset()
    assert (a.n.tolist(), b.n.tolist()) == ([0], [5])
    assert Counter.add.__doc__ == "Add steps."
    assert a.add.__name__ == "add"


def test_methods_of_subclasses() -> None:
    counter = Twice(2.0)
    assert float(counter.add()[0]) == 40
    assert float(counter.add(2)[0]) == 120


def test_an_instance_is_free_to_go() -> None:
    counter = Counter(1.0)
    counter.add()
    gone = weakref.ref(counter)
    del counter
    gc.collect()
    assert gone() is None


@pytest.mark.skipif(not base.is_installed("numba"), reason="Numba is not installed")
def test_a_long_loop_inside_is_not_written_out_but_compiled_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function around it runs as it is."""
    monkeypatch.setattr(loops, "_warned", set())
    x = bm.asarray(np.linspace(0., 1., 100))
    double = bm.jit(lambda x: bm.for_loop(lambda row: 2. * row, x) + 1.)
    with backend("numba"), settings.using(strict=False), pytest.warns(CaptureWarning, match="a loop of 100 turns inside"):
        np.testing.assert_allclose(double(x), 2. * np.linspace(0., 1., 100) + 1., rtol=1e-6)
    with backend("numba"), settings.using(strict=True), pytest.raises(CaptureError, match=r"Leave bm\.jit away"):
        bm.jit(lambda x: bm.for_loop(lambda row: 3. * row, x))(x)
    with backend("numba"), settings.using(strict=True):
        np.testing.assert_allclose(bm.jit(lambda x: bm.for_loop(lambda row: 2. * row, x))(x[:64]), 2. * np.asarray(x[:64]))
