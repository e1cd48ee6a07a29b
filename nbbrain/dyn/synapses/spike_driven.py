"""What synapses that are driven by pre-synaptic spikes have in common."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.kinetics import Kinetics
from nbbrain.dyn.synapses.projection import flattened, projection, unflattened
from nbbrain.dynsys import DynamicalSystem, NeuGroup, SynOut, SynSTP, TwoEndConn
from nbbrain.dynsys.share import SharedArguments

__all__ = ["Output", "Plasticity", "SpikeDriven"]

Output = SynOut | Callable[[], SynOut] | None
"""An output, what makes one (such as its class), or None for a synapse that returns what it has."""

Plasticity = SynSTP | Callable[[], SynSTP] | None
"""A short-term plasticity, what makes one (such as its class), or None."""


class SpikeDriven(Kinetics, TwoEndConn):
    """Synapses with weights and kinetics that receive the spikes of pre-synaptic neurons, some steps late."""

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output, stp: Plasticity, comp_method: str,
                 g_max: Any, delay_step: Any, name: str | None, mode: bm.Mode | None, stop_spike_gradient: bool) -> None:
        super().__init__(pre, post, conn, output=_made(output), stp=_made(stp), name=name, mode=mode)
        if conn is None:
            raise ValueError(f"{self.name}: conn must say who is connected to whom, but got None.")
        self.check_pre_attrs("spike")
        self.stop_spike_gradient = bool(stop_spike_gradient)
        self.g_max, self._project = projection(self, self.conn, comp_method, g_max)
        self.delay_step = delay_step
        self._register_spikes()
        self.begin(post.varshape if self.of_post else pre.num)

    def _register_spikes(self) -> None:
        self.delay_step = self.register_delay(f"{self.pre.name}.spike", self.delay_step,
                                              self.pre.spike)  # type: ignore[attr-defined]

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its first values; a ``delay_step`` that was set meanwhile becomes valid.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self._register_spikes()
        self.restart(batch_size)
        self.output.reset_state(batch_size)
        self.stp.reset_state(batch_size)

    def update(self, tdi: SharedArguments, pre_spike: Any = None) -> Any:
        """Advance by one step of ``dt``, and hand the result to the output.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        pre_spike : array, optional
            The spikes of the pre-synaptic neurons; without them, those that the neurons had ``delay_step`` steps ago.

        Returns
        -------
        Array or None
            The output, if it goes nowhere else.
        """
        spikes = self._arriving(pre_spike)
        self.stp.update(tdi, spikes)
        self.output.update(tdi)
        return self.output(self.respond(spikes, self.stp, self._to_post, tdi))

    def _arriving(self, pre_spike: Any) -> Any:
        """The spikes that arrive in this step, of shape (..., pre.num)."""
        if pre_spike is None:
            pre_spike = self.get_delay_data(f"{self.pre.name}.spike", self.delay_step)
        spikes = bm.asarray(pre_spike)
        if self.stop_spike_gradient:
            spikes = bm.stop_gradient(spikes)
        return flattened(self, "spikes", spikes, self.pre)

    def _to_post(self, values: Any) -> Any:
        """What every post-synaptic neuron receives of values of the pre-synaptic ones."""
        return unflattened(self._project(values, self.g_max), self.post)


def _made(part: Any) -> Any:
    """A part of a synapse that may be given as what makes it."""
    return part() if callable(part) and not isinstance(part, DynamicalSystem) else part
