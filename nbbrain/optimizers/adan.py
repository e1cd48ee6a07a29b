"""Adan: Nesterov's momentum in adaptive moments."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

import nbbrain.math as bm
from nbbrain.optimizers.optimizer import Optimizer

__all__ = ["Adan"]


class Adan(Optimizer):
    r"""Adaptive Nesterov momentum (Xie, Zhou, Li, Lin & Yan, 2022, algorithm 1).

    .. math::
        m ← (1 - β_1) m + β_1 g, \quad v ← (1 - β_2) v + β_2 (g - g'), \quad
        n ← (1 - β_3) n + β_3 [g + (1 - β_2)(g - g')]^2, \\
        p ← \frac{1}{1 + λ \eta} \left[p - \eta \frac{\hat m + (1 - β_2) \hat v}{\sqrt{\hat n} + ε}\right]

    where g' is the gradient of the update before (in the first one g itself), and hats divide by what moments that began as
    zeros hold, :math:`1 - (1 - β)^t`.

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    betas : tuple of float
        How much of the new :math:`β_1, β_2, β_3` enters the moments, in (0, 1].
    eps : float
        Keeps the denominator ε from zero.
    weight_decay : float
        The weight decay λ.
    no_prox : bool
        Whether decay is a factor :math:`1 - λ \eta` of the variable before its change, as in AdamW.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(2))
    >>> bp.optim.Adan(lr=0.1, train_vars={'w': w}).update({'w': bm.asarray([1e-3, -5.])})
    >>> w.round(4)
    Array(value=Array([-0.0998,  0.0998]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("m", "v", "n", "last")
    m: bm.VarList
    v: bm.VarList
    n: bm.VarList
    last: bm.VarList

    def __init__(self, lr: Any = 1e-3, train_vars: Mapping[str, bm.Variable] | None = None,
                 betas: tuple[float, float, float] = (0.02, 0.08, 0.01), eps: float = 1e-8, weight_decay: float = 0.02,
                 no_prox: bool = False, name: str | None = None) -> None:
        if len(betas) != 3 or not all(0 < beta <= 1 for beta in betas):
            raise ValueError(f"betas must be three numbers in (0, 1], but got {betas!r}.")
        if not weight_decay >= 0:
            raise ValueError(f"weight_decay must be a number of at least 0, but got {weight_decay!r}.")
        self.betas, self.eps, self.decay, self.no_prox = tuple(betas), eps, weight_decay, bool(no_prox)
        super().__init__(lr, train_vars, name)
        self.updates = bm.Variable(np.zeros((), bm.int_))

    def begin_update(self, lr: Any) -> Any:
        """Count the update."""
        self.updates += 1
        return lr

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        m, v, n, last = [getattr(self, name)[position] for name in self.moments]
        b1, b2, b3 = self.betas
        difference = bm.where(self.updates > 1, gradient - last, 0 * gradient)
        m.value = (1 - b1) * m + b1 * gradient
        v.value = (1 - b2) * v + b2 * difference
        n.value = (1 - b3) * n + b3 * bm.square(gradient + (1 - b2) * difference)
        last.value = gradient
        direction = m / self._held(b1) + (1 - b2) * v / self._held(b2)
        step = lr * direction / (bm.sqrt(n / self._held(b3)) + self.eps)
        value = bm.stop_gradient(list(self.vars_to_train.values())[position])
        if self.no_prox:
            return -lr * self.decay * value - step
        return (value - step) / (1 + lr * self.decay) - value

    def _held(self, beta: float) -> Any:
        """1 - (1 - beta)**t, without the cancellation that this form has in single precision."""
        return -bm.expm1(self.updates * (math.log1p(-beta) if beta < 1 else -math.inf))

    def _details(self) -> str:
        return f", betas={self.betas}, eps={self.eps}, weight_decay={self.decay}, no_prox={self.no_prox}"
