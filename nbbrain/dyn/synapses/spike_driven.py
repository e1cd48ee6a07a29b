"""What synapses that are driven by pre-synaptic spikes have in common."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.projection import projection
from nbbrain.dynsys import NeuGroup, SynOut, TwoEndConn

__all__ = ["Output", "SpikeDriven"]

Output = SynOut | Callable[[], SynOut] | None
"""An output, what makes one (such as its class), or None for a synapse that returns what it has."""


class SpikeDriven(TwoEndConn):
    """Synapses with weights that receive the spikes of pre-synaptic neurons, some steps late."""

    def __init__(self, pre: NeuGroup, post: NeuGroup, conn: Any, output: Output, stp: Any, comp_method: str, g_max: Any,
                 delay_step: Any, name: str | None, mode: bm.Mode | None, stop_spike_gradient: bool) -> None:
        part = output if isinstance(output, SynOut) or not callable(output) else output()
        super().__init__(pre, post, conn, output=part, name=name, mode=mode)
        if conn is None:
            raise ValueError(f"{self.name}: conn must say who is connected to whom, but got None.")
        if stp is not None:
            raise NotImplementedError(f"{self.name}: short-term plasticity is not supported yet, so stp must be None.")
        self.check_pre_attrs("spike")
        self.stop_spike_gradient = bool(stop_spike_gradient)
        self.g_max, self._project = projection(self, self.conn, comp_method, g_max)
        self.delay_step = self.register_delay(f"{pre.name}.spike", delay_step, pre.spike)  # type: ignore[attr-defined]

    def received(self, pre_spike: Any) -> Any:
        """What every post-synaptic neuron receives in this step, of shape (..., post) or (..., 1).

        Parameters
        ----------
        pre_spike : array, optional
            The spikes; without them, those of the pre-synaptic neurons ``delay_step`` steps ago.
        """
        if pre_spike is None:
            pre_spike = self.get_delay_data(f"{self.pre.name}.spike", self.delay_step)
        spikes = bm.asarray(pre_spike)
        if self.stop_spike_gradient:
            spikes = bm.stop_gradient(spikes)
        shape = self.pre.varshape
        if spikes.shape[spikes.ndim - len(shape):] != shape:
            raise ValueError(f"{self.name}: expected spikes of shape (..., {', '.join(map(str, shape))}), but got "
                             f"{spikes.shape}")
        total = self._project(spikes.reshape((*spikes.shape[:spikes.ndim - len(shape)], self.pre.num)), self.g_max)
        size = self.post.varshape if total.shape[-1] == self.post.num else (1,) * len(self.post.varshape)
        return total.reshape((*total.shape[:-1], *size))
