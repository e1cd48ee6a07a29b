"""Convolution: of vectors, and of images with kernels; pooling.

The whole convolution of two vectors is an operation; other modes and ``correlate`` are forms of it. Convolution of
images, of any number of axes, is a product of the windows of the image with the kernel. The transposed convolution is one
of an image whose elements stand apart. Pooling takes one number of every window, along any axes.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.operations import reductions
from nbbrain.operations.contraction import matmul
from nbbrain.operations.elementwise import conjugate, divide
from nbbrain.operations.indexing import get_item, set_item
from nbbrain.operations.operation import Operation, answer_for, dtype_of, shape_of
from nbbrain.operations.shapes import concatenate, flip, moveaxis, reshape, same_dtype
from nbbrain.operations.symbolic import Abstract
from nbbrain.operations.windows import windows

__all__ = ["adaptive_pool", "conv_general", "conv_transpose", "convolve", "correlate", "pool"]

Padding = str | int | Sequence[int | tuple[int, int]]


def _rule(g: Any, other: Any, size: int) -> Any:
    """The cotangent of one vector: g correlated with the other, where they overlap completely."""
    start = shape_of(other)[0] - 1
    return get_item(_convolve(g, flip(other)), (slice(start, start + size),))


_convolve = Operation("convolve", lambda a, v: np.convolve(a, v),
                      infer=lambda a, v: Abstract((a.shape[0] + v.shape[0] - 1,), a.dtype), kind="convolution",
                      derivatives=(lambda g, z, a, v: _rule(g, v, shape_of(a)[0]),
                                   lambda g, z, a, v: _rule(g, a, shape_of(v)[0])))


def _convolution(a: Any, v: Any, mode: str, middle: int | None) -> Any:
    """A part of the whole convolution; 'same' starts at ``middle``, or in the middle of the shorter vector."""
    a, v = [reshape(x, (1,)) if not shape_of(x) else x for x in same_dtype((a, v))]
    if len(shape_of(a)) != 1 or len(shape_of(v)) != 1 or 0 in (*shape_of(a), *shape_of(v)):
        raise ValueError(f"vectors that are not empty are needed, but got shapes {shape_of(a)} and {shape_of(v)}.")
    long, short = sorted((shape_of(a)[0], shape_of(v)[0]), reverse=True)
    parts = {"full": (0, long + short - 1), "valid": (short - 1, long - short + 1),
             "same": ((short - 1) // 2 if middle is None else middle, long)}
    if mode not in parts:
        raise ValueError(f"mode must be one of {sorted(parts)}, but got {mode!r}.")
    start, size = parts[mode]
    return get_item(_convolve(a, v), (slice(start, start + size),))


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors: all of it, the middle of the longer one's size, or where they overlap wholly."""
    return _convolution(a, v, mode, None)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors, sum over n of a[n + k] conj(v[n])."""
    sizes = int(np.prod(shape_of(a))), int(np.prod(shape_of(v)))
    return _convolution(a, conjugate(flip(v)), mode, sizes[0] // 2 if sizes[0] < sizes[1] else None)


# ----------------------------------------------------------------------------------------------------------------
# Images: (batch, *space, channels)
# ----------------------------------------------------------------------------------------------------------------


def _each(value: int | Sequence[int], count: int, name: str) -> tuple[int, ...]:
    """One positive number for every axis of space."""
    given = (value,) * count if isinstance(value, (int, np.integer)) else tuple(value)
    if len(given) != count or any(n < 1 for n in given):
        raise ValueError(f"{name} must be a positive number, or one for each of {count} axes, but got {value!r}.")
    return tuple([int(n) for n in given])


def _borders(padding: Padding, shape: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...],
             dilations: tuple[int, ...]) -> list[tuple[int, int]]:
    """How many elements are put before and after every axis of space.

    'VALID': none. 'SAME': so many that there is a window for every stride, the odd one after.
    """
    if isinstance(padding, str):
        if padding.upper() == "VALID":
            return [(0, 0)] * len(shape)
        if padding.upper() != "SAME":
            raise ValueError(f"padding must be 'SAME', 'VALID' or numbers, but got {padding!r}.")
        borders = []
        for n, size, stride, dilation in zip(shape, sizes, strides, dilations, strict=True):
            lacking = max(0, (-(-n // stride) - 1) * stride + dilation * (size - 1) + 1 - n)
            borders.append((lacking // 2, lacking - lacking // 2))
        return borders
    given: Any = (padding,) * len(shape) if isinstance(padding, (int, np.integer)) else tuple(padding)
    pairs = [(int(n), int(n)) if np.ndim(n) == 0 else (int(n[0]), int(n[1])) for n in given]
    if len(pairs) != len(shape) or any(n < 0 for pair in pairs for n in pair):
        raise ValueError(f"padding must be 'SAME', 'VALID', a number, or a number or a pair of numbers that are not "
                         f"negative for each of {len(shape)} axes, but got {padding!r}.")
    return pairs


def _bordered(x: Any, axes: Sequence[int], borders: Sequence[tuple[int, int]], fill: float,
              spacing: Sequence[int] = ()) -> Any:
    """The array with a border along axes, and with ``spacing - 1`` elements between any two of its own."""
    steps = tuple(spacing) or (1,) * len(borders)
    if all(pair == (0, 0) for pair in borders) and all(step == 1 for step in steps):
        return x
    shape, inside = list(shape_of(x)), [slice(None)] * len(shape_of(x))
    for axis, (before, after), step in zip(axes, borders, steps, strict=True):
        spread = max(0, (shape[axis] - 1) * step + 1)
        shape[axis], inside[axis] = spread + before + after, slice(before, before + spread, step)
    return set_item(np.full(shape, fill, dtype_of(x)), tuple(inside), x)


def conv_general(x: Any, w: Any, strides: int | Sequence[int] = 1, padding: Padding = "SAME",
                 lhs_dilation: int | Sequence[int] = 1, rhs_dilation: int | Sequence[int] = 1, groups: int = 1) -> Any:
    """The convolution of images with a kernel (which is not turned round), as layers compute it.

    Parameters
    ----------
    x : array, shape (batch, *space, channels)
        The images, of one axis of space or more.
    w : array, shape (*window, channels / groups, features)
        The kernel.
    strides : int or sequence of int
        The elements from one window to the next.
    padding : {'SAME', 'VALID'}, int, or sequence of int or pairs
        The zeros around an image.
    lhs_dilation : int or sequence of int
        The elements of an image stand so far apart, with zeros between, as in transposed convolutions.
    rhs_dilation : int or sequence of int
        The elements of a window stand so far apart.
    groups : int
        The channels and the features are divided into so many groups that do not meet.

    Returns
    -------
    array, shape (batch, *space', features)

    Raises
    ------
    ValueError
        When shapes do not fit together, or numbers are not positive.
    """
    x, w = same_dtype((x, w))
    count = len(shape_of(x)) - 2
    channels, sizes, (depth, features) = shape_of(x)[-1], shape_of(w)[:-2], shape_of(w)[-2:]
    if count < 1 or len(shape_of(w)) != count + 2:
        raise ValueError(f"images (batch, *space, channels) and a kernel (*window, channels, features) with as many axes "
                         f"are needed, but got shapes {shape_of(x)} and {shape_of(w)}.")
    if groups < 1 or depth * groups != channels or features % groups:
        raise ValueError(f"{channels} channels and {features} features in {groups} groups do not fit a kernel of shape "
                         f"{shape_of(w)}.")
    steps, inner, outer = [_each(value, count, name) for value, name in (
        (strides, "strides"), (rhs_dilation, "rhs_dilation"), (lhs_dilation, "lhs_dilation"))]
    spread = tuple([max(0, (n - 1) * step + 1) for n, step in zip(shape_of(x)[1:-1], outer, strict=True)])
    x = _bordered(x, range(1, count + 1), _borders(padding, spread, sizes, steps, inner), 0, outer)
    parts = moveaxis(windows(x, range(1, count + 1), sizes, steps, inner), count + 1, -1)  # channels behind the window
    batch, *space = shape_of(parts)[:count + 1]
    places, elements = int(np.prod(space)), int(np.prod(sizes))
    if groups == 1:
        flat = reshape(parts, (batch, places, elements * depth))
        return reshape(matmul(flat, reshape(w, (elements * depth, features))), (batch, *space, features))
    split = moveaxis(reshape(parts, (batch, places, elements, groups, depth)), 3, 1)
    flat = reshape(split, (batch, groups, places, elements * depth))
    kernel = moveaxis(reshape(w, (elements * depth, groups, features // groups)), 1, 0)
    return reshape(moveaxis(matmul(flat, kernel), 1, 2), (batch, *space, features))


def conv_transpose(x: Any, w: Any, strides: int | Sequence[int] = 1, padding: Padding = "SAME") -> Any:
    """The transposed convolution of images with a kernel (which is not turned round): strides make images larger.

    Parameters
    ----------
    x : array, shape (batch, *space, channels)
        The images.
    w : array, shape (*window, channels, features)
        The kernel.
    strides : int or sequence of int
        The elements of the image stand so far apart, with zeros between.
    padding : {'SAME', 'VALID'}, int, or sequence of int or pairs
        'SAME': the result is ``strides`` times as large. 'VALID': it holds every element that an element of the image
        meets. Numbers are the zeros around the image that has been spread.

    Returns
    -------
    array, shape (batch, *space', features)

    Raises
    ------
    ValueError
        When shapes do not fit together, or numbers are not positive.
    """
    count = len(shape_of(x)) - 2
    steps = _each(strides, count, "strides")
    if isinstance(padding, str):
        padding = [_transposed_border(padding, size, step) for size, step in zip(shape_of(w)[:-2], steps, strict=False)]
    return conv_general(x, w, 1, padding, lhs_dilation=steps)


def _transposed_border(padding: str, size: int, step: int) -> tuple[int, int]:
    """The zeros before and after a spread image."""
    if padding.upper() not in ("SAME", "VALID"):
        raise ValueError(f"padding must be 'SAME', 'VALID' or numbers, but got {padding!r}.")
    whole = size + step - 2
    if padding.upper() == "VALID":
        return size - 1, whole + max(0, size - step) - (size - 1)
    before = size - 1 if step > size - 1 else -(-whole // 2)
    return before, whole - before


# ----------------------------------------------------------------------------------------------------------------
# Pooling
# ----------------------------------------------------------------------------------------------------------------

_POOLS: dict[str, tuple[float, Any]] = {"max": (float("-inf"), reductions.max), "min": (float("inf"), reductions.min),
                                        "avg": (0.0, reductions.sum)}


def _pooled_axes(x: Any, kind: str, axes: Sequence[int] | None) -> tuple[int, ...]:
    """The axes that are pooled, in the order given."""
    if kind not in _POOLS:
        raise ValueError(f"pool: kind must be {', '.join(map(repr, _POOLS))}, but got {kind!r}.")
    ndim = len(shape_of(x))
    if axes is None:
        if ndim < 3:
            raise ValueError(f"pool: images (batch, *space, channels) are needed, but got shape {shape_of(x)}.")
        return tuple(range(1, ndim - 1))
    known = tuple([axis + ndim if axis < 0 else axis for axis in axes])
    if len(set(known)) != len(known) or not all(0 <= axis < ndim for axis in known):
        raise ValueError(f"pool: axes {tuple(axes)} are not those of an array of shape {shape_of(x)}.")
    return known


def pool(x: Any, kind: str, window: int | Sequence[int], strides: int | Sequence[int] | None = None,
         padding: Padding = "VALID", axes: Sequence[int] | None = None) -> Any:
    """The largest element ('max'), the smallest ('min') or the mean ('avg') of every window of images.

    Parameters
    ----------
    x : array, shape (batch, *space, channels)
        The images; of any shape where ``axes`` are given.
    kind : {'max', 'min', 'avg'}
        What is taken of a window. What padding adds counts neither as an element nor in the mean.
    window : int or sequence of int
        The size of windows.
    strides : int or sequence of int, optional
        The elements from one window to the next; by default the size, so that windows stand side by side.
    padding
        As for `conv_general`.
    axes : sequence of int, optional
        The axes that windows move over; by default all but the first and the last.

    Returns
    -------
    array, shape (batch, *space', channels)

    Raises
    ------
    ValueError
        When shapes do not fit together, or ``kind`` is unknown.
    """
    over = _pooled_axes(x, kind, axes)
    x = reductions.as_inexact(x)
    shape, ndim = shape_of(x), len(shape_of(x))
    sizes = _each(window, len(over), "window")
    steps = sizes if strides is None else _each(strides, len(over), "strides")
    borders = _borders(padding, tuple([shape[axis] for axis in over]), sizes, steps, (1,) * len(over))
    fill, reduction = _POOLS[kind]
    within = tuple(range(ndim, ndim + len(over)))
    parts = reduction(windows(_bordered(x, over, borders, fill), over, sizes, steps), axis=within)
    if kind != "avg":
        return parts
    ones = np.ones([n if axis in over else 1 for axis, n in enumerate(shape)], dtype_of(x))
    return divide(parts, reductions.sum(windows(_bordered(ones, over, borders, 0.0), over, sizes, steps), axis=within))


def adaptive_pool(x: Any, kind: str, sizes: int | Sequence[int], axes: Sequence[int] | None = None) -> Any:
    """The largest element, the smallest or the mean of blocks, as many as are asked for along every axis.

    An axis of n elements is cut into m blocks that stand side by side: ``n % m`` blocks of ``n // m + 1`` elements, and
    then blocks of ``n // m``.

    Parameters
    ----------
    x, kind, axes
        As for `pool`.
    sizes : int or sequence of int
        The number of blocks, along every axis.

    Returns
    -------
    array
        The shape of ``x`` with ``sizes`` in the place of the axes.

    Raises
    ------
    ValueError
        When there are more blocks than elements, or ``kind`` is unknown.
    """
    over = _pooled_axes(x, kind, axes)
    x = reductions.as_inexact(x)
    reduction = reductions.mean if kind == "avg" else _POOLS[kind][1]
    for axis, count in zip(over, _each(sizes, len(over), "sizes"), strict=True):
        shape = shape_of(x)
        if count > shape[axis]:
            raise ValueError(f"adaptive_pool: {count} blocks are asked for along axis {axis} of an array of shape {shape}.")
        width, longer = divmod(shape[axis], count)
        parts, start = [], 0
        for blocks, each in ((longer, width + 1), (count - longer, width)):
            if blocks:
                cut = get_item(x, (*[slice(None)] * axis, slice(start, start + blocks * each)))
                parts.append(reduction(reshape(cut, (*shape[:axis], blocks, each, *shape[axis + 1:])), axis=axis + 1))
            start += blocks * each
        x = parts[0] if len(parts) == 1 else concatenate(parts, axis=axis)
    return x


answer_for({np.convolve: convolve, np.correlate: correlate}, arrays=2)
