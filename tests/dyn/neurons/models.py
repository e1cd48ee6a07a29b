"""Every model of neurons that follows equations, with parameters and inputs under which it is active."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbbrain as bp
import nbbrain.math as bm

_zero, _low = bp.init.ZeroInit(), bp.init.OneInit(-64.)


@dataclass(frozen=True)
class Model:
    """How a model is made, what one parameter is called, and how strong inputs are that make it fire."""

    make: Callable[..., Any]
    parameter: str
    value: float
    strength: float
    dt: float = 0.1
    potential: str = "V"
    options: dict[str, Any] = field(default_factory=dict)

    def build(self, size: int, **options: Any) -> Any:
        """A group."""
        return self.make(size, **{**self.options, **options})


RESETTING = {
    "LIF": Model(bp.neurons.LIF, "tau", 10., 200.),
    "ExpIF": Model(bp.neurons.ExpIF, "V_T", -59.9, 80., options={"V_initializer": _low}),
    "AdExIF": Model(bp.neurons.AdExIF, "b", 1., 80., options={"V_initializer": _low}),
    "QuaIF": Model(bp.neurons.QuaIF, "c", .07, 250., options={"V_initializer": _low}),
    "AdQuaIF": Model(bp.neurons.AdQuaIF, "tau_w", 10., 250., options={"V_initializer": _low}),
    "GIF": Model(bp.neurons.GIF, "b", .01, 20., options={"a": .005, "A1": 2., "A2": -.3}),
    "ALIFBellec2020": Model(bp.neurons.ALIFBellec2020, "beta", 1.6, 80., options={
        "V_rest": 0., "V_th": 1., "V_initializer": _zero, "a_initializer": _zero, "tau_a": 20.}),
    "LIF_SFA_Bellec2020": Model(bp.neurons.LIF_SFA_Bellec2020, "tau", 20., 80., options={
        "V_rest": 0., "V_th": 1., "V_initializer": _zero, "a_initializer": _zero, "tau_a": 20.}),
    "Izhikevich": Model(bp.neurons.Izhikevich, "b", .2, 40.),
}
CROSSING = {
    "HindmarshRose": Model(bp.neurons.HindmarshRose, "s", 4., 10., options={"y_initializer": _zero}),
    "FHN": Model(bp.neurons.FHN, "a", .7, 3., dt=0.5),
    "HH": Model(bp.neurons.HH, "gNa", 120., 60., options={"V_initializer": _low}),
    "MorrisLecar": Model(bp.neurons.MorrisLecar, "g_Ca", 4.4, 400., dt=0.5, options={"V_initializer": _low}),
    "WangBuzsakiModel": Model(bp.neurons.WangBuzsakiModel, "phi", 5., 20.),
    "PinskyRinzelModel": Model(bp.neurons.PinskyRinzelModel, "gCa", 10., 60., potential="Vs"),
}
SPIKING = RESETTING | CROSSING
SILENT = {
    "LeakyIntegrator": Model(bp.neurons.LeakyIntegrator, "tau", 10., 1.),
    "Leaky": Model(bp.neurons.Leaky, "tau", 10., 1., potential="x"),
    "Integrator": Model(bp.neurons.Integrator, "tau", 10., 1., potential="x"),
}
ALL = SPIKING | SILENT


def trainable(model: Model, size: int) -> Any:
    """The model's parameter, to be trained."""
    return bm.TrainVar(bm.full((size,), model.value))
