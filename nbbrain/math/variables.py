"""`Variable`: an array that a model changes over time, and its kinds."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.errors import MathError
from nbbrain.math.array import Array, as_value, placed
from nbbrain.operations.operation import cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.program.tracking import create_cell, trackers

__all__ = ["Parameter", "TrainVar", "Variable"]

_LARGE = 1 << 16
"""Bytes from which a value is kept where loops compute, even if none of them has written it yet."""


class Variable(Array):
    """An array with a fixed shape and dtype whose value changes while a model runs.

    Parameters
    ----------
    value_or_size : array-like, int or tuple of int
        The first value. An integer or a tuple of integers is a size, which is filled with zeros.
    dtype : dtype-like, optional
        The dtype of the elements.
    batch_axis : int, optional
        The axis of the batch, along which the size may change.

    Raises
    ------
    MathError
        When a value of another shape (the batch axis apart) or of another kind of dtype is assigned. A float of another
        width is cast.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> v = bm.Variable(bm.zeros((1, 3)), batch_axis=0)
    >>> v.value = bm.ones((4, 3))
    >>> v.batch_size
    4
    """

    __slots__ = ("__weakref__", "_batch_axis")

    def __init__(self, value_or_size: Any, dtype: DTypeLike | None = None, batch_axis: int | None = None, *,
                 _need_record: bool = True) -> None:
        if _is_size(value_or_size):
            value = np.zeros(value_or_size, default_dtype("f") if dtype is None else dtype)
        else:
            value = as_value(value_or_size, dtype)
            value = value.copy() if isinstance(value, np.ndarray) else value
        if isinstance(value, np.ndarray) and value.nbytes >= _LARGE:
            value = placed(value)
        ndim = len(shape_of(value))
        if batch_axis is not None and not -ndim <= batch_axis < ndim:
            raise MathError(f"batch_axis must be an axis of an array with {ndim} axes, but got {batch_axis}.")
        self._batch_axis = None if batch_axis is None else batch_axis % ndim
        create_cell(self, value, len(trackers) - 1)

    @property
    def value(self) -> Any:
        """The raw value."""
        return trackers[-1].read(self) if trackers else self._value

    @value.setter
    def value(self, new: Any) -> None:
        value = self._checked(as_value(new))
        if trackers:
            trackers[-1].write(self, value)
        else:
            self._value = value

    def _checked(self, value: Any) -> Any:
        """A new value, if it fits."""
        old = self.value
        if _without(shape_of(old), self._batch_axis) != _without(shape_of(value), self._batch_axis):
            raise MathError(f"The shape of the original data is {shape_of(old)}, while we got {shape_of(value)} with "
                            f"batch_axis={self._batch_axis}.")
        have, given = dtype_of(old), dtype_of(value)
        if have != given:
            if have.kind != given.kind or have.kind == "b":
                raise MathError(f"The dtype of the original data is {have}, while we got {given}.")
            return cast(value, dtype=have)
        return value

    @property
    def batch_axis(self) -> int | None:
        """The axis of the batch, or None."""
        return self._batch_axis

    @property
    def batch_size(self) -> int | None:
        """The size of the batch, or None."""
        return None if self._batch_axis is None else self.shape[self._batch_axis]

    @property
    def nobatch_shape(self) -> tuple[int, ...]:
        """The shape without the axis of the batch."""
        return _without(self.shape, self._batch_axis)

    def __reduce__(self) -> Any:
        return type(self), (np.asarray(self), self.dtype, self._batch_axis)


def _is_size(x: Any) -> bool:
    if isinstance(x, (bool, np.bool_)):
        return False
    return isinstance(x, (int, np.integer)) or (isinstance(x, tuple) and all(isinstance(n, (int, np.integer)) for n in x))


def _without(shape: tuple[int, ...], axis: int | None) -> tuple[int, ...]:
    return shape if axis is None or axis >= len(shape) else shape[:axis] + shape[axis + 1:]


class TrainVar(Variable):
    """A variable that training changes: the default variable of gradients and optimizers."""

    __slots__ = ()


class Parameter(Variable):
    """A variable that is a parameter of a model and that training leaves alone."""

    __slots__ = ()
