"""Connections without chance: everyone with everyone, and one with one."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.connect.base import TwoEndConnector
from nbbrain.connect.structures import INDEX, Pair, counts2pointers
from nbbrain.errors import ConnectorError
from nbbrain.sizes import size2num

__all__ = ["All2All", "One2One"]


def check_self(include_self: bool, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
    """Refuse to leave out self-connections between populations that cannot be one population."""
    if not include_self and size2num(pre_size) != size2num(post_size):
        raise ConnectorError(f"include_self=False needs two populations of one size, but got {pre_size} and "
                             f"{post_size}.")


class All2All(TwoEndConnector):
    """Every pre-synaptic neuron with every post-synaptic one.

    Parameters
    ----------
    include_self : bool
        Whether neuron i is connected to neuron i.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.All2All(include_self=False)(2, 2).require('conn_mat').tolist()
    [[False, True], [True, False]]
    """

    def __init__(self, *args: Any, include_self: bool = True, **kwargs: Any) -> None:
        self.include_self = include_self
        super().__init__(*args, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError where ``include_self=False`` has no meaning."""
        check_self(self.include_self, pre_size, post_size)

    def build_mat(self) -> np.ndarray:
        """The matrix of truth values ``(pre, post)``."""
        matrix = np.ones(self._numbers(), dtype=bool)
        if not self.include_self:
            np.fill_diagonal(matrix, False)
        return matrix

    def build_csr(self) -> Pair:
        """The partners of every pre-synaptic neuron, in ascending order."""
        pre_num, post_num = self._numbers()
        partners = np.arange(post_num if self.include_self else max(post_num - 1, 0), dtype=INDEX)
        table = np.tile(partners, (pre_num, 1))
        if not self.include_self:  # the number of whoever comes after oneself is one higher
            table += table >= np.arange(pre_num, dtype=INDEX)[:, None]
        return table.reshape(-1), counts2pointers(np.full(pre_num, partners.size))

    def __repr__(self) -> str:
        return f"All2All(include_self={self.include_self})"


class One2One(TwoEndConnector):
    """Pre-synaptic neuron i with post-synaptic neuron i; both populations have one number of neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.conn.One2One()(2, 2).require('conn_mat').tolist()
    [[True, False], [False, True]]
    """

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for populations of different numbers of neurons."""
        if size2num(pre_size) != size2num(post_size):
            raise ConnectorError(f"One2One needs two populations of one size, but got {pre_size} and {post_size}.")

    def build_coo(self) -> Pair:
        """The pairs ``(i, i)``."""
        ids = np.arange(self._numbers()[0], dtype=INDEX)
        return ids, ids
