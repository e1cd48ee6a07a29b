"""Reductions over axes, and running sums. Axes are normalised to a sorted tuple before an operation sees them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain.operations.elementwise import (
    absolute, cast_like, divide, equal, exp, isnan, log, sqrt, square, where,
)
from nbbrain.operations.operation import Operation, Promotion, Rule, by_numpy, cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.shapes import broadcast_to, expand_dims, flip, reshape
from nbbrain.operations.symbolic import Abstract

__all__ = ["axes_of", "sum_to_shape"]

Axis = int | Sequence[int] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Axes as a sorted tuple of non-negative integers; None means all."""
    if axis is None:
        return tuple(range(ndim))
    given = (axis,) if np.ndim(axis) == 0 else tuple(axis)  # type: ignore[arg-type]
    return tuple(sorted(np.lib.array_utils.normalize_axis_tuple(given, ndim)))


def reduced_shape(shape: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> tuple[int, ...]:
    """The shape that is left of a shape after a reduction over axes."""
    if keepdims:
        return tuple([1 if i in axis else n for i, n in enumerate(shape)])
    return tuple([n for i, n in enumerate(shape) if i not in axis])


def restore(g: Any, shape: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> Any:
    """Spread a reduced value over the axes that were reduced."""
    if not keepdims:
        g = reshape(g, reduced_shape(shape, axis, True))
    return broadcast_to(g, shape)


def _keep(z: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    return z if keepdims else reshape(z, reduced_shape(shape_of(x), axis, True))


def _reduction(name: str, numpy_function: Callable[..., Any], rule: Rule | None = None, *, numpy_names: tuple = (),
               promotion: Promotion = None, dtype: Callable[[np.dtype], np.dtype] = lambda d: d,
               whole: bool = True) -> Callable[..., Any]:
    """Define a reduction and its front, which takes NumPy's arguments."""
    def function(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
        given = axis if whole else axis[0]
        result = np.asarray(numpy_function(x, axis=given, keepdims=keepdims))
        return result.astype(dtype(np.asarray(x).dtype), copy=False)

    def infer(x: Abstract, *, axis: tuple[int, ...], keepdims: bool) -> Abstract:
        return Abstract(reduced_shape(x.shape, axis, keepdims), dtype(x.dtype))

    operation = Operation(name, function, infer=infer, kind="reduction", promotion=promotion,
                          derivatives=() if rule is None else (rule,))

    def front(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
        _no_out(out, name)
        if dtype is not None:
            a = cast(a, dtype=np.dtype(dtype))
        return operation(a, axis=axes_of(axis, len(shape_of(a))), keepdims=bool(keepdims))

    front.__name__ = name
    for numpy_name in (numpy_function, *numpy_names):
        by_numpy[numpy_name] = front
    return front


def _no_out(out: Any, name: str) -> None:
    if out is not None:
        raise TypeError(f"{name}: 'out' is not supported, because arrays are not overwritten; use the result.")


def _counting(dtype: np.dtype) -> np.dtype:
    """Sums of truth values and small integers are default integers."""
    return default_dtype("i") if dtype.kind == "b" or (dtype.kind == "i" and dtype.itemsize < 4) else dtype


def _shared_extremum(g: Any, z: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The cotangent of max or min, shared equally among the elements that attain it."""
    attained = cast_like(equal(x, _keep(z, x, axis, keepdims)), g)
    return _keep(g, x, axis, keepdims) * attained / sum(attained, axis=axis, keepdims=True)


def _product_rule(g: Any, z: Any, x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The product of all others, from running products on both sides: exact where elements are zero."""
    shape = shape_of(x)
    kept = [i for i in range(len(shape)) if i not in axis]
    order = (*kept, *axis)
    from nbbrain.operations.shapes import concatenate, transpose

    flat = reshape(transpose(x, order), (*[shape[i] for i in kept], -1))
    one = np.ones((*[shape[i] for i in kept], 1), dtype_of(x))
    before = cumprod(concatenate((one, flat[..., :-1]), axis=-1), axis=-1)
    after = flip(cumprod(flip(concatenate((flat[..., 1:], one), axis=-1), -1), axis=-1), -1)
    others = reshape(before * after, tuple([shape[i] for i in order]))
    inverse = tuple(int(i) for i in np.argsort(order))
    return _keep(g, x, axis, keepdims) * transpose(others, inverse)


sum = _reduction("sum", np.sum, dtype=_counting,
                 rule=lambda g, z, x, *, axis, keepdims: restore(g, shape_of(x), axis, keepdims))
prod = _reduction("prod", np.prod, dtype=_counting, rule=_product_rule)
max = _reduction("max", np.max, numpy_names=(np.amax,), rule=lambda g, z, x, *, axis, keepdims:
                 _shared_extremum(g, z, x, axis, keepdims))
min = _reduction("min", np.min, numpy_names=(np.amin,), rule=lambda g, z, x, *, axis, keepdims:
                 _shared_extremum(g, z, x, axis, keepdims))
any = _reduction("any", np.any, dtype=lambda d: np.dtype(np.bool_))
all = _reduction("all", np.all, dtype=lambda d: np.dtype(np.bool_))


def _count(x: Any, axis: tuple[int, ...]) -> int:
    shape = shape_of(x)
    return int(np.prod([shape[i] for i in axis], dtype=np.int64))


def mean(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """The arithmetic mean over axes."""
    a = as_inexact(a, dtype)
    axes = axes_of(axis, len(shape_of(a)))
    return sum(a, axis=axes, out=out, keepdims=keepdims) / _count(a, axes)


def var(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The mean squared deviation from the mean over axes, with n - ddof in the denominator."""
    a = as_inexact(a, dtype)
    axes = axes_of(axis, len(shape_of(a)))
    deviation = a - mean(a, axis=axes, keepdims=True)
    power = square(deviation) if _real(a) else square(absolute(deviation))
    with np.errstate(invalid="ignore", divide="ignore"):
        return divide(sum(power, axis=axes, out=out, keepdims=keepdims), _count(a, axes) - ddof)


def std(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The square root of the variance over axes."""
    return sqrt(var(a, axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims))


def as_inexact(a: Any, dtype: Any = None) -> Any:
    """a as floating-point numbers (complex ones stay)."""
    if dtype is not None:
        return cast(a, dtype=np.dtype(dtype))
    given = dtype_of(a)
    if isinstance(given, np.dtype):
        return a if given.kind in "fc" else cast(a, dtype=default_dtype("f"))
    return np.asarray(a, default_dtype("c") if given is complex else default_dtype("f"))


def _real(a: Any) -> bool:
    dtype = dtype_of(a)
    return not (isinstance(dtype, np.dtype) and dtype.kind == "c")


def ptp(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
    """The range (maximum minus minimum) over axes."""
    return max(a, axis=axis, out=out, keepdims=keepdims) - min(a, axis=axis, keepdims=keepdims)


def logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(sum(exp(a))) over axes, shifted by the maximum so that it does not overflow."""
    a = as_inexact(a)
    axes = axes_of(axis, len(shape_of(a)))
    from nbbrain.operations.elementwise import isfinite, stop_gradient

    top = stop_gradient(max(a, axis=axes, keepdims=True))
    top = where(isfinite(top), top, 0)
    total = log(sum(exp(a - top), axis=axes, keepdims=True)) + top
    return total if keepdims else reshape(total, reduced_shape(shape_of(a), axes, False))


def sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which ``shape`` was broadcast to the shape of g."""
    given = shape_of(g)
    lead = len(given) - len(shape)
    axes = tuple([i for i, n in enumerate(given) if i < lead or (shape[i - lead] == 1 and n != 1)])
    if axes:
        g = sum(g, axis=axes, keepdims=True)
    return reshape(g, shape) if shape_of(g) != shape else g


# ----------------------------------------------------------------------------------------------------------------
# Positions of extrema, running sums
# ----------------------------------------------------------------------------------------------------------------


def _position(name: str, numpy_function: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any, *, axis: int, keepdims: bool) -> Any:
        return np.asarray(numpy_function(x, axis=axis, keepdims=keepdims)).astype(default_dtype("i"))

    def infer(x: Abstract, *, axis: int, keepdims: bool) -> Abstract:
        return Abstract(reduced_shape(x.shape, (axis,), keepdims), default_dtype("i"))

    operation = Operation(name, function, infer=infer, kind="reduction")

    def front(a: Any, axis: int | None = None, out: None = None, keepdims: bool = False) -> Any:
        _no_out(out, name)
        if axis is None:
            flat = operation(reshape(a, (-1,)), axis=0, keepdims=False)
            return reshape(flat, (1,) * len(shape_of(a))) if keepdims else flat
        return operation(a, axis=axes_of(axis, len(shape_of(a)))[0], keepdims=bool(keepdims))

    front.__name__ = name
    by_numpy[numpy_function] = front
    return front


argmax = _position("argmax", np.argmax)
argmin = _position("argmin", np.argmin)


def _running(name: str, numpy_function: Callable[..., Any], rule: Rule) -> Callable[..., Any]:
    def function(x: Any, *, axis: int) -> Any:
        return numpy_function(x, axis=axis).astype(_counting(x.dtype), copy=False)

    operation = Operation(name, function, kind="other", derivatives=(rule,),
                          infer=lambda x, *, axis: Abstract(x.shape, _counting(x.dtype)))

    def front(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        _no_out(out, name)
        if dtype is not None:
            a = cast(a, dtype=np.dtype(dtype))
        if axis is None:
            a, axis = reshape(a, (-1,)), 0
        if not shape_of(a):
            a = expand_dims(a, 0)
        return operation(a, axis=axes_of(axis, len(shape_of(a)))[0])

    front.__name__ = name
    by_numpy[numpy_function] = front
    return front


def _cumprod_rule(g: Any, z: Any, x: Any, *, axis: int) -> Any:
    """sum over later elements of g z / x; where an element is zero, the product of the others takes its place."""
    from nbbrain.operations.shapes import moveaxis

    if isinstance(x, np.ndarray) and not np.any(x == 0):
        return flip(cumsum(flip(g * z, axis), axis=axis), axis) / x
    n = shape_of(x)[axis]
    rows = moveaxis(x, axis, -1)[..., None, :]                       # (..., 1, n): element j
    i, j, k = np.ogrid[:n, :n, :n]
    members = (k <= i) & (k != j) & (j <= i)                          # product over k of x_k, without x_j, up to i
    others = prod(where(members, rows[..., None, :], 1), axis=-1)
    others = where((j <= i)[..., 0], others, 0)
    return moveaxis(sum(moveaxis(g, axis, -1)[..., :, None] * others, axis=-2), -1, axis)


cumsum = _running("cumsum", np.cumsum, lambda g, z, x, *, axis: flip(cumsum(flip(g, axis), axis=axis), axis))
cumprod = _running("cumprod", np.cumprod, _cumprod_rule)


def nan_to_zero(a: Any) -> Any:
    """a with zeros in the place of NaN."""
    return where(isnan(a), 0, a)


def nansum(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """The sum over axes, without NaN."""
    return sum(nan_to_zero(a), axis=axis, dtype=dtype, out=out, keepdims=keepdims)


def average(a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """The weighted mean over axes; with ``returned`` also the sum of the weights."""
    if weights is None:
        result = mean(a, axis=axis, keepdims=keepdims)
        total = np.full(shape_of(result), _count(a, axes_of(axis, len(shape_of(a)))), dtype_of(result))
        return (result, total) if returned else result
    if shape_of(weights) != shape_of(a):
        if not isinstance(axis, int):
            raise TypeError("average: weights of another shape need one integer axis.")
        shape = [1] * len(shape_of(a))
        shape[axis] = -1
        weights = reshape(weights, tuple(shape))
    weights = broadcast_to(weights, shape_of(a))
    total = sum(weights, axis=axis, keepdims=keepdims)
    result = sum(as_inexact(a) * weights, axis=axis, keepdims=keepdims) / total
    return (result, total) if returned else result


for _numpy, _front in {np.mean: mean, np.var: var, np.std: std, np.ptp: ptp, np.average: average,
                       np.nansum: nansum}.items():
    by_numpy[_numpy] = _front
