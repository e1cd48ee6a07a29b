"""Input from many independent Poisson neurons, which is returned."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.synapses.poisson_input import PoissonKinetics
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.dynsys.share import share
from nbbrain.sizes import Size, to_size

__all__ = ["PoissonInput"]


class PoissonInput(PoissonKinetics, DynamicalSystemNS):
    r"""Input from many independent Poisson neurons, which have one rate and one weight.

    .. math:: I = w K, \qquad K \sim \mathrm{Binomial}(N, f \, dt)

    The distribution is that of `bp.synapses.PoissonInput`.

    Parameters
    ----------
    target_shape : int or sequence of int
        The shape of the input.
    num_input, freq, weight, seed, mode, name
        As of `bp.synapses.PoissonInput`.

    Raises
    ------
    ValueError
        When num_input or freq is none, and in the call, when a neuron would have to fire more than once in a step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from nbbrain.dyn import experimental
    >>> bp.share.save(t=0., dt=1.)
    >>> experimental.PoissonInput((2, 3), num_input=100, freq=10., weight=0.5, seed=1)().shape
    (2, 3)
    """

    def __init__(self, target_shape: Size, num_input: int, freq: float, weight: Any, seed: int | None = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.target_shape = to_size(target_shape)
        self.set_kinetics(num_input, freq, weight, seed)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing is reset: the random numbers go on."""

    def update(self) -> Any:
        """Draw the input of a step of ``dt``.

        Returns
        -------
        Array, of the target's shape
        """
        return self.drawn(self.target_shape, share.load("dt"))
