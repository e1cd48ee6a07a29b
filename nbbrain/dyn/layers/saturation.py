"""Activation functions as layers: those with a limit, and those that shrink their input."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer

__all__ = ["Hardshrink", "Hardsigmoid", "Hardtanh", "LogSigmoid", "Sigmoid", "Softshrink", "Softsign", "Tanh", "Tanhshrink"]


def _modulus(lambd: float, owner: str) -> float:
    if not lambd >= 0:
        raise ValueError(f"{owner}: lambd must not be negative, but got {lambd!r}.")
    return lambd


class Sigmoid(Layer):
    r"""The logistic function.

    .. math:: y = \frac{1}{1 + e^{-x}}

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Sigmoid()(bp.math.asarray([0., 1000.]))
    Array(value=Array([0.5, 1. ]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.sigmoid(x)


class Hardsigmoid(Layer):
    r"""A logistic function of straight lines.

    .. math:: y = \min(\max(0, x + 3), 6) / 6

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
    >>> bp.layers.Hardsigmoid()(bp.math.asarray([-4., 0., 4.]))
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """

    def __init__(self, inplace: bool = False, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.inplace = inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.hard_sigmoid(x)


class LogSigmoid(Layer):
    r"""The logarithm of the logistic function.

    .. math:: y = -\log(1 + e^{-x})

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.LogSigmoid()(bp.math.asarray([-1000., 1000.]))
    Array(value=Array([-1000.,    -0.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.log_sigmoid(x)


class Tanh(Layer):
    r"""The hyperbolic tangent.

    .. math:: y = \tanh x

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Tanh()(bp.math.asarray([0., 1000.]))
    Array(value=Array([0., 1.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.tanh(x)


class Hardtanh(Layer):
    r"""The input, limited to a range.

    .. math:: y = \min(\max(x, x_{min}), x_{max})

    Parameters
    ----------
    min_val, max_val : float
        The range.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When the range is empty.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Hardtanh(-2., 1.)(bp.math.asarray([-3., 0.5, 3.]))
    Array(value=Array([-2. ,  0.5,  1. ]), dtype=float32)
    """

    def __init__(self, min_val: float = -1., max_val: float = 1., inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        if not min_val < max_val:
            raise ValueError(f"{self.name}: min_val must be below max_val, but got {min_val!r} and {max_val!r}.")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return bm.where(x > self.max_val, self.max_val, bm.where(x < self.min_val, self.min_val, x))


class Softsign(Layer):
    r"""The input over one more than its modulus.

    .. math:: y = \frac{x}{1 + |x|}

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softsign()(bp.math.asarray([-1., 3.]))
    Array(value=Array([-0.5 ,  0.75]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.soft_sign(x)


class Hardshrink(Layer):
    r"""The input where its modulus is large, elsewhere 0.

    .. math:: y = x \text{ if } |x| > \lambda \text{ else } 0

    Parameters
    ----------
    lambd : float
        The modulus, at least 0.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When lambd is negative.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Hardshrink()(bp.math.asarray([-1., 0.5, 2.]))
    Array(value=Array([-1.,  0.,  2.]), dtype=float32)
    """

    def __init__(self, lambd: float = 0.5, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.lambd = _modulus(lambd, self.name)

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return bm.where(bm.abs(x) > self.lambd, x, 0.)


class Softshrink(Layer):
    r"""The input moved towards 0, and 0 where its modulus is small.

    .. math:: y = \mathrm{sign}(x) \max(0, |x| - \lambda)

    Parameters
    ----------
    lambd : float
        By how much it is moved, at least 0.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When lambd is negative.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softshrink()(bp.math.asarray([-1., 0.25, 2.]))
    Array(value=Array([-0.5,  0. ,  1.5]), dtype=float32)
    """

    def __init__(self, lambd: float = 0.5, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.lambd = _modulus(lambd, self.name)

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return bm.where(x > self.lambd, x - self.lambd, bm.where(x < -self.lambd, x + self.lambd, 0.))


class Tanhshrink(Layer):
    r"""The input less its hyperbolic tangent.

    .. math:: y = x - \tanh x

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Tanhshrink()(bp.math.asarray([0., 100.]))
    Array(value=Array([ 0., 99.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return x - bm.tanh(x)
