"""The leaky membrane that integrate-and-fire neurons and leaky integrators have in common."""
from __future__ import annotations

from typing import Any

__all__ = ["LeakyMembrane"]


class LeakyMembrane:
    r"""What makes a leaky membrane of a group (Lapicque, 1907; Gerstner et al., 2014, "Neuronal Dynamics", eq. 1.5).

    .. math:: \tau \frac{dV}{dt} = -(V - V_{rest}) + R I(t)
    """

    V_rest: Any
    R: Any
    tau: Any

    def leak(self, V: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (-V + self.V_rest + self.R * I) / self.tau
