"""Learning rates that change from update to update."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.optimizers.schedulers import Scheduler, ascending, count, positive

__all__ = ["CallBasedScheduler", "CosineAnnealingWarmRestarts", "ExponentialDecay", "InverseTimeDecay", "PiecewiseConstant",
           "PolynomialDecay"]


class CallBasedScheduler(Scheduler):
    """A learning rate that depends on the number of updates.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.
    """

    def __init__(self, lr: float, last_epoch: int = -1, last_call: int = -1) -> None:
        super().__init__(lr, last_epoch)
        self.last_call = bm.Variable(count("last_call", last_call))

    def next_call(self, i: Any = None) -> Any:
        """The number of the update that is asked for: i, or the one after the last."""
        return self.last_call + 1 if i is None else i

    def step_call(self) -> None:
        """Count an update."""
        self.last_call += 1


class CosineAnnealingWarmRestarts(CallBasedScheduler):
    r"""A cosine from the highest to the lowest rate again and again (Loshchilov & Hutter, 2017, "SGDR", eq. 5).

    .. math:: \eta_{min} + (\eta - \eta_{min}) \frac{1 + \cos(π T_{cur} / T_i)}{2}

    where :math:`T_{cur}` is the time since the last restart and :math:`T_i` the time from one restart to the next, in
    epochs.

    Parameters
    ----------
    lr : float
        The initial, highest learning rate.
    num_call_per_epoch : int
        The updates of an epoch.
    T_0 : int
        The epochs until the first restart.
    T_mult : int
        By what each period is longer than the one before.
    eta_min : float
        The lowest rate.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.CosineAnnealingWarmRestarts(1., num_call_per_epoch=2, T_0=1, T_mult=2)
    >>> [round(float(rate(i)), 3) for i in range(7)]
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]
    """

    def __init__(self, lr: float, num_call_per_epoch: int, T_0: int, T_mult: int = 1, eta_min: float = 0.0,
                 last_epoch: int = -1, last_call: int = -1) -> None:
        super().__init__(lr, last_epoch, last_call)
        self.num_call_per_epoch = positive("num_call_per_epoch", num_call_per_epoch)
        self.T_0, self.T_mult, self.eta_min = positive("T_0", T_0), positive("T_mult", T_mult), eta_min

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        epochs = self.next_call(i) / self.num_call_per_epoch
        period: Any = self.T_0
        if self.T_mult > 1:  # after n restarts (T_mult^n - 1) / (T_mult - 1) first periods are over
            restarts = bm.floor(bm.log(epochs / self.T_0 * (self.T_mult - 1) + 1) / math.log(self.T_mult) + 1e-5)
            period = self.T_0 * self.T_mult ** restarts
            epochs = epochs - self.T_0 * (self.T_mult ** restarts - 1) / (self.T_mult - 1)
        wave = bm.cos(math.pi * (epochs % period) / period)
        return self.eta_min + (self.lr - self.eta_min) * 0.5 * (1 + wave)

    def _details(self) -> str:
        return (f", num_call_per_epoch={self.num_call_per_epoch}, T_0={self.T_0}, T_mult={self.T_mult}, "
                f"eta_min={self.eta_min}")


class ExponentialDecay(CallBasedScheduler):
    r"""The rate :math:`\eta\, r^{i / n}` at update i.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    decay_steps : int
        The number n of updates in which the rate is multiplied by ``decay_rate``.
    decay_rate : float
        The factor r.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.ExponentialDecay(1., decay_steps=2, decay_rate=0.25)
    >>> [float(rate(i)) for i in range(3)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, lr: float, decay_steps: int, decay_rate: float, last_epoch: int = -1,
                 last_call: int = -1) -> None:
        super().__init__(lr, last_epoch, last_call)
        self.decay_steps, self.decay_rate = positive("decay_steps", decay_steps), decay_rate

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        return self.lr * self.decay_rate ** (self.next_call(i) / self.decay_steps)

    def _details(self) -> str:
        return f", decay_steps={self.decay_steps}, decay_rate={self.decay_rate}"


class InverseTimeDecay(ExponentialDecay):
    r"""The rate :math:`\eta / (1 + r i / n)` at update i.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    decay_steps : int
        The number n of updates.
    decay_rate : float
        The factor r.
    staircase : bool
        Whether i / n is rounded down, so that the rate changes every n updates.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.InverseTimeDecay(1., decay_steps=1, decay_rate=1.)
    >>> [round(float(rate(i)), 3) for i in range(3)]
    [1.0, 0.5, 0.333]
    """

    def __init__(self, lr: float, decay_steps: int, decay_rate: float, staircase: bool = False, last_epoch: int = -1,
                 last_call: int = -1) -> None:
        super().__init__(lr, decay_steps, decay_rate, last_epoch, last_call)
        self.staircase = staircase

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        times = self.next_call(i)
        times = times // self.decay_steps if self.staircase else times / self.decay_steps
        return self.lr / (1 + self.decay_rate * times)

    def _details(self) -> str:
        return f"{super()._details()}, staircase={self.staircase}"


class PolynomialDecay(CallBasedScheduler):
    r"""From one rate to another, :math:`\eta_1 + (\eta - \eta_1) (1 - i / n)^p` at update i, constant after n updates.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    decay_steps : int
        The number n of updates.
    final_lr : float
        The last learning rate.
    power : float
        The exponent p.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.PolynomialDecay(1., decay_steps=2, final_lr=0.)
    >>> [float(rate(i)) for i in range(4)]
    [1.0, 0.5, 0.0, 0.0]
    """

    def __init__(self, lr: float, decay_steps: int, final_lr: float, power: float = 1.0, last_epoch: int = -1,
                 last_call: int = -1) -> None:
        super().__init__(lr, last_epoch, last_call)
        self.decay_steps, self.final_lr, self.power = positive("decay_steps", decay_steps), final_lr, power

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        left = 1 - bm.minimum(self.next_call(i), self.decay_steps) / self.decay_steps
        return self.final_lr + (self.lr - self.final_lr) * left ** self.power

    def _details(self) -> str:
        return f", decay_steps={self.decay_steps}, final_lr={self.final_lr}, power={self.power}"


class PiecewiseConstant(CallBasedScheduler):
    """One rate up to and including each boundary.

    Parameters
    ----------
    boundaries : sequence of int
        The last updates of the rates but the last one, in ascending order.
    values : sequence of float
        The rates, one more than there are boundaries.
    last_epoch, last_call : int
        The numbers of the last epoch and of the last update.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.PiecewiseConstant(boundaries=[1], values=[1., 0.5])
    >>> [float(rate(i)) for i in range(4)]
    [1.0, 1.0, 0.5, 0.5]
    """

    def __init__(self, boundaries: Sequence[int], values: Sequence[float], last_epoch: int = -1,
                 last_call: int = -1) -> None:
        self.boundaries, self.values = ascending("boundaries", boundaries), [float(value) for value in values]
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} values, but got "
                             f"{len(self.values)}.")
        super().__init__(self.values[0], last_epoch, last_call)

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        return bm.asarray(self.values)[bm.sum(bm.asarray(self.boundaries) < self.next_call(i))]

    def _details(self) -> str:
        return f", boundaries={self.boundaries}, values={self.values}"
