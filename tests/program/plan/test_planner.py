"""Plans: how many instructions a step becomes, where results lie, and what cannot be planned."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import UnsupportedOperationError
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations import named
from nbbrain.operations.operation import Operation
from nbbrain.operations.windows import windows
from nbbrain.program.capture import capture_step
from nbbrain.program.differentiate import differentiate
from nbbrain.program.plan import Plan, make_plan
from nbbrain.program.plan.instructions import Batch, Dimension, Nest, Product, Random, Repeat, Take
from nbbrain.program.step import Step

ROWS = 6


class Model:
    """Weights, a batched state and a counter."""

    def __init__(self) -> None:
        self.w, self.u = [bm.Variable(np.random.default_rng(i).normal(size=(3, 3))) for i in range(2)]
        self.b = bm.Variable(np.arange(3.0))
        self.h = bm.Variable(np.zeros((ROWS, 3)))
        self.turn = bm.Variable(np.zeros(1, int))


def step_of(body: Callable[[Model, Any], Any]) -> Step:
    """The step of a model's body, whose input of every turn has shape (rows, 3)."""
    model = Model()

    def function(x: Any) -> list[Any]:
        results = body(model, wrap(x))
        return [raw(result) for result in (results if isinstance(results, tuple) else (results,))]

    return capture_step(function, [((ROWS, 3), np.dtype(np.float32))]).step


def kinds(plan: Plan) -> list[str]:
    """The kinds of the instructions, in order."""
    return [type(instruction).__name__.lower() for instruction in plan.instructions]


def recurrent(m: Model, x: Any) -> Any:
    m.h.value = bm.tanh(x @ m.w + m.h @ m.u + m.b)
    return m.h


def test_a_layer_is_two_products_and_one_nest() -> None:
    """The second product is added to the first; state and output are one history, written by the nest that computes it."""
    plan = make_plan(step_of(recurrent))
    assert kinds(plan) == ["product", "product", "nest"]
    first, second, nest = plan.instructions
    assert isinstance(first, Product) and isinstance(second, Product) and isinstance(nest, Nest)
    assert first.result == second.result and not first.accumulate and second.accumulate
    assert [call.operation for call in nest.calls] == ["add", "tanh"]
    assert [(store.operand.view.buffer.role, store.operand.view.next_slot) for store in nest.stores] == [
        ("history", True)]
    assert plan.kept == ((0, nest.stores[0].operand.view.buffer.number, 1),)
    assert plan.rows == ROWS
    assert {buffer.role for buffer in plan.buffers if not buffer.private} == {
        "per_step", "constant", "history", "scratch"}


def test_products_that_something_else_reads_too_keep_their_memory() -> None:
    def shown(m: Model, x: Any) -> Any:
        from_input = x @ m.w
        return from_input + m.h @ m.u, from_input

    products = [i for i in make_plan(step_of(shown)).instructions if isinstance(i, Product)]
    assert len(products) == 2 and not any(product.accumulate for product in products)


def test_a_slice_of_two_products_added_up_leaves_them_one() -> None:
    def gated(m: Model, x: Any) -> Any:
        both = x @ m.w + x @ m.u
        return bm.tanh(both[:, :1]) * both[:, 2:]

    assert kinds(make_plan(step_of(gated))) == ["product", "product", "nest"]


def test_gradients_of_weights_are_added_up_in_place_by_the_product() -> None:
    step = step_of(recurrent)
    plan = make_plan(differentiate(step, tuple(range(len(step.inputs)))).backward)
    products = [i for i in plan.instructions if isinstance(i, Product) and i.accumulate]
    assert {p.result.view.buffer.role for p in products} == {"sum"}
    assert len(products) == 2
    assert plan.partial == frozenset(range(3))  # all sums have a part for every tile
    assert all(buffer.private for buffer in plan.buffers if buffer.role == "sum")


