"""Modes: their texts, comparison by class, and order."""

from __future__ import annotations

import pytest

import nbbrain.math as bm


def test_texts():
    assert repr(bm.NonBatchingMode()) == "NonBatchingMode"
    assert repr(bm.BatchingMode(3)) == "BatchingMode(batch_size=3)"
    assert repr(bm.TrainingMode()) == "TrainingMode(batch_size=1)"


def test_equality_compares_classes_only():
    assert bm.TrainingMode(3) == bm.TrainingMode()
    assert bm.TrainingMode() != bm.BatchingMode()
    assert bm.BatchingMode() != bm.TrainingMode()
    assert bm.NonBatchingMode() != "NonBatchingMode"


def test_modes_have_no_hash():
    with pytest.raises(TypeError, match="unhashable"):
        hash(bm.training_mode)


def test_is_a_asks_for_the_very_class():
    assert bm.training_mode.is_a(bm.TrainingMode)
    assert not bm.training_mode.is_a(bm.BatchingMode)
    assert not bm.training_mode.is_a(bm.Mode)


def test_parents_and_children():
    assert bm.batching_mode.is_parent_of(bm.TrainingMode, bm.BatchingMode)
    assert not bm.batching_mode.is_parent_of(bm.TrainingMode, bm.NonBatchingMode)
    assert bm.training_mode.is_child_of(bm.BatchingMode, bm.Mode)
    assert not bm.nonbatching_mode.is_child_of(bm.BatchingMode)


@pytest.mark.parametrize("ask", ["is_a", "is_parent_of", "is_child_of"])
@pytest.mark.parametrize("wrong", [bm.training_mode, int, "training"])
def test_a_question_needs_a_class_of_modes(ask, wrong):
    with pytest.raises(TypeError, match="a class of modes"):
        getattr(bm.batching_mode, ask)(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True, None])
def test_batch_size_is_a_positive_integer(wrong):
    with pytest.raises(ValueError, match="batch_size must be an integer of at least 1"):
        bm.TrainingMode(wrong)
