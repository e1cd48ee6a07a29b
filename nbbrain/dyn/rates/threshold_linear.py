"""The threshold-linear rate model."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_initializer
from nbbrain.dyn.rates.base import RateModel
from nbbrain.dyn.states import clear_collected, collect, new_batch_size, set_state
from nbbrain.dynsys.share import share
from nbbrain.initialize import ZeroInit, parameter, variable_
from nbbrain.sizes import Size

__all__ = ["ThresholdLinearModel"]


class ThresholdLinearModel(RateModel):
    r"""An excitatory and an inhibitory population whose rates follow their inputs above a threshold.

    (Chaudhuri, Knoblauch, Gariel, Kennedy & Wang, 2015, "A large-scale circuit mechanism for hierarchical dynamical
    processing in the primate cortex", Neuron 88: 419-431.)

    .. math::

        \tau_e\, de &= (-e + \beta_e \max(I_e, 0))\, dt + \sigma_e\, dW_e

        \tau_i\, di &= (-i + \beta_i \max(I_i, 0))\, dt + \sigma_i\, dW_i

    Rates stay at or above zero.

    Parameters
    ----------
    tau_e, tau_i : float, array or callable
        The time constants, in the unit of the time step: the defaults are 20 and 10 ms in seconds, as in the paper, and need
        a ``dt`` in seconds.
    beta_e, beta_i : float, array or callable
        The slopes, in Hz per unit of the input (per pA in the paper).
    noise_e, noise_i : float, array or callable
        The amplitudes of the white noise.
    e_initializer, i_initializer : Initializer, array or callable
        The first rates.
    seed : int, optional
        The seed of the noise; without it, random numbers are those of ``bm.random``.
    size, keep_size, name, mode, input_var
        As for `LIF`.

    Attributes
    ----------
    e, i : Variable, shape (num,) or (batch, num)
        The firing rates.
    Ie, Ii : Variable, of the shape of e
        The inputs collected for this step.

    Notes
    -----
    The method is Euler's. The effect of the noise does not depend on the time step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> population = bp.rates.ThresholdLinearModel(2)
    >>> for k in range(1000):
    ...     bp.share.save(t=k * 1e-3, dt=1e-3)
    ...     rate = population(bp.math.asarray([100., -100.]))
    ...     population.clear_input()
    >>> rate.round(3)
    Array(value=Array([6.6, 0. ]), dtype=float32)
    """

    Ie: bm.Variable
    Ii: bm.Variable

    def __init__(self, size: Size, tau_e: Any = 2e-2, tau_i: Any = 1e-2, beta_e: Any = .066, beta_i: Any = .351,
                 noise_e: Any = 0., noise_i: Any = 0., e_initializer: Any = ZeroInit(), i_initializer: Any = ZeroInit(),
                 seed: int | None = None, keep_size: bool = False, name: str | None = None, mode: bm.Mode | None = None,
                 input_var: bool = True) -> None:
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.tau_e, self.tau_i, self.beta_e, self.beta_i, self.noise_e, self.noise_i = [
            parameter(given, self.varshape, allow_none=False) for given in (tau_e, tau_i, beta_e, beta_i, noise_e, noise_i)]
        self._e_initializer = is_initializer(e_initializer, "e_initializer")
        self._i_initializer = is_initializer(i_initializer, "i_initializer")
        self.seed = seed
        self.rng = bm.random.default_rng(seed, clone=False)
        self.input_var = bool(input_var)
        self.e = variable_(self._e_initializer, self.varshape, self.mode)
        self.i = variable_(self._i_initializer, self.varshape, self.mode)
        if self.input_var:
            self.Ie = variable_(bm.zeros, self.varshape, self.mode)
            self.Ii = variable_(bm.zeros, self.varshape, self.mode)

    def update(self, inp_e: Any = None, inp_i: Any = None) -> Any:
        """Advance by one step of ``dt`` and return the excitatory rate.

        Parameters
        ----------
        inp_e, inp_i : array, optional
            Inputs on top of what is collected already.
        """
        e = self._next(self.e, collect(self, "Ie", inp_e), self.tau_e, self.beta_e, self.noise_e)
        i = self._next(self.i, collect(self, "Ii", inp_i), self.tau_i, self.beta_i, self.noise_i)
        set_state(self, self.e, e)
        set_state(self, self.i, i)
        return e

    def _next(self, rate: Any, current: Any, tau: Any, beta: Any, noise: Any) -> Any:
        dt = share.load("dt")
        change = dt * (beta * bm.maximum(current, 0.) - rate)
        if np.any(np.asarray(noise) != 0):
            change = change + noise * bm.sqrt(dt) * self.rng.standard_normal(rate.shape)
        return bm.maximum(rate + change / tau, 0.)

    def clear_input(self) -> None:
        """Set the collected inputs to zero."""
        super().clear_input()
        clear_collected(self, "Ie")
        clear_collected(self, "Ii")

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        batch = new_batch_size(self, batch_size, self.e)
        self.e.value = variable_(self._e_initializer, self.varshape, batch)
        self.i.value = variable_(self._i_initializer, self.varshape, batch)
        if self.input_var:
            self.Ie.value = variable_(bm.zeros, self.varshape, batch)
            self.Ii.value = variable_(bm.zeros, self.varshape, batch)
