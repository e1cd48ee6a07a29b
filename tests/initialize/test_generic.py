"""Parameters, state variables, noise and delays are made of whatever users give."""
from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm


def given(shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


# ---------------------------------------------------------------------------------------------------------------------
# parameter
# ---------------------------------------------------------------------------------------------------------------------


def test_an_array_keeps_its_identity():
    array, variable = bm.Array(given((10, 50))), bm.Variable(given((10, 50)))
    assert bp.init.parameter(array, (10, 50)) is array
    assert bp.init.parameter(variable, [10, 50]) is variable


@pytest.mark.parametrize("value", [given((2, 3)), given((2, 3)).tolist(), tuple(given((2, 3)).tolist()),
                                   given((2, 3)).astype(np.float64)], ids=["numpy", "list", "tuple", "float64"])
def test_arrays_and_sequences_become_arrays_in_single_precision(value):
    made = bp.init.parameter(value, (2, 3))
    assert type(made) is bm.Array and made.dtype == np.float32
    assert np.array_equal(made, given((2, 3)))


@pytest.mark.parametrize("value", [None, 3, 0.5, np.float32(2.0)])
def test_none_and_numbers_stay_what_they_are(value):
    assert bp.init.parameter(value, (2, 3)) is value


def test_one_element_may_stand_for_a_number():
    assert bp.init.parameter([2.0], (4,)).shape == (1,)
    assert bp.init.parameter(np.array(2.0), (4,)).shape == ()
    with pytest.raises(ValueError, match=r"should be \(4,\), but we got \(1,\)"):
        bp.init.parameter([2.0], (4,), allow_scalar=False)


def test_functions_get_the_size():
    sizes = []

    def function(size):
        sizes.append(size)
        return given(size)

    assert np.array_equal(bp.init.parameter(function, [2, 3]), given((2, 3)))
    assert np.array_equal(bp.init.parameter(lambda n: n[0] * [1.0], 3), np.ones(3))
    assert sizes == [(2, 3)]


def test_a_wrong_shape_is_refused_in_the_words_of_brainpy():
    with pytest.raises(ValueError) as error:
        bp.init.parameter(bm.zeros((10, 51)), (10, 50))
    assert str(error.value) == "The shape of the parameters should be (10, 50), but we got (10, 51)"
    with pytest.raises(ValueError, match=r"should be \(2,\), but we got \(3,\)"):
        bp.init.parameter(lambda size: bm.zeros(3), 2)


@pytest.mark.parametrize("value, options, message", [
    (None, {"allow_none": False}, "a parameter is needed, but got None"),
    (3.0, {"allow_scalar": False}, r"shape \(2,\) is needed, but got the number 3.0"),
    ("zeros", {}, "but got 'zeros' of type str"),
    (lambda size: "zeros", {}, "must return an array, but .* returned str"),
])
def test_anything_else_is_refused(value, options, message):
    with pytest.raises(ValueError, match=message):
        bp.init.parameter(value, 2, **options)


# ---------------------------------------------------------------------------------------------------------------------
# variable_
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode, shape, axis", [
    (None, (3,), None), (False, (3,), None), (bm.nonbatching_mode, (3,), None),
    (True, (1, 3), 0), (4, (4, 3), 0), (np.int64(4), (4, 3), 0),
    (bm.BatchingMode(2), (2, 3), 0), (bm.TrainingMode(5), (5, 3), 0),
])
def test_the_mode_decides_the_batch_axis(mode, shape, axis):
    for init in (bp.init.OneInit(2.0), lambda size: bm.zeros(size) + 2.0, np.full(3, 2.0), [2.0, 2.0, 2.0]):
        for made in (bp.init.variable_(init, 3, mode), bp.init.variable(init, mode, 3)):
            assert type(made) is bm.Variable and made.shape == shape and made.batch_axis == axis
            assert (np.asarray(made) == 2.0).all() and made.dtype == np.float32


