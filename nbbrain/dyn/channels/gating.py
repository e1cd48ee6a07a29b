r"""Gates: the mechanism that voltage-dependent channels have in common.

The current into the cell is :math:`I = g_{max} p^k q^l (E - V)`. Gates open and close independently of each other, so each
relaxes to a steady state (Hodgkin & Huxley, 1952, "A quantitative description of membrane current and its application to
conduction and excitation in nerve"). A channel says which powers its gates have, and what their rates are.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.dyn.channels.base import Channel, IonChannel
from nbbrain.dyn.neurons.conductance import gating, steady
from nbbrain.dyn.states import new_batch_size, set_state
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import parameter, variable_
from nbbrain.integrators import odeint
from nbbrain.sizes import Size

__all__ = ["GatedChannel", "RateGates", "RelaxingGates", "bell", "fill_state", "temperature_factor"]


class GatedChannel(IonChannel):
    r"""A channel with gates; a subclass of `RateGates` or `RelaxingGates` gives their powers and rates.

    .. math:: I = g_{max} \prod_x x^{k_x} (E - V)

    Parameters
    ----------
    size, keep_size, name, mode
        As for `Channel`.
    method : str
        The integration method of the gates, one of ``bp.ode.get_supported_methods()``; 'exp_auto' is exact for a potential
        that is constant over the step.
    **parameters : float, array or callable
        The parameters of the channel, which become attributes: ``g_max``, ``E``, the temperature factor ``phi`` of all gates
        or ``phi_p``, ``phi_q``, ... of one, and what the rates need.

    Attributes
    ----------
    powers : dict of int
        The gates by name, with their powers (an attribute of the class).
    """

    powers: ClassVar[Mapping[str, int]] = {}
    g_max: Any
    E: Any

    def __init__(self, size: Size, keep_size: bool, method: str, name: str | None, mode: bm.Mode | None,
                 **parameters: Any) -> None:
        super().__init__(size, name=name, keep_size=keep_size, mode=mode)
        for key, value in parameters.items():
            setattr(self, key, parameter(value, self.varshape, allow_none=False))
        for gate in self.powers:
            setattr(self, gate, variable_(bm.zeros, self.varshape, self.mode))
        self._integrals = {gate: odeint(self._equation(gate), method=method) for gate in self.powers}

    def _equation(self, gate: str) -> Callable[..., Any]:
        def rate_of_change(x: Any, t: Any, seen: tuple[Any, ...]) -> Any:
            return self.temperature_factor_of(gate) * self.derivative(gate, x, *seen)

        return rate_of_change

    def temperature_factor_of(self, gate: str) -> Any:
        """How much faster a gate is than at the temperature of the experiment."""
        own = f"phi_{gate}"
        return getattr(self, own if hasattr(self, own) else "phi")

    def seen_by_gates(self, V: Any, *ion: Any) -> tuple[Any, ...]:
        """What the rates of gates are functions of: the membrane potential."""
        return (V,)

    def derivative(self, gate: str, x: Any, *seen: Any) -> Any:
        """The rate of change of a gate, without its temperature factor."""
        raise NotImplementedError

    def steady_state(self, gate: str, *seen: Any) -> Any:
        """Where a gate tends to."""
        raise NotImplementedError

    def conductance(self, *ion: Any) -> Any:
        """The conductance at the present state of the gates, in mS/cm2."""
        g = self.g_max
        for gate, power in self.powers.items():
            g = g * _raised(getattr(self, gate), power)
        return g

    def reversal_potential(self, *ion: Any) -> Any:
        """Where the current changes its sign, in mV."""
        return self.E

    def current(self, V: Any, *ion: Any) -> Any:
        """The current density into the cell, in uA/cm2, for a membrane potential in mV."""
        return self.conductance(*ion) * (self.reversal_potential(*ion) - V)

    def update(self, shared: SharedArguments, V: Any, *ion: Any) -> None:
        """Advance the gates by one step of ``dt``."""
        seen = self.seen_by_gates(V, *ion)
        for gate, integral in self._integrals.items():
            state = getattr(self, gate)
            set_state(self, state, integral(state, shared["t"], seen, shared["dt"]))

    def reset_state(self, V: Any, *ion: Any, batch_size: int | None = None) -> None:
        """Put the gates into their steady states at a membrane potential.

        Parameters
        ----------
        V : array
            The membrane potential, in mV.
        *ion : array
            In an ion, its concentration (mM) and its reversal potential (mV).
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        seen = self.seen_by_gates(V, *ion)
        for gate in self.powers:
            fill_state(self, getattr(self, gate), self.steady_state(gate, *seen), batch_size)


