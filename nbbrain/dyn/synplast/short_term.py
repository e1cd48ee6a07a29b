"""What the kinds of short-term plasticity have in common: they scale what leaves a synapse, with a memory of its spikes."""
from __future__ import annotations

from typing import Any

from nbbrain.dyn.synapses.kinetics import Stateful
from nbbrain.dynsys import SynSTP
from nbbrain.dynsys.share import SharedArguments
from nbbrain.initialize import parameter

__all__ = ["PlasticityKinetics", "ShortTermPlasticity"]


class PlasticityKinetics(Stateful):
    """A factor for every pre-synaptic neuron, which depends on the spikes until now."""

    def set_kinetics(self, num: int, method: str, **parameters: Any) -> None:
        """Set the parameters, each one number or one for every pre-synaptic neuron, and make the state variables."""
        for name, value in parameters.items():
            setattr(self, name, parameter(value, num, allow_none=False))
        self.set_equations(method)
        self.begin(num)

    def set_equations(self, method: str) -> None:
        """Make the integrator."""
        raise NotImplementedError(f"{type(self).__name__} must define set_equations().")

    def advance(self, spikes: Any, shared: SharedArguments) -> None:
        """Carry out one step, in which these spikes arrive."""
        raise NotImplementedError(f"{type(self).__name__} must define advance().")

    def factor(self) -> Any:
        """How much of what leaves the synapse takes effect now."""
        raise NotImplementedError(f"{type(self).__name__} must define factor().")


class ShortTermPlasticity(PlasticityKinetics, SynSTP):
    """Short-term plasticity as a part of a synapse; its parameters are attributes of their names."""

    names: tuple[str, ...] = ()
    """The names of the parameters."""

    def __init__(self, method: str, name: str | None, **parameters: Any) -> None:
        super().__init__(name=name)
        self.method = method
        for key, value in parameters.items():
            setattr(self, key, value)

    def clone(self) -> Any:
        """Return a plasticity of the same kind, for another synapse."""
        return type(self)(**{name: getattr(self, name) for name in (*self.names, "method")})

    def register_master(self, master: Any) -> None:
        """Become a part of a synapse, with state variables for its pre-synaptic neurons."""
        super().register_master(master)
        self.mode = master.mode
        self.set_kinetics(master.pre.num, self.method, **{name: getattr(self, name) for name in self.names})

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its first values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.restart(batch_size)

    def update(self, shared: SharedArguments, pre_spike: Any) -> None:
        """Advance by one step of ``dt``.

        Parameters
        ----------
        shared : dict
            The shared arguments.
        pre_spike : array, shape (..., pre.num)
            The spikes that arrive in this step.
        """
        self.advance(pre_spike, shared)

    def filter(self, g: Any) -> Any:
        """Scale what leaves the synapse: spikes or conductances of the pre-synaptic neurons, of shape (..., pre.num)."""
        return g * self.factor()
