"""Channels that carry calcium: low-threshold (T), high-threshold (HT) and long-lasting (L) currents."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.calcium import CalciumChannel
from nbbrain.dyn.channels.gating import RelaxingGates, bell, temperature_factor
from nbbrain.sizes import Size

__all__ = ["ICaHT_HM1992", "ICaL_IS2008", "ICaT_HM1992", "ICaT_HP1992"]


class _CalciumCurrent(RelaxingGates, CalciumChannel):
    """A current of calcium with activation p and inactivation q; rates were measured at 24 degrees Celsius."""

    powers: ClassVar[dict[str, int]] = {"p": 2, "q": 1}
    V_sh: Any

    def __init__(self, size: Size, keep_size: bool, T: Any, T_base_p: Any, T_base_q: Any, g_max: Any, V_sh: Any, phi_p: Any,
                 phi_q: Any, method: str, name: str | None, mode: bm.Mode | None) -> None:
        super().__init__(size, keep_size, method, name, mode, g_max=g_max, V_sh=V_sh)
        self.phi_p = temperature_factor(self, phi_p, T_base_p, T, 24.)
        self.phi_q = temperature_factor(self, phi_q, T_base_q, T, 24.)

    def reversal_potential(self, *ion: Any) -> Any:
        """That of calcium, in mV."""
        return ion[1]


class _Relay(_CalciumCurrent):
    """Steady states and time constants of relay cells."""

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh + 59.) / 6.2)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = V - self.V_sh
        return bell(-(x + 132.) / 16.7, (x + 16.8) / 18.2) + 0.612

    def f_q_inf(self, V: Any) -> Any:
        """The steady state of the inactivation."""
        return bm.sigmoid(-(V - self.V_sh + 83.) / 4.)

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        x = V - self.V_sh
        return bm.where(x < -80., bm.exp((x + 467.) / 66.6), bm.exp(-(x + 22.) / 10.5) + 28.)


class ICaT_HM1992(_Relay):
    r"""The low-threshold calcium current of relay cells (Huguenard & McCormick, 1992, J. Neurophysiol. 68, 1373-1383).

    .. math::

        I &= g_{max} p^2 q (E_{Ca} - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad \frac{dq}{dt} = \phi_q \frac{q_\infty - q}{\tau_q} \\
        p_\infty &= \frac{1}{1 + e^{-(x + 59) / 6.2}}, \qquad
        \tau_p = \frac{1}{e^{-(x + 132) / 16.7} + e^{(x + 16.8) / 18.2}} + 0.612 \\
        q_\infty &= \frac{1}{1 + e^{(x + 83) / 4}}, \qquad
        \tau_q = \begin{cases} e^{(x + 467) / 66.6} & x < -80 \\ e^{-(x + 22) / 10.5} + 28 & x \ge -80 \end{cases}

    Without values of their own, the temperature factors are :math:`\phi_p = T_{base,p}^{(T - 24) / 10}` and
    :math:`\phi_q = T_{base,q}^{(T - 24) / 10}`.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    T : float, array or callable
        The temperature, in degrees Celsius.
    T_base_p, T_base_q : float, array or callable
        How much faster 10 degrees make the gates.
    g_max : float, array or callable
        The conductance when all gates are open, in mS/cm2.
    V_sh : float, array or callable
        The shift of steady states and time constants along the potential, in mV.
    phi_p, phi_q : float, array or callable, optional
        The temperature factors of the gates, instead of those by T.
    method : str
        The integration method of the gates, one of ``bp.ode.get_supported_methods()``.
    name, mode
        As for `Channel`.

    Attributes
    ----------
    p, q : Variable, shape (num,) or (batch, num)
        The activation and the inactivation.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IT = bp.channels.ICaT_HM1992(1)
    >>> IT.reset_state(-62.)
    >>> IT.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., T_base_p: Any = 3.55, T_base_q: Any = 3.,
                 g_max: Any = 2., V_sh: Any = -3., phi_p: Any = None, phi_q: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, phi_p, phi_q, method, name, mode)


