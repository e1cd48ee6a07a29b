"""Discrete Fourier transforms: along one axis they are operations, along several one after the other.

Transforms are linear, so the rules are transforms again. They are not captured.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from nbbrain.operations.complex_numbers import real
from nbbrain.operations.elementwise import conjugate, is_complex, multiply
from nbbrain.operations.indexing import get_item
from nbbrain.operations.operation import Operation, answer_for, dtype_of, shape_of
from nbbrain.operations.reductions import as_inexact
from nbbrain.operations.shapes import concatenate, roll

__all__ = ["fft", "fft2", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft", "irfft2",
           "irfftn", "rfft", "rfft2", "rfftn"]

_OTHER_WAY = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _to_size(a: Any, n: int, axis: int) -> Any:
    """The array cut, or filled with zeros, to a size along an axis."""
    shape = shape_of(a)
    if n < 1:
        raise ValueError(f"a Fourier transform needs at least one point, but got n={n}.")
    if shape[axis] < n:
        return concatenate((a, np.zeros((*shape[:axis], n - shape[axis], *shape[axis + 1:]), dtype_of(a))), axis=axis)
    return get_item(a, (*[slice(None)] * axis, slice(n))) if shape[axis] > n else a


def _real_rule(g: Any, z: Any, x: Any, *, axis: int, norm: str) -> Any:
    """The cotangent of real data: the transform of the cotangents of the half of the spectrum that there is."""
    return real(_fft(_to_size(g, shape_of(x)[axis], axis), axis=axis, norm=norm))


def _half_spectrum_rule(g: Any, z: Any, x: Any, *, n: int, axis: int, norm: str) -> Any:
    """The cotangent of half a spectrum: what stands for its mirror image as well counts twice."""
    counts = np.full(shape_of(x)[axis], 2.0, dtype_of(g))
    counts[0] = 1
    if n % 2 == 0:
        counts[-1] = 1
    spectrum = conjugate(_rfft(g, axis=axis, norm=_OTHER_WAY[norm]))
    return multiply(spectrum, counts.reshape([-1 if i == axis else 1 for i in range(len(shape_of(x)))]))


_fft: Operation = Operation("fft", lambda x, *, axis, norm: np.fft.fft(x, axis=axis, norm=norm), derivatives=(
    lambda g, z, x, *, axis, norm: _fft(g, axis=axis, norm=norm),))
_ifft: Operation = Operation("ifft", lambda x, *, axis, norm: np.fft.ifft(x, axis=axis, norm=norm), derivatives=(
    lambda g, z, x, *, axis, norm: _ifft(g, axis=axis, norm=norm),))
_rfft: Operation = Operation("rfft", lambda x, *, axis, norm: np.fft.rfft(x, axis=axis, norm=norm),
                             derivatives=(_real_rule,))
_irfft: Operation = Operation("irfft", lambda x, *, n, axis, norm: np.fft.irfft(x, n, axis=axis, norm=norm),
                              derivatives=(_half_spectrum_rule,))


def _prepared(a: Any, n: int | None, axis: int, norm: str | None) -> tuple[Any, int, str]:
    shape = shape_of(a)
    axis = normalize_axis_index(axis, len(shape))
    way = "backward" if norm is None else norm
    if way not in _OTHER_WAY:
        raise ValueError(f"norm must be one of {sorted(_OTHER_WAY)} or None, but got {norm!r}.")
    return _to_size(as_inexact(a), shape[axis] if n is None else int(n), axis), axis, way


def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The Fourier transform along an axis, of n points."""
    x, axis, way = _prepared(a, n, axis, norm)
    return _fft(x, axis=axis, norm=way)


