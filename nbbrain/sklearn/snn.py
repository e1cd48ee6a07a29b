"""A spiking network as a classifier."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_float, is_integer, is_string
from nbbrain.dyn.layers import Dense
from nbbrain.dyn.neurons import LIF, LeakyIntegrator
from nbbrain.dynsys import Sequential
from nbbrain.initialize import KaimingNormal
from nbbrain.sklearn.classifier import SequenceClassifier

__all__ = ["SNNClassifier"]

_POWERS = {"current": 1., "rate": 0.25, "spikes": 0.01}
"""The mean squares of scaled features, of regular spikes for them, and of what a membrane makes of the spikes of a layer."""


class SNNClassifier(SequenceClassifier):
    r"""A network of leaky integrate-and-fire neurons, trained by surrogate gradients (Neftci, Mostafa & Zenke, 2019).

    A sample is shown to the network for ``n_steps`` steps of 1 ms. Hidden neurons fire, a layer of leaky integrators reads
    their spikes, and the mean potential of each over time is the logit of a class:

    .. math::

        \tau \frac{dV}{dt} &= -V + x W + b, \qquad V \ge 1: \text{spike}, V \leftarrow 0 \\
        P(k) &\propto \exp\left(\frac{1}{T} \sum_t U_k(t)\right), \qquad \tau_{out} \frac{dU}{dt} = -U + s W_{out} + c

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        The numbers of neurons of the hidden layers.
    n_steps : int
        How many steps a sample, or a step of a three-dimensional X, is held.
    encoding : {'current', 'rate'}
        What the network receives: features as constant currents, shifted and scaled to mean 0 and variance 1; or spikes at
        regular intervals, in every step for the largest value of a feature in the fitted data, and none for the smallest.
    tau, tau_out : float
        The time constants of hidden neurons and of the readout, in ms.
    surrogate : str
        The name of the spike function in ``bm.surrogate``, whose derivative training uses.
    learning_rate : float
        The step size of Adam.
    max_iter : int
        The largest number of epochs.
    batch_size : int
        The number of samples in a step of training.
    tol, n_iter_no_change : float, int
        Training ends where the loss has not fallen by more than ``tol`` below the best one for so many epochs.
    random_state : int, RandomState or None
        Where first weights, and the order of samples, come from.
    verbose : bool
        Whether the loss of every epoch is printed.

    Attributes
    ----------
    classes_ : array
        The classes.
    n_iter_ : int
        The number of epochs.
    loss_curve_ : list of float
        The mean loss of every epoch.
    loss_ : float
        The last of them.
    parameters_ : dict of arrays
        Weights and biases of the layers: '0.W' and '0.b' of the first, and so on.
    offset_, scale_ : array, shape (n_features_in_,)
        What is subtracted from features, and what they are divided by then.
    n_features_in_ : int
        The number of features.
    feature_names_in_ : array of str
        Their names, where X was a table.
    dtype_ : dtype
        In which the network is computed.

    Raises
    ------
    ValueError
        In `fit` and `predict`, when data do not fit or a parameter is out of range.

    Examples
    --------
    >>> import nbbrain as bp
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> snn = bp.sklearn.SNNClassifier(hidden_layer_sizes=16, n_steps=10, learning_rate=0.05, max_iter=30, random_state=0)
    >>> bool(snn.fit(X, y).score(X, y) > 0.9)
    True
    """

    def __init__(self, hidden_layer_sizes: int | Sequence[int] = (64,), *, n_steps: int = 20, encoding: str = "current",
                 tau: float = 10.0, tau_out: float = 10.0, surrogate: str = "sigmoid", learning_rate: float = 0.02,
                 max_iter: int = 50, batch_size: int = 64, tol: float = 1e-4, n_iter_no_change: int = 10,
                 random_state: Any = None, verbose: bool = False) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.n_steps = n_steps
        self.encoding = encoding
        self.tau = tau
        self.tau_out = tau_out
        self.surrogate = surrogate
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _structure(self, num_in: int, num_out: int) -> dict[str, Any]:
        surrogates = [name for name in bm.surrogate.__all__ if name.islower()]
        return {"num_in": num_in, "num_out": num_out, "sizes": self._sizes(), "tau": float(is_float(self.tau, "tau", 1e-3)),
                "tau_out": float(is_float(self.tau_out, "tau_out", 1e-3)),
                "surrogate": is_string(self.surrogate, "surrogate", surrogates),
                "power": _POWERS[self.encoding] * float(1. - np.exp(-self.n_steps / self.tau)) ** 2}

    @staticmethod
    def _network(*, num_in: int, num_out: int, sizes: tuple[int, ...], tau: float, tau_out: float,
                 surrogate: str, power: float) -> Sequential:
        """The network; neurons fire at first, since weights are larger the less they get, in mean squares of potentials."""
        layers: list[Any] = []
        for size in sizes:
            layers.append(Dense(num_in, size, W_initializer=KaimingNormal(scale=2. / power)))
            power = _POWERS["spikes"]
            layers.append(LIF(size, V_reset=0., V_th=1., tau=tau, spike_fun=getattr(bm.surrogate, surrogate)))
            num_in = size
        return Sequential(*layers, Dense(num_in, num_out), LeakyIntegrator(num_out, tau=tau_out))

    def _learn_scale(self, rows: np.ndarray) -> None:
        if is_string(self.encoding, "encoding", ("current", "rate")) == "current":
            self.offset_, scale = rows.mean(axis=0), rows.std(axis=0)
        else:
            self.offset_, scale = rows.min(axis=0), np.ptp(rows, axis=0)
        self.scale_ = np.where(scale > 0, scale, 1)

    def _sequences(self, X: np.ndarray) -> np.ndarray:
        scaled = (X if X.ndim == 3 else X[:, None]) - self.offset_
        held = np.repeat(scaled / self.scale_, is_integer(self.n_steps, "n_steps", 1), axis=1)
        if self.encoding == "current":
            return held
        count = np.floor(np.cumsum(np.clip(held, 0, 1), axis=1) + 0.5)  # up to a step; the first is half an interval early
        return np.diff(count, axis=1, prepend=0)

    def _logits(self, outputs: Any) -> Any:
        return outputs.mean(axis=1)
