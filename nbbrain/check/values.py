"""Checks of single values."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["is_callable", "is_float", "is_integer", "is_string"]


def is_callable(fun: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """Return a callable; a ValueError says what else was given.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_callable(abs)
    <built-in function abs>
    """
    if (fun is None and allow_none) or callable(fun):
        return fun
    raise ValueError(f"{name or 'The argument'} must be a callable, but got {fun!r}.")


def is_float(value: Any, name: str | None = None, min_bound: float | None = None, max_bound: float | None = None,
             allow_none: bool = False, allow_int: bool = True) -> Any:
    """Return a real number.

    Parameters
    ----------
    value : number
        What is checked.
    name : str, optional
        The name of the argument, for the error.
    min_bound, max_bound : float, optional
        The smallest and the largest number that are allowed.
    allow_none, allow_int : bool
        Whether None and integers are allowed.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_float(0.5, 'prob', min_bound=0., max_bound=1.)
    0.5
    """
    kinds: tuple[type, ...] = (float, np.floating, int, np.integer) if allow_int else (float, np.floating)
    return _number(value, name, kinds, "a real number" if allow_int else "a float", min_bound, max_bound, allow_none)


def is_integer(value: Any, name: str | None = None, min_bound: int | None = None, max_bound: int | None = None,
               allow_none: bool = False) -> Any:
    """Return an integer; parameters and errors are those of `is_float`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_integer(3, 'num_in', min_bound=1)
    3
    """
    return _number(value, name, (int, np.integer), "an integer", min_bound, max_bound, allow_none)


def _number(value: Any, name: str | None, kinds: tuple[type, ...], what: str, low: float | None, high: float | None,
            allow_none: bool) -> Any:
    if value is None and allow_none:
        return value
    allowed = what
    if low is not None:
        allowed += f" of at least {low}" if high is None else f" from {low} to {high}"
    elif high is not None:
        allowed += f" of at most {high}"
    inside = isinstance(value, kinds) and not isinstance(value, bool)
    inside = inside and (low is None or value >= low) and (high is None or value <= high)
    if not inside:
        raise ValueError(f"{name or 'The argument'} must be {allowed}, but got {value!r}.")
    return value


def is_string(value: Any, name: str | None = None, candidates: Iterable[str] | None = None,
              allow_none: bool = False) -> str | None:
    """Return a text, which must be one of the candidates where there are any; a ValueError lists them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.check.is_string('dense', 'comp_method', candidates=['dense', 'sparse'])
    'dense'
    """
    if value is None and allow_none:
        return None
    allowed = None if candidates is None else list(candidates)
    if not isinstance(value, str) or (allowed is not None and value not in allowed):
        expected = "a string" if allowed is None else f"one of {', '.join(map(repr, allowed))}"
        raise ValueError(f"{name or 'The argument'} must be {expected}, but got {value!r}.")
    return value
