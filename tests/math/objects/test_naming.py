"""Names: counted by class, checked, and free again when their owner is gone."""

from __future__ import annotations

import gc

import pytest

import nbbrain.math as bm
from nbbrain.errors import BrainPyError, UniqueNameError


class Part(bm.BrainPyObject):
    pass


class Whole(bm.BrainPyObject):
    def __init__(self, *parts):
        super().__init__()
        self.parts = bm.NodeList(parts)


@pytest.fixture(autouse=True)
def names_from_zero():
    gc.collect()
    bm.clear_name_cache(ignore_warn=True)


def test_names_are_counted_by_class():
    assert [Part().name, Part().name, Whole().name, Part().name] == ["Part0", "Part1", "Whole0", "Part2"]


def test_a_counted_name_leaves_out_what_a_living_object_was_given():
    taken = Part("Part0")
    assert Part().name == "Part1"
    assert taken.name == "Part0"


def test_a_name_is_an_identifier():
    with pytest.raises(BrainPyError) as error:
        Part("a b")
    assert str(error.value) == (
        '"a b" isn\'t a valid identifier according to Python language definition. Please choose another name.'
    )
    part = Part()
    with pytest.raises(BrainPyError):
        part.name = "1"
    assert part.name == "Part0"


def test_a_cell_that_is_run_again_may_use_its_name_again():
    hidden = Part("hidden_layer")
    hidden = Part("hidden_layer")
    assert Whole(hidden).nodes()["hidden_layer"] is hidden


def test_two_objects_of_one_name_in_one_model_are_an_error_that_says_where():
    whole = Whole(Part("same"), Part("same"))
    with pytest.raises(UniqueNameError, match=r"'same': parts-0 \(a Part\) and parts-1 \(a Part\)"):
        whole.nodes()
    with pytest.raises(UniqueNameError):
        whole.vars()
    assert list(whole.nodes("relative")) == ["", "parts-0", "parts-1"]


def test_the_registry_keeps_nothing_alive():
    part = Part("gone")
    del part
    gc.collect()
    kept = Part()
    with pytest.warns(UserWarning, match="1 named objects are still alive"):
        bm.clear_name_cache()
    del kept


def test_clearing_starts_to_count_again():
    Part()
    bm.clear_name_cache(ignore_warn=True)
    assert Part().name == "Part0"
