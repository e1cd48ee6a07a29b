"""Loops over time: the body is captured once and compiled, or runs turn by turn."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain import settings
from nbbrain.backends.base import get_backend
from nbbrain.errors import CaptureError, CaptureWarning
from nbbrain.math.array import as_value
from nbbrain.math.lifting import wrap
from nbbrain.math.trees import flatten, unflatten
from nbbrain.operations.operation import shape_of
from nbbrain.operations.precision import is_x64
from nbbrain.operations.shapes import stack
from nbbrain.operations.symbolic import active_scopes
from nbbrain.program.capture import CapturedStep, capture_step, scoped_state
from nbbrain.program.checkpoints import Remat
from nbbrain.program.loop import avals, differentiated_twice, run_captured
from nbbrain.program.observation import observers
from nbbrain.program.symbol import user_location

__all__ = ["Loop", "for_loop", "scan"]

_WRITTEN_OUT = 64
"""Turns of a loop inside of captured code at most: they are written out one after the other, which takes long to compile."""
_warned: set[str] = set()


class Loop:
    """A function of one turn, run over time.

    Parameters
    ----------
    body : callable
        Takes the inputs of one turn and returns the outputs of one turn. It may read and write variables.
    keep : bool
        Whether a capture is kept for later calls with inputs of the same shapes, as ``jit`` does. Values that the body
        reads from elsewhere than variables are then those of the first call.
    leaves : tuple of types
        What counts as an array among the outputs, as in `flatten`.
    """

    def __init__(self, body: Callable[..., Any], *, keep: bool = False, leaves: tuple[type, ...] = ()) -> None:
        self.body = body
        self.keep = keep
        self.leaves = leaves
        self._captures: dict[Any, tuple[CapturedStep, Any]] = {}
        self._eager: set[Any] = set()

    def __call__(self, inputs: Sequence[Any], length: int, *, reverse: bool = False, compiled: bool = True,
                 key: Any = None, remat: Remat = False) -> Any:
        """Run the body ``length`` times on rows of the inputs; outputs are stacked along a new first axis."""
        _check_remat(remat)
        backend = get_backend()
        leaves, structure = flatten(inputs)
        key = (key, str(structure), *avals(leaves), is_x64(), backend.name)
        if length == 0:
            captured, form = self._capture(key, leaves, structure)
            return unflatten(form, [wrap(np.zeros((0, *output.shape), output.dtype)) for output in captured.step.outputs])
        if active_scopes and length > _WRITTEN_OUT:
            raise CaptureError(f"a loop of {length} turns inside of bm.jit, or of another loop, would be written out turn "
                               f"by turn", operation="loop", location=user_location(),
                               hint=f"Leave bm.jit away: loops compile by themselves. Inside of one, a loop may have "
                                    f"{_WRITTEN_OUT} turns.")
        if not (compiled and backend.compiles) or active_scopes or key in self._eager:
            return self._run_eagerly(leaves, structure, length, reverse)
        twice = False
        try:
            captured, form = self._capture(key, leaves, structure)
            twice = differentiated_twice([*leaves, *captured.outside()])
            if twice:
                raise CaptureError("a loop is differentiated twice, which compiled loops do not follow", operation="loop",
                                   location=user_location())
            outputs = run_captured(backend, captured, leaves, length, reverse, remat)  # type: ignore[arg-type]
        except CaptureError as error:
            if observers:
                observers[-1].refusals.append(error)
            if settings.get("strict"):
                raise
            _warn_once(error)
            if self.keep and not twice:
                self._eager.add(key)
            return self._run_eagerly(leaves, structure, length, reverse)
        return unflatten(form, [wrap(output) for output in outputs])

    def _capture(self, key: Any, leaves: list[Any], structure: Any) -> tuple[CapturedStep, Any]:
        if key in self._captures and self._captures[key][0].fits():
            return self._captures[key]
        form: Any = None

        def function(*symbols: Any) -> list[Any]:
            nonlocal form
            returned = self.body(*unflatten(structure, [wrap(symbol) for symbol in symbols]))
            results, form = flatten(returned, leaves=self.leaves)
            return results

        captured = capture_step(function, avals(leaves))
        if self.keep:
            self._captures[key] = (captured, form)
        return captured, form

    def _run_eagerly(self, leaves: list[Any], structure: Any, length: int, reverse: bool) -> Any:
        restore = [note() for note in scoped_state]
        rows, form = [], None
        try:
            for i in range(length)[::-1] if reverse else range(length):
                results = self.body(*unflatten(structure, [wrap(leaf[i]) for leaf in leaves]))
                values, form = flatten(results, leaves=self.leaves)
                rows.append(values)
        finally:
            for back in restore:
                back()
        if reverse:
            rows.reverse()
        return unflatten(form, [wrap(stack(column)) for column in zip(*rows, strict=True)])


def _check_remat(remat: Any) -> None:
    turns = isinstance(remat, (int, np.integer)) and remat >= 0
    if not (remat is None or turns or (isinstance(remat, str) and remat == "auto")):
        raise ValueError(f"remat must be True, False, a number of turns or 'auto', but got {remat!r}.")


def _warn_once(error: CaptureError) -> None:
    text = str(error)
    if text not in _warned:
        _warned.add(text)
        warnings.warn(f"{text}\nThis loop runs eagerly on the reference instead, which is slower. "
                      f"NBBRAIN_STRICT=1 makes this an error.", CaptureWarning, stacklevel=4)


def _as_inputs(operands: Any) -> tuple[list[Any], int]:
    """Operands of a loop as a list of inputs, and the number of turns."""
    inputs = list(operands) if isinstance(operands, (tuple, list)) else [operands]
    leaves, structure = flatten(inputs, convert=as_value)
    shapes = [shape_of(leaf) for leaf in leaves]
    if not all(shapes) or len({shape[0] for shape in shapes}) != 1:
        raise ValueError("the operands of a loop must have one size along their first axis (time), but got shapes "
                         f"{shapes}.")
    return unflatten(structure, leaves), shapes[0][0]


def for_loop(body_fun: Callable[..., Any], operands: Any, reverse: bool = False, unroll: int = 1, remat: Remat = False,
             jit: bool = True, dyn_vars: Any = None, child_objs: Any = None) -> Any:
    """Run a function over the first axis of its operands and stack what it returns.

    Parameters
    ----------
    body_fun : callable
        One turn: takes one row of every operand. Variables that it reads and writes are found by themselves.
    operands : array or sequence of arrays, shape (T, ...)
        What changes from turn to turn; nested tuples, lists and dicts are allowed.
    reverse : bool
        Whether to run from the last row to the first.
    unroll, dyn_vars, child_objs
        Accepted for compatibility; not needed.
    remat : bool, int or 'auto'
        Less memory for gradients, for one more run forward: only the state at every k-th turn is kept, and the turns in
        between run again when their gradient is due. An int is k; True chooses it by the number of turns; 'auto' recomputes
        only where the values to keep need more than ``NBBRAIN_MEMORY`` allows. Results are the same bits. It concerns
        compiled loops; the reference keeps everything.
    jit : bool
        False runs turn by turn on the reference, where ``print`` and debuggers work.

    Returns
    -------
    array or nested structure of arrays, shape (T, ...)
        What ``body_fun`` returned in every turn, in the order of the rows.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> total = bm.Variable(bm.zeros(1))
    >>> def add(x):
    ...     total.value = total + x
    ...     return total * 2
    >>> bm.for_loop(add, bm.arange(3.)).shape
    (3, 1)
    >>> total
    Variable(value=Array([3.]), dtype=float32)
    """
    inputs, length = _as_inputs(operands)
    return Loop(body_fun)(inputs, length, reverse=reverse, compiled=jit, remat=remat)


def scan(body_fun: Callable[[Any, Any], tuple[Any, Any]], init: Any, operands: Any, reverse: bool = False,
         unroll: int = 1, remat: Remat = False, jit: bool = True) -> tuple[Any, Any]:
    """Run ``carry, y = body_fun(carry, x)`` over the rows of the operands.

    Parameters
    ----------
    body_fun : callable
        One turn.
    init : array or nested structure of arrays
        The first carry.
    operands : array or nested structure of arrays, shape (T, ...)
        The x of every turn.
    reverse : bool
        Whether to run from the last row to the first.
    unroll
        Accepted for compatibility; not needed.
    remat : bool, int or 'auto'
        As in `for_loop`.
    jit : bool
        False runs turn by turn on the reference.

    Returns
    -------
    carry, ys
        The last carry, and what was returned in every turn, stacked along a first axis of time.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> carry, ys = bm.scan(lambda c, x: (c + x, c * x), bm.asarray(1.), bm.arange(1., 4.))
    >>> float(carry), ys.tolist()
    (7.0, [1.0, 4.0, 12.0])
    """
    from nbbrain.math.variables import Variable

    leaves, structure = flatten(init, convert=as_value)
    cells = [Variable(wrap(leaf)) for leaf in leaves]

    def body(x: Any) -> Any:
        carry, y = body_fun(unflatten(structure, [wrap(cell.value) for cell in cells]), x)
        values, form = flatten(carry, convert=as_value)
        if str(form) != str(structure):
            raise TypeError(f"scan: the carry was {structure}, and body_fun returned {form}.")
        for cell, value in zip(cells, values, strict=True):
            cell.value = value
        return y

    inputs, length = _as_inputs([operands])
    ys = Loop(body)(inputs, length, reverse=reverse, compiled=jit, remat=remat)
    return unflatten(structure, [wrap(cell.value) for cell in cells]), ys
