"""Which dtypes numbers get when the user names none: 32 bits by default, 64 after ``enable_x64``."""
from __future__ import annotations

from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import DTypeLike

__all__ = ["canonical", "canonical_dtype", "checked_default", "default_dtype", "dtype_of", "is_x64", "set_default",
           "set_x64"]

_KINDS = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}
_narrow = {"b": np.dtype(np.bool_), "i": np.dtype(np.int32), "u": np.dtype(np.uint32), "f": np.dtype(np.float32),
           "c": np.dtype(np.complex64)}
_wide = {"b": np.dtype(np.bool_), "i": np.dtype(np.int64), "u": np.dtype(np.uint64), "f": np.dtype(np.float64),
         "c": np.dtype(np.complex128)}
_defaults = dict(_narrow)
_x64 = False


def is_x64() -> bool:
    """Whether 64-bit numbers are kept as they are."""
    return _x64


def set_x64(enabled: bool) -> None:
    """Make 64-bit (or 32-bit) numbers the default, for every kind of number."""
    global _x64
    _x64 = bool(enabled)
    _defaults.update(_wide if _x64 else _narrow)


def default_dtype(kind: str) -> np.dtype:
    """The default dtype of a kind of number: ``'b'``, ``'i'``, ``'u'``, ``'f'`` or ``'c'``."""
    return _defaults[kind]


def checked_default(kind: str, dtype: DTypeLike) -> np.dtype:
    """The dtype, if it can be the default of a kind of number; one of another kind is a TypeError."""
    chosen = np.dtype(dtype)
    if chosen.kind != kind:
        raise TypeError(f"the default {_KINDS[kind]} type must be a {_KINDS[kind]} dtype, but got {chosen}.")
    return chosen


def set_default(kind: str, dtype: DTypeLike) -> None:
    """Set the default dtype of one kind; a dtype of another kind is a TypeError."""
    _defaults[kind] = checked_default(kind, dtype)


def canonical_dtype(dtype: DTypeLike) -> np.dtype:
    """The dtype that data from outside is stored in: 64-bit numbers become the default ones unless x64 is on."""
    given = np.dtype(dtype)
    return _defaults[given.kind] if not _x64 and given in _wide.values() and given.kind != "b" else given


def canonical(array: np.ndarray) -> np.ndarray:
    """The array in its canonical dtype (unchanged, without a copy, where it has it)."""
    return array.astype(canonical_dtype(array.dtype), copy=False)


def dtype_of(value: Any) -> Any:
    """The dtype of a raw value, looking through autograd's boxes; a Python number gives its type."""
    while isbox(value):
        value = value._value
    return getattr(value, "dtype", None) or type(value)
