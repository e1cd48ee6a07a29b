"""The generalized integrate-and-fire neuron."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.initialize import OneInit, ZeroInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["GIF"]


class GIF(ResettingGroup):
    r"""Generalized integrate-and-fire neurons with two internal currents and a moving threshold.

    (Mihalas & Niebur, 2009, Neural Comput. 21: 704-718.)

    .. math::

        \tau \frac{dV}{dt} &= -(V - V_{rest}) + R (I_1 + I_2 + I(t))

        \frac{dI_1}{dt} &= -k_1 I_1, \qquad \frac{dI_2}{dt} = -k_2 I_2

        \frac{dV_{th}}{dt} &= a (V - V_{rest}) - b (V_{th} - V_{th\infty})

    and where :math:`V \ge V_{th}`, a spike and

    .. math::

        I_1 \leftarrow R_1 I_1 + A_1, \quad I_2 \leftarrow R_2 I_2 + A_2, \quad V \leftarrow V_{reset}, \quad
        V_{th} \leftarrow \max(V_{th,reset}, V_{th})

    Parameters
    ----------
    V_rest, V_reset : float, array or callable
        The resting potential, and the potential after a spike, in mV.
    V_th_inf, V_th_reset : float, array or callable
        The threshold at rest, and the least one after a spike, in mV.
    R : float, array or callable
        The membrane resistance; R times a current is a voltage, in mV.
    tau : float, array or callable
        The membrane time constant, in ms.
    a, b : float, array or callable
        How fast the threshold follows the potential, and how fast it returns, in 1/ms.
    k1, k2 : float, array or callable
        How fast the internal currents decay, in 1/ms.
    R1, R2, A1, A2 : float, array or callable
        What a spike leaves of an internal current, and what it adds.
    V_initializer, I1_initializer, I2_initializer, Vth_initializer : Initializer, array or callable
        The first potential, internal currents, and threshold.
    size, keep_size, noise, input_var, mode, method, name
        As for `LIF`.
    tau_ref, spike_fun, spike_reset, detach_reset
        As for `LIF`.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.
    V_th : Variable, of the shape of V
        The threshold, in mV.
    I1, I2 : Variable, of the shape of V
        The internal currents.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.GIF(1, A1=10., V_initializer=bp.init.OneInit(-40.))
    >>> bp.share.save(t=0., dt=0.1)
    >>> bool(neurons()[0]), float(neurons.V[0]), float(neurons.I1[0])
    (True, -70.0, 10.0)
    """

    V_th: bm.Variable

    def __init__(self, size: Size, V_rest: Any = -70., V_reset: Any = -70., V_th_inf: Any = -50., V_th_reset: Any = -60.,
                 R: Any = 20., tau: Any = 20., a: Any = 0., b: Any = .01, k1: Any = .2, k2: Any = .02, R1: Any = 0.,
                 R2: Any = 1., A1: Any = 0., A2: Any = 0., V_initializer: Any = OneInit(-70.),
                 I1_initializer: Any = ZeroInit(), I2_initializer: Any = ZeroInit(), Vth_initializer: Any = OneInit(-50.),
                 noise: Any = None, method: str = "exp_auto", keep_size: bool = False, input_var: bool = True,
                 name: str | None = None, mode: bm.Mode | None = None,
                 spike_fun: Callable[..., Any] = bm.surrogate.sigmoid, tau_ref: Any = None, spike_reset: str = "hard",
                 detach_reset: bool = True) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=True, spike_reset=spike_reset, detach_reset=detach_reset)
        self.V_rest, self.V_reset, self.V_th_inf = self.parameters(V_rest, V_reset, V_th_inf)
        self.V_th_reset, self.R, self.tau, self.a, self.b = self.parameters(V_th_reset, R, tau, a, b)
        self.k1, self.k2, self.R1, self.R2, self.A1, self.A2 = self.parameters(k1, k2, R1, R2, A1, A2)
        self.add_states(V=V_initializer, I1=I1_initializer, I2=I2_initializer, V_th=Vth_initializer)

    def dV(self, V: Any, t: Any, I1: Any, I2: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (-(V - self.V_rest) + self.R * (I + I1 + I2)) / self.tau

    def dI1(self, I1: Any, t: Any) -> Any:
        """The rate of change of the first internal current."""
        return -self.k1 * I1

    def dI2(self, I2: Any, t: Any) -> Any:
        """The rate of change of the second internal current."""
        return -self.k2 * I2

    def dVth(self, V_th: Any, t: Any, V: Any) -> Any:
        """The rate of change of the threshold."""
        return self.a * (V - self.V_rest) - self.b * (V_th - self.V_th_inf)

    @property
    def derivative(self) -> JointEq:
        """All equations."""
        return JointEq(self.dV, self.dI1, self.dI2, self.dVth)

    def threshold(self, values: dict[str, Any]) -> Any:
        """The threshold, given the variables at the end of the step."""
        return values["V_th"]

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """What states become in a neuron that fires."""
        return {**super().after_spike(values), "I1": self.R1 * values["I1"] + self.A1,
                "I2": self.R2 * values["I2"] + self.A2, "V_th": bm.maximum(self.V_th_reset, values["V_th"])}
