"""Checks of computed values, and the switch that turns them off."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbbrain.math.lifting import raw

__all__ = ["is_checking", "jit_error_checking", "turn_off", "turn_on"]

_checking = True


def is_checking() -> bool:
    """Whether `jit_error_checking` checks."""
    return _checking


def turn_on() -> None:
    """Let `jit_error_checking` check (the default)."""
    global _checking
    _checking = True


def turn_off() -> None:
    """Let `jit_error_checking` do nothing."""
    global _checking
    _checking = False


def jit_error_checking(pred: Any, err_fun: Callable[..., Any], err_arg: Any = None) -> None:
    """Call a function that raises an error where a computed condition holds.

    Parameters
    ----------
    pred : bool or array of bool
        The condition; of an array, whether any element is true. In a compiled loop its value is not known when the loop is
        built, and it is not checked there: on the backend ``numpy`` it always is.
    err_fun : callable
        Raises the error; called with ``err_arg``, or without an argument where that is None.
    err_arg : optional
        The argument.

    Examples
    --------
    >>> import nbbrain as bp
    >>> def fail(x):
    ...     raise ValueError(f'{x} is negative')
    >>> bp.check.jit_error_checking(-1. < 0., fail, -1.)
    Traceback (most recent call last):
        ...
    ValueError: -1.0 is negative
    """
    if not _checking:
        return
    condition = raw(pred)
    if isinstance(condition, (bool, np.ndarray)) and np.any(condition):
        _ = err_fun() if err_arg is None else err_fun(err_arg)
