"""The reservoir of an echo state network."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import activation_function, check_features, new_batch_size, positive_integer, trainable
from nbbrain.initialize import Normal, ZeroInit, parameter, variable_

__all__ = ["Reservoir"]

_WEAK = Normal(scale=0.1)


class _Weights:
    """Weights of which only some exist: a matrix times a mask, or the elements of a sparse matrix.

    A matrix has zeros where there are no weights. The mask keeps them while weights are trained: gradients would fill them.
    """

    def __init__(self, exists: np.ndarray, sparse: bool, trained: bool) -> None:
        self.shape, self.sparse = exists.shape, sparse
        self.mask: Any = None
        if sparse:
            rows, self.columns = np.nonzero(exists)
            self.pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(exists)))])
        elif trained and not exists.all():
            self.mask = bm.asarray(exists.astype(bm.get_float()))

    def product(self, x: Any, values: Any) -> Any:
        """X times the matrix."""
        if self.sparse:
            return bm.event_csr_matvec(values, self.columns, self.pointers, x, self.shape, transpose=True)
        return x @ (values if self.mask is None else values * self.mask)


class Reservoir(Layer):
    r"""A reservoir of leaky units with random connections (Jaeger, 2001; Lukoševičius, 2012).

    .. math::

        h &= (x + \eta_{in} \xi) W_{in} + s W_{rec} + b + \eta_{rec} \xi' \\
        s &\leftarrow (1 - a) s + a f(h) \quad \text{('internal')} \\
        s &\leftarrow f((1 - a) s + a h) \quad \text{('external')}

    Parameters
    ----------
    input_shape : int or sequence of int
        The number of input features, or the shape of an input, whose last element is that number.
    num_out : int
        The number of units.
    leaky_rate : float
        The leaking rate a, in [0, 1].
    activation : str or callable
        The function f, or its name in ``bm.activations``.
    activation_type : {'internal', 'external'}
        Whether the units leak outside of f or inside.
    Win_initializer, Wrec_initializer : Initializer, array or callable
        Weights of the input, of shape (num_in, num_out), and of the units, of shape (num_out, num_out).
    b_initializer : Initializer, array or callable, optional
        The bias, of shape (num_out,); None for no bias.
    in_connectivity, rec_connectivity : float
        The share of weights of the input, and of the units, that exist; which is drawn at random.
    comp_type : {'dense', 'sparse'}
        Whether weights are stored as matrices, or only those that exist.
    spectral_radius : float, optional
        The recurrent weights are scaled so that this is the largest modulus of their eigenvalues.
    noise_in, noise_rec : float
        The size of the noise that is added to the input, and to what the units receive.
    noise_type : {'normal', 'uniform'} or callable
        The distribution of noise: standard normal, or uniform between -1 and 1, or what a function of the shape returns.
    seed : int, optional
        The seed of connections and noise; without it, they follow from `bm.random.seed`. A model whose states are saved and
        loaded elsewhere needs one, for the same connections.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    Win, Wrec : Array or TrainVar
        The weights, or with 'sparse' those that exist, in the order of rows and columns: trainable in TrainingMode, where
        those that do not exist stay so.
    bias : Array, TrainVar or None, shape (num_out,)
        The bias: trainable in TrainingMode.
    state : Variable, shape (num_out,) or (batch, num_out)
        The state s, which is the output as well.

    Raises
    ------
    ValueError
        When an argument is out of range, an initializer has another shape, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.Reservoir(3, 100, spectral_radius=0.9, seed=1, mode=bm.batching_mode)
    >>> layer.reset_state(4)
    >>> layer(bm.ones((4, 3))).shape
    (4, 100)
    >>> bool(bm.abs(bm.max(bm.abs(bm.linalg.eigvals(layer.Wrec))) - 0.9) < 1e-4)
    True
    """

    def __init__(self, input_shape: int | Sequence[int], num_out: int, leaky_rate: float = 0.3,
                 activation: str | Callable[..., Any] = "tanh", activation_type: str = "internal",
                 Win_initializer: Any = _WEAK, Wrec_initializer: Any = _WEAK, b_initializer: Any = ZeroInit(),
                 in_connectivity: float = 0.1, rec_connectivity: float = 0.1, comp_type: str = "dense",
                 spectral_radius: float | None = None, noise_in: float = 0.0, noise_rec: float = 0.0,
                 noise_type: str | Callable[..., Any] = "normal", seed: int | None = None, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        self.num_in = positive_integer(input_shape[-1] if isinstance(input_shape, (tuple, list)) else input_shape,
                                       "input_shape")
        self.num_out = positive_integer(num_out, "num_out")
        self.leaky_rate = self._within("leaky_rate", leaky_rate, 1.)
        self.in_connectivity = self._within("in_connectivity", in_connectivity, 1.)
        self.rec_connectivity = self._within("rec_connectivity", rec_connectivity, 1.)
        self.noise_in = self._within("noise_in", noise_in, np.inf)
        self.noise_rec = self._within("noise_rec", noise_rec, np.inf)
        self.activation = activation_function(activation, self.name)
        self.activation_type = self._one_of("activation_type", activation_type, ("internal", "external"))
        self.comp_type = self._one_of("comp_type", comp_type, ("dense", "sparse"))
        self.noise_type = noise_type if callable(noise_type) else self._one_of("noise_type", noise_type,
                                                                              ("normal", "uniform"))
        self.spectral_radius = None if spectral_radius is None else self._within("spectral_radius", spectral_radius, np.inf)
        self.rng = bm.random.default_rng(seed)
        self._in, self.Win = self._weights(Win_initializer, self.num_in, self.in_connectivity, None)
        self._rec, self.Wrec = self._weights(Wrec_initializer, self.num_out, self.rec_connectivity, self.spectral_radius)
        self.bias = trainable(self, b_initializer, (self.num_out,), allow_none=True)
        self.state = variable_(bm.zeros, self.num_out, self.mode)

    def _within(self, name: str, value: Any, largest: float) -> float:
        if not isinstance(value, (int, float, np.number)) or not 0. <= value <= largest:
            limit = "must not be negative" if largest == np.inf else f"must be in [0, {largest:g}]"
            raise ValueError(f"{self.name}: {name} {limit}, but got {value!r}.")
        return float(value)

    def _one_of(self, name: str, value: Any, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            raise ValueError(f"{self.name}: {name} must be one of {', '.join(map(repr, allowed))}, but got {value!r}.")
        return str(value)

    def _weights(self, initializer: Any, count: int, connectivity: float,
                 radius: float | None) -> tuple[_Weights, Any]:
        """Weights of ``count`` senders, of which a share exists: which, and their values."""
        shape = (count, self.num_out)
        matrix = np.array(bm.as_numpy(parameter(initializer, shape, allow_none=False, allow_scalar=False)))
        exists = np.ones(shape, bool)
        if connectivity < 1.:
            exists = np.asarray(bm.as_numpy(self.rng.random(shape))) < connectivity
            matrix[~exists] = 0
        if radius is not None:
            largest = float(np.abs(np.linalg.eigvals(matrix)).max())
            if largest == 0.:
                raise ValueError(f"{self.name}: recurrent weights whose eigenvalues are all 0 cannot be scaled to a "
                                 f"spectral radius of {radius}.")
            matrix *= radius / largest
        sparse = self.comp_type == "sparse"
        values = bm.asarray(matrix[exists] if sparse else matrix)
        return _Weights(exists, sparse, isinstance(self.mode, bm.TrainingMode)), trainable(self, values, values.shape)

    def _noise(self, shape: tuple[int, ...]) -> Any:
        if callable(self.noise_type):
            return self.noise_type(shape)
        return self.rng.normal(size=shape) if self.noise_type == "normal" else self.rng.uniform(-1., 1., size=shape)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to zero.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.state.value = variable_(bm.zeros, self.num_out, new_batch_size(self, batch_size, self.state))

    def update(self, x: Any) -> Any:
        """The new state, for an input of shape (num_in,) or (batch, num_in)."""
        x = check_features(self, x, self.num_in)
        if x.shape[:-1] != self.state.shape[:-1]:
            hint = f"; call reset_state({x.shape[0]}) first" if self.state.ndim == x.ndim == 2 else ""
            raise ValueError(f"{self.name}: expected input of shape {(*self.state.shape[:-1], self.num_in)}, as the state "
                             f"has shape {self.state.shape}, but got {x.shape}{hint}")
        if self.noise_in > 0.:
            x = x + self.noise_in * self._noise(x.shape)
        old = bm.asarray(self.state)
        hidden = self._in.product(x, self.Win) + self._rec.product(old, self.Wrec)
        if self.bias is not None:
            hidden = hidden + self.bias
        if self.noise_rec > 0.:
            hidden = hidden + self.noise_rec * self._noise(hidden.shape)
        a = self.leaky_rate
        if self.activation_type == "internal":
            state = (1. - a) * old + a * self.activation(hidden)
        else:
            state = self.activation((1. - a) * old + a * hidden)
        self.state.value = state
        return state
