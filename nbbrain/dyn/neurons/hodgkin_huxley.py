"""The Hodgkin-Huxley neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.conductance import gating, linoid, steady
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.initialize import Uniform
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["HH"]


class HH(SpikingGroup):
    r"""Neurons like the squid's giant axon (Hodgkin & Huxley, 1952, J. Physiol. 117: 500-544).

    .. math::

        C \frac{dV}{dt} &= -g_{Na} m^3 h (V - E_{Na}) - g_K n^4 (V - E_K) - g_L (V - E_L) + I(t)

        \frac{dx}{dt} &= \alpha_x(V) (1 - x) - \beta_x(V) x, \qquad x \in \{m, h, n\}

    .. math::

        \alpha_m &= \frac{0.1 (V + 40)}{1 - e^{-(V + 40) / 10}}, & \beta_m &= 4 e^{-(V + 65) / 18}

        \alpha_h &= 0.07 e^{-(V + 65) / 20}, & \beta_h &= \frac{1}{1 + e^{-(V + 35) / 10}}

        \alpha_n &= \frac{0.01 (V + 55)}{1 - e^{-(V + 55) / 10}}, & \beta_n &= 0.125 e^{-(V + 65) / 80}

    A neuron fires where V passes ``V_th`` from below.

    Parameters
    ----------
    ENa, EK, EL : float, array or callable
        The reversal potentials of sodium, potassium and the leak, in mV.
    gNa, gK, gL : float, array or callable
        Their largest conductances, in mS/cm².
    V_th : float, array or callable
        The threshold that counts as a spike, in mV.
    C : float, array or callable
        The capacitance, in µF/cm².
    V_initializer : Initializer, array or callable
        The first potential.
    m_initializer, h_initializer, n_initializer : Initializer, array or callable, optional
        The first gates; their steady state at the first potential by default.
    size, keep_size, noise, method, name, input_var, mode
        As for `LIF`; the input is a current, in µA/cm².
    spike_fun : callable
        As for `HindmarshRose`.

    Attributes
    ----------
    V, spike, input : Variable
        As for `LIF`.
    m, h, n : Variable, of the shape of V
        The activation and inactivation of sodium, and the activation of potassium.

    Notes
    -----
    The paper's leak conductance is 0.3 mS/cm², with which neurons rest at -65 mV; with the default they rest at -70.7 mV.
    Rates are continuous at V = -40 and V = -55 mV.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.HH(1, V_initializer=bp.init.OneInit(-65.))
    >>> bp.share.save(t=0., dt=0.01)
    >>> neurons()
    Array(value=Array([False]), dtype=bool)
    >>> print(f"{float(neurons.m[0]):.3f} {float(neurons.h[0]):.3f} {float(neurons.n[0]):.3f}")
    0.053 0.596 0.318
    """

    V: bm.Variable

    def __init__(self, size: Size, keep_size: bool = False, ENa: Any = 50., gNa: Any = 120., EK: Any = -77., gK: Any = 36.,
                 EL: Any = -54.387, gL: Any = .03, V_th: Any = 20., C: Any = 1., V_initializer: Any = Uniform(-70, -60.),
                 m_initializer: Any = None, h_initializer: Any = None, n_initializer: Any = None, noise: Any = None,
                 method: str = "exp_auto", name: str | None = None, input_var: bool = True, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.inv_square_grad) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun)
        self.ENa, self.gNa, self.EK, self.gK = self.parameters(ENa, gNa, EK, gK)
        self.EL, self.gL, self.V_th, self.C = self.parameters(EL, gL, V_th, C)
        self.add_states(V=V_initializer)
        given = {"m": (m_initializer, self.m_inf), "h": (h_initializer, self.h_inf), "n": (n_initializer, self.n_inf)}
        self.add_states(**{name: self._at_rest(steady_state) if initializer is None else initializer
                           for name, (initializer, steady_state) in given.items()})

    def _at_rest(self, steady_state: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The initializer that puts a gate in its steady state."""
        return lambda shape: steady_state(self.V)

    def m_alpha(self, V: Any) -> Any:
        """The rate at which m grows, in 1/ms."""
        return linoid((V + 40.) / 10.)

    def m_beta(self, V: Any) -> Any:
        """The rate at which m falls, in 1/ms."""
        return 4. * bm.exp(-(V + 65.) / 18.)

    def m_inf(self, V: Any) -> Any:
        """The steady state of m."""
        return steady(self.m_alpha(V), self.m_beta(V))

    def dm(self, m: Any, t: Any, V: Any) -> Any:
        """The rate of change of m."""
        return gating(m, self.m_alpha(V), self.m_beta(V))

    def h_alpha(self, V: Any) -> Any:
        """The rate at which h grows, in 1/ms."""
        return 0.07 * bm.exp(-(V + 65.) / 20.)

    def h_beta(self, V: Any) -> Any:
        """The rate at which h falls, in 1/ms."""
        return 1. / (1. + bm.exp(-(V + 35.) / 10.))

    def h_inf(self, V: Any) -> Any:
        """The steady state of h."""
        return steady(self.h_alpha(V), self.h_beta(V))

    def dh(self, h: Any, t: Any, V: Any) -> Any:
        """The rate of change of h."""
        return gating(h, self.h_alpha(V), self.h_beta(V))

    def n_alpha(self, V: Any) -> Any:
        """The rate at which n grows, in 1/ms."""
        return 0.1 * linoid((V + 55.) / 10.)

    def n_beta(self, V: Any) -> Any:
        """The rate at which n falls, in 1/ms."""
        return 0.125 * bm.exp(-(V + 65.) / 80.)

    def n_inf(self, V: Any) -> Any:
        """The steady state of n."""
        return steady(self.n_alpha(V), self.n_beta(V))

    def dn(self, n: Any, t: Any, V: Any) -> Any:
        """The rate of change of n."""
        return gating(n, self.n_alpha(V), self.n_beta(V))

    def dV(self, V: Any, t: Any, m: Any, h: Any, n: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        sodium = self.gNa * m * m * m * h * (V - self.ENa)
        potassium = self.gK * n * n * n * n * (V - self.EK)
        return (I - sodium - potassium - self.gL * (V - self.EL)) / self.C

    @property
    def derivative(self) -> JointEq:
        """All equations."""
        return JointEq(self.dV, self.dm, self.dh, self.dn)
