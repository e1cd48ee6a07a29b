"""Collectors: one key, one thing; sets of items; assignment of all variables or none."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm
from nbbrain.errors import MathError


def variables(**shapes):
    return bm.ArrayCollector({key: bm.Variable(np.zeros(shape, np.float32)) for key, shape in shapes.items()})


def test_a_key_stands_for_one_thing():
    a = object()
    items = bm.Collector(x=a)
    items["x"] = a
    with pytest.raises(ValueError, match="'x'"):
        items["x"] = object()
    with pytest.raises(ValueError, match="'x'"):
        items.update(y=1, x=object())
    assert items == {"x": a}
    items.replace("x", 3)
    assert items == {"x": 3}


def test_sums_differences_and_subsets():
    items = bm.Collector(a=1, b="two") + {"c": 3.0}
    assert type(items) is bm.Collector
    assert items == {"a": 1, "b": "two", "c": 3.0}
    assert items - {"a": None} == {"b": "two", "c": 3.0}
    assert items - ["b"] == {"a": 1, "c": 3.0}
    assert items - [items["c"]] == {"a": 1, "b": "two"}
    assert items.subset((int, float)) == {"a": 1, "c": 3.0}
    assert items.not_subset(str) == {"a": 1, "c": 3.0}
    assert type(items.dict()) is dict
    with pytest.raises(ValueError, match="'a'"):
        items + {"a": 2}


def test_unique_keeps_the_first_key_of_every_value():
    x, y = bm.Variable(2), bm.Variable(2)
    both = bm.ArrayCollector(b=x, a=y, c=x)
    assert list(both.unique()) == ["b", "a"]
    assert both.unique()["b"] is x


def test_an_array_collector_holds_arrays():
    assert bm.TensorCollector is bm.ArrayCollector
    with pytest.raises(TypeError, match="'x': an array is needed"):
        bm.ArrayCollector(x=1.0)
    found = variables(w=(2,))
    assert isinstance(found.dict()["w"], np.ndarray)
    assert len(found.data()) == 1


def test_assignment_by_name_and_by_position():
    found = variables(w=(2,), v=(3,))
    found.assign({"v": np.ones(3), "w": [2.0, 2.0]})
    np.testing.assert_array_equal(found["w"], [2, 2])
    np.testing.assert_array_equal(found["v"], [1, 1, 1])
    found.assign([np.zeros(2), np.zeros(3)])
    np.testing.assert_array_equal(found["v"], [0, 0, 0])


@pytest.mark.parametrize(
    "values",
    [{"w": np.ones(2)}, {"w": np.ones(2), "v": np.ones(4)}, {"w": np.ones(2), "v": np.ones(3), "u": 1.0}, [np.ones(2)]],
)
def test_an_assignment_that_does_not_fit_changes_nothing(values):
    found = variables(w=(2,), v=(3,))
    with pytest.raises(MathError, match="v"):
        found.assign(values)
    np.testing.assert_array_equal(found["w"], [0, 0])
