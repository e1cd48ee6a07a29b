"""Recurrent cells: one step of a plain, a gated and a long short-term memory network."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_initializer, is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import activation_function, check_features, new_batch_size, positive_integer, trainable
from nbbrain.initialize import Orthogonal, XavierNormal, ZeroInit, variable_

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _RecurrentCell(Layer):
    """Weights and state of a cell with a number of gates, whose state holds a number of vectors."""

    gates = 1
    vectors = 1

    def __init__(self, num_in: int, num_out: int, Wi_initializer: Any, Wh_initializer: Any, b_initializer: Any,
                 state_initializer: Any, activation: Any, mode: bm.Mode | None, train_state: bool, name: str | None) -> None:
        super().__init__(mode=mode, name=name)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        self.num_in = positive_integer(num_in, "num_in")
        self.num_out = positive_integer(num_out, "num_out")
        self.activation = activation_function(activation, self.name)
        self.train_state = bool(train_state)
        width = self.gates * self.num_out
        self.Wi = trainable(self, Wi_initializer, (self.num_in, width))
        self.Wh = trainable(self, Wh_initializer, (self.num_out, width))
        self.b = trainable(self, b_initializer, (width,), allow_none=True)
        self._state_initializer = is_initializer(state_initializer, "state_initializer")
        if self.train_state:
            self.state2train = trainable(self, self._state_initializer, (self.vectors * self.num_out,))
        self.state = self._first_state(self.mode.batch_size if isinstance(self.mode, bm.BatchingMode) else None)

    def _first_state(self, batch: int | None) -> bm.Variable:
        size = (self.vectors * self.num_out,)
        if not self.train_state:
            return variable_(self._state_initializer, size, batch)
        rows = size if batch is None else (batch, *size)
        return bm.Variable(bm.broadcast_to(self.state2train, rows), batch_axis=None if batch is None else 0)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the state to its initial values.

        With ``train_state`` every row of the state becomes ``state2train``. The trainers reset the state inside of the loss
        that they differentiate, so that ``state2train`` gets a gradient and is trained.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        self.state.value = self._first_state(new_batch_size(self, batch_size, self.state))

    def _shifted(self, x: Any) -> Any:
        return x if self.b is None else x + self.b

    def _checked(self, x: Any) -> Any:
        """The input as an array, if it fits the weights and the state."""
        x = check_features(self, x, self.num_in)
        if x.shape[:-1] != self.state.shape[:-1]:
            hint = f" call reset_state({x.shape[0]}) first" if self.state.ndim == x.ndim == 2 else ""
            raise ValueError(f"{self.name}: expected input of shape {(*self.state.shape[:-1], self.num_in)}, as the state "
                             f"has shape {self.state.shape}, but got {x.shape}{';' + hint if hint else ''}")
        return x


class RNNCell(_RecurrentCell):
    r"""A cell of a plain recurrent network (Elman, 1990).

    .. math:: h_t = f(x_t W_i + h_{t-1} W_h + b)

    Parameters
    ----------
    num_in, num_out : int
        The numbers of input and output features.
    state_initializer : Initializer, array or callable
        The first state.
    Wi_initializer, Wh_initializer : Initializer, array or callable
        Weights of the input, of shape (num_in, num_out), and of the state, of shape (num_out, num_out).
    b_initializer : Initializer, array or callable, optional
        The bias, of shape (num_out,); None for no bias.
    activation : str or callable
        The function f, or its name in ``bm.activations``.
    mode : Mode, optional
        The mode; the environment's by default.
    train_state : bool
        Whether the first state is a parameter, ``state2train``, that training changes.
    name : str, optional
        The name.

    Attributes
    ----------
    Wi, Wh, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.
    state : Variable, shape (num_out,) or (batch, num_out)
        The state h, which is the output as well.
    state2train : Array or TrainVar, shape (num_out,)
        The first state of every row of a batch, with ``train_state``; trainable in TrainingMode.

    Raises
    ------
    ValueError
        When a size is not a positive integer, an initializer has another shape, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> cell = bp.layers.RNNCell(1, 3, train_state=True, mode=bm.training_mode)
    >>> cell.state2train
    TrainVar(value=Array([0., 0., 0.]), dtype=float32)
    >>> cell.reset_state(batch_size=5)
    >>> cell(bm.ones((5, 1))).shape
    (5, 3)
    """

    def __init__(self, num_in: int, num_out: int, state_initializer: Any = ZeroInit(), Wi_initializer: Any = XavierNormal(),
                 Wh_initializer: Any = XavierNormal(), b_initializer: Any = ZeroInit(), activation: Any = "relu",
                 mode: bm.Mode | None = None, train_state: bool = False, name: str | None = None) -> None:
        super().__init__(num_in, num_out, Wi_initializer, Wh_initializer, b_initializer, state_initializer, activation, mode,
                         train_state, name)

    def update(self, x: Any) -> Any:
        """The new state, for an input of shape (num_in,) or (batch, num_in)."""
        x = self._checked(x)
        state = self.activation(self._shifted(x @ self.Wi + self.state @ self.Wh))
        self.state.value = state
        return state


class GRUCell(_RecurrentCell):
    r"""A cell of a network with gated recurrent units (Cho et al., 2014).

    .. math::

        z_t &= \sigma(x_t W_{iz} + h_{t-1} W_{hz} + b_z) \\
        r_t &= \sigma(x_t W_{ir} + h_{t-1} W_{hr} + b_r) \\
        a_t &= f(x_t W_{ia} + (r_t h_{t-1}) W_{ha} + b_a) \\
        h_t &= (1 - z_t) h_{t-1} + z_t a_t

    The columns of the weights are those of z, r and a, in this order.

    Parameters
    ----------
    num_in, num_out : int
        The numbers of input and output features.
    Wi_initializer, Wh_initializer : Initializer, array or callable
        Weights of the input, of shape (num_in, 3 num_out), and of the state, of shape (num_out, 3 num_out).
    b_initializer : Initializer, array or callable, optional
        The bias, of shape (3 num_out,); None for no bias.
    state_initializer : Initializer, array or callable
        The first state.
    activation : str or callable
        The function f, or its name in ``bm.activations``.
    mode : Mode, optional
        The mode; the environment's by default.
    train_state : bool
        Whether the first state is a parameter, ``state2train``, that training changes.
    name : str, optional
        The name.

    Attributes
    ----------
    Wi, Wh, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.
    state : Variable, shape (num_out,) or (batch, num_out)
        The state h, which is the output as well.
    state2train : Array or TrainVar, shape (num_out,)
        The first state of every row of a batch, with ``train_state``; trainable in TrainingMode.

    Raises
    ------
    ValueError
        When a size is not a positive integer, an initializer has another shape, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.GRUCell(2, 4)(bp.math.ones(2)).shape
    (4,)
    """

    gates = 3

    def __init__(self, num_in: int, num_out: int, Wi_initializer: Any = Orthogonal(), Wh_initializer: Any = Orthogonal(),
                 b_initializer: Any = ZeroInit(), state_initializer: Any = ZeroInit(), activation: Any = "tanh",
                 mode: bm.Mode | None = None, train_state: bool = False, name: str | None = None) -> None:
        super().__init__(num_in, num_out, Wi_initializer, Wh_initializer, b_initializer, state_initializer, activation, mode,
                         train_state, name)

    def update(self, x: Any) -> Any:
        """The new state, for an input of shape (num_in,) or (batch, num_in)."""
        n = self.num_out
        h = bm.asarray(self.state)
        from_input = self._shifted(self._checked(x) @ self.Wi)
        gates = bm.sigmoid(from_input[..., :2 * n] + h @ self.Wh[:, :2 * n])
        z, r = gates[..., :n], gates[..., n:]
        a = self.activation(from_input[..., 2 * n:] + (r * h) @ self.Wh[:, 2 * n:])
        state = (1. - z) * h + z * a
        self.state.value = state
        return state


class LSTMCell(_RecurrentCell):
    r"""A cell of a network with long short-term memory (Hochreiter & Schmidhuber, 1997; Gers et al., 2000).

    .. math::

        i_t, g_t, f_t, o_t &= x_t W_i + h_{t-1} W_h + b \\
        c_t &= \sigma(f_t + 1) c_{t-1} + \sigma(i_t) \phi(g_t) \\
        h_t &= \sigma(o_t) \phi(c_t)

    The columns of the weights are those of i, g, f and o, in this order. The forget gate is open at first: 1 is added to it
    (Jozefowicz et al., 2015).

    Parameters
    ----------
    num_in, num_out : int
        The numbers of input and output features.
    Wi_initializer, Wh_initializer : Initializer, array or callable
        Weights of the input, of shape (num_in, 4 num_out), and of the state, of shape (num_out, 4 num_out).
    b_initializer : Initializer, array or callable, optional
        The bias, of shape (4 num_out,); None for no bias.
    state_initializer : Initializer, array or callable
        The first state, h and c side by side.
    activation : str or callable
        The function phi, or its name in ``bm.activations``.
    mode : Mode, optional
        The mode; the environment's by default.
    train_state : bool
        Whether the first state is a parameter, ``state2train``, that training changes.
    name : str, optional
        The name.

    Attributes
    ----------
    Wi, Wh, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.
    state : Variable, shape (2 num_out,) or (batch, 2 num_out)
        The hidden state h and the memory c, side by side. The output is h.
    state2train : Array or TrainVar, shape (2 num_out,)
        The first state of every row of a batch, with ``train_state``; trainable in TrainingMode.

    Raises
    ------
    ValueError
        When a size is not a positive integer, an initializer has another shape, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> cell = bp.layers.LSTMCell(2, 4)
    >>> cell(bp.math.ones(2)).shape, cell.state.shape, cell.c.shape
    ((4,), (8,), (4,))
    """

    gates = 4
    vectors = 2

    def __init__(self, num_in: int, num_out: int, Wi_initializer: Any = XavierNormal(), Wh_initializer: Any = XavierNormal(),
                 b_initializer: Any = ZeroInit(), state_initializer: Any = ZeroInit(), activation: Any = "tanh",
                 mode: bm.Mode | None = None, train_state: bool = False, name: str | None = None) -> None:
        super().__init__(num_in, num_out, Wi_initializer, Wh_initializer, b_initializer, state_initializer, activation, mode,
                         train_state, name)

    @property
    def h(self) -> Any:
        """The hidden state, shape (num_out,) or (batch, num_out)."""
        return self.state[..., :self.num_out]

    @h.setter
    def h(self, value: Any) -> None:
        self.state[..., :self.num_out] = value

    @property
    def c(self) -> Any:
        """The memory, shape (num_out,) or (batch, num_out)."""
        return self.state[..., self.num_out:]

    @c.setter
    def c(self, value: Any) -> None:
        self.state[..., self.num_out:] = value

    def update(self, x: Any) -> Any:
        """The new hidden state, for an input of shape (num_in,) or (batch, num_in)."""
        gates = self._shifted(self._checked(x) @ self.Wi + self.h @ self.Wh)
        i, g, f, o = bm.split(gates, 4, axis=-1)
        c = bm.sigmoid(f + 1.) * self.c + bm.sigmoid(i) * self.activation(g)
        h = bm.sigmoid(o) * self.activation(c)
        self.state.value = bm.concatenate([h, c], axis=-1)
        return h