class RateGates(GatedChannel):
    r"""Gates with an opening and a closing rate, ``f_p_alpha(V)`` and ``f_p_beta(V)`` for the gate ``p``.

    .. math:: \frac{dp}{dt} = \phi (\alpha_p (1 - p) - \beta_p p)
    """

    def derivative(self, gate: str, x: Any, *seen: Any) -> Any:
        """The rate of change of a gate, without its temperature factor."""
        return gating(x, *self._rates(gate, seen))

    def steady_state(self, gate: str, *seen: Any) -> Any:
        """Where a gate tends to."""
        return steady(*self._rates(gate, seen))

    def _rates(self, gate: str, seen: tuple[Any, ...]) -> tuple[Any, Any]:
        return getattr(self, f"f_{gate}_alpha")(*seen), getattr(self, f"f_{gate}_beta")(*seen)


class RelaxingGates(GatedChannel):
    r"""Gates with a steady state and a time constant, ``f_p_inf(V)`` and ``f_p_tau(V)`` for the gate ``p``.

    .. math:: \frac{dp}{dt} = \phi \frac{p_\infty - p}{\tau_p}
    """

    def derivative(self, gate: str, x: Any, *seen: Any) -> Any:
        """The rate of change of a gate, without its temperature factor."""
        return (self.steady_state(gate, *seen) - x) / getattr(self, f"f_{gate}_tau")(*seen)

    def steady_state(self, gate: str, *seen: Any) -> Any:
        """Where a gate tends to."""
        return getattr(self, f"f_{gate}_inf")(*seen)


def bell(rising: Any, falling: Any) -> Any:
    r"""The function :math:`1 / (e^a + e^b)`: a time constant that is largest in between.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn.channels.gating import bell
    >>> bell(bm.zeros(1), bm.zeros(1))
    Array(value=Array([0.5]), dtype=float32)
    """
    return 1. / (bm.exp(rising) + bm.exp(falling))


def temperature_factor(owner: Channel, phi: Any, base: Any, T: Any, T_experiment: float) -> Any:
    r"""A temperature factor as it is given, or else :math:`base^{(T - T_{experiment}) / 10}` (degrees Celsius).

    Examples
    --------
    >>> import nbbrain as bp
    >>> from nbbrain.dyn.channels.gating import temperature_factor
    >>> channel = bp.channels.IonChannel(1)
    >>> temperature_factor(channel, None, 3., 36., 26.), temperature_factor(channel, 2., 3., 36., 26.)
    (3.0, 2.0)
    """
    if phi is not None:
        return parameter(phi, owner.varshape)
    base, T = [parameter(value, owner.varshape, allow_none=False) for value in (base, T)]
    return base ** ((T - T_experiment) / 10.)


def fill_state(owner: Channel, state: bm.Variable, value: Any, batch_size: int | None) -> None:
    """Give a state variable a first value, repeated along the batch axis and for all neurons."""
    batch = new_batch_size(owner, batch_size, state)
    shape = owner.varshape if batch is None else (batch, *owner.varshape)
    state.value = bm.broadcast_to(bm.asarray(value, dtype=state.dtype), shape)


def _raised(x: Any, power: int) -> Any:
    """x to the power of a positive integer, by multiplications."""
    half = _raised(x, power // 2) if power > 1 else None
    if half is None:
        return x
    return half * half * x if power % 2 else half * half
