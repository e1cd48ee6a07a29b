"""The Pinsky-Rinzel neuron: a soma and a dendrite."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.neurons.conductance import gating, linoid, steady
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.dyn.states import clear_collected, collect
from nbbrain.dynsys.share import share
from nbbrain.initialize import OneInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["PinskyRinzelModel"]


class PinskyRinzelModel(SpikingGroup):
    r"""Pyramidal cells of hippocampal area CA3, with two compartments.

    (Pinsky & Rinzel, 1994, J. Comput. Neurosci. 1: 39-60; rates of Traub et al., 1991, J. Neurophysiol. 66: 635-650.)

    .. math::

        C_m \frac{dV_s}{dt} &= -g_{Na} m_\infty^2 h (V_s - E_{Na}) - g_K n (V_s - E_K) - g_L (V_s - E_L)
        + \frac{g_c (V_d - V_s) + I_s / A}{p}

        C_m \frac{dV_d}{dt} &= -I_{Ca} - g_{AHP} q (V_d - E_K) - g_C c \min(Ca / 250, 1) (V_d - E_K) - g_L (V_d - E_L)
        + \frac{g_c (V_s - V_d) + I_d / A}{1 - p}

        \frac{dCa}{dt} &= -0.13 I_{Ca} - 0.075 Ca, \qquad I_{Ca} = g_{Ca} s^2 (V_d - E_{Ca})

        \frac{dx}{dt} &= \alpha_x (1 - x) - \beta_x x, \qquad x \in \{h, n, s, c, q\}

    The rates of h and n depend on the potential of the soma, those of s and c on that of the dendrite, and those of q on the
    calcium there; potentials are absolute, and not relative to a rest at -60 mV as in the paper. A neuron fires where the
    potential of the soma passes ``V_th`` from below.

    Parameters
    ----------
    gNa, gK, gCa, gAHP, gC, gL : float, array or callable
        The largest conductances of sodium, potassium, calcium, the potassium currents after a spike (slow, and that which
        calcium and potential open), and the leak, in mS/cm².
    ENa, EK, ECa, EL : float, array or callable
        The reversal potentials, in mV.
    gc : float, array or callable
        The conductance between the compartments, in mS/cm².
    V_th : float, array or callable
        The threshold that counts as a spike, in mV.
    Cm : float, array or callable
        The capacitance, in µF/cm².
    p : float, array or callable
        The share of the soma in the area.
    A : float, array or callable
        The area, by which input currents are divided.
    Vs_initializer, Vd_initializer, Ca_initializer : Initializer, array or callable
        The first potentials of soma and dendrite, and the first calcium; gates start in their steady state.
    size, keep_size, noise, method, name, mode
        As for `LIF`.
    spike_fun : callable
        As for `HindmarshRose`.

    Attributes
    ----------
    Vs, Vd : Variable, shape (num,) or (batch, num)
        The potentials of soma and dendrite, in mV.
    Ca : Variable, of the shape of Vs
        The calcium, in arbitrary units.
    h, n, s, c, q : Variable, of the shape of Vs
        The gates.
    Is, Id : Variable, of the shape of Vs
        The input collected for this step: a current into the soma, and one into the dendrite, in µA/cm².
    spike : Variable, of the shape of Vs
        As for `LIF`.

    Notes
    -----
    ``update`` takes the shared arguments first, as those of BrainPy 2.4. A synapse gives its current to the soma with
    ``bp.synouts.CUBA(target_var='Is')``, and to the dendrite with ``'Id'``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.PinskyRinzelModel(1)
    >>> bp.share.save(t=0., dt=0.05)
    >>> neurons(0.75)
    Array(value=Array([False]), dtype=bool)
    >>> neurons.Is
    Variable(value=Array([0.75]), dtype=float32)
    """

    _passes_shared: ClassVar[bool] = True
    potential: ClassVar[str] = "Vs"

    Is: bm.Variable
    Id: bm.Variable
    Vs: bm.Variable
    Vd: bm.Variable
    Ca: bm.Variable

    def __init__(self, size: Size, keep_size: bool = False, gNa: Any = 30., gK: Any = 15., gCa: Any = 10., gAHP: Any = .8,
                 gC: Any = 15., gL: Any = .1, ENa: Any = 60., EK: Any = -75., ECa: Any = 80., EL: Any = -60.,
                 gc: Any = 2.1, V_th: Any = 20., Cm: Any = 3., p: Any = .5, A: Any = 1.,
                 Vs_initializer: Any = OneInit(-64.6), Vd_initializer: Any = OneInit(-64.5),
                 Ca_initializer: Any = OneInit(.2), noise: Any = None, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None, spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=False, method=method, spike_fun=spike_fun)
        self.gNa, self.gK, self.gCa, self.gAHP = self.parameters(gNa, gK, gCa, gAHP)
        self.gC, self.gL, self.gc, self.Cm = self.parameters(gC, gL, gc, Cm)
        self.ENa, self.EK, self.ECa, self.EL = self.parameters(ENa, EK, ECa, EL)
        self.V_th, self.p, self.A = self.parameters(V_th, p, A)
        self.add_states(Is=bm.zeros, Id=bm.zeros, Vs=Vs_initializer, Vd=Vd_initializer, Ca=Ca_initializer)
        self.add_states(h=lambda shape: steady(*h_rates(self.Vs)), n=lambda shape: steady(*n_rates(self.Vs)),
                        s=lambda shape: steady(*s_rates(self.Vd)), c=lambda shape: steady(*c_rates(self.Vd)),
                        q=lambda shape: steady(*q_rates(self.Ca)))

    def dVs(self, Vs: Any, t: Any, h: Any, n: Any, Vd: Any, Is: Any) -> Any:
        """The rate of change of the potential of the soma."""
        m = steady(*m_rates(Vs))
        sodium = self.gNa * m * m * h * (Vs - self.ENa)
        potassium = self.gK * n * (Vs - self.EK)
        inflow = (self.gc * (Vd - Vs) + Is / self.A) / self.p
        return (inflow - sodium - potassium - self.gL * (Vs - self.EL)) / self.Cm

    def dVd(self, Vd: Any, t: Any, s: Any, q: Any, c: Any, Ca: Any, Vs: Any, Id: Any) -> Any:
        """The rate of change of the potential of the dendrite."""
        potassium = (self.gAHP * q + self.gC * c * bm.minimum(Ca / 250., 1.)) * (Vd - self.EK)
        inflow = (self.gc * (Vs - Vd) + Id / self.A) / (1. - self.p)
        return (inflow - self.calcium_current(s, Vd) - potassium - self.gL * (Vd - self.EL)) / self.Cm

    def calcium_current(self, s: Any, Vd: Any) -> Any:
        """The current of calcium out of the dendrite."""
        return self.gCa * s * s * (Vd - self.ECa)

    def dCa(self, Ca: Any, t: Any, s: Any, Vd: Any) -> Any:
        """The rate of change of calcium."""
        return -0.13 * self.calcium_current(s, Vd) - 0.075 * Ca

    def dh(self, h: Any, t: Any, Vs: Any) -> Any:
        """The rate of change of the inactivation of sodium."""
        return gating(h, *h_rates(Vs))

    def dn(self, n: Any, t: Any, Vs: Any) -> Any:
        """The rate of change of the activation of potassium."""
        return gating(n, *n_rates(Vs))

    def ds(self, s: Any, t: Any, Vd: Any) -> Any:
        """The rate of change of the activation of calcium."""
        return gating(s, *s_rates(Vd))

    def dc(self, c: Any, t: Any, Vd: Any) -> Any:
        """The rate of change of the fast potassium current that calcium opens."""
        return gating(c, *c_rates(Vd))

    def dq(self, q: Any, t: Any, Ca: Any) -> Any:
        """The rate of change of the slow potassium current that calcium opens."""
        return gating(q, *q_rates(Ca))

    @property
    def derivative(self) -> JointEq:
        """All equations."""
        return JointEq(self.dVs, self.dVd, self.dCa, self.dh, self.dn, self.ds, self.dc, self.dq)

    def update(self, shared: Any, x: Any = None) -> Any:  # type: ignore[override]
        """Advance by one step of ``dt`` and return the spikes.

        Parameters
        ----------
        shared : dict
            The shared arguments; calling the group adds them.
        x : array, optional
            A current into the soma, on top of what is collected already.
        """
        share.save(**shared)
        return self.finish(self.solved(Is=collect(self, "Is", x), Id=self.Id))

    def clear_input(self) -> None:
        """Set both inputs to zero."""
        super().clear_input()
        clear_collected(self, "Is")
        clear_collected(self, "Id")


def m_rates(V: Any) -> tuple[Any, Any]:
    """The rates at which the activation of sodium grows and falls, in 1/ms."""
    return 1.28 * linoid((V + 46.9) / 4.), 1.4 * linoid(-(V + 19.9) / 5.)


def h_rates(V: Any) -> tuple[Any, Any]:
    """The rates at which the inactivation of sodium grows and falls, in 1/ms."""
    return 0.128 * bm.exp(-(V + 43.) / 18.), 4. / (1. + bm.exp(-(V + 20.) / 5.))


def n_rates(V: Any) -> tuple[Any, Any]:
    """The rates at which the activation of potassium grows and falls, in 1/ms."""
    return 0.08 * linoid((V + 24.9) / 5.), 0.25 * bm.exp(-(V + 40.) / 40.)


def s_rates(V: Any) -> tuple[Any, Any]:
    """The rates at which the activation of calcium grows and falls, in 1/ms."""
    return 1.6 / (1. + bm.exp(-0.072 * (V - 5.))), 0.1 * linoid(-(V + 8.9) / 5.)


def c_rates(V: Any) -> tuple[Any, Any]:
    """The rates at which the fast potassium current that calcium opens grows and falls, in 1/ms."""
    total = 2. * bm.exp(-(V + 53.5) / 27.)
    low = bm.minimum(V, -10.)  # keeps the other branch from overflowing
    alpha = bm.where(V <= -10., bm.exp((low + 50.) / 11. - (low + 53.5) / 27.) / 18.975, total)
    return alpha, total - alpha


def q_rates(Ca: Any) -> tuple[Any, Any]:
    """The rates at which the slow potassium current that calcium opens grows and falls, in 1/ms."""
    return bm.minimum(0.00002 * Ca, 0.01), 0.001