def test_a_sum_over_rows_goes_to_its_place_without_a_detour() -> None:
    step = step_of(recurrent)
    plan = make_plan(differentiate(step, tuple(range(len(step.inputs)))).backward)
    stores = [store for i in plan.instructions if isinstance(i, Nest) for store in i.stores if store.mode == "sum"]
    assert [store.operand.view.buffer.role for store in stores] == ["sum"]


def test_rows_that_meet_make_one_tile() -> None:
    def body(m: Model, x: Any) -> Any:
        return x - x.mean(axis=0)

    plan = make_plan(step_of(body))
    assert plan.rows == 1
    assert not any(buffer.private for buffer in plan.buffers)
    assert not any(d.rows for i in plan.instructions if isinstance(i, Nest) for d in i.dimensions)


def test_views_cost_no_instruction() -> None:
    def body(m: Model, x: Any) -> Any:
        return bm.tanh(x[:, ::-1].T.reshape(3, 1, ROWS) * m.b.reshape(3, 1, 1))

    assert kinds(make_plan(step_of(body))) == ["nest"]


def test_a_view_that_needs_a_copy_gets_one() -> None:
    plan = make_plan(step_of(lambda m, x: x.T.reshape(-1) * 2.0))
    assert kinds(plan) == ["nest", "nest"]
    assert plan.rows == 1


def test_results_that_nothing_computes_are_copied() -> None:
    def body(m: Model, x: Any) -> Any:
        m.h.value = x
        return m.b, bm.ones(3), x[:, 0]

    plan = make_plan(step_of(body))
    assert kinds(plan) == ["nest"] * 4
    assert all(not i.calls for i in plan.instructions if isinstance(i, Nest))


def test_indices_and_random_bits_are_instructions_of_their_own() -> None:
    stream = bm.random.RandomState(0)

    def body(m: Model, x: Any) -> Any:
        m.turn += 1
        return m.w[m.turn % 3] + stream.random((ROWS, 3))

    plan = make_plan(step_of(body))
    assert [type(i) for i in plan.instructions if not isinstance(i, Nest)].count(Take) == 1
    assert [type(i) for i in plan.instructions if not isinstance(i, Nest)].count(Random) == 1


def test_what_is_not_known_is_named_with_the_user_s_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(named, "unheard_of", raising=False)
    unheard_of = Operation("unheard_of", lambda x: x, infer=lambda x: x)
    monkeypatch.delitem(named, "unheard_of")

    def body(m: Model, x: Any) -> Any:
        return wrap(unheard_of(raw(x)))

    with pytest.raises(UnsupportedOperationError, match="the operation 'unheard_of' is not compiled yet") as caught:
        make_plan(step_of(body))
    assert caught.value.operation == "unheard_of"
    assert caught.value.location == f"{__file__}:{body.__code__.co_firstlineno + 1}"


def test_a_lone_axis_is_a_kernel_over_lines() -> None:
    """Rows stay the outer loop, whose size is that of a tile; the axis is the kernel's own."""
    plan = make_plan(step_of(lambda m, x: bm.cumsum(x, axis=1)))
    assert kinds(plan) == ["batch"]
    batch = plan.instructions[0]
    assert isinstance(batch, Batch)
    assert (batch.kind, batch.loops[-1], batch.sizes) == ("running", Dimension(1, True), (Dimension(3, False),))
    assert [operand.strides for operand in batch.operands] == [(0, 0, 3, 1)] * 2
    assert plan.rows == ROWS


def test_more_loops_than_three_run_on_copies() -> None:
    def body(m: Model, x: Any) -> Any:
        five = x.reshape(ROWS, 3, 1, 1, 1) + bm.arange(8.0).reshape(2, 2, 2)
        return bm.cumsum(bm.transpose(five, (4, 2, 0, 3, 1)), axis=4)

    plan = make_plan(step_of(body))
    assert kinds(plan) == ["nest", "nest", "batch", "nest"]
    assert plan.rows == ROWS


