"""Kinetics of synapses without connections: ``update(x)`` takes what arrives and returns the synaptic variable g."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.ampa import AMPAKinetics
from nbbrain.dyn.synapses.bio_nmda import BioNMDAKinetics
from nbbrain.dyn.synapses.dual_exponential import DualExponentialKinetics
from nbbrain.dyn.synapses.exponential import ExponentialKinetics
from nbbrain.dyn.synapses.kinetics import Kinetics, Stateful
from nbbrain.dyn.synapses.nmda import NMDAKinetics
from nbbrain.dyn.synplast.depression import DepressionKinetics
from nbbrain.dyn.synplast.facilitation import FacilitationKinetics
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.dynsys.share import SharedArguments, share
from nbbrain.initialize import parameter
from nbbrain.integrators import JointEq, odeint
from nbbrain.mixin import AlignPost, ParamDesc
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["AMPA", "NMDA", "STD", "STP", "Alpha", "BioNMDA", "DualExpon", "DualExponV2", "Expon", "GABAa", "SynDyn"]


class SynDyn(ParamDesc, Stateful, DynamicalSystemNS):
    """The kinetics of a group of synapses.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    sharding
        Accepted for compatibility.
    method : str
        The integration method, one of ``bp.ode.get_supported_methods()``.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.
    """

    _passes_shared = False

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, name: str | None = None,
                 mode: bm.Mode | None = None, method: str = "exp_auto") -> None:
        super().__init__(name=name, mode=mode)
        self.size, self.keep_size, self.method = to_size(size), keep_size, method
        self.num = size2num(self.size)
        self.varshape = self.size if keep_size else (self.num,)

    if TYPE_CHECKING:  # parameters and integrals are set by name
        def __getattr__(self, name: str) -> Any: ...

    def set_parameters(self, **given: Any) -> None:
        """Set parameters: one number each, or arrays of the shape of the group, or what makes such."""
        for name, value in given.items():
            setattr(self, name, parameter(value, self.varshape, allow_none=False))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its first values; without a batch size, that stays as it is."""
        self.restart(batch_size)

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Carry out one step with what arrives in it, and return what leaves."""
        raise NotImplementedError(f"{type(self).__name__} must define advance().")

    def result(self) -> Any:
        """What leaves after the last step."""
        return bm.asarray(self.g)

    def update(self, x: Any = None) -> Any:
        """Advance by one step of ``dt``, in which x arrives, and return g."""
        self.advance(0. if x is None else bm.asarray(x), share.get_shargs())
        return self.result()


class _Jumping(AlignPost):
    """Kinetics that evolve by themselves, and then jump by what arrives."""

    def relax(self, shared: SharedArguments) -> None:
        """Let the states evolve for a step."""
        raise NotImplementedError(f"{type(self).__name__} must define relax().")

    def advance(self, arriving: Any, shared: SharedArguments) -> Any:
        """Let the states evolve, and then jump."""
        self.relax(shared)
        self.add_current(arriving)


class Expon(_Jumping, ExponentialKinetics, SynDyn):
    r"""A conductance that jumps by what arrives, and decays.

    .. math:: \frac{dg}{dt} = -\frac{g}{\tau} + \sum_k x_k \delta(t - t^k)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    tau : float, array or callable
        The time constant, in ms.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from nbbrain.dyn.kinetics_alone import Expon
    >>> synapses = Expon(1, tau=10.)
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapses(1.), synapses()
    (Array(value=Array([1.]), dtype=float32), Array(value=Array([0.9900...]), dtype=float32))
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, tau: Any = 8.) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(tau=tau)
        self.integral = odeint(self.derivative, method=method)
        self.begin(self.varshape)

    def relax(self, shared: SharedArguments) -> None:
        """Let the conductance decay."""
        self.keep(g=self.integral(self.g, shared["t"], shared["dt"]))

    def add_current(self, x: Any) -> None:
        """Let the conductance jump."""
        self.keep(g=self.g + x)


class _Driven(_Jumping, DualExponentialKinetics, SynDyn):
    """A conductance that follows a variable h, which jumps."""

    def jump(self) -> Any:
        """What one arriving unit adds to the drive."""
        return 1.

    def relax(self, shared: SharedArguments) -> None:
        """Let both evolve."""
        g, h = self.integral(self.g, self.h, shared["t"], dt=shared["dt"])
        self.keep(g=g, h=h)

    def add_current(self, x: Any) -> None:
        """Let the drive jump."""
        self.keep(h=self.h + x * self.jump())

    def start(self) -> None:
        """Make integrator and states."""
        self.integral = odeint(JointEq(self.dg, self.dh), method=self.method)
        self.begin(self.varshape)


