"""Convolution: of vectors, and of images with kernels; pooling.

The whole convolution of two vectors is an operation; other modes and ``correlate`` are forms of it. Convolution of
images, of any number of axes, is a product of the windows of the image with the kernel.
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
from nbbrain.operations.shapes import flip, moveaxis, reshape, same_dtype
from nbbrain.operations.symbolic import Abstract
from nbbrain.operations.windows import windows

__all__ = ["conv_general", "convolve", "correlate", "pool"]

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


def _bordered(x: Any, borders: Sequence[tuple[int, int]], fill: float, spacing: Sequence[int] = ()) -> Any:
    """The image with a border, and with ``spacing - 1`` elements between any two of its own."""
    space, steps = shape_of(x)[1:-1], tuple(spacing) or (1,) * len(borders)
    if all(pair == (0, 0) for pair in borders) and all(step == 1 for step in steps):
        return x
    spread = [max(0, (n - 1) * step + 1) for n, step in zip(space, steps, strict=True)]
    shape = [n + before + after for n, (before, after) in zip(spread, borders, strict=True)]
    inside = tuple([slice(before, before + n, step) for n, (before, _), step in zip(spread, borders, steps, strict=True)])
    frame = np.full((shape_of(x)[0], *shape, shape_of(x)[-1]), fill, dtype_of(x))
    return set_item(frame, (slice(None), *inside), x)


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
    x = _bordered(x, _borders(padding, spread, sizes, steps, inner), 0, outer)
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


def pool(x: Any, kind: str, window: int | Sequence[int], strides: int | Sequence[int] | None = None,
         padding: Padding = "VALID") -> Any:
    """The largest element ('max') or the mean ('avg') of every window of images.

    Parameters
    ----------
    x : array, shape (batch, *space, channels)
        The images.
    kind : {'max', 'avg'}
        What is taken of a window. What padding adds counts neither as an element nor in the mean.
    window : int or sequence of int
        The size of windows.
    strides : int or sequence of int, optional
        The elements from one window to the next; by default the size, so that windows stand side by side.
    padding
        As for `conv_general`.

    Returns
    -------
    array, shape (batch, *space', channels)

    Raises
    ------
    ValueError
        When shapes do not fit together, or ``kind`` is unknown.
    """
    if kind not in ("max", "avg"):
        raise ValueError(f"pool: kind must be 'max' or 'avg', but got {kind!r}.")
    count = len(shape_of(x)) - 2
    if count < 1:
        raise ValueError(f"pool: images (batch, *space, channels) are needed, but got shape {shape_of(x)}.")
    x = reductions.as_inexact(x)
    sizes = _each(window, count, "window")
    steps = sizes if strides is None else _each(strides, count, "strides")
    borders = _borders(padding, shape_of(x)[1:-1], sizes, steps, (1,) * count)
    axes, within = range(1, count + 1), tuple(range(count + 2, 2 * count + 2))
    parts = windows(_bordered(x, borders, float("-inf") if kind == "max" else 0.0), axes, sizes, steps)
    if kind == "max":
        return reductions.max(parts, axis=within)
    ones = _bordered(np.ones((1, *shape_of(x)[1:-1], 1), dtype_of(x)), borders, 0.0)
    return divide(reductions.sum(parts, axis=within), reductions.sum(windows(ones, axes, sizes, steps), axis=within))


answer_for({np.convolve: convolve, np.correlate: correlate}, arrays=2)
