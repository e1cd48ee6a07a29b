"""Channels that calcium opens, but other ions pass: after-hyperpolarization, and a cation current."""
from __future__ import annotations

from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import PotassiumChannel
from nbbrain.dyn.channels.calcium import CalciumChannel
from nbbrain.dyn.channels.gating import RateGates, RelaxingGates, bell
from nbbrain.sizes import Size

__all__ = ["IAHP_De1994", "ICaN_IS2008"]


class IAHP_De1994(RateGates, PotassiumChannel, CalciumChannel):
    r"""A potassium current that calcium activates (Destexhe et al., 1994, J. Neurophysiol. 72, 803-818).

    .. math:: I = g_{max} p^2 (E - V), \qquad \frac{dp}{dt} = \phi (\alpha C^n (1 - p) - \beta p)

    Parameters
    ----------
    size : int or sequence of int
        The size of the group of neurons.
    keep_size : bool
        Whether arrays keep all axes of ``size``.
    E : float, array or callable
        The reversal potential, in mV.
    n : float, array or callable
        How many ions bind to open a gate.
    g_max : float, array or callable
        The conductance when all gates are open, in mS/cm2.
    alpha : float, array or callable
        The rate of binding, per ms and mM to the power of n.
    beta : float, array or callable
        The rate of release, per ms.
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
    Gates are half open where alpha C**n is beta:

    >>> import nbbrain as bp
    >>> KCa = bp.channels.IAHP_De1994(1, n=1, alpha=48., beta=0.096)
    >>> KCa.reset_state(-60., 0.002, 120.)
    >>> print(f"{KCa.p[0]:.4f}")
    0.5000
    """

    powers: ClassVar[dict[str, int]] = {"p": 2}
    carries_calcium = False
    n: Any
    alpha: Any
    beta: Any

    def __init__(self, size: Size, keep_size: bool = False, E: Any = -95., n: Any = 2, g_max: Any = 10., alpha: Any = 48.,
                 beta: Any = 0.09, phi: Any = 1., method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, n=n, g_max=g_max, alpha=alpha, beta=beta, phi=phi)

    def seen_by_gates(self, V: Any, *ion: Any) -> tuple[Any, ...]:
        """What the rates of gates are functions of: the concentration of calcium."""
        return (ion[0],)

    def f_p_alpha(self, C: Any) -> Any:
        """The opening rate, per ms, for a concentration in mM."""
        return self.alpha * bm.power(C, self.n)

    def f_p_beta(self, C: Any) -> Any:
        """The closing rate, per ms."""
        return self.beta


class ICaN_IS2008(RelaxingGates, CalciumChannel):
    r"""A cation current that calcium activates (Destexhe et al., 1994; Inoue & Strowbridge, 2008).

    .. math::

        I &= g_{max} \frac{C}{0.2 + C} p (E - V), \qquad \frac{dp}{dt} = \phi \frac{p_\infty - p}{\tau_p} \\
        p_\infty &= \frac{1}{1 + e^{-(V + 43) / 5.2}}, \qquad
        \tau_p = \frac{2.7}{e^{-(V + 55) / 15} + e^{(V + 55) / 15}} + 1.6

    ("Transient activity induces a long-lasting increase in the excitability of olfactory bulb interneurons", J.
    Neurophysiol. 99, 187-199.)

    Parameters
    ----------
    size, keep_size, E, g_max, phi, method, name, mode
        As for `IAHP_De1994`.

    Attributes
    ----------
    p : Variable, shape (num,) or (batch, num)
        The activation by the membrane potential.

    Raises
    ------
    ValueError
        When a parameter has another shape than the group.

    Examples
    --------
    >>> import nbbrain as bp
    >>> ICaN = bp.channels.ICaN_IS2008(1)
    >>> ICaN.reset_state(-43.)
    >>> print(f"{ICaN.current(-10., 0.2, 120.)[0]:.4f}")
    5.0000
    """

    powers: ClassVar[dict[str, int]] = {"p": 1}
    carries_calcium = False

    def __init__(self, size: Size, keep_size: bool = False, E: Any = 10., g_max: Any = 1., phi: Any = 1.,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, method, name, mode, E=E, g_max=g_max, phi=phi)

    def conductance(self, *ion: Any) -> Any:
        """The conductance at the present state of the gate and a concentration of calcium, in mS/cm2."""
        C = ion[0]
        return super().conductance(*ion) * (C / (0.2 + C))

    def f_p_inf(self, V: Any) -> Any:
        """The steady state of the activation."""
        return bm.sigmoid((V + 43.) / 5.2)

    def f_p_tau(self, V: Any) -> Any:
        """The time constant of the activation, in ms."""
        x = (V + 55.) / 15.
        return 2.7 * bell(-x, x) + 1.6
