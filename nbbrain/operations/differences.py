"""Functions of neighbouring elements: differences, gradients on a grid, integrals, interpolation, phase unwrapping."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from nbbrain.operations.elementwise import (
    absolute,
    add,
    bitwise_and,
    clip,
    divide,
    equal,
    greater,
    less,
    multiply,
    not_equal,
    remainder,
    stop_gradient,
    subtract,
    where,
)
from nbbrain.operations.indexing import get_item, take
from nbbrain.operations.operation import answer_for, dtype_of, promote, shape_of
from nbbrain.operations.reductions import as_inexact, cumsum, sum
from nbbrain.operations.shapes import broadcast_to, concatenate, moveaxis, reshape, stack
from nbbrain.operations.sorting import argsort, searchsorted

__all__ = ["cross", "diff", "ediff1d", "gradient", "interp", "trapezoid", "unwrap"]


def _cut(a: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return get_item(a, (*[slice(None)] * axis, slice(start, stop)))


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """The n-th differences of neighbours along an axis, after values are put before and behind."""
    shape = shape_of(a)
    if n < 0:
        raise ValueError(f"diff: n must not be negative, but got {n}.")
    if not shape:
        raise ValueError("diff: an array with at least one axis is needed.")
    if n == 0:
        return a
    axis = normalize_axis_index(axis, len(shape))
    one = (*shape[:axis], 1, *shape[axis + 1:])
    parts = [x if shape_of(x) else broadcast_to(x, one) for x in (prepend, a, append) if x is not None]
    a = concatenate(parts, axis=axis) if len(parts) > 1 else a
    operation = not_equal if dtype_of(a) == np.bool_ else subtract
    for _ in range(n):
        a = operation(_cut(a, axis, 1, None), _cut(a, axis, None, -1))
    return a


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours in the flattened array, between values put before and behind."""
    parts = [reshape(x, (-1,)) for x in (to_begin, diff(reshape(ary, (-1,))), to_end) if x is not None]
    return concatenate(parts) if len(parts) > 1 else parts[0]


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral along an axis by the trapezoidal rule."""
    axis = normalize_axis_index(axis, len(shape_of(y)))
    width = dx
    if x is not None:
        width = diff(x, axis=axis) if len(shape_of(x)) > 1 else _along(diff(x), axis, len(shape_of(y)))
    pairs = add(_cut(y, axis, 1, None), _cut(y, axis, None, -1))
    return sum(divide(multiply(width, pairs), 2.0), axis=axis)


def _along(vector: Any, axis: int, ndim: int) -> Any:
    """A vector as an array that varies along one axis."""
    return reshape(vector, tuple([-1 if i == axis else 1 for i in range(ndim)]))


# ----------------------------------------------------------------------------------------------------------------
# Gradient on a grid (Fornberg, 1988, "Generation of finite difference formulas on arbitrarily spaced grids")
# ----------------------------------------------------------------------------------------------------------------


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Derivatives along axes by central differences, one-sided of first or second order at the edges.

    ``varargs`` are spacings: one number for all axes, or a number or coordinates for each.
    """
    ndim = len(shape_of(f))
    axes = tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)
    spacings = list(varargs) or [1.0] * len(axes)
    if len(spacings) == 1 and len(axes) > 1 and not shape_of(spacings[0]):
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient: one spacing, or {len(axes)} are needed, but got {len(spacings)}.")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order must be 1 or 2, but got {edge_order}.")
    results = [_gradient_along(as_inexact(f), spacing, i, edge_order) for i, spacing in zip(axes, spacings, strict=True)]
    return results[0] if len(results) == 1 else tuple(results)


