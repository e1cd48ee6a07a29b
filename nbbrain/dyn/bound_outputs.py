"""Outputs of projections: they are given the conductance first, and become the current when called with the potential."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.errors import ModelUseError
from nbbrain.mixin import BindCondData, ParamDesc

__all__ = ["COBA", "CUBA", "MgBlock", "Output"]


class Output(ParamDesc, BindCondData, DynamicalSystemNS):
    """The base of outputs of projections.

    Parameters
    ----------
    name : str, optional
        The name.
    scaling : None
        Not supported.

    Raises
    ------
    NotImplementedError
        When scaling is given.
    """

    def __init__(self, name: str | None = None, scaling: Any = None) -> None:
        super().__init__(name=name)
        if scaling is not None:
            raise NotImplementedError(f"{self.name}: scaling is not supported; leave it at None.")

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Forget the conductance."""
        self.unbind_cond()

    def update(self, conductance: Any, potential: Any) -> Any:
        """The current for a conductance and a potential."""
        raise NotImplementedError(f"{type(self).__name__} must define update().")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The current of the conductance that was bound, for the post-synaptic potential.

        Raises
        ------
        ModelUseError
            When no conductance was bound: the projection has to run before the post-synaptic neurons.
        """
        if not self._conductance:
            raise ModelUseError(f"{self.name} has no conductance yet: run the projection before the post-synaptic neurons.")
        return self.update(self._conductance[0], *args, **kwargs)


class COBA(Output):
    r"""Conductance-based output, :math:`I = g (E - V)`.

    Parameters
    ----------
    E : float or array
        The reversal potential, in mV.
    sharding
        Accepted for compatibility.
    name, scaling
        As for `Output`.

    Examples
    --------
    >>> from nbbrain.dyn.bound_outputs import COBA
    >>> output = COBA(E=0.)
    >>> output.bind_cond(2.)
    >>> output(-60.)
    120.0
    """

    def __init__(self, E: Any, sharding: Any = None, name: str | None = None, scaling: Any = None) -> None:
        super().__init__(name, scaling)
        self.E = E

    def update(self, conductance: Any, potential: Any) -> Any:
        """The current for a conductance and a potential."""
        return conductance * (self.E - potential)


class CUBA(Output):
    """Current-based output: the conductance is the current.

    Parameters
    ----------
    name, scaling
        As for `Output`.
    """

    def update(self, conductance: Any, potential: Any = None) -> Any:
        """The current."""
        return conductance


class MgBlock(Output):
    r"""Conductance-based output of channels that magnesium blocks.

    .. math:: I = g \, \frac{E - V}{1 + \frac{[\mathrm{Mg}^{2+}]}{\beta} e^{-\alpha (V - V_{offset})}}

    (Jahr & Stevens, 1990, J. Neurosci. 10: 3178-3182.)

    Parameters
    ----------
    E : float or array
        The reversal potential, in mV.
    cc_Mg, alpha, beta : float or array
        As for `bp.synouts.MgBlock`.
    V_offset : float or array
        By how much the potential is shifted, in mV.
    sharding
        Accepted for compatibility.
    name, scaling
        As for `Output`.
    """

    def __init__(self, E: Any = 0., cc_Mg: Any = 1.2, alpha: Any = 0.062, beta: Any = 3.57, V_offset: Any = 0.,
                 sharding: Any = None, name: str | None = None, scaling: Any = None) -> None:
        super().__init__(name, scaling)
        self.E, self.cc_Mg, self.alpha, self.beta, self.V_offset = E, cc_Mg, alpha, beta, V_offset

    def update(self, conductance: Any, potential: Any) -> Any:
        """The current for a conductance and a potential."""
        blocked = self.cc_Mg / self.beta * bm.exp(self.alpha * (self.V_offset - potential))
        return conductance * (self.E - potential) / (1. + blocked)
