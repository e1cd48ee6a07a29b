"""What rate models have in common: two variables, an input for each, and noise that is correlated over time."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.dyn.neurons.ou_process import OUProcess
from nbbrain.dyn.states import clear_collected, collect
from nbbrain.dynsys import NeuGroupNS
from nbbrain.integrators import JointEq
from nbbrain.sizes import Size

__all__ = ["PlanarRateModel", "RateModel"]


class RateModel(NeuGroupNS):
    """The base class of populations that are described by rates.

    Parameters are those of `NeuGroup`.
    """


class PlanarRateModel(IntegratedGroup, RateModel):
    """Populations with two variables, x and y; a subclass defines their equations, `dx` and `dy`.

    Parameters
    ----------
    noise_x, noise_y : sequence of three parameters
        The mean, the amplitude and the time constant of an `OUProcess` that is added to the input of x, or of y. With a mean
        and an amplitude of zero there is none.
    x_initializer, y_initializer : Initializer, array or callable
        The first values.
    size, keep_size, mode, name, input_var, method
        As for `LIF`.

    Attributes
    ----------
    x, y : Variable, shape (num,) or (batch, num)
        The variables.
    input, input_y : Variable, of the shape of x
        The inputs of x and of y collected for this step (with ``input_var``).
    x_ou, y_ou : OUProcess or None
        The noise.
    """

    x: bm.Variable
    y: bm.Variable
    input_y: bm.Variable

    def __init__(self, size: Size, keep_size: bool, mode: bm.Mode | None, name: str | None, *, noise_x: Sequence[Any],
                 noise_y: Sequence[Any], x_initializer: Any, y_initializer: Any, input_var: bool, method: str) -> None:
        super().__init__(size, keep_size, mode, name, input_var=input_var, method=method)
        self.x_ou_mean, self.x_ou_sigma, self.x_ou_tau = self.parameters(*noise_x)
        self.y_ou_mean, self.y_ou_sigma, self.y_ou_tau = self.parameters(*noise_y)
        if self.input_var:
            self.add_states(input_y=bm.zeros)
        self.add_states(x=x_initializer, y=y_initializer)
        self.x_ou = self._process(self.x_ou_mean, self.x_ou_sigma, self.x_ou_tau)
        self.y_ou = self._process(self.y_ou_mean, self.y_ou_sigma, self.y_ou_tau)

    def _process(self, mean: Any, sigma: Any, tau: Any) -> OUProcess | None:
        if not (np.any(np.asarray(mean) != 0) or np.any(np.asarray(sigma) != 0)):
            return None
        return OUProcess(self.size, mean, sigma, tau, keep_size=self.keep_size, mode=self.mode)

    def dx(self, x: Any, t: Any, y: Any, x_ext: Any) -> Any:
        """The rate of change of x."""
        raise NotImplementedError(f"{type(self).__name__} must define dx.")

    def dy(self, y: Any, t: Any, x: Any, y_ext: Any) -> Any:
        """The rate of change of y."""
        raise NotImplementedError(f"{type(self).__name__} must define dy.")

    @property
    def derivative(self) -> JointEq:
        """Both equations."""
        return JointEq(self.dx, self.dy)

    def update(self, inp_x: Any = None, inp_y: Any = None) -> Any:
        """Advance by one step of ``dt`` and return x.

        Parameters
        ----------
        inp_x, inp_y : array, optional
            Inputs of x and of y on top of what is collected already.
        """
        values = self.solved(x_ext=self._external("input", inp_x, self.x_ou),
                             y_ext=self._external("input_y", inp_y, self.y_ou))
        self.store(values)
        return values["x"]

    def _external(self, name: str, given: Any, process: OUProcess | None) -> Any:
        total = collect(self, name, given)
        return total if process is None else total + process()

    def clear_input(self) -> None:
        """Set the collected inputs to zero."""
        super().clear_input()
        clear_collected(self, "input_y")

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values, and the noise to its mean.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        super().reset_state(batch_size)
        for process in (self.x_ou, self.y_ou):
            if process is not None:
                process.reset_state(batch_size)
