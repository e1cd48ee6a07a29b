"""Activation functions as layers: those of two straight lines."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import positive_integer, trainable
from nbbrain.dynsys.share import share

__all__ = ["LeakyReLU", "PReLU", "PlainActivation", "RReLU", "ReLU", "ReLU6", "Threshold"]


class PlainActivation(Layer):
    """A function of every element, without parameters.

    Parameters
    ----------
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> issubclass(bp.layers.ReLU, bp.layers.rectifiers.PlainActivation)
    True
    """

    def __init__(self, inplace: bool = False, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.inplace = inplace


class ReLU(PlainActivation):
    r"""The positive part of the input (Nair & Hinton, 2010).

    .. math:: y = \max(0, x)

    Parameters
    ----------
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.ReLU()(bp.math.asarray([-1., 2.]))
    Array(value=Array([0., 2.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.relu(x)


class ReLU6(PlainActivation):
    r"""The positive part of the input, 6 at most (Krizhevsky, 2010).

    .. math:: y = \min(\max(0, x), 6)

    Parameters
    ----------
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.ReLU6()(bp.math.asarray([-1., 2., 8.]))
    Array(value=Array([0., 2., 6.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.relu6(x)


class LeakyReLU(Layer):
    r"""The input, where it is negative times a small slope (Maas, Hannun & Ng, 2013).

    .. math:: y = \max(0, x) + a \min(0, x)

    Parameters
    ----------
    negative_slope : float
        The slope a of the negative part.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.LeakyReLU(0.5)(bp.math.asarray([-1., 2.]))
    Array(value=Array([-0.5,  2. ]), dtype=float32)
    """

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.negative_slope, self.inplace = negative_slope, inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.leaky_relu(x, self.negative_slope)


class PReLU(Layer):
    r"""The input, where it is negative times a slope that is trained (He et al., 2015).

    .. math:: y = \max(0, x) + a \min(0, x)

    Parameters
    ----------
    num_parameters : int
        The number of slopes: 1, or one for each channel, the last axis of an input.
    init : float
        The first slopes.
    dtype : dtype, optional
        The dtype of the slopes; ``bm.float_`` by default.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    weight : Array or TrainVar, shape (num_parameters,)
        The slopes: trainable in TrainingMode.

    Raises
    ------
    ValueError
        When an input has another number of channels than there are slopes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.PReLU(init=0.5)(bp.math.asarray([-1., 2.]))
    Array(value=Array([-0.5,  2. ]), dtype=float32)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: Any = None, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.num_parameters = positive_integer(num_parameters, "num_parameters")
        self.init = init
        slopes = bm.full((self.num_parameters,), init, dtype=dtype or bm.get_float())
        self.weight = trainable(self, slopes, (self.num_parameters,))

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        if self.num_parameters > 1 and x.shape[-1:] != (self.num_parameters,):
            raise ValueError(f"{self.name}: expected input of shape (..., {self.num_parameters}), but got {x.shape}")
        return bm.where(x > 0., x, x * self.weight)


class RReLU(Layer):
    r"""The input, where it is negative times a random slope (Xu et al., 2015).

    .. math:: y = \max(0, x) + a \min(0, x)

    While a model is fitted (``fit`` is shared as true), every element has a slope of its own, uniform between the bounds;
    otherwise the slope is their mean.

    Parameters
    ----------
    lower, upper : float
        The bounds of slopes.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When lower is above upper.
    KeyError
        In the call, when ``fit`` is not shared: a runner or trainer shares it, or ``bp.share.save(fit=False)``.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.share.save(fit=False)
    >>> bp.layers.RReLU(0.2, 0.4)(bp.math.asarray([-10., 2.]))
    Array(value=Array([-3.,  2.]), dtype=float32)
    """

    def __init__(self, lower: float = 1. / 8., upper: float = 1. / 3., inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        if not lower <= upper:
            raise ValueError(f"{self.name}: lower must not be above upper, but got {lower!r} and {upper!r}.")
        self.lower, self.upper, self.inplace = lower, upper, inplace
        self.rng = bm.random.default_rng()

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        slope = (self.rng.uniform(self.lower, self.upper, size=x.shape) if share.load("fit")
                 else (self.lower + self.upper) / 2.)
        return bm.where(x > 0., x, x * slope)


class Threshold(Layer):
    r"""The input where it is above a threshold, elsewhere a value.

    .. math:: y = x \text{ if } x > \theta \text{ else } v

    Parameters
    ----------
    threshold : float
        The threshold.
    value : float
        The value of all others.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Threshold(1., 20.)(bp.math.asarray([0.5, 1., 2.]))
    Array(value=Array([20., 20.,  2.]), dtype=float32)
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return bm.where(x > self.threshold, x, self.value)
