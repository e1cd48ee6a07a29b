"""Input from many independent Poisson neurons."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_float, is_integer
from nbbrain.dyn.synapses.onto_variables import OntoVariables
from nbbrain.dynsys import DynamicalSystem
from nbbrain.dynsys.share import SharedArguments

__all__ = ["PoissonInput", "PoissonKinetics"]

_MANY = 5  # spikes and silent neurons in a step, from which on their number is normal enough


class PoissonKinetics(DynamicalSystem):
    """Spikes of independent Poisson neurons, of which only the number matters."""

    num_input: int
    freq: float
    weight: Any

    def set_kinetics(self, num_input: int, freq: float, weight: Any, seed: int | None) -> None:
        """Set the parameters, and begin a stream of random numbers."""
        self.num_input = is_integer(num_input, "num_input", min_bound=1)
        self.freq = is_float(freq, "freq", min_bound=0.)
        self.weight = weight
        self.seed = seed
        self.rng = bm.random.RandomState(seed)

    def drawn(self, shape: tuple[int, ...], dt: Any) -> Any:
        """The weighted number of spikes in a step of dt (ms), for every element of a shape."""
        p = self.freq * dt / 1e3
        if p > 1.:
            raise ValueError(f"{self.name}: a neuron fires at most once in a step of dt={dt} ms, so freq must not be above "
                             f"{1e3 / dt:g} Hz, but it is {self.freq:g} Hz.")
        mean, silent = self.num_input * p, self.num_input * (1. - p)
        if mean > _MANY and silent > _MANY:
            return self.weight * self.rng.normal(mean, (mean * (1. - p)) ** 0.5, shape)
        return self.weight * self.rng.binomial(self.num_input, p, shape)


class PoissonInput(PoissonKinetics, OntoVariables):
    r"""Input from many independent Poisson neurons, which have one rate and one weight.

    .. math:: I \leftarrow I + w K, \qquad K \sim \mathrm{Binomial}(N, f \, dt)

    (Stimberg, Brette & Goodman, 2019, "Brian 2, an intuitive and efficient neural simulator": ``PoissonInput``.) Every
    element of the target has N neurons of its own. Where more than 5 fire and more than 5 do not in a mean step, K has a
    normal distribution of the same mean :math:`Np` and variance :math:`Np(1 - p)`, :math:`p = f \, dt`.

    Parameters
    ----------
    target_var : Variable
        The variable that the input is added to.
    num_input : int
        The number N of neurons.
    freq : float
        The rate f of a neuron, in Hz.
    weight : float or array
        What a spike adds; an array broadcasts to the target.
    seed : int, optional
        The seed of the random numbers.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ModelBuildError
        When target_var is no Variable.
    ValueError
        When num_input or freq is none, and in the call, when a neuron would have to fire more than once in a step.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.LIF(3)
    >>> noise = bp.synapses.PoissonInput(neurons.input, num_input=100, freq=10., weight=0.5, seed=1)
    >>> bp.share.save(t=0., dt=1.)
    >>> noise()
    >>> neurons.input.shape
    (3,)
    """

    def __init__(self, target_var: bm.Variable, num_input: int, freq: float, weight: Any, seed: int | None = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(target_var, name, mode)
        self.set_kinetics(num_input, freq, weight, seed)

    @property
    def target_var(self) -> bm.Variable:
        """The variable that the input is added to."""
        return self._targets[0]

    def update(self, tdi: SharedArguments) -> None:
        """Draw the spikes of a step of ``dt``, and add what they weigh to the target.

        Parameters
        ----------
        tdi : dict
            The shared arguments.
        """
        self.add(self.drawn(self.target_var.shape, tdi["dt"]))
