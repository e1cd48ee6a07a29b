"""Recurrent cells whose state is an image: long short-term memory with convolutions for products."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_initializer, is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.layers.conv import Conv1d, Conv2d, Conv3d, Numbers
from nbbrain.dyn.states import new_batch_size, positive_integer, trainable
from nbbrain.initialize import XavierNormal, ZeroInit, variable_
from nbbrain.sizes import to_size

__all__ = ["Conv1dLSTMCell", "Conv2dLSTMCell", "Conv3dLSTMCell"]

_CONVOLUTIONS: dict[int, Any] = {1: Conv1d, 2: Conv2d, 3: Conv3d}


class _ConvolutionalLSTMCell(Layer):
    """A cell of images of ``dims`` axes of space."""

    dims = 1

    def __init__(self, input_shape: int | Sequence[int], in_channels: int, out_channels: int, kernel_size: Numbers,
                 stride: Numbers = 1, padding: Any = "SAME", lhs_dilation: Numbers = 1, rhs_dilation: Numbers = 1,
                 groups: int = 1, w_initializer: Any = XavierNormal(), b_initializer: Any = ZeroInit(),
                 state_initializer: Any = ZeroInit(), train_state: bool = False, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        self.input_shape = to_size(input_shape)
        if len(self.input_shape) != self.dims:
            raise ValueError(f"{self.name}: input_shape must be the sizes of {self.dims} axes of space, without channels, "
                             f"but got {input_shape!r}.")
        self.in_channels = positive_integer(in_channels, "in_channels")
        self.out_channels = positive_integer(out_channels, "out_channels")
        self.train_state = bool(train_state)
        self._state_initializer = is_initializer(state_initializer, "state_initializer")
        convolution = _CONVOLUTIONS[self.dims]
        common = {"kernel_size": kernel_size, "rhs_dilation": rhs_dilation, "groups": groups,
                  "w_initializer": w_initializer, "b_initializer": b_initializer, "mode": self.mode}
        self.input_to_hidden = convolution(self.in_channels, 4 * self.out_channels, stride=stride, padding=padding,
                                           lhs_dilation=lhs_dilation, **common)
        self.hidden_to_hidden = convolution(self.out_channels, 4 * self.out_channels, **common)
        space = self.input_to_hidden(bm.zeros((1, *self.input_shape, self.in_channels))).shape[1:-1]
        self.state_shape: tuple[int, ...] = (*space, self.out_channels)
        if self.train_state:
            self.h_to_train = trainable(self, self._state_initializer, self.state_shape)
            self.c_to_train = trainable(self, self._state_initializer, self.state_shape)
        batch = self.mode.batch_size if isinstance(self.mode, bm.BatchingMode) else None
        self.h, self.c = self._first_states(batch)

    def _first_states(self, batch: int | None) -> tuple[bm.Variable, bm.Variable]:
        if not self.train_state:
            h, c = [variable_(self._state_initializer, self.state_shape, batch) for _ in range(2)]
            return h, c
        rows = self.state_shape if batch is None else (batch, *self.state_shape)
        h, c = [bm.Variable(bm.broadcast_to(first, rows), batch_axis=None if batch is None else 0)
                for first in (self.h_to_train, self.c_to_train)]
        return h, c

    def reset_state(self, batch_size: int | None = None) -> None:
        """Set the states to their initial values.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        h, c = self._first_states(new_batch_size(self, batch_size, self.h))
        self.h.value, self.c.value = h, c

    def update(self, x: Any) -> Any:
        """The new hidden state, for images of shape (batch, *input_shape, in_channels), or for one without batches."""
        x = bm.asarray(x)
        wanted = (*self.h.shape[:self.h.ndim - self.dims - 1], *self.input_shape, self.in_channels)
        if x.shape != wanted:
            batch = self.h.ndim == x.ndim == self.dims + 2 and x.shape[1:] == wanted[1:]
            raise ValueError(f"{self.name}: expected input of shape {wanted}, but got {x.shape}"
                             f"{f'; call reset_state({x.shape[0]}) first' if batch else ''}")
        gates = self.input_to_hidden(x) + self.hidden_to_hidden(self.h)
        i, g, f, o = bm.split(gates, 4, axis=-1)
        c = bm.sigmoid(f + 1.) * self.c + bm.sigmoid(i) * bm.tanh(g)
        h = bm.sigmoid(o) * bm.tanh(c)
        self.h.value, self.c.value = h, c
        return h


