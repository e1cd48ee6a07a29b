"""Groups without dynamics: where data enters a network, and where it leaves."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import NeuGroupNS
from nbbrain.sizes import Size

__all__ = ["InputGroup", "OutputGroup"]


class _Relay(NeuGroupNS):
    """A group that returns what it gets."""

    def __init__(self, size: Size, keep_size: bool = False, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(size=size, keep_size=keep_size, mode=mode, name=name)
        self.spike: None = None

    def update(self, x: Any) -> Any:
        """Return x."""
        return x

    def reset_state(self, batch_size: int | None = None) -> None:
        """Do nothing: there is no state."""


class InputGroup(_Relay):
    """Neurons whose spikes come from the data: the source of a projection.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    spike : None
        It keeps no spikes: a synapse is called with them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.neurons.InputGroup(2)(bm.asarray([0., 1.]))
    Array(value=Array([0., 1.]), dtype=float32)
    """


class OutputGroup(_Relay):
    """Neurons that only receive: the target of a projection. Parameters and attributes are those of `InputGroup`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.neurons.OutputGroup(3).num
    3
    """
