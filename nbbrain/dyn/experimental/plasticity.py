"""Short-term plasticity of synapses that know a connection only."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synplast.depression import DepressionKinetics
from nbbrain.dyn.synplast.facilitation import FacilitationKinetics
from nbbrain.dyn.synplast.short_term import PlasticityKinetics
from nbbrain.dynsys import SynSTPNS
from nbbrain.dynsys.share import share
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["STD", "STP"]


class _Plasticity(PlasticityKinetics, SynSTPNS):
    """Short-term plasticity that is given the spikes."""

    def __init__(self, pre_size: Size, method: str, name: str | None, mode: bm.Mode | None, **parameters: Any) -> None:
        super().__init__(name=name, mode=mode)
        self.pre_size = to_size(pre_size)
        self.num = size2num(self.pre_size)
        self.set_kinetics(self.num, method, **parameters)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its first values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.restart(batch_size)

    def update(self, pre_spike: Any) -> Any:
        """Advance by one step of ``dt``.

        Parameters
        ----------
        pre_spike : array, shape (..., num)
            The spikes of this step.

        Returns
        -------
        Array, shape (..., num)
            How much of what leaves the synapse takes effect.
        """
        self.advance(bm.asarray(pre_spike), share.get_shargs())
        return self.factor()


class STD(DepressionKinetics, _Plasticity):
    r"""Short-term depression: spikes use up resources of the synapse.

    .. math:: \frac{dx}{dt} = \frac{1 - x}{\tau} - U x^- \sum_k \delta(t - t^k)

    The equation is that of `bp.synplast.STD`; calling it gives x.

    Parameters
    ----------
    pre_size : int or sequence of int
        The size of the pre-synaptic group.
    tau, U, method, name
        As of `bp.synplast.STD`.
    mode : Mode, optional
        The mode; the environment's by default.

    Attributes
    ----------
    x : Variable, shape (num,) or (batch, num)
        The fraction of the resources that is there, at the end of the step.

    Raises
    ------
    ValueError
        When a parameter has another shape than (num,).

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn import experimental
    >>> bp.share.save(t=0., dt=1.)
    >>> experimental.STD(2, U=0.25)(bm.asarray([True, False]))
    Array(value=Array([0.75, 1.  ]), dtype=float32)
    """

    def __init__(self, pre_size: Size, tau: Any = 200., U: Any = 0.07, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(pre_size, method, name, mode, tau=tau, U=U)


class STP(FacilitationKinetics, _Plasticity):
    r"""Short-term plasticity: spikes use up resources of the synapse, and raise the fraction that the next ones use.

    .. math::

        \frac{du}{dt} = -\frac{u}{\tau_f} + U (1 - u^-) \sum_k \delta(t - t^k), \quad
        \frac{dx}{dt} = \frac{1 - x}{\tau_d} - u^+ x^- \sum_k \delta(t - t^k)

    The equations are those of `bp.synplast.STP`; calling it gives u x.

    Parameters
    ----------
    pre_size : int or sequence of int
        The size of the pre-synaptic group.
    U, tau_f, tau_d, method, name
        As of `bp.synplast.STP`.
    mode : Mode, optional
        The mode; the environment's by default.

    Attributes
    ----------
    u : Variable, shape (num,) or (batch, num)
        The fraction of the resources that a spike uses, at the end of the step. It begins as U.
    x : Variable, of the shape of u
        The fraction of the resources that is there, at the end of the step.

    Raises
    ------
    ValueError
        When a parameter has another shape than (num,).

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn import experimental
    >>> plasticity = experimental.STP(2, U=0.25)
    >>> bp.share.save(t=0., dt=1.)
    >>> factor = plasticity(bm.asarray([True, False]))
    >>> plasticity.x
    Variable(value=Array([0.5626..., 1.        ]), dtype=float32)
    """

    def __init__(self, pre_size: Size, U: Any = 0.15, tau_f: Any = 1500., tau_d: Any = 200., method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(pre_size, method, name, mode, U=U, tau_f=tau_f, tau_d=tau_d)
