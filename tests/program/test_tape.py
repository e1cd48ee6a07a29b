"""Reverse mode with several roots, several seeds, and operations with several results."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import isbox, trace_stack

from nbbrain.operations.elementwise import exp, multiply, sin
from nbbrain.program.tape import Bundle, pick, trace

X, Y = np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, -1.0])


def test_several_watched_values_and_several_results() -> None:
    with trace() as tape:
        x, y = tape.watch(X), tape.watch(Y)
        results = [x * y, sin(x), y + 1.0]
    g = [np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]), np.array([7.0, 8.0, 9.0])]
    dx, dy = tape.pull_back(results, g)
    np.testing.assert_allclose(dx, g[0] * Y + g[1] * np.cos(X))
    np.testing.assert_allclose(dy, g[0] * X + g[2])


def test_a_tape_can_be_pulled_back_again_with_other_seeds() -> None:
    with trace() as tape:
        result = exp(tape.watch(X))
    for seed in np.eye(3):
        np.testing.assert_allclose(tape.pull_back([result], [seed])[0], seed * np.exp(X))


def test_seeds_of_one_result_add_up() -> None:
    with trace() as tape:
        x = tape.watch(X)
        y = x * 2.0
        z = y * 3.0
    dx, = tape.pull_back([y, y, z], [X, Y, np.ones(3)])
    np.testing.assert_allclose(dx, 2 * (X + Y) + 6)


def test_a_watched_value_can_be_a_result() -> None:
    with trace() as tape:
        x = tape.watch(X)
    assert tape.pull_back([x], [Y])[0] is Y


def test_absent_seeds_and_results_that_do_not_depend() -> None:
    with trace() as tape:
        x, y = tape.watch(X), tape.watch(Y)
        results = [x * 2.0, y * 2.0, X + 1.0, 5]
    assert tape.pull_back(results, [Y, None, Y, 1.0])[1] is None
    assert tape.pull_back(results, [None] * 4) == [None, None]
    assert tape.pull_back([], []) == [None, None]


def test_only_its_own_boxes_are_opened() -> None:
    with trace() as outer:
        x = outer.watch(X)
        with trace() as inner:
            y = inner.watch(x)
            product = y * x
            assert isbox(inner.value(product))
            assert inner.value(outer.value(product)) is inner.value(product)
            assert outer.value(3.0) == 3.0
    assert inner.value(product)._trace == outer.level


def test_the_derivative_of_a_pull_back() -> None:
    """Two tapes, one around the other, give second derivatives."""
    with trace() as outer:
        x = outer.watch(X)
        with trace() as inner:
            y = inner.watch(x)
            result = multiply(multiply(y, y), y)
        gradient, = inner.pull_back([result], [np.ones(3)])
    np.testing.assert_allclose(outer.value(gradient), 3 * X**2)
    np.testing.assert_allclose(outer.pull_back([gradient], [np.ones(3)])[0], 6 * X)


# Operations with several results

@primitive
def split(x: Any, y: Any) -> Bundle:
    """x + y, x y and 2 x."""
    return Bundle([x + y, x * y, 2 * x])


seen: list[Bundle] = []


def _split_vjp(argnums: Any, result: Any, arguments: tuple, parameters: dict) -> Any:
    x, y = arguments

    def vjp(g: Bundle) -> tuple:
        seen.append(g)
        a, b, c = [np.zeros(3) if part is None else part for part in g]
        return tuple([(a + b * y + 2 * c, a + b * x)[argnum] for argnum in argnums])

    return vjp


defvjp_argnums(split, _split_vjp)


def test_a_bundle_passes_back_one_cotangent_for_every_result() -> None:
    with trace() as tape:
        bundle = split(tape.watch(X), Y)
        first, second, third = [pick(bundle, i, 3) for i in range(3)]
        total = first * third
    dx, = tape.pull_back([total, second], [np.ones(3), Y])
    np.testing.assert_allclose(dx, 2 * X + 2 * (X + Y) + Y * Y)


def test_results_of_a_bundle_that_nobody_used_have_no_cotangent() -> None:
    seen.clear()
    with trace() as tape:
        bundle = split(tape.watch(X), tape.watch(Y))
        third = pick(bundle, 2, 3)
    dx, dy = tape.pull_back([third, third], [X, Y])
    np.testing.assert_allclose(dx, 2 * (X + Y))
    np.testing.assert_allclose(dy, 0)
    assert len(seen) == 1
    assert seen[0][:2] == (None, None)


def test_a_bundle_outside_of_a_tape_is_a_tuple() -> None:
    bundle = split(X, Y)
    assert type(bundle) is Bundle
    np.testing.assert_array_equal(pick(bundle, 1, 3), X * Y)


# Errors

def test_an_error_inside_leaves_the_stack_of_traces_as_it_was() -> None:
    before = trace_stack.top
    for _ in range(3):
        with pytest.raises(KeyError), trace() as outer, trace():
            outer.watch(X)
            raise KeyError("wrong")
        assert trace_stack.top == before
    with trace() as tape:
        x = tape.watch(X)
        with pytest.raises(ValueError), trace() as inner:
            inner.watch(x) + np.ones(7)
        result = x * 2.0  # the tape that is still open goes on
    np.testing.assert_allclose(tape.pull_back([result], [np.ones(3)])[0], 2)
