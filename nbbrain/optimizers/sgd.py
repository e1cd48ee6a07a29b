"""Stochastic gradient descent, without and with momentum."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.optimizers.optimizer import Optimizer

__all__ = ["SGD", "Momentum", "MomentumNesterov"]


class SGD(Optimizer):
    r"""Gradient descent, :math:`p ← p - \eta g`.

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    weight_decay : float, optional
        See `Optimizer`.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        See `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.ones(2))
    >>> optimizer = bp.optim.SGD(lr=0.5, train_vars={'w': w})
    >>> optimizer.update(bm.grad(lambda: bm.sum(w ** 2), grad_vars={'w': w})())
    >>> w
    TrainVar(value=Array([0., 0.]), dtype=float32)
    """

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, weight_decay: float | None = None,
                 name: str | None = None, compat: str | None = None) -> None:
        super().__init__(lr, train_vars, name, weight_decay, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        return -lr * gradient


class Momentum(Optimizer):
    r"""Gradient descent with a velocity, :math:`v ← μ v - \eta g,\; p ← p + v` (Polyak, 1964).

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    momentum : float
        The part μ of the velocity that is kept, in [0, 1).
    weight_decay : float, optional
        See `Optimizer`.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        See `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(1))
    >>> optimizer = bp.optim.Momentum(lr=1., train_vars={'w': w}, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.update({'w': bm.ones(1)})
    >>> w
    TrainVar(value=Array([-2.5]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("velocity",)
    velocity: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, momentum: float = 0.9,
                 weight_decay: float | None = None, name: str | None = None, compat: str | None = None) -> None:
        self.momentum = in_unit_interval("momentum", momentum)
        super().__init__(lr, train_vars, name, weight_decay, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable: its new velocity."""
        velocity = self.velocity[position]
        velocity.value = self.momentum * velocity - lr * gradient
        return velocity

    def _details(self) -> str:
        return f", momentum={self.momentum}"


class MomentumNesterov(Momentum):
    r"""Gradient descent with Nesterov's momentum, :math:`v ← μ v - \eta g,\; p ← p + μ v - \eta g`.

    (Nesterov, 1983; in this form Sutskever et al., 2013, "On the importance of initialization and momentum in deep
    learning": the gradient belongs to where the velocity would lead.)

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    weight_decay : float, optional
        See `Optimizer`.
    momentum : float
        The part μ of the velocity that is kept, in [0, 1).
    name : str, optional
        The name.
    compat : {None, '2.4'}
        '2.4' makes it the same as `Momentum`, as in BrainPy 2.4.0. See also `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(1))
    >>> bp.optim.MomentumNesterov(lr=1., train_vars={'w': w}, momentum=0.5).update({'w': bm.ones(1)})
    >>> w
    TrainVar(value=Array([-1.5]), dtype=float32)
    """

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, weight_decay: float | None = None,
                 momentum: float = 0.9, name: str | None = None, compat: str | None = None) -> None:
        super().__init__(lr, train_vars, momentum, weight_decay, name, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable: its new velocity, one step ahead."""
        velocity = super().change(position, gradient, lr)
        return velocity if self.compat else self.momentum * velocity - lr * gradient


def in_unit_interval(name: str, value: float) -> float:
    """A factor in [0, 1)."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be in [0, 1), but got {value!r}.")
    return value
