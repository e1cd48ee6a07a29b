"""Eligibility traces: how a network's past inputs have changed what its neurons are, computed forward in time."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dynsys import DynamicalSystemNS
from nbbrain.initialize import variable_
from nbbrain.train.e_prop_network import EpropNetwork

__all__ = ["EligibilityTraces"]


class EligibilityTraces(DynamicalSystemNS):
    r"""Runs an `EpropNetwork` and collects its gradients on the way (Bellec et al., 2020, equations 1 to 4, 13 and 14).

    Let :math:`s_j` be the state of neuron j, such as its potential and its adaptation, and :math:`x_i` what it receives by
    synapse i. The eligibility vector and the eligibility trace of the synapse are

    .. math::

        \epsilon^t_{ij} &= \frac{\partial s^t_j}{\partial s^{t-1}_j} \epsilon^{t-1}_{ij}
                           + \frac{\partial s^t_j}{\partial I^t_j} x^t_i

        e^t_{ij} &= \frac{\partial z^t_j}{\partial s^{t-1}_j} \epsilon^{t-1}_{ij}
                    + \frac{\partial z^t_j}{\partial I^t_j} x^t_i

    The traces, filtered as the readout filters spikes, are multiplied by the learning signal
    :math:`L^t_j = \sum_k B_{jk} \, \partial E^t / \partial y^t_k` and added up. The derivatives of a neuron are those that
    autograd finds in its own step, so that any group of neurons that does not couple its neurons will do.

    Parameters
    ----------
    network : EpropNetwork
        The network.
    count : bool
        Whether traces are also added up without a learning signal, which is the gradient of the numbers of spikes.

    Attributes
    ----------
    weights, counts : list of Variable, shape (batch, num_in + num, group.num)
        For every group the gradients collected so far of the loss and of all spike counts, by input weights and recurrent
        weights, for every sample: so samples do not depend on each other, and a compiled loop runs tiles of them.
    outputs, bias : Variable, shape (batch, num, num_out) and (batch, num_out)
        The gradients of the loss by the output weights and the bias, for every sample.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> from nbbrain.train.eligibility import EligibilityTraces
    >>> with bm.training_environment():
    ...     net = bp.EpropNetwork(3, bp.neurons.LIF(5, V_reset=0., V_th=1.), bp.neurons.LeakyIntegrator(2, tau=20.))
    >>> traces = EligibilityTraces(net)
    >>> bp.share.save(t=0., dt=1.)
    >>> y = traces(bm.ones((1, 3)))
    >>> traces.learn(2. * y)
    >>> traces.weights[0].shape
    (1, 8, 5)
    """

    def __init__(self, network: EpropNetwork, count: bool = False) -> None:
        super().__init__(mode=network.mode)
        _check_uniform(network.readout)
        self.network, self.count = network, bool(count)
        inputs = network.num_in + network.num
        shapes = [(inputs, group.num) for group in network.groups]
        names = [group.integral.variables for group in network.groups]
        self.vectors = bm.VarList([variable_(bm.zeros, shape, self.mode) for shape, of in zip(shapes, names, strict=True)
                                   for _ in of])
        self.filtered = bm.VarList([variable_(bm.zeros, shape, self.mode) for shape in shapes])
        self.filtered_spikes = variable_(bm.zeros, (network.num,), self.mode)
        self.filtered_one = variable_(bm.zeros, (1,), self.mode)
        self.weights = bm.VarList([variable_(bm.zeros, shape, self.mode) for shape in shapes])
        self.counts = bm.VarList([variable_(bm.zeros, shape, self.mode) for shape in shapes] if self.count else [])
        self.outputs = variable_(bm.zeros, (network.num, network.num_out), self.mode)
        self.bias = variable_(bm.zeros, (network.num_out,), self.mode)

    def update(self, x: Any) -> Any:
        """Advance the network and the traces by one step of ``dt``, and return the potentials of the readout.

        Parameters
        ----------
        x : array, shape (batch, num_in)
            The inputs.
        """
        network = self.network
        before = network.spikes()
        received = bm.concatenate([bm.asarray(x), before], axis=-1)[:, :, None]
        traces, first = [], 0
        for group, current in zip(network.groups, network.currents(x, before), strict=True):
            number = len(group.integral.variables)
            (of_spike, *of_states) = _derivatives(group, current, ["spike", *group.integral.variables])
            vectors = self.vectors[first:first + number]
            traces.append(_chained(of_spike, vectors, received))
            for vector, new in zip(vectors, [_chained(of_state, vectors, received) for of_state in of_states], strict=True):
                vector.value = new
            first += number
        spikes = network.spikes()
        network.spike_count.value = network.spike_count + spikes
        ((of_input, of_potential),) = _derivatives(network.readout, network.read(spikes), ["V"])
        keep, gain = of_potential[:, :1], of_input[:, :1]
        for i, trace in enumerate(traces):
            self.filtered[i].value = keep[:, :, None] * self.filtered[i] + gain[:, :, None] * trace
            if self.count:
                self.counts[i].value = self.counts[i] + trace
        self.filtered_spikes.value = keep * self.filtered_spikes + gain * spikes
        self.filtered_one.value = keep * self.filtered_one + gain
        return network.readout.V.value

    def learn(self, errors: Any) -> None:
        """Add to the gradients what this step contributes.

        Parameters
        ----------
        errors : array, shape (batch, num_out)
            The derivative of the loss by the potentials of the readout in this step.
        """
        network = self.network
        back = network.W_out if network.feedback is None else network.feedback
        signal = errors @ back.T
        end = 0
        for i, group in enumerate(network.groups):
            of_group = signal[:, None, end:end + group.num]
            self.weights[i].value = self.weights[i] + of_group * self.filtered[i]
            end += group.num
        self.outputs.value = self.outputs + self.filtered_spikes[:, :, None] * errors[:, None]
        self.bias.value = self.bias + self.filtered_one * errors

    def gradients(self, weights: list[Any]) -> tuple[Any, Any]:
        """The gradients by the input weights and by the recurrent weights, summed over samples, of what was collected."""
        whole = bm.concatenate([each.sum(axis=0) for each in weights], axis=-1)
        return whole[:self.network.num_in], whole[self.network.num_in:] * self.network.connected

    def forget(self) -> None:
        """Set what was collected to zero; the traces go on."""
        for collected in (*self.weights, *self.counts, self.outputs, self.bias):
            collected.value = bm.zeros((self.network.readout.V.batch_size, *collected.shape[1:]))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Give the network its initial state, and set traces and gradients to zero.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.network.reset_state(batch_size)
        rows = self.network.readout.V.batch_size
        for trace in (*self.vectors, *self.filtered, self.filtered_spikes, self.filtered_one):
            trace.value = bm.zeros((rows, *trace.shape[1:]))
        self.forget()


def _chained(derivatives: tuple[Any, ...], vectors: list[Any], received: Any) -> Any:
    """The derivative by every weight, from those by the input and by every state, and the vectors of these states."""
    by_input, *by_states = derivatives
    total = by_input[:, None, :] * received
    for by_state, vector in zip(by_states, vectors, strict=True):
        total = total + by_state[:, None, :] * vector
    return total


def _derivatives(group: Any, current: Any, names: list[str]) -> list[tuple[Any, ...]]:
    """Run one step of a group; for every variable named its derivatives by the input and by the states before the step.

    A neuron's step depends on no other neuron, so one pull-back finds the derivatives in all of them.
    """
    states = [getattr(group, name) for name in group.integral.variables]
    found: list[tuple[Any, ...]] = []
    for name in names:
        saved = [(variable, variable.value) for variable in group.vars().unique().values()]

        def step(given: Any, name: str = name) -> Any:
            group.update(given)
            return getattr(group, name).value

        by_states, by_input = bm.vector_grad(step, grad_vars=states, argnums=0)(current)
        found.append((by_input, *by_states))
        if name != names[-1]:
            for variable, value in saved:
                variable.value = value
    return found


def _check_uniform(readout: Any) -> None:
    """All readouts must filter spikes alike, for then one trace a synapse is enough."""
    for name in ("tau", "R"):
        value = bm.asarray(getattr(readout, name)).flatten()
        if not bool((value == value[0]).all()):
            raise ValueError(f"eligibility traces need one {name} for all of {readout.name}, but got {value}.")
