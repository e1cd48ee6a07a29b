"""Inactivating potassium channels of thalamic relay cells (Huguenard & McCormick, 1992)."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import PotassiumChannel
from nbbrain.dyn.channels.gating import RelaxingGates, bell
from nbbrain.sizes import Size

__all__ = ["IKA1_HM1992", "IKA2_HM1992", "IKK2A_HM1992", "IKK2B_HM1992"]


class _FastA(RelaxingGates, PotassiumChannel):
    """What both components of the A current share: all but the half-activation and where inactivation slows down."""

    powers: ClassVar[dict[str, int]] = {"p": 4, "q": 1}
    half: ClassVar[float]
    slope: ClassVar[float]
    slow_from: ClassVar[float]
    tau_slow: ClassVar[float]
    V_sh: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 30., V_sh: Any = 0.,
                 phi_p: Any = 1., phi_q: Any = 1., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, V_sh=V_sh, phi_p=phi_p, phi_q=phi_q)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh - self.half) / self.slope)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = V - self.V_sh
        return bell((x + 35.8) / 19.7, -(x + 79.7) / 12.7) + 0.37

    def f_q_inf(self, V: Any) -> Any:
        """The steady state of the inactivation."""
        return bm.sigmoid(-(V - self.V_sh + 78.) / 6.)

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        x = V - self.V_sh
        return bm.where(x < self.slow_from, bell((x + 46.) / 5., -(x + 238.) / 37.5), self.tau_slow)


class IKA1_HM1992(_FastA):
    r"""The first component of the transient A current of relay cells (Huguenard & McCormick, 1992).

    .. math::

        I &= g_{max} p^4 q (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad \frac{dq}{dt} = \phi_q \frac{q_\infty - q}{\tau_q} \\
        p_\infty &= \frac{1}{1 + e^{-(x + 60) / 8.5}}, \qquad
        \tau_p = \frac{1}{e^{(x + 35.8) / 19.7} + e^{-(x + 79.7) / 12.7}} + 0.37 \\
        q_\infty &= \frac{1}{1 + e^{(x + 78) / 6}}, \qquad
        \tau_q = \begin{cases} \dfrac{1}{e^{(x + 46) / 5} + e^{-(x + 238) / 37.5}} & x < -63 \\ 19 & x \ge -63 \end{cases}

    ("Simulation of the currents involved in rhythmic oscillations in thalamic relay neurons", J. Neurophysiol. 68,
    1373-1383.)

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
    V_sh : float, array or callable
        The shift of steady states and time constants along the potential, in mV.
    phi_p, phi_q : float, array or callable
        The temperature factors of the gates.
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
    >>> IA = bp.channels.IKA1_HM1992(1)
    >>> IA.reset_state(-60.)
    >>> IA.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    half, slope, slow_from, tau_slow = -60., 8.5, -63., 19.


class IKA2_HM1992(_FastA):
    r"""The second component of the transient A current of relay cells (Huguenard & McCormick, 1992).

    The equations are those of `IKA1_HM1992`, but for

    .. math::

        p_\infty = \frac{1}{1 + e^{-(x + 36) / 20}}, \qquad
        \tau_q = \begin{cases} \dfrac{1}{e^{(x + 46) / 5} + e^{-(x + 238) / 37.5}} & x < -73 \\ 60 & x \ge -73 \end{cases}

    Parameters, attributes and exceptions are those of `IKA1_HM1992`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IA = bp.channels.IKA2_HM1992(1)
    >>> IA.reset_state(-36.)
    >>> IA.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    half, slope, slow_from, tau_slow = -36., 20., -73., 60.

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 20., V_sh: Any = 0.,
                 phi_p: Any = 1., phi_q: Any = 1., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, E, g_max, V_sh, phi_p, phi_q, method, name, mode)


class IKK2A_HM1992(RelaxingGates, PotassiumChannel):
    r"""The first component of the slowly inactivating current K2 of relay cells (Huguenard & McCormick, 1992).

    .. math::

        I &= g_{max} p q (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi_p \frac{p_\infty - p}{\tau_p}, \qquad \frac{dq}{dt} = \phi_q \frac{q_\infty - q}{\tau_q} \\
        p_\infty &= \frac{1}{1 + e^{-(x + 43) / 17}}, \qquad
        \tau_p = \frac{1}{e^{(x - 81) / 25.6} + e^{-(x + 132) / 18}} + 9.9 \\
        q_\infty &= \frac{1}{1 + e^{(x + 58) / 10.6}}, \qquad
        \tau_q = \frac{1}{e^{(x - 1329) / 200} + e^{-(x + 130) / 7.1}} + 120

    Parameters, attributes and exceptions are those of `IKA1_HM1992`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> IK2 = bp.channels.IKK2A_HM1992(1)
    >>> IK2.reset_state(-43.)
    >>> IK2.p
    Variable(value=Array([0.5]), dtype=float32)
    """

    powers: ClassVar[dict[str, int]] = {"p": 1, "q": 1}
    V_sh: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -90., g_max: Any = 10., V_sh: Any = 0.,
                 phi_p: Any = 1., phi_q: Any = 1., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, V_sh=V_sh, phi_p=phi_p, phi_q=phi_q)

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V - self.V_sh + 43.) / 17.)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = V - self.V_sh
        return bell((x - 81.) / 25.6, -(x + 132.) / 18.) + 9.9

    def f_q_inf(self, V: Any) -> Any:
        """The steady state of the inactivation."""
        return bm.sigmoid(-(V - self.V_sh + 58.) / 10.6)

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        x = V - self.V_sh
        return bell((x - 1329.) / 200., -(x + 130.) / 7.1) + 120.


class IKK2B_HM1992(IKK2A_HM1992):
    r"""The second component of the slowly inactivating current K2 of relay cells (Huguenard & McCormick, 1992).

    The equations are those of `IKK2A_HM1992`, but inactivation takes 8.9 s from -70 mV on:

    .. math::

        \tau_q = \begin{cases} \dfrac{1}{e^{(x - 1329) / 200} + e^{-(x + 130) / 7.1}} + 120 & x < -70 \\
        8900 & x \ge -70 \end{cases}

    Parameters, attributes and exceptions are those of `IKA1_HM1992`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> float(bp.channels.IKK2B_HM1992(1).f_q_tau(-50.))
    8900.0
    """

    def f_q_tau(self, V: Any) -> Any:
        """The time constant of the inactivation, in ms."""
        return bm.where(V - self.V_sh < -70., super().f_q_tau(V), 8900.)
