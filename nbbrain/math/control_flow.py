"""Branches, and loops that end on a condition, eagerly and captured."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from autograd.tracer import isbox

from nbbrain.math.array import Array, as_value
from nbbrain.math.lifting import raw, wrap
from nbbrain.math.trees import flatten, unflatten
from nbbrain.operations.elementwise import logical_and, logical_not, stop_gradient, where
from nbbrain.operations.operation import cast, shape_of
from nbbrain.operations.shapes import reshape
from nbbrain.operations.symbolic import Symbolic
from nbbrain.program.repeat import record_while
from nbbrain.program.symbol import Symbol
from nbbrain.program.tracking import WriteLog, tracking
from nbbrain.threads import Stack

__all__ = ["cond", "ifelse", "while_loop"]

_branch_conditions: Stack[Any] = Stack()
"""The conditions of the branches that are being captured in this thread, outermost first."""


def while_loop(body_fun: Callable[..., Any], cond_fun: Callable[..., Any], operands: Any, dyn_vars: Any = None,
               child_objs: Any = None) -> Any:
    """Repeat ``operands = body_fun(*operands)`` while ``cond_fun(*operands)`` holds.

    Parameters
    ----------
    body_fun : callable
        Takes the operands and returns the new ones. It may read and write variables, and so may ``cond_fun``.
    cond_fun : callable
        Takes the operands and returns one truth value.
    operands : sequence of arrays
        The first operands. Inside of a compiled loop they keep their shapes and dtypes.

    Returns
    -------
    tuple of arrays
        The last operands.

    Raises
    ------
    CaptureError
        Inside of a compiled loop, where an operand does not keep its shape and dtype, or a gradient is asked for: the loop
        around then runs eagerly on the reference, or raises the error with ``NBBRAIN_STRICT=1``. `for_loop` with `where` has
        a gradient.

    Notes
    -----
    Inside of a compiled loop, turns whose condition is known while it is captured are captured one by one; from the first
    condition on that depends on what is computed, the loop is compiled as such. Compiled code cannot be interrupted: a
    condition that holds forever hangs the process.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> a, b = bm.while_loop(lambda a, b: (a + b, b - 1), lambda a, b: b > 0, (bm.asarray(1.), bm.asarray(3.)))
    >>> float(a), float(b)
    (7.0, 0.0)
    """
    values = _as_tuple(operands)
    going = cond_fun(*values)
    while not _is_captured(going):
        if not bool(going):
            return values
        values = _as_tuple(body_fun(*values))
        going = cond_fun(*values)
    return _record_while(body_fun, cond_fun, values, going)


def _is_captured(condition: Any) -> bool:
    """Whether a condition is known only when the program runs."""
    value = condition.value if isinstance(condition, Array) else condition
    while isbox(value):
        value = value._value
    return isinstance(value, Symbol) and not value.is_constant


def _record_while(body_fun: Callable[..., Any], cond_fun: Callable[..., Any], operands: tuple, going: Any) -> tuple:
    """A while loop as one operation of the program that is being captured."""
    leaves, structure = flatten(operands, convert=as_value)

    def turn(*values: Any) -> tuple[Any, list[Any]]:
        returned = _as_tuple(body_fun(*unflatten(structure, [wrap(value) for value in values])))
        results, form = flatten(returned, convert=as_value)
        if str(form) != str(structure):
            raise TypeError(f"while_loop: the operands were {structure}, and body_fun returned {form}.")
        return _truth_value(cond_fun(*unflatten(form, [wrap(result) for result in results]))), results

    first = _truth_value(going)
    for i in range(len(_branch_conditions)):  # both branches of cond are computed, and a loop may end in its own only
        first = logical_and(first, _branch_conditions[i])
    return unflatten(structure, [wrap(result) for result in record_while(first, turn, leaves)])


def _truth_value(condition: Any) -> Any:
    """A condition as a raw truth value without axes or gradient."""
    value = as_value(condition)
    value = stop_gradient(value) if isbox(value) else value
    if int(np.prod(shape_of(value))) != 1:
        raise ValueError(f"while_loop: cond_fun must return one truth value, but got an array of shape {shape_of(value)}.")
    return cast(reshape(value, ()), dtype=np.dtype(bool))


def _as_tuple(x: Any) -> tuple:
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def cond(pred: Any, true_fun: Any, false_fun: Any, operands: Any = (), dyn_vars: Any = None, child_objs: Any = None) -> Any:
    """One of two branches.

    Parameters
    ----------
    pred : bool or array of one truth value
        Which branch. Inside of a compiled loop both branches are computed and one result is chosen, for variables too.
    true_fun, false_fun : callable or value
        The branches; they return the same structure.
    operands : sequence or value
        The arguments of the branches.

    Returns
    -------
    array or nested structure of arrays

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> float(bm.cond(True, lambda x: x + 1, lambda x: x - 1, (bm.asarray(1.),)))
    2.0
    """
    arguments = _as_tuple(operands)
    condition = raw(pred)
    if shape_of(condition) not in ((), (1,)):
        raise ValueError(f"cond: pred must be one truth value, but got an array of shape {shape_of(condition)}; bm.where "
                         f"chooses by element.")
    if isinstance(condition, Symbolic):
        return _choose(condition, (true_fun, false_fun), arguments)
    return _call(true_fun if bool(Array(condition)) else false_fun, arguments)


def _call(branch: Any, arguments: tuple) -> Any:
    return branch(*arguments) if callable(branch) else branch


def _choose(condition: Any, branches: tuple[Any, Any], arguments: tuple) -> Any:
    """Compute both branches, each from the state before, and choose results and variables by the condition."""
    condition = condition.reshape(()) if hasattr(condition, "reshape") else wrap(condition).reshape(()).value
    ends, logs = [], []
    for branch, holds in zip(branches, (condition, logical_not(condition)), strict=True):
        log = WriteLog()
        _branch_conditions.append(holds)
        try:
            with tracking(log):
                ends.append(flatten(_call(branch, arguments), convert=as_value))
        finally:
            _branch_conditions.pop()
        logs.append({i: (cell, log.read(cell), before) for i, (cell, before) in log.cells.items()})
        log.restore()
    for i in {*logs[0], *logs[1]}:
        cell, _, before = logs[0].get(i) or logs[1][i]
        yes, no = [log[i][1] if i in log else before for log in logs]
        cell.value = where(condition, yes, no)  # type: ignore[attr-defined]
    (yes, form), (no, other) = ends
    if str(form) != str(other):
        raise TypeError(f"cond: the branches return different structures, {form} and {other}.")
    return unflatten(form, [wrap(where(condition, x, y)) for x, y in zip(yes, no, strict=True)])


def ifelse(conditions: Any, branches: Sequence[Any], operands: Any = None, show_code: bool = False, dyn_vars: Any = None,
           child_objs: Any = None) -> Any:
    """The branch of the first condition that holds, or the last branch.

    Parameters
    ----------
    conditions : bool or sequence of bool
        One less than there are branches.
    branches : sequence of callables or values
        The branches.
    operands : sequence or value, optional
        The arguments of the branches.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> a = bm.asarray(3.)
    >>> bm.ifelse([a > 10, a > 2], ['large', 'middle', 'small'])
    'middle'
    """
    tests = list(conditions) if isinstance(conditions, (tuple, list)) else [conditions]
    if len(branches) != len(tests) + 1:
        raise ValueError(f"ifelse: {len(tests)} conditions need {len(tests) + 1} branches, but got {len(branches)}.")
    arguments = () if operands is None else _as_tuple(operands)
    if not tests:
        return _call(branches[0], arguments)
    return cond(tests[0], branches[0] if not callable(branches[0]) else lambda: branches[0](*arguments),
                lambda: ifelse(tests[1:], branches[1:], operands))
