"""Parts of complex numbers.

The cotangent of a complex value z = x + iy under a real loss L is dL/dx - i dL/dy, which is autograd's convention: rules
of holomorphic functions then need no conjugation.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from nbbrain.operations.elementwise import arctan2, equal, is_complex, multiply, not_equal, rad2deg
from nbbrain.operations.operation import Operation, answer_for, cast, dtype_of, shape_of
from nbbrain.operations.symbolic import Abstract

__all__ = ["angle", "imag", "iscomplex", "isreal", "real"]



def _infer(x: Abstract) -> Abstract:
    return Abstract(x.shape, np.finfo(x.dtype).dtype)


_real = Operation("real", np.real, infer=_infer, kind="elementwise", derivatives=(
    lambda g, z, x: cast(g, dtype=dtype_of(x)),))
_imag = Operation("imag", np.imag, infer=_infer, kind="elementwise", derivatives=(
    lambda g, z, x: multiply(cast(g, dtype=dtype_of(x)), np.asarray(-1j, dtype_of(x))),))


def _zeros(x: Any, dtype: Any = None) -> Any:
    return np.zeros(shape_of(x), (dtype_of(x) if isinstance(dtype_of(x), np.dtype) else np.float64) if dtype is None
                    else dtype)


def real(val: Any) -> Any:
    """The real part; real numbers are their own."""
    return _real(val) if is_complex(val) else val


def imag(val: Any) -> Any:
    """The imaginary part; zeros for real numbers."""
    return _imag(val) if is_complex(val) else _zeros(val)


def angle(z: Any, deg: bool = False) -> Any:
    """The argument of a complex number, in (-pi, pi], or in degrees."""
    argument = arctan2(imag(z), real(z))
    return rad2deg(argument) if deg else argument


def iscomplex(x: Any) -> Any:
    """Whether elements have an imaginary part that is not zero."""
    return not_equal(imag(x), 0) if is_complex(x) else _zeros(x, np.bool_)


def isreal(x: Any) -> Any:
    """Whether elements have no imaginary part."""
    return equal(imag(x), 0)


answer_for({np.real: real, np.imag: imag, np.angle: angle, np.iscomplex: iscomplex, np.isreal: isreal})
