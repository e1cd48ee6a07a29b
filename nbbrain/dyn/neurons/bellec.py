"""Leaky integrate-and-fire neurons whose threshold rises with every spike."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.membrane import LeakyMembrane
from nbbrain.dyn.neurons.resetting import ResettingGroup
from nbbrain.initialize import OneInit
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["ALIFBellec2020", "LIF_SFA_Bellec2020"]


class ALIFBellec2020(LeakyMembrane, ResettingGroup):
    r"""Leaky integrate-and-fire neurons with an adaptive threshold.

    (Bellec et al., 2020, Nat. Commun. 11: 3625, "A solution to the learning dilemma for recurrent networks of spiking
    neurons".)

    .. math::

        \tau \frac{dV}{dt} &= -(V - V_{rest}) + R I(t)

        \tau_a \frac{da}{dt} &= -a

        V \ge V_{th} + \beta a: \text{spike}&, V \leftarrow V - V_{th}, a \leftarrow a + 1

    Parameters
    ----------
    V_rest, V_th : float, array or callable
        The resting potential, and the threshold at rest, in mV.
    beta : float, array or callable
        By how much a spike raises the threshold, in mV.
    tau_a : float, array or callable
        The time constant of the threshold, in ms.
    a_initializer : Initializer, array or callable
        The first adaptation.
    eprop : bool
        Whether in TrainingMode the gradient does not pass through the reset of the potential, as in eligibility
        propagation.
    size, keep_size, R, tau, tau_ref, noise, V_initializer, spike_fun, input_var, method, name, mode
        As for `LIF`.

    Attributes
    ----------
    V, spike, input, t_last_spike, refractory : Variable
        As for `LIF`.
    a : Variable, of the shape of V
        The adaptation of the threshold.

    Notes
    -----
    A spike lowers the potential by ``V_th``, which is meant for a resting potential of 0, as in the paper. The default
    potentials are those of a membrane at -70 mV.

    Examples
    --------
    >>> import nbbrain as bp
    >>> zero = bp.init.ZeroInit()
    >>> neurons = bp.neurons.ALIFBellec2020(1, V_rest=0., V_th=1., V_initializer=zero, a_initializer=zero)
    >>> for i in range(600):
    ...     bp.share.save(t=i * 0.1, dt=0.1)
    ...     spikes = neurons(3.)
    ...     neurons.clear_input()
    >>> 1. < float(neurons.a[0]) < 4.
    True
    """

    def __init__(self, size: Size, keep_size: bool = False, V_rest: Any = -70., V_th: Any = -60., R: Any = 1.,
                 beta: Any = 1.6, tau: Any = 20., tau_a: Any = 2000., tau_ref: Any = None, noise: Any = None,
                 V_initializer: Any = OneInit(-70.), a_initializer: Any = OneInit(-50.),
                 spike_fun: Callable[..., Any] = bm.surrogate.relu_grad, input_var: bool = True,
                 method: str = "exp_auto", name: str | None = None, mode: bm.Mode | None = None,
                 eprop: bool = False) -> None:
        super().__init__(size, keep_size, mode, name, noise=noise, input_var=input_var, method=method, spike_fun=spike_fun,
                         tau_ref=tau_ref, ref_var=True, spike_reset="soft", detach_reset=eprop)
        self.V_rest, self.V_th, self.R, self.beta = self.parameters(V_rest, V_th, R, beta)
        self.tau, self.tau_a = self.parameters(tau, tau_a)
        self.eprop = bool(eprop)
        self.add_states(V=V_initializer, a=a_initializer)

    def dV(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return self.leak(V, I)

    def da(self, a: Any, t: Any) -> Any:
        """The rate of change of the adaptation."""
        return -a / self.tau_a

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dV, self.da)

    def threshold(self, values: dict[str, Any]) -> Any:
        """The threshold, given the variables at the end of the step."""
        return self.V_th + self.beta * values["a"]

    def after_spike(self, values: dict[str, Any]) -> dict[str, Any]:
        """What states become in a neuron that fires."""
        return {"V": values["V"] - self.V_th, "a": values["a"] + 1.}


class LIF_SFA_Bellec2020(ALIFBellec2020):
    """`ALIFBellec2020` under another name: neurons whose spike frequency adapts.

    Parameters
    ----------
    size, keep_size, V_rest, V_th, R, beta, tau, tau_a, tau_ref, V_initializer, a_initializer, spike_fun, method, name, mode
        As for `ALIFBellec2020`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.neurons.LIF_SFA_Bellec2020(3, V_rest=0., V_th=1., name='adapting')
    LIF_SFA_Bellec2020(name=adapting, mode=NonBatchingMode, size=(3,))
    """

    def __init__(self, size: Size, keep_size: bool = False, V_rest: Any = -70., V_th: Any = -60., R: Any = 1.,
                 beta: Any = 1.6, tau: Any = 20., tau_a: Any = 2000., tau_ref: Any = None,
                 V_initializer: Any = OneInit(-70.), a_initializer: Any = OneInit(-50.),
                 spike_fun: Callable[..., Any] = bm.surrogate.relu_grad, method: str = "exp_auto", name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(size, keep_size, V_rest, V_th, R, beta, tau, tau_a, tau_ref, None, V_initializer, a_initializer,
                         spike_fun, True, method, name, mode)
