"""The dense (fully connected) layer."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import check_features, positive_integer, trainable
from nbbrain.dynsys.share import share
from nbbrain.initialize import XavierNormal, ZeroInit
from nbbrain.mixin import SupportSTDP

__all__ = ["Dense", "Linear"]


class Dense(SupportSTDP, Layer):
    """A linear map and a shift: ``x @ W + b``.

    Parameters
    ----------
    num_in, num_out : int
        The numbers of input and output features.
    W_initializer : Initializer, array or callable
        The weights, of shape (num_in, num_out). An array is used as it is; a callable is called with the shape.
    b_initializer : Initializer, array or callable, optional
        The bias, of shape (num_out,); None for no bias.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    W : Array or TrainVar, shape (num_in, num_out)
        The weights: trainable in TrainingMode.
    b : Array, TrainVar or None, shape (num_out,)
        The bias: trainable in TrainingMode.
    offline_fit_by : callable or None
        What computes the weights from all inputs and targets at once, ``offline_fit_by(targets, inputs) -> weights``; set by
        a trainer (see `offline_init`). While it is set and ``fit`` is shared as true, every call keeps its input and output
        in ``fit_record``.
    fit_record : dict
        The 'input' and the 'output' of the last call that was recorded.

    Raises
    ------
    ValueError
        When a size is not a positive integer, an initializer has another shape, or an input does not have num_in features.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.Dense(128, 100, name='hidden_layer')
    Dense(name=hidden_layer, num_in=128, num_out=100, mode=NonBatchingMode)
    >>> bp.layers.Dense(3, 2, W_initializer=bp.init.OneInit())(bm.asarray([1., 2., 3.]))
    Array(value=Array([6., 6.]), dtype=float32)
    """

    weights = "W"

    def __init__(self, num_in: int, num_out: int, W_initializer: Any = XavierNormal(), b_initializer: Any = ZeroInit(),
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        is_subclass(self.mode, (bm.TrainingMode, bm.BatchingMode, bm.NonBatchingMode), self.name)
        self.num_in = positive_integer(num_in, "num_in")
        self.num_out = positive_integer(num_out, "num_out")
        self.W = trainable(self, W_initializer, (self.num_in, self.num_out))
        self.b = trainable(self, b_initializer, (self.num_out,), allow_none=True)
        self.offline_fit_by: Callable[..., Any] | None = None
        self.fit_record: dict[str, Any] = {}

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(name={self.name}, num_in={self.num_in}, num_out={self.num_out}, "
                f"mode={self.mode})")

    def update(self, x: Any) -> Any:
        """The output for an input of shape (..., num_in)."""
        x = check_features(self, x, self.num_in)
        y = x @ self.W
        if self.b is not None:
            y = y + self.b
        if self.offline_fit_by is not None and share.load("fit", False):
            self.fit_record = {"input": x, "output": y}
        return y

    def offline_init(self, method: Callable[..., Any]) -> None:
        """Prepare for a fit from all data at once: record inputs from now on.

        Parameters
        ----------
        method : callable
            ``method(targets, inputs, outputs) -> weights``, for inputs of shape (..., features); with a bias, a feature that
            is 1 stands first.
        """
        self.offline_fit_by = method

    def offline_fit(self, target: Any, fit_record: dict[str, Any]) -> None:
        """Set the weights so that recorded inputs give the targets.

        Parameters
        ----------
        target : array, shape (..., num_out)
            What the layer should have returned.
        fit_record : dict
            'input' and 'output': what the calls of the layer got, of shape (..., num_in), and returned.

        Raises
        ------
        ValueError
            When shapes do not fit; nothing has changed then.
        """
        if self.offline_fit_by is None:
            raise ValueError(f"{self.name} has no method to fit with: call offline_init(method) first.")
        inputs, outputs = bm.asarray(fit_record["input"]), bm.asarray(fit_record["output"])
        target = bm.asarray(target)
        if inputs.shape[-1:] != (self.num_in,) or target.shape != (*inputs.shape[:-1], self.num_out):
            raise ValueError(f"{self.name}: inputs of shape (..., {self.num_in}) need targets of shape "
                             f"(..., {self.num_out}) with the same leading axes, but got {inputs.shape} and {target.shape}.")
        if self.b is not None:
            inputs = bm.concatenate([bm.ones((*inputs.shape[:-1], 1), dtype=inputs.dtype), inputs], axis=-1)
        weights = self.offline_fit_by(target, inputs, outputs)
        if weights.shape != (inputs.shape[-1], self.num_out):
            raise ValueError(f"{self.name}: the method of the fit must return weights of shape "
                             f"{(inputs.shape[-1], self.num_out)}, but it returned {weights.shape}.")
        self.W.value = weights[-self.num_in:]
        if self.b is not None:
            self.b.value = weights[0]


Linear = Dense
