"""How often the layers of a spiking network fire while it is trained."""
from __future__ import annotations

import warnings
from typing import Any

import nbbrain.math as bm
from nbbrain.train.callbacks import Callback, Fit

__all__ = ["FiringRateWarning", "WatchFiringRates", "firing_rates", "spiking_layers"]


class FiringRateWarning(UserWarning):
    """A spiking layer is silent or saturated, and learns little."""


class WatchFiringRates(Callback):
    """Measures the firing rates of spiking layers, and warns of layers that are silent or saturated.

    A layer that never fires passes nothing on, and one that fires in every step tells nothing; neither gets much of a
    gradient. The first batch of an epoch and every ``every``-th are watched; the means of an epoch go into the history as
    ``rate <path>``, in spikes per step and neuron; the path of attributes leads from the model to the layer.

    Parameters
    ----------
    silent : float
        Below this rate, in spikes per second and neuron, a layer is silent.
    saturated : float
        Above this rate, in spikes per step and neuron, a layer is saturated.
    every : int
        Of how many batches one is watched.

    Notes
    -----
    Layers are the parts of the model with a variable ``spike``. They are seen where the trainer runs the model
    (``loss_auto_run=True``).

    Examples
    --------
    >>> import warnings
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.Sequential(bp.layers.Dense(1, 4), bp.neurons.LIF(4, name='quiet'), bp.layers.Dense(4, 1))
    >>> x = np.zeros((2, 5, 1), np.float32)
    >>> trainer = bp.BPTT(net, 'mean_squared_error', bp.optim.SGD(0.1), progress_bar=False)
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter('always')
    ...     trainer.fit([(x, x)], num_epoch=1)  # doctest: +ELLIPSIS
    Train 0 epoch, ...
    >>> str(caught[0].message)[:38]
    'the spiking layer quiet (1) is silent '
    """

    def __init__(self, silent: float = 0.1, saturated: float = 0.9, every: int = 16) -> None:
        if not silent >= 0:
            raise ValueError(f"silent must be a rate of at least 0 spikes a second, but got {silent!r}.")
        if not 0 < saturated <= 1:
            raise ValueError(f"saturated must be above 0 and at most 1 spike a step, but got {saturated!r}.")
        if every < 1:
            raise ValueError(f"every must be a number of batches of at least 1, but got {every!r}.")
        self.silent, self.saturated, self.every = silent, saturated, every
        self._first = False
        self._seen: dict[str, list[float]] = {}
        self._warned: dict[str, str] = {}

    def on_epoch_start(self, fit: Fit) -> None:
        """Decide whether the first batch is watched: in every epoch, or less often where epochs are very short."""
        self._first = fit.epoch == 0 or fit.epoch % -(-_APART * fit.epoch // fit.steps) == 0

    def on_batch_start(self, fit: Fit) -> None:
        """Ask for the rates of this batch, if it is its turn."""
        fit.watch = fit.watch or self._first or fit.steps % self.every == 0
        self._first = False

    def on_batch_end(self, fit: Fit) -> None:
        """Note them."""
        for name, rate in fit.rates.items():
            self._seen.setdefault(name, []).append(rate)

    def on_epoch_end(self, fit: Fit) -> None:
        """Add them to the history, and warn once of a layer that is out of range."""
        for name, rates in self._seen.items():
            rate = sum(rates) / len(rates)
            fit.row[f"rate {name}"] = rate
            per_second = rate / fit.trainer.dt * 1000.
            state = "silent" if per_second < self.silent else "saturated" if rate > self.saturated else ""
            if state and self._warned.get(name) != state:
                layer = fit.trainer.spiking_layers[name].name
                layer += "" if layer == name else f" ({name})"
                warnings.warn(f"the spiking layer {layer} is {state} in epoch {fit.epoch}: its neurons fire "
                              f"{per_second:.3g} times a second ({rate:.3g} spikes a step). {_ADVICE[state]}",
                              FiringRateWarning, stacklevel=5)
            self._warned[name] = state
        self._seen.clear()


_APART = 4
"""First batches of epochs are watched only so many batches apart, because a watched batch takes longer."""

_ADVICE = {
    "silent": "It passes nothing on: make weights or inputs before it larger, or its threshold lower.",
    "saturated": "It tells little: make weights or inputs before it smaller, or its threshold higher.",
}


def spiking_layers(target: Any) -> dict[str, Any]:
    """The parts of a model that spike, by the path that leads to them; the model itself by its name."""
    return {path or node.name: node for path, node in target.nodes("relative").unique().items()
            if isinstance(getattr(node, "spike", None), bm.Variable)}


def firing_rates(layers: dict[str, Any]) -> dict[str, Any]:
    """The spikes per neuron of this step, for every row of the batch."""
    found = {}
    for name, layer in layers.items():
        spikes = bm.stop_gradient(bm.asarray(layer.spike, dtype=bm.get_float()))
        found[name] = bm.mean(spikes.reshape(spikes.shape[0], -1), axis=-1) if spikes.ndim > 1 else spikes
    return found
