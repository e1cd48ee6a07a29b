"""Windows that move over axes: a view, and the sum of windows that overlap, which are each other's derivative."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbbrain.operations.operation import Operation, shape_of
from nbbrain.operations.symbolic import Abstract

__all__ = ["add_windows", "windows", "windows_of"]


def _counts(shape: tuple[int, ...], axes: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...],
            dilations: tuple[int, ...]) -> tuple[int, ...]:
    """How many windows there are along the axes."""
    return tuple([max(0, (shape[axis] - dilation * (size - 1) - 1) // stride + 1) for axis, size, stride, dilation in
                  zip(axes, sizes, strides, dilations, strict=True)])


def windows_of(x: np.ndarray, *, axes: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...],
               dilations: tuple[int, ...]) -> np.ndarray:
    """The windows of an array: their numbers in the place of the axes, the elements within along new last axes."""
    counts = _counts(x.shape, axes, sizes, strides, dilations)
    shape, steps = list(x.shape), list(x.strides)
    for axis, count, stride in zip(axes, counts, strides, strict=True):
        shape[axis], steps[axis] = count, x.strides[axis] * stride
    shape += sizes
    steps += [x.strides[axis] * dilation for axis, dilation in zip(axes, dilations, strict=True)]
    return np.lib.stride_tricks.as_strided(x, shape, steps, writeable=False)


def _infer(x: Abstract, *, axes: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...],
           dilations: tuple[int, ...]) -> Abstract:
    shape = list(x.shape)
    for axis, count in zip(axes, _counts(x.shape, axes, sizes, strides, dilations), strict=True):
        shape[axis] = count
    return Abstract((*shape, *sizes), x.dtype)


def _sum_of(g: np.ndarray, *, shape: tuple[int, ...], axes: tuple[int, ...], sizes: tuple[int, ...],
            strides: tuple[int, ...], dilations: tuple[int, ...]) -> np.ndarray:
    result = np.zeros(shape, g.dtype)
    for place in np.ndindex(sizes):
        index = [slice(None)] * len(shape)
        for axis, start, stride, dilation in zip(axes, place, strides, dilations, strict=True):
            first = start * dilation
            index[axis] = slice(first, first + stride * (g.shape[axis] - 1) + 1 if g.shape[axis] else first, stride)
        result[tuple(index)] += g[(Ellipsis, *place)]
    return result


_windows: Operation = Operation(
    "windows", lambda x, **ways: windows_of(np.asarray(x), **ways), kind="view", infer=_infer,
    derivatives=(lambda g, z, x, **ways: add_windows(g, shape=shape_of(x), **ways),))

add_windows: Operation = Operation(
    "add_windows", _sum_of, kind="convolution", infer=lambda g, *, shape, **ways: Abstract(shape, g.dtype),
    derivatives=(lambda g, z, x, *, shape, **ways: _windows(g, **ways),))
"""The array of a shape whose elements are the sums of the elements of windows that stand there."""


def windows(x: Any, axes: Sequence[int], sizes: Sequence[int], strides: Sequence[int] | None = None,
            dilations: Sequence[int] | None = None) -> Any:
    """Windows that move over axes.

    Parameters
    ----------
    x : array
        What they move over.
    axes : sequence of int
        The axes, from 0 on.
    sizes, strides, dilations : sequence of int
        For every axis: the elements of a window, the elements from one window to the next, and those from one element of
        a window to the next (1 by default).

    Returns
    -------
    array
        The shape of ``x`` with the number of windows in the place of the axes, then ``sizes``.
    """
    ones = (1,) * len(axes)
    ways = [tuple([int(n) for n in way]) for way in (axes, sizes, strides or ones, dilations or ones)]
    if len({len(way) for way in ways}) > 1 or min((n for way in ways[1:] for n in way), default=1) < 1:
        raise ValueError(f"windows need a positive size, stride and dilation for each of the axes {tuple(axes)}, but got "
                         f"{tuple(sizes)}, {ways[2]} and {ways[3]}.")
    return _windows(x, axes=ways[0], sizes=ways[1], strides=ways[2], dilations=ways[3])
