"""Short-term plasticity with facilitation and depression."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synplast.short_term import PlasticityKinetics, ShortTermPlasticity
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import JointEq, odeint

__all__ = ["STP", "FacilitationKinetics"]


class FacilitationKinetics(PlasticityKinetics):
    r"""Resources, of which spikes use a fraction that they raise themselves.

    .. math::

        \frac{du}{dt} = -\frac{u}{\tau_f} + U (1 - u^-) \sum_k \delta(t - t^k), \quad
        \frac{dx}{dt} = \frac{1 - x}{\tau_d} - u^+ x^- \sum_k \delta(t - t^k)
    """

    u: bm.Variable
    x: bm.Variable
    U: Any
    tau_f: Any
    tau_d: Any

    @property
    def starts(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The first values."""
        return {"u": self.U, "x": 1.}

    def set_equations(self, method: str) -> None:
        """Make the integrator."""
        self.integral = odeint(JointEq(self.du, self.dx), method=method)

    def du(self, u: Any, t: Any) -> Any:
        """The rate of change of the fraction that is used between spikes."""
        return -u / self.tau_f

    def dx(self, x: Any, t: Any) -> Any:
        """The rate of change of the resources between spikes."""
        return (1. - x) / self.tau_d

    def advance(self, spikes: Any, shared: SharedArguments) -> None:
        """Let both variables relax, and change them by the spikes, from their values at the beginning of the step."""
        u, x = self.integral(self.u, self.x, shared["t"], dt=shared["dt"])
        u = u + spikes * (self.U * (1. - self.u))
        self.keep(x=x - spikes * (u * self.x), u=u)

    def factor(self) -> Any:
        """The fraction that is used of the resources, at the end of the step."""
        return self.u * self.x


class STP(FacilitationKinetics, ShortTermPlasticity):
    r"""Short-term plasticity: spikes use up resources of the synapse, and raise the fraction that the next ones use.

    .. math::

        \frac{du}{dt} = -\frac{u}{\tau_f} + U (1 - u^-) \sum_k \delta(t - t^k), \quad
        \frac{dx}{dt} = \frac{1 - x}{\tau_d} - u^+ x^- \sum_k \delta(t - t^k), \qquad g \leftarrow u x g

    (Tsodyks, Pawelzik & Markram, 1998, "Neural networks with dynamic synapses".) A spike changes u first, and
    what it then is, :math:`u^+`, is the fraction of the resources that it uses.

    Parameters
    ----------
    U : float, array or callable
        By which fraction of what is missing to 1 a spike raises u: one, or one for every pre-synaptic neuron.
    tau_f : float, array or callable
        The time constant of facilitation, in ms: one, or one for every pre-synaptic neuron.
    tau_d : float, array or callable
        The time constant of depression, in ms: one, or one for every pre-synaptic neuron.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact.
    name : str, optional
        The name.

    Attributes
    ----------
    u : Variable, shape (pre.num,) or (batch, pre.num)
        The fraction of the resources that a spike uses, at the end of the step. It begins as U.
    x : Variable, of the shape of u
        The fraction of the resources that is there, at the end of the step.

    Raises
    ------
    ValueError
        When a parameter has another shape than (pre.num,).

    Notes
    -----
    Between spikes u decays to 0. The factor is that of the end of a step: a spike is scaled by what is left after it. Spikes
    count with their value, so a gradient passes to them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    >>> stp = bp.synplast.STP(U=0.1, tau_f=500., tau_d=50.)
    >>> synapse = bp.synapses.Delta(pre, post, bp.conn.One2One(), output=None, stp=stp)
    >>> for i in range(3):
    ...     bp.share.save(t=i * 1., dt=1.)
    ...     print(f"{float(synapse(bm.ones(1))[0]):.4f}")
    0.1538
    0.1609
    0.1368
    """

    names = ("U", "tau_f", "tau_d")

    def __init__(self, U: Any = 0.15, tau_f: Any = 1500., tau_d: Any = 200., method: str = "exp_auto",
                 name: str | None = None) -> None:
        super().__init__(method, name, U=U, tau_f=tau_f, tau_d=tau_d)
