"""The network that eligibility propagation trains: recurrent spiking neurons and a leaky readout."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.neurons.integrated import IntegratedGroup
from nbbrain.dyn.neurons.leaky_integrator import LeakyIntegrator
from nbbrain.dyn.neurons.spiking import SpikingGroup
from nbbrain.dyn.states import check_features, positive_integer, trainable
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import Normal, VarianceScaling, ZeroInit, variable_

__all__ = ["EpropNetwork"]

_SCALED = VarianceScaling(1., "fan_in", "normal")


class EpropNetwork(DynamicalSystemNS):
    r"""Recurrent spiking neurons with weighted inputs, and leaky integrators that read them out (Bellec et al., 2020).

    .. math::

        I^t_j &= \sum_i W^{in}_{ij} x^t_i + \sum_{i \ne j} W^{rec}_{ij} z^{t-1}_i

        z^t_j &= \text{spikes of the neurons, driven by } I^t

        y^t &= \text{potentials of the readout, driven by } z^t W^{out} + b^{out}

    Parameters
    ----------
    num_in : int
        The number of inputs.
    neurons : spiking group, or sequence of them
        The recurrent neurons, such as ``bp.neurons.LIF(100, V_reset=0., V_th=1.)``, in TrainingMode and one-dimensional. Of
        several groups, such as LIF and ALIF neurons, all are connected with all.
    readout : LeakyIntegrator
        What reads the spikes.
    W_in, W_rec, W_out : Initializer, array or callable
        The weights, of shapes (num_in, num), (num, num) and (num, num_out), where num counts the neurons of all groups.
    b_out : Initializer, array or callable, optional
        The bias of the readout, of shape (num_out,); None for none.
    self_connections : bool
        Whether a neuron receives its own spikes, too.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default. It must be TrainingMode.

    Attributes
    ----------
    W_in, W_rec, W_out, b_out : TrainVar
        The weights and the bias.
    feedback : Variable or None, shape (num, num_out)
        The weights by which errors of the readout reach the neurons; None where these are the output weights themselves.
        `bp.Eprop` sets them.
    spike_count : Variable, shape (batch, num)
        How many spikes every neuron has fired since the reset.

    Raises
    ------
    ValueError
        For groups that do not spike, have more than one dimension, or are not in TrainingMode, and for another readout.

    Notes
    -----
    ``bp.BPTT`` trains the network by the gradient through time. `bp.Eprop` saves the shared argument ``eprop``, and under it
    the gradient passes neither through the spikes that neurons receive from each other, nor through the output weights where
    ``feedback`` takes their place. What the network computes is the same in either case.

    A spike of weight 1 raises a readout by ``R (1 - exp(-dt / tau))``. In the paper (equation 11) this is 1; with ``R=1``
    outputs and learning signals are smaller, and weights of the usual size take longer to grow to what a decision needs.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     neurons = bp.neurons.LIF(20, V_reset=0., V_th=1.)
    ...     net = bp.EpropNetwork(3, neurons, bp.neurons.LeakyIntegrator(2, tau=20.))
    >>> bp.DSTrainer(net, dt=1., progress_bar=False).predict(bm.ones((4, 10, 3)), reset_state=True).shape
    (4, 10, 2)
    """

    def __init__(self, num_in: int, neurons: Any, readout: Any,
                 W_in: Any = _SCALED, W_rec: Any = _SCALED, W_out: Any = _SCALED, b_out: Any = ZeroInit(),
                 self_connections: bool = False, name: str | None = None, mode: bm.Mode | None = None) -> None:
        super().__init__(name, mode)
        if not isinstance(self.mode, bm.TrainingMode):
            raise ValueError(f"{self.name} is for training, but its mode is {self.mode}. Build it inside of "
                             f"bm.training_environment().")
        self.num_in = positive_integer(num_in, f"{self.name}: num_in")
        groups: list[Any] = list(neurons) if isinstance(neurons, (list, tuple)) else [neurons]
        for group in groups:
            self._check_group(group, SpikingGroup)
        self._check_group(readout, LeakyIntegrator)
        self.groups, self.readout = bm.NodeList(groups), readout
        self.num, self.num_out = sum(group.num for group in groups), readout.num
        self.W_in = trainable(self, W_in, (self.num_in, self.num))
        self.W_rec = trainable(self, W_rec, (self.num, self.num))
        self.W_out = trainable(self, W_out, (self.num, self.num_out))
        self.b_out = trainable(self, b_out, (self.num_out,), allow_none=True)
        self.self_connections = bool(self_connections)
        self.feedback: bm.Variable | None = None
        self.spike_count = variable_(bm.zeros, (self.num,), self.mode)

    def _check_group(self, group: Any, kind: type[IntegratedGroup]) -> None:
        if not isinstance(group, kind):
            raise ValueError(f"{self.name} takes a {kind.__name__}, but got {group!r}.")
        if not isinstance(group.mode, bm.TrainingMode) or len(group.varshape) != 1:
            raise ValueError(f"{self.name}: {group.name} must be in TrainingMode and have one dimension, but its mode is "
                             f"{group.mode} and its shape {group.varshape}.")

    @property
    def connected(self) -> Any:
        """Which recurrent weights there are: 1., and 0. from a neuron to itself."""
        return bm.ones((self.num, self.num)) if self.self_connections else 1. - bm.eye(self.num)

    def spikes(self) -> Any:
        """The spikes of the last step, of all groups, shape (batch, num)."""
        return bm.concatenate([group.spike.value for group in self.groups], axis=-1)

    def counts(self) -> list[Any]:
        """How many spikes every neuron has fired since the reset, group by group, each of shape (batch, group.num)."""
        return _by_group(self.groups, self.spike_count.value)

    def currents(self, x: Any, before: Any) -> list[Any]:
        """What every group receives, from inputs x and from the spikes of the step before."""
        current = check_features(self, x, self.num_in) @ self.W_in + before @ (self.W_rec * self.connected)
        return _by_group(self.groups, current)

    def read(self, spikes: Any) -> Any:
        """What the readout receives for spikes."""
        received = spikes @ self.W_out
        return received if self.b_out is None else received + self.b_out

    def update(self, x: Any) -> Any:
        """Advance by one step of ``dt`` and return the potentials of the readout.

        Parameters
        ----------
        x : array, shape (batch, num_in)
            The inputs.
        """
        cut = share.load("eprop", default=False)
        before = self.spikes()
        for group, current in zip(self.groups, self.currents(x, bm.stop_gradient(before) if cut else before), strict=True):
            group(current)
        spikes = self.spikes()
        self.spike_count.value = self.spike_count + spikes
        if not cut or self.feedback is None:
            return self.readout(self.read(spikes))
        fed_back = spikes @ self.feedback
        return self.readout(self.read(bm.stop_gradient(spikes)) + (fed_back - bm.stop_gradient(fed_back)))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        for part in (*self.groups, self.readout):
            part.reset_state(batch_size)
        self.spike_count.value = bm.zeros((self.readout.V.batch_size, self.num))

    def set_feedback(self, feedback: str, initializer: Any = Normal(0., 1.)) -> None:
        """Choose the weights by which errors reach the neurons.

        Parameters
        ----------
        feedback : {'symmetric', 'random', 'adaptive'}
            The output weights; others, which stay as they are; others, which change as the output weights do.
        initializer : Initializer, array or callable
            The first values of the others, of shape (num, num_out).
        """
        if feedback not in ("symmetric", "random", "adaptive"):
            raise ValueError(f"feedback must be one of symmetric, random, adaptive, but got {feedback!r}.")
        if feedback == "symmetric":
            self.feedback = None
            return
        first = trainable(self, initializer, (self.num, self.num_out))
        self.feedback = first if feedback == "adaptive" else bm.Variable(first.value)


def _by_group(groups: Sequence[Any], values: Any) -> list[Any]:
    """The parts of values of all neurons, along the last axis, that belong to the groups."""
    parts, end = [], 0
    for group in groups:
        parts.append(values[..., end:end + group.num])
        end += group.num
    return parts