def _peak_one(tau_decay: Any, tau_rise: Any) -> Any:
    """The factor by which a difference of exponentials has the peak 1."""
    ratio = tau_rise / tau_decay
    return tau_decay / (tau_decay - tau_rise) * ratio ** (tau_rise / (tau_rise - tau_decay))


class DualExpon(_Driven):
    r"""A conductance that rises with one time constant and decays with another.

    .. math::

        \frac{dg}{dt} = -\frac{g}{\tau_{decay}} + h, \quad
        \frac{dh}{dt} = -\frac{h}{\tau_{rise}} + A \left(\frac{1}{\tau_{rise}} - \frac{1}{\tau_{decay}}\right)
        \sum_k x_k \delta(t - t^k)

    (Roth & van Rossum, 2009, "Modeling synapses", eq. 6.2 to 6.5.)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    tau_decay, tau_rise : float, array or callable
        The time constants, in ms; they differ.
    A : float, array or callable, optional
        The factor of the difference of exponentials; by default, that for which the peak after one unit is 1.
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, tau_decay: Any = 10., tau_rise: Any = 1.,
                 A: Any = None) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(tau_decay=tau_decay, tau_rise=tau_rise)
        self.set_parameters(A=_peak_one(self.tau_decay, self.tau_rise) if A is None else A)
        self.start()

    def jump(self) -> Any:
        """What one arriving unit adds to the drive."""
        return self.A * (1. / self.tau_rise - 1. / self.tau_decay)


class Alpha(_Driven):
    r"""A conductance that follows the alpha function.

    .. math:: \tau \frac{dg}{dt} = -g + h, \quad \tau \frac{dh}{dt} = -h + \tau \sum_k x_k \delta(t - t^k)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    tau_decay : float, array or callable
        The time constant, in ms.
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, tau_decay: Any = 10.) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(tau_decay=tau_decay)
        self.start()

    def dg(self, g: Any, t: Any, h: Any) -> Any:
        """The rate of change of the conductance."""
        return (h - g) / self.tau_decay

    def dh(self, h: Any, t: Any) -> Any:
        """The rate of change of the drive between jumps."""
        return -h / self.tau_decay


class DualExponV2(_Jumping, Kinetics, SynDyn):
    r"""A conductance that is the difference of two exponentials, each a state of its own.

    .. math:: g = A (g_{decay} - g_{rise}), \qquad \frac{dg_s}{dt} = -\frac{g_s}{\tau_s} + \sum_k x_k \delta(t - t^k)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode, tau_decay, tau_rise, A
        As for `DualExpon`.
    """

    starts = {"g_rise": 0., "g_decay": 0.}
    g_rise: bm.Variable
    g_decay: bm.Variable

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, tau_decay: Any = 10., tau_rise: Any = 1.,
                 A: Any = None) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(tau_decay=tau_decay, tau_rise=tau_rise)
        self.set_parameters(A=_peak_one(self.tau_decay, self.tau_rise) if A is None else A)
        self.integral = odeint(lambda g, t, tau: -g / tau, method=method)
        self.begin(self.varshape)

    def relax(self, shared: SharedArguments) -> None:
        """Let both decay."""
        t, dt = shared["t"], shared["dt"]
        self.keep(g_rise=self.integral(self.g_rise, t, self.tau_rise, dt=dt),
                  g_decay=self.integral(self.g_decay, t, self.tau_decay, dt=dt))

    def add_current(self, x: Any) -> None:
        """Let both jump."""
        self.keep(g_rise=self.g_rise + x, g_decay=self.g_decay + x)

    def result(self) -> Any:
        """The difference."""
        return self.A * (self.g_decay - self.g_rise)


