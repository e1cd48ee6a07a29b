"""Neurons that fire: when their potential crosses a threshold, with a surrogate derivative for training."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.check import is_callable
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.sizes import Size

__all__ = ["SpikingGroup", "nobody", "silent"]


class SpikingGroup(IntegratedGroup):
    """Neurons that fire in the step in which their potential passes the threshold from below, and go on undisturbed.

    Spikes are truth values, and in TrainingMode numbers: ``spike_fun`` of the distance to the threshold, whose derivative
    training uses. A crossing is "above now, and not above before", each with a derivative of its own.
    """

    potential: ClassVar[str] = "V"
    """The name of the state that is compared with the threshold."""

    V_th: Any
    spike: bm.Variable

    def __init__(self, size: Size, keep_size: bool, mode: bm.Mode | None, name: str | None, *, noise: Any = None,
                 input_var: bool = True, method: str = "exp_auto", spike_fun: Callable[..., Any]) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method)
        self.spike_fun = is_callable(spike_fun, "spike_fun")
        self._training = isinstance(self.mode, bm.TrainingMode)
        self.add_states(spike=silent(self.mode))

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt`` and return the spikes.

        Parameters
        ----------
        x : array, optional
            An input on top of what is collected already.
        """
        return self.finish(self.integrated(x))

    def finish(self, values: dict[str, Any]) -> Any:
        """Finish a step, given the variables at its end: store them and the spikes, and return the spikes."""
        spike = self.fire(values)
        self.store(values)
        self.spike.value = spike
        return spike

    def fire(self, values: dict[str, Any]) -> Any:
        """Who fires, given the variables at the end of the step."""
        after = values[self.potential] - self.V_th
        before = getattr(self, self.potential) - self.V_th
        if not self._training:
            return bm.logical_and(after >= 0., before < 0.)
        if _number_of_arguments(self.spike_fun) > 1:
            return self.spike_fun(after, before)
        return self.spike_fun(after) * (1. - self.spike_fun(before))


def silent(mode: bm.Mode) -> Callable[[Any], Any]:
    """The initializer of spikes: nobody fires. In TrainingMode spikes are numbers, otherwise truth values."""
    return bm.zeros if isinstance(mode, bm.TrainingMode) else nobody


def nobody(shape: Any) -> Any:
    """False for all."""
    return bm.zeros(shape, dtype=bool)


def _number_of_arguments(function: Callable[..., Any]) -> int:
    """How many arguments a function must be given."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds and p.default is p.empty for p in inspect.signature(function).parameters.values())