class ICaHT_HM1992(_Relay):
    r"""A high-threshold calcium current of relay cells (Huguenard & McCormick, 1992, J. Neurophysiol. 68, 1373-1383).

    The equations are those of `ICaT_HM1992`, shifted by 25 mV.

    Parameters
    ----------
    size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, method, name, mode
        As for `ICaT_HM1992`.

    Attributes
    ----------
    p, q : Variable, shape (num,) or (batch, num)
        The activation and the inactivation.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IHT = bp.channels.ICaHT_HM1992(1)
    >>> IHT.reset_state(-34.)
    >>> IHT.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., T_base_p: Any = 3.55, T_base_q: Any = 3.,
                 g_max: Any = 2., V_sh: Any = 25., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, None, None, method, name, mode)


class ICaT_HP1992(_CalciumCurrent):
    r"""The low-threshold calcium current of reticular cells (Huguenard & Prince, 1992, J. Neurosci. 12, 3804-3817).

    .. math::

        I &= g_{max} p^2 q (E_{Ca} - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad \frac{dq}{dt} = \phi_q \frac{q_\infty - q}{\tau_q} \\
        p_\infty &= \frac{1}{1 + e^{-(x + 52) / 7.4}}, \qquad
        \tau_p = 3 + \frac{1}{e^{(x + 27) / 10} + e^{-(x + 102) / 15}} \\
        q_\infty &= \frac{1}{1 + e^{(x + 80) / 5}}, \qquad
        \tau_q = 85 + \frac{1}{e^{(x + 48) / 4} + e^{-(x + 407) / 50}}

    Parameters, attributes and exceptions are those of `ICaT_HM1992`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IT = bp.channels.ICaT_HP1992(1)
    >>> IT.reset_state(-55.)
    >>> IT.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., T_base_p: Any = 5., T_base_q: Any = 3.,
                 g_max: Any = 1.75, V_sh: Any = -3., phi_p: Any = None, phi_q: Any = None, method: str = "exp_auto",
                 name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, phi_p, phi_q, method, name, mode)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh + 52.) / 7.4)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = V - self.V_sh
        return bell((x + 27.) / 10., -(x + 102.) / 15.) + 3.

    def f_q_inf(self, V: Any) -> Any:
        """The steady state of the inactivation."""
        return bm.sigmoid(-(V - self.V_sh + 80.) / 5.)

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        x = V - self.V_sh
        return bell((x + 48.) / 4., -(x + 407.) / 50.) + 85.


class ICaL_IS2008(_CalciumCurrent):
    r"""The long-lasting calcium current of granule cells (Inoue & Strowbridge, 2008, J. Neurophysiol. 99, 187-199).

    .. math::

        I &= g_{max} p^2 q (E_{Ca} - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad \frac{dq}{dt} = \phi_q \frac{q_\infty - q}{\tau_q} \\
        p_\infty &= \frac{1}{1 + e^{-(x + 10) / 4}}, \qquad
        \tau_p = 0.4 + \frac{0.7}{e^{(x + 5) / 15} + e^{-(x + 5) / 15}} \\
        q_\infty &= \frac{1}{1 + e^{(x + 25) / 2}}, \qquad
        \tau_q = 300 + \frac{100}{e^{(x + 40) / 9.5} + e^{-(x + 40) / 9.5}}

    The temperature factors are :math:`\phi_p = T_{base,p}^{(T - 24) / 10}` and :math:`\phi_q = T_{base,q}^{(T - 24) / 10}`.

    Parameters
    ----------
    size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, method, name, mode
        As for `ICaT_HM1992`.

    Attributes
    ----------
    p, q : Variable, shape (num,) or (batch, num)
        The activation and the inactivation.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IL = bp.channels.ICaL_IS2008(1)
    >>> IL.reset_state(-10.)
    >>> IL.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., T_base_p: Any = 3.55, T_base_q: Any = 3.,
                 g_max: Any = 1., V_sh: Any = 0., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, T, T_base_p, T_base_q, g_max, V_sh, None, None, method, name, mode)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh + 10.) / 4.)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = (V - self.V_sh + 5.) / 15.
        return 0.7 * bell(x, -x) + 0.4

    def f_q_inf(self, V: Any) -> Any:
        """The steady state of the inactivation."""
        return bm.sigmoid(-(V - self.V_sh + 25.) / 2.)

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        x = (V - self.V_sh + 40.) / 9.5
        return 100. * bell(x, -x) + 300.
