"""Activation functions as layers: those that are large where their input is, and smooth."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.layers.rectifiers import PlainActivation

__all__ = ["CELU", "ELU", "GELU", "SELU", "Hardswish", "Mish", "SiLU", "Softplus"]


class ELU(Layer):
    r"""The exponential linear unit (Clevert, Unterthiner & Hochreiter, 2016).

    .. math:: y = \max(0, x) + \min(0, \alpha (e^x - 1))

    Parameters
    ----------
    alpha : float
        The limit of negative values.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.ELU(2.)(bp.math.asarray([-1000., 2.]))
    Array(value=Array([-2.,  2.]), dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.alpha, self.inplace = alpha, inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.elu(x, self.alpha)


class CELU(Layer):
    r"""The exponential linear unit whose derivative is continuous (Barron, 2017).

    .. math:: y = \max(0, x) + \min(0, \alpha (e^{x / \alpha} - 1))

    Parameters
    ----------
    alpha : float
        The limit of negative values.
    inplace : bool
        Accepted for compatibility: a new array is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.CELU(2.)(bp.math.asarray([-1000., 2.]))
    Array(value=Array([-2.,  2.]), dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.alpha, self.inplace = alpha, inplace

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.celu(x, self.alpha)


class SELU(PlainActivation):
    r"""The scaled exponential linear unit (Klambauer et al., 2017).

    .. math:: y = \lambda (\max(0, x) + \min(0, \alpha (e^x - 1)))

    with :math:`\lambda \approx 1.0507` and :math:`\alpha \approx 1.6733`.

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
    >>> bp.layers.SELU()(bp.math.asarray([0., 1.]))
    Array(value=Array([0.      , 1.050701]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.selu(x)


class GELU(Layer):
    r"""The Gaussian error linear unit (Hendrycks & Gimpel, 2016).

    .. math:: y = x \, \Phi(x)

    with the cumulative distribution of the standard normal.

    Parameters
    ----------
    approximate : bool
        Whether it is replaced by a function of tanh.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.GELU()(bp.math.asarray([0., 1.]))
    Array(value=Array([0.       , 0.8413447]), dtype=float32)
    """

    def __init__(self, approximate: bool = False, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.approximate = bool(approximate)

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.gelu(x, approximate=self.approximate)


class SiLU(PlainActivation):
    r"""The sigmoid linear unit (Elfwing, Uchibe & Doya, 2018).

    .. math:: y = x \, \sigma(x)

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
    >>> bp.layers.SiLU()(bp.math.asarray([0., 1000.]))
    Array(value=Array([   0., 1000.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.silu(x)


class Mish(PlainActivation):
    r"""The input times the tanh of its softplus (Misra, 2019).

    .. math:: y = x \tanh(\log(1 + e^x))

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
    >>> bp.layers.Mish()(bp.math.asarray([0., 1000.]))
    Array(value=Array([   0., 1000.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return x * bm.tanh(bm.softplus(x))


class Hardswish(PlainActivation):
    r"""The sigmoid linear unit of straight lines (Howard et al., 2019).

    .. math:: y = x \min(\max(0, x + 3), 6) / 6

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
    >>> bp.layers.Hardswish()(bp.math.asarray([0., 3., 6.]))
    Array(value=Array([0., 3., 6.]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        return bm.hard_swish(x)


class Softplus(Layer):
    r"""A smooth positive part (Dugas et al., 2001).

    .. math:: y = \frac{1}{\beta} \log(1 + e^{\beta x})

    Parameters
    ----------
    beta : float
        How sharp it turns.
    threshold : float
        Where beta x is above it, the input is returned.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        When beta is not positive.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softplus()(bp.math.asarray([0., 50.]))
    Array(value=Array([ 0.6931472, 50.       ]), dtype=float32)
    """

    def __init__(self, beta: float = 1, threshold: float = 20, *,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        if not beta > 0:
            raise ValueError(f"{self.name}: beta must be positive, but got {beta!r}.")
        self.beta, self.threshold = beta, threshold

    def update(self, x: Any) -> Any:
        """The function of every element of x."""
        x = bm.asarray(x)
        return bm.where(x * self.beta > self.threshold, x, bm.softplus(x * self.beta) / self.beta)
