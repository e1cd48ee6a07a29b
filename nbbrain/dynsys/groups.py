"""`NeuGroup`: a group of neurons."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.dynsys.base import DynamicalSystem
from nbbrain.math.modes import BatchingMode, Mode
from nbbrain.math.variables import Variable
from nbbrain.operations.operation import dtype_of
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["NeuGroup", "NeuGroupNS"]


class NeuGroup(DynamicalSystem):
    """A group of neurons; subclasses define ``update`` and ``reset_state``.

    Parameters
    ----------
    size : int or sequence of int
        The number of neurons, or their numbers along several axes.
    keep_size : bool
        Whether variables have the axes of ``size``; else one axis for all neurons.
    name, mode
        As for `DynamicalSystem`.

    Attributes
    ----------
    size : tuple of int
        The size.
    num : int
        The number of neurons.
    varshape : tuple of int
        The shape of variables without the batch axis.

    Raises
    ------
    ValueError
        For a size that is none.

    Examples
    --------
    >>> import nbbrain as bp
    >>> group = bp.NeuGroup((3, 4), name='cells')
    >>> group
    NeuGroup(name=cells, mode=NonBatchingMode, size=(3, 4))
    >>> group.num, group.varshape, bp.NeuGroup((3, 4), keep_size=True).varshape
    (12, (12,), (3, 4))
    """

    def __init__(self, size: Size, keep_size: bool = False, name: str | None = None,
                 mode: Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.size = to_size(size)
        self.keep_size = keep_size
        self.num = size2num(self.size)

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of variables without the batch axis."""
        return self.size if self.keep_size else (self.num,)

    def get_batch_shape(self, batch_size: int | None = None) -> tuple[int, ...]:
        """The shape of variables with a batch axis: of this size, or of that of the mode, or none.

        Examples
        --------
        >>> import nbbrain as bp
        >>> bp.NeuGroup(5).get_batch_shape(), bp.NeuGroup(5).get_batch_shape(7)
        ((5,), (7, 5))
        """
        if batch_size is None and isinstance(self.mode, BatchingMode):
            batch_size = self.mode.batch_size
        return self.varshape if batch_size is None else (batch_size, *self.varshape)

    def clear_input(self) -> None:
        """Set the variable ``input`` to zero, if there is one, and clear what is below."""
        super().clear_input()
        held = self.__dict__.get("input")
        if isinstance(held, Variable):
            held.value = np.zeros(held.shape, dtype_of(held.value))

    def __getitem__(self, index: Any) -> Any:
        """A part of the group, as a group: see `NeuGroupView`."""
        from nbbrain.dynsys.views import NeuGroupView

        return NeuGroupView(self, index)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, mode={self.mode}, size={self.size})"


class NeuGroupNS(NeuGroup):
    """A `NeuGroup` whose ``update`` does not take the shared arguments."""

    _passes_shared = False
