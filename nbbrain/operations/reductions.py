"""Reductions over axes, and running sums. Axes are normalised to a sorted tuple before an operation sees them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nbbrain.operations.elementwise import (
    absolute,
    add,
    cast_like,
    divide,
    equal,
    exp,
    is_complex,
    isfinite,
    log,
    maximum,
    minimum,
    multiply,
    not_equal,
    sqrt,
    square,
    stop_gradient,
    subtract,
)
from nbbrain.operations.elementwise import where as choose
from nbbrain.operations.operation import Operation, Rule, answer_for, cast, dtype_of, shape_of
from nbbrain.operations.precision import default_dtype
from nbbrain.operations.shapes import broadcast_to, expand_dims, flip, reshape
from nbbrain.operations.symbolic import Abstract

__all__ = ["axes_of", "sum_to_shape"]

Axis = int | Sequence[int] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Axes as a sorted tuple of non-negative integers; None means all."""
    if axis is None:
        return tuple(range(ndim))
    given: Any = axis if np.ndim(axis) else (axis,)
    return tuple(sorted(np.lib.array_utils.normalize_axis_tuple(tuple(given), ndim)))


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


def _reduction(name: str, numpy_function: Callable[..., Any], rule: Rule | None = None, *,
               dtype: Callable[[np.dtype], np.dtype] = lambda d: d, neutral: Any = None,
               combine: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Define a reduction, and what computes it of an axis, the element it starts from, and a mask of what counts.

    ``neutral`` is the element that changes no result (None where there is none), ``combine`` the operation on two.
    """
    def function(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
        result = np.asarray(numpy_function(x, axis=axis, keepdims=keepdims))
        return result.astype(dtype(np.asarray(x).dtype), copy=False)

    def infer(x: Abstract, *, axis: tuple[int, ...], keepdims: bool) -> Abstract:
        return Abstract(reduced_shape(x.shape, axis, keepdims), dtype(x.dtype))

    operation = Operation(name, function, infer=infer, kind="reduction", derivatives=() if rule is None else (rule,))

    def compute(a: Any, axis: Axis, out: Any, keepdims: bool, initial: Any = None, where: Any = None) -> Any:
        _no_out(out, name)
        if where is not None:
            fill = initial if neutral is None else neutral
            if fill is None:
                raise ValueError(f"{name}: with 'where', 'initial' is needed too.")
            a = choose(where, a, fill)
        axes = axes_of(axis, len(shape_of(a)))
        if initial is None or combine is None:
            return operation(a, axis=axes, keepdims=bool(keepdims))
        if 0 in [shape_of(a)[i] for i in axes]:
            given = dtype_of(a)
            return np.full(reduced_shape(shape_of(a), axes, keepdims), initial, dtype(given))
        return combine(operation(a, axis=axes, keepdims=bool(keepdims)), initial)

    return compute


def _no_out(out: Any, name: str) -> None:
    if out is not None:
        raise TypeError(f"{name}: 'out' is not supported, because arrays are not overwritten; use the result.")


def _counting(dtype: np.dtype) -> np.dtype:
    """Sums of truth values and small integers are default integers."""
    small = dtype.kind in "iu" and dtype.itemsize < 4
    return default_dtype("i" if dtype.kind == "b" else dtype.kind) if small or dtype.kind == "b" else dtype


def _shared_extremum(g: Any, z: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The cotangent of max or min, shared equally among the elements that attain it."""
    attained = cast_like(equal(x, _keep(z, x, axis, keepdims)), g)
    return _keep(g, x, axis, keepdims) / sum(attained, axis=axis, keepdims=True) * attained


def _product_rule(g: Any, z: Any, x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The product of all others, from running products on both sides: exact where elements are zero."""
    shape = shape_of(x)
    if 0 in shape:
        return x
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


_sum = _reduction("sum", np.sum, dtype=_counting, neutral=0, combine=add,
                  rule=lambda g, z, x, *, axis, keepdims: restore(g, shape_of(x), axis, keepdims))
_prod = _reduction("prod", np.prod, dtype=_counting, neutral=1, combine=multiply, rule=_product_rule)
_max = _reduction("max", np.max, combine=maximum, rule=lambda g, z, x, *, axis, keepdims:
                  _shared_extremum(g, z, x, axis, keepdims))
_min = _reduction("min", np.min, combine=minimum, rule=lambda g, z, x, *, axis, keepdims:
                  _shared_extremum(g, z, x, axis, keepdims))
_any = _reduction("any", np.any, dtype=lambda d: np.dtype(np.bool_), neutral=False)
_all = _reduction("all", np.all, dtype=lambda d: np.dtype(np.bool_), neutral=True)


def sum(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
        where: Any = None) -> Any:
    """The sum over axes, of what is chosen by a mask, added to an initial value."""
    return _sum(a if dtype is None else cast(a, dtype=np.dtype(dtype)), axis, out, keepdims, initial, where)


def prod(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
         where: Any = None) -> Any:
    """The product over axes, of what is chosen by a mask, times an initial value."""
    return _prod(a if dtype is None else cast(a, dtype=np.dtype(dtype)), axis, out, keepdims, initial, where)


def max(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None,
        where: Any = None) -> Any:
    """The largest element over axes, of what is chosen by a mask, and of an initial value."""
    return _max(a, axis, out, keepdims, initial, where)


def min(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None,
        where: Any = None) -> Any:
    """The smallest element over axes, of what is chosen by a mask, and of an initial value."""
    return _min(a, axis, out, keepdims, initial, where)


def any(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Any:
    """Whether any element over axes is true."""
    return _any(a, axis, out, keepdims, None, where)


def all(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = None) -> Any:
    """Whether all elements over axes are true."""
    return _all(a, axis, out, keepdims, None, where)


def count_nonzero(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """How many elements over axes are not zero."""
    return sum(not_equal(a, 0), axis=axis, keepdims=keepdims)


def _count(x: Any, axis: tuple[int, ...]) -> int:
    shape = shape_of(x)
    return int(np.prod([shape[i] for i in axis], dtype=np.int64))


def _number(a: Any, axes: tuple[int, ...], keepdims: bool, where: Any) -> Any:
    """How many elements over axes are chosen by a mask."""
    if where is None:
        return _count(a, axes)
    return sum(broadcast_to(where, shape_of(a)), axis=axes, keepdims=keepdims)


def mean(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *,
         where: Any = None) -> Any:
    """The arithmetic mean over axes, of what is chosen by a mask."""
    a = as_inexact(a, dtype)
    axes = axes_of(axis, len(shape_of(a)))
    return divide(sum(a, axis=axes, out=out, keepdims=keepdims, where=where), _number(a, axes, keepdims, where))


def var(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, *,
        where: Any = None) -> Any:
    """The mean squared deviation from the mean over axes, with n - ddof in the denominator."""
    a = as_inexact(a, dtype)
    if where is not None:
        a = choose(where, a, 0)
    axes = axes_of(axis, len(shape_of(a)))
    deviation = subtract(a, mean(a, axis=axes, keepdims=True, where=where))
    power = square(absolute(deviation) if is_complex(a) else deviation)
    with np.errstate(invalid="ignore", divide="ignore"):
        return divide(sum(power, axis=axes, out=out, keepdims=keepdims, where=where),
                      subtract(_number(a, axes, keepdims, where), ddof))


def std(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: int = 0, keepdims: bool = False, *,
        where: Any = None) -> Any:
    """The square root of the variance over axes."""
    return sqrt(var(a, axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims, where=where))


def as_inexact(a: Any, dtype: Any = None) -> Any:
    """a as floating-point numbers (complex ones stay)."""
    if dtype is not None:
        return cast(a, dtype=np.dtype(dtype))
    given = dtype_of(a)
    if isinstance(given, np.dtype):
        return a if given.kind in "fc" else cast(a, dtype=default_dtype("f"))
    return np.asarray(a, default_dtype("c") if given is complex else default_dtype("f"))


def ptp(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
    """The range (maximum minus minimum) over axes."""
    return subtract(max(a, axis=axis, out=out, keepdims=keepdims), min(a, axis=axis, keepdims=keepdims))


def logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(sum(exp(a))) over axes, shifted by the maximum so that it does not overflow."""
    a = as_inexact(a)
    axes = axes_of(axis, len(shape_of(a)))
    top = stop_gradient(max(a, axis=axes, keepdims=True))
    top = choose(isfinite(top), top, 0)
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


def _position(name: str, numpy_function: Callable[..., Any], extremum: str) -> Callable[..., Any]:
    def function(x: Any, *, axis: int, keepdims: bool) -> Any:
        return np.asarray(numpy_function(x, axis=axis, keepdims=keepdims)).astype(default_dtype("i"))

    def infer(x: Abstract, *, axis: int, keepdims: bool) -> Abstract:
        if not x.shape[axis]:
            raise ValueError(f"{name}: the position of an extremum of nothing was asked for: shape {x.shape}, axis {axis}.")
        return Abstract(reduced_shape(x.shape, (axis,), keepdims), default_dtype("i"))

    operation = Operation(name, function, infer=infer, kind="along")

    def front(a: Any, axis: int | None = None, out: None = None, keepdims: bool = False) -> Any:
        _no_out(out, name)
        if axis is None:
            flat = operation(reshape(a, (-1,)), axis=0, keepdims=False)
            return reshape(flat, (1,) * len(shape_of(a))) if keepdims else flat
        return operation(a, axis=axes_of(axis, len(shape_of(a)))[0], keepdims=bool(keepdims))

    front.__name__ = name
    front.__doc__ = f"The position of the first {extremum} element along an axis; in the flattened array, where it is None."
    answer_for({numpy_function: front})
    return front


argmax = _position("argmax", np.argmax, "largest")
argmin = _position("argmin", np.argmin, "smallest")


def _running(name: str, numpy_function: Callable[..., Any], rule: Rule) -> Callable[..., Any]:
    def function(x: Any, *, axis: int) -> Any:
        return numpy_function(x, axis=axis).astype(_counting(x.dtype), copy=False)

    operation = Operation(name, function, kind="along", derivatives=(rule,),
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
    front.__doc__ = f"The running {'sum' if name == 'cumsum' else 'product'} along an axis; flattened, where it is None."
    answer_for({numpy_function: front})
    return front


def _run_recurrence(x: Any, y: Any, *, axis: int) -> Any:
    factors, terms = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    result = np.array(terms)
    for i in range(1, len(result)):
        result[i] += factors[i] * result[i - 1]
    return np.moveaxis(result, 0, axis)


def _recurrence_rule(g: Any, z: Any, x: Any, y: Any, *, axis: int) -> Any:
    """The cotangent of y: the recurrence from the end, in which an element is weighted by the factor of the next one."""
    zeros = np.zeros((*shape_of(x)[:axis], 1, *shape_of(x)[axis + 1:]), dtype_of(x))
    return flip(_recurrence(flip(_shifted(x, zeros, axis, -1), axis), flip(g, axis), axis=axis), axis)


def _shifted(x: Any, edge: Any, axis: int, by: int) -> Any:
    """The elements moved on by one place (or back), with others in the place that becomes free."""
    from nbbrain.operations.shapes import concatenate

    rest = x[(*[slice(None)] * axis, slice(None, -1) if by > 0 else slice(1, None))]
    return concatenate((edge, rest) if by > 0 else (rest, edge), axis=axis)


_recurrence: Operation = Operation(
    "recurrence", _run_recurrence, infer=lambda x, y, *, axis: y, kind="along", derivatives=(
        lambda g, z, x, y, *, axis: _recurrence_rule(g, z, x, y, axis=axis) * _shifted(
            z, np.zeros((*shape_of(z)[:axis], 1, *shape_of(z)[axis + 1:]), dtype_of(z)), axis, 1),
        _recurrence_rule))
"""z[i] = x[i] z[i - 1] + y[i] along an axis, from zero."""


def _cumprod_rule(g: Any, z: Any, x: Any, *, axis: int) -> Any:
    """The product of the elements before, times the sum over those behind of g times the product in between.

    No division by x, so it is exact where elements are zero.
    """
    if not shape_of(x)[axis]:
        return g
    ones = np.ones((*shape_of(z)[:axis], 1, *shape_of(z)[axis + 1:]), dtype_of(z))
    return _shifted(z, ones, axis, 1) * _recurrence_rule(g, z, x, g, axis=axis)


cumsum: Callable[..., Any] = _running(
    "cumsum", np.cumsum, lambda g, z, x, *, axis: flip(cumsum(flip(g, axis), axis=axis), axis))
cumprod: Callable[..., Any] = _running("cumprod", np.cumprod, _cumprod_rule)


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
    total = sum(as_inexact(weights), axis=axis, keepdims=keepdims)
    result = divide(sum(multiply(as_inexact(a), weights), axis=axis, keepdims=keepdims), total)
    return (result, broadcast_to(total, shape_of(result))) if returned else result


answer_for({np.sum: sum, np.prod: prod, np.max: max, np.amax: max, np.min: min, np.amin: min, np.any: any, np.all: all,
            np.count_nonzero: count_nonzero, np.mean: mean, np.var: var, np.std: std, np.ptp: ptp,
            np.average: average})
