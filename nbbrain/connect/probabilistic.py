"""Connections by chance."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.connect.base import TwoEndConnector
from nbbrain.connect.regular import check_self
from nbbrain.connect.structures import Pair
from nbbrain.errors import ConnectorError

__all__ = ["FixedProb"]


class FixedProb(TwoEndConnector):
    """Every pair of neurons is connected with one probability, and all pre-synaptic neurons have as many partners.

    A pre-synaptic neuron draws ``prob * post_num`` different partners. Where that is not a whole number, it is rounded
    up or down by chance, so that the probability of a pair is ``prob`` exactly.

    Parameters
    ----------
    prob : float
        The probability that a pair is connected, in [0, 1].
    pre_ratio : float
        The part of the pre-synaptic neurons, drawn by chance, that have partners at all, in [0, 1].
    include_self : bool
        Whether neuron i may be connected to neuron i. False drops these synapses after the draw.
    allow_multi_conn : bool
        Whether partners are drawn with replacement, so that one pair may have several synapses.
    seed : int, optional
        Makes the connection reproducible; by default the numbers come from ``bm.random``.
    **kwargs
        ``pre`` and ``post`` of `TwoEndConnector`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> connection = bp.conn.FixedProb(prob=0.1, seed=1)(pre_size=100, post_size=50)
    >>> connection.require('conn_mat').sum(axis=1).tolist() == [5] * 100
    True
    """

    def __init__(self, prob: float, pre_ratio: float = 1.0, include_self: bool = True, allow_multi_conn: bool = False,
                 seed: int | None = None, **kwargs: Any) -> None:
        for name, value in (("prob", prob), ("pre_ratio", pre_ratio)):
            if not 0 <= value <= 1:
                raise ConnectorError(f"{name} must be in [0, 1], but got {value!r}.")
        self.prob, self.pre_ratio, self.include_self = prob, pre_ratio, include_self
        self.allow_multi_conn, self.seed = allow_multi_conn, seed
        self.rng = bm.random.DEFAULT if seed is None else bm.random.RandomState(seed)
        super().__init__(**kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError where ``include_self=False`` has no meaning."""
        check_self(self.include_self, pre_size, post_size)

    def build_coo(self) -> Pair:
        """Draw the pairs; partners of one neuron are in ascending order."""
        pre_num, post_num = self._numbers()
        generator = np.random.default_rng(int(self.rng.randint(0, 2**31 - 1)))
        pre = np.sort(generator.choice(pre_num, round(pre_num * self.pre_ratio), replace=False))
        wanted = self.prob * post_num
        counts = np.floor(wanted + generator.random(pre.size)).astype(np.int64)
        partners = [np.sort(generator.choice(post_num, count, replace=self.allow_multi_conn)) for count in counts]
        pre_ids = np.repeat(pre, counts)
        post_ids = np.concatenate([np.zeros(0, np.int64), *partners])
        if not self.include_self:
            others = pre_ids != post_ids
            pre_ids, post_ids = pre_ids[others], post_ids[others]
        return pre_ids, post_ids

    def __repr__(self) -> str:
        return (f"FixedProb(prob={self.prob}, pre_ratio={self.pre_ratio}, include_self={self.include_self}, "
                f"allow_multi_conn={self.allow_multi_conn}, seed={self.seed})")
