"""Which operation made the first NaN or infinity: a computation run again on the reference, with a look at every result."""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from autograd.core import primitive_vjps
from autograd.tracer import isbox

import nbbrain
import nbbrain.math as bm
from nbbrain.backends import backend
from nbbrain.dynsys.share import share
from nbbrain.operations import operation as operations
from nbbrain.program.tracking import Cell, WriteLog, tracking

__all__ = ["Origin", "find_origin", "is_finite"]

_LIBRARY = str(Path(nbbrain.__file__).parent)
_ENGINE = tuple(str(Path(_LIBRARY, room)) for room in ("operations", "program", "math", "train", "runners", "backends"))


@dataclass(frozen=True)
class Origin:
    """Where a number that is not finite came from.

    Attributes
    ----------
    operation : str
        The name of the operation; empty where it is not known.
    location : str
        ``file:line`` of the call.
    part : str
        The part of the model that was being computed.
    time_step : int or None
        The number of the time step.
    in_derivative : bool
        Whether it was made in the derivative of the operation.
    variable : str
        The first variable that became not finite.
    """

    operation: str = ""
    location: str = ""
    part: str = ""
    time_step: int | None = None
    in_derivative: bool = False
    variable: str = ""

    def __str__(self) -> str:
        what = f"the {'derivative of the ' if self.in_derivative else ''}operation {self.operation!r}"
        where = "".join([f" of {self.part}" if self.part else "", f" at {self.location}" if self.location else "",
                         f", time step {self.time_step}" if self.time_step is not None else ""])
        return what + where


def is_finite(value: Any) -> bool:
    """Whether an array holds neither NaN nor infinity."""
    array = np.asarray(value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def find_origin(loss: Callable[[], Any], gradients: Callable[[], dict[str, Any]], names: dict[int, str],
                stop: Any) -> Origin | None:
    """The operation that made the first number that is not finite and reaches the loss, or else a gradient.

    Parameters
    ----------
    loss, gradients : callable
        Compute them again, from the same state.
    names : dict
        The names of variables by ``id``.
    stop : code object
        Of the function that called; what called that is not looked at.

    Returns
    -------
    Origin or None
        None where all is finite this time.
    """
    with backend("numpy"), np.errstate(all="ignore"), _Watch(stop).watching() as watch:
        writes = _Writes(names)
        with tracking(writes):
            try:
                value = _plain(loss())
            finally:
                writes.restore()
        if not is_finite(value):
            return replace(watch.origin(value), variable=writes.first)
        bad = [key for key, gradient in gradients().items() if not is_finite(gradient)]
    return replace(watch.in_derivatives or watch.first or Origin(), variable=bad[0]) if bad else None


class _Writes(WriteLog):
    """Notes the first variable that is given a value that is not finite."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self.names, self.first = names, ""

    def write(self, cell: Cell, value: Any) -> None:
        """Look at the value, then write it."""
        if not self.first and id(cell) in self.names and not is_finite(_plain(value)):
            self.first = self.names[id(cell)]
        super().write(cell, value)


class _Watch:
    """Sees all results of operations and of derivatives while it watches, and whence those come that are not finite."""

    def __init__(self, stop: Any) -> None:
        self.stop = stop
        self.first: Origin | None = None
        self.in_derivatives: Origin | None = None
        self._origins: dict[int, tuple[Any, Origin]] = {}  # with the arrays, so that no other one gets their id

    @contextmanager
    def watching(self) -> Iterator[_Watch]:
        """Let every operation tell of its results."""
        every = list(operations.named.values())
        before = [(one.function, primitive_vjps.get(one.primitive)) for one in every]
        try:
            for one, (function, derivative) in zip(every, before, strict=True):
                one.function = self._telling(one.name, function)
                if derivative is not None:
                    primitive_vjps[one.primitive] = self._telling_derivative(one.name, derivative)
            yield self
        finally:
            for one, (function, derivative) in zip(every, before, strict=True):
                one.function = function
                if derivative is not None:
                    primitive_vjps[one.primitive] = derivative

    def origin(self, value: Any) -> Origin:
        """Where a value that is not finite came from."""
        return self._origins[id(value)][1] if id(value) in self._origins else self.first or Origin()

    def _telling(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def telling(*operands: Any, **parameters: Any) -> Any:
            result = function(*operands, **parameters)
            if isinstance(result, np.generic):  # what becomes an array later would have another identity
                result = np.asarray(result)
            if not is_finite(result):
                self._saw(name, operands, result)
            return result

        return telling

    def _saw(self, name: str, operands: tuple, result: Any) -> None:
        flat = [part for operand in operands for part in (operand if isinstance(operand, (list, tuple)) else (operand,))]
        known = [self._origins[id(operand)][1] for operand in flat if id(operand) in self._origins]
        origin = known[0] if known else self._place(name)
        self.first = self.first or origin
        self._origins[id(result)] = (result, origin)

    def _telling_derivative(self, name: str, derivative: Callable[..., Any]) -> Callable[..., Any]:
        def telling(*given: Any) -> Callable[[Any], Any]:
            place, pull_back = replace(self._place(name), in_derivative=True), derivative(*given)

            def look(g: Any) -> Any:
                found = pull_back(g)
                if self.in_derivatives is None and is_finite(g) and not all(is_finite(_plain(part)) for part in found):
                    self.in_derivatives = place
                return found

            return look

        return telling

    def _place(self, name: str) -> Origin:
        """The operation under way, and who called it."""
        user = library = part = ""
        frame: Any = sys._getframe(2)
        while frame is not None and frame.f_code is not self.stop:
            file, values = frame.f_code.co_filename, frame.f_locals
            owner = values.get("self")
            if not part and isinstance(owner, bm.BrainPyObject):
                part = owner.name
            if file.startswith(_LIBRARY):
                library = library or ("" if file.startswith(_ENGINE) else f"{file}:{frame.f_lineno}")
            elif not user and not ("/autograd/" in file or "/numpy/" in file or file.startswith("<")):
                user = f"{file}:{frame.f_lineno}"
            frame = frame.f_back
        step = share.load("i") if "i" in share else None
        return Origin(name, user or library, part, None if step is None else int(np.asarray(_plain(step))))


def _plain(value: Any) -> Any:
    """A raw value without tape."""
    raw = value.value if isinstance(value, bm.Array) else value
    while isbox(raw):
        raw = raw._value
    return raw
