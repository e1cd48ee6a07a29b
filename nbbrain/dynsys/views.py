"""Views: a part of a group, with the interface of a group."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

from nbbrain.dynsys.base import DynamicalSystem
from nbbrain.dynsys.groups import NeuGroup
from nbbrain.errors import ModelUseError
from nbbrain.math.objects import VariableView
from nbbrain.math.variables import Variable

__all__ = ["DSView", "NeuGroupView"]


class DSView(DynamicalSystem):
    """A part of a system: its variables are views of the system's.

    Runners and networks leave it out, since the system itself is updated and reset.

    Parameters
    ----------
    target : DynamicalSystem
        The system.
    index : int, slice, array, or tuple of them
        Which part: an index of the axes of its variables, without the batch axis.
    varset : iterable of str, optional
        The attributes whose variables are viewed; by default, all variables of the system itself.
    name, mode
        As for `DynamicalSystem`; the mode is by default that of the system.

    Raises
    ------
    TypeError
        When the target is no system.
    IndexError
        For an index that does not fit.
    """

    def __init__(self, target: DynamicalSystem, index: Any, varset: Iterable[str] | None = None, name: str | None = None,
                 mode: Any = None) -> None:
        if not isinstance(target, DynamicalSystem):
            raise TypeError(f"a view needs a DynamicalSystem, but got {target!r} of type {type(target).__name__}.")
        DynamicalSystem.__init__(self, name=name, mode=target.mode if mode is None else mode)
        self.target = target
        self.index = tuple([_keeping_axis(item) for item in (index if isinstance(index, tuple) else (index,))])
        for key, variable in self._viewed() if varset is None else [(key, getattr(target, key)) for key in varset]:
            setattr(self, key, VariableView(variable, (*_axes_before(variable), *self.index)))

    def _viewed(self) -> list[tuple[str, Variable]]:
        return [(key, value) for key, value in vars(self.target).items() if isinstance(value, Variable)]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(target={self.target}, index={self.index})"

    def update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise a ModelUseError: the system itself is updated."""
        raise ModelUseError(f"{self.name} is a part of {self.target.name}: update that instead.")

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the system itself is reset."""

    def clear_input(self) -> None:
        """Do nothing: the system itself is cleared."""


class NeuGroupView(DSView, NeuGroup):
    """A part of a group of neurons, as ``group[0:5]`` gives it; it can stand for a group in a synapse.

    Parameters
    ----------
    target : NeuGroup
        The group.
    index : int, slice, array, or tuple of them
        Which neurons: an index of the axes of ``target.varshape``.
    name, mode
        As for `DSView`.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> class Group(bp.NeuGroup):
    ...     def __init__(self, size):
    ...         super().__init__(size)
    ...         self.V = bm.Variable(bm.zeros(size))
    >>> group = Group(4)
    >>> part = group[1:3]
    >>> part.V += 1.
    >>> part.size, group.V
    ((2,), Variable(value=Array([0., 1., 1., 0.]), dtype=float32))
    """

    def __init__(self, target: NeuGroup, index: Any, name: str | None = None, mode: Any = None) -> None:
        DSView.__init__(self, target, index, name=name, mode=mode)
        self.size = np.empty(target.varshape, np.bool_)[self.index].shape
        self.keep_size = target.keep_size
        self.num = int(np.prod(self.size, dtype=np.int64))

    def _viewed(self) -> list[tuple[str, Variable]]:
        """The variables with one value for each neuron."""
        shape = self.target.varshape  # type: ignore[attr-defined]
        return [(key, variable) for key, variable in super()._viewed() if variable.nobatch_shape[:len(shape)] == shape]


def _keeping_axis(item: Any) -> Any:
    """An index that keeps its axis: an integer becomes a slice."""
    if isinstance(item, (int, np.integer)) and not isinstance(item, bool):
        return slice(int(item), int(item) + 1 or None)
    if isinstance(item, slice):
        return item
    array = np.asarray(item)
    if array.dtype.kind not in "biu" or array.ndim != 1:
        raise IndexError(f"an index of neurons is an integer, a slice, or one axis of integers or truth values, but got "
                         f"{item!r}.")
    return np.flatnonzero(array) if array.dtype.kind == "b" else array


def _axes_before(variable: Variable) -> tuple[slice, ...]:
    """The index of the axis that goes before those of the neurons."""
    axis = getattr(variable, "batch_axis", None)
    if axis not in (None, 0):
        raise ModelUseError(f"a view needs variables whose batch axis is the first, but it is axis {axis}.")
    return () if axis is None else (slice(None),)
