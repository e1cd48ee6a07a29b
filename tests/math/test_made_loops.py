"""The loops that are made once: records, returned values, both kinds of length."""
from __future__ import annotations

import pytest

import nbbrain.math as bm


@pytest.mark.parametrize("has_return", [False, True])
def test_make_loop_records_variables(has_return):
    v, w = bm.Variable(bm.zeros(1)), bm.Variable(bm.ones(2))

    def body(x):
        v.value = v + x
        w.value = w * 2.0
        return v * 10.0

    result = bm.make_loop(body, out_vars={"v": v, "w": w}, has_return=has_return)(bm.arange(1.0, 4.0))
    records = result[0] if has_return else result
    assert records["v"].tolist() == [[1.0], [3.0], [6.0]]
    assert records["w"].tolist() == [[2.0, 2.0], [4.0, 4.0], [8.0, 8.0]]
    assert v.tolist() == [6.0]
    if has_return:
        assert result[1].tolist() == [[10.0], [30.0], [60.0]]


def test_make_loop_by_length():
    v = bm.Variable(bm.zeros(1))

    def body(i):
        v.value = v + 1.0

    assert bm.make_loop(body, out_vars=v)(length=3).shape == (3, 1)
    with pytest.raises(ValueError, match="xs, or length"):
        bm.make_loop(body)()


def test_make_while_and_make_cond():
    v = bm.Variable(bm.zeros(1))

    def grow(x):
        v.value = v + x

    bm.make_while(lambda x: v[0] < 10.0, grow)(4.0)
    assert v.tolist() == [12.0]
    branch = bm.make_cond(lambda x: x + 1.0, lambda x: x - 1.0)
    assert bm.for_loop(lambda x: branch(x > 1.0, x), bm.arange(3.0)).tolist() == [-1.0, 0.0, 3.0]
