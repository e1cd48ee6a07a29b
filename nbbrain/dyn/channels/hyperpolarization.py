"""Cation channels that hyperpolarization opens."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import IonChannel
from nbbrain.dyn.channels.calcium import CalciumChannel
from nbbrain.dyn.channels.gating import RelaxingGates, bell, fill_state, temperature_factor
from nbbrain.dyn.states import set_state
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import parameter, variable_
from nbbrain.integrators import JointEq, odeint
from nbbrain.sizes import Size

__all__ = ["IhChannel", "Ih_De1996", "Ih_HM1992"]


class IhChannel(IonChannel):
    """A `Channel` that hyperpolarization opens. Parameters and attributes are those of `Channel`."""


class Ih_HM1992(RelaxingGates, IhChannel):
    r"""The hyperpolarization-activated current of relay cells (Huguenard & McCormick, 1992, J. Neurophysiol. 68, 1373-1383).

    .. math::

        I &= g_{max} p (E - V), \qquad \frac{dp}{dt} = \phi \frac{p_\infty - p}{\tau_p} \\
        p_\infty &= \frac{1}{1 + e^{(V + 75) / 5.5}}, \qquad
        \tau_p = \frac{1}{e^{-0.086 V - 14.59} + e^{0.0701 V - 1.87}}

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    g_max : float, array or callable
        The conductance when all gates are open, in mS/cm2.
    E : float, array or callable
        The reversal potential, in mV; in the paper it is -43 mV.
    phi : float, array or callable
        The temperature factor of the gate.
    method : str
        The integration method of the gate, one of ``bp.ode.get_supported_methods()``.
    name, mode
        As for `Channel`.

    Attributes
    ----------
    p : Variable, shape (num,) or (batch, num)
        The activation.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> Ih = bp.channels.Ih_HM1992(1, E=-43.)
    >>> Ih.reset_state(-75.)
    >>> Ih.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    powers: ClassVar[dict[str, int]] = {"p": 1}

    def __init__(self, size: Size, keep_size: bool = False, g_max: Any = 10., E: Any = 43., phi: Any = 1.,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, g_max=g_max, E=E, phi=phi)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid(-(V + 75.) / 5.5)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        return bell(-0.086 * V - 14.59, 0.0701 * V - 1.87)


