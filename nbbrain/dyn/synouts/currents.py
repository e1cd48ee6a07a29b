"""Outputs of synapses: the current that a conductance gives in the post-synaptic neurons."""
from __future__ import annotations

from typing import Any, Self

from nbbrain.dynsys import SynOut
from nbbrain.initialize import parameter
from nbbrain.math.variables import Variable

__all__ = ["COBA", "CUBA"]


class CUBA(SynOut):
    """Current-based output: the synaptic variable g is the current.

    Parameters
    ----------
    target_var : str or Variable, optional
        The variable of the post-synaptic neurons that the current is added to, or its name. None: the synapse returns it.
    name : str, optional
        The name.

    Raises
    ------
    ModelBuildError
        When the post-synaptic neurons do not have the variable.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(1)
    >>> synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.5, output=bp.synouts.CUBA())
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapse(bm.asarray([1., 1.]))
    >>> post.input
    Variable(value=Array([1.]), dtype=float32)
    """

    def __init__(self, target_var: str | Variable | None = "input", name: str | None = None) -> None:
        super().__init__(name=name, target_var=target_var)

    def clone(self) -> Self:
        """Return an output of the same kind, for another synapse."""
        return type(self)(target_var=self._target_name or self.target_var)


class COBA(SynOut):
    r"""Conductance-based output: the synaptic variable g is a conductance.

    .. math:: I = g (E - V)

    (Gerstner et al., 2014, "Neuronal Dynamics", eq. 3.1; V is the membrane potential at the time of the call.)

    Parameters
    ----------
    E : float, array or callable
        The reversal potential, in mV: one, or one for every post-synaptic neuron.
    target_var : str or Variable, optional
        The variable of the post-synaptic neurons that the current is added to, or its name. None: the synapse returns it.
    membrane_var : str or Variable
        The variable of the post-synaptic neurons that is V, or its name.
    name : str, optional
        The name.

    Raises
    ------
    ModelBuildError
        When the post-synaptic neurons do not have the variables.
    ValueError
        When E has another shape than the post-synaptic neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(1, V_initializer=bp.init.Constant(-60.))
    >>> synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.5, output=bp.synouts.COBA(E=0.))
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapse(bm.asarray([1., 1.]))
    >>> post.input
    Variable(value=Array([60.]), dtype=float32)
    """

    def __init__(self, E: Any = 0., target_var: str | Variable | None = "input", membrane_var: str | Variable = "V",
                 name: str | None = None) -> None:
        super().__init__(name=name, target_var=target_var)
        self.E = E
        self._membrane = (membrane_var,)  # in a tuple, since the variable is one of the neurons

    def clone(self) -> Self:
        """Return an output of the same kind, for another synapse."""
        return type(self)(E=self.E, target_var=self._target_name or self.target_var, membrane_var=self._membrane[0])

    def register_master(self, master: Any) -> None:
        """Become the output of a synapse, and look up the variables of its post-synaptic neurons."""
        super().register_master(master)
        self._reversal = parameter(self.E, master.post.varshape, allow_none=False)
        (membrane,) = self._membrane
        self._potential = (self._variable_of_post(membrane) if isinstance(membrane, str) else membrane,)

    def driving_force(self) -> Any:
        """The current of a conductance of 1: the reversal potential, seen from the membrane potential."""
        return self._reversal - self._potential[0]

    def filter(self, g: Any) -> Any:
        """Add the current to the target; without a target, return it."""
        return super().filter(g * self.driving_force())
