"""Layers that carry values from one population of neurons to another: connections and their weights."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.connect import TwoEndConnector
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import check_features, positive_integer, trainable
from nbbrain.math.jit_connectivity import (
    matvec_prob_conn_homo_weight,
    matvec_prob_conn_normal_weight,
    matvec_prob_conn_uniform_weight,
)
from nbbrain.mixin import SupportSTDP

__all__ = ["AllToAll", "CSRLinear", "EventCSRLinear", "EventJitFPHomoLinear", "EventJitFPNormalLinear",
           "EventJitFPUniformLinear", "JitFPHomoLinear", "JitFPNormalLinear", "JitFPUniformLinear", "MaskedLinear",
           "OneToOne"]


class AllToAll(SupportSTDP, Layer):
    """Every neuron of one population is connected to every neuron of another.

    Parameters
    ----------
    num_pre, num_post : int
        The numbers of neurons.
    weight : float, array of shape (num_pre, num_post), Initializer or callable
        One weight for all, or one for every pair. In TrainingMode it is trainable.
    sharding
        Accepted for compatibility.
    include_self : bool
        Whether neuron i of one is connected to neuron i of the other.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        For a weight or an input of another shape, and without self-connections where the numbers differ.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> from nbbrain.dyn.layers.connections import AllToAll
    >>> AllToAll(2, 3, weight=2.)(bm.asarray([1., 3.]))
    Array(value=Array([8., 8., 8.]), dtype=float32)
    """

    def __init__(self, num_pre: int, num_post: int, weight: Any, sharding: Any = None, include_self: bool = True,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.num_pre, self.num_post = positive_integer(num_pre, "num_pre"), positive_integer(num_post, "num_post")
        self.include_self = bool(include_self)
        if not self.include_self and self.num_pre != self.num_post:
            raise ValueError(f"{self.name}: include_self=False needs as many pre- as post-synaptic neurons, but got "
                             f"{num_pre} and {num_post}.")
        self.weight = trainable(self, weight, (self.num_pre, self.num_post), allow_scalar=True)

    def update(self, x: Any) -> Any:
        """What the neurons receive, of shape (..., num_post), for values of shape (..., num_pre)."""
        x = check_features(self, x, self.num_pre)
        if bm.ndim(self.weight) == 0:
            total = bm.sum(x, axis=-1, keepdims=True)
            total = total - x if not self.include_self else bm.broadcast_to(total, (*x.shape[:-1], self.num_post))
            return total * self.weight
        return x @ (self.weight if self.include_self else self.weight * (1. - bm.eye(self.num_pre)))


class OneToOne(SupportSTDP, Layer):
    """Neuron i of one population is connected to neuron i of another.

    Parameters
    ----------
    num : int
        The number of neurons.
    weight : float, array of shape (num,), Initializer or callable
        One weight for all, or one for every neuron. In TrainingMode it is trainable.
    sharding
        Accepted for compatibility.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        For a weight or an input of another shape.
    """

    def __init__(self, num: int, weight: Any, sharding: Any = None, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.num = positive_integer(num, "num")
        self.weight = trainable(self, weight, (self.num,), allow_scalar=True)

    def update(self, x: Any) -> Any:
        """What the neurons receive, for values of shape (..., num)."""
        return check_features(self, x, self.num) * self.weight

    def pairs(self, pre: Any, post: Any) -> Any:
        """The product of the pre- and the post-synaptic value, for every neuron."""
        return pre * post


class _Connected(Layer):
    """Connections that a `Connector` of known sizes makes."""

    def __init__(self, conn: TwoEndConnector, mode: bm.Mode | None, name: str | None) -> None:
        super().__init__(name=name, mode=mode)
        if not isinstance(conn, TwoEndConnector):
            raise TypeError(f"{self.name}: conn must be a connector, such as bp.conn.FixedProb(0.1, pre=4, post=5), but got "
                            f"{conn!r}.")
        if conn.pre_num is None or conn.post_num is None:
            raise ValueError(f"{self.name}: the connector must know both populations: give it pre= and post=.")
        self.conn = conn
        self.shape = (conn.pre_num, conn.post_num)


class MaskedLinear(SupportSTDP, _Connected):
    """A dense matrix of weights that are zero where there is no connection.

    Parameters
    ----------
    conn : TwoEndConnector
        Who is connected to whom, with ``pre`` and ``post`` given.
    weight : float, array of shape (pre, post), Initializer or callable
        The weights. In TrainingMode they are trainable.
    mask_fun : callable, optional
        What becomes of the masked weights; nothing by default.
    sharding
        Accepted for compatibility.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    TypeError
        When conn is no connector.
    ValueError
        For a connector without sizes, and weights or inputs of another shape.
    """

    def __init__(self, conn: TwoEndConnector, weight: Any, mask_fun: Callable[[Any], Any] | None = None,
                 sharding: Any = None, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(conn, mode, name)
        self.mask_fun = mask_fun
        self.weight = trainable(self, weight, self.shape, allow_scalar=True)
        self.mask = bm.asarray(conn.require("conn_mat"))

    def update(self, x: Any) -> Any:
        """What the neurons receive, of shape (..., post), for values of shape (..., pre)."""
        masked = self.mask * self.weight
        return check_features(self, x, self.shape[0]) @ (masked if self.mask_fun is None else self.mask_fun(masked))


class CSRLinear(SupportSTDP, _Connected):
    """Sparse connections: one weight, or one for every synapse, in the order of ``conn.require('csr')``.

    Parameters
    ----------
    conn : TwoEndConnector
        Who is connected to whom, with ``pre`` and ``post`` given.
    weight : float, array of shape (synapses,), Initializer or callable
        The weights. In TrainingMode they are trainable.
    sharding, method
        Accepted for compatibility.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.
    transpose : bool
        Whether values go from the pre- to the post-synaptic neurons; otherwise the other way.

    Raises
    ------
    TypeError
        When conn is no connector.
    ValueError
        For a connector without sizes, and weights or inputs of another shape.

    Examples
    --------
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> from nbbrain.dyn.layers.connections import CSRLinear
    >>> CSRLinear(bp.conn.One2One(pre=2, post=2), weight=3.)(bm.asarray([1., 2.]))
    Array(value=Array([3., 6.]), dtype=float32)
    """

    def __init__(self, conn: TwoEndConnector, weight: Any, sharding: Any = None, mode: bm.Mode | None = None,
                 name: str | None = None, method: str | None = None, transpose: bool = True) -> None:
        super().__init__(conn, mode, name)
        self.transpose = bool(transpose)
        self.indices, self.indptr = conn.require("csr")
        self.weight = trainable(self, weight, (self.indices.size,), allow_scalar=True)

    def update(self, x: Any) -> Any:
        """What the neurons receive, for values of shape (..., pre), or (..., post) the other way."""
        x = check_features(self, x, self.shape[0 if self.transpose else 1])
        return bm.event_csr_matvec(self.weight, self.indices, self.indptr, x, self.shape, transpose=self.transpose)

    def pairs(self, pre: Any, post: Any) -> Any:
        """The product of a pre- and a post-synaptic value, for every synapse."""
        if not self.transpose:
            pre, post = post, pre
        rows = np.repeat(np.arange(self.shape[0]), np.diff(np.asarray(self.indptr)))
        return pre[rows] * post[self.indices]


class EventCSRLinear(CSRLinear):
    """Sparse connections for spikes: a `CSRLinear`, which passes over zeros in any case.

    Parameters
    ----------
    conn, weight, sharding, mode, name, transpose
        As for `CSRLinear`.
    """

    def __init__(self, conn: TwoEndConnector, weight: Any, sharding: Any = None, mode: bm.Mode | None = None,
                 name: str | None = None, transpose: bool = True) -> None:
        super().__init__(conn, weight, sharding, mode, name, None, transpose)


class _JitLinear(Layer):
    """Random connections of a fixed probability that a seed determines, so that no matrix is a part of the model."""

    def __init__(self, num_in: int, num_out: int, prob: float, seed: int | None, mode: bm.Mode | None, name: str | None,
                 transpose: bool, product: Callable[..., Any], **weights: Any) -> None:
        super().__init__(name=name, mode=mode)
        self.num_in, self.num_out = positive_integer(num_in, "num_in"), positive_integer(num_out, "num_out")
        if not 0. <= prob <= 1.:
            raise ValueError(f"{self.name}: prob must be a probability, but got {prob!r}.")
        self.prob, self.transpose = prob, bool(transpose)
        self.seed = int(bm.random.randint(0, 2**31 - 1)) if seed is None else int(seed)
        self._product, self._names = product, tuple(weights)
        for key, value in weights.items():
            setattr(self, key, trainable(self, value, (), allow_scalar=True))

    def update(self, x: Any) -> Any:
        """What the neurons receive, of shape (..., num_out), for values of shape (..., num_in)."""
        x = check_features(self, x, self.num_in)
        shape = (self.num_in, self.num_out) if self.transpose else (self.num_out, self.num_in)
        return self._product(x, *[getattr(self, name) for name in self._names], self.prob, shape, self.seed, self.transpose)


class JitFPHomoLinear(_JitLinear):
    """Random connections that all have one weight; the seed determines them.

    Parameters
    ----------
    num_in, num_out : int
        The numbers of neurons.
    prob : float
        The probability of a connection.
    weight : float
        The weight. In TrainingMode it is trainable.
    seed : int, optional
        Determines the connections; drawn from the default random stream otherwise.
    sharding, atomic
        Accepted for compatibility.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.
    transpose : bool
        Whether connections are drawn neuron by neuron of the inputs; otherwise of the outputs.

    Raises
    ------
    ValueError
        When prob is no probability, or an input has another shape.
    """

    def __init__(self, num_in: int, num_out: int, prob: float, weight: Any, seed: int | None = None, sharding: Any = None,
                 mode: bm.Mode | None = None, name: str | None = None, transpose: bool = False,
                 atomic: bool = False) -> None:
        super().__init__(num_in, num_out, prob, seed, mode, name, transpose, matvec_prob_conn_homo_weight, weight=weight)


class JitFPNormalLinear(_JitLinear):
    """Random connections with normally distributed weights; the seed determines them.

    Parameters
    ----------
    w_mu, w_sigma : float
        The mean and the standard deviation of the weights. In TrainingMode they are trainable.
    num_in, num_out, prob, seed, sharding, transpose, atomic, mode, name
        As for `JitFPHomoLinear`.
    """

    def __init__(self, num_in: int, num_out: int, prob: float, w_mu: Any, w_sigma: Any, seed: int | None = None,
                 sharding: Any = None, transpose: bool = False, atomic: bool = False, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(num_in, num_out, prob, seed, mode, name, transpose, matvec_prob_conn_normal_weight, w_mu=w_mu,
                         w_sigma=w_sigma)


class JitFPUniformLinear(_JitLinear):
    """Random connections with uniformly distributed weights; the seed determines them.

    Parameters
    ----------
    w_low, w_high : float
        The bounds of the weights. In TrainingMode they are trainable.
    num_in, num_out, prob, seed, sharding, mode, name, transpose, atomic
        As for `JitFPHomoLinear`.
    """

    def __init__(self, num_in: int, num_out: int, prob: float, w_low: Any, w_high: Any, seed: int | None = None,
                 sharding: Any = None, mode: bm.Mode | None = None, name: str | None = None, transpose: bool = False,
                 atomic: bool = False) -> None:
        super().__init__(num_in, num_out, prob, seed, mode, name, transpose, matvec_prob_conn_uniform_weight, w_low=w_low,
                         w_high=w_high)


class EventJitFPHomoLinear(JitFPHomoLinear):
    """A `JitFPHomoLinear` for spikes; the same connections."""


class EventJitFPNormalLinear(JitFPNormalLinear):
    """A `JitFPNormalLinear` for spikes; the same connections."""


class EventJitFPUniformLinear(JitFPUniformLinear):
    """A `JitFPUniformLinear` for spikes; the same connections."""
