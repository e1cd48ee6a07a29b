"""Shared arguments over time."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain.math as bm


def test_arguments_of_every_step():
    shared = bm.shared_args_over_time(4, dt=0.5, t0=10.0)
    assert shared.t.tolist() == [10.0, 10.5, 11.0, 11.5]
    assert shared.i.tolist() == [0, 1, 2, 3]
    assert shared.dt.tolist() == [0.5] * 4
    assert (shared.t.dtype, shared.i.dtype, shared.dt.dtype) == (np.float32, np.int32, np.float32)
    assert set(bm.shared_args_over_time(4, include_dt=False)) == {"t", "i"}


def test_duration_and_dt_of_the_environment():
    with bm.environment(dt=0.25, x64=True):
        shared = bm.shared_args_over_time(duration=1.0)
    assert shared.t.tolist() == [0.0, 0.25, 0.5, 0.75]
    assert (shared.t.dtype, shared.i.dtype) == (np.float64, np.int64)
    assert bm.shared_args_over_time(0).t.shape == (0,)


def test_a_loop_takes_them_row_by_row():
    times = bm.for_loop(lambda shared: shared["t"] + shared["i"] * shared["dt"], [bm.shared_args_over_time(3, dt=0.5)])
    assert times.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("arguments", "error", "text"), [
    ({}, ValueError, "either num_step or duration must be given"),
    ({"num_step": 3, "duration": 1.0}, ValueError, "either num_step or duration must be given"),
    ({"num_step": -1}, ValueError, "must not be negative, but got -1"),
    ({"duration": -1.0}, ValueError, "must not be negative, but got -1.0"),
    ({"num_step": 2.5}, TypeError, "integer"),
    ({"num_step": 2, "dt": 1}, TypeError, '"dt" must a float'),
])
def test_wrong_arguments(arguments, error, text):
    with pytest.raises(error, match=text):
        bm.shared_args_over_time(**arguments)
