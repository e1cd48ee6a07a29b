"""Loops and branches made once and called later, which act on variables: BrainPy's ``make_*`` functions."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbbrain.math.array import Array
from nbbrain.math.control_flow import cond, while_loop
from nbbrain.math.creation import arange
from nbbrain.math.loops import for_loop
from nbbrain.math.trees import tree_map

__all__ = ["make_cond", "make_loop", "make_while"]


def make_loop(body_fun: Callable[[Any], Any], dyn_vars: Any = None, out_vars: Any = None,
              has_return: bool = False) -> Callable[..., Any]:
    """Make a function that runs a body over time and records variables.

    Parameters
    ----------
    body_fun : callable
        One turn; takes one row of the input.
    dyn_vars
        Accepted for compatibility: variables are found by themselves.
    out_vars : Variable or nested structure of Variable, optional
        What is recorded after every turn.
    has_return : bool
        Whether what ``body_fun`` returns is recorded too.

    Returns
    -------
    callable
        ``loop(xs=None, length=None)`` returns the records of ``out_vars``, shape (T, ...), or ``(records, returned)`` with
        ``has_return``.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> v = bm.Variable(bm.zeros(1))
    >>> def body(x):
    ...     v.value = v + x
    >>> bm.make_loop(body, out_vars=v)(bm.arange(1., 4.)).tolist()
    [[1.0], [3.0], [6.0]]
    """
    def turn(x: Any) -> tuple[Any, Any]:
        returned = body_fun(x)
        return tree_map(Array, out_vars), (returned if has_return else None)

    def loop(xs: Any = None, length: int | None = None) -> Any:
        if xs is None and length is None:
            raise ValueError("the loop needs xs, or length.")
        records, returned = for_loop(turn, (arange(length) if xs is None else xs,))
        return (records, returned) if has_return else records

    return loop


def make_while(cond_fun: Callable[[Any], Any], body_fun: Callable[[Any], Any], dyn_vars: Any = None) -> Callable[..., None]:
    """Make a function that repeats a body, which changes variables, while a condition on them holds.

    Parameters
    ----------
    cond_fun, body_fun : callable
        Both take the one argument of the function that is made.
    dyn_vars
        Accepted for compatibility.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> v = bm.Variable(bm.zeros(1))
    >>> def grow(x):
    ...     v.value = v + x
    >>> bm.make_while(lambda x: v[0] < 10., grow)(4.)
    >>> v
    Variable(value=Array([12.]), dtype=float32)
    """
    def run(x: Any = None) -> None:
        def turn() -> tuple:
            body_fun(x)
            return ()

        while_loop(turn, lambda: cond_fun(x), ())

    return run


def make_cond(true_fun: Callable[[Any], Any], false_fun: Callable[[Any], Any], dyn_vars: Any = None) -> Callable[..., Any]:
    """Make a function that runs one of two branches.

    Parameters
    ----------
    true_fun, false_fun : callable
        Both take the second argument of the function that is made.
    dyn_vars
        Accepted for compatibility.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> branch = bm.make_cond(lambda x: x + 1., lambda x: x - 1.)
    >>> float(branch(True, bm.asarray(1.))), float(branch(False, bm.asarray(1.)))
    (2.0, 0.0)
    """
    return lambda pred, x=None: cond(pred, true_fun, false_fun, (x,))

