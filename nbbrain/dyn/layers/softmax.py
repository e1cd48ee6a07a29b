"""Activation functions of several elements as layers: softmax and its like, and gates."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class Softmax(Layer):
    r"""Positive numbers whose sum along an axis is 1.

    .. math:: y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}

    Parameters
    ----------
    dim : int, optional
        The axis; None for the last.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softmax()(bp.math.asarray([0., 0.]))
    Array(value=Array([0.5, 0.5]), dtype=float32)
    """

    def __init__(self, dim: int | None = None, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.dim = dim

    def update(self, x: Any) -> Any:
        """The function of x along the axis."""
        return bm.softmax(x, axis=self.dim if self.dim is not None else -1)


class Softmin(Layer):
    r"""Positive numbers whose sum along an axis is 1, the largest for the smallest element.

    .. math:: y_i = \frac{e^{-x_i}}{\sum_j e^{-x_j}}

    Parameters
    ----------
    dim : int, optional
        The axis; None for the last.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softmin()(bp.math.asarray([0., 1000.]))
    Array(value=Array([1., 0.]), dtype=float32)
    """

    def __init__(self, dim: int | None = None, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.dim = dim

    def update(self, x: Any) -> Any:
        """The function of x along the axis."""
        return bm.softmax(-bm.asarray(x), axis=self.dim if self.dim is not None else -1)


class LogSoftmax(Layer):
    r"""The logarithm of the `Softmax`.

    .. math:: y_i = x_i - \log \sum_j e^{x_j}

    Parameters
    ----------
    dim : int, optional
        The axis; None for the last.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.LogSoftmax()(bp.math.asarray([0., 1000.]))
    Array(value=Array([-1000.,     0.]), dtype=float32)
    """

    def __init__(self, dim: int | None = None, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.dim = dim

    def update(self, x: Any) -> Any:
        """The function of x along the axis."""
        return bm.log_softmax(x, axis=self.dim if self.dim is not None else -1)


class Softmax2d(Layer):
    """The `Softmax` of the channels of every place of an image, where channels stand before the axes of space.

    For images whose channels are the last axis, as the layers of convolution have them, take ``Softmax(dim=-1)``.

    Parameters
    ----------
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        In the call, when an input has not three or four axes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Softmax2d()(bp.math.zeros((4, 1, 1)))[:, 0, 0]
    Array(value=Array([0.25, 0.25, 0.25, 0.25]), dtype=float32)
    """

    def update(self, x: Any) -> Any:
        """The function of x, of shape (channels, height, width) or (batch, channels, height, width)."""
        x = bm.asarray(x)
        if x.ndim not in (3, 4):
            raise ValueError(f"{self.name}: expected input of shape (channels, height, width), with or without a batch "
                             f"before, but got {x.shape}")
        return bm.softmax(x, axis=-3)


class GLU(Layer):
    r"""The gated linear unit (Dauphin et al., 2017): the first half of the input times the sigmoid of the second.

    .. math:: y = a \, \sigma(b), \qquad x = (a, b)

    Parameters
    ----------
    dim : int
        The axis that is halved.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        In the call, when the size along the axis is odd.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.GLU()(bp.math.asarray([1., 2., 0., 1000.]))
    Array(value=Array([0.5, 2. ]), dtype=float32)
    """

    def __init__(self, dim: int = -1, *, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.dim = dim

    def update(self, x: Any) -> Any:
        """The function of x along the axis."""
        return bm.glu(x, axis=self.dim)
