"""A leaky integrator: a membrane without spikes."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.dyn.neurons.membrane import LeakyMembrane
from nbbrain.initialize import ZeroInit
from nbbrain.sizes import Size

__all__ = ["LeakyIntegrator"]


class LeakyIntegrator(LeakyMembrane, IntegratedGroup):
    r"""Leaky integrators: membranes that never fire, as read out of a spiking network.

    .. math:: \tau \frac{dV}{dt} = -(V - V_{rest}) + R I(t)

    (Gerstner et al., 2014, "Neuronal Dynamics", section 1.3.1.)

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    V_rest : float, array or callable
        The resting potential, in mV.
    R : float, array or callable
        The membrane resistance; R times the input is a voltage, in mV.
    tau : float, array or callable
        The membrane time constant, in ms.
    V_initializer : Initializer, array or callable
        The first membrane potential.
    noise : float, array, Initializer or callable, optional
        The amplitude of white noise in the first equation, in its unit times the root of 1 ms; or a function of the
        variables, time and input that returns the amplitudes.
    input_var : bool
        Whether inputs are collected in ``input``; otherwise only the argument of `update` counts.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact for an input that is constant
        over the step.

    Attributes
    ----------
    V : Variable, shape (num,) or (batch, num)
        The membrane potential, in mV.
    input : Variable, of the shape of V
        The input collected for this step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.LeakyIntegrator(2, tau=5.)
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(1.)
    Array(value=Array([0.019801..., 0.019801...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, V_rest: Any = 0., R: Any = 1., tau: Any = 10.,
                 V_initializer: Any = ZeroInit(), noise: Any = None, input_var: bool = True, name: str | None = None,
                 mode: bm.Mode | None = None, method: str = "exp_auto") -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method)
        self.V_rest, self.R, self.tau = self.parameters(V_rest, R, tau)
        self.add_states(V=V_initializer)

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return self.leak(V, I)

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt`` and return the membrane potential.

        Parameters
        ----------
        x : array, optional
            An input on top of what is collected already.
        """
        values = self.integrated(x)
        self.store(values)
        return values["V"]
