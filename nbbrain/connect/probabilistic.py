"""Connections with one probability for all pairs."""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.connect.chance import RandomConnector, check_ratio, draw_partners
from nbbrain.connect.regular import check_self
from nbbrain.connect.structures import Pair, counts2pointers

__all__ = ["FixedProb"]


class FixedProb(RandomConnector):
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

    Raises
    ------
    ConnectorError
        When a probability is none, or ``include_self=False`` is asked for between populations of different sizes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> connection = bp.conn.FixedProb(prob=0.1, seed=1)(pre_size=100, post_size=50)
    >>> connection.require('conn_mat').sum(axis=1).tolist() == [5] * 100
    True
    """

    def __init__(self, prob: float, pre_ratio: float = 1.0, include_self: bool = True, allow_multi_conn: bool = False,
                 seed: int | None = None, **kwargs: Any) -> None:
        self.prob, self.pre_ratio = check_ratio("prob", prob), check_ratio("pre_ratio", pre_ratio)
        self.include_self, self.allow_multi_conn = include_self, allow_multi_conn
        super().__init__(seed, **kwargs)

    def check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raise a ConnectorError where ``include_self=False`` has no meaning."""
        check_self(self.include_self, pre_size, post_size)

    def build_csr(self) -> Pair:
        """Draw the partners of every pre-synaptic neuron, in ascending order."""
        pre_num, post_num = self._numbers()
        generator = self.generator()
        pre = np.sort(generator.choice(pre_num, round(pre_num * self.pre_ratio), replace=False))
        wanted = self.prob * post_num
        counts = np.zeros(pre_num, dtype=np.int64)
        drawn = np.floor(wanted + generator.random(pre.size)).astype(np.int64)
        partners, counts[pre] = draw_partners(generator, drawn, post_num, self.allow_multi_conn,
                                              None if self.include_self else pre)
        return partners, counts2pointers(counts)

    def __repr__(self) -> str:
        return (f"FixedProb(prob={self.prob}, pre_ratio={self.pre_ratio}, include_self={self.include_self}, "
                f"allow_multi_conn={self.allow_multi_conn}, seed={self.seed})")
