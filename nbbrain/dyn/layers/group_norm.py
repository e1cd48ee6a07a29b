"""Normalisation of every example by itself: over its last axes, over groups of channels, or channel by channel."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import positive_integer, trainable
from nbbrain.initialize import OneInit, ZeroInit
from nbbrain.sizes import to_size

__all__ = ["GroupNorm", "InstanceNorm", "LayerNorm"]

_ONES = OneInit()


def _normalised(x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    """x with mean 0 and variance 1 over axes."""
    centred = x - bm.mean(x, axis=axes, keepdims=True)
    return centred / bm.sqrt(bm.mean(bm.square(centred), axis=axes, keepdims=True) + epsilon)


class LayerNorm(Layer):
    r"""Layer normalisation (Ba, Kiros & Hinton, 2016).

    .. math:: y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \gamma + \beta

    with the mean and the variance over the last axes, those of ``normalized_shape``: each for every example of a batch, and
    for every element along further axes.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The sizes of the last axes.
    epsilon : float
        What is added to the variance.
    bias_initializer, scale_initializer : Initializer, array or callable
        The shift and the scale, of shape normalized_shape.
    elementwise_affine : bool
        Whether there is a scale and a shift.
    mode : Mode, optional
        The mode; the environment's by default.
    name : str, optional
        The name.

    Attributes
    ----------
    scale, bias : Array, TrainVar or None, shape normalized_shape
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        When an initializer or an input has another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.layers.LayerNorm(2, epsilon=0.)(bm.asarray([[1., 3.], [5., 25.]]))
    Array(value=Array([[-1.,  1.],
                       [-1.,  1.]]), dtype=float32)
    """

    def __init__(self, normalized_shape: int | Sequence[int], epsilon: float = 1e-5, bias_initializer: Any = ZeroInit(),
                 scale_initializer: Any = _ONES, elementwise_affine: bool = True, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.normalized_shape = to_size(normalized_shape)
        self.epsilon, self.elementwise_affine = epsilon, bool(elementwise_affine)
        self.scale = trainable(self, scale_initializer, self.normalized_shape) if self.elementwise_affine else None
        self.bias = trainable(self, bias_initializer, self.normalized_shape) if self.elementwise_affine else None

    def update(self, x: Any) -> Any:
        """The normalised input, of the same shape."""
        x = bm.asarray(x)
        count = len(self.normalized_shape)
        if x.ndim < count or x.shape[x.ndim - count:] != self.normalized_shape:
            raise ValueError(f"{self.name}: expected input of shape (..., {', '.join(map(str, self.normalized_shape))}), "
                             f"but got {x.shape}")
        y = _normalised(x, tuple(range(-count, 0)), self.epsilon)
        return y if self.scale is None else y * self.scale + self.bias


class GroupNorm(Layer):
    r"""Group normalisation (Wu & He, 2018).

    .. math:: y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \gamma + \beta

    with the mean and the variance of every example over the axes of space and over the channels of a group. Channels, the
    last axis, are divided into groups of neighbours.

    Parameters
    ----------
    num_groups : int
        The number of groups.
    num_channels : int
        The number of channels, a multiple of num_groups.
    epsilon : float
        What is added to the variance.
    affine : bool
        Whether there is a scale and a shift.
    bias_initializer, scale_initializer : Initializer, array or callable
        The shift and the scale of every channel, of shape (num_channels,).
    mode : Mode, optional
        The mode; the environment's by default. Where it has batches, they are the first axis; otherwise an input is one
        example.
    name : str, optional
        The name.

    Attributes
    ----------
    scale, bias : Array, TrainVar or None, shape (num_channels,)
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        When channels cannot be divided into groups, or an initializer or an input has another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.GroupNorm(2, 4, epsilon=0., mode=bm.training_mode)
    >>> layer(bm.asarray([[1., 3., 10., 50.]]))
    Array(value=Array([[-1.,  1., -1.,  1.]]), dtype=float32)
    """

    def __init__(self, num_groups: int, num_channels: int, epsilon: float = 1e-5, affine: bool = True,
                 bias_initializer: Any = ZeroInit(), scale_initializer: Any = _ONES, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(name=name, mode=mode)
        self.num_groups = positive_integer(num_groups, "num_groups")
        self.num_channels = positive_integer(num_channels, "num_channels")
        if self.num_channels % self.num_groups:
            raise ValueError(f"{self.name}: {num_channels} channels cannot be divided into {num_groups} groups.")
        self.epsilon, self.affine = epsilon, bool(affine)
        self.scale = trainable(self, scale_initializer, (self.num_channels,)) if self.affine else None
        self.bias = trainable(self, bias_initializer, (self.num_channels,)) if self.affine else None

    def update(self, x: Any) -> Any:
        """The normalised input, of the same shape."""
        x = bm.asarray(x)
        first = 1 if isinstance(self.mode, bm.BatchingMode) else 0
        if x.ndim <= first or x.shape[-1] != self.num_channels:
            batch = "batch, " if first else ""
            raise ValueError(f"{self.name}: expected input of shape ({batch}..., {self.num_channels}), but got {x.shape}")
        groups = x.reshape((*x.shape[:-1], self.num_groups, self.num_channels // self.num_groups))
        axes = (*range(first, x.ndim - 1), x.ndim)
        y = _normalised(groups, axes, self.epsilon).reshape(x.shape)
        return y if self.scale is None else y * self.scale + self.bias


class InstanceNorm(GroupNorm):
    """Instance normalisation (Ulyanov, Vedaldi & Lempitsky, 2016): every channel of every example over the axes of space.

    It is group normalisation with a group for every channel.

    Parameters
    ----------
    num_channels : int
        The number of channels.
    epsilon, affine, bias_initializer, scale_initializer, mode, name
        As for `GroupNorm`.

    Attributes
    ----------
    scale, bias : Array, TrainVar or None, shape (num_channels,)
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError
        When an initializer or an input has another shape.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.InstanceNorm(2, epsilon=0., mode=bm.training_mode)
    >>> layer(bm.asarray([[[1., 10.], [3., 50.]]]))
    Array(value=Array([[[-1., -1.],
                        [ 1.,  1.]]]), dtype=float32)
    """

    def __init__(self, num_channels: int, epsilon: float = 1e-5, affine: bool = True, bias_initializer: Any = ZeroInit(),
                 scale_initializer: Any = _ONES, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(num_channels, num_channels, epsilon, affine, bias_initializer, scale_initializer, mode, name)
