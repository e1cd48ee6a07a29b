"""Exact gradients of spiking networks, from event to event (Wunderlich & Pehle, 2021)."""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain import losses
from nbbrain.check import is_float
from nbbrain.dynsys.share import share
from nbbrain.train.back_propagation import BPTT
from nbbrain.train.event_network import EventPropNetwork

__all__ = ["EventProp", "first_spike_cross_entropy"]


def first_spike_cross_entropy(times: Any, labels: Any, tau_0: float = 0.5, tau_1: float = 6.4, alpha: float = 3e-3,
                              t_max: float | None = None) -> Any:
    r"""The cross entropy of classes told by which neuron fires first (Wunderlich & Pehle, 2021, equation 10).

    .. math:: -\log \frac{e^{-t_y / \tau_0}}{\sum_k e^{-t_k / \tau_0}} + \alpha \left( e^{t_y / \tau_1} - 1 \right)

    The second term asks for an early spike of the neuron of class y.

    Parameters
    ----------
    times : array, shape (batch, classes)
        First spike times, in ms.
    labels : array of integers, shape (batch,)
        The classes.
    tau_0, tau_1 : float
        Time constants, in ms.
    alpha : float
        The weight of the second term.
    t_max : float, optional
        When the simulation ends, in ms: samples in which the neuron of the class has not fired before are left out of the
        sum (but count in the mean). Their only gradient delays the other neurons, until these fall silent as well.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.train import first_spike_cross_entropy
    >>> round(float(first_spike_cross_entropy(bm.asarray([[4., 5.], [4., 5.]]), bm.asarray([0, 1]))), 4)
    1.13
    >>> round(float(first_spike_cross_entropy(bm.asarray([[4., 5.], [4., 5.]]), bm.asarray([0, 1]), t_max=5.)), 4)
    0.0648
    """
    for name, value in {"tau_0": tau_0, "tau_1": tau_1}.items():
        if not is_float(float(value), name) > 0.:
            raise ValueError(f"{name} must be positive, but got {value!r}.")
    of_class = bm.sum(times * bm.one_hot(bm.asarray(labels), times.shape[-1]), axis=-1)
    each = losses.cross_entropy_loss(-times / tau_0, labels, reduction="none") + alpha * (bm.exp(of_class / tau_1) - 1.)
    return bm.mean(each if t_max is None else bm.where(of_class < t_max, each, 0.))


class EventProp(BPTT):
    r"""Trains a network of leaky integrate-and-fire neurons by the exact gradient of its spike times or potentials.

    (Wunderlich & Pehle, 2021, Sci. Rep. 11: 12829, "Event-based backpropagation can compute exact gradients for spiking
    neural networks".) Between events the adjoint variables follow

    .. math:: \tau_m \lambda_V' = -\lambda_V - \frac{\partial l_V}{\partial V}, \qquad
              \tau_s \lambda_I' = -\lambda_I + \lambda_V

    backward in time, and with a spike of neuron n at time t

    .. math::

        (\lambda_V^-)_n = (\lambda_V^+)_n + \frac{1}{\tau_m (\dot V^-)_n} \left( (V_{th} - V_{reset}) (\lambda_V^+)_n
            + \sum_j w_{nj} (\lambda_V^+ - \lambda_I)_j + \frac{\partial l}{\partial t} + l_V^- - l_V^+ \right)

    The gradient by a weight is :math:`-\tau_s` times the sum of :math:`\lambda_I` over the spikes that the synapse carries.
    No surrogate derivative is needed. Like every exact gradient, it does not know that a neuron which is silent could fire,
    so weights should let neurons fire at first.

    Parameters
    ----------
    target : EventPropNetwork
        The network, in training mode.
    loss_fun : callable or str
        ``loss_fun(outputs, targets)``, or a name in ``bp.losses``, for the outputs of the network, of shape
        (batch, num_out): first spike times, in ms, or mean potentials.
    optimizer, loss_has_aux, **options
        As of `BPTT`.

    Raises
    ------
    TypeError
        For a target that is no `EventPropNetwork`.
    ValueError
        For ``monitors``: there are no steps to record.

    Notes
    -----
    Both loops over events, forward and backward, are compiled on compiling backends and run on NumPy on the reference; what
    lies between is NumPy on every backend. Memory grows with the number of events. ``bm.grad`` knows the same gradient,
    wherever the network is called. The cross entropy may delay neurons until none fires any more; its ``t_max`` prevents
    it.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.EventPropNetwork(2, 20, 2, tau_mem=10., t_max=30.)
    >>> times = np.random.default_rng(0).uniform(0., 10., (32, 2))
    >>> labels = (times[:, 0] < times[:, 1]).astype(int)
    >>> trainer = bp.EventProp(net, bp.train.first_spike_cross_entropy, bp.optim.Adam(5e-3), progress_bar=False)
    >>> trainer.fit([(times, labels)], num_epoch=2)  # doctest: +ELLIPSIS
    Train 0 epoch, use ... s, loss ...
    Train 1 epoch, use ... s, loss ...
    >>> trainer.predict(times).shape
    (32, 2)
    """

    def __init__(self, target: EventPropNetwork, loss_fun: Callable[..., Any] | str = first_spike_cross_entropy,
                 optimizer: Any = None, loss_has_aux: bool = False, **options: Any) -> None:
        if not isinstance(target, EventPropNetwork):
            raise TypeError(f"EventProp trains an EventPropNetwork, but got {target!r}. bp.BPTT trains any model.")
        if options.get("monitors") is not None:
            raise ValueError("EventProp knows no time steps in which monitors= could record.")
        super().__init__(target, loss_fun, optimizer, loss_has_aux, **options)

    def _reset(self, inputs: Any) -> None:
        """Every run begins at rest."""

    def _forward(self, inputs: Any, shared_args: dict[str, Any]) -> Any:
        """The outputs of the network, which knows no time steps."""
        with share.saved(**shared_args):
            return self.target(inputs)

    def predict(self, inputs: Any, reset_state: bool = True, shared_args: dict[str, Any] | None = None,
                eval_time: bool = False) -> Any:
        """The outputs of the network.

        Parameters
        ----------
        inputs : array, shape (batch, num_in) or (batch, num_in, spikes)
            When inputs fire, in ms.
        reset_state : bool
            Without effect: every run begins at rest.
        shared_args : dict, optional
            Without effect on the network.
        eval_time : bool
            Whether to return ``(seconds, outputs)``.

        Returns
        -------
        array, shape (batch, num_out)
        """
        started = time.perf_counter()
        outputs = self._forward(inputs, {"fit": False, **(shared_args or {})})
        return (time.perf_counter() - started, outputs) if eval_time else outputs
