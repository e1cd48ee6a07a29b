"""Outputs of synapses that know a connection only."""
from __future__ import annotations

from typing import Any

from nbbrain.dynsys import SynOutNS
from nbbrain.errors import ModelUseError

__all__ = ["COBA", "CUBA"]


class CUBA(SynOutNS):
    """Current-based output: the synaptic variable is the current.

    Parameters
    ----------
    name : str, optional
        The name.

    Examples
    --------
    >>> from nbbrain.dyn import experimental
    >>> experimental.CUBA()(2.)
    2.0
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing is reset: there is no state."""

    def update(self, post_g: Any, post_v: Any = None) -> Any:
        """Return the synaptic variable."""
        return post_g


class COBA(SynOutNS):
    r"""Conductance-based output.

    .. math:: I = g (E - V)

    (Gerstner et al., 2014, "Neuronal Dynamics", eq. 3.1.)

    Parameters
    ----------
    E : float or array
        The reversal potential, in mV.
    name : str, optional
        The name.

    Examples
    --------
    >>> from nbbrain.dyn import experimental
    >>> experimental.COBA(E=0.)(2., -60.)
    120.0
    """

    def __init__(self, E: Any = 0., name: str | None = None) -> None:
        super().__init__(name=name)
        self.E = E

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing is reset: there is no state."""

    def update(self, post_g: Any, post_v: Any = None) -> Any:
        """Return the current.

        Parameters
        ----------
        post_g : array
            The conductance.
        post_v : array
            The post-synaptic potential, in mV.

        Raises
        ------
        ModelUseError
            Without a potential.
        """
        if post_v is None:
            raise ModelUseError(f"{self.name} needs the post-synaptic potential: call the synapse with (spikes, potential).")
        return post_g * (self.E - post_v)
