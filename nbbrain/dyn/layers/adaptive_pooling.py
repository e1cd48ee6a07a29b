"""Adaptive pooling: images of any size give outputs of one size."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.layers.conv import Numbers
from nbbrain.dyn.layers.pooling import axes_without
from nbbrain.math.lifting import lift
from nbbrain.operations.convolution import adaptive_pool

__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
           "AdaptiveMaxPool3d"]

_pooled = lift(adaptive_pool)


class _AdaptivePool(Layer):
    """Blocks along the last ``dims`` axes of space."""

    kind = "avg"
    dims = 1

    def __init__(self, target_shape: Numbers, channel_axis: int | None = -1, name: str | None = None,
                 mode: bm.Mode | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.target_shape, self.channel_axis = target_shape, channel_axis

    def update(self, x: Any) -> Any:
        """What is taken of every block of x."""
        x = bm.asarray(x)
        axes = axes_without(x, self.channel_axis, self.name)
        if len(axes) < self.dims:
            raise ValueError(f"{self.name}: pooling over {self.dims} axes of space needs more axes than an input of shape "
                             f"{x.shape} has (channel_axis={self.channel_axis}).")
        return _pooled(x, self.kind, self.target_shape, axes[-self.dims:])


class AdaptiveAvgPool1d(_AdaptivePool):
    """The means of as many blocks as are asked for along one axis.

    An axis of n elements is cut into m blocks: ``n % m`` blocks of ``n // m + 1`` elements, then blocks of ``n // m``.

    Parameters
    ----------
    target_shape : int or sequence of int
        The number of blocks.
    channel_axis : int, optional
        The axis of the channels; None for none. The last axis besides is pooled, any others are left alone.
    name : str, optional
        The name.
    mode : Mode, optional
        The mode; the environment's by default.

    Raises
    ------
    ValueError
        In the call, when there are more blocks than elements, or fewer axes.

    Notes
    -----
    Blocks do not overlap; those of PyTorch do where n is no multiple of m.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveAvgPool1d(2, channel_axis=None)(bp.math.asarray([1., 2., 3., 5., 6.]))
    Array(value=Array([2. , 5.5]), dtype=float32)
    """


class AdaptiveAvgPool2d(_AdaptivePool):
    """The means of as many blocks as are asked for along two axes of space.

    Parameters
    ----------
    target_shape, channel_axis, name, mode
        As for `AdaptiveAvgPool1d`: one number for both axes, or one for each.

    Raises
    ------
    ValueError
        As for `AdaptiveAvgPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveAvgPool2d((2, 3))(bp.math.zeros((5, 7, 6, 4))).shape
    (5, 2, 3, 4)
    """

    dims = 2


class AdaptiveAvgPool3d(_AdaptivePool):
    """The means of as many blocks as are asked for along three axes of space.

    Parameters
    ----------
    target_shape, channel_axis, name, mode
        As for `AdaptiveAvgPool1d`: one number for all three axes, or one for each.

    Raises
    ------
    ValueError
        As for `AdaptiveAvgPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveAvgPool3d(2)(bp.math.zeros((5, 7, 6, 4, 3))).shape
    (5, 2, 2, 2, 3)
    """

    dims = 3


class AdaptiveMaxPool1d(_AdaptivePool):
    """The largest elements of as many blocks as are asked for along one axis.

    Parameters
    ----------
    target_shape, channel_axis, name, mode
        As for `AdaptiveAvgPool1d`.

    Raises
    ------
    ValueError
        As for `AdaptiveAvgPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveMaxPool1d(2, channel_axis=None)(bp.math.asarray([1., 2., 3., 5., 6.]))
    Array(value=Array([3., 6.]), dtype=float32)
    """

    kind = "max"


class AdaptiveMaxPool2d(_AdaptivePool):
    """The largest elements of as many blocks as are asked for along two axes of space.

    Parameters
    ----------
    target_shape, channel_axis, name, mode
        As for `AdaptiveAvgPool1d`: one number for both axes, or one for each.

    Raises
    ------
    ValueError
        As for `AdaptiveAvgPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveMaxPool2d((2, 3))(bp.math.zeros((5, 7, 6, 4))).shape
    (5, 2, 3, 4)
    """

    kind = "max"
    dims = 2


class AdaptiveMaxPool3d(_AdaptivePool):
    """The largest elements of as many blocks as are asked for along three axes of space.

    Parameters
    ----------
    target_shape, channel_axis, name, mode
        As for `AdaptiveAvgPool1d`: one number for all three axes, or one for each.

    Raises
    ------
    ValueError
        As for `AdaptiveAvgPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AdaptiveMaxPool3d(2)(bp.math.zeros((5, 7, 6, 4, 3))).shape
    (5, 2, 2, 2, 3)
    """

    kind = "max"
    dims = 3
