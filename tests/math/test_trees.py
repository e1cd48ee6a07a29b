"""Structures are taken apart and put together without a change; what is no array stays part of the structure."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.math.array import as_value
from nbbrain.math.trees import Leaf, flatten, tree_map, unflatten
from nbbrain.program.symbol import Program

Pair = namedtuple("Pair", "left right")
A, B = np.arange(3.0, dtype=np.float32), np.ones((2, 2), np.float32)

TREES: list[Any] = [
    A, (A, B), [A, [B, (A,)]], {"a": A, "b": {"c": B}}, Pair(A, [B]), (), [], {}, None, "text", (A, None, "relu", [B, {}]),
    [Pair(None, {"x": A})],
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_back_and_forth(tree: Any) -> None:
    leaves, structure = flatten(tree)
    back = unflatten(structure, leaves)
    assert type(back) is type(tree)
    assert str(back) == str(tree)
    again, same = flatten(back)
    assert all(x is y for x, y in zip(again, leaves, strict=True))
    assert str(same) == str(structure)


def test_arrays_come_in_order_as_raw_values() -> None:
    v = bm.Variable(bm.ones(2))
    leaves, structure = flatten([bm.Array(A), {"v": v, "n": B}, (np.float32(2),)])
    assert leaves[0] is A
    assert leaves[1] is v.value
    assert leaves[2] is B
    assert (leaves[3].shape, leaves[3].dtype) == ((), np.float32)
    assert str(structure) == "[*, {'v': *, 'n': *}, (*,)]"
    assert [leaf.position for leaf in (structure[0], *structure[1].values(), *structure[2])] == [0, 1, 2, 3]


@pytest.mark.parametrize(("number", "dtype"), [(True, np.bool_), (3, np.int32), (2.5, np.float32), (1j, np.complex64)])
def test_numbers_are_arrays(number: complex, dtype: type) -> None:
    (leaf,), _ = flatten((number,))
    assert isinstance(leaf, np.ndarray)
    assert (leaf.shape, leaf.dtype, leaf) == ((), dtype, number)


def test_symbols_and_boxes_are_arrays() -> None:
    symbol = Program().input((2,), np.float32, "x")
    assert flatten({"x": symbol})[0] == [symbol] or flatten({"x": symbol})[0][0] is symbol
    found = []
    bm.grad(lambda x: (found.extend(flatten([x, x.value])[0]), x.sum())[1])(bm.ones(2))
    assert found[0] is found[1]
    assert not isinstance(found[0], np.ndarray)


def test_only_what_is_named_is_a_leaf() -> None:
    leaves, structure = flatten((bm.ones(2), 3, B, "x"), leaves=(bm.Array,))
    assert len(leaves) == 1
    assert isinstance(structure[0], Leaf)
    assert structure[1] == 3
    assert structure[2] is B


def test_what_is_taken_apart_can_be_converted() -> None:
    leaves, structure = flatten([1.5, bm.ones(2)], convert=lambda x: as_value(x) * 2)
    assert [leaf.tolist() for leaf in leaves] == [3.0, [2.0, 2.0]]
    assert str(structure) == "[*, *]"


def test_other_kinds_of_dict_become_plain_ones() -> None:
    _, structure = flatten(OrderedDict(b=A, a=B))
    assert type(structure) is dict
    assert list(structure) == ["b", "a"]


def test_map_over_structures() -> None:
    result = tree_map(lambda x, y: x + 2 * y, {"a": A, "b": [B]}, {"a": bm.Array(A), "b": [bm.Array(B)]})
    np.testing.assert_array_equal(result["a"], 3 * A)
    np.testing.assert_array_equal(result["b"][0], 3 * B)
    assert tree_map(lambda x: x, (None, "text")) == (None, "text")
    with pytest.raises(ValueError):
        tree_map(lambda x, y: x, (A, B), (A,))
