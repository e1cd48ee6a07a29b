"""Leakage: channels that are always open."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.channels.base import LeakyChannel, PotassiumChannel
from nbbrain.initialize import parameter
from nbbrain.sizes import Size

__all__ = ["IKL", "IL"]


class _Leak(LeakyChannel):
    """A constant conductance."""

    def __init__(self, size: Size, keep_size: bool, g_max: Any, E: Any, method: str | None, name: str | None,
                 mode: bm.Mode | None) -> None:
        super().__init__(size, name=name, keep_size=keep_size, mode=mode)
        self.g_max = parameter(g_max, self.varshape, allow_none=False)
        self.E = parameter(E, self.varshape, allow_none=False)
        self.method = method

    def current(self, V: Any, *ion: Any) -> Any:
        """The current density into the cell, in uA/cm2, for a membrane potential in mV."""
        return self.g_max * (self.E - V)


class IL(_Leak):
    r"""A leak.

    .. math:: I = g_{max} (E - V)

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    g_max : float, array or callable
        The conductance, in mS/cm2.
    E : float, array or callable
        The reversal potential, in mV.
    method : optional
        Not used: there is no differential equation.
    name, mode
        As for `Channel`.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> float(bp.channels.IL(1).current(-60.))
    -1.0
    """

    def __init__(self, size: Size, keep_size: bool = False, g_max: Any = 0.1, E: Any = -70., method: str | None = None,
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, g_max, E, method, name, mode)


class IKL(_Leak, PotassiumChannel):
    r"""A leak of potassium.

    .. math:: I = g_{max} (E - V)

    Parameters and exceptions are those of `IL`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> print(f"{bp.channels.IKL(1).current(-60.):.2f}")
    -0.15
    """

    def __init__(self, size: Size, keep_size: bool = False, g_max: Any = 0.005, E: Any = -90., method: str | None = None,
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, g_max, E, method, name, mode)
