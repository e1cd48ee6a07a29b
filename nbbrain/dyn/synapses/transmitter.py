"""Transmitter that is there for a while after every spike."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import LONG_AGO, Kinetics

__all__ = ["TransmitterKinetics"]


class TransmitterKinetics(Kinetics):
    r"""Kinetics that are driven by pulses of transmitter, one after every spike.

    .. math:: [T](t) = T \, \Theta(d_T - (t - t^{last}))

    (Destexhe, Mainen & Sejnowski, 1994, "An efficient method for computing synaptic conductances based on a kinetic model of
    receptor binding".) A spike during a pulse makes it last longer, not higher.
    """

    spike_arrival_time: bm.Variable
    starts = {"spike_arrival_time": LONG_AGO}
    pulse: ClassVar[tuple[str, str]]
    """The attributes that hold the concentration T and the duration of a pulse."""

    def released(self, arriving: Any, t: Any) -> Any:
        """The transmitter in this step, at the beginning of which spikes arrive."""
        self.keep(spike_arrival_time=bm.where(arriving != 0, t, self.spike_arrival_time))
        concentration, duration = (getattr(self, name) for name in self.pulse)
        return bm.where(t - self.spike_arrival_time < duration, concentration, 0.)