class Conv1dLSTMCell(_ConvolutionalLSTMCell):
    r"""A cell of long short-term memory for sequences in space (Shi et al., 2015).

    .. math::

        i_t, g_t, f_t, o_t &= w_i * x_t + w_h * h_{t-1} + b \\
        c_t &= \sigma(f_t + 1) c_{t-1} + \sigma(i_t) \tanh(g_t) \\
        h_t &= \sigma(o_t) \tanh(c_t)

    where the star is a convolution. The channels of both are those of i, g, f and o, in this order. The forget gate is open
    at first: 1 is added to it (Jozefowicz et al., 2015).

    Parameters
    ----------
    input_shape : int or sequence of int
        The size of the axis of space.
    in_channels, out_channels : int
        The channels of the input and of the state.
    kernel_size : int or sequence of int
        The size of both kernels.
    stride, padding, lhs_dilation
        As for `Conv1d`, of the convolution of the input. That of the state keeps its size.
    rhs_dilation, groups
        As for `Conv1d`, of both convolutions.
    w_initializer, b_initializer : Initializer, array or callable
        The kernels, of shape (kernel_size, channels / groups, 4 out_channels), and the shifts, of shape (1, 4 out_channels).
    state_initializer : Initializer, array or callable
        The first states.
    train_state : bool
        Whether the first states are parameters, ``h_to_train`` and ``c_to_train``, that training changes.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Attributes
    ----------
    input_to_hidden, hidden_to_hidden : Conv1d
        The two convolutions.
    h, c : Variable, shape (space, out_channels) or (batch, space, out_channels)
        The hidden state, which is the output as well, and the memory.
    h_to_train, c_to_train : Array or TrainVar, shape (space, out_channels)
        The first states of every example, with ``train_state``; trainable in TrainingMode.

    Raises
    ------
    ValueError
        When a size is not a positive integer, an initializer has another shape, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> cell = bp.layers.Conv1dLSTMCell(6, in_channels=2, out_channels=3, kernel_size=3, mode=bm.training_mode)
    >>> cell.reset_state(5)
    >>> cell(bm.zeros((5, 6, 2))).shape
    (5, 6, 3)
    """


class Conv2dLSTMCell(_ConvolutionalLSTMCell):
    """A cell of long short-term memory for images (Shi et al., 2015).

    Its equations are those of `Conv1dLSTMCell`.

    Parameters
    ----------
    input_shape : sequence of int
        The sizes of the two axes of space.
    in_channels, out_channels, kernel_size, stride, padding, lhs_dilation, rhs_dilation, groups
        As for `Conv1dLSTMCell`.
    w_initializer, b_initializer, state_initializer, train_state, name, mode
        As for `Conv1dLSTMCell`.

    Attributes
    ----------
    input_to_hidden, hidden_to_hidden : Conv2d
        The two convolutions.
    h, c, h_to_train, c_to_train
        As of `Conv1dLSTMCell`.

    Raises
    ------
    ValueError
        As for `Conv1dLSTMCell`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> cell = bp.layers.Conv2dLSTMCell((6, 5), in_channels=2, out_channels=3, kernel_size=3)
    >>> cell(bp.math.zeros((6, 5, 2))).shape
    (6, 5, 3)
    """

    dims = 2


class Conv3dLSTMCell(_ConvolutionalLSTMCell):
    """A cell of long short-term memory for volumes (Shi et al., 2015).

    Its equations are those of `Conv1dLSTMCell`.

    Parameters
    ----------
    input_shape : sequence of int
        The sizes of the three axes of space.
    in_channels, out_channels, kernel_size, stride, padding, lhs_dilation, rhs_dilation, groups
        As for `Conv1dLSTMCell`.
    w_initializer, b_initializer, state_initializer, train_state, name, mode
        As for `Conv1dLSTMCell`.

    Attributes
    ----------
    input_to_hidden, hidden_to_hidden : Conv3d
        The two convolutions.
    h, c, h_to_train, c_to_train
        As of `Conv1dLSTMCell`.

    Raises
    ------
    ValueError
        As for `Conv1dLSTMCell`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> cell = bp.layers.Conv3dLSTMCell((4, 3, 2), in_channels=1, out_channels=2, kernel_size=3)
    >>> cell(bp.math.zeros((4, 3, 2, 1))).shape
    (4, 3, 2, 2)
    """

    dims = 3