def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of `fft`."""
    x, axis, way = _prepared(a, n, axis, norm)
    return _ifft(x, axis=axis, norm=way)


def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The half of the Fourier transform of real data that determines the other one."""
    if is_complex(a):
        raise TypeError(f"rfft: real numbers are needed, but got {dtype_of(a)}.")
    x, axis, way = _prepared(a, n, axis, norm)
    return _rfft(x, axis=axis, norm=way)


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of `rfft`: n real numbers, by default an even number of them."""
    axis = normalize_axis_index(axis, len(shape_of(a)))
    points = 2 * (shape_of(a)[axis] - 1) if n is None else int(n)
    x, axis, way = _prepared(a, points // 2 + 1, axis, norm)
    if points < 1:
        raise ValueError(f"irfft: at least one point is needed, but got n={points}.")
    return _irfft(x, n=points, axis=axis, norm=way)


def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The real spectrum of a signal with Hermitian symmetry, given by its first half."""
    return irfft(conjugate(a), n, axis, _OTHER_WAY["backward" if norm is None else norm])


def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The inverse of `hfft`."""
    return conjugate(rfft(a, n, axis, _OTHER_WAY["backward" if norm is None else norm]))


# ----------------------------------------------------------------------------------------------------------------
# Several axes
# ----------------------------------------------------------------------------------------------------------------


def _plan(a: Any, s: Sequence[int] | None, axes: Sequence[int] | None) -> list[tuple[int | None, int]]:
    """The size (None: as it is) and the axis of every transform."""
    ndim = len(shape_of(a))
    if axes is None:
        axes = range(ndim) if s is None else range(ndim - len(s), ndim)
    chosen = [normalize_axis_index(axis, ndim) for axis in axes]
    sizes: list[int | None] = [None] * len(chosen) if s is None else [None if n == -1 else int(n) for n in s]
    if len(sizes) != len(chosen):
        raise ValueError(f"as many sizes as axes are needed, but got {len(sizes)} and {len(chosen)}.")
    return list(zip(sizes, chosen, strict=True))


def fftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The Fourier transform along several axes."""
    for n, axis in reversed(_plan(a, s, axes)):
        a = fft(a, n, axis, norm)
    return a


def ifftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The inverse of `fftn`."""
    for n, axis in reversed(_plan(a, s, axes)):
        a = ifft(a, n, axis, norm)
    return a


def rfftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The half of the Fourier transform of real data along several axes; the last one is halved."""
    plan = _plan(a, s, axes)
    a = rfft(a, *plan[-1], norm)
    for n, axis in reversed(plan[:-1]):
        a = fft(a, n, axis, norm)
    return a


def irfftn(a: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The inverse of `rfftn`."""
    plan = _plan(a, s, axes)
    for n, axis in plan[:-1]:
        a = ifft(a, n, axis, norm)
    return irfft(a, *plan[-1], norm)


def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
    """The Fourier transform along two axes."""
    return fftn(a, s, axes, norm)


def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `fft2`."""
    return ifftn(a, s, axes, norm)


def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
    """The half of the Fourier transform of real data along two axes."""
    return rfftn(a, s, axes, norm)


def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `rfft2`."""
    return irfftn(a, s, axes, norm)


def _shift(x: Any, axes: Any, way: int) -> Any:
    shape = shape_of(x)
    chosen = range(len(shape)) if axes is None else normalize_axis_tuple(axes, len(shape))
    for axis in chosen:
        x = roll(x, shape[axis] // 2 if way > 0 else -(shape[axis] // 2), axis)
    return x


def fftshift(x: Any, axes: Any = None) -> Any:
    """The frequency zero in the middle of axes."""
    return _shift(x, axes, 1)


def ifftshift(x: Any, axes: Any = None) -> Any:
    """The inverse of `fftshift`."""
    return _shift(x, axes, -1)


answer_for({np.fft.fft: fft, np.fft.ifft: ifft, np.fft.rfft: rfft, np.fft.irfft: irfft, np.fft.hfft: hfft,
            np.fft.ihfft: ihfft, np.fft.fftn: fftn, np.fft.ifftn: ifftn, np.fft.rfftn: rfftn, np.fft.irfftn: irfftn,
            np.fft.fft2: fft2, np.fft.ifft2: ifft2, np.fft.rfft2: rfft2, np.fft.irfft2: irfft2,
            np.fft.fftshift: fftshift, np.fft.ifftshift: ifftshift})
