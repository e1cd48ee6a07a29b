"""Batch normalisation: every channel is brought to mean 0 and variance 1 over the batch and the axes of space."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbbrain.math as bm
from nbbrain.check import is_subclass
from nbbrain.dyn.layers.base import Layer
from nbbrain.dyn.states import positive_integer, trainable
from nbbrain.dynsys.share import share
from nbbrain.initialize import OneInit, ZeroInit

__all__ = ["BatchNorm1D", "BatchNorm1d", "BatchNorm2D", "BatchNorm2d", "BatchNorm3D", "BatchNorm3d"]

_ONES = OneInit()


class _BatchNorm(Layer):
    """The normalisation of inputs of ``dims`` axes of space."""

    dims = 1

    def __init__(self, num_features: int, axis: int | Sequence[int], epsilon: float, momentum: float, affine: bool,
                 bias_initializer: Any, scale_initializer: Any, axis_name: None, axis_index_groups: None,
                 mode: bm.Mode | None, name: str | None) -> None:
        super().__init__(name=name, mode=mode)
        is_subclass(self.mode, (bm.BatchingMode, bm.TrainingMode), self.name)
        if axis_name is not None or axis_index_groups is not None:
            raise NotImplementedError(f"{self.name} normalises the batch of one device: axis_name and axis_index_groups "
                                      f"must be None, but got {axis_name!r} and {axis_index_groups!r}.")
        if not 0. <= momentum <= 1.:
            raise ValueError(f"{self.name}: momentum must be in [0, 1], but got {momentum!r}.")
        self.num_features = positive_integer(num_features, "num_features")
        self.axis: tuple[int, ...] = (axis,) if isinstance(axis, int) else tuple(axis)
        self.epsilon, self.momentum, self.affine = epsilon, momentum, bool(affine)
        self.axis_name, self.axis_index_groups = axis_name, axis_index_groups
        self._feature_axis = self._remaining_axis()
        size = (self.num_features,)
        self.running_mean = bm.Variable(bm.zeros(size))
        self.running_var = bm.Variable(bm.ones(size))
        self.scale = trainable(self, scale_initializer, size) if self.affine else None
        self.bias = trainable(self, bias_initializer, size) if self.affine else None

    def _remaining_axis(self) -> int:
        """The axis of the features, over which no mean is taken."""
        ndim = self.dims + 2
        left = [n for n in range(ndim) if n not in {axis % ndim for axis in self.axis if -ndim <= axis < ndim}]
        if len(left) != 1 or len(self.axis) != ndim - 1:
            raise ValueError(f"{self.name}: axis must be {ndim - 1} of the {ndim} axes of an input, so that that of the "
                             f"features is left, but got {self.axis}.")
        return left[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, num_features={self.num_features}, mode={self.mode})"

    def update(self, x: Any) -> Any:
        """The normalised input, of the same shape."""
        x = bm.asarray(x)
        if self.dims == 1 and x.ndim == 2:
            return self._normalised(x[:, None])[:, 0]
        return self._normalised(x)

    def _normalised(self, x: Any) -> Any:
        ndim = self.dims + 2
        shape = [1] * ndim
        shape[self._feature_axis] = self.num_features
        if x.ndim != ndim or x.shape[self._feature_axis] != self.num_features:
            wanted = ["n"] * ndim
            wanted[self._feature_axis] = str(self.num_features)
            raise ValueError(f"{self.name}: expected input of shape ({', '.join(wanted)}), but got {x.shape}")
        if share.load("fit"):
            mean = bm.mean(x, axis=self.axis)
            variance = bm.mean(bm.square(x - mean.reshape(shape)), axis=self.axis)
            for running, now in ((self.running_mean, mean), (self.running_var, variance)):
                running.value = self.momentum * running + (1. - self.momentum) * bm.stop_gradient(now)
        else:
            mean, variance = bm.asarray(self.running_mean), bm.asarray(self.running_var)
        factor = 1. / bm.sqrt(variance + self.epsilon)
        if self.scale is not None:
            factor = factor * self.scale
        y = (x - mean.reshape(shape)) * factor.reshape(shape)
        return y if self.bias is None else y + self.bias.reshape(shape)


class BatchNorm1d(_BatchNorm):
    r"""Batch normalisation of sequences (Ioffe & Szegedy, 2015).

    .. math:: y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \gamma + \beta

    where the shared argument ``fit`` is true, as it is while a trainer fits, with the mean and the variance of every feature
    over the batch and the axis of space. They are remembered as ``m * old + (1 - m) * new``, with the momentum m, and what
    is remembered is used where ``fit`` is false.

    Parameters
    ----------
    num_features : int
        The number of features (channels).
    axis : int or sequence of int
        The axes over which means are taken: all but that of the features.
    epsilon : float
        What is added to the variance.
    momentum : float
        How much of the remembered mean and variance stays in a step.
    affine : bool
        Whether there is a scale and a shift.
    bias_initializer, scale_initializer : Initializer, array or callable
        The shift and the scale, of shape (num_features,).
    axis_name, axis_index_groups : None
        Means over several devices are not supported.
    mode : Mode, optional
        The mode; the environment's by default. It must have batches.
    name : str, optional
        The name.

    Attributes
    ----------
    scale, bias : Array, TrainVar or None, shape (num_features,)
        The parameters: trainable in TrainingMode.
    running_mean, running_var : Variable, shape (num_features,)
        What is remembered. The variance is that of the batch, divided by its size.

    Raises
    ------
    ValueError
        When an argument or an input does not fit.
    NotImplementedError
        When the mode has no batches, or ``axis_name`` or ``axis_index_groups`` is given.
    KeyError
        In the call, when ``fit`` is not shared: a runner or trainer shares it, or ``bp.share.save(fit=False)``.

    Notes
    -----
    Inputs have the shape (batch, space, features); those of shape (batch, features) are taken for sequences of one element.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> layer = bp.layers.BatchNorm1d(2, epsilon=0., momentum=0.5, mode=bm.training_mode)
    >>> bp.share.save(fit=True)
    >>> layer(bm.asarray([[1., 0.], [5., 8.]]))
    Array(value=Array([[-1., -1.],
                       [ 1.,  1.]]), dtype=float32)
    >>> layer.running_mean
    Variable(value=Array([1.5, 2. ]), dtype=float32)
    """

    def __init__(self, num_features: int, axis: int | Sequence[int] = (0, 1), epsilon: float = 1e-5, momentum: float = 0.99,
                 affine: bool = True, bias_initializer: Any = ZeroInit(), scale_initializer: Any = _ONES,
                 axis_name: None = None, axis_index_groups: None = None, mode: bm.Mode | None = None,
                 name: str | None = None) -> None:
        super().__init__(num_features, axis, epsilon, momentum, affine, bias_initializer, scale_initializer, axis_name,
                         axis_index_groups, mode, name)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images of shape (batch, height, width, features) (Ioffe & Szegedy, 2015).

    Parameters
    ----------
    num_features, axis, epsilon, momentum, affine, bias_initializer, scale_initializer
        As for `BatchNorm1d`.
    axis_name, axis_index_groups, mode, name
        As for `BatchNorm1d`.

    Attributes
    ----------
    scale, bias, running_mean, running_var
        As of `BatchNorm1d`.

    Raises
    ------
    ValueError, NotImplementedError, KeyError
        As for `BatchNorm1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.share.save(fit=True)
    >>> y = bp.layers.BatchNorm2d(3, mode=bm.training_mode)(bm.random.rand(4, 5, 6, 3))
    >>> y.shape, bool(bm.all(bm.abs(y.mean(axis=(0, 1, 2))) < 1e-4))
    ((4, 5, 6, 3), True)
    """

    dims = 2

    def __init__(self, num_features: int, axis: int | Sequence[int] = (0, 1, 2), epsilon: float = 1e-5,
                 momentum: float = 0.99, affine: bool = True, bias_initializer: Any = ZeroInit(),
                 scale_initializer: Any = _ONES, axis_name: None = None, axis_index_groups: None = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(num_features, axis, epsilon, momentum, affine, bias_initializer, scale_initializer, axis_name,
                         axis_index_groups, mode, name)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of volumes of shape (batch, height, width, depth, features) (Ioffe & Szegedy, 2015).

    Parameters
    ----------
    num_features, axis, epsilon, momentum, affine, bias_initializer, scale_initializer
        As for `BatchNorm1d`.
    axis_name, axis_index_groups, mode, name
        As for `BatchNorm1d`.

    Attributes
    ----------
    scale, bias, running_mean, running_var
        As of `BatchNorm1d`.

    Raises
    ------
    ValueError, NotImplementedError, KeyError
        As for `BatchNorm1d`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.share.save(fit=False)
    >>> bp.layers.BatchNorm3d(2, mode=bm.batching_mode)(bm.ones((4, 3, 2, 2, 2))).shape
    (4, 3, 2, 2, 2)
    """

    dims = 3

    def __init__(self, num_features: int, axis: int | Sequence[int] = (0, 1, 2, 3), epsilon: float = 1e-5,
                 momentum: float = 0.99, affine: bool = True, bias_initializer: Any = ZeroInit(),
                 scale_initializer: Any = _ONES, axis_name: None = None, axis_index_groups: None = None,
                 mode: bm.Mode | None = None, name: str | None = None) -> None:
        super().__init__(num_features, axis, epsilon, momentum, affine, bias_initializer, scale_initializer, axis_name,
                         axis_index_groups, mode, name)


BatchNorm1D = BatchNorm1d
BatchNorm2D = BatchNorm2d
BatchNorm3D = BatchNorm3d
