"""The Wang-Buzsaki neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.conductance import gating, linoid, steady
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.initialize import OneInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["WangBuzsakiModel"]


class WangBuzsakiModel(SpikingGroup):
    r"""Fast-spiking interneurons (Wang & Buzsáki, 1996, J. Neurosci. 16: 6402-6413).

    .. math::

        C \frac{dV}{dt} &= -g_{Na} m_\infty^3 h (V - E_{Na}) - g_K n^4 (V - E_K) - g_L (V - E_L) + I(t)

        \frac{dx}{dt} &= \phi [\alpha_x(V) (1 - x) - \beta_x(V) x], \qquad x \in \{h, n\}

    where sodium activates at once, :math:`m_\infty = \alpha_m / (\alpha_m + \beta_m)`, and

    .. math::

        \alpha_m &= \frac{0.1 (V + 35)}{1 - e^{-(V + 35) / 10}}, & \beta_m &= 4 e^{-(V + 60) / 18}

        \alpha_h &= 0.07 e^{-(V + 58) / 20}, & \beta_h &= \frac{1}{1 + e^{-(V + 28) / 10}}

        \alpha_n &= \frac{0.01 (V + 34)}{1 - e^{-(V + 34) / 10}}, & \beta_n &= 0.125 e^{-(V + 44) / 80}

    A neuron fires where V passes ``V_th`` from below.

    Parameters
    ----------
    ENa, EK, EL : float, array or callable
        The reversal potentials of sodium, potassium and the leak, in mV.
    gNa, gK, gL : float, array or callable
        Their largest conductances, in mS/cm².
    V_th : float, array or callable
        The threshold that counts as a spike, in mV.
    phi : float, array or callable
        How fast the gates are.
    C : float, array or callable
        The capacitance, in µF/cm².
    V_initializer, h_initializer, n_initializer : Initializer, array or callable
        The first potential and gates.
    size, keep_size, noise, method, input_var, name, mode
        As for `LIF`; the input is a current, in µA/cm².
    spike_fun : callable
        As for `HindmarshRose`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    h, n : Variable, of the shape of V
        The inactivation of sodium, and the activation of potassium.

    Notes
    -----
    Rates are continuous at V = -35 and V = -34 mV.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.WangBuzsakiModel(1)
    >>> count = 0
    >>> for i in range(1000):
    ...     bp.share.save(t=i * 0.05, dt=0.05)
    ...     count += int(neurons(2.)[0])
    ...     neurons.clear_input()
    >>> count
    4
    """

    def __init__(self, size: Size, keep_size: bool = False, ENa: Any = 55., gNa: Any = 35., EK: Any = -90., gK: Any = 9.,
                 EL: Any = -65, gL: Any = .1, V_th: Any = 20., phi: Any = 5., C: Any = 1.,
                 V_initializer: Any = OneInit(-65.), h_initializer: Any = OneInit(.6), n_initializer: Any = OneInit(.32),
                 noise: Any = None, method: str = "exp_auto", input_var: bool = True, name: str | None = None,
                 mode: bm.Mode | None = None, spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        self.ENa, self.gNa, self.EK, self.gK = self.parameters(ENa, gNa, EK, gK)
        self.EL, self.gL, self.V_th, self.phi, self.C = self.parameters(EL, gL, V_th, phi, C)
        self.add_states(V=V_initializer, h=h_initializer, n=n_initializer)

    def m_inf(self, V: Any) -> Any:
        """The activation of sodium."""
        return steady(linoid((V + 35.) / 10.), 4. * bm.exp(-(V + 60.) / 18.))

    def dh(self, h: Any, t: Any, V: Any) -> Any:
        """The rate of change of h."""
        return self.phi * gating(h, 0.07 * bm.exp(-(V + 58.) / 20.), 1. / (1. + bm.exp(-(V + 28.) / 10.)))

    def dn(self, n: Any, t: Any, V: Any) -> Any:
        """The rate of change of n."""
        return self.phi * gating(n, 0.1 * linoid((V + 34.) / 10.), 0.125 * bm.exp(-(V + 44.) / 80.))

    def dV(self, V: Any, t: Any, h: Any, n: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        m = self.m_inf(V)
        sodium = self.gNa * m * m * m * h * (V - self.ENa)
        potassium = self.gK * n * n * n * n * (V - self.EK)
        return (I - sodium - potassium - self.gL * (V - self.EL)) / self.C

    @property
    def derivative(self) -> JointEq:
        """All equations."""
        return JointEq(self.dV, self.dh, self.dn)
