"""Neurons that fire at random, at given rates."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.spiking import silent
from nbbrain.dyn.states import new_batch_size
from nbbrain.dynsys import NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import parameter, variable_
from nbbrain.sizes import Size

__all__ = ["PoissonGroup"]


class PoissonGroup(NeuGroupNS):
    r"""Neurons that fire independently of each other and of the past.

    In every step a neuron fires with the probability :math:`r\,dt`, which makes a Poisson process of the rate r as the step
    goes to 0 (Dayan & Abbott, 2001, "Theoretical Neuroscience", section 1.4).

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    freqs : float, array or callable
        The rates, in Hz.
    seed : int, optional
        The seed of the random numbers.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    spike : Variable, shape (num,) or (batch, num)
        Who fired in the step: truth values, and in TrainingMode 0. or 1. The rows of a batch are independent.
    rng : RandomState
        The random numbers; a reset does not set them back.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.PoissonGroup(2, freqs=bp.math.asarray([0., 20000.]))
    >>> bp.share.save(t=0., dt=0.1)
    >>> neurons()
    Array(value=Array([False,  True]), dtype=bool)
    """

    def __init__(self, size: Size, freqs: Any, seed: int | None = None, keep_size: bool = False,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(size=size, keep_size=keep_size, name=name, mode=mode)
        self.freqs = parameter(freqs, self.varshape, allow_none=False)
        self.rng = bm.random.default_rng(seed)
        self.spike = variable_(silent(self.mode), self.varshape, self.mode)

    def update(self) -> Any:
        """Draw the spikes of one step of ``dt`` and return them."""
        fired = self.rng.random(self.spike.shape) < self.freqs * (share.load("dt") / 1000.)
        spike = fired.astype(self.spike.dtype)
        self.spike.value = spike
        return spike

    def reset_state(self, batch_size: int | None = None) -> None:
        """Forget the last spikes.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.spike.value = variable_(silent(self.mode), self.varshape, new_batch_size(self, batch_size, self.spike))