def _gradient_along(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    size, ndim = shape_of(f)[axis], len(shape_of(f))
    if size < edge_order + 1:
        raise ValueError(f"gradient: at least {edge_order + 1} elements are needed along axis {axis}, but got {size}.")
    if shape_of(spacing):
        if shape_of(spacing) != (size,):
            raise ValueError(f"gradient: {size} coordinates are needed along axis {axis}, but got {shape_of(spacing)}.")
        steps = _along(diff(spacing), axis, ndim)
    else:
        steps = broadcast_to(as_inexact(spacing), (*[1] * axis, size - 1, *[1] * (ndim - axis - 1)))
    slopes = divide(diff(f, axis=axis), steps)
    before, after = _cut(steps, axis, None, -1), _cut(steps, axis, 1, None)
    low, high = _cut(slopes, axis, None, -1), _cut(slopes, axis, 1, None)
    inside = divide(add(multiply(after, low), multiply(before, high)), add(before, after))
    first, last = _cut(slopes, axis, None, 1), _cut(slopes, axis, -1, None)
    if edge_order == 2:
        first = _extrapolated(first, _cut(slopes, axis, 1, 2), _cut(steps, axis, 0, 1), _cut(steps, axis, 1, 2))
        last = _extrapolated(last, _cut(slopes, axis, size - 3, size - 2), _cut(steps, axis, size - 2, size - 1),
                             _cut(steps, axis, size - 3, size - 2))
    return concatenate((first, inside, last), axis=axis)


def _extrapolated(near: Any, far: Any, step: Any, next_step: Any) -> Any:
    """The slope at the outer end of an edge, from those in the middle of the last two intervals."""
    return add(near, divide(multiply(step, subtract(near, far)), add(step, next_step)))


# ----------------------------------------------------------------------------------------------------------------
# Interpolation and phases
# ----------------------------------------------------------------------------------------------------------------


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Piecewise-linear interpolation of points (xp, fp), at x; outside of them, ``left`` and ``right`` or the end values."""
    x, xp, fp = promote((x, xp, fp), "inexact")
    if period is not None:
        period = abs(period)
        x, xp = remainder(x, period), remainder(xp, period)
        order = argsort(xp)
        xp, fp = take(xp, order), take(fp, order)
        xp = concatenate((subtract(xp[-1:], period), xp, add(xp[:1], period)))
        fp = concatenate((fp[-1:], fp, fp[:1]))
        left = right = None
    n = shape_of(xp)[0]
    if shape_of(fp) != (n,) or not n:
        raise ValueError(f"interp: xp and fp must be vectors of one size, but got shapes {shape_of(xp)} and {shape_of(fp)}.")
    upper = clip(searchsorted(xp, stop_gradient(x), side="right"), min(1, n - 1), n - 1)
    lower = clip(subtract(upper, 1), 0, n - 1)
    x0, x1, f0, f1 = take(xp, lower), take(xp, upper), take(fp, lower), take(fp, upper)
    step = subtract(x1, x0)
    slope = divide(subtract(f1, f0), where(equal(step, 0), 1, step))
    result = add(f0, multiply(slope, subtract(x, x0)))
    result = where(less(x, xp[0]), fp[0] if left is None else left, result)
    return where(greater(x, xp[-1]), fp[-1] if right is None else right, where(equal(x, xp[-1]), fp[-1], result))


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * float(np.pi)) -> Any:
    """Phases without jumps: multiples of the period are added where neighbours differ by more than half of it."""
    shape = shape_of(p)
    axis = normalize_axis_index(axis, len(shape))
    p = p if isinstance(period, int) and dtype_of(p).kind in "iu" else as_inexact(p)
    integer = dtype_of(p).kind in "iu"
    half = period // 2 if integer else period / 2
    limit = half if discont is None else discont
    steps = diff(p, axis=axis)
    low = -half
    wrapped = add(remainder(subtract(steps, low), period), low)
    if not integer or period % 2 == 0:
        wrapped = where(bitwise_and(equal(wrapped, low), greater(steps, 0)), half, wrapped)
    correction = where(less(absolute(steps), limit), 0, stop_gradient(subtract(wrapped, steps)))
    return concatenate((_cut(p, axis, None, 1), add(_cut(p, axis, 1, None), cumsum(correction, axis=axis))), axis=axis)


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The cross product of vectors of two or three elements."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    sizes = shape_of(a)[-1], shape_of(b)[-1]
    if not {*sizes} <= {2, 3}:
        raise ValueError(f"cross: vectors must have two or three elements, but got {sizes[0]} and {sizes[1]}.")
    u, v = [[get_item(x, (Ellipsis, i)) if i < n else None for i in range(3)] for x, n in ((a, sizes[0]), (b, sizes[1]))]

    def minor(i: int, j: int) -> Any:
        terms = [multiply(u[k], v[m]) if u[k] is not None and v[m] is not None else 0 for k, m in ((i, j), (j, i))]
        return subtract(*terms)

    if sizes == (2, 2):
        return minor(0, 1)
    return stack([minor(1, 2), minor(2, 0), minor(0, 1)], axis=axisc)


answer_for({np.gradient: gradient}, arrays="all")
answer_for({np.unwrap: unwrap, np.diff: diff, np.ediff1d: ediff1d})
answer_for({np.trapezoid: trapezoid, np.cross: cross}, arrays=2)
answer_for({np.interp: interp}, arrays=3)
