"""`Optimizer`: changes variables along their gradients, and keeps what it remembers in variables of its own."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import nbbrain.math as bm
from nbbrain.errors import MathError, NoImplementationError
from nbbrain.optimizers.schedulers import make_schedule

__all__ = ["Optimizer"]


_MANY = 1 << 18
"""Elements from which on one compiled pass is worth its compilation."""


class Optimizer(bm.BrainPyObject):
    r"""Changes variables along their gradients.

    An update is :math:`p ← (1 - \eta λ)\, p + Δ`, where η is the learning rate, λ the weight decay, and Δ what the method
    makes of the gradient. The decay is decoupled from the gradient and scaled with the learning rate, for every
    method (Loshchilov & Hutter, 2019, "Decoupled weight decay regularization").

    A subclass names in ``moments`` what it remembers of every variable, and defines `change`; or it defines
    `update` as a whole. Everything that changes is a variable: it is saved with `state_dict`, in the order of the trained
    variables, and an update may be compiled by ``bm.jit``. Gradients do not flow through an update.

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate.
    train_vars : dict of Variable, optional
        The variables to change, such as ``model.train_vars().unique()``.
    name : str, optional
        The name.
    weight_decay : float, optional
        The weight decay λ; none by default.
    compat : {None, '2.4'}
        '2.4' gives the numbers of BrainPy 2.4.0 where they are others, such as those of published loss curves: weight decay
        is not scaled with the learning rate, :math:`p ← (1 - λ)\, p + Δ`, and what a method's own ``compat`` says.

    Raises
    ------
    MathError
        When ``train_vars`` is not a dict of variables.
    ValueError
        When ``weight_decay`` is negative, or ``compat`` is not known.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> class Sign(bp.optim.Optimizer):
    ...     def change(self, position, gradient, lr):
    ...         return -lr * bm.sign(gradient)
    >>> w = bm.TrainVar(bm.zeros(2))
    >>> Sign(lr=0.5, train_vars={'w': w}).update({'w': bm.asarray([3., -2.])})
    >>> w
    TrainVar(value=Array([-0.5,  0.5]), dtype=float32)
    """

    moments: ClassVar[tuple[str, ...]] = ()
    """Attributes that remember one array for every trained variable; they begin as zeros."""

    def __init__(self, lr: Any, train_vars: Mapping[str, bm.Variable] | None = None, name: str | None = None,
                 weight_decay: float | None = None, compat: str | None = None) -> None:
        super().__init__(name)
        if compat not in (None, "2.4"):
            raise ValueError(f"compat must be None or '2.4', but got {compat!r}.")
        if weight_decay is not None and not weight_decay >= 0:
            raise ValueError(f"weight_decay must be None or a number of at least 0, but got {weight_decay!r}.")
        self.lr = make_schedule(lr)
        self.weight_decay, self.compat = weight_decay, compat
        self.vars_to_train = bm.ArrayCollector()
        for moment in self.moments:
            setattr(self, moment, bm.VarList())
        self.register_train_vars(train_vars)

    def register_train_vars(self, train_vars: Mapping[str, bm.Variable] | None = None) -> None:
        """Add variables to those that are changed; one that is known already keeps what is remembered of it.

        Parameters
        ----------
        train_vars : dict of Variable, optional
            The variables; keys are those of the gradients.

        Raises
        ------
        MathError
            When it is not a dict of variables of floating-point numbers, or when a key stands for another variable
            already. Nothing has changed then.
        """
        given = {} if train_vars is None else train_vars
        if not isinstance(given, Mapping):
            raise MathError(f"train_vars must be a dict of Variables, but got {type(given).__name__}.")
        for key, variable in given.items():
            if not isinstance(variable, bm.Variable) or variable.dtype.kind != "f":
                raise MathError(f"train_vars must be a dict of Variables of floating-point numbers, but {key!r} is "
                                f"{variable!r}.")
            if self.vars_to_train.get(key, variable) is not variable:
                raise MathError(f"the optimizer {self.name} trains another variable {key!r} already.")
        new = {key: variable for key, variable in given.items() if key not in self.vars_to_train}
        self.vars_to_train.update(new)
        for moment in self.moments:
            getattr(self, moment).extend([bm.Variable(bm.zeros_like(variable)) for variable in new.values()])

    def update(self, grads: Mapping[str, Any]) -> None:
        """Change all variables.

        Parameters
        ----------
        grads : dict of array
            The gradients, with the keys of ``train_vars``.

        Raises
        ------
        MathError
            When keys or shapes are not those of the variables. Nothing has changed then.
        """
        gradients = self.check_grads(grads)
        elements = sum(variable.size for variable in self.vars_to_train.values())
        (self._change_all if elements < _MANY else self._change_all_compiled)(gradients, bm.asarray(self.lr()))
        self.lr.step_call()

    def _change_all(self, gradients: dict[str, bm.Array], lr: Any) -> None:
        """Change all variables by checked gradients."""
        step = self.begin_update(lr)
        for position, (key, variable) in enumerate(self.vars_to_train.items()):
            value, dtype = bm.stop_gradient(variable), variable.dtype
            kept = value if self.weight_decay is None else (1 - self.decay_rate(lr.astype(dtype))) * value
            variable.value = kept + self.change(position, gradients[key], step.astype(dtype))

    _change_all_compiled = bm.cls_jit(_change_all)

    def begin_update(self, lr: Any) -> Any:
        """What an update does once, before all variables; it returns the step that `change` is given, ``lr`` by default."""
        return lr

    def decay_rate(self, lr: Any) -> Any:
        """The part of a variable that weight decay takes away in an update."""
        return self.weight_decay if self.compat else lr * self.weight_decay

    def change(self, position: int, gradient: Any, lr: Any) -> Any:
        """What is added to a variable; a subclass defines it.

        Parameters
        ----------
        position : int
            The number of the variable, which is its place in every moment.
        gradient : Array
            Its gradient.
        lr : Array
            The learning rate, or what `begin_update` made of it, in the dtype of the variable.
        """
        raise NoImplementationError(f"{type(self).__name__} must define change(position, gradient, lr) or update(grads).")

    def check_grads(self, grads: Mapping[str, Any]) -> dict[str, bm.Array]:
        """Gradients in the dtypes of their variables, if keys and shapes are those of the variables.

        Raises
        ------
        MathError
            When they are not.
        """
        if not isinstance(grads, Mapping):
            raise MathError(f"grads must be a dict of arrays with the keys of train_vars, but got {type(grads).__name__}.")
        missing, unknown = set(self.vars_to_train) - set(grads), set(grads) - set(self.vars_to_train)
        if missing or unknown:
            raise MathError(f"grads must have the keys of train_vars, but {sorted(missing)} are missing and "
                            f"{sorted(unknown)} are not known.")
        gradients = {}
        for key, variable in self.vars_to_train.items():
            gradient = bm.asarray(grads[key])
            if gradient.shape != variable.shape:
                raise MathError(f"the gradient of {key!r} must have the shape {variable.shape}, but got {gradient.shape}.")
            gradients[key] = bm.stop_gradient(gradient).astype(variable.dtype)
        return gradients

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr!r}{self._details()}{self._options()})"

    def _details(self) -> str:
        return ""

    def _options(self) -> str:
        return "".join(f", {name}={value!r}" for name in ("weight_decay", "compat")
                       if (value := getattr(self, name)) is not None)
