"""Two loops over events: the forward one finds them, the backward one carries derivatives from each to the one before it."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import nbbrain.math as bm
from nbbrain.math.loops import Loop

__all__ = ["EventLoops", "Record", "crossing_delay"]

_EVENTS = 32
"""Events after which a look is taken at whether all samples have come to their end."""
_NEWTON_STEPS = 6
_LEAST_SLOPE = 1e-30


class Record(NamedTuple):
    """What happened in a run; the events are along the first axis, and the samples along the next."""

    times: np.ndarray
    """When it happened, shape (events, batch); ``t_max`` where a sample had no further event."""
    sources: np.ndarray
    """How many spikes of every input, and then of every neuron, shape (events, batch, num_in + num)."""
    current: np.ndarray
    """The currents of all neurons just before, shape (events, batch, num)."""
    first: np.ndarray
    """When neurons fired first, infinity where they did not, shape (batch, num)."""
    area: np.ndarray
    """The integrals of potentials from 0 to ``t_max``, shape (batch, num)."""
    weights: np.ndarray
    """The weights, shape (num_in + num, num)."""


class EventLoops:
    r"""Events of neurons with potential V and current I, whose derivatives are carried backward (Wunderlich & Pehle, 2021).

    Over a time d without events,

    .. math::

        V &\leftarrow V e^{-d / \tau_m} + I k(d), \qquad I \leftarrow I e^{-d / \tau_s}, \qquad
        k(d) = \frac{\tau_s}{\tau_m - \tau_s} (e^{-d / \tau_m} - e^{-d / \tau_s})

    Let p and q be the derivatives of the loss by V and I. Backward over the same time,

    .. math:: q \leftarrow q e^{-d / \tau_s} + p \, k(d), \qquad p \leftarrow p e^{-d / \tau_m}

    (and a loss of the integrals of potentials adds those of the factors of V and I). With every spike of i,
    :math:`\partial E / \partial w_{ij}` grows by :math:`q_j`. If i is a neuron, its spike is the later by
    :math:`1 / \dot V_i` the lower its potential is, and then

    .. math::

        p_i \leftarrow -\frac{1}{\dot V_i^-} \left( \sum_j w_{ij} \Big(\frac{q_j}{\tau_s} - \frac{p_j}{\tau_m}\Big)
                       - p_i \dot V_i^+ + \frac{\partial E}{\partial t_i} \right)

    where - and + are before and after the spike. Their adjoint variables are :math:`\lambda_V = -\tau_m p` and
    :math:`\lambda_I = -\tau_s q`.

    Parameters
    ----------
    inputs : (int, int)
        The number of inputs, and how many spikes each of them may have.
    thresholds : array, shape (num,)
        The thresholds of all neurons.
    tau_mem, tau_syn, V_reset, t_max : float
        As of `EventPropNetwork`.
    max_events : int
        How many events a sample may have.
    dtype : dtype
        The dtype of everything.
    """

    def __init__(self, inputs: tuple[int, int], thresholds: np.ndarray, tau_mem: float, tau_syn: float, V_reset: float,
                 t_max: float, max_events: int, dtype: Any) -> None:
        self.thresholds = np.asarray(thresholds, dtype)
        self.tau_mem, self.tau_syn, self.V_reset = tau_mem, tau_syn, V_reset
        self.t_max = float(np.asarray(t_max, dtype))
        self.max_events, self.dtype, num = max_events, dtype, len(thresholds)

        def variable(*shape: int, batch_axis: int | None = 0) -> bm.Variable:
            return bm.Variable(bm.zeros(shape, dtype=dtype), batch_axis=batch_axis)

        self.weights = variable(inputs[0] + num, num, batch_axis=None)
        self.V, self.I, self.first, self.area = [variable(1, num) for _ in range(4)]
        self.t, self.pending = variable(1), variable(1, *inputs)
        self.p, self.q, self.by_first, self.by_area = [variable(1, num) for _ in range(4)]
        self._forward, self._backward = Loop(self._event, keep=True), Loop(self._event_back, keep=True)

    def forward(self, spikes: np.ndarray, weights: np.ndarray) -> Record:
        """Run from 0 to ``t_max``, for input spikes of shape (batch, num_in, spikes)."""
        batch, num = len(spikes), len(self.thresholds)
        self.weights.value = weights
        for state in (self.V, self.I, self.area):
            state.value = np.zeros((batch, num), self.dtype)
        self.first.value = np.full((batch, num), np.inf, self.dtype)
        self.t.value, self.pending.value = np.zeros(batch, self.dtype), spikes
        blocks: list[Any] = []
        while not blocks or bool((self.t.value < self.t_max).any()):
            if len(blocks) * _EVENTS >= self.max_events:
                raise RuntimeError(f"a sample has more than {self.max_events} events before {self.t_max} ms: weights are so "
                                   f"large that neurons drive each other without end, or max_events is too small.")
            blocks.append(self._forward([bm.arange(_EVENTS)], _EVENTS))
        times, sources, current = [np.concatenate([np.asarray(part) for part in parts])
                                   for parts in zip(*blocks, strict=True)]
        return Record(times, sources, current, np.asarray(self.first), np.asarray(self.area), weights)

    def _event(self, _: Any) -> tuple[Any, ...]:
        """The next event of every sample, a spike of an input or of a neuron, or else the end."""
        spiking = self.t[:, None] + self._delay(self.V, self.I)
        next_one = bm.argmin(spiking, axis=1, keepdims=True)  # a minimum in the same loop nest would make that one slow
        own, given = bm.take_along_axis(spiking, next_one, axis=1)[:, 0], bm.min(self.pending, axis=(1, 2))
        now = bm.minimum(bm.minimum(own, given), self.t_max)
        fired = bm.logical_and(spiking == now[:, None], (now < self.t_max)[:, None])
        arrived = bm.logical_and(self.pending == now[:, None, None], (now < self.t_max)[:, None, None])
        membrane, synapse, drive, of_V, of_I = self._factors((now - self.t)[:, None])
        self.area.value = self.area + of_V * self.V + of_I * self.I
        V, current = membrane * self.V + drive * self.I, synapse * self.I
        sources = bm.concatenate([arrived.astype(self.dtype).sum(axis=2), fired.astype(self.dtype)], axis=1)
        self.V.value, self.I.value = bm.where(fired, self.V_reset, V), current + sources @ self.weights
        self.first.value = bm.minimum(self.first, bm.where(fired, now[:, None], np.inf))
        self.pending.value = bm.where(arrived, np.inf, self.pending)
        self.t.value = now
        return now, sources, current

    def backward(self, record: Record, by_first: np.ndarray, by_area: np.ndarray) -> np.ndarray:
        """The gradient by the weights, for the derivatives of a loss by first spike times and by integrals."""
        times, num = record.times, len(self.thresholds)
        gaps = np.diff(times, axis=0, append=np.full_like(times[:1], self.t_max))
        first = record.sources[..., -num:] * (times[..., None] == record.first)
        self.weights.value, self.by_first.value, self.by_area.value = record.weights, by_first, by_area
        self.p.value, self.q.value = np.zeros_like(by_first), np.zeros_like(by_first)
        found = self._backward([gaps, record.sources, first, record.current], len(times), reverse=True)
        return np.tensordot(record.sources, np.asarray(found), axes=((0, 1), (0, 1)))

    def _event_back(self, gap: Any, sources: Any, first: Any, current: Any) -> Any:
        """From just before the next event to just before this one; returns the derivatives by the currents after it."""
        membrane, synapse, drive, of_V, of_I = self._factors(gap[:, None])
        q = synapse * self.q + drive * self.p + of_I * self.by_area
        p = membrane * self.p + of_V * self.by_area
        num = len(self.thresholds)
        later = (q / self.tau_syn - p / self.tau_mem) @ self.weights[-num:].T + first * self.by_first \
            + self.by_area * (self.thresholds - self.V_reset) - p * (current - self.V_reset) / self.tau_mem
        slope = (current - self.thresholds) / self.tau_mem
        fired = sources[:, -num:] > 0.
        self.p.value, self.q.value = bm.where(fired, -later / bm.where(fired, slope, 1.), p), q
        return q

    def _factors(self, gap: Any) -> tuple[Any, ...]:
        """What a gap without events makes of V, of I, of I in V, and what V and I add to the integral of V."""
        membrane, synapse = bm.exp(-gap / self.tau_mem), bm.exp(-gap / self.tau_syn)
        ratio = self.tau_syn / (self.tau_mem - self.tau_syn)
        of_V = self.tau_mem * (1. - membrane)
        return membrane, synapse, ratio * (membrane - synapse), of_V, ratio * (of_V - self.tau_syn * (1. - synapse))

    def _delay(self, V: Any, I: Any) -> Any:
        """After what time neurons reach the threshold if nothing happens before."""
        return crossing_delay(V, I, self.thresholds, self.tau_mem, self.tau_syn)


def crossing_delay(V: Any, I: Any, threshold: Any, tau_mem: float, tau_syn: float) -> Any:
    r"""After what time potentials reach a positive threshold, without events before; infinity for those that never do.

    With :math:`r = \tau_s / (\tau_m - \tau_s)` the potential is :math:`(V + r I) e^{-t / \tau_m} - r I e^{-t / \tau_s}`.
    Where it rises at all, it rises to one maximum, whose time is known, and is concave until then, the more so the earlier.
    So the parabola that fits the maximum meets the threshold before the potential does, and Newton's method from there
    comes nearer from the same side in every step.

    Parameters
    ----------
    V, I : array
        Potentials, not above the threshold, and currents.
    threshold : float or array
        The thresholds.
    tau_mem, tau_syn : float
        The time constants.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> crossing_delay(bm.zeros(2), bm.asarray([5., 3.]), 1., 10., 5.)  # V has its maximum at a quarter of I
    Array(value=Array([3.235..., inf]), dtype=float32)
    """
    ratio = tau_syn / (tau_mem - tau_syn)
    slow, fast = V + ratio * I, -ratio * I

    def at(delay: Any) -> tuple[Any, Any]:
        return slow * bm.exp(-delay / tau_mem), fast * bm.exp(-delay / tau_syn)

    rises = bm.logical_and(threshold < I, ratio * slow > 0.)  # or the maximum is below the threshold
    quotient = bm.where(rises, -(tau_mem * fast) / bm.where(rises, tau_syn * slow, 1.), 1.)
    summit = bm.log(quotient) / (1. / tau_syn - 1. / tau_mem)
    a, b = at(summit)
    above = a + b - threshold
    crosses = bm.logical_and(rises, above > 0.)
    bend = -(a / tau_mem ** 2 + b / tau_syn ** 2)
    delay = bm.maximum(summit - bm.sqrt(2. * bm.where(crosses, above, 0.) / bm.where(crosses, bend, 1.)), 0.)
    for _ in range(_NEWTON_STEPS):
        a, b = at(delay)
        slope = bm.maximum(-(a / tau_mem + b / tau_syn), _LEAST_SLOPE)
        delay = bm.clip(delay + bm.where(crosses, threshold - a - b, 0.) / slope, 0., summit)
    return bm.where(crosses, delay, np.inf)
