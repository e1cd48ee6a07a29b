"""Pooling: the largest element, the smallest, or the mean of windows that move over an image."""
from __future__ import annotations

from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.layers.conv import Numbers
from nbbrain.math.lifting import lift
from nbbrain.operations.convolution import pool

__all__ = ["AvgPool", "AvgPool1d", "AvgPool2d", "AvgPool3d", "MaxPool", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MinPool",
           "axes_without"]

_pooled = lift(pool)


def axes_without(x: Any, channel_axis: int | None, owner: str) -> list[int]:
    """The axes of an array but that of the channels; a ValueError where it has no such axis."""
    if channel_axis is not None and not -x.ndim <= channel_axis < x.ndim:
        raise ValueError(f"{owner}: channel_axis={channel_axis} is not an axis of an input of shape {x.shape}.")
    return [axis for axis in range(x.ndim) if channel_axis is None or axis != channel_axis % x.ndim]


class _Pool(Layer):
    """Windows along all axes but those of the batch and the channels, or along the last ``dims`` axes of space."""

    kind = "max"
    dims: int | None = None

    def __init__(self, kernel_size: Numbers, stride: Numbers | None = 1, padding: Any = "VALID",
                 channel_axis: int | None = -1, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(mode=mode, name=name)
        self.kernel_size, self.stride, self.padding, self.channel_axis = kernel_size, stride, padding, channel_axis

    def update(self, x: Any) -> Any:
        """What is taken of every window of x."""
        x = bm.asarray(x)
        axes = axes_without(x, self.channel_axis, self.name)
        count = self.dims
        if count is None:
            batched = isinstance(self.mode, bm.BatchingMode)
            axes = [axis for axis in axes if axis or not batched]
            sizes = [np.size(n) for n in (self.kernel_size, self.stride) if n is not None and np.ndim(n)]
            count = sizes[0] if sizes else len(axes)
        if not 0 < count <= len(axes):
            raise ValueError(f"{self.name}: pooling over {count} axes of space needs more axes than an input of shape "
                             f"{x.shape} has (channel_axis={self.channel_axis}, mode={self.mode}).")
        return _pooled(x, self.kind, self.kernel_size, self.stride, self.padding, axes[-count:])


class _PoolOfAllAxes(_Pool):
    """Channels have no axis unless it is told."""

    def __init__(self, kernel_size: Numbers, stride: Numbers = 1, padding: Any = "VALID", channel_axis: int | None = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(kernel_size, stride, padding, channel_axis, mode, name)


class _PoolSideBySide(_Pool):
    """Windows that stand side by side unless a stride is told."""

    def __init__(self, kernel_size: Numbers, stride: Numbers | None = None, padding: Any = "VALID",
                 channel_axis: int | None = -1, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(kernel_size, stride, padding, channel_axis, mode, name)


class MaxPool(_PoolOfAllAxes):
    r"""The largest element of every window.

    .. math:: y_{t} = \max_{0 \le k < K} x_{s t + k}

    with the size K and the stride s, and so along every axis of space.

    Parameters
    ----------
    kernel_size : int or sequence of int
        The size of windows: a number for all axes but those of the batch and the channels, or numbers for the last of them.
    stride : int or sequence of int
        The elements from one window to the next.
    padding : {'SAME', 'VALID'}, int, or sequence of int or pairs
        The border: so that there is a window for every stride; none; or so many elements on both sides of all axes, or of
        each; or before and after. It counts as no element.
    channel_axis : int, optional
        The axis of the channels, which is not pooled; None for none.
    mode : Mode, optional
        The mode; the environment's by default. Where it has batches, they are the first axis.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        In the call, when sizes are not positive integers, or there are fewer axes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.MaxPool(2)(bm.asarray([1., 3., 2., 0.]))
    Array(value=Array([3., 3., 2.]), dtype=float32)
    >>> layer = bp.layers.MaxPool(2, stride=2, channel_axis=-1, mode=bm.batching_mode)
    >>> layer(bm.zeros((5, 8, 6, 3))).shape
    (5, 4, 3, 3)
    """


class MinPool(_PoolOfAllAxes):
    r"""The smallest element of every window.

    .. math:: y_{t} = \min_{0 \le k < K} x_{s t + k}

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `MaxPool`.

    Raises
    ------
    ValueError
        As for `MaxPool`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.MinPool(2)(bp.math.asarray([1., 3., 2., 0.]))
    Array(value=Array([1., 2., 0.]), dtype=float32)
    """

    kind = "min"


class AvgPool(_PoolOfAllAxes):
    r"""The mean of every window.

    .. math:: y_{t} = \frac{1}{K} \sum_{0 \le k < K} x_{s t + k}

    What padding adds does not count: at the border the mean is that of the elements that are there.

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `MaxPool`.

    Raises
    ------
    ValueError
        As for `MaxPool`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AvgPool(2)(bp.math.asarray([1., 3., 2., 0.]))
    Array(value=Array([2. , 2.5, 1. ]), dtype=float32)
    """

    kind = "avg"


class MaxPool1d(_PoolSideBySide):
    """The largest element of every window along one axis.

    Parameters
    ----------
    kernel_size : int or sequence of int
        The size of windows.
    stride : int or sequence of int, optional
        The elements from one window to the next; by default the size, so that windows stand side by side.
    padding : {'SAME', 'VALID'}, int, or sequence of int or pairs
        The border, as for `MaxPool`.
    channel_axis : int, optional
        The axis of the channels; None for none. The last axis besides is pooled, any others are left alone.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Raises
    ------
    ValueError
        In the call, when sizes are not positive integers, or there are fewer axes.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.MaxPool1d(2, channel_axis=None)(bm.asarray([[1., 3., 2., 0.]]))
    Array(value=Array([[3., 2.]]), dtype=float32)
    >>> bp.layers.MaxPool1d(3, stride=2, padding='SAME')(bm.zeros((5, 9, 4))).shape
    (5, 5, 4)
    """

    dims = 1


class MaxPool2d(_PoolSideBySide):
    """The largest element of every window over two axes of space.

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `MaxPool1d`: one number for both axes, or one for each.

    Raises
    ------
    ValueError
        As for `MaxPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.MaxPool2d((2, 3))(bp.math.zeros((5, 8, 9, 3))).shape
    (5, 4, 3, 3)
    """

    dims = 2


class MaxPool3d(_PoolSideBySide):
    """The largest element of every window over three axes of space.

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `MaxPool1d`: one number for all three axes, or one for each.

    Raises
    ------
    ValueError
        As for `MaxPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.MaxPool3d(2)(bp.math.zeros((5, 8, 6, 4, 3))).shape
    (5, 4, 3, 2, 3)
    """

    dims = 3


class AvgPool1d(_Pool):
    """The mean of every window along one axis.

    What padding adds does not count: at the border the mean is that of the elements that are there.

    Parameters
    ----------
    kernel_size : int or sequence of int
        The size of windows.
    stride : int or sequence of int, optional
        The elements from one window to the next; 1 by default, and with None the size, so that windows stand side by side.
    padding, channel_axis, mode, name
        As for `MaxPool1d`.

    Raises
    ------
    ValueError
        As for `MaxPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AvgPool1d(2, channel_axis=None)(bp.math.asarray([[1., 3., 2., 0.]]))
    Array(value=Array([[2. , 2.5, 1. ]]), dtype=float32)
    """

    kind = "avg"
    dims = 1


class AvgPool2d(_Pool):
    """The mean of every window over two axes of space.

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `AvgPool1d`: one number for both axes, or one for each.

    Raises
    ------
    ValueError
        As for `MaxPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AvgPool2d(2, stride=2)(bp.math.zeros((5, 8, 6, 3))).shape
    (5, 4, 3, 3)
    """

    kind = "avg"
    dims = 2


class AvgPool3d(_Pool):
    """The mean of every window over three axes of space.

    Parameters
    ----------
    kernel_size, stride, padding, channel_axis, mode, name
        As for `AvgPool1d`: one number for all three axes, or one for each.

    Raises
    ------
    ValueError
        As for `MaxPool1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.AvgPool3d(2, stride=2)(bp.math.zeros((5, 8, 6, 4, 3))).shape
    (5, 4, 3, 2, 3)
    """

    kind = "avg"
    dims = 3
