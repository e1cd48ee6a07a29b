"""Eligibility propagation (Bellec et al., 2020): learning of recurrent spiking networks, forward in time."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.initialize import Normal
from nbbrain.math.trees import tree_map
from nbbrain.train.back_propagation import BPTT
from nbbrain.train.e_prop_network import EpropNetwork
from nbbrain.train.eligibility import EligibilityTraces

__all__ = ["Eprop"]

_PER_MS = 1e-3  # Hz in 1/ms


class Eprop(BPTT):
    r"""Trains a recurrent spiking network by eligibility propagation.

    (Bellec et al., 2020, Nat. Commun. 11: 3625, "A solution to the learning dilemma for recurrent networks of spiking
    neurons".)

    .. math:: \frac{dE}{dW_{ij}} \approx \sum_t L^t_j \, \bar e^t_{ij}, \qquad
              L^t_j = \sum_k B_{jk} \frac{\partial E}{\partial y^t_k}

    where the eligibility trace :math:`e^t_{ij}` says how the weight has changed the spikes of neuron j, the bar is the
    filter of the readout y, and the learning signal :math:`L^t_j` reaches the neuron by the feedback weights B. It leaves
    out of the gradient what a neuron's spikes do to the loss by way of other neurons.

    Parameters
    ----------
    target : EpropNetwork
        The network.
    loss_fun : callable or str
        As of `BPTT`. With ``online`` it must be a mean over time, because it is asked for sequences of one step, with the
        targets of that step.
    optimizer : Optimizer, optional
        As of `BPTT`.
    feedback : {'symmetric', 'random', 'adaptive'}
        B: the output weights; random weights, which stay as they are; or random weights to which every change of the output
        weights is added, too, so that weight decay of the optimizer makes both alike.
    feedback_initializer : Initializer, array or callable
        The first B, of shape (num, num_out), where it is not the output weights.
    online : bool
        True computes traces of all synapses forward in time; memory does not depend on the number of steps. False computes
        the same sum backward in time, as `BPTT` with the gradient cut where spikes enter recurrent synapses; it needs
        memory for all steps and much less computation, and allows any loss of the whole sequence.
    rate_target : float
        The firing rate that every neuron should have on average over the batch and time, in Hz.
    rate_cost : float
        What is added to the loss: ``rate_cost`` times the sum over neurons of the squared distance from
        ``rate_target``, with rates in 1/ms.
    **options
        Those of `BPTT`; ``loss_auto_run`` must be True.

    Raises
    ------
    TypeError
        For a target that is no `EpropNetwork`.
    ValueError
        For ``monitors`` with ``online``: the loss is asked for step by step, and cannot get the recordings.

    Notes
    -----
    Runs on every backend. ``online`` keeps, for every sample and every synapse, one number for each state of a neuron (one
    of LIF, two of ALIF), one for the filtered trace, and one for the gradient (two with a ``rate_cost``).

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     neurons = bp.neurons.LIF(20, V_reset=0., V_th=1., R=20.)
    ...     net = bp.EpropNetwork(3, neurons, bp.neurons.LeakyIntegrator(2, tau=20.))
    >>> x = (np.random.default_rng(0).random((8, 30, 3)) < 0.2).astype(np.float32)
    >>> trainer = bp.Eprop(net, 'mean_squared_error', bp.optim.Adam(0.01), feedback='random', dt=1., progress_bar=False)
    >>> trainer.fit([(x, np.ones((8, 30, 2)))], num_epoch=2)  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss ...
    Train 1 epoch, use ... s, loss ...
    """

    def __init__(self, target: EpropNetwork, loss_fun: Callable[..., Any] | str, optimizer: Any = None,
                 feedback: str = "symmetric", feedback_initializer: Any = Normal(0., 1.), online: bool = True,
                 rate_target: float = 10., rate_cost: float = 0., **options: Any) -> None:
        if not isinstance(target, EpropNetwork):
            raise TypeError(f"Eprop trains an EpropNetwork, but got {target!r}. bp.BPTT trains any model.")
        if not options.get("loss_auto_run", True):
            raise ValueError("Eprop runs the model itself: loss_auto_run must be True.")
        if online and options.get("monitors") is not None:
            raise ValueError("Eprop gives recordings to the loss with online=False alone: leave monitors= out, or take "
                             "online=False.")
        target.set_feedback(feedback, feedback_initializer)
        super().__init__(target, loss_fun, optimizer, **options)
        self.online = bool(online)
        self.rate_target, self.rate_cost = float(rate_target), float(rate_cost)
        if self.online:
            self._trained = _trained(target, self.optimizer.vars_to_train)
            self.traces = EligibilityTraces(target, count=self.rate_cost != 0)
            self._online = self._new_runner(self._learn, self.traces)
            self._online.drive = self._take_targets
            self._gradient = self._online_gradient
            self._rows: Any = None

    # Backward in time

    def _forward(self, inputs: Any, shared_args: dict[str, Any]) -> Any:
        return super()._forward(inputs, {**shared_args, "eprop": True})

    def _loss(self, inputs: Any, targets: Any, shared_args: dict[str, Any], reset_state: bool) -> tuple[Any, dict]:
        self.target.spike_count.value = bm.zeros_like(self.target.spike_count)
        loss, metrics = super()._loss(inputs, targets, shared_args, reset_state)
        return (loss + self._rate_loss(inputs) if self.rate_cost else loss), metrics

    def _rate_loss(self, inputs: Any) -> Any:
        return self.rate_cost * bm.sum(bm.square(self._rate_error(inputs)))

    def _rate_error(self, inputs: Any) -> Any:
        """By how much every neuron's rate is above the one that it should have, in 1/ms."""
        rates = self.target.spike_count.mean(axis=0) / self._duration(inputs)
        return rates - self.rate_target * _PER_MS

    def _duration(self, inputs: Any) -> float:
        return self.runner.length(inputs)[0] * self.dt

    # Forward in time

    def _take_targets(self, rows: Any) -> None:
        self._rows = rows

    def _learn(self) -> dict[str, Any]:
        """Learn from the outputs of this step; returns the loss and further metrics."""
        axis = 1 if self.runner.batch_first else 0

        def loss(outputs: Any) -> Any:
            targets = tree_map(lambda row: bm.expand_dims(row, axis), self._rows)
            result = self.loss_fun(bm.expand_dims(outputs, axis), targets)
            return result if self.loss_has_aux else (result, {})

        errors, value, metrics = bm.grad(loss, argnums=0, has_aux=True, return_value=True)(self.target.readout.V.value)
        self.traces.learn(errors)
        self._rows = None
        return {"loss": value, **metrics}

    def _online_gradient(self, inputs: Any, targets: Any, shared_args: dict[str, Any],
                         reset_state: bool) -> tuple[dict[str, Any], Any, dict[str, Any]]:
        """The gradients of all trained variables, the loss, and further metrics."""
        length, batch = self.runner.length(inputs)
        if reset_state:
            self.traces.reset_state(batch)
            self.runner.reset()
        self.traces.forget()
        self.target.spike_count.value = bm.zeros_like(self.target.spike_count)
        rows = tree_map(lambda x: bm.asarray(x).swapaxes(0, 1), targets) if self.runner.batch_first else targets
        outputs, _, found = self._run(inputs, shared_args, self._online, driven=rows)
        if self._watched:
            self._rates = self._counted_rates(length)
        means = {name: bm.mean(value) for name, value in found.items()}
        means.update({name: function(outputs, targets) for name, function in self._metrics.items()})
        return self._collected(inputs, length, batch), means.pop("loss") + self._rate_loss(inputs), means

    def _counted_rates(self, length: int) -> dict[str, float]:
        """The spikes per step and neuron of every group, from what the network has counted."""
        counts = {id(group): count for group, count in zip(self.target.groups, self.target.counts(), strict=True)}
        return {name: float(counts[id(layer)].mean()) / length for name, layer in self.spiking_layers.items()
                if id(layer) in counts}

    def _collected(self, inputs: Any, length: int, batch: Any) -> dict[str, Any]:
        """What the traces have collected, as gradients by name."""
        network = self.target
        by_input, by_spikes = self.traces.gradients([weights / length for weights in self.traces.weights])
        if self.rate_cost:
            error = 2. * self.rate_cost * self._rate_error(inputs) / (batch * self._duration(inputs))
            rate_in, rate_rec = self.traces.gradients(list(self.traces.counts))
            by_input, by_spikes = by_input + error * rate_in, by_spikes + error * rate_rec
        by_outputs = self.traces.outputs.sum(axis=0) / length
        values = {id(network.W_in): by_input, id(network.W_rec): by_spikes, id(network.W_out): by_outputs,
                  id(network.b_out): self.traces.bias.sum(axis=0) / length, id(network.feedback): by_outputs}
        return {name: values[id(variable)] for name, variable in self._trained.items()}


def _trained(network: EpropNetwork, variables: dict[str, Any]) -> dict[str, Any]:
    """The variables to train, if they are weights of the network; a ValueError for others."""
    known = [id(x) for x in (network.W_in, network.W_rec, network.W_out, network.b_out, network.feedback) if x is not None]
    others = [name for name, variable in variables.items() if id(variable) not in known]
    if others:
        raise ValueError(f"eligibility traces are those of the network's weights, but {', '.join(others)} are to be trained "
                         f"as well. Leave them out of the optimizer, or take online=False.")
    return dict(variables)
