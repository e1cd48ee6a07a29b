"""The leaky membrane that integrate-and-fire neurons and leaky integrators have in common."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_initializer, is_subclass
from nbbrain.dyn.states import new_batch_size, set_state
from nbbrain.dynsys import NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import parameter, variable_
from nbbrain.integrators import odeint
from nbbrain.sizes import Size

__all__ = ["LeakyMembrane"]


class LeakyMembrane(NeuGroupNS):
    r"""Neurons with a leaky membrane (Lapicque, 1907; Gerstner et al., 2014, "Neuronal Dynamics", eq. 1.5).

    .. math:: \tau \frac{dV}{dt} = -(V - V_{rest}) + R I(t)
    """

    def __init__(self, size: Size, keep_size: bool, V_rest: Any, R: Any, tau: Any, V_initializer: Any, noise: Any,
                 input_var: bool, mode: bm.Mode | None, method: str, name: str | None) -> None:
        super().__init__(size=size, keep_size=keep_size, name=name, mode=mode)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        if noise is not None:
            raise NotImplementedError(f"{self.name}: stochastic differential equations are not supported yet, so noise must "
                                      f"be None. Add the noise to the input instead.")
        self.V_rest = parameter(V_rest, self.varshape, allow_none=False)
        self.R = parameter(R, self.varshape, allow_none=False)
        self.tau = parameter(tau, self.varshape, allow_none=False)
        self._V_initializer = is_initializer(V_initializer, "V_initializer")
        self.input_var = bool(input_var)
        self.integral = odeint(self.derivative, method=method)
        self.V = variable_(self._V_initializer, self.varshape, self.mode)
        if self.input_var:
            self.input = variable_(bm.zeros, self.varshape, self.mode)

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The rate of change of the membrane potential."""
        return (-V + self.V_rest + self.R * I) / self.tau

    def integrated(self, x: Any) -> Any:
        """The membrane potential at the end of the step, for an input that comes on top of the collected one."""
        current: Any
        if self.input_var:
            if x is not None:
                set_state(self, self.input, self.input + x)
            current = self.input
        else:
            current = 0. if x is None else bm.asarray(x)
        return self.integral(self.V, share.load("t"), current, share.load("dt"))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        batch = new_batch_size(self, batch_size, self.V)
        self.V.value = variable_(self._V_initializer, self.varshape, batch)
        if self.input_var:
            self.input.value = bm.zeros(self.V.shape)