class Ih_De1996(IhChannel, CalciumChannel):
    r"""The hyperpolarization-activated current that calcium up-regulates (Destexhe et al., 1996).

    ("Ionic mechanisms underlying synchronized oscillations and propagating waves in a model of ferret thalamic slices", J.
    Neurophysiol. 76, 2049-2070.) A channel is closed, open (O), or open and locked (OL) by a protein that has bound calcium
    (P1):

    .. math::

        I &= g_{max} (O + g_{inc} O_L) (E - V) \\
        \frac{dO}{dt} &= \alpha (1 - O - O_L) - \beta O - k_3 P_1 O + k_4 O_L \\
        \frac{dO_L}{dt} &= k_3 P_1 O - k_4 O_L, \qquad \frac{dP_1}{dt} = k_1 C^4 (1 - P_1) - k_2 P_1 \\
        \alpha &= O_\infty / \tau, \qquad \beta = (1 - O_\infty) / \tau, \qquad x = V - V_{sh} \\
        O_\infty &= \frac{1}{1 + e^{(x + 75) / 5.5}}, \qquad
        \tau = \frac{1}{\phi} \left(20 + \frac{1000}{e^{(x + 71.5) / 14.2} + e^{-(x + 89) / 11.6}}\right)

    with :math:`k_1 = k_2 / C_{half}^4`, :math:`k_3 = k_4 / 0.01`, and :math:`\phi = T_{base}^{(T - 36) / 10}`.

    Parameters
    ----------
    size, keep_size, g_max, method, name, mode
        As for `Ih_HM1992`.
    E : float, array or callable
        The reversal potential, in mV.
    k2, k4 : float, array or callable
        The rates at which the protein loses calcium, and leaves the channel, per ms.
    V_sh : float, array or callable
        The shift of steady state and time constant along the potential, in mV.
    g_inc : float, array or callable
        How much more current a locked channel lets through.
    Ca_half : float, array or callable
        The concentration of calcium at which half of the protein has bound it, in mM.
    T : float, array or callable
        The temperature, in degrees Celsius.
    T_base : float, array or callable
        How much faster 10 degrees make the gate.
    phi : float, array or callable, optional
        The temperature factor, instead of that by T.

    Attributes
    ----------
    O, OL, P1 : Variable, shape (num,) or (batch, num)
        The shares of open channels, of locked channels, and of the protein that has bound calcium.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> Ih = bp.channels.Ih_De1996(1)
    >>> Ih.reset_state(-75., 0.002, 120.)
    >>> print(f"{Ih.P1[0]:.4f} {Ih.OL[0] / Ih.O[0]:.4f}")
    0.5000 50.0000
    """

    carries_calcium = False

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -40., k2: Any = 4e-4, k4: Any = 1e-3, V_sh: Any = 0.,
                 g_max: Any = 0.02, g_inc: Any = 2., Ca_half: Any = 2e-3, T: Any = 36., T_base: Any = 3., phi: Any = None,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, name=name, keep_size=keep_size, mode=mode)
        self.E, self.k2, self.k4, self.V_sh, self.g_max, self.g_inc, self.Ca_half = [
            parameter(value, self.varshape, allow_none=False) for value in (E, k2, k4, V_sh, g_max, g_inc, Ca_half)]
        self.phi = temperature_factor(self, phi, T_base, T, 36.)
        self.k1 = self.k2 / self.Ca_half**4
        self.k3 = self.k4 / 0.01
        self.O, self.OL, self.P1 = [variable_(bm.zeros, self.varshape, self.mode) for _ in range(3)]
        self.integral = odeint(JointEq(self.dO, self.dOL, self.dP1), method=method)

    def dO(self, O: Any, t: Any, OL: Any, P1: Any, V: Any) -> Any:
        """The rate of change of the share of open channels, per ms."""
        opened, tau = self.f_inf(V), self.f_tau(V)
        return (opened * (1. - O - OL) - (1. - opened) * O) / tau - self.dOL(OL, t, O, P1)

    def dOL(self, OL: Any, t: Any, O: Any, P1: Any) -> Any:
        """The rate of change of the share of locked channels, per ms."""
        return self.k3 * P1 * O - self.k4 * OL

    def dP1(self, P1: Any, t: Any, C_Ca: Any) -> Any:
        """The rate of change of the share of the protein that has bound calcium, per ms."""
        return self._binding(C_Ca) * (1. - P1) - self.k2 * P1

    def _binding(self, C_Ca: Any) -> Any:
        """The rate at which the protein binds four ions of calcium, per ms."""
        squared = C_Ca * C_Ca
        return self.k1 * squared * squared

    def f_inf(self, V: Any) -> Any:
        """The share of channels that are open in the end, without locked ones."""
        return bm.sigmoid(-(V - self.V_sh + 75.) / 5.5)

    def f_tau(self, V: Any) -> Any:
        """The time constant of opening and closing, in ms."""
        x = V - self.V_sh
        return (20. + 1000. * bell((x + 71.5) / 14.2, -(x + 89.) / 11.6)) / self.phi

    def current(self, V: Any, *ion: Any) -> Any:
        """The current density into the cell, in uA/cm2, for a membrane potential in mV."""
        return self.g_max * (self.O + self.g_inc * self.OL) * (self.E - V)

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Advance the shares by one step of ``dt``."""
        new = self.integral(self.O, self.OL, self.P1, shared["t"], V, ion[0], shared["dt"])
        for state, value in zip((self.O, self.OL, self.P1), new, strict=True):
            set_state(self, state, value)

    def reset_state(self, V: Any, *ion: Any, batch_size: int | None = None) -> None:
        """Put the shares into their steady states at a membrane potential and a concentration of calcium.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            The concentration (mM) and the reversal potential (mV) of calcium.
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        binding = self._binding(ion[0])
        P1 = binding / (binding + self.k2)
        opened, locked = self.f_inf(V), self.k3 * P1 / self.k4
        O = opened / (1. + opened * locked)
        for state, value in ((self.O, O), (self.OL, locked * O), (self.P1, P1)):
            fill_state(self, state, value, batch_size)
