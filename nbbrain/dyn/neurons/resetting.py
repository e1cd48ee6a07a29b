"""Neurons whose potential is reset after a spike, and which may be refractory for a while."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.spiking import SpikingGroup, nobody
from nbbrain.dynsys.share import share
from nbbrain.initialize import parameter
from nbbrain.sizes import Size

__all__ = ["ResettingGroup"]

_LONG_AGO = -1e7  # ms: no neuron has fired yet
_RESETS = ("hard", "soft")


class ResettingGroup(SpikingGroup):
    """Neurons that fire where the potential has reached the threshold, and then start anew.

    A subclass sets the parameters ``V_th`` and ``V_reset``, and may define `threshold` and `after_spike`.

    In TrainingMode a spike s moves every state x that has a reset value r to ``r * s + x * (1 - s)``. With ``detach_reset``
    the gradient does not pass through the s that resets the potential; that it passes through others is how a neuron learns
    from its adaptation. Refractory neurons keep their potential. They fire only where something else pushes it over the
    threshold, as a delta synapse does; after a soft reset, which may itself leave it there, not even then.
    """

    V_reset: Any
    t_last_spike: bm.Variable
    refractory: bm.Variable

    def __init__(self, size: Size, keep_size: bool, mode: bm.Mode | None, name: str | None, *, noise: Any = None,
                 input_var: bool = True, method: str = "exp_auto", spike_fun: Callable[..., Any], tau_ref: Any = None,
                 ref_var: bool = False, spike_reset: str = "hard", detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        if spike_reset not in _RESETS:
            raise ValueError(f"{self.name}: spike_reset must be one of {', '.join(_RESETS)}, but got {spike_reset!r}.")
        self.spike_reset = spike_reset
        self.detach_reset = bool(detach_reset)
        self.tau_ref = parameter(tau_ref, self.varshape, allow_none=True)
        self.ref_var = bool(ref_var)
        if self.tau_ref is not None:
            self.add_states(t_last_spike=_long_ago)
        if self.ref_var:
            self.add_states(refractory=nobody)

    def threshold(self, values: dict[str, Any]) -> Any:
        """The threshold, given the variables at the end of the step."""
        return self.V_th

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """What states become in a neuron that fires, by name, given the variables at the end of the step."""
        return {self.potential: self.reset_potential(values)}

    def reset_potential(self, values: dict[str, Any]) -> Any:
        """The potential after a spike: ``V_reset``, or lower by the distance of the threshold from it."""
        if self.spike_reset == "hard":
            return self.V_reset
        return values[self.potential] - (self.threshold(values) - self.V_reset)

    def fire(self, values: dict[str, Any]) -> Any:
        """Who fires, given the variables at the end of the step."""
        distance = values[self.potential] - self.threshold(values)
        return self.spike_fun(distance) if self._training else distance >= 0.

    def finish(self, values: dict[str, Any]) -> Any:
        """Finish a step, given the variables at its end: spikes, resets, and who is refractory."""
        if self.tau_ref is None:
            spike, values = self._fire_and_reset(values)
            self.store(values)
        else:
            t = share.load("t")
            refractory = t - self.t_last_spike <= self.tau_ref
            held = bm.where(refractory, getattr(self, self.potential), values[self.potential])
            spike, values = self._fire_and_reset({**values, self.potential: held}, refractory)
            self.store(values)
            fired = spike > 0 if self._training else spike
            self.t_last_spike.value = bm.where(fired, t, self.t_last_spike)
            if self.ref_var:
                self.refractory.value = bm.logical_or(refractory, fired)
        self.spike.value = spike
        return spike

    def _fire_and_reset(self, values: dict[str, Any], refractory: Any = None) -> tuple[Any, dict[str, Any]]:
        """The spikes, and the states after them."""
        spike = self.fire(values)
        if refractory is not None and self.spike_reset == "soft":  # which may leave the potential above the threshold
            spike = bm.where(bm.logical_and(refractory, spike > 0), bm.zeros_like(spike), spike)
        return spike, {**values, **{name: self._after(spike, reset, values[name], name)
                                    for name, reset in self.after_spike(values).items()}}

    def _after(self, spike: Any, reset: Any, now: Any, name: str) -> Any:
        """A state after the step: the reset value where a neuron fires, else the present one."""
        if not self._training:
            return bm.where(spike, reset, now)
        factor = bm.stop_gradient(spike) if self.detach_reset and name == self.potential else spike
        return reset * factor + now * (1. - factor)  # exact where a spike is 0 or 1, however far the potential overshot


def _long_ago(shape: Any) -> Any:
    return bm.full(shape, _LONG_AGO)
