"""LARS: steps in proportion to the size of every variable."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.optimizers.optimizer import Optimizer
from nbbrain.optimizers.sgd import in_unit_interval

__all__ = ["LARS"]


class LARS(Optimizer):
    r"""Layer-wise adaptive rates (You, Gitman & Ginsburg, 2017, "Large batch training of convolutional networks").

    .. math::
        γ = η_c \frac{\|p\|}{\|g\| + λ \|p\| + ε}, \quad v ← μ v + \eta γ (g + λ p), \quad p ← p - v

    For a variable of zeros γ is 1.

    Parameters
    ----------
    lr : float or Scheduler
        The global learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    momentum : float
        The part μ of the velocity that is kept, in [0, 1).
    weight_decay : float
        The weight decay λ, which here is part of the gradient, as in the paper.
    tc : float
        The trust coefficient :math:`η_c`.
    eps : float
        Keeps the denominator ε from zero.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        With '2.4', as in BrainPy 2.4.0, γ is 0 for a variable of zeros, which then does not change by itself.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.asarray([3., 4.]))
    >>> bp.optim.LARS(lr=1., train_vars={'w': w}, tc=0.1, weight_decay=0.).update({'w': bm.asarray([0., 10.])})
    >>> w.round(3)
    Array(value=Array([3. , 3.5]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("velocity",)
    velocity: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, momentum: float = 0.9,
                 weight_decay: float = 1e-4, tc: float = 1e-3, eps: float = 1e-5, name: str | None = None,
                 compat: str | None = None) -> None:
        self.momentum = in_unit_interval("momentum", momentum)
        if not weight_decay >= 0:
            raise ValueError(f"weight_decay must be a number of at least 0, but got {weight_decay!r}.")
        self.decay, self.tc, self.eps = weight_decay, tc, eps
        super().__init__(lr, train_vars, name, compat=compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        value = bm.stop_gradient(list(self.vars_to_train.values())[position])
        size = bm.sqrt(bm.sum(bm.square(value)))
        trust = self.tc * size / (bm.sqrt(bm.sum(bm.square(gradient))) + self.decay * size + self.eps)
        if not self.compat:
            trust = bm.where(size > 0, trust, 1.)  # or what begins with zeros would never change
        velocity = self.velocity[position]
        velocity.value = self.momentum * velocity + lr * trust * (gradient + self.decay * value)
        return -velocity

    def _details(self) -> str:
        return f", momentum={self.momentum}, weight_decay={self.decay}, tc={self.tc}, eps={self.eps}"
