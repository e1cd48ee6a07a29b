"""Potassium channels of squid axons, hippocampal and thalamic cells, without inactivation."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import PotassiumChannel
from nbbrain.dyn.channels.gating import RateGates, RelaxingGates, temperature_factor
from nbbrain.dyn.neurons.conductance import linoid
from nbbrain.sizes import Size

__all__ = ["IK_HH1952", "IK_TM1991", "IKDR_Ba2002", "IKNI_Ya1989"]


class IK_HH1952(RateGates, PotassiumChannel):
    r"""The potassium current of the squid axon (Hodgkin & Huxley, 1952, J. Physiol. 117, 500-544).

    .. math::

        I &= g_{max} p^4 (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi (\alpha_p (1 - p) - \beta_p p) \\
        \alpha_p &= \frac{0.01 (x + 10)}{1 - e^{-(x + 10) / 10}}, \qquad \beta_p = 0.125 e^{-(x + 20) / 80}

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    E : float, array or callable
        The reversal potential, in mV.
    g_max : float, array or callable
        The conductance when all gates are open, in mS/cm2.
    phi : float, array or callable
        The temperature factor of the gate.
    V_sh : float, array or callable
        The shift of the rates along the potential, in mV; with -45 the cell rests at -65 mV.
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
    >>> IK = bp.channels.IK_HH1952(1)
    >>> IK.reset_state(-65.)
    >>> IK.p
    Variable(value=Array([0.31767...]), dtype=float32)
    """

    powers: ClassVar[dict[str, int]] = {"p": 4}
    V_sh: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 10., phi: Any = 1.,
                 V_sh: Any = -45., method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi=phi, V_sh=V_sh)

    def f_p_alpha(self, V: Any) -> Any:
        """The opening rate, per ms."""
        return 0.1 * linoid((V - self.V_sh + 10.) / 10.)

    def f_p_beta(self, V: Any) -> Any:
        """The closing rate, per ms."""
        return 0.125 * bm.exp(-(V - self.V_sh + 20.) / 80.)


class _Hippocampal(RateGates, PotassiumChannel):
    """The rates of Traub and Miles, which Bazhenov et al. use, too."""

    powers: ClassVar[dict[str, int]] = {"p": 4}
    V_sh: Any

    def f_p_alpha(self, V: Any) -> Any:
        """The opening rate, per ms."""
        return 0.032 * 5. * linoid((V - self.V_sh - 15.) / 5.)

    def f_p_beta(self, V: Any) -> Any:
        """The closing rate, per ms."""
        return 0.5 * bm.exp(-(V - self.V_sh - 10.) / 40.)


class IK_TM1991(_Hippocampal):
    r"""The delayed rectifier of hippocampal pyramidal cells (Traub & Miles, 1991, "Neuronal Networks of the Hippocampus").

    .. math::

        I &= g_{max} p^4 (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi (\alpha_p (1 - p) - \beta_p p) \\
        \alpha_p &= \frac{0.032 (x - 15)}{1 - e^{-(x - 15) / 5}}, \qquad \beta_p = 0.5 e^{-(x - 10) / 40}

    Parameters, attributes and exceptions are those of `IK_HH1952`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IK = bp.channels.IK_TM1991(1)
    >>> IK.reset_state(-45.)  # here the formula of the opening rate is 0 / 0
    >>> IK.p
    Variable(value=Array([0.26611...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 10., phi: Any = 1.,
                 V_sh: Any = -60., method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi=phi, V_sh=V_sh)


class IKDR_Ba2002(_Hippocampal):
    r"""The delayed rectifier of thalamic cells (Bazhenov et al., 2002, J. Neurosci. 22, 8691-8704).

    The equations are those of `IK_TM1991`, with :math:`\phi = T_{base}^{(T - 36) / 10}`.

    Parameters
    ----------
    size, keep_size, E, g_max, V_sh, method, name, mode
        As for `IK_HH1952`.
    T_base : float, array or callable
        How much faster 10 degrees make the gate.
    T : float, array or callable
        The temperature, in degrees Celsius.
    phi : float, array or callable, optional
        The temperature factor of the gate, instead of that by T.

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
    >>> bp.channels.IKDR_Ba2002(1, T=26., T_base=2.).phi
    0.5
    """

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 10., V_sh: Any = -50.,
                 T_base: Any = 3., T: Any = 36., phi: Any = None, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, V_sh=V_sh)
        self.phi = temperature_factor(self, phi, T_base, T, 36.)


class IKNI_Ya1989(RelaxingGates, PotassiumChannel):
    r"""A slow potassium current without inactivation, which adapts the firing rate (Yamada, Koch & Adams, 1989).

    .. math::

        I &= g_{max} p (E - V), \qquad x = V - V_{sh} + 35 \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad
        p_\infty = \frac{1}{1 + e^{-x / 10}}, \qquad \tau_p = \frac{\tau_{max}}{3.3 e^{x / 20} + e^{-x / 20}}

    ("Multiple channels and calcium dynamics", in Koch & Segev, "Methods in Neuronal Modeling".)

    Parameters
    ----------
    size, keep_size, E, g_max, V_sh, method, name, mode
        As for `IK_HH1952`.
    phi_p : float, array or callable
        The temperature factor of the gate.
    phi_q : float, array or callable
        Not used: there is no inactivation.
    tau_max : float, array or callable
        The scale of the time constant, in ms.

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
    >>> IM = bp.channels.IKNI_Ya1989(1)
    >>> IM.reset_state(-35.)
    >>> IM.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    powers: ClassVar[dict[str, int]] = {"p": 1}
    V_sh: Any
    tau_max: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 0.004, phi_p: Any = 1.,
                 phi_q: Any = 1., tau_max: Any = 4e3, V_sh: Any = 0., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi_p=phi_p, phi_q=phi_q,
                         tau_max=tau_max, V_sh=V_sh)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh + 35.) / 10.)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = (V - self.V_sh + 35.) / 20.
        return self.tau_max / (3.3 * bm.exp(x) + bm.exp(-x))
