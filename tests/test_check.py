"""Checks: what they let through, and the errors they raise."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.check import collections, models, shapes, switch, values
from nbbrain.connect import One2One

TRAINING, BATCHING, NONBATCHING = bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode


@pytest.mark.parametrize(
    ("supported", "refused"),
    [
        ((TRAINING, NONBATCHING), []),
        ((TRAINING, BATCHING), [NONBATCHING]),
        ((BATCHING, NONBATCHING), [TRAINING]),
        ((TRAINING, BATCHING, NONBATCHING), []),
        (NONBATCHING, [TRAINING, BATCHING]),
    ],
)
def test_which_modes_are_supported(supported, refused):
    for mode in (NONBATCHING, BATCHING, TRAINING):
        if mode in refused:
            with pytest.raises(NotImplementedError):
                bp.check.is_subclass(mode(), supported)
        else:
            assert bp.check.is_subclass(mode(), supported)


def test_the_words_of_the_mode_error():
    with pytest.raises(NotImplementedError) as error:
        bp.check.is_subclass(bm.TrainingMode(), (BATCHING, NONBATCHING), "NVAR")
    assert str(error.value) == (
        "NVAR does not support TrainingMode(batch_size=1). We only support BatchingMode, NonBatchingMode. "
    )
    with pytest.raises(NotImplementedError) as error:
        bp.check.is_subclass(bm.nonbatching_mode, (TRAINING, BATCHING))
    assert str(error.value) == " does not support NonBatchingMode. We only support TrainingMode, BatchingMode. "
    with pytest.raises(TypeError, match="must be classes"):
        bp.check.is_subclass(bm.nonbatching_mode, (bm.training_mode,))


def test_the_older_name_of_the_mode_check():
    assert bp.modes.check_mode is bp.check.is_subclass
    assert bp.modes.training is bm.training_mode
    assert bp.modes.batching is bm.batching_mode
    assert bp.modes.normal is bm.nonbatching_mode
    assert bp.modes.NormalMode is bm.NonBatchingMode


def test_instances():
    assert bp.check.is_instance(1, (int, str))
    with pytest.raises(NotImplementedError, match=r"x does not support 1\.5\. We only support int, str"):
        bp.check.is_instance(1.5, (int, str), "x")


@pytest.mark.parametrize("value", [np.ones(2), bm.Variable(2), [1.0, [2]], 3, 3.0, np.float32(1), abs, lambda shape: shape])
def test_what_can_initialize(value):
    assert bp.check.is_initializer(value) is value


@pytest.mark.parametrize("value", [None, "normal", {"a": 1}, ["a"], [1, None]])
def test_what_cannot_initialize(value):
    with pytest.raises(ValueError, match=r"W should be an instance of brainpy\.init\.Initializer, tensor or callable"):
        bp.check.is_initializer(value, "W")


def test_none_initializes_where_it_may():
    assert bp.check.is_initializer(None, allow_none=True) is None


def test_connectors():
    for value in (One2One(), np.eye(2), bm.Array(np.eye(2))):
        assert bp.check.is_connector(value) is value
    assert bp.check.is_connector(None, allow_none=True) is None
    with pytest.raises(ValueError, match="conn should be a Connector or a matrix, but got 'all'"):
        bp.check.is_connector("all", "conn")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (bp.check.is_callable, abs, 3),
        (bp.check.is_float, 1.5, "1.5"),
        (bp.check.is_float, np.float32(1.5), True),
        (bp.check.is_float, 2, [1.0]),
        (bp.check.is_integer, 2, 2.0),
        (bp.check.is_integer, np.int64(2), True),
        (bp.check.is_string, "a", 1),
        (bp.check.is_sequence, [1], {1}),
    ],
)
def test_single_values(check, good, bad):
    assert check(good, "name", allow_none=False) is good
    with pytest.raises(ValueError, match="name must be"):
        check(bad, "name", allow_none=False)
    with pytest.raises(ValueError, match="None"):
        check(None, "name", allow_none=False)
    assert check(None, allow_none=True) is None


def test_bounds():
    assert bp.check.is_float(0.5, min_bound=0.0, max_bound=1.0) == 0.5
    with pytest.raises(ValueError, match=r"prob must be a real number from 0\.0 to 1\.0, but got 1\.5"):
        bp.check.is_float(1.5, "prob", min_bound=0.0, max_bound=1.0)
    with pytest.raises(ValueError, match="n must be an integer of at least 1, but got 0"):
        bp.check.is_integer(0, "n", min_bound=1)
    with pytest.raises(ValueError, match="must be a float of at most 1, but got 1"):
        bp.check.is_float(1, max_bound=1, allow_int=False)
    with pytest.raises(ValueError, match="but got nan"):
        bp.check.is_float(float("nan"), min_bound=0.0)


def test_candidates():
    assert bp.check.is_string("a", candidates=("a", "b")) == "a"
    with pytest.raises(ValueError, match="method must be one of 'a', 'b', but got 'c'"):
        bp.check.is_string("c", "method", candidates=("a", "b"))


def test_what_sequences_and_dicts_hold():
    with pytest.raises(ValueError, match=r"must hold int or str, but holds 1\.5"):
        bp.check.is_sequence([1, 1.5], elem_type=(int, str))
    assert bp.check.is_dict_data({"a": 1}) == {"a": 1}
    assert bp.check.is_dict_data(None) is None
    for wrong in ([1], None):
        with pytest.raises(ValueError, match="x must be a dict"):
            bp.check.is_dict_data(wrong, name="x", allow_none=False)
    with pytest.raises(ValueError, match="keys of type str, but has 1"):
        bp.check.is_dict_data({1: 2}, key_type=str)
    with pytest.raises(ValueError, match="values of type int, but has 'b' under 'a'"):
        bp.check.is_dict_data({"a": "b"}, val_type=int)


def test_one_or_several():
    x, y = bm.Variable(1), bm.Variable(1)
    assert bp.check.is_all_vars(None) == ()
    assert bp.check.is_all_vars(x)[0] is x
    assert bp.check.is_all_vars([x, y], out_as="dict").keys() == {0, 1}
    assert bp.check.is_all_vars({"a": x}, out_as="dict")["a"] is x
    assert type(bp.check.is_all_vars((x, y), out_as="list")) is list
    part = bm.BrainPyObject()
    assert bp.check.is_all_objs(part) == (part,)
    for wrong in (1.0, [x, 1.0], {"a": 1.0}):
        with pytest.raises(ValueError, match="Variable are needed"):
            bp.check.is_all_vars(wrong)
    with pytest.raises(ValueError, match="out_as must be one of 'tuple', 'list', 'dict'"):
        bp.check.is_elem_or_seq_or_dict(1, int, out_as="set")


def test_serialized_arguments_do_not_depend_on_their_order():
    assert bp.check.serialize_kwargs({"b": 1, "a": True}) == bp.check.serialize_kwargs({"a": True, "b": 1})
    assert bp.check.serialize_kwargs({"a": 1}) != bp.check.serialize_kwargs({"a": True})
    assert bp.check.serialize_kwargs(None) == "{}"
    with pytest.raises(ValueError, match="shared_kwargs"):
        bp.check.serialize_kwargs({"a": np.ones(2)})


def test_consistent_shapes():
    assert bp.check.is_shape_consistency([(3, 4), (3, 4)]) is None
    assert bp.check.is_shape_consistency([(3, 4), (3, 5)], -1, True) == ((3,), [(4,), (5,)])
    for shapes_, axes in (([(3, 4), (3, 5)], 0), ([(3, 4), (3,)], 1), ([], None), ([(3,)], 1)):
        with pytest.raises(ValueError, match="shapes"):
            bp.check.is_shape_consistency(shapes_, axes)


def test_shapes_that_can_be_broadcast():
    assert bp.check.is_shape_broadcastable([(3, 1), (4,)]) is None
    assert bp.check.is_shape_broadcastable([(3, 1), (4,)], (), True) == ((3, 4), [(), ()])
    assert bp.check.check_shape([(1, 5), (3, 2)]) == ((3,), [(5,), (2,)])
    with pytest.raises(ValueError, match="can be broadcast"):
        bp.check.is_shape_broadcastable([(3, 2), (4, 2)], -1)


def test_shapes_apart_from_the_batch():
    assert bp.check.check_shape_except_batch((1, 3), (8, 3))
    assert not bp.check.check_shape_except_batch((1, 3), (8, 4), mode="bool")
    with pytest.raises(ValueError, match="only along the axes"):
        bp.check.check_shape_except_batch((3, 1), (4, 8), batch_idx=1)
    with pytest.raises(ValueError, match="mode must be"):
        bp.check.check_shape_except_batch((1,), (1,), mode="other")


def test_checks_of_computed_values_and_their_switch():
    def fail(*args):
        raise ArithmeticError(*args)

    with pytest.raises(ArithmeticError, match="12"):
        bp.check.jit_error_checking(bm.Array([False, True]), fail, 12)
    with pytest.raises(ArithmeticError):
        bp.check.jit_error_checking(True, fail)
    bp.check.jit_error_checking(np.array([False]), fail)
    assert bp.check.is_checking()
    bp.check.turn_off()
    try:
        assert not bp.check.is_checking()
        bp.check.jit_error_checking(True, fail)
    finally:
        bp.check.turn_on()
    assert bp.check.is_checking()


def test_every_check_is_public():
    for module in (collections, models, shapes, switch, values):
        assert set(module.__all__) <= set(bp.check.__all__)
