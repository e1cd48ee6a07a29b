"""Losses of regressions, and norms."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import nbbrain.math as bm
from nbbrain.losses.leaves import arrays_of, check_shapes, reduce, sum_over_leaves

__all__ = [
    "huber_loss", "l1_loos", "l2_loss", "l2_norm", "log_cosh", "log_cosh_loss", "mean_absolute", "mean_absolute_error",
    "mean_square", "mean_squared_error", "mean_squared_log_error",
]


def _of_errors(loss: Callable[[Any], Any], predicts: Any, targets: Any) -> Any:
    """A loss that depends on the error alone, summed over leaves."""
    def of_pair(x: bm.Array, y: bm.Array) -> Any:
        check_shapes(x, y)
        return loss(x - y)

    return sum_over_leaves(of_pair, predicts, targets)


def mean_squared_error(predicts: Any, targets: Any, axis: Any = None, reduction: str = "mean") -> Any:
    r"""The mean of :math:`(x - y)^2`.

    Parameters
    ----------
    predicts, targets : array or nested structure of arrays
        Predictions x and targets y, of one shape (or one of them a number).
    axis : int or tuple of int, optional
        The axes of the mean; all by default.
    reduction : {'mean', 'sum', 'none'}
        The mean, the sum, or the loss of every element.

    Returns
    -------
    Array
        Of nested structures, the sum over their leaves.

    Raises
    ------
    ValueError
        When structures or shapes differ.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.mean_squared_error(bm.asarray([1., 2.]), bm.asarray([1., 4.])))
    2.0
    """
    return _of_errors(lambda error: reduce(bm.square(error), reduction, axis), predicts, targets)


def mean_absolute_error(x: Any, y: Any, axis: Any = None, reduction: str = "mean") -> Any:
    r"""The mean of :math:`|x - y|`; parameters are those of `mean_squared_error`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.mean_absolute_error(bm.asarray([1., 2.]), bm.asarray([1., 4.])))
    1.0
    """
    return _of_errors(lambda error: reduce(bm.abs(error), reduction, axis), x, y)


def mean_squared_log_error(predicts: Any, targets: Any, axis: Any = None, reduction: str = "mean") -> Any:
    r"""The mean of :math:`(\log(1 + x) - \log(1 + y))^2`, for values above -1; parameters as in `mean_squared_error`.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.mean_squared_log_error(bm.asarray([0., 1.]), bm.asarray([0., 1.])))
    0.0
    """
    def loss(x: bm.Array, y: bm.Array) -> Any:
        check_shapes(x, y)
        return reduce(bm.square(bm.log1p(x) - bm.log1p(y)), reduction, axis)

    return sum_over_leaves(loss, predicts, targets)


def l1_loos(logits: Any, targets: Any, reduction: str = "sum") -> Any:
    r"""The sum of :math:`|x - y|` over all axes but the first; the name is BrainPy's.

    Parameters
    ----------
    logits, targets : array or nested structure of arrays, shape (examples, ...)
        Predictions x and targets y.
    reduction : {'mean', 'sum', 'none'}
        The mean or the sum over examples, or the loss of every example.

    Returns
    -------
    Array

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.l1_loos(bm.ones((2, 3)), bm.zeros((2, 3)), reduction='mean'))
    3.0
    """
    def loss(error: Any) -> Any:
        if not error.ndim:
            raise ValueError("l1_loos needs arrays with an axis of examples, but got numbers.")
        return reduce(bm.sum(bm.abs(error), axis=tuple(range(1, error.ndim))), reduction)

    return _of_errors(loss, logits, targets)


def l2_loss(predicts: Any, targets: Any) -> Any:
    r"""Half the squared error, :math:`(x - y)^2 / 2`, of every element.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.l2_loss(bm.asarray([1., 2.]), bm.asarray([1., 4.]))
    Array(value=Array([0., 2.]), dtype=float32)
    """
    return _of_errors(lambda error: 0.5 * bm.square(error), predicts, targets)


def huber_loss(predicts: Any, targets: Any, delta: float = 1.0) -> Any:
    r"""Half the squared error where it is small, linear beyond (Huber, 1964), of every element.

    .. math:: e^2 / 2 \text{ for } |e| \le \delta, \quad \delta (|e| - \delta / 2) \text{ otherwise}

    Parameters
    ----------
    predicts, targets : array or nested structure of arrays
        Predictions and targets.
    delta : float
        Where the loss becomes linear.

    Returns
    -------
    Array

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.huber_loss(bm.asarray([0.5, 3.]), bm.zeros(2))
    Array(value=Array([0.125, 2.5  ]), dtype=float32)
    """
    def loss(error: Any) -> Any:
        size = bm.abs(error)
        return bm.where(size <= delta, 0.5 * bm.square(error), delta * (size - 0.5 * delta))

    return _of_errors(loss, predicts, targets)


def log_cosh(errors: Any) -> Any:
    r"""The element-wise :math:`\log \cosh e`: about :math:`e^2 / 2` for small errors, :math:`|e| - \log 2` for large ones.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.log_cosh(bm.asarray([0., 1e4]))
    Array(value=Array([   0.   , 9999.307]), dtype=float32)
    """
    x = bm.Array(errors)
    return bm.logaddexp(x, -x) - math.log(2)


def log_cosh_loss(predicts: Any, targets: Any) -> Any:
    """The `log_cosh` of the error of every element.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> bp.losses.log_cosh_loss(bm.ones(2), bm.ones(2))
    Array(value=Array([0., 0.]), dtype=float32)
    """
    return _of_errors(log_cosh, predicts, targets)


def mean_absolute(outputs: Any, axis: Any = None) -> Any:
    """The mean of absolute values, over axes; of a nested structure, the sum over its leaves.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.mean_absolute(bm.asarray([-1., 3.])))
    2.0
    """
    return sum(bm.mean(bm.abs(x), axis=axis) for x in arrays_of(outputs))


def mean_square(predicts: Any, axis: Any = None) -> Any:
    """The mean of squares, over axes; of a nested structure, the sum over its leaves.

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.mean_square(bm.asarray([-1., 3.])))
    5.0
    """
    return sum(bm.mean(bm.square(x), axis=axis) for x in arrays_of(predicts))


def l2_norm(x: Any, axis: Any = None) -> Any:
    """The square root of the sum of squares, over axes and over the leaves of a nested structure.

    Its gradient at zero is zero.

    Parameters
    ----------
    x : array or nested structure of arrays
        The values, such as all trained variables.
    axis : int or tuple of int, optional
        The axes; all by default.

    Returns
    -------
    Array

    Examples
    --------
    >>> import nbbrain as bp
    >>> import nbbrain.math as bm
    >>> float(bp.losses.l2_norm({'w': bm.asarray([3., 0.]), 'b': bm.asarray([4.])}))
    5.0
    """
    total = sum(bm.sum(bm.square(leaf), axis=axis) for leaf in arrays_of(x))
    positive = total > 0
    return bm.where(positive, bm.sqrt(bm.where(positive, total, 1.)), 0.)
