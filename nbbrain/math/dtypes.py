"""Names of dtypes, NumPy's and PyTorch's, and constants.

``bm.float_``, ``bm.int_``, ``bm.complex_`` and ``bm.bool_`` follow the environment and are attributes of `nbbrain.math`.
"""
from __future__ import annotations

import numpy as np

__all__ = [
    "bool", "cdouble", "cfloat", "complex64", "complex128", "double", "dtype", "e", "finfo", "float", "float16", "float32",
    "float64", "half", "iinfo", "inf", "int", "int8", "int16", "int32", "int64", "long", "nan", "newaxis", "pi", "short",
    "uint8", "uint16", "uint32", "uint64",
]

dtype, finfo, iinfo = np.dtype, np.finfo, np.iinfo
e, inf, nan, newaxis, pi = np.e, np.inf, np.nan, np.newaxis, np.pi

int8, int16, int32, int64 = np.int8, np.int16, np.int32, np.int64
uint8, uint16, uint32, uint64 = np.uint8, np.uint16, np.uint32, np.uint64
float16, float32, float64 = np.float16, np.float32, np.float64
complex64, complex128 = np.complex64, np.complex128

bool, short, int, long = np.bool_, np.int16, np.int32, np.int64
half, float, double = np.float16, np.float32, np.float64
cfloat, cdouble = np.complex64, np.complex128
