"""Steps that are divided by the size of past gradients, element by element."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.optimizers.optimizer import Optimizer
from nbbrain.optimizers.sgd import in_unit_interval

__all__ = ["Adadelta", "Adagrad", "RMSProp"]


class _Scaled(Optimizer):
    """What these optimizers share: ε, which keeps denominators from zero."""

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None, weight_decay: float | None, epsilon: float,
                 name: str | None, compat: str | None) -> None:
        if not epsilon >= 0:
            raise ValueError(f"epsilon must be at least 0, but got {epsilon!r}.")
        self.epsilon = epsilon
        super().__init__(lr, train_vars, name, weight_decay, compat)

    def _details(self) -> str:
        return f", epsilon={self.epsilon}"


class Adagrad(_Scaled):
    r"""Steps divided by the root of all squared gradients (Duchi, Hazan & Singer, 2011).

    .. math:: c ← c + g^2, \quad p ← p - \eta \frac{g}{\sqrt{c + ε}}

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    weight_decay : float, optional
        See `Optimizer`.
    epsilon : float
        Keeps the denominator from zero.
    name : str, optional
        The name.
    compat : {None, '2.4'}
        See `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(2))
    >>> bp.optim.Adagrad(lr=0.1, train_vars={'w': w}).update({'w': bm.asarray([1., -5.])})
    >>> w.round(4)
    Array(value=Array([-0.1,  0.1]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("cache",)
    cache: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, weight_decay: float | None = None,
                 epsilon: float = 1e-6, name: str | None = None, compat: str | None = None) -> None:
        super().__init__(lr, train_vars, weight_decay, epsilon, name, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        cache = self.cache[position]
        cache.value = cache + bm.square(gradient)
        return -lr * gradient / bm.sqrt(cache + self.epsilon)


class RMSProp(_Scaled):
    r"""Steps divided by the root of the running mean of squared gradients (Tieleman & Hinton, 2012, lecture 6.5).

    .. math:: c ← ρ c + (1 - ρ) g^2, \quad p ← p - \eta \frac{g}{\sqrt{c + ε}}

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η.
    train_vars : dict of Variable, optional
        The variables to change.
    weight_decay : float, optional
        See `Optimizer`.
    epsilon : float
        Keeps the denominator from zero.
    rho : float
        The part of the running mean that is kept, in [0, 1).
    name : str, optional
        The name.
    compat : {None, '2.4'}
        See `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(2))
    >>> bp.optim.RMSProp(lr=0.1, train_vars={'w': w}, rho=0.75).update({'w': bm.asarray([1., -5.])})
    >>> w.round(4)
    Array(value=Array([-0.2,  0.2]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("cache",)
    cache: bm.VarList

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, weight_decay: float | None = None,
                 epsilon: float = 1e-6, rho: float = 0.9, name: str | None = None,
                 compat: str | None = None) -> None:
        self.rho = in_unit_interval("rho", rho)
        super().__init__(lr, train_vars, weight_decay, epsilon, name, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        cache = self.cache[position]
        cache.value = self.rho * cache + (1 - self.rho) * bm.square(gradient)
        return -lr * gradient / bm.sqrt(cache + self.epsilon)

    def _details(self) -> str:
        return f"{super()._details()}, rho={self.rho}"


class Adadelta(_Scaled):
    r"""Steps in the unit of the variable (Zeiler, 2012, "ADADELTA: an adaptive learning rate method").

    .. math::
        c ← ρ c + (1 - ρ) g^2, \quad u = \sqrt{\frac{d + ε}{c + ε}}\, g, \quad d ← ρ d + (1 - ρ) u^2, \quad p ← p - \eta u

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate η; 1 gives the method of the paper, which has none.
    train_vars : dict of Variable, optional
        The variables to change.
    weight_decay : float, optional
        See `Optimizer`.
    epsilon : float
        Keeps the denominator from zero, and starts the first steps.
    rho : float
        The part of the running means that is kept, in [0, 1).
    name : str, optional
        The name.
    compat : {None, '2.4'}
        '2.4' takes no notice of ``lr``, as BrainPy 2.4.0. See also `Optimizer`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> w = bm.TrainVar(bm.zeros(1))
    >>> bp.optim.Adadelta(lr=1., train_vars={'w': w}, epsilon=1e-2).update({'w': bm.ones(1)})
    >>> w.round(4)
    Array(value=Array([-0.4082]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ("cache", "delta")
    cache: bm.VarList
    delta: bm.VarList

    def __init__(self, lr: Any = 0.01, train_vars: Mapping[str, bm.Variable] | None = None,
                 weight_decay: float | None = None, epsilon: float = 1e-6, rho: float = 0.95,
                 name: str | None = None, compat: str | None = None) -> None:
        self.rho = in_unit_interval("rho", rho)
        super().__init__(lr, train_vars, weight_decay, epsilon, name, compat)

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable."""
        cache, delta = self.cache[position], self.delta[position]
        cache.value = self.rho * cache + (1 - self.rho) * bm.square(gradient)
        step = bm.sqrt((delta + self.epsilon) / (cache + self.epsilon)) * gradient
        delta.value = self.rho * delta + (1 - self.rho) * bm.square(step)
        return -step if self.compat else -lr * step

    def _details(self) -> str:
        return f"{super()._details()}, rho={self.rho}"