class NMDA(NMDAKinetics, SynDyn):
    r"""Channels that open slowly, and all of which can be open.

    .. math:: \frac{dg}{dt} = -\frac{g}{\tau_{decay}} + a x (1 - g), \quad
              \frac{dx}{dt} = -\frac{x}{\tau_{rise}} + \sum_k \delta(t - t^k)

    (Wang, 1999, J. Neurosci. 19: 9587-9603.)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    a : float, array or callable
        How fast channels open, in 1/ms.
    tau_decay, tau_rise : float, array or callable
        The time constants, in ms.
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, a: Any = 0.5, tau_decay: Any = 100.,
                 tau_rise: Any = 2.) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(a=a, tau_decay=tau_decay, tau_rise=tau_rise)
        self.integral = odeint(JointEq(self.dg, self.dx), method=method)
        self.begin(self.varshape)


class AMPA(AMPAKinetics, SynDyn):
    r"""Channels that open while transmitter is there.

    .. math:: \frac{dg}{dt} = \alpha [T] (1 - g) - \beta g

    (Destexhe, Mainen & Sejnowski, 1994, Neural Comput. 6: 14-18.)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    alpha, beta : float, array or callable
        How fast channels open, in 1/(ms mM), and close, in 1/ms.
    T : float, array or callable
        The concentration of transmitter, in mM.
    T_dur : float, array or callable
        How long it stays after something arrives, in ms.
    """

    pulse = ("T", "T_dur")

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, alpha: Any = 0.98, beta: Any = 0.18, T: Any = 0.5,
                 T_dur: Any = 0.5) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(alpha=alpha, beta=beta, T=T, T_dur=T_dur)
        self.integral = odeint(self.dg, method=method)
        self.begin(self.varshape)


class GABAa(AMPA):
    """Channels of inhibitory synapses: an `AMPA` with other defaults."""

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, alpha: Any = 0.53, beta: Any = 0.18, T: Any = 1.,
                 T_dur: Any = 1.) -> None:
        super().__init__(size, keep_size, sharding, method, name, mode, alpha, beta, T, T_dur)


class BioNMDA(BioNMDAKinetics, SynDyn):
    r"""Channels that open while a messenger is there, which transmitter releases.

    .. math:: \frac{dg}{dt} = \alpha_1 x (1 - g) - \beta_1 g, \quad \frac{dx}{dt} = \alpha_2 [T] (1 - x) - \beta_2 x

    (Ermentrout & Terman, 2010, "Mathematical Foundations of Neuroscience", section 7.1.)

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    alpha1, beta1, alpha2, beta2 : float, array or callable
        How fast channels open and close, and how fast the messenger comes and goes.
    T, T_dur : float, array or callable
        As for `AMPA`.
    """

    pulse = ("T", "T_dur")

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, alpha1: Any = 2., beta1: Any = 0.01,
                 alpha2: Any = 1., beta2: Any = 0.5, T: Any = 1., T_dur: Any = 0.5) -> None:
        super().__init__(size, keep_size, sharding, name, mode, method)
        self.set_parameters(alpha1=alpha1, beta1=beta1, alpha2=alpha2, beta2=beta2, T=T, T_dur=T_dur)
        self.integral = odeint(JointEq(self.dg, self.dx), method=method)
        self.begin(self.varshape)


class STD(DepressionKinetics, SynDyn):
    """Short-term depression: g is the fraction of the resources that is there, as of `bp.synplast.STD`.

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    tau, U : float, array or callable
        As for `bp.synplast.STD`.
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, tau: Any = 200., U: Any = 0.07) -> None:
        SynDyn.__init__(self, size, keep_size, sharding, name, mode, method)
        self.set_kinetics(self.varshape, method, tau=tau, U=U)  # type: ignore[arg-type]

    def result(self) -> Any:
        """The resources at the end of the step."""
        return self.factor()


class STP(FacilitationKinetics, SynDyn):
    """Short-term plasticity: g is the fraction that is used of the resources, as of `bp.synplast.STP`.

    Parameters
    ----------
    size, keep_size, sharding, method, name, mode
        As for `SynDyn`.
    U, tau_f, tau_d : float, array or callable
        As for `bp.synplast.STP`.
    """

    def __init__(self, size: Size, keep_size: bool = False, sharding: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None, U: Any = 0.15, tau_f: Any = 1500.,
                 tau_d: Any = 200.) -> None:
        SynDyn.__init__(self, size, keep_size, sharding, name, mode, method)
        self.set_kinetics(self.varshape, method, U=U, tau_f=tau_f, tau_d=tau_d)  # type: ignore[arg-type]

    def advance(self, spikes: Any, shared: SharedArguments) -> None:
        """Let both variables relax, and then change them by the spikes."""
        u, x = self.integral(self.u, self.x, shared["t"], dt=shared["dt"])
        u = u + spikes * (self.U * (1. - u))
        self.keep(x=x - spikes * (u * x), u=u)

    def result(self) -> Any:
        """The fraction that is used of the resources, at the end of the step."""
        return self.factor()
