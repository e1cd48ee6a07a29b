"""`VariableView`: a part of a variable, as a variable."""
from __future__ import annotations

from typing import Any

from nbbrain.math.array import as_value
from nbbrain.math.variables import Variable
from nbbrain.operations.operation import shape_of

__all__ = ["VariableView"]


class VariableView(Variable):
    """A part of a variable: reading it reads the variable, and writing it writes the variable.

    It is no state of its own, so `BrainPyObject.vars` leaves it out.

    Parameters
    ----------
    value : Variable
        The variable.
    index : index
        Which part, as in ``value[index]``.

    Raises
    ------
    MathError
        When a value of another shape or kind of dtype is assigned.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> whole = bm.Variable(bm.zeros(5))
    >>> part = bm.VariableView(whole, slice(0, 2))
    >>> part += 1.
    >>> part.value = part * 3
    >>> whole
    Variable(value=Array([3., 3., 0., 0., 0.]), dtype=float32)
    """

    __slots__ = ("index", "variable")

    def __init__(self, value: Variable, index: Any) -> None:
        if not isinstance(value, Variable):
            raise TypeError(f"a view needs a Variable, but got {value!r} of type {type(value).__name__}.")
        self.variable, self.index = value, index
        self._batch_axis = _kept_axis(value.batch_axis, index)
        self.value  # noqa: B018 (an index that does not fit is an error here, not later)

    @property
    def value(self) -> Any:
        """The raw value of the part."""
        return self.variable[self.index].value

    @value.setter
    def value(self, new: Any) -> None:
        value = self._checked(as_value(new))
        if shape_of(value) != self.shape:
            raise ValueError(f"a part of shape {self.shape} cannot be set to a value of shape {shape_of(value)}.")
        self.variable[self.index] = value

    def __reduce__(self) -> Any:
        return type(self), (self.variable, self.index)


def _kept_axis(axis: int | None, index: Any) -> int | None:
    """Where the batch axis is in the part: kept where it and the axes before it are indexed by slices."""
    items = index if isinstance(index, tuple) else (index,)
    if axis is None or not all(isinstance(item, slice) for item in items[:axis + 1]):
        return None
    return axis
