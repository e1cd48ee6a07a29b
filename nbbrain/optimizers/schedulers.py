"""Learning rates that change from epoch to epoch, and what all learning rates have in common.

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

__all__ = ["Constant", "CosineAnnealingLR", "ExponentialLR", "MultiStepLR", "Scheduler", "StepLR", "make_schedule"]


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
        self.last_epoch = bm.Variable(count("last_epoch", last_epoch))

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


def count(name: str, value: int) -> np.ndarray:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < -1:
        raise ValueError(f"{name} must be an integer of at least -1, but got {value!r}.")
    return np.asarray(value, bm.int_)


def positive(name: str, value: float) -> float:
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
        self.step_size, self.gamma = positive("step_size", step_size), gamma

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
        self.milestones, self.gamma = ascending("milestones", milestones), gamma

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        return self.lr * self.gamma ** bm.sum(bm.asarray(self.milestones) <= self.next_epoch(i))

    def _details(self) -> str:
        return f", milestones={self.milestones}, gamma={self.gamma}"


def ascending(name: str, values: Sequence[int]) -> list[int]:
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
        self.T_max, self.eta_min = positive("T_max", T_max), eta_min

    def __call__(self, i: Any = None) -> Any:
        """The learning rate in an epoch."""
        wave = bm.cos(self.next_epoch(i) * (math.pi / self.T_max))
        return self.eta_min + (self.lr - self.eta_min) * 0.5 * (1 + wave)

    def _details(self) -> str:
        return f", T_max={self.T_max}, eta_min={self.eta_min}"
