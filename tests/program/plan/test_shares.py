"""Plans divided among the members of a team: what is not divided, and where members meet."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.math.lifting import raw, wrap
from nbbrain.operations.windows import add_windows
from nbbrain.program.capture import capture_step
from nbbrain.program.plan import Plan, make_plan
from nbbrain.program.plan.instructions import Barrier, Batch, Instruction, Nest, Repeat
from nbbrain.program.plan.shares import shares, work

SIZE = 1000


def plan_of(body: Callable[[Any], Any]) -> Plan:
    """The plan of a function of a vector."""
    return make_plan(capture_step(lambda x: [raw(body(wrap(x)))], [((SIZE,), np.dtype(np.float32))]).step)


def parts(plan: Plan) -> list[list[Instruction]]:
    """The instructions of two members."""
    return [[instruction for _, instruction in part] for part in shares(plan, 2)]


def summing(instructions: list[Instruction]) -> list[Nest]:
    """The nests that add to what is there."""
    return [i for i in instructions if isinstance(i, Nest) and any(store.mode == "sum" for store in i.stores)]


def test_sums_whose_terms_overlap_are_not_divided() -> None:
    """Members would add to one element at the same time."""
    first, second = parts(plan_of(lambda x: bm.convolve(x, bm.ones(9)) * 2.0))
    assert (len(summing(first)), len(summing(second))) == (1, 0)
    assert [i.dimensions[0].size for i in summing(first)] == [SIZE]


def test_windows_that_stand_side_by_side_are_divided() -> None:
    def body(x: Any) -> Any:
        return wrap(add_windows(raw(x.reshape(-1, 2)), shape=(SIZE,), axes=(0,), sizes=(2,), strides=(2,), dilations=(1,)))

    sizes = [[i.dimensions[0].size for i in summing(part)] for part in parts(plan_of(body))]
    assert [len(part) for part in sizes] == [1, 1]
    assert sum(size for part in sizes for size in part) == SIZE


def test_members_meet_before_and_after_a_kernel_over_lines() -> None:
    first, second = parts(plan_of(lambda x: bm.cumsum(bm.exp(x)) * 2.0))
    kinds = [type(i) for i in first]
    at = kinds.index(Batch)
    assert Barrier in kinds[:at] and Barrier in kinds[at:-1]
    assert Batch not in [type(i) for i in second]
    assert [type(i) is Barrier for i in second].count(True) == kinds.count(Barrier)


def test_kernels_over_lines_are_work() -> None:
    assert work(plan_of(lambda x: bm.sort(x))) > SIZE


def test_one_member_carries_out_a_while_loop_and_the_others_wait() -> None:
    def body(x: Any) -> Any:
        (a,) = bm.while_loop(lambda a: a * 2, lambda a: a.sum() < 9, (bm.exp(x),))
        return a + bm.tanh(a)

    first, second = parts(plan_of(body))
    kinds = [type(i) for i in first]
    at = kinds.index(Repeat)
    assert Barrier in kinds[:at] and Barrier in kinds[at:-1]
    assert Repeat not in [type(i) for i in second]
    assert [type(i) is Barrier for i in second].count(True) == kinds.count(Barrier)


def test_loops_over_rows_are_divided_with_all_their_rows() -> None:
    """A loop over '200·rows' has 600 elements for three rows."""
    plan = make_plan(capture_step(lambda x: [raw(bm.exp(wrap(x)))], [((3, 200), np.dtype(np.float32))]).step)
    (whole,) = plan.instructions
    assert isinstance(whole, Nest) and (plan.rows, plan.tiles, str(whole.dimensions[0])) == (3, 1, "200·rows")
    sizes = [i.dimensions[0].size for part in parts(plan) for i in part if isinstance(i, Nest)]
    assert len(sizes) == 2 and sum(sizes) == 600
    assert work(plan) >= 3 * work(plan_of(bm.exp)) / (SIZE / 200)
