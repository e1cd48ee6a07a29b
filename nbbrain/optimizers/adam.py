"""Adam: steps that do not depend on the size of the gradient."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

import nbbrain.math as bm
from nbbrain.optimizers.optimizer import Optimizer
from nbbrain.optimizers.sgd import in_unit_interval

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    r"""Adaptive moments (Kingma & Ba, 2015, "Adam: a method for stochastic optimization").

    .. math::
        m ← β_1 m + (1 - β_1) g, \quad v ← β_2 v + (1 - β_2) g^2, \quad
        p ← p - \eta \frac{\sqrt{1 - β_2^t}}{1 - β_1^t} \frac{m}{\sqrt{v} + ε}

    where t is the number of updates, this one included. This is the paper's efficient form (end of its section 2), in
    which ε is not divided by the bias correction of v.

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    beta1, beta2 : float
        The parts of the first and of the second moment that are kept, in [0, 1).
    eps : float
        Keeps the denominator ε from zero.
    weight_decay : float, optional
        See `Optimizer`.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        '2.4' counts epochs in the bias correction, as BrainPy 2.4.0: t is 1 in the first epoch and 2 in the second. Trainers
        count epochs; elsewhere ``optimizer.lr.step_epoch()`` does. See also `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(2))
    >>> optimizer = bp.optim.Adam(lr=0.1, train_vars={'w': w})
    >>> optimizer.update({'w': bm.asarray([1e-3, -5.])})
    >>> w.round(4)
    Array(value=Array([-0.1,  0.1]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("m", "v")
    m: bm.VarList
    v: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, beta1: float = 0.9,
                 beta2: float = 0.999, eps: float = 1e-8, weight_decay: float | None = None,
                 name: str | None = None, compat: str | None = None) -> None:
        self.beta1, self.beta2 = in_unit_interval("beta1", beta1), in_unit_interval("beta2", beta2)
        if not eps >= 0:
            raise ValueError(f"eps must be at least 0, but got {eps!r}.")
        self.eps = eps
        super().__init__(lr, train_vars, name, weight_decay, compat)
        self.updates = bm.Variable(np.zeros((), bm.int_))

    def begin_update(self, lr: Any) -> Any:
        """Count the update, and correct the learning rate for moments that began as zeros."""
        self.updates += 1
        count = self.lr.last_epoch + 2 if self.compat else self.updates  # the last epoch is -1 in the first one
        return lr * (bm.sqrt(_missing(self.beta2, count)) / _missing(self.beta1, count))

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        m, v = self.m[position], self.v[position]
        m.value = self.beta1 * m + (1 - self.beta1) * gradient
        v.value = self.beta2 * v + (1 - self.beta2) * bm.square(gradient)
        return -lr * m / (bm.sqrt(self.second_moment(position)) + self.eps)

    def second_moment(self, position: int) -> Any:
        """What the step is divided by the root of."""
        return self.v[position]

    def _details(self) -> str:
        return f", beta1={self.beta1}, beta2={self.beta2}, eps={self.eps}"


def _missing(beta: float, count: Any) -> Any:
    """1 - beta**count, without the cancellation that this form has in single precision."""
    return -bm.expm1(count * (math.log(beta) if beta else -math.inf))


class AdamW(Adam):
    r"""`Adam` with weight decay by default (Loshchilov & Hutter, 2019), and perhaps with AMSGrad.

    .. math:: p ← (1 - \eta λ)\, p - \eta \frac{\sqrt{1 - β_2^t}}{1 - β_1^t} \frac{m}{\sqrt{v} + ε}

    With AMSGrad the largest v so far takes the place of v (Reddi, Kale & Kumar, 2018, "On the convergence of Adam and
    beyond").

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    beta1, beta2 : float
        The parts of the first and of the second moment that are kept, in [0, 1).
    eps : float
        Keeps the denominator ε from zero.
    weight_decay : float
        The weight decay λ.
    amsgrad : bool
        Whether steps never grow because gradients become small.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        '2.4' counts epochs in the bias correction, as in `Adam`; weight decay is the same.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.ones(1))
    >>> bp.optim.AdamW(lr=0.1, train_vars={'w': w}, weight_decay=0.5).update({'w': bm.ones(1)})
    >>> w.round(4)
    Array(value=Array([0.85]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("m", "v", "largest")
    largest: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, beta1: float = 0.9,
                 beta2: float = 0.999, eps: float = 1e-8, weight_decay: float = 0.01, amsgrad: bool = False,
                 name: str | None = None, compat: str | None = None) -> None:
        self.amsgrad = bool(amsgrad)
        super().__init__(lr, train_vars, beta1, beta2, eps, weight_decay, name, compat)

    def decay_rate(self, lr: Any) -> Any:
        """The part of a variable that weight decay takes away in an update, in every version."""
        return lr * self.weight_decay

    def second_moment(self, position: int) -> Any:
        """The second moment, or the largest so far."""
        if not self.amsgrad:
            return self.v[position]
        largest = self.largest[position]
        largest.value = bm.maximum(largest, self.v[position])
        return largest

    def _details(self) -> str:
        return f"{super()._details()}, amsgrad={self.amsgrad}"
