"""Learning rates that change during training.

A scheduler counts either epochs (`Scheduler.step_epoch`, which trainers call after every epoch) or updates
(`Scheduler.step_call`, which optimizers call after every update). The counters start at -1; a call without argument gives
the rate for the count after the last one. Counters and the initial rate are variables: they are saved with the optimizer,
and change inside of compiled functions.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm

__all__ = [
    "Constant", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "ExponentialDecay", "ExponentialLR", "InverseTimeDecay",
    "MultiStepLR", "PiecewiseConstant", "PolynomialDecay", "Scheduler", "StepLR", "make_schedule",
]


def make_schedule(scalar_or_schedule: Any) -> Scheduler:
    """A scheduler: itself, or a `Constant` for a number.

    Raises
    ------
    TypeError
        For anything else.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.optim.make_schedule(0.1)
    Constant(lr=0.1)
    """
    return scalar_or_schedule if isinstance(scalar_or_schedule, Scheduler) else Constant(scalar_or_schedule)


class Scheduler(bm.BrainPyObject):
    """A learning rate; a subclass defines ``__call__``.

    Parameters
    ----------
    lr : float
        The initial learning rate. It is a variable: ``scheduler.lr = 0.01`` changes it at any time.
    last_epoch : int
        The number of the last epoch, -1 before the first.

    Examples
    --------
    >>> import nbbrain as bp
    >>> class Halving(bp.optim.Scheduler):
    ...     def __call__(self, i=None):
    ...         return self.lr * 0.5 ** self.next_epoch(i)
    >>> rate = Halving(1.)
    >>> float(rate()), float(rate(3))
    (1.0, 0.125)
    >>> rate.step_epoch()
    >>> float(rate())
    0.5
    """

    def __init__(self, lr: float, last_epoch: int = -1) -> None:
        super().__init__()
        self.lr = bm.Variable(_rate(lr))
        self.last_epoch = bm.Variable(_count("last_epoch", last_epoch))

    def next_epoch(self, i: Any = None) -> Any:
        """The number of the epoch that is asked for: i, or the one after the last."""
        return self.last_epoch + 1 if i is None else i

    def step_epoch(self) -> None:
        """Count an epoch."""
        self.last_epoch += 1

    def step_call(self) -> None:
        """Count an update; this scheduler does not depend on it."""

    def set_value(self, learning_rate: float) -> None:
        """Set the initial learning rate."""
        self.lr.value = _rate(learning_rate)

    def __call__(self, i: Any = None) -> Any:
        """The learning rate.

        Parameters
        ----------
        i : int, optional
            The number of the epoch (or the update); by default, the one after the last.
        """
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, i=None).")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={float(self.lr):g}{self._details()})"

    def _details(self) -> str:
        return ""


def _rate(lr: Any) -> np.ndarray:
    value = np.asarray(lr) if isinstance(lr, (int, float, np.ndarray, np.generic, bm.Array)) else None
    if value is None or value.shape not in ((), (1,)) or value.dtype.kind not in "iuf" or not np.isfinite(value).all():
        raise TypeError(f"a learning rate must be a finite number or a Scheduler, but got {lr!r}.")
    return value.reshape(()).astype(bm.float_)


def _count(name: str, value: int) -> np.ndarray:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < -1:
        raise ValueError(f"{name} must be an integer of at least -1, but got {value!r}.")
    return np.asarray(value, bm.int_)


def _positive(name: str, value: float) -> float:
    if not value > 0:
        raise ValueError(f"{name} must be positive, but got {value!r}.")
    return value


class Constant(Scheduler):
    """A learning rate that does not change by itself.

    Parameters
    ----------
    lr : float
        The learning rate.
    last_epoch : int
        The number of the last epoch.
    """

    def __call__(self, i: Any = None) -> Any:
        """The learning rate."""
        return bm.Array(self.lr)


class StepLR(Scheduler):
    """The rate times gamma after every ``step_size`` epochs.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    step_size : int
        The number of epochs between changes.
    gamma : float
        The factor of a change.
    last_epoch : int
        The number of the last epoch.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.StepLR(1., step_size=2, gamma=0.5)
    >>> [float(rate(i)) for i in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, lr: float, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        super().__init__(lr, last_epoch)
        self.step_size, self.gamma = _positive("step_size", step_size), gamma

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        return self.lr * self.gamma ** (self.next_epoch(i) // self.step_size)

    def _details(self) -> str:
        return f", step_size={self.step_size}, gamma={self.gamma}"


class MultiStepLR(Scheduler):
    """The rate times gamma at each of several epochs.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    milestones : sequence of int
        The epochs of the changes, in ascending order.
    gamma : float
        The factor of a change.
    last_epoch : int
        The number of the last epoch.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.MultiStepLR(1., milestones=[1, 3], gamma=0.5)
    >>> [float(rate(i)) for i in range(5)]
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(self, lr: float, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        super().__init__(lr, last_epoch)
        self.milestones, self.gamma = _ascending("milestones", milestones), gamma

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        return self.lr * self.gamma ** bm.sum(bm.asarray(self.milestones) <= self.next_epoch(i))

    def _details(self) -> str:
        return f", milestones={self.milestones}, gamma={self.gamma}"


def _ascending(name: str, values: Sequence[int]) -> list[int]:
    numbers = [int(n) for n in values]
    if not numbers or numbers != sorted(set(numbers)):
        raise ValueError(f"{name} must be in ascending order, but got {values!r}.")
    return numbers


class ExponentialLR(Scheduler):
    """The rate times gamma after every epoch.

    Parameters
    ----------
    lr : float
        The initial learning rate.
    gamma : float
        The factor.
    last_epoch : int
        The number of the last epoch.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.ExponentialLR(1., gamma=0.5)
    >>> [float(rate(i)) for i in range(3)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, lr: float, gamma: float, last_epoch: int = -1) -> None:
        super().__init__(lr, last_epoch)
        self.gamma = gamma

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        return self.lr * self.gamma ** self.next_epoch(i)

    def _details(self) -> str:
        return f", gamma={self.gamma}"


class CosineAnnealingLR(Scheduler):
    r"""A cosine between two rates, :math:`\eta_{min} + (\eta - \eta_{min}) (1 + \cos(π i / T_{max})) / 2`.

    It is periodic: after ``T_max`` epochs the rate rises again (Loshchilov & Hutter, 2017, "SGDR", without restarts).

    Parameters
    ----------
    lr : float
        The initial, highest learning rate.
    T_max : int
        The epochs from the highest to the lowest rate.
    eta_min : float
        The lowest rate.
    last_epoch : int
        The number of the last epoch.

    Examples
    --------
    >>> import nbbrain as bp
    >>> rate = bp.optim.CosineAnnealingLR(1., T_max=2)
    >>> [round(float(rate(i)), 3) for i in range(4)]
    [1.0, 0.5, 0.0, 0.5]
    """

    def __init__(self, lr: float, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        super().__init__(lr, last_epoch)
        self.T_max, self.eta_min = _positive("T_max", T_max), eta_min

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        wave = bm.cos(self.next_epoch(i) * (math.pi / self.T_max))
        return self.eta_min + (self.lr - self.eta_min) * 0.5 * (1 + wave)

    def _details(self) -> str:
        return f", T_max={self.T_max}, eta_min={self.eta_min}"


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
        self.last_call = bm.Variable(_count("last_call", last_call))

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
        self.num_call_per_epoch = _positive("num_call_per_epoch", num_call_per_epoch)
        self.T_0, self.T_mult, self.eta_min = _positive("T_0", T_0), _positive("T_mult", T_mult), eta_min

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
        self.decay_steps, self.decay_rate = _positive("decay_steps", decay_steps), decay_rate

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
        self.decay_steps, self.final_lr, self.power = _positive("decay_steps", decay_steps), final_lr, power

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
        self.boundaries, self.values = _ascending("boundaries", boundaries), [float(value) for value in values]
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} values, but got "
                             f"{len(self.values)}.")
        super().__init__(self.values[0], last_epoch, last_call)

    def __call__(self, i: Any = None) -> Any:
        """The learning rate at an update."""
        return bm.asarray(self.values)[bm.sum(bm.asarray(self.boundaries) < self.next_call(i))]

    def _details(self) -> str:
        return f", boundaries={self.boundaries}, values={self.values}"