def test_the_batch_axis_may_be_anywhere():
    assert bp.init.variable_(bp.init.ZeroInit(), (3, 4), 2, batch_axis=1).shape == (3, 2, 4)
    made = bp.init.variable_(given((3, 4)), (3, 4), 2, batch_axis=1)
    assert made.batch_axis == 1 and all(np.array_equal(made[:, b], given((3, 4))) for b in range(2))
    made = bp.init.variable_(given((3, 4)), None, 2, batch_axis=-1)
    assert made.shape == (3, 4, 2) and made.batch_axis == 2


def test_examples_of_a_batch_get_different_random_values():
    made = np.asarray(bp.init.variable_(bp.init.Normal(seed=1), 50, 2))
    assert not np.array_equal(made[0], made[1])


def test_a_variable_does_not_share_memory_with_what_it_was_made_of():
    array = bm.Array(given((3,)))
    made = bp.init.variable_(array)
    made[0] = 7.0
    assert array[0] == 0.0


def test_gradients_flow_through_an_array_that_is_repeated_along_the_batch():
    first = bm.TrainVar(bm.asarray(given((3,))))
    gradient = bm.grad(lambda: bm.sum(bp.init.variable_(first, 3, 4)), grad_vars=first)()
    assert gradient.tolist() == [4.0, 4.0, 4.0]


@pytest.mark.parametrize("call, message", [
    (lambda: bp.init.variable_(bp.init.ZeroInit()), "size must be given where init is an initializer"),
    (lambda: bp.init.variable_(given((3,)), 4), r"init must have the shape \(4,\), but we got \(3,\)"),
    (lambda: bp.init.variable_(lambda size: bm.zeros(2), 3), r"shape \(3,\), but it returned one of \(2,\)"),
    (lambda: bp.init.variable_(bp.init.ZeroInit(), 3, "yes"), "a positive integer or a mode, but got 'yes'"),
    (lambda: bp.init.variable_(bp.init.ZeroInit(), 3, 0), "a positive integer or a mode, but got 0"),
    (lambda: bp.init.variable_(bp.init.ZeroInit(), 3, 2, batch_axis=2), "an array with 2 axes, but got 2"),
    (lambda: bp.init.variable_(None, 3), "but got None"),
])
def test_a_variable_cannot_be_made_of_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------------------------------------------------------------
# noise and delay
# ---------------------------------------------------------------------------------------------------------------------


def test_noise():
    def diffusion(V, t):
        return V

    assert bp.init.noise(None, 3) is None and bp.init.noise(diffusion, 3) is diffusion
    assert bp.init.noise(0.5, 3)("V", 0.0) == 0.5
    assert np.array_equal(bp.init.noise(bp.init.OneInit(2.0), 3)(), [2.0, 2.0, 2.0])
    assert bp.init.noise(0.5, 3, num_vars=3, noise_idx=1)(V=0) == (None, 0.5, None)
    with pytest.raises(ValueError, match=r"noise_idx must be in \[0, 2\), but got 2"):
        bp.init.noise(0.5, 3, num_vars=2, noise_idx=2)
    with pytest.raises(ValueError, match=r"should be \(3,\), but we got \(2,\)"):
        bp.init.noise([1.0, 2.0], 3)


def test_delay():
    variable = bm.Variable(given((3,)))
    assert bp.init.delay(None, variable) == ("none", None, None)
    kind, steps, delays = bp.init.delay(2, variable, delay_data=bp.init.OneInit(7.0))
    assert (kind, steps, delays.num_delay_step) == ("homo", 2, 3)
    assert np.array_equal(delays(2), [7.0, 7.0, 7.0])
    kind, steps, delays = bp.init.delay([1, 0, 4], variable)
    assert (kind, steps.tolist(), delays.num_delay_step) == ("heter", [1, 0, 4], 5)
    batched = bm.Variable(bm.zeros((2, 3)), batch_axis=0)
    assert bp.init.delay(lambda size: np.arange(size[0]), batched)[2].num_delay_step == 3


@pytest.mark.parametrize("steps, message", [
    (1.5, "an integer or integers"), (True, "an integer or integers"), ([0.5, 1.0, 2.0], "an integer or integers"),
    ([1, 2], r"should be \(3,\), but we got \(2,\)"),
])
def test_a_delay_is_a_number_of_steps(steps, message):
    with pytest.raises(ValueError, match=message):
        bp.init.delay(steps, bm.Variable(given((3,))))
