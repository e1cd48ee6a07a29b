"""Ion channels, ions, and what they are parts of: the base classes."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.base import children_of
from nbbrain.dynsys.share import SharedArguments
from nbbrain.errors import ModelBuildError
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["Channel", "ChannelHost", "Ion", "IonChannel", "LeakyChannel", "PotassiumChannel", "SodiumChannel"]


class ChannelHost(DynamicalSystem):
    """What has channels: a group of neurons, or an ion inside of one. Channels are its attributes."""

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of variables without the batch axis; a subclass defines it."""
        raise NotImplementedError

    def add_channels(self, channels: Mapping[str, Any]) -> None:
        """Make channels attributes.

        Raises
        ------
        ModelBuildError
            For what is no channel, and for names that are attributes already.
        """
        for key, channel in channels.items():
            if not isinstance(channel, Channel):
                raise ModelBuildError(f"{self.name}: {key} must be a Channel, but got {channel!r} of type "
                                      f"{type(channel).__name__}.")
            if hasattr(self, key):
                raise ModelBuildError(f"{self.name}: {key!r} is an attribute of every {type(self).__name__}; choose another "
                                      f"name for the channel.")
        for key, channel in channels.items():
            setattr(self, key, channel)

    def channels(self) -> list[Channel]:
        """The channels, after a check that they fit.

        Raises
        ------
        TypeError
            For a channel that has to be a part of something else.
        ModelBuildError
            For a channel of another size, or another batch.
        """
        found: list[Channel] = list(children_of(self).subset(Channel).values())
        for channel in found:
            if not isinstance(self, channel.master_type):
                raise TypeError(f"{channel.name} is a {type(channel).__name__}, which must be a part of a "
                                f"{channel.master_type.__name__}, but it is one of {self.name}, a {type(self).__name__}.")
            if channel.varshape != self.varshape or _batched(channel) != _batched(self):
                raise ModelBuildError(f"{channel.name} is in {channel.mode} and has the shape {channel.varshape}, but "
                                      f"{self.name}, which it is a part of, is in {self.mode} and has the shape "
                                      f"{self.varshape}.")
        return found


def _batched(system: DynamicalSystem) -> bool:
    return isinstance(system.mode, bm.BatchingMode)


class Channel(DynamicalSystem):
    """What lets current through the membrane of a `CondNeuGroup`, of which it is a part.

    A subclass defines ``current``, and ``update`` and ``reset_state`` where it has a state.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    name : str, optional
        The name.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    mode : Mode, optional
        The mode; the environment's by default. It must be that of the neurons.

    Attributes
    ----------
    master_type : type
        What it must be a part of (an attribute of the class).
    size, num, varshape
        As for `NeuGroup`.

    Raises
    ------
    ValueError
        For a size that is none.

    Examples
    --------
    A conductance that grows with the potential at once:

    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn.channels.base import Channel
    >>> class Rectifier(Channel):
    ...     def update(self, tdi, V):
    ...         pass
    ...     def current(self, V):
    ...         return 0.1 * bm.sigmoid(V / 10.) * (-80. - V)
    >>> Rectifier(1).current(bm.zeros(1))
    Array(value=Array([-4.]), dtype=float32)
    """

    master_type: ClassVar[type] = ChannelHost

    def __init__(self, size: Size, name: str | None = None, keep_size: bool = False, mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.size = to_size(size)
        self.keep_size = bool(keep_size)
        self.num = size2num(self.size)

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of variables without the batch axis."""
        return self.size if self.keep_size else (self.num,)

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Advance the state by one step of ``dt``.

        Parameters
        ----------
        shared : dict
            The shared arguments.
        V : array
            The membrane potential at the beginning of the step, in mV.
        *ion : array
            In an ion, its concentration (mM) and its reversal potential (mV).
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(tdi, V).")

    def current(self, V: Any, *ion: Any) -> Any:
        """The current density into the cell, in uA/cm2.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            In an ion, its concentration (mM) and its reversal potential (mV).
        """
        raise NotImplementedError(f"{type(self).__name__} must define current(V).")

    def reset_state(self, V: Any, *ion: Any, batch_size: int | None = None) -> None:
        """Give all state variables their first values; what has a state defines it.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            In an ion, its concentration (mM) and its reversal potential (mV).
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(V, *ion, batch_size=batch_size)


class IonChannel(Channel):
    """A `Channel` for ions. Parameters and attributes are those of `Channel`."""


class SodiumChannel(IonChannel):
    """A `Channel` for sodium. Parameters and attributes are those of `Channel`."""


class PotassiumChannel(IonChannel):
    """A `Channel` for potassium. Parameters and attributes are those of `Channel`."""


class LeakyChannel(IonChannel):
    """A `Channel` that is always open. Parameters and attributes are those of `Channel`."""

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Do nothing: there is no state."""


class Ion(Channel, ChannelHost):
    """A kind of ion in `CondNeuGroup`, with the channels that depend on its concentration as its parts.

    To the neurons it is a channel, whose current is that of its channels. Parameters and attributes are those of `Channel`.
    """
