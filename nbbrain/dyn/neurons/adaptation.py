"""What neurons with a second variable share, which spikes push up and which then holds the potential back."""
from __future__ import annotations

from typing import Any

from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.integrators import JointEq

__all__ = ["Adapting", "Recovering"]


class Adapting(ResettingGroup):
    """Neurons with an adaptation w, which follows the potential and grows by b with every spike."""

    V_rest: Any
    a: Any
    b: Any
    tau_w: Any
    dV: Any

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The rate of change of the adaptation."""
        return (self.a * (V - self.V_rest) - w) / self.tau_w

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dV, self.dw)

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """What states become in a neuron that fires."""
        return {**super().after_spike(values), "w": values["w"] + self.b}


class Recovering(ResettingGroup):
    """Neurons with a recovery variable u: a spike sets the potential to c and adds d to u (Izhikevich, 2003)."""

    c: Any
    d: Any
    dV: Any
    du: Any

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dV, self.du)

    @property
    def V_reset(self) -> Any:
        """The potential after a spike."""
        return self.c

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """What states become in a neuron that fires."""
        return {**super().after_spike(values), "u": values["u"] + self.d}
