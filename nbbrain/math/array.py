"""`Array`: a NumPy array, an autograd box or a symbol behind NumPy's interface."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import DTypeLike

from nbbrain.backends.base import get_backend
from nbbrain.math.array_methods import ArrayMethods
from nbbrain.math.lifting import ArrayBase, lift, lifted_numpy, raw, set_array_class, unwrap, wrap
from nbbrain.operations import contraction, elementwise, indexing
from nbbrain.operations.operation import cast, dtype_of, shape_of
from nbbrain.operations.symbolic import Symbolic

__all__ = ["Array", "as_value", "placed"]


def as_value(x: Any, dtype: DTypeLike | None = None) -> Any:
    """The raw array of an array-like, in a dtype if one is given (which is then kept, whatever its width)."""
    if dtype is not None and not isinstance(x, ArrayBase) and not isinstance(x, Symbolic) and not isbox(x):
        if isinstance(x, (list, tuple)):
            x = raw(x) if any(isinstance(item, (ArrayBase, list, tuple)) for item in x) else np.asarray(x)
        return cast(np.asarray(x) if not isbox(x) and not isinstance(x, Symbolic) else x, dtype=np.dtype(dtype))
    value = raw(x)
    if isinstance(value, (bool, int, float, complex)):
        value = raw(np.asarray(value))
    return value if dtype is None or dtype_of(value) == np.dtype(dtype) else cast(value, dtype=np.dtype(dtype))


def placed(value: Any) -> Any:
    """Data in memory of the chosen backend, so that its loops need not copy them again and again."""
    return get_backend().placed(value) if isinstance(value, np.ndarray) else value


def _unary(operation: Any) -> Callable[[Any], Any]:
    lifted = lift(operation)
    return lambda self: lifted(self)


def _binary(operation: Any) -> Callable[[Any, Any], Any]:
    def method(self: Array, other: Any) -> Any:
        try:
            y = raw(other)
        except TypeError:
            return NotImplemented
        return wrap(operation(self.value, y))

    return method


def _reflected(operation: Any) -> Callable[[Any, Any], Any]:
    def method(self: Array, other: Any) -> Any:
        try:
            x = raw(other)
        except TypeError:
            return NotImplemented
        return wrap(operation(x, self.value))

    return method


def _in_place(operation: Any) -> Callable[[Any, Any], Any]:
    def method(self: Array, other: Any) -> Any:
        value = self.value
        result = operation(value, raw(other))
        if shape_of(result) != shape_of(value):
            raise ValueError(f"in-place operation on an array of shape {shape_of(value)} with an operand of shape "
                             f"{shape_of(raw(other))} would change its shape to {shape_of(result)}.")
        dtype = dtype_of(value)
        if not np.can_cast(dtype_of(result), dtype, "same_kind"):
            raise TypeError(f"in-place operation on an array of dtype {dtype} would give {dtype_of(result)}, which it "
                            f"cannot hold; make a new array of both, or convert one of them with astype.")
        self.value = result if dtype_of(result) == dtype else cast(result, dtype=dtype)
        return self

    return method


class Array(ArrayMethods, ArrayBase):
    """An array of numbers.

    Parameters
    ----------
    value : array-like
        Numbers, a NumPy array, nested lists or another Array. 64-bit NumPy arrays become 32-bit ones unless
        ``bm.enable_x64()`` is on or a dtype is given.
    dtype : dtype-like, optional
        The dtype of the elements.

    Notes
    -----
    NumPy functions work on it (``np.tanh(x)``), eagerly, inside ``bm.grad`` and inside compiled loops. Writing in place
    (``x[i] = y``, ``x += y``) replaces the value by a new one, so that it can be differentiated.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> x = bm.Array([1., 2., 3.])
    >>> x[0] = 5.
    >>> x * 2
    Array(value=Array([10.,  4.,  6.]), dtype=float32)
    """

    __slots__ = ()
    __array_priority__ = 1000.0

    def __init__(self, value: Any, dtype: DTypeLike | None = None) -> None:
        self._value = as_value(value, dtype)

    @property
    def value(self) -> Any:
        """The raw value: a NumPy array, or autograd's box or a symbol while a function is transformed."""
        return self._value

    @value.setter
    def value(self, new: Any) -> None:
        self._value = as_value(new)

    def update(self, value: Any) -> None:
        """Set the value."""
        self.value = value

    # Shape and dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The size along every axis."""
        return shape_of(self.value)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the elements."""
        return dtype_of(self.value)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self.size * self.itemsize

    # NumPy's protocols

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        array = np.asarray(concrete(self.value, "numpy.asarray"))  # a value without axes may be NumPy's scalar
        if dtype is not None and array.dtype != np.dtype(dtype):
            return array.astype(dtype)
        return array.copy() if copy else array

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """Where a GPU finds the elements, for other libraries; not there where they are in the processor's memory."""
        if not isinstance(self.value, np.ndarray):
            raise AttributeError("an array that is being captured or differentiated has no elements yet.")
        return get_backend().device_interface(self.value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        if method == "__call__":
            dtype = kwargs.pop("dtype", None)
            result = lifted_numpy(ufunc)(*inputs, **kwargs)
            result = result if dtype is None else result.astype(dtype)
        elif method == "reduce" and ufunc in _REDUCE:
            kwargs.setdefault("axis", 0)
            result = lifted_numpy(_REDUCE[ufunc])(*inputs, **kwargs)
        else:
            result = wrap(getattr(ufunc, method)(*[np.asarray(x) if isinstance(x, Array) else x for x in inputs], **kwargs))
        if out is None:
            return result
        target = out[0]
        if isinstance(target, Array):
            target.value = result.astype(target.dtype)
        else:
            target[...] = np.asarray(result)
        return target

    def __array_function__(self, function: Callable, types: Any, args: Any, kwargs: Any) -> Any:
        return lifted_numpy(function)(*args, **kwargs)

    # Reading and writing elements

    def __getitem__(self, index: Any) -> Any:
        return wrap(indexing.get_item(self.value, _index(index)))

    def __setitem__(self, index: Any, new: Any) -> None:
        self.value = indexing.set_item(self.value, _index(index), raw(new))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an array without axes has no len().")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    # Python numbers

    def __bool__(self) -> bool:
        return bool(concrete(self.value, "if"))

    def __int__(self) -> int:
        return int(concrete(self.value, "int").item())

    def __float__(self) -> float:
        return float(concrete(self.value, "float").item())

    def __complex__(self) -> complex:
        return complex(concrete(self.value, "complex").item())

    def __index__(self) -> int:
        return concrete(self.value, "index").__index__()

    # Operators

    __pos__, __neg__, __abs__, __invert__ = [_unary(operation) for operation in (
        elementwise.positive, elementwise.negative, elementwise.absolute, elementwise.invert)]
    __add__, __sub__, __mul__, __truediv__, __floordiv__, __mod__, __pow__, __matmul__ = [
        _binary(operation) for operation in (
        elementwise.add, elementwise.subtract, elementwise.multiply, elementwise.divide, elementwise.floor_divide,
        elementwise.remainder, elementwise.power, contraction.matmul)]
    __radd__, __rsub__, __rmul__, __rtruediv__, __rfloordiv__, __rmod__, __rpow__, __rmatmul__ = [
        _reflected(operation) for operation in (
            elementwise.add, elementwise.subtract, elementwise.multiply, elementwise.divide, elementwise.floor_divide,
            elementwise.remainder, elementwise.power, contraction.matmul)]
    __iadd__, __isub__, __imul__, __itruediv__, __ifloordiv__, __imod__, __ipow__, __imatmul__ = [
        _in_place(operation) for operation in (
            elementwise.add, elementwise.subtract, elementwise.multiply, elementwise.divide, elementwise.floor_divide,
            elementwise.remainder, elementwise.power, contraction.matmul)]
    __and__, __or__, __xor__, __lshift__, __rshift__ = [_binary(operation) for operation in (
        elementwise.bitwise_and, elementwise.bitwise_or, elementwise.bitwise_xor, elementwise.left_shift,
        elementwise.right_shift)]
    __rand__, __ror__, __rxor__, __rlshift__, __rrshift__ = [_reflected(operation) for operation in (
        elementwise.bitwise_and, elementwise.bitwise_or, elementwise.bitwise_xor, elementwise.left_shift,
        elementwise.right_shift)]
    __iand__, __ior__, __ixor__, __ilshift__, __irshift__ = [_in_place(operation) for operation in (
        elementwise.bitwise_and, elementwise.bitwise_or, elementwise.bitwise_xor, elementwise.left_shift,
        elementwise.right_shift)]
    __lt__, __le__, __gt__, __ge__ = [_binary(operation) for operation in (
        elementwise.less, elementwise.less_equal, elementwise.greater, elementwise.greater_equal)]
    __eq__, __ne__ = _binary(elementwise.equal), _binary(elementwise.not_equal)
    __hash__ = None  # type: ignore[assignment]

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __round__(self, ndigits: int | None = None) -> Any:
        return self.round(ndigits or 0)

    # Text

    def __repr__(self) -> str:
        return _describe(type(self).__name__, self.value)

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, specification: str) -> str:
        return format(concrete(self.value, "format").item(), specification) if specification else str(self)

    def __reduce__(self) -> Any:  # for pickle and copy
        return type(self), (np.asarray(self), self.dtype)


