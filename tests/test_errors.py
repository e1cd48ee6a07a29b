"""Errors: what a capture error says, and that it survives the way back from a worker process."""

from __future__ import annotations

import inspect
import pickle

from nbbrain import errors
from nbbrain.errors import CaptureError, NBBrainError, UnsupportedOperationError


def test_a_capture_error_says_what_where_and_what_to_do():
    error = CaptureError("x is symbolic.", operation="if", location="model.py:12", hint="use bm.where.")
    assert str(error) == "x is symbolic. (at model.py:12)\nHint: use bm.where."
    assert (error.operation, error.location, error.hint) == ("if", "model.py:12", "use bm.where.")
    assert str(CaptureError("x is symbolic.")) == "x is symbolic."


def test_a_capture_error_is_pickled_whole():
    error = UnsupportedOperationError("no kernel.", operation="sort", location="model.py:3")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is UnsupportedOperationError
    assert (str(copy), copy.operation) == (str(error), "sort")


def test_every_error_of_nbbrain_can_be_caught_as_one():
    classes = dict(inspect.getmembers(errors, inspect.isclass)).values()
    assert all(issubclass(value, (NBBrainError, Warning)) for value in classes)
    assert errors.BrainPyError is NBBrainError
