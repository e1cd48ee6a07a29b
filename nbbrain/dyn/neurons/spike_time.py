"""Neurons that fire at given times."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.neurons.spiking import silent
from nbbrain.dyn.states import new_batch_size
from nbbrain.dynsys import NeuGroupNS
from nbbrain.dynsys.share import share
from nbbrain.initialize import variable_
from nbbrain.sizes import Size

__all__ = ["SpikeTimeGroup"]


class SpikeTimeGroup(NeuGroupNS):
    """Neurons that fire at given times.

    A neuron fires in the first step whose time t has reached the time of a spike. Spikes of a neuron in one step count as
    one.

    Parameters
    ----------
    size : int or sequence of int
        The size of the group.
    times : sequence of float
        The times of spikes, in ms.
    indices : sequence of int
        Whose spikes they are: the numbers of neurons, counted along one axis.
    need_sort : bool
        Accepted for compatibility: times need not be in order.
    keep_size : bool
        Whether arrays keep all axes of ``size``; otherwise neurons are counted along one axis.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    spike : Variable, shape (num,) or (batch, num)
        Who fired in the step: truth values, and in TrainingMode 0. or 1.
    past : Variable of int, of the shape of spike
        How many spikes of a neuron are over.

    Raises
    ------
    ValueError
        When times and indices do not have one length, or an index is none of the group.

    Notes
    -----
    A step costs time in proportion to the number of neurons and the logarithm of that of spikes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> neurons = bp.neurons.SpikeTimeGroup(2, times=[0.1, 0.2, 0.2], indices=[0, 0, 1])
    >>> for t in (0., 0.1, 0.2, 0.3):
    ...     bp.share.save(t=t)
    ...     print(neurons().tolist())
    [False, False]
    [True, False]
    [True, True]
    [False, False]
    """

    def __init__(self, size: Size, times: Any, indices: Any, need_sort: bool = True, keep_size: bool = False,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(size=size, keep_size=keep_size, name=name, mode=mode)
        when, who = np.asarray(bm.as_numpy(times)), np.asarray(bm.as_numpy(indices))
        if when.ndim != 1 or when.shape != who.shape:
            raise ValueError(f"{self.name}: times and indices must be sequences of one length, but got shapes {when.shape} "
                             f"and {who.shape}.")
        if who.size and (who.dtype.kind not in "iu" or who.min() < 0 or who.max() >= self.num):
            raise ValueError(f"{self.name}: indices must be integers from 0 to {self.num - 1}, but got {who}.")
        self.need_sort = bool(need_sort)
        order = np.lexsort((when, who))
        counts = np.bincount(who.astype(np.int64), minlength=self.num)
        self.times = bm.asarray(np.append(when[order], np.inf), dtype=bm.get_float())  # neuron by neuron
        self._counts = bm.asarray(counts.reshape(self.varshape), dtype=bm.get_int())
        self._first = bm.asarray((np.cumsum(counts) - counts).reshape(self.varshape), dtype=bm.get_int())
        self._halvings = int(counts.max(initial=0)).bit_length()
        self.spike = variable_(silent(self.mode), self.varshape, self.mode)
        self.past = variable_(_none, self.varshape, self.mode)

    def update(self) -> Any:
        """Return who fires in the step."""
        past = self._number_of_spikes_until(share.load("t"))
        spike = (past > self.past).astype(self.spike.dtype)
        self.spike.value = spike
        self.past.value = bm.broadcast_to(past, self.past.shape)
        return spike

    def _number_of_spikes_until(self, t: Any) -> Any:
        """For every neuron, the number of its spikes up to the time t: a binary search in its times."""
        number = bm.zeros_like(self._counts)
        for power in reversed(range(self._halvings)):
            candidate = number + 2**power
            last = self._first + bm.minimum(candidate, self._counts) - 1
            there = bm.logical_and(candidate <= self._counts, self.times[bm.maximum(last, 0)] <= t)
            number = bm.where(there, candidate, number)
        return number

    def reset_state(self, batch_size: int | None = None) -> None:
        """Begin again: no spike is over.

        Parameters
        ----------
        batch_size : int, optional
            The new batch size; without one it stays as it is.
        """
        batch = new_batch_size(self, batch_size, self.spike)
        self.spike.value = variable_(silent(self.mode), self.varshape, batch)
        self.past.value = variable_(_none, self.varshape, batch)


def _none(shape: Any) -> Any:
    return bm.zeros(shape, dtype=bm.get_int())
