"""Making arrays: filled ones, ranges, grids, matrices, and arrays of other data.

Where no dtype is given, floating-point numbers are ``bm.float_`` and integers ``bm.int_``.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.math.array import Array, as_value, concrete, placed
from nbbrain.math.lifting import host, lift, raw, wrap
from nbbrain.math.variables import Variable
from nbbrain.operations import diagonals, filling, polynomials, shapes
from nbbrain.operations.filling import size_of
from nbbrain.operations.operation import shape_of
from nbbrain.operations.precision import canonical, default_dtype

__all__ = [
    "arange", "array", "as_device_array", "as_jax", "as_ndarray", "as_numpy", "as_variable", "asanyarray", "asarray",
    "ascontiguousarray", "asfarray", "bartlett", "blackman", "copy", "diag", "diagflat", "empty", "empty_like", "eye",
    "frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring", "full", "full_like", "genfromtxt", "geomspace",
    "hamming", "hanning", "indices", "kaiser", "linspace", "loadtxt", "logspace", "meshgrid", "ones", "ones_like", "tri",
    "tril", "triu", "vander", "zeros", "zeros_like",
]


def _shape_and_dtype(name: str, given: tuple, dtype: DTypeLike | None) -> tuple[tuple[int, ...], np.dtype]:
    """A shape given as one argument or as integers, after which a dtype may stand."""
    sizes = list(given)
    if len(sizes) > 1 and (sizes[-1] is None or isinstance(sizes[-1], (type, str, np.dtype))):
        last = sizes.pop()
        if dtype is not None:
            raise TypeError(f"{name}: the dtype is given twice, as {last!r} and as {dtype!r}.")
        dtype = last
    if not sizes:
        raise TypeError(f"{name}: a shape is needed.")
    shape = size_of(sizes[0] if len(sizes) == 1 else sizes, name)
    return shape, default_dtype("f") if dtype is None else np.dtype(dtype)


def zeros(*shape: Any, dtype: DTypeLike | None = None) -> Array:
    """An array of zeros.

    Parameters
    ----------
    *shape : int or sequence of int
        The sizes, as one argument or several. A dtype may stand behind them.
    dtype : dtype-like, optional
        The dtype; ``bm.float_`` by default.

    Raises
    ------
    TypeError, ValueError
        For sizes that are not integers, or negative.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.zeros((2, 3)).shape, bm.zeros(2, 3).shape, bm.zeros(2, bm.int32).dtype
    ((2, 3), (2, 3), dtype('int32'))
    """
    return wrap(np.zeros(*_shape_and_dtype("zeros", shape, dtype)))


def ones(*shape: Any, dtype: DTypeLike | None = None) -> Array:
    """An array of ones; see `zeros`.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.ones(2)
    Array(value=Array([1., 1.]), dtype=float32)
    """
    return wrap(np.ones(*_shape_and_dtype("ones", shape, dtype)))


def empty(*shape: Any, dtype: DTypeLike | None = None) -> Array:
    """An array whose elements are not meant to be read; they are zeros, so that runs repeat. See `zeros`."""
    return wrap(np.zeros(*_shape_and_dtype("empty", shape, dtype)))


def full(shape: Any, fill_value: Any, dtype: DTypeLike | None = None) -> Array:
    """An array filled with one number, or with an array that is broadcast to the shape.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.full((2,), 7)
    Array(value=Array([7, 7]), dtype=int32)
    """
    value = shapes.broadcast_to(as_value(fill_value, dtype), size_of(shape, "full"))
    return wrap(value.copy() if isinstance(value, np.ndarray) else value)


zeros_like = lift(filling.zeros_like)
ones_like = lift(filling.ones_like)
empty_like = lift(filling.empty_like)
full_like = lift(filling.full_like)


# ----------------------------------------------------------------------------------------------------------------
# Ranges and grids
# ----------------------------------------------------------------------------------------------------------------


def _known(name: str, *values: Any) -> list[Any]:
    """Bounds as Python numbers or NumPy arrays, whose values must be known."""
    numbers = [raw(value) for value in values]
    return [x if isinstance(x, (bool, int, float, complex)) else concrete(x, name) for x in numbers]


def _stored(result: Any, dtype: DTypeLike | None) -> Any:
    """An array of numbers that were computed in 64 bits, in the default dtype where no other is given."""
    return wrap(np.asarray(result) if dtype is not None else canonical(np.asarray(result)))


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: DTypeLike | None = None) -> Array:
    """Evenly spaced numbers in [0, start), or from start to before stop.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.arange(3), bm.arange(0., 1., 0.5)
    (Array(value=Array([0, 1, 2]), dtype=int32), Array(value=Array([0. , 0.5]), dtype=float32))
    """
    bounds = _known("arange", *((0, start) if stop is None else (start, stop)), step)
    return _stored(np.arange(*[x.item() if isinstance(x, np.ndarray) else x for x in bounds], dtype=dtype), dtype)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             dtype: DTypeLike | None = None, axis: int = 0) -> Any:
    """Numbers in equal steps from start to stop, which is left out with ``endpoint=False``.

    With ``retstep``, the step too.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.linspace(0, 1, 3)
    Array(value=Array([0. , 0.5, 1. ]), dtype=float32)
    """
    first, last = _known("linspace", start, stop)
    numbers, step = np.linspace(first, last, int(num), endpoint, True, dtype, axis)  # type: ignore[call-overload]
    return (_stored(numbers, dtype), _stored(step, None)) if retstep else _stored(numbers, dtype)


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0,
             dtype: DTypeLike | None = None, axis: int = 0) -> Array:
    """Numbers in equal ratios from base**start to base**stop."""
    first, last, factor = _known("logspace", start, stop, base)
    return _stored(np.logspace(first, last, int(num), endpoint, factor, dtype, axis), dtype)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: DTypeLike | None = None,
              axis: int = 0) -> Array:
    """Numbers in equal ratios from start to stop."""
    first, last = _known("geomspace", start, stop)
    return _stored(np.geomspace(first, last, int(num), endpoint, dtype, axis), dtype)


meshgrid = lift(shapes.meshgrid)


def indices(dimensions: Any, dtype: DTypeLike | None = None, sparse: bool = False) -> Any:
    """The coordinates of every element of a grid, one array an axis."""
    return wrap(np.indices(size_of(dimensions, "indices"), default_dtype("i") if dtype is None else np.dtype(dtype),
                           sparse))  # type: ignore[call-overload]


def fromfunction(function: Callable[..., Any], shape: Any, *, dtype: DTypeLike | None = None, **kwargs: Any) -> Any:
    """What a function makes of the coordinates of a grid, which it is given as one array an axis."""
    coordinates = indices(shape, default_dtype("f") if dtype is None else dtype)
    return function(*coordinates, **kwargs)


# ----------------------------------------------------------------------------------------------------------------
# Matrices and windows
# ----------------------------------------------------------------------------------------------------------------


def eye(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike | None = None) -> Array:
    """A matrix with ones on the k-th diagonal and zeros elsewhere."""
    rows, columns = size_of((N, N if M is None else M), "eye")
    return wrap(np.eye(rows, columns, int(k), default_dtype("f") if dtype is None else dtype))


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike | None = None) -> Array:
    """A matrix with ones on the k-th diagonal and below, and zeros above."""
    rows, columns = size_of((N, N if M is None else M), "tri")
    return wrap(np.tri(rows, columns, int(k), default_dtype("f") if dtype is None else np.dtype(dtype)))


diag = lift(diagonals.diag)
diagflat = lift(diagonals.diagflat)
tril = lift(diagonals.tril)
triu = lift(diagonals.triu)


vander = lift(polynomials.vander)

bartlett = host(np.bartlett)
blackman = host(np.blackman)
hamming = host(np.hamming)
hanning = host(np.hanning)
kaiser = host(np.kaiser)

# ----------------------------------------------------------------------------------------------------------------
# Arrays of other data
# ----------------------------------------------------------------------------------------------------------------


def array(a: Any, dtype: DTypeLike | None = None, copy: bool = True, order: str = "K", ndmin: int = 0) -> Array:
    """An array of data: numbers, nested sequences, NumPy arrays, or arrays.

    Parameters
    ----------
    a : array-like
        The data.
    dtype : dtype-like, optional
        The dtype; by default that of the data, where 64-bit numbers become the default ones.
    copy : bool
        Whether the result is independent of the data.
    order : str
        Accepted for compatibility.
    ndmin : int
        The least number of axes; new ones come first.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.array([1., 2.]).dtype, bm.array([[1, 2]], dtype=float).dtype, bm.array(3, ndmin=1).shape
    (dtype('float32'), dtype('float64'), (1,))
    """
    value = as_value(a, dtype)
    if copy and isinstance(value, np.ndarray):
        value = value.copy()
    value, missing = placed(value), ndmin - len(shape_of(value))
    return wrap(shapes.reshape(value, (1,) * missing + tuple(shape_of(value))) if missing > 0 else value)


def asarray(a: Any, dtype: DTypeLike | None = None, order: str | None = None) -> Array:
    """An array of data, which shares memory with it where it can and where the backend computes in it; see `array`."""
    return wrap(placed(as_value(a, dtype)))


asanyarray = asarray


def ascontiguousarray(a: Any, dtype: DTypeLike | None = None, order: str | None = None) -> Array:
    """An array of data, in C order, with at least one axis."""
    value = shapes.atleast_1d(as_value(a, dtype))
    return wrap(np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value)


def asfarray(a: Any, dtype: DTypeLike | None = None) -> Array:
    """An array of data in a floating-point dtype, ``bm.float_`` by default."""
    kind = default_dtype("f") if dtype is None else np.dtype(dtype)
    return wrap(as_value(a, kind if kind.kind in "fc" else default_dtype("f")))


copy = lift(filling.copy)


def as_variable(tensor: Any, dtype: DTypeLike | None = None) -> Variable:
    """A `Variable` with data as its first value; unlike ``Variable(5)``, a number is data too."""
    return Variable(as_value(tensor, dtype))


def as_jax(tensor: Any, dtype: DTypeLike | None = None) -> Any:
    """The raw value of data: a NumPy array, or what stands for it while a function is transformed."""
    return as_value(tensor, dtype)


as_device_array = as_jax


def as_numpy(tensor: Any, dtype: DTypeLike | None = None) -> np.ndarray:
    """The data as a NumPy array; an error where its values are not known."""
    return concrete(as_value(tensor, dtype), "numpy.asarray")


as_ndarray = as_numpy

frombuffer = host(np.frombuffer, arrays=0)
fromfile = host(np.fromfile, arrays=0)
fromiter = host(np.fromiter, arrays=0)
fromstring = host(np.fromstring, arrays=0)
genfromtxt = host(np.genfromtxt, arrays=0)
loadtxt = host(np.loadtxt, arrays=0)
