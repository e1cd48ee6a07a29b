"""Transposed convolution: a kernel that spreads every element of an image."""
from __future__ import annotations

from typing import Any

import nbbrain.math as bm
from nbbrain.dyn.layers.conv import KernelLayer, Numbers
from nbbrain.initialize import XavierNormal, ZeroInit
from nbbrain.math.lifting import lift
from nbbrain.operations.convolution import conv_transpose

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

_transposed = lift(conv_transpose, arrays=2)
_OUT_TO_IN = XavierNormal(in_axis=-1, out_axis=-2)


class _TransposedConvolution(KernelLayer):
    """Transposed convolution over ``dims`` axes of space."""

    dims = 1

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers = 1,
                 padding: Any = "SAME", w_initializer: Any = _OUT_TO_IN, b_initializer: Any = ZeroInit(), mask: Any = None,
                 precision: None = None, mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(self.dims, in_channels, out_channels, kernel_size, stride, padding, 1, w_initializer, b_initializer,
                         mask, mode, name)
        if precision is not None:
            raise NotImplementedError(f"{self.name} computes in the precision of its arrays: precision must be None, but "
                                      f"got {precision!r}. Choose it by bm.enable_x64() or bm.set_float.")

    def _apply(self, x: Any, w: Any) -> Any:
        return _transposed(x, w, strides=self.stride, padding=self.padding)


class ConvTranspose1d(_TransposedConvolution):
    r"""Transposed convolution along one axis (Zeiler et al., 2010), which makes a sequence ``stride`` times as long.

    .. math:: y_{t, o} = b_o + \sum_{k} \sum_{i} w_{k, i, o} \, \hat x_{t + k, i},
              \qquad \hat x_{s t} = x_t, \quad \hat x = 0 \text{ elsewhere}

    with the stride s. The kernel is not turned round.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size : int or sequence of int
        The size of the kernel.
    stride : int or sequence of int
        The elements of an image stand so far apart, with zeros between.
    padding : {'SAME', 'VALID'}, int, or sequence
        'SAME': the output is ``stride`` times as large. 'VALID': it holds every element that an element of the image meets.
        Numbers, as for `Conv1d`, are the zeros around the image that has been spread.
    w_initializer : Initializer, array or callable
        The kernel, of shape (kernel_size, in_channels, out_channels).
    b_initializer : Initializer, array or callable, optional
        The shift, of shape (1, out_channels) or (out_channels,); None for none.
    mask : array, optional
        The kernel is multiplied by it, in every step.
    precision : None
        Accepted for compatibility.
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
        When a size is not a positive integer, or an initializer or an input has another shape.
    NotImplementedError
        When precision is given.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.ConvTranspose1d(1, 1, 2, stride=2, w_initializer=bp.init.OneInit())
    >>> layer(bm.asarray([[1.], [5.]]))[:, 0]
    Array(value=Array([1., 1., 5., 5.]), dtype=float32)
    """


class ConvTranspose2d(_TransposedConvolution):
    """Transposed convolution over two axes of space (Zeiler et al., 2010), which makes images ``stride`` times as large.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size, stride, padding
        As for `ConvTranspose1d`: one number for both axes, or one for each.
    w_initializer, b_initializer, mask, precision, mode, name
        As for `ConvTranspose1d`. The kernel has the shape (*kernel_size, in_channels, out_channels), the shift
        (1, 1, out_channels).

    Attributes
    ----------
    w, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError, NotImplementedError
        As for `ConvTranspose1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.ConvTranspose2d(2, 3, kernel_size=3, stride=2)(bp.math.zeros((5, 7, 8, 2))).shape
    (5, 14, 16, 3)
    """

    dims = 2


class ConvTranspose3d(_TransposedConvolution):
    """Transposed convolution over three axes of space, which makes images ``stride`` times as large.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of inputs and of outputs; channels are the last axis.
    kernel_size, stride, padding
        As for `ConvTranspose1d`: one number for all three axes, or one for each.
    w_initializer, b_initializer, mask, precision, mode, name
        As for `ConvTranspose1d`. The kernel has the shape (*kernel_size, in_channels, out_channels), the shift
        (1, 1, 1, out_channels).

    Attributes
    ----------
    w, b : Array, TrainVar or None
        The parameters: trainable in TrainingMode.

    Raises
    ------
    ValueError, NotImplementedError
        As for `ConvTranspose1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> bp.layers.ConvTranspose3d(1, 2, kernel_size=2, padding='VALID')(bp.math.zeros((2, 3, 4, 5, 1))).shape
    (2, 4, 5, 6, 2)
    """

    dims = 3
