"""Nonlinear vector autoregression, the features of next-generation reservoir computing."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.check import is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import check_features, new_batch_size, positive_integer
from nbbrain.initialize import variable_

__all__ = ["NVAR"]


class NVAR(Layer):
    """The last inputs and the products of them (Gauthier et al., 2021, "Next generation reservoir computing").

    The output of a step is, side by side: 1 (with ``constant``); the linear part, which is the inputs of now, ``stride``
    steps ago, ``2 stride`` steps ago, ..., ``delay`` of them; and, for every order n, the products of n elements of the
    linear part, in lexicographic order of the elements. Before the first input there were zeros.

    Parameters
    ----------
    num_in : int
        The number of input features.
    delay : int
        How many inputs the linear part holds.
    order : int or sequence of int, optional
        The orders of the nonlinear part, 2 or more; None for no nonlinear part.
    stride : int
        The number of steps between the inputs of the linear part.
    constant : bool
        Whether a 1 stands first.
    mode : Mode, optional
        The mode, which must not be TrainingMode: there is nothing to train. The environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    num_out : int
        The number of output features.
    linear_dim, nonlinear_dim : int
        How many of them are linear and nonlinear.
    num_delay : int
        How many of the last inputs are kept.
    store : Variable, shape (num_delay, num_in) or (num_delay, batch, num_in)
        The last inputs.
    idx : Variable of int, shape (1,)
        Where the next input goes.

    Raises
    ------
    NotImplementedError
        In TrainingMode.
    ValueError
        When an argument is not a positive integer, an order is less than 2, or an input does not fit.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.NVAR(1, delay=2, order=2)
    >>> layer.get_feature_names()
    ['x0(t)', 'x0(t-1)', 'x0(t)^2', 'x0(t) x0(t-1)', 'x0(t-1)^2']
    >>> layer(bm.asarray([2.])), layer(bm.asarray([3.]))[2:]
    (Array(value=Array([2., 0., 4., 0., 0.]), dtype=float32), Array(value=Array([9., 6., 4.]), dtype=float32))
    """

    def __init__(self, num_in: int, delay: int, order: int | Sequence[int] | None = None, stride: int = 1,
                 constant: bool = False, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        is_subclass(self.mode, (bm.BatchingMode, bm.NonBatchingMode), type(self).__name__)
        self.num_in = positive_integer(num_in, "num_in")
        self.delay = positive_integer(delay, "delay")
        self.stride = positive_integer(stride, "stride")
        self.order = _orders(order)
        self.constant = bool(constant)
        self.num_delay = 1 + (self.delay - 1) * self.stride
        self.linear_dim = self.delay * self.num_in
        self._monomials = [np.array(list(combinations_with_replacement(range(self.linear_dim), n)), dtype=np.int32)
                           for n in self.order]
        self.nonlinear_dim = sum([len(monomials) for monomials in self._monomials])
        self.num_out = self.linear_dim + self.nonlinear_dim + int(self.constant)
        self.idx = bm.Variable(bm.zeros(1, dtype=bm.int_))
        self.store = variable_(bm.zeros, (self.num_delay, self.num_in), self.mode, batch_axis=1)

    def reset_state(self, batch_size: int | None = None) -> None:
        """Forget all inputs.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        batch = new_batch_size(self, batch_size, self.store)
        self.store.value = variable_(bm.zeros, (self.num_delay, self.num_in), batch, batch_axis=1)
        self.idx.value = bm.zeros_like(self.idx)

    def update(self, x: Any) -> Any:
        """The features after an input of shape (num_in,) or (batch, num_in); of shape (..., num_out)."""
        x = check_features(self, x, self.num_in)
        if x.shape != self.store.shape[1:]:
            raise ValueError(f"{self.name}: expected input of shape {self.store.shape[1:]}, but got {x.shape}")
        self.store[self.idx] = x[None]
        linear = self._linear(self.store[(self.idx - np.arange(0, self.num_delay, self.stride)) % self.num_delay])
        self.idx.value = (self.idx + 1) % self.num_delay
        parts = [bm.ones((*linear.shape[:-1], 1), dtype=linear.dtype)] if self.constant else []
        parts.append(linear)
        for monomials in self._monomials:
            product = linear[..., monomials[:, 0]]
            for factor in monomials.T[1:]:
                product = product * linear[..., factor]
            parts.append(product)
        return bm.concatenate(parts, axis=-1)

    def _linear(self, inputs: Any) -> Any:
        """Inputs of shape (delay, ..., num_in), newest first, as features of shape (..., delay * num_in)."""
        return bm.moveaxis(inputs, 0, -2).reshape((*inputs.shape[1:-1], self.linear_dim))

    def get_feature_names(self, for_plot: bool = False) -> list[str]:
        """The names of the output features.

        Parameters
        ----------
        for_plot : bool
            Whether names are written for Matplotlib, between dollar signs.
        """
        times = ["t" if k == 0 else f"t-{k * self.stride}" for k in range(self.delay)]
        form = "x{}_{}" if for_plot else "x{}({})"
        linear = [form.format(i, f"{{{time}}}" if for_plot and time != "t" else time)
                  for time in times for i in range(self.num_in)]
        names = ["1"] if self.constant else []
        names += linear
        for monomials in self._monomials:
            names += [" ".join(linear[i] if (power := list(row).count(i)) == 1 else f"{linear[i]}^{power}"
                               for i in dict.fromkeys(row)) for row in monomials.tolist()]
        return [f"${name}$" if for_plot and name != "1" else name for name in names]


def _orders(order: Any) -> tuple[int, ...]:
    given = () if order is None else tuple(order) if isinstance(order, (list, tuple, np.ndarray)) else (order,)
    orders = tuple([positive_integer(n, "order") for n in given])
    if any(n < 2 for n in orders):
        raise ValueError(f"order must be an integer of 2 or more, or several of them, but got {order!r}.")
    return orders
