"""The methods of an array that have the name of a function."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.math.lifting import ArrayBase, host, lift, wrap
from nbbrain.operations import (
    complex_numbers,
    contraction,
    elementary,
    elementwise,
    indexing,
    reductions,
    shapes,
    sorting,
)
from nbbrain.operations.operation import cast

__all__ = ["ArrayMethods"]


def _method(front: Callable[..., Any]) -> Callable[..., Any]:
    lifted = lift(front)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return lifted(self, *args, **kwargs)

    method.__name__, method.__doc__ = getattr(front, "__name__", ""), front.__doc__
    return method


def _positions(function: Callable[..., Any]) -> Callable[..., Any]:
    lifted = host(function, discrete=True)
    return lambda self, *args, **kwargs: lifted(self, *args, **kwargs)


def _sizes(given: tuple) -> Any:
    return given[0] if len(given) == 1 and not isinstance(given[0], (int, np.integer)) else given


class ArrayMethods(ArrayBase):
    """NumPy's methods, and a few of BrainPy's."""

    __slots__ = ()

    sum, prod, max, min, any, all = [_method(f) for f in (reductions.sum, reductions.prod, reductions.max, reductions.min,
                                                          reductions.any, reductions.all)]
    mean, var, std, ptp = [_method(f) for f in (reductions.mean, reductions.var, reductions.std, reductions.ptp)]
    argmax, argmin, cumsum, cumprod = [_method(f) for f in (reductions.argmax, reductions.argmin, reductions.cumsum,
                                                            reductions.cumprod)]
    squeeze, ravel, flatten, swapaxes, repeat = [_method(f) for f in (
        shapes.squeeze, shapes.ravel, shapes.ravel, shapes.swapaxes, shapes.repeat)]
    unsqueeze = expand_dims = _method(shapes.expand_dims)
    split = _method(shapes.split)
    dot, outer = _method(contraction.dot), _method(contraction.outer)
    diagonal, trace = _method(contraction.diagonal), _method(contraction.trace)
    take, clip = _method(indexing.take), _method(elementwise.clip)
    conj = conjugate = _method(elementwise.conjugate)
    round = _method(elementary.round)
    argsort, searchsorted = _method(sorting.argsort), _method(sorting.searchsorted)
    nonzero, argpartition = _positions(np.nonzero), _positions(np.argpartition)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The same elements in another shape, given as one tuple or as integers."""
        return wrap(shapes.reshape(self.value, _sizes(shape), order))

    view = reshape

    def transpose(self, *axes: Any) -> Any:
        """The axes in another order; reversed where none is given."""
        return wrap(shapes.transpose(self.value, None if axes in ((), (None,)) else _sizes(axes)))

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return wrap(shapes.transpose(self.value))

    @property
    def real(self) -> Any:
        """The real part."""
        return wrap(complex_numbers.real(self.value))

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return wrap(complex_numbers.imag(self.value))

    def astype(self, dtype: DTypeLike, copy: bool = True) -> Any:
        """The elements in another dtype."""
        return wrap(cast(self.value, dtype=np.dtype(dtype)))

    def sort(self, axis: int = -1) -> None:
        """Sort the elements along an axis, in place."""
        self.value = sorting.sort(self.value, axis)  # type: ignore[misc]

    def fill(self, value: Any) -> None:
        """Set every element to one value."""
        self[...] = value  # type: ignore[index]

    def copy(self) -> Any:
        """An array of the same values that is independent of this one."""
        value = self.value
        return wrap(value.copy() if isinstance(value, np.ndarray) else value)

    def item(self, *index: int) -> Any:
        """One element as a Python number."""
        return np.asarray(self).item(*index)

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return np.asarray(self).tolist()

    def tobytes(self) -> bytes:
        """The elements as bytes, in C order."""
        return np.asarray(self).tobytes()

    def numpy(self) -> np.ndarray:
        """The elements as a NumPy array."""
        return np.asarray(self)

    to_numpy = as_numpy = numpy
