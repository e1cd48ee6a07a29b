"""Convolution: a kernel that moves over images, of one, two or three axes of space."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import positive_integer, trainable
from nbbrain.initialize import XavierNormal, ZeroInit
from nbbrain.math.lifting import lift
from nbbrain.operations.convolution import conv_general

__all__ = ["Conv1D", "Conv1d", "Conv2D", "Conv2d", "Conv3D", "Conv3d", "KernelLayer", "Numbers"]

Numbers = int | Sequence[int]
"""One number for all axes of space, or one for each."""

_convolution = lift(conv_general, arrays=2)


def _for_each_axis(value: Any, count: int, name: str) -> tuple[int, ...]:
    """A positive integer for every axis of space."""
    given = (value,) * count if np.ndim(value) == 0 else tuple(value)
    if len(given) != count:
        raise ValueError(f"{name} must be a positive integer, or one for each of {count} axes, but got {value!r}.")
    return tuple([positive_integer(n, name) for n in given])


def _borders(padding: Any, count: int) -> Any:
    """What is put around an image, as the operations understand it."""
    if isinstance(padding, str) or np.ndim(padding) == 0:
        return padding
    given = tuple(padding)
    if all(np.ndim(n) == 0 for n in given):
        given = (given if len(given) == 2 else given * 2,) if len(given) in (1, 2) else given
    return given * count if len(given) == 1 else given


class KernelLayer(Layer):
    """What all layers have whose parameters are a kernel and a shift: images of ``num_spatial_dims`` axes of space.

    Parameters
    ----------
    num_spatial_dims : int
        The number of axes of space.
    in_channels, out_channels : int
        The channels of inputs and of outputs.
    kernel_size, stride : int or sequence of int
        The size of the kernel and the elements from one place to the next, along every axis of space.
    padding : {'SAME', 'VALID'}, int, or sequence
        The border.
    groups : int
        The groups of channels that do not meet.
    w_initializer, b_initializer, mask, mode, name
        As for `Conv1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> issubclass(bp.layers.Conv2d, bp.layers.conv.KernelLayer)
    True
    """

    def __init__(self, num_spatial_dims: int, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers,
                 padding: Any, groups: int, w_initializer: Any, b_initializer: Any, mask: Any, mode: bm.Mode | None,
                 name: str | None) -> None:
        super().__init__(name=name, mode=mode)
        self.num_spatial_dims = positive_integer(num_spatial_dims, "num_spatial_dims")
        self.in_channels = positive_integer(in_channels, "in_channels")
        self.out_channels = positive_integer(out_channels, "out_channels")
        self.groups = positive_integer(groups, "groups")
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ValueError(f"{self.name}: {in_channels} channels of the input and {out_channels} of the output cannot be "
                             f"divided into {groups} groups.")
        self.kernel_size = _for_each_axis(kernel_size, self.num_spatial_dims, "kernel_size")
        self.stride = _for_each_axis(stride, self.num_spatial_dims, "stride")
        self.padding = _borders(padding, self.num_spatial_dims)
        shape = (*self.kernel_size, self.in_channels // self.groups, self.out_channels)
        self.mask = self._broadcast_mask(mask, shape)
        self.w = trainable(self, w_initializer, shape)
        self.b = trainable(self, self._shift(b_initializer), (*[1] * self.num_spatial_dims, self.out_channels),
                           allow_none=True)

    def _broadcast_mask(self, mask: Any, shape: tuple[int, ...]) -> Any:
        if mask is None:
            return None
        array = bm.asarray(mask)
        try:
            fits = np.broadcast_shapes(array.shape, shape) == shape
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"{self.name}: mask must have the shape {shape} of the kernel, but got {array.shape}.")
        return array

    def _shift(self, initializer: Any) -> Any:
        """The initial shift; one number a channel may come without axes of space."""
        if initializer is None or (callable(initializer) and not isinstance(initializer, bm.Array)):
            return initializer
        array = bm.asarray(initializer)
        if array.shape != (self.out_channels,):
            return initializer
        return array.reshape((*[1] * self.num_spatial_dims, self.out_channels))

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(name={self.name}, in_channels={self.in_channels}, "
                f"out_channels={self.out_channels}, kernel_size={self.kernel_size}, mode={self.mode})")

    def update(self, x: Any) -> Any:
        """The output for images of shape (batch, *space, in_channels), or for one, without the axis of the batch."""
        x = bm.asarray(x)
        if x.ndim - self.num_spatial_dims not in (1, 2) or x.shape[-1] != self.in_channels:
            space = ", ".join(["space"] * self.num_spatial_dims)
            raise ValueError(f"{self.name}: expected input of shape (batch, {space}, {self.in_channels}), or without the "
                             f"batch, but got {x.shape}")
        single = x.ndim == self.num_spatial_dims + 1
        y = self._apply(x[None] if single else x, self.w if self.mask is None else self.w * self.mask)
        if self.b is not None:
            y = y + self.b
        return y[0] if single else y

    def _apply(self, x: Any, w: Any) -> Any:
        """The images, convolved with the kernel."""
        raise NotImplementedError(f"{type(self).__name__} must define _apply.")


class _Convolution(KernelLayer):
    """Convolution over ``dims`` axes of space."""

    dims = 1

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers | None = None,
                 strides: Numbers | None = None, padding: Any = "SAME", lhs_dilation: Numbers = 1, rhs_dilation: Numbers = 1,
                 groups: int = 1, w_initializer: Any = XavierNormal(), b_initializer: Any = ZeroInit(), mask: Any = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        if stride is not None and strides is not None:
            raise ValueError(f"stride and strides are two names of one argument, but got {stride!r} and {strides!r}.")
        given: Any = [n for n in (stride, strides, 1) if n is not None]
        super().__init__(self.dims, in_channels, out_channels, kernel_size, given[0], padding, groups, w_initializer,
                         b_initializer, mask, mode, name)
        self.lhs_dilation = _for_each_axis(lhs_dilation, self.dims, "lhs_dilation")
        self.rhs_dilation = _for_each_axis(rhs_dilation, self.dims, "rhs_dilation")

    def _apply(self, x: Any, w: Any) -> Any:
        return _convolution(x, w, strides=self.stride, padding=self.padding, lhs_dilation=self.lhs_dilation,
                            rhs_dilation=self.rhs_dilation, groups=self.groups)


class Conv1d(_Convolution):
    r"""Convolution along one axis (LeCun et al., 1989).

    .. math:: y_{t, o} = b_o + \sum_{k} \sum_{i} w_{k, i, o} \, x_{s t + d k, i}

    with the stride s and the dilation d. The kernel is not turned round.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size : int or sequence of int
        The size of the kernel.
    stride : int or sequence of int, optional
        The elements from one place of the kernel to the next; 1 by default.
    strides : int or sequence of int, optional
        Another name of ``stride``.
    padding : {'SAME', 'VALID'}, int, or sequence
        The zeros around an image. 'SAME': so many that there is an output for every stride; 'VALID': none; a number: so many
        on every side; two numbers: before and after, along every axis of space; pairs of numbers: for each axis.
    lhs_dilation : int or sequence of int
        The elements of an image stand so far apart, with zeros between.
    rhs_dilation : int or sequence of int
        The elements of the kernel stand so far apart.
    groups : int
        The channels of inputs and outputs are divided into so many groups that do not meet. As many as there are channels:
        a kernel for each channel.
    w_initializer : Initializer, array or callable
        The kernel, of shape (kernel_size, in_channels / groups, out_channels).
    b_initializer : Initializer, array or callable, optional
        The shift, of shape (1, out_channels) or (out_channels,); None for none.
    mask : array, optional
        The kernel is multiplied by it, in every step.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    w, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        When a size is not a positive integer, channels cannot be divided into groups, or an initializer or an input has
        another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.Conv1d(1, 1, 2, padding='VALID', w_initializer=bp.init.OneInit())
    >>> layer(bm.asarray([[1.], [2.], [4.]]))
    Array(value=Array([[3.],
                       [6.]]), dtype=float32)
    >>> bp.layers.Conv1d(2, 8, 5, stride=2, mode=bm.training_mode)(bm.zeros((4, 20, 2))).shape
    (4, 10, 8)
    """


class Conv2d(_Convolution):
    r"""Convolution over two axes of space (LeCun et al., 1989).

    .. math:: y_{u, v, o} = b_o + \sum_{k, l, i} w_{k, l, i, o} \, x_{s u + d k, s v + d l, i}

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size, stride, strides, padding, lhs_dilation, rhs_dilation
        As for `Conv1d`: one number for both axes, or one for each.
    groups, w_initializer, b_initializer, mask, mode, name
        As for `Conv1d`. The kernel has the shape (*kernel_size, in_channels / groups, out_channels), the shift
        (1, 1, out_channels).

    Attributes
    ----------
    w, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        As for `Conv1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.Conv2d(3, 16, kernel_size=(3, 5), stride=2, mode=bm.training_mode)
    >>> layer(bm.zeros((4, 28, 28, 3))).shape, layer.w.shape
    ((4, 14, 14, 16), (3, 5, 3, 16))
    """

    dims = 2


class Conv3d(_Convolution):
    r"""Convolution over three axes of space.

    .. math:: y_{u, v, z, o} = b_o + \sum_{k, l, m, i} w_{k, l, m, i, o} \, x_{s u + d k, s v + d l, s z + d m, i}

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size, stride, strides, padding, lhs_dilation, rhs_dilation
        As for `Conv1d`: one number for all three axes, or one for each.
    groups, w_initializer, b_initializer, mask, mode, name
        As for `Conv1d`. The kernel has the shape (*kernel_size, in_channels / groups, out_channels), the shift
        (1, 1, 1, out_channels).

    Attributes
    ----------
    w, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        As for `Conv1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.Conv3d(1, 2, kernel_size=2, padding='VALID')(bp.math.zeros((4, 5, 6, 7, 1))).shape
    (4, 4, 5, 6, 2)
    """

    dims = 3


Conv1D = Conv1d
Conv2D = Conv2d
Conv3D = Conv3d