def three(x: Any) -> Any:
    """Rows first, then two axes."""
    return bm.broadcast_to(x.reshape(ROWS, 1, 3), (ROWS, 4, 3)) * 2.0


PRODUCTS: dict[str, tuple[Callable[[Model, Any], Any], list[str], int]] = {
    "joined with the rows": (lambda m, x: three(x) @ m.w, ["product"], ROWS),
    "few": (lambda m, x: bm.stack([m.w, m.u]) @ bm.stack([x.T, x.T * 2.0]), ["product"] * 2, ROWS),
    "rows outside": (lambda m, x: three(x) @ bm.swapaxes(three(x), 1, 2), ["batch"], ROWS),
    "many": (lambda m, x: bm.broadcast_to(x, (20, ROWS, 3)) @ (m.w * bm.ones((20, 1, 1))), ["batch"], ROWS),
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_products_with_leading_axes(case: str) -> None:
    body, want, rows = PRODUCTS[case]
    plan = make_plan(step_of(body))
    assert [kind for kind in kinds(plan) if kind != "nest"] == want
    assert plan.rows == rows


def test_the_gradient_of_a_weight_is_one_product_over_all_leading_axes() -> None:
    step = step_of(lambda m, x: three(x) @ m.w)
    plan = make_plan(differentiate(step, tuple(range(len(step.inputs)))).backward)
    product = next(i for i in plan.instructions if isinstance(i, Product) and i.accumulate)
    assert product.sizes == (Dimension(3, False), Dimension(4, True), Dimension(3, False))
    assert product.result.view.buffer.role == "sum"


def test_windows_are_a_view_and_overlap_in_their_sum() -> None:
    def body(m: Model, x: Any) -> Any:
        return wrap(windows(raw(x), (1,), (2,))) * 2.0

    step = step_of(body)
    assert kinds(make_plan(step)) == ["nest"]
    backward = make_plan(differentiate(step, tuple(range(len(step.inputs)))).backward)
    assert kinds(backward) == ["nest"] * 3  # times two; zeros; added at their places
    assert backward.rows == ROWS


def test_a_reduction_that_is_kept_and_joined_is_joined_before_it_is_read() -> None:
    """It lies in the output, and is copied to its part before the nest that reads the whole."""
    def body(m: Model, x: Any) -> Any:
        largest = x.max(axis=1, keepdims=True)
        return largest, bm.exp(bm.concatenate([largest, x], axis=1))

    plan = make_plan(step_of(body))
    calls = [[call.operation for call in i.calls] for i in plan.instructions if isinstance(i, Nest)]
    assert calls[-1] == ["exp"]


def test_all_results_of_a_while_loop_come_from_one_instruction() -> None:
    def body(m: Model, x: Any) -> Any:
        m.b.value = x.sum(axis=0)
        a, n = bm.while_loop(lambda a, n: (a + m.b, n + 1), lambda a, n: a.sum() < 9, (m.b * 2, 0))
        return bm.concatenate([a, a * n]), n

    plan = make_plan(step_of(body))
    (loop,) = [i for i in plan.instructions if isinstance(i, Repeat)]
    assert (plan.rows, loop.going.view.buffer.dtype) == (1, np.bool_)
    assert sum("add" in str(i) for i in loop.body) == 2  # of the vector, and of the number
    assert not any(isinstance(i, Repeat) for i in loop.body)


def test_a_while_loop_inside_of_another() -> None:
    def body(m: Model, x: Any) -> Any:
        def outer(a: Any) -> Any:
            return bm.while_loop(lambda c: c * 2, lambda c: c.sum() < a.sum() + 9, (a,))[0]

        return bm.while_loop(outer, lambda a: a.sum() < 99, (x[0],))[0]

    (loop,) = [i for i in make_plan(step_of(body)).instructions if isinstance(i, Repeat)]
    assert [type(i) for i in loop.body].count(Repeat) == 1
