"""Synapses that know a connection only."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.states import check_features
from nbbrain.dyn.synapses.kinetics import Kinetics
from nbbrain.dyn.synapses.projection import projection
from nbbrain.dynsys import SynConnNS, SynOutNS, SynSTPNS
from nbbrain.dynsys.share import share

__all__ = ["ConnectionFirst"]


class ConnectionFirst(Kinetics, SynConnNS):
    """Synapses with weights and kinetics, to which pre-synaptic spikes are given."""

    def __init__(self, conn: Any, out: SynOutNS | None, stp: SynSTPNS | None, comp_method: str, g_max: Any,
                 name: str | None, mode: bm.Mode | None) -> None:
        super().__init__(conn, out, stp, name, mode)
        self.g_max, self._project = projection(self, conn, comp_method, g_max)
        self.begin(self.post_num if self.of_post else self.pre_num)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its first values, also of output and plasticity.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.restart(batch_size)
        for part in (self.out, self.stp):
            if part is not None:
                part.reset_state(batch_size)

    def update(self, pre_spike: Any, post_v: Any = None) -> Any:
        """Advance by one step of ``dt``.

        Parameters
        ----------
        pre_spike : array, shape (..., pre_num)
            The pre-synaptic spikes.
        post_v : array, shape (..., post_num), optional
            The post-synaptic potentials, which a conductance-based output needs.

        Returns
        -------
        Array, shape (..., post_num)
            The output, or without one the conductance.
        """
        spikes = check_features(self, pre_spike, self.pre_num)
        factor = 1. if self.stp is None else self.stp(spikes)
        g = self.respond(spikes, lambda x: x if self.stp is None else x * factor, lambda x: self._project(x, self.g_max),
                         share.get_shargs())
        return g if self.out is None else self.out(g, post_v)
