"""Sodium channels: fast activation p and inactivation q."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import SodiumChannel
from nbbrain.dyn.channels.gating import RateGates, temperature_factor
from nbbrain.dyn.neurons.conductance import linoid
from nbbrain.sizes import Size

__all__ = ["INa_Ba2002", "INa_HH1952", "INa_TM1991"]


class INa_HH1952(RateGates, SodiumChannel):
    r"""The sodium current of the squid axon (Hodgkin & Huxley, 1952, J. Physiol. 117, 500-544).

    .. math::

        I &= g_{max} p^3 q (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi (\alpha_p (1 - p) - \beta_p p), \qquad \frac{dq}{dt} = \phi (\alpha_q (1 - q) - \beta_q q) \\
        \alpha_p &= \frac{0.1 (x - 5)}{1 - e^{-(x - 5) / 10}}, \qquad \beta_p = 4 e^{-(x + 20) / 18} \\
        \alpha_q &= 0.07 e^{-(x + 20) / 20}, \qquad \beta_q = \frac{1}{1 + e^{-(x - 10) / 10}}

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
        The temperature factor of the gates.
    V_sh : float, array or callable
        The shift of the rates along the potential, in mV; with -45 the cell rests at -65 mV.
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
    >>> INa = bp.channels.INa_HH1952(1)
    >>> INa.reset_state(-65.)
    >>> INa.p, INa.q
    (Variable(value=Array([0.05293...]), dtype=float32), Variable(value=Array([0.59612...]), dtype=float32))
    """

    powers: ClassVar[dict[str, int]] = {"p": 3, "q": 1}
    V_sh: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = 50., g_max: Any = 120., phi: Any = 1.,
                 V_sh: Any = -45., method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi=phi, V_sh=V_sh)

    def f_p_alpha(self, V: Any) -> Any:
        """The opening rate of the activation, per ms."""
        return linoid((V - self.V_sh - 5.) / 10.)

    def f_p_beta(self, V: Any) -> Any:
        """The closing rate of the activation, per ms."""
        return 4. * bm.exp(-(V - self.V_sh + 20.) / 18.)

    def f_q_alpha(self, V: Any) -> Any:
        """The opening rate of the inactivation, per ms."""
        return 0.07 * bm.exp(-(V - self.V_sh + 20.) / 20.)

    def f_q_beta(self, V: Any) -> Any:
        """The closing rate of the inactivation, per ms."""
        return bm.sigmoid((V - self.V_sh - 10.) / 10.)


class _Hippocampal(RateGates, SodiumChannel):
    """The rates of Traub and Miles, which Bazhenov et al. use, too."""

    powers: ClassVar[dict[str, int]] = {"p": 3, "q": 1}
    V_sh: Any

    def f_p_alpha(self, V: Any) -> Any:
        """The opening rate of the activation, per ms."""
        return 0.32 * 4. * linoid((V - self.V_sh - 13.) / 4.)

    def f_p_beta(self, V: Any) -> Any:
        """The closing rate of the activation, per ms."""
        return 0.28 * 5. * linoid(-(V - self.V_sh - 40.) / 5.)

    def f_q_alpha(self, V: Any) -> Any:
        """The opening rate of the inactivation, per ms."""
        return 0.128 * bm.exp(-(V - self.V_sh - 17.) / 18.)

    def f_q_beta(self, V: Any) -> Any:
        """The closing rate of the inactivation, per ms."""
        return 4. * bm.sigmoid((V - self.V_sh - 40.) / 5.)


class INa_TM1991(_Hippocampal):
    r"""The sodium current of hippocampal pyramidal cells (Traub & Miles, 1991, "Neuronal Networks of the Hippocampus").

    .. math::

        I &= g_{max} p^3 q (E - V), \qquad x = V - V_{sh} \\
        \frac{dp}{dt} &= \phi (\alpha_p (1 - p) - \beta_p p), \qquad \frac{dq}{dt} = \phi (\alpha_q (1 - q) - \beta_q q) \\
        \alpha_p &= \frac{0.32 (x - 13)}{1 - e^{-(x - 13) / 4}}, \qquad
        \beta_p = \frac{0.28 (x - 40)}{e^{(x - 40) / 5} - 1} \\
        \alpha_q &= 0.128 e^{-(x - 17) / 18}, \qquad \beta_q = \frac{4}{1 + e^{-(x - 40) / 5}}

    Parameters, attributes and exceptions are those of `INa_HH1952`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> INa = bp.channels.INa_TM1991(1)
    >>> INa.reset_state(-50.)  # here the formula of the opening rate is 0 / 0
    >>> INa.p
    Variable(value=Array([0.14423...]), dtype=float32)
    """

    def __init__(self, size: Size, keep_size: bool = False, E: Any = 50., g_max: Any = 120., phi: Any = 1.,
                 V_sh: Any = -63., method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi=phi, V_sh=V_sh)


class INa_Ba2002(_Hippocampal):
    r"""The sodium current of thalamic cells (Bazhenov et al., 2002, J. Neurosci. 22, 8691-8704).

    The equations are those of `INa_TM1991`, with :math:`\phi = 3^{(T - 36) / 10}`.

    Parameters
    ----------
    size, keep_size, E, g_max, V_sh, method, name, mode
        As for `INa_HH1952`.
    T : float, array or callable
        The temperature, in degrees Celsius.

    Attributes
    ----------
    p, q : Variable, shape (num,) or (batch, num)
        The activation and the inactivation.
    phi : float or Array
        The temperature factor of the gates.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.channels.INa_Ba2002(1, T=26.).phi
    0.3333333333333333
    """

    def __init__(self, size: Size, keep_size: bool = False, T: Any = 36., E: Any = 50., g_max: Any = 90., V_sh: Any = -50.,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, V_sh=V_sh)
        self.phi = temperature_factor(self, None, 3., T, 36.)
