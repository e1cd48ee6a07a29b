"""What is known of arrays without their values: shapes, dtypes, and how they combine."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nbbrain.math.lifting import raw
from nbbrain.operations.elementwise import is_complex
from nbbrain.operations.operation import dtype_of, promote, shape_of
from nbbrain.operations.precision import canonical_dtype

__all__ = [
    "broadcast_shapes", "can_cast", "common_type", "iscomplexobj", "isrealobj", "isscalar", "issubdtype", "iterable", "ndim",
    "promote_types", "result_type", "shape", "size",
]

broadcast_shapes, issubdtype, iterable = np.broadcast_shapes, np.issubdtype, np.iterable


def shape(a: Any) -> tuple[int, ...]:
    """The sizes along all axes."""
    return tuple(shape_of(raw(a)))


def ndim(a: Any) -> int:
    """The number of axes."""
    return len(shape(a))


def size(a: Any, axis: Any = None) -> int:
    """The number of elements, or the size along an axis or several."""
    sizes = shape(a)
    axes = range(len(sizes)) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    return int(np.prod([sizes[i] for i in axes], dtype=np.int64))


def isscalar(element: Any) -> bool:
    """Whether something is a Python or NumPy number; arrays without axes are not."""
    return bool(np.isscalar(element))


def iscomplexobj(x: Any) -> bool:
    """Whether the dtype is a complex one, whatever the values are."""
    return is_complex(raw(x))


def isrealobj(x: Any) -> bool:
    """Whether the dtype is not a complex one, whatever the values are."""
    return not is_complex(raw(x))


def _operand(x: Any) -> Any:
    """An operand of a dtype, or the array itself."""
    return np.empty(0, x) if isinstance(x, (str, type, np.dtype)) else raw(x)


def result_type(*arrays_and_dtypes: Any) -> np.dtype:
    """The dtype in which arrays and numbers combine: an integer never widens a floating-point number.

    Examples
    --------
    >>> import nbbrain.math as bm
    >>> bm.result_type(bm.int32, bm.float32), bm.result_type(bm.zeros(2), 1.5)
    (dtype('float32'), dtype('float32'))
    """
    operands = promote(tuple([_operand(x) for x in arrays_and_dtypes]), "numeric")
    dtypes = [dtype_of(x) if isinstance(dtype_of(x), np.dtype) else x for x in operands]
    return canonical_dtype(np.result_type(*dtypes))


def promote_types(a: DTypeLike, b: DTypeLike) -> np.dtype:
    """The dtype in which two dtypes combine; see `result_type`."""
    return result_type(np.dtype(a), np.dtype(b))


def common_type(*arrays: Any) -> type:
    """The floating-point type that holds all arrays; integers count as the default one."""
    operands = promote(tuple([raw(x) for x in arrays]), "inexact")
    return np.result_type(*[dtype_of(x) for x in operands]).type


def can_cast(from_: Any, to: DTypeLike, casting: Any = "safe") -> bool:
    """Whether a dtype, or that of an array, can be cast under a rule."""
    given = from_ if isinstance(from_, (str, type, np.dtype)) else dtype_of(raw(from_))
    return bool(np.can_cast(given, to, casting))
