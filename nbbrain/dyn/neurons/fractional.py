"""Neurons whose membrane has a memory: models with fractional derivatives."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.adaptation import Recovering
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.dynsys import NeuGroupNS
from nbbrain.initialize import OneInit, ZeroInit
from nbbrain.integrators import JointEq
from nbbrain.integrators.fractional import CaputoL1Schema, FDEIntegrator, GLShortMemory
from nbbrain.sizes import Size

__all__ = ["FractionalFHR", "FractionalIzhikevich", "FractionalNeuron"]


class FractionalNeuron(NeuGroupNS):
    """The base class of neurons with fractional derivatives.

    Parameters are those of `NeuGroup`.
    """


class FractionalGroup(IntegratedGroup, FractionalNeuron):
    """Neurons whose equations are solved by a fractional integrator, ``integral``, which a subclass makes by `remember`."""

    integral: FDEIntegrator

    def remember(self, integrator: type[FDEIntegrator], alpha: Any, num_memory: int) -> None:
        """Make the integrator, for the first values that states have."""
        make: Any = integrator
        self.integral = make(self.derivative, alpha=alpha, num_memory=num_memory, inits=self._first_values())

    def _first_values(self) -> dict[str, bm.Variable]:
        return {equation.variables[0]: getattr(self, equation.variables[0]) for equation in self.derivative.equations}

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values, and forget the past.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(batch_size)
        self.integral.reset(self._first_values())


class FractionalFHR(FractionalGroup, SpikingGroup):
    r"""The fractional FitzHugh-Rinzel neuron, which bursts.

    (Mondal, Sharma, Upadhyay & Mondal, 2019, "Firing activities of a fractional-order FitzHugh-Rinzel bursting neuron model
    and its coupled dynamics", Sci. Rep. 9: 15721.)

    .. math::

        \frac{d^\alpha V}{dt^\alpha} &= V - \frac{V^3}{3} - w + y + I(t)

        \frac{d^\alpha w}{dt^\alpha} &= \delta (a + V - b w)

        \frac{d^\alpha y}{dt^\alpha} &= \mu (c - V - d y)

    A neuron fires where V passes ``Vth`` from below.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    alpha : float or sequence of float
        The order of the derivatives, in (0, 1]: one for all, or one for each of V, w, y.
    num_memory : int
        How many steps are remembered.
    a, b, c, d : float, array or callable
        The parameters of the recoveries.
    delta, mu : float, array or callable
        The rates of the fast and of the slow recovery, in 1/ms.
    Vth : float, array or callable
        The threshold.
    V_initializer, w_initializer, y_initializer : Initializer, array or callable
        The first values.
    input_var, name, keep_size, mode, spike_fun
        As for `LIF`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    w, y : Variable, of the shape of V
        The fast and the slow recovery.
    integral : GLShortMemory
        The integrator, with what it remembers.

    Notes
    -----
    The derivatives are those of Grünwald and Letnikov, see `GLShortMemory`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.FractionalFHR(2, alpha=0.9, num_memory=100)
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(0.5)
    Array(value=Array([False, False]), dtype=bool)
    """

    def __init__(self, size: Size, alpha: Any, num_memory: int = 1000, a: Any = 0.7, b: Any = 0.8, c: Any = -0.775,
                 d: Any = 1., delta: Any = 0.08, mu: Any = 0.0001, Vth: Any = 1.8, V_initializer: Any = OneInit(2.5),
                 w_initializer: Any = ZeroInit(), y_initializer: Any = ZeroInit(), input_var: bool = True,
                 name: str | None = None, keep_size: bool = False, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, input_var=input_var, spike_fun=spike_fun)
        self.a, self.b, self.c, self.d = self.parameters(a, b, c, d)
        self.delta, self.mu, self.Vth = self.parameters(delta, mu, Vth)
        self.add_states(V=V_initializer, w=w_initializer, y=y_initializer)
        self.remember(GLShortMemory, alpha, num_memory)

    @property
    def V_th(self) -> Any:
        """The threshold."""
        return self.Vth

    def dV(self, V: Any, t: Any, w: Any, y: Any, I: Any) -> Any:
        """The fractional rate of change of the membrane potential."""
        return V - V * V * V / 3. - w + y + I

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The fractional rate of change of the fast recovery."""
        return self.delta * (self.a + V - self.b * w)

    def dy(self, y: Any, t: Any, V: Any) -> Any:
        """The fractional rate of change of the slow recovery."""
        return self.mu * (self.c - V - self.d * y)

    @property
    def derivative(self) -> JointEq:
        """The equations."""
        return JointEq(self.dV, self.dw, self.dy)


class FractionalIzhikevich(FractionalGroup, Recovering):
    r"""The fractional Izhikevich neuron.

    (Teka, Upadhyay & Mondal, 2018, "Spiking and bursting patterns of fractional-order Izhikevich model", Commun. Nonlinear
    Sci. Numer. Simul. 56: 161-176.)

    .. math::

        \tau \frac{d^\alpha V}{dt^\alpha} &= f V^2 + g V + h - u + R I(t)

        \tau \frac{d^\alpha u}{dt^\alpha} &= a (b V - u)

        V \ge V_{th}: \text{spike}&, V \leftarrow c, u \leftarrow u + d

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    alpha : float or sequence of float
        The order of the derivatives, in (0, 1]: one for both, or one for each of V, u.
    num_memory : int
        How many steps are remembered.
    a, b : float, array or callable
        How fast the recovery variable is, and how it depends on the potential.
    c : float, array or callable
        The potential after a spike, in mV.
    d : float, array or callable
        What a spike adds to the recovery variable.
    f, g, h : float, array or callable
        The coefficients of the potential's rate of change.
    R : float, array or callable
        The resistance, which turns an input into a rate of change.
    tau : float, array or callable
        The time constant.
    V_th : float, array or callable
        The peak of a spike, in mV.
    V_initializer, u_initializer : Initializer, array or callable
        The first values.
    keep_size, input_var, name, mode, spike_fun
        As for `LIF`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    u : Variable, of the shape of V
        The recovery variable.
    integral : CaputoL1Schema
        The integrator, with what it remembers.

    Notes
    -----
    The derivatives are those of Caputo, see `CaputoL1Schema`; resets are part of what is remembered.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.FractionalIzhikevich(2, alpha=0.9, num_memory=100)
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons(10.), neurons.V.round(2)
    (Array(value=Array([False, False]), dtype=bool), Array(value=Array([-64.16, -64.16]), dtype=float32))
    """

    def __init__(self, size: Size, alpha: Any, num_memory: int, a: Any = 0.02, b: Any = 0.2, c: Any = -65., d: Any = 8.,
                 f: Any = 0.04, g: Any = 5., h: Any = 140., R: Any = 1., tau: Any = 1., V_th: Any = 30.,
                 V_initializer: Any = OneInit(-65.), u_initializer: Any = OneInit(-13.), keep_size: bool = False,
                 input_var: bool = True, name: str | None = None, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, input_var=input_var, spike_fun=spike_fun)
        self.a, self.b, self.c, self.d = self.parameters(a, b, c, d)
        self.f, self.g, self.h = self.parameters(f, g, h)
        self.R, self.tau, self.V_th = self.parameters(R, tau, V_th)
        self.add_states(V=V_initializer, u=u_initializer)
        self.remember(CaputoL1Schema, alpha, num_memory)

    def dV(self, V: Any, t: Any, u: Any, I: Any) -> Any:
        """The fractional rate of change of the membrane potential."""
        return (self.f * V * V + self.g * V + self.h - u + self.R * I) / self.tau

    def du(self, u: Any, t: Any, V: Any) -> Any:
        """The fractional rate of change of the recovery variable."""
        return self.a * (self.b * V - u) / self.tau
