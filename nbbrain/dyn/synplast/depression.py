"""Short-term depression."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synplast.short_term import PlasticityKinetics, ShortTermPlasticity
from nbbrain.dynsys.share import SharedArguments
from nbbrain.integrators import odeint

__all__ = ["STD", "DepressionKinetics"]


class DepressionKinetics(PlasticityKinetics):
    r"""Resources that spikes use up, and that come back.

    .. math:: \frac{dx}{dt} = \frac{1 - x}{\tau} - U x^- \sum_k \delta(t - t^k)
    """

    starts = {"x": 1.}
    x: bm.Variable
    tau: Any
    U: Any

    def set_equations(self, method: str) -> None:
        """Make the integrator."""
        self.integral = odeint(self.dx, method=method)

    def dx(self, x: Any, t: Any) -> Any:
        """The rate of change of the resources between spikes."""
        return (1. - x) / self.tau

    def advance(self, spikes: Any, shared: SharedArguments) -> None:
        """Let resources recover, and take away what the spikes use of those at the beginning of the step."""
        self.keep(x=self.integral(self.x, shared["t"], dt=shared["dt"]) - spikes * (self.U * self.x))

    def factor(self) -> Any:
        """The resources at the end of the step."""
        return bm.asarray(self.x)


class STD(DepressionKinetics, ShortTermPlasticity):
    r"""Short-term depression: spikes use up resources of the synapse.

    .. math:: \frac{dx}{dt} = \frac{1 - x}{\tau} - U x^- \sum_k \delta(t - t^k), \qquad g \leftarrow x g

    (Tsodyks & Markram, 1997, "The neural code between neocortical pyramidal neurons depends on neurotransmitter release
    probability"; Abbott et al., 1997, "Synaptic depression and cortical gain control".)

    Parameters
    ----------
    tau : float, array or callable
        The time constant with which resources come back, in ms: one, or one for every pre-synaptic neuron.
    U : float, array or callable
        The fraction of the resources that a spike uses: one, or one for every pre-synaptic neuron.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact.
    name : str, optional
        The name.

    Attributes
    ----------
    x : Variable, shape (pre.num,) or (batch, pre.num)
        The fraction of the resources that is there, at the end of the step.

    Raises
    ------
    ValueError
        When a parameter has another shape than (pre.num,).

    Notes
    -----
    The factor is that of the end of a step: a spike is scaled by what is left after it. Spikes count with their value, so a
    gradient passes to them.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(1), bp.neurons.LIF(1)
    >>> synapse = bp.synapses.Delta(pre, post, bp.conn.One2One(), output=None, stp=bp.synplast.STD(tau=100., U=0.5))
    >>> for i in range(3):
    ...     bp.share.save(t=i * 1., dt=1.)
    ...     print(f"{float(synapse(bm.ones(1))[0]):.4f}")
    0.5000
    0.2550
    0.1349
    """

    names = ("tau", "U")

    def __init__(self, tau: Any = 200., U: Any = 0.07, method: str = "exp_auto", name: str | None = None) -> None:
        super().__init__(method, name, tau=tau, U=U)
