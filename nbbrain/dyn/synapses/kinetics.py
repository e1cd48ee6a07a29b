"""What synapses do between spikes: states with equations, on the pre- or the post-synaptic side of the weights."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.states import new_batch_size, set_state
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import variable_
from nbbrain.sizes import Size

__all__ = ["LONG_AGO", "Kinetics", "Stateful", "one_number"]

LONG_AGO = -1e7
"""A time at which nothing has arrived yet, in ms."""


class Stateful(DynamicalSystem):
    """A system whose state variables are named, with their first values, in ``starts``."""

    starts: Mapping[str, Any] = {}

    def begin(self, size: Size) -> None:
        """Make the state variables."""
        self._state_size = size
        for name in self.starts:
            setattr(self, name, self._first(name, self.mode))

    def restart(self, batch_size: int | None = None) -> None:
        """Give the state variables their first values; without a batch size, that stays as it is."""
        for name in self.starts:
            state = getattr(self, name)
            state.value = self._first(name, new_batch_size(self, batch_size, state))

    def keep(self, **new: Any) -> None:
        """Give state variables their values at the end of the step."""
        for name, value in new.items():
            set_state(self, getattr(self, name), value)

    def _first(self, name: str, batch: Any) -> bm.Variable:
        return variable_(lambda shape: bm.zeros(shape) + self.starts[name], self._state_size, batch)


class Kinetics(Stateful):
    """What becomes of spikes on their way through a synapse, before or after they are weighted and summed."""

    of_post: ClassVar[bool] = False
    """Whether the states belong to the post-synaptic neurons, and follow the weighted sums; else they belong to the
    pre-synaptic ones, and are weighted and summed themselves."""

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Carry out one step with what arrives in it, and return what leaves."""
        raise NotImplementedError(f"{type(self).__name__} must define advance().")

    def respond(self, spikes: Any, plasticity: Callable[[Any], Any], project: Callable[[Any], Any],
                shared: SharedArguments) -> Any:
        """What the post-synaptic neurons get in a step, for the spikes that arrive in it."""
        if self.of_post:
            return self.advance(project(plasticity(spikes)), shared)
        return project(plasticity(self.advance(spikes, shared)))


def one_number(owner: DynamicalSystem, **parameters: Any) -> None:
    """Set parameters of a model that are one number for all its neurons; a ValueError names one that is not."""
    for name, value in parameters.items():
        if bm.size(value) != 1:
            raise ValueError(f"{owner.name}: {name} must be one number, but got an array of shape {bm.shape(value)}.")
        setattr(owner, name, value)
