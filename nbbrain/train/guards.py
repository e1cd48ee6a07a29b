"""Training that stops at the first number that is none, and says where it came from."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.errors import BrainPyError
from nbbrain.train.callbacks import Callback, Fit
from nbbrain.train.origin import Origin, find_origin, is_finite

__all__ = ["NonFiniteError", "StopOnNonFinite"]


class NonFiniteError(BrainPyError, FloatingPointError):
    """A loss or a gradient holds NaN or infinity.

    Attributes
    ----------
    epoch, step : int
        The number of the epoch, and of the batch among all batches, from 0; for test data, how many batches were trained.
    variable : str
        The first variable, or the variable whose gradient, is not finite; empty where none is.
    origin : Origin or None
        The operation that made the first number that is not finite, with its ``operation``, ``location``, ``part`` of the
        model and ``time_step``; None where it is not known.
    """

    def __init__(self, message: str, epoch: int, step: int, variable: str, origin: Origin | None) -> None:
        super().__init__(message)
        self.epoch, self.step, self.variable, self.origin = epoch, step, variable, origin


class StopOnNonFinite(Callback):
    """Ends a training with a `NonFiniteError` before NaN or infinity reaches the variables.

    The loss and the norms of the gradients of every batch are looked at. If one is not finite, variables get back the values
    that they had before the batch, and the batch is run again on the reference, step by step, to find the first operation
    that made such a number. The same is done where a batch of test data has a loss that is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import nbbrain as bp, nbbrain.math as bm
    >>> with bm.training_environment():
    ...     net = bp.layers.Dense(1, 1)
    >>> def loss(predictions, targets):
    ...     return bm.mean(bm.log(-bm.abs(predictions)))
    >>> trainer = bp.BPFF(net, loss, bp.optim.SGD(0.1), progress_bar=False)
    >>> with np.errstate(all='ignore'):
    ...     trainer.fit([(np.ones((2, 1)), np.ones((2, 1)))])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    nbbrain.train.guards.NonFiniteError: the loss is nan in step 0 (epoch 0). It comes from the operation 'log'...
    """

    def on_gradients(self, fit: Fit) -> None:
        """Look at the loss and the gradients.

        Raises
        ------
        NonFiniteError
            When they are not finite. Variables are as they were before the batch then.
        """
        bad = [key for key, norm in fit.norms.items() if not math.isfinite(norm)]
        if math.isfinite(fit.loss) and not bad:
            return
        what = f"the gradient of {', '.join(bad)} is not finite" if math.isfinite(fit.loss) else f"the loss is {fit.loss}"
        self._stop(fit, f"{what} in step {fit.steps}", "step", lambda: fit.trainer._gradient(*fit.arguments)[0],
                   bad[0] if bad else "")

    def on_test_batch(self, fit: Fit) -> None:
        """Look at the loss of test data.

        Raises
        ------
        NonFiniteError
            When it is not finite. Variables are as they were before the batch then.
        """
        if not math.isfinite(fit.loss):
            self._stop(fit, f"the loss of test data is {fit.loss} after step {fit.steps - 1}", "batch", dict)

    def _stop(self, fit: Fit, what: str, unit: str, gradients: Callable[[], dict[str, Any]], variable: str = "") -> None:
        """Take back what the batch did, and raise the error that says what was found, and where it comes from."""
        fit.take_back()
        found, origin, text = self._explain(fit, gradients)
        raise NonFiniteError(f"{what} (epoch {fit.epoch}). {text} All variables are as they were before this {unit}. "
                             f"guard=False goes on with such numbers.", fit.epoch, fit.steps, found or variable, origin)

    def _explain(self, fit: Fit, gradients: Callable[[], dict[str, Any]]) -> tuple[str, Origin | None, str]:
        trainer = fit.trainer
        for name, data in (("inputs", fit.inputs), ("targets", fit.targets)):
            place = _first_bad(data)
            if place is not None:
                return "", None, f"The {name} of the batch hold numbers that are not finite{place}."
        variables = trainer.target.vars()
        for name, variable in variables.items():
            if not is_finite(variable) and (isinstance(variable, bm.TrainVar) or np.isnan(variable).any()):
                return name, None, (f"The variable {name} was not finite before it: its first value was not, or the last "
                                    f"step made it so.")
        names = {id(variable): name for name, variable in variables.items()}
        jit, trainer.runner.jit = trainer.runner.jit, False
        try:
            origin = find_origin(lambda: trainer._loss(*fit.arguments)[0], gradients, names,
                                 StopOnNonFinite._explain.__code__)
        finally:
            trainer.runner.jit = jit
            fit.take_back()
        if origin is None or not origin.operation:
            return "", origin, ("Run again on the reference, the batch gives finite numbers: some value is at the edge of "
                                "what its dtype holds. A smaller learning rate or bm.enable_x64() may help.")
        text = f"It comes from {origin}, whose operands are finite."
        if origin.in_derivative:
            text += " Keep what it is of away from where its derivative is not finite, as that of a root at 0."
        else:
            text += f" The first variable that it reaches is {origin.variable}." if origin.variable else ""
            text += " A smaller learning rate or clip_norm= keeps values in range."
        return origin.variable, origin, text


def _first_bad(data: Any, place: str = "") -> str | None:
    """Where in a structure of arrays a number is that is not finite; None where there is none."""
    if isinstance(data, dict):
        parts = [(f" under {key!r}", part) for key, part in data.items()]
    elif isinstance(data, (tuple, list)):
        parts = [(f" in part {i}", part) for i, part in enumerate(data)]
    else:
        array = np.asarray(data)
        if is_finite(array):
            return None
        return f"{place}, first at {tuple(np.argwhere(~np.isfinite(array))[0].tolist())}"
    found = [bad for text, part in parts if (bad := _first_bad(part, place + text)) is not None]
    return found[0] if found else None