_REDUCE = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min, np.logical_and: np.all,
           np.logical_or: np.any}


def _index(index: Any) -> Any:
    """An index with raw values in the place of arrays; 0-d integer arrays that have a value become integers."""
    if isinstance(index, tuple):
        return tuple([_index(item) for item in index])
    if isinstance(index, slice):
        return slice(*[None if n is None else int(n) for n in (index.start, index.stop, index.step)])
    if isinstance(index, list):
        return np.asarray(unwrap(index)) if not any(isinstance(i, Array) for i in index) else raw(index)
    return unwrap(index)


def concrete(value: Any, use: str) -> np.ndarray:
    """The NumPy array of a raw value, for a use that needs its numbers now."""
    if isinstance(value, Symbolic):
        value.refuse(use)
    while isbox(value):
        if use == "numpy.asarray":
            raise TypeError("a value that depends on what is being differentiated cannot become a NumPy array: use "
                            "functions of nbbrain.math on it, or bm.stop_gradient.")
        value = value._value
        if isinstance(value, Symbolic):
            value.refuse(use)
    return value


def _describe(name: str, value: Any) -> str:
    """The text of an array: the outer name, the value as NumPy prints it, and the dtype."""
    if isbox(value) or isinstance(value, Symbolic):
        return f"{name}(value={value!r})"
    prefix = f"{name}(value="
    body = np.array2string(value, separator=", ", prefix="Array(", suffix=",")
    inner, last = f"Array({body}", body.rsplit("\n", 1)[-1]
    dtype = f"dtype={value.dtype}"
    if "\n" in body and len("Array(") + len(last) + len(f", {dtype})") > np.get_printoptions()["linewidth"]:
        inner += ",\n" + " " * len("Array(") + dtype
    inner = (inner + ")").replace("\n", "\n" + " " * len(prefix))
    separator = ",\n" + " " * (len(name) + 1) if "\n" in inner else ", "
    return f"{prefix}{inner}{separator}{dtype})"


set_array_class(Array)
