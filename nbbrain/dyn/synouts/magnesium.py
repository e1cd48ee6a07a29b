"""The block of NMDA channels by magnesium."""
from __future__ import annotations

from typing import Any, Self

import nbbrain.math as bm
from nbbrain.dyn.synouts.currents import COBA
from nbbrain.initialize import parameter
from nbbrain.math.variables import Variable

__all__ = ["MgBlock"]


class MgBlock(COBA):
    r"""Conductance-based output of channels that magnesium blocks unless the membrane is depolarised.

    .. math:: I = g \, \frac{E - V}{1 + \frac{[\mathrm{Mg}^{2+}]}{\beta} e^{-\alpha V}}

    (Jahr & Stevens, 1990, "Voltage dependence of NMDA-activated macroscopic conductances predicted by single-channel
    kinetics", eq. 4a; V is the membrane potential at the time of the call.)

    Parameters
    ----------
    E : float, array or callable
        The reversal potential, in mV: one, or one for every post-synaptic neuron, as are the following.
    cc_Mg : float, array or callable
        The concentration of magnesium outside of the cell, in mM.
    alpha : float, array or callable
        How steeply the block depends on the potential, in 1/mV.
    beta : float, array or callable
        The concentration that blocks half of the channels at 0 mV, in mM.
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
        When a parameter has another shape than the post-synaptic neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> pre, post = bp.neurons.InputGroup(2), bp.neurons.LIF(1, V_initializer=bp.init.Constant(-60.))
    >>> synapse = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=0.5, output=bp.synouts.MgBlock(E=0.))
    >>> bp.share.save(t=0., dt=0.1)
    >>> synapse(bm.asarray([1., 1.]))
    >>> post.input
    Variable(value=Array([4.0348...]), dtype=float32)
    """

    def __init__(self, E: Any = 0., cc_Mg: Any = 1.2, alpha: Any = 0.062, beta: Any = 3.57,
                 target_var: str | Variable | None = "input", membrane_var: str | Variable = "V",
                 name: str | None = None) -> None:
        super().__init__(E, target_var, membrane_var, name)
        self.cc_Mg, self.alpha, self.beta = cc_Mg, alpha, beta

    def clone(self) -> Self:
        """Return an output of the same kind, for another synapse."""
        return type(self)(self.E, self.cc_Mg, self.alpha, self.beta, self._target_name or self.target_var, self._membrane[0])

    def register_master(self, master: Any) -> None:
        """Become the output of a synapse, and look up the variables of its post-synaptic neurons."""
        super().register_master(master)
        self._block = tuple([parameter(x, master.post.varshape, allow_none=False)
                             for x in (self.cc_Mg, self.alpha, self.beta)])

    def driving_force(self) -> Any:
        """The reversal potential, seen from the membrane potential, times the fraction of channels that is not blocked."""
        magnesium, slope, half = self._block
        return super().driving_force() / (1. + magnesium / half * bm.exp(-slope * self._potential[0]))
