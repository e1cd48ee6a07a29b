"""`TwoEndConnector`: a rule that says which neurons of two populations are connected, and what can be asked of it."""
from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from nbbrain.connect import structures
from nbbrain.connect.structures import (
    INDEX,
    STRUCTURES,
    Pair,
    as_index,
    coo2csr,
    coo2mat,
    counts2pointers,
    csr2coo,
    csr2csc,
    mat2coo,
    sorting,
)
from nbbrain.errors import ConnectorError, NoImplementationError
from nbbrain.sizes import Size, size2num, to_size

__all__ = ["Connector", "OneEndConnector", "TwoEndConnector"]


class Connector:
    """Base class of all connectors."""


class TwoEndConnector(Connector):
    """A connection between two populations.

    A connector is a rule; called with the sizes of two populations it is the connection of these two, and `require`
    gives it in the form that is needed. A rule that draws random numbers draws once a call, so that all forms describe
    one connection.

    A subclass defines one of ``build_coo``, ``build_csr`` and ``build_mat``, which take no argument, read ``pre_num``
    and ``post_num`` and return the connection in that form (see `nbbrain.connect.structures`).

    Parameters
    ----------
    pre, post : int or sequence of int, optional
        The sizes of the two populations, if they are known already.

    Attributes
    ----------
    pre_size, post_size : tuple of int or None
        The sizes.
    pre_num, post_num : int or None
        The numbers of neurons.

    Examples
    --------
    >>> import nbbrain as bp
    >>> connection = bp.conn.One2One()(pre_size=3, post_size=3)
    >>> indices, pointers = connection.require('pre2post')
    >>> indices.tolist(), pointers.tolist()
    ([0, 1, 2], [0, 1, 2, 3])
    """

    pre_size: tuple[int, ...] | None = None
    post_size: tuple[int, ...] | None = None
    pre_num: int | None = None
    post_num: int | None = None
    shared: bool = False  # whether a call leaves this as it is, and makes a copy the connection
    _coo: Pair | None = None
    _rows: Pair | None = None  # CSR, where that is what the subclass builds
    _matrix: np.ndarray | None = None

    def __init__(self, pre: Size | None = None, post: Size | None = None) -> None:
        if (pre is None) != (post is None):
            raise ConnectorError(f"both sizes are needed or none, but got pre={pre!r} and post={post!r}.")
        if pre is not None:
            self(pre, post)

    def __call__(self, pre_size: Size, post_size: Size | None = None) -> TwoEndConnector:
        """Make this the connection of populations of two sizes, and return it.

        Parameters
        ----------
        pre_size, post_size : int or sequence of int
            The size of the pre- and of the post-synaptic population.

        Raises
        ------
        ConnectorError
            When the rule does not allow these sizes.
        """
        if post_size is None:
            raise ConnectorError(f"{type(self).__name__} needs the sizes of two populations, but got only pre_size="
                                 f"{pre_size!r}.")
        if self.shared:
            one = copy(self)
            one.shared = False
            return one(pre_size, post_size)
        pre, post = to_size(pre_size), to_size(post_size)
        self.check_sizes(pre, post)
        self.pre_size, self.post_size = pre, post
        self.pre_num, self.post_num = size2num(pre), size2num(post)
        self._coo = self._rows = self._matrix = None
        return self

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for sizes that the rule does not allow; a subclass overrides this."""

    def build_coo(self) -> Pair:
        """The pairs ``(pre_ids, post_ids)`` of connected neurons."""
        raise NoImplementationError(f"{type(self).__name__} must define build_coo, build_csr or build_mat.")

    def build_csr(self) -> Pair:
        """The partners of every pre-synaptic neuron, ``(post_ids, pointers)``."""
        raise NoImplementationError(f"{type(self).__name__} must define build_coo, build_csr or build_mat.")

    def build_mat(self) -> np.ndarray:
        """The matrix of truth values ``(pre, post)``."""
        raise NoImplementationError(f"{type(self).__name__} must define build_coo, build_csr or build_mat.")

    def require(self, *names: str) -> Any:
        """The connection in the forms asked for.

        Parameters
        ----------
        *names : str
            Any of

            * ``'conn_mat'``: a matrix of truth values, shape (pre, post);
            * ``'coo'``: ``(pre_ids, post_ids)``, one pair a synapse; ``'pre_ids'`` and ``'post_ids'`` are its halves;
            * ``'csr'`` = ``'pre2post'``: ``(post_ids, pointers)``, sorted by pre-synaptic neuron;
            * ``'csc'`` = ``'post2pre'``: ``(pre_ids, pointers)``, sorted by post-synaptic neuron;
            * ``'pre2syn'`` and ``'post2syn'``: ``(synapse_ids, pointers)``, the synapses of every neuron; a synapse's
              number is its position in ``'csr'``, which is also the order of a vector of weights;
            * ``'pre_slice'`` and ``'post_slice'``: where the synapses of every neuron begin and end in ``'csr'`` and
              ``'csc'``, shape (neurons, 2).

        Returns
        -------
        ndarray, tuple of ndarray, or a tuple of these where several forms are asked for
            Indices are int32.

        Raises
        ------
        ConnectorError
            When a name is unknown, or the sizes of the populations are not.
        """
        if not names or any(name not in STRUCTURES for name in names):
            raise ConnectorError(f"require needs names among {', '.join(STRUCTURES)}, but got "
                                 f"{', '.join(map(repr, names)) or 'none'}.")
        if self.pre_num is None:
            raise ConnectorError(f"the populations are not known yet: call this {type(self).__name__} with their sizes "
                                 f"before require, as in connector(pre_size, post_size).require({names[0]!r}).")
        results = tuple([_GIVE[name](self) for name in names])
        return results[0] if len(results) == 1 else results

    requires = require

    def _numbers(self) -> tuple[int, int]:
        assert self.pre_num is not None and self.post_num is not None
        return self.pre_num, self.post_num

    def _defines(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(TwoEndConnector, name)

    def _pairs(self) -> Pair:
        if self._coo is None:
            if self._defines("build_csr"):
                self._coo = csr2coo(self._csr())
            elif self._defines("build_mat"):
                self._coo = mat2coo(self._mat())
            else:
                pre_ids, post_ids = self.build_coo()
                self._coo = as_index(pre_ids), as_index(post_ids)
        return self._coo

    def _mat(self) -> np.ndarray:
        if self._matrix is None:
            self._matrix = (np.asarray(self.build_mat()) != 0 if self._defines("build_mat")
                            else coo2mat(self._pairs(), *self._numbers()))
        return self._matrix

    def _csr(self) -> Pair:
        if not self._defines("build_csr"):
            return coo2csr(self._pairs(), self._numbers()[0])
        if self._rows is None:
            post_ids, pointers = self.build_csr()
            self._rows = as_index(post_ids), as_index(pointers)
        return self._rows

    def _csc(self) -> Pair:
        indices: Pair = csr2csc(self._csr(), self._numbers()[1])
        return indices

    def _pre2syn(self) -> Pair:
        post_ids, pointers = self._csr()
        return np.arange(post_ids.size, dtype=INDEX), pointers

    def _post2syn(self) -> Pair:
        post_ids, _ = self._csr()
        counts = np.bincount(post_ids, minlength=self._numbers()[1])
        return np.arange(post_ids.size, dtype=INDEX)[sorting(post_ids)], counts2pointers(counts)

    def __repr__(self) -> str:
        return type(self).__name__


def _slices(pointers: np.ndarray) -> np.ndarray:
    return np.stack([pointers[:-1], pointers[1:]], axis=1)


_GIVE: dict[str, Callable[[TwoEndConnector], Any]] = {
    structures.CONN_MAT: TwoEndConnector._mat,
    structures.COO: TwoEndConnector._pairs,
    structures.PRE_IDS: lambda connector: connector._pairs()[0],
    structures.POST_IDS: lambda connector: connector._pairs()[1],
    structures.CSR: TwoEndConnector._csr,
    structures.PRE2POST: TwoEndConnector._csr,
    structures.CSC: TwoEndConnector._csc,
    structures.POST2PRE: TwoEndConnector._csc,
    structures.PRE2SYN: TwoEndConnector._pre2syn,
    structures.POST2SYN: TwoEndConnector._post2syn,
    structures.PRE_SLICE: lambda connector: _slices(connector._csr()[1]),
    structures.POST_SLICE: lambda connector: _slices(connector._csc()[1]),
}


class OneEndConnector(TwoEndConnector):
    """A connection of a population with itself; see `TwoEndConnector` for the rest."""

    def __call__(self, pre_size: Size, post_size: Size | None = None) -> TwoEndConnector:
        """Make this the connection within a population of a size, and return it.

        Parameters
        ----------
        pre_size : int or sequence of int
            The size of the population.
        post_size : int or sequence of int, optional
            The same size; two different ones are a ConnectorError.
        """
        return super().__call__(pre_size, pre_size if post_size is None else post_size)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError for two different sizes."""
        if pre_size != post_size:
            raise ConnectorError(f"{type(self).__name__} connects a population with itself, but got the sizes "
                                 f"{pre_size} and {post_size}.")
